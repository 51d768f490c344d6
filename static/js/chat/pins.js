// @ts-check
/** @import {App, Message} from "../types.js" */
import { el, icon, keyed } from "../dom.js";
import { t } from "../words.js";
import { textNodes } from "./text.js";

/** The pinned messages, above the others; the newest first. */
export class Pins {
  /** @param {App} app @param {(number: number) => void} go to a message */
  constructor(app, go) {
    this.app = app;
    this.go = go;
    this.node = el("ul", { class: "pins", "aria-label": t("Pinned messages") });
  }

  /** @param {boolean} wanted */
  draw(wanted) {
    const { talk, store } = this.app;
    const pinned = talk.pinned.map((number) => talk.messages.get(number)).filter((one) => one !== undefined).reverse();
    this.node.hidden = !wanted || pinned.length === 0;
    keyed(
      this.node,
      pinned,
      (one) => String(one.number),
      (one) => this.#make(one),
      (node) => (node.querySelector(".pin-off").hidden = !store.iModerate),
    );
  }

  /** @param {Message} message */
  #make(message) {
    const off = t("Unpin the message of {name}", { name: message.by_name });
    const text = el("div", { class: "pin-text", dir: "auto" }, ...textNodes(message.text));
    return el(
      "li",
      { class: "pin" },
      el("button", { type: "button", class: "pin-name", onclick: () => this.go(message.number), title: t("Show it among the messages") }, icon("pin"), el("bdi", {}, message.by_name)),
      text,
      el("button", { type: "button", class: "icon-button pin-off", "aria-label": off, title: off, onclick: () => this.app.act("unpin_message", { message: message.number }) }, icon("close")),
    );
  }
}
