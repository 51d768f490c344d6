// @ts-check
/** @import {App, Message} from "../types.js" */
/** @import {Unsent} from "./outbox.js" */
import { button, el, keyed } from "../dom.js";
import { t } from "../words.js";
import { makeRow, makeUnsent, updateRow, updateUnsent } from "./row.js";

const TOGETHER = 5 * 60_000; // messages of one person within this time have one head
const NEAR = 60; // pixels from the end that still count as being there

/**
 * @typedef {{kind: "message", message: Message, first: boolean}|{kind: "divider"}|{kind: "unsent", item: Unsent}} Line
 */

/** The messages of one thread at a time, with what is not sent yet at its end. */
export class MessageList {
  thread = "";
  /** The divider stands before the first message with a place beyond this. @type {number|null} */
  #divider = null;
  #atEnd = true;
  #size = "";

  /**
   * @param {App} app
   * @param {object} ways
   * @param {(message: Message, opener: HTMLElement) => void} ways.menu
   * @param {(message: Message) => boolean} ways.empty whether its menu would be
   * @param {(item: Unsent) => void} ways.edit
   * @param {() => void} ways.read all of the thread is before one's eyes
   */
  constructor(app, ways) {
    this.app = app;
    this.ways = ways;
    this.older = button(t("Show older messages"), () => this.#loadOlder(), { class: "button-small messages-older" });
    this.rows = el("ol", { class: "messages" });
    this.none = el("p", { class: "quiet messages-none" }, t("Nothing has been written here yet."));
    this.scroll = el("div", { class: "messages-scroll", tabIndex: 0, role: "region", "aria-label": t("Messages") }, this.older, this.none, this.rows);
    this.toEnd = button(t("Newest messages"), () => this.goToEnd(), { class: "button-small messages-to-end", icon: "down-arrow" });
    this.node = el("div", { class: "messages-box" }, this.scroll, this.toEnd);
    this.rows.addEventListener("keydown", (event) => this.#move(event));
    // A list of another size scrolls by itself; nobody has gone back in it.
    this.scroll.addEventListener("scroll", () => this.#size === this.#measured() && this.#scrolled(), { passive: true });
    new ResizeObserver(() => this.#keepAtEnd()).observe(this.scroll);
  }

  /** @param {string} thread */
  open(thread) {
    this.thread = thread;
    this.#divider = this.app.talk.unread(thread) ? this.app.talk.seen(thread) : null;
    this.#atEnd = true;
    this.rows.replaceChildren();
    this.draw();
    this.rows.querySelector(".divider")?.scrollIntoView({ block: "center" });
    this.#scrolled();
  }

  /** Whether the newest message is before one's eyes. */
  get atEnd() {
    return this.#atEnd;
  }

  /** Nothing new is marked as such any more. */
  leave() {
    this.#divider = null;
  }

  draw() {
    const { app, thread } = this;
    const { talk, outbox, store } = app;
    const messages = talk.list(thread);
    const unsent = outbox.of(thread);
    this.older.hidden = !talk.hasOlder(thread);
    this.none.hidden = messages.length + unsent.length > 0;
    keyed(
      this.rows,
      this.#lines(messages, unsent),
      (line) => (line.kind === "message" ? String(line.message.number) : line.kind === "unsent" ? line.item.key : "divider"),
      (line) => this.#make(line),
      (node, line) => {
        if (line.kind === "unsent") updateUnsent(node, line.item, store.status === "open");
        else if (line.kind === "message") this.#update(node, line.message, line.first);
      },
    );
    this.#reachOne();
    this.#keepAtEnd();
  }

  /** By Tab one reaches the last message's menu, or the one that one was at; arrow keys go on from there. */
  #reachOne() {
    const menus = this.#menus();
    const at = /** @type {HTMLElement|null} */ (document.activeElement);
    const one = at && menus.includes(at) ? at : menus.at(-1);
    for (const menu of menus) if (menu.tabIndex !== (menu === one ? 0 : -1)) menu.tabIndex = menu === one ? 0 : -1;
  }

  /** @returns {HTMLElement[]} */
  #menus() {
    return [.../** @type {NodeListOf<HTMLElement>} */ (this.rows.querySelectorAll(".message-menu:not([hidden])"))];
  }

  /** @param {KeyboardEvent} event */
  #move(event) {
    const menus = this.#menus();
    const now = menus.indexOf(/** @type {HTMLElement} */ (event.target));
    const next = { ArrowDown: now + 1, ArrowUp: now - 1, Home: 0, End: menus.length - 1 }[event.key];
    if (now < 0 || next === undefined || !menus[next]) return;
    event.preventDefault();
    menus[next].focus();
    this.#reachOne();
  }

  goToEnd() {
    this.#atEnd = true;
    this.#keepAtEnd();
  }

  /** Show a message and move there. @param {number} number */
  go(number) {
    const row = /** @type {HTMLElement|null} */ (this.rows.querySelector(`[data-number="${number}"]`));
    if (!row) return;
    this.#atEnd = false;
    // A long one is read from its beginning.
    row.scrollIntoView({ block: row.offsetHeight > this.scroll.clientHeight ? "start" : "center" });
    row.focus({ preventScroll: true });
  }

  /** @param {Message[]} messages @param {Unsent[]} unsent @returns {Line[]} */
  #lines(messages, unsent) {
    /** @type {Line[]} */
    const lines = [];
    /** @type {Message|null} */
    let before = null;
    const after = this.#divider;
    let divided = false;
    for (const message of messages) {
      if (!divided && after !== null && message.place > after && message.by !== this.app.store.you) {
        divided = true;
        before = null;
        lines.push({ kind: "divider" });
      }
      const first = !before || before.by !== message.by || message.at - before.at > TOGETHER || before.announcement;
      lines.push({ kind: "message", message, first });
      before = message;
    }
    return [...lines, ...unsent.map((item) => /** @type {Line} */ ({ kind: "unsent", item }))];
  }

  /** @param {Line} line */
  #make(line) {
    const { outbox } = this.app;
    if (line.kind === "divider") return el("li", { class: "divider" }, el("span", {}, t("New messages")));
    if (line.kind === "message") {
      const { message } = line;
      const now = () => this.app.talk.messages.get(message.number) ?? message;
      return makeRow(message, (opener) => this.ways.menu(now(), opener), (number) => this.go(number));
    }
    const { key } = line.item;
    return makeUnsent({
      retry: () => outbox.retry(key),
      edit: () => {
        const item = outbox.take(key);
        if (item) this.ways.edit(item);
      },
      discard: () => outbox.take(key),
    });
  }

  /** @param {HTMLElement} node @param {Message} message @param {boolean} first */
  #update(node, message, first) {
    const { store, talk, act } = this.app;
    updateRow(node, message, {
      first,
      own: message.by === store.you,
      replied: talk.messages.get(message.reply_to),
      decide: message.standing === "waiting" && store.iModerate,
      act,
      empty: this.ways.empty(message),
    });
  }

  async #loadOlder() {
    const { app, thread } = this;
    const first = app.talk.list(thread).find((one) => one.place > 0 && !app.talk.pinned.includes(one.number));
    const shared = thread === "room" || thread === "moderators";
    const height = this.scroll.scrollHeight - this.scroll.scrollTop;
    const answer = await app.send("older_messages", {
      before: first?.place ?? app.store.number + 1,
      channel: shared ? thread : "private",
      thread: shared ? "" : thread,
    }).catch(() => null);
    if (!answer) return;
    this.#atEnd = false;
    const pressed = document.activeElement === this.older;
    app.talk.addOlder(thread, answer.entries, answer.more);
    this.draw();
    this.scroll.scrollTop = this.scroll.scrollHeight - height;
    // The button is gone once there is nothing older: one reads on where one was.
    const row = /** @type {HTMLElement|null} */ (this.rows.querySelector(`[data-number="${first?.number}"]`));
    if (pressed && this.older.hidden) row?.focus({ preventScroll: true });
  }

  #measured() {
    return `${this.scroll.clientWidth} ${this.scroll.clientHeight}`;
  }

  #keepAtEnd() {
    this.#size = this.#measured();
    if (this.#atEnd) this.scroll.scrollTop = this.scroll.scrollHeight;
    this.#scrolled();
  }

  #scrolled() {
    const { scrollHeight, scrollTop, clientHeight } = this.scroll;
    if (clientHeight === 0) return; // not shown
    this.#atEnd = scrollHeight - scrollTop - clientHeight < NEAR;
    this.toEnd.hidden = this.#atEnd;
    if (this.#atEnd) this.ways.read();
  }
}
