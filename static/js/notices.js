// @ts-check
/** @import {Voice} from "./voice.js" */
import { el, icon } from "./dom.js";
import { t } from "./words.js";

/**
 * @typedef {object} Notice
 * @property {string} [key] a notice replaces the last one of the same key
 * @property {"plain"|"good"|"warning"} [tone]
 * @property {boolean} [stay] until closed, not for some seconds
 * @property {{label: string, press: () => void}} [action]
 * @property {boolean} [urgent] read out at once, as warnings are
 * @property {boolean} [unseen] only read out: whoever sees the page sees it anyway
 * @property {(count: number) => string} [many] in place of several of the same key at a time
 */

/** @typedef {{node: HTMLElement, timer: number, stay: boolean, count: number}} Shown */

const MOST = 3;
const SHORT = 6000;

/**
 * Short sentences above the bar, and read out. Never more than three: one that would have gone by
 * itself gives way, else the oldest.
 */
export class Notices {
  /** @type {Map<string, Shown>} in the order of their coming */
  #shown = new Map();

  /** @param {HTMLElement} place @param {Voice} voice */
  constructor(place, voice) {
    this.place = place;
    this.voice = voice;
  }

  /** @param {string} sentence @param {Notice} [notice] */
  say(sentence, notice = {}) {
    const { key = sentence, tone = "plain", urgent = tone === "warning", unseen = false, many } = notice;
    this.voice.say(sentence, { key, urgent, many });
    if (unseen) return;
    const count = (this.#shown.get(key)?.count ?? 0) + 1;
    this.#remove(key);
    while (this.#shown.size >= MOST) this.#remove(this.#leastNeeded());
    this.#show(many && count > 1 ? many(count) : sentence, { ...notice, key, tone }, count);
  }

  /** Take a notice away that is not true any more, or has been seen. @param {string} key */
  take(key) {
    this.voice.drop(key);
    this.#remove(key);
  }

  /** Take all of them away. */
  clear() {
    for (const key of [...this.#shown.keys()]) this.take(key);
  }

  /** @param {string} sentence @param {Notice & {key: string}} notice @param {number} count */
  #show(sentence, { key, tone, stay = false, action }, count) {
    const close = () => this.#remove(key);
    // It closes the notice, and not what is behind it.
    const escape = (/** @type {Event} */ event) => {
      event.preventDefault();
      event.stopPropagation();
      close();
    };
    const node = el(
      "div",
      { class: `notice notice-${tone}`, onkeydown: (/** @type {KeyboardEvent} */ event) => event.key === "Escape" && escape(event) },
      icon(tone === "good" ? "check" : tone === "warning" ? "alert" : "info"),
      el("p", {}, sentence),
      action &&
        el("button", { type: "button", class: "button button-small", onclick: () => { close(); action.press(); } }, action.label),
      el("button", { type: "button", class: "close", "aria-label": t("Close this notice"), onclick: close }, icon("close")),
    );
    const shown = { node, timer: 0, stay, count };
    const later = () => {
      clearTimeout(shown.timer);
      if (!stay) shown.timer = setTimeout(gone, SHORT + 30 * sentence.length);
    };
    // Not while somebody is about to read or press it, nor behind their back.
    const gone = () => (document.hidden || node.matches(":hover, :focus-within") ? later() : close());
    later();
    this.#shown.set(key, shown);
    this.place.append(node);
    this.place.hidden = false;
  }

  #leastNeeded() {
    const all = [...this.#shown];
    return (all.find(([, one]) => !one.stay) ?? all[0])[0];
  }

  /** @param {string} key */
  #remove(key) {
    const shown = this.#shown.get(key);
    if (!shown) return;
    clearTimeout(shown.timer);
    this.#shown.delete(key);
    shown.node.remove();
    this.place.hidden = this.#shown.size === 0;
  }
}
