// @ts-check
/** @import {App} from "../types.js" */
import { badge, el, keyed, setBadge, setText } from "../dom.js";
import { avatar } from "../tile.js";
import { t } from "../words.js";
import { timeOf } from "./row.js";

/** Whose thread it is, as far as anybody knows. @param {App} app @param {string} thread a person's id */
export function threadName({ store, talk }, thread) {
  const said = talk.list(thread).find((one) => one.by === thread);
  return store.people.get(thread)?.name ?? said?.by_name ?? t("Somebody who has left");
}

/** The private threads, for moderators: the latest first. */
export class Threads {
  /** @param {App} app @param {(thread: string) => void} open */
  constructor(app, open) {
    this.app = app;
    this.open = open;
    this.none = el("p", { class: "quiet pad" }, t("Nobody has written to the moderators yet. To begin, use a person's menu."));
    this.list = el("ul", { class: "rows", "aria-label": t("Private messages") });
    this.node = el("div", { class: "threads" }, this.none, this.list);
  }

  draw() {
    const { app } = this;
    const threads = app.talk.privateThreads;
    this.none.hidden = threads.length > 0;
    keyed(
      this.list,
      threads,
      (one) => one.name,
      ({ name }) =>
        el(
          "li",
          {},
          el(
            "button",
            { type: "button", class: "thread", onclick: () => this.open(name) },
            avatar(/** @type {any} */ ({ id: name, name: threadName(app, name) })),
            el("span", { class: "person-text" }, el("bdi", { class: "person-name" }), el("span", { class: "person-note", dir: "auto" })),
            badge(),
            el("span", { class: "message-time" }),
          ),
        ),
      (node, { name, last }) => {
        setText(node.querySelector(".person-name"), threadName(app, name));
        const answered = last.by !== name;
        setText(node.querySelector(".person-note"), answered ? t("{name}: {text}", { name: last.by_name, text: last.text }) : last.text);
        setText(node.querySelector(".message-time"), timeOf(last.at));
        const unread = app.talk.unread(name);
        setBadge(node, unread, t("{number} unread", { number: unread }));
      },
    );
  }
}
