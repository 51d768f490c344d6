// @ts-check
/** @import {App, Message} from "../types.js" */
/** @import {Chat} from "./chat.js" */
import { t, tn } from "../words.js";
import { threadOf } from "./talk.js";

/**
 * Says what must not be missed: announcements, private messages, being blocked, questions. What is written in
 * the thread before one's eyes is read out.
 */
export class News {
  /** The last place that was looked at; null before the first view. @type {number|null} */
  #last = null;
  /** The like for questions. @type {number|null} */
  #lastAsked = null;
  #blockedBy = "";
  /** Those whose private messages are told in the notice that is shown. @type {Set<string>} */
  #writers = new Set();

  /** @param {App} app @param {Chat} chat */
  constructor(app, chat) {
    this.app = app;
    this.chat = chat;
    app.store.subscribe(() => this.#look());
  }

  #look() {
    const { store, talk } = this.app;
    if (!store.me) return;
    if (talk.blockedBy !== this.#blockedBy) this.#tellBlock(talk.blockedBy);
    const last = this.#last;
    const newest = [...talk.messages.values()].filter((one) => last !== null && one.place > last && one.by !== store.you);
    this.#last = [...talk.messages.values()].reduce((most, one) => Math.max(most, one.place), last ?? 0);
    for (const one of newest) this.#tell(one);
    this.#lookAtQuestions();
  }

  /**
   * Whoever looks at the questions hears of new ones; moderators are told where they see no number
   * on the tab, as the panel is closed.
   */
  #lookAtQuestions() {
    const { store, talk, notices, voice } = this.app;
    const { side } = this.chat;
    const last = this.#lastAsked;
    this.#lastAsked = [...talk.questions.keys()].reduce((most, one) => Math.max(most, one), last ?? 0);
    if (last === null) return;
    const looks = side.open === "questions" && document.visibilityState === "visible";
    const many = (/** @type {number} */ count) => tn(count, "{count} new question", "{count} new questions");
    const action = { label: t("Read"), press: () => side.show("questions") };
    for (const one of talk.questions.values()) {
      if (one.number <= last || one.by === store.you) continue;
      const sentence = t("{name} asks: {text}", { name: one.by_name, text: one.text });
      if (looks) voice.say(sentence, { key: "asked-now", many });
      else if (store.iModerate && !side.open) notices.say(sentence, { key: "questions", many, action });
    }
  }

  /** @param {string} blockedBy */
  #tellBlock(blockedBy) {
    const { notices, store } = this.app;
    const lifted = this.#blockedBy !== "" && !store.iModerate;
    this.#blockedBy = blockedBy;
    if (blockedBy) notices.say(t("{name} has blocked you from writing to everybody.", { name: blockedBy }), { key: "block", tone: "warning", stay: true });
    else if (lifted) notices.say(t("You can write again."), { key: "block", tone: "good" });
    else notices.take("block");
  }

  /** @param {Message} message */
  #tell(message) {
    const { notices } = this.app;
    const thread = threadOf(message);
    // Whoever reads older messages sees no announcement that comes below them.
    const seen = this.chat.shown === thread && (!message.announcement || this.chat.list.atEnd);
    if (seen) return this.#readOut(message);
    if (message.announcement) {
      const sentence = t("{name} announces: {text}", { name: message.by_name, text: message.text });
      const press = () => this.chat.go("room", message.number);
      notices.say(sentence, { key: "announcement", stay: true, action: { label: t("Read"), press } });
    } else if (message.channel === "private" && !this.chat.showsThreads && this.#isForMe(message)) {
      this.#tellPrivate(thread, message.by_name);
    }
  }

  /** Among moderators it is news what people write to them, not what others of them answer. @param {Message} message */
  #isForMe(message) {
    return !this.app.store.iModerate || message.by === message.thread;
  }

  /** @param {string} thread @param {string} name who wrote last */
  #tellPrivate(thread, name) {
    const { notices, talk } = this.app;
    for (const one of this.#writers) if (talk.unread(one) === 0) this.#writers.delete(one);
    this.#writers.add(thread);
    const count = this.#writers.size;
    const sentence = count === 1 ? t("{name} has written to you privately.", { name }) : tn(count, "{count} person has written to you privately.", "{count} people have written to you privately.");
    const press = () => (count === 1 ? this.chat.write(thread) : this.chat.show("threads"));
    notices.say(sentence, { key: "private", action: { label: t("Read"), press } });
  }

  /** @param {Message} message */
  #readOut({ by_name: name, text }) {
    const many = (/** @type {number} */ count) => tn(count, "{count} new message", "{count} new messages");
    this.app.voice.say(t("{name}: {text}", { name, text }), { key: "chat", many });
  }
}
