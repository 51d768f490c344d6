// @ts-check
import { el, icon } from "./dom.js";
import { t } from "./words.js";

/**
 * @typedef {object} Notice
 * @property {string} [key] a notice replaces the last one of the same key
 * @property {"plain"|"good"|"warning"} [tone]
 * @property {boolean} [stay] until closed, not for some seconds
 * @property {{label: string, press: () => void}} [action]
 */

const MOST = 3;
const SHORT = 6000;

/**
 * Short sentences above the bar, read out politely. Never more than three: the oldest gives way.
 */
export class Notices {
  /** @type {Map<string, {node: HTMLElement, timer: number}>} in the order of their coming */
  #shown = new Map();

  /** @param {HTMLElement} place an aria-live region */
  constructor(place) {
    this.place = place;
  }

  /** @param {string} sentence @param {Notice} [notice] */
  say(sentence, { key = sentence, tone = "plain", stay = false, action } = {}) {
    this.take(key);
    while (this.#shown.size >= MOST) this.take([...this.#shown.keys()][0]);
    const close = () => this.take(key);
    const node = el(
      "div",
      { class: `notice notice-${tone}` },
      icon(tone === "good" ? "check" : tone === "warning" ? "alert" : "info"),
      el("p", { dir: "auto" }, sentence),
      action &&
        el("button", { type: "button", class: "button button-small", onclick: () => { close(); action.press(); } }, action.label),
      el("button", { type: "button", class: "close", "aria-label": t("Close this notice"), onclick: close }, icon("close")),
    );
    const shown = { node, timer: 0 };
    const later = () => {
      if (!stay) shown.timer = setTimeout(close, SHORT + 30 * sentence.length);
    };
    node.addEventListener("pointerenter", () => clearTimeout(shown.timer));
    node.addEventListener("pointerleave", later);
    later();
    this.#shown.set(key, shown);
    this.place.append(node);
  }

  /** Take a notice away. @param {string} key */
  take(key) {
    const shown = this.#shown.get(key);
    if (!shown) return;
    clearTimeout(shown.timer);
    shown.node.remove();
    this.#shown.delete(key);
  }
}
