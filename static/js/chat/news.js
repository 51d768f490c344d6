// @ts-check
/** @import {App, Message} from "../types.js" */
/** @import {Chat} from "./chat.js" */
import { el, setText } from "../dom.js";
import { t, tn } from "../words.js";
import { threadOf } from "./talk.js";

const EVERY = 4000; // milliseconds between two things read out

/**
 * Says what must not be missed: announcements, private messages, being blocked. What is written in
 * the thread before one's eyes is read out to screen readers, some seconds' worth at a time.
 */
export class News {
  /** The last place that was looked at; null before the first view. @type {number|null} */
  #last = null;
  #blockedBy = "";
  /** @type {Message[]} */
  #unread = [];
  #timer = 0;

  /** @param {App} app @param {Chat} chat */
  constructor(app, chat) {
    this.app = app;
    this.chat = chat;
    this.voice = el("p", { class: "only-read-out", role: "status", "aria-live": "polite" });
    document.body.append(this.voice);
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
    if (this.chat.shown === thread) return this.#readOut(message);
    const read = { label: t("Read"), press: () => this.chat.write(thread) };
    if (message.announcement) {
      notices.say(t("{name} announces: {text}", { name: message.by_name, text: message.text }), { key: "announcement", stay: true });
    } else if (message.channel === "private" && !this.chat.showsThreads) {
      notices.say(t("{name} has written to you privately.", { name: message.by_name }), { key: `private-${thread}`, action: read });
    }
  }

  /** @param {Message} message */
  #readOut(message) {
    this.#unread.push(message);
    if (this.#timer) return;
    const say = () => {
      this.#timer = 0;
      const some = this.#unread;
      this.#unread = [];
      if (some.length === 0) return;
      const [one] = some;
      setText(this.voice, some.length === 1 ? t("{name}: {text}", { name: one.by_name, text: one.text }) : tn(some.length, "{count} new message", "{count} new messages"));
      this.#timer = setTimeout(say, EVERY);
    };
    say();
  }
}
