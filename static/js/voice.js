// @ts-check
/** What is read out to screen readers: one region that waits its turn, and one that interrupts. */
import { el } from "./dom.js";
import { t, tn } from "./words.js";

const MOST = 3; // sentences at a time

/** @typedef {{sentence: string, count: number}} Waiting */

/** Sentences for one region. What comes within a moment is said together, several of a kind as one. */
class Lane {
  /** @type {Map<string, Waiting>} by key */
  #waiting = new Map();
  #timer = 0;

  /** @param {"status"|"alert"} role @param {number} soon until the first is said @param {number} pause before the next ones; milliseconds */
  constructor(role, soon, pause) {
    this.node = el("div", { class: "only-read-out", role });
    this.soon = soon;
    this.pause = pause;
  }

  /** @param {string} key @param {string} sentence @param {((count: number) => string)} [many] */
  say(key, sentence, many) {
    const count = (this.#waiting.get(key)?.count ?? 0) + 1;
    this.#waiting.delete(key);
    this.#waiting.set(key, { sentence: many && count > 1 ? many(count) : sentence, count });
    this.#timer ||= setTimeout(() => this.#speak(), this.soon);
  }

  /** What is not true any more is not said. @param {string} key */
  drop(key) {
    this.#waiting.delete(key);
  }

  #speak() {
    const said = [...this.#waiting.values()].map((one) => one.sentence);
    this.#waiting.clear();
    const more = said.length - MOST;
    if (more > 0) said.splice(MOST, more, tn(more, "and {count} notice more", "and {count} notices more"));
    this.node.replaceChildren(...said.map((one) => el("p", {}, one)));
    // Said once, it is not there to be found later.
    this.#timer = said.length ? setTimeout(() => this.#speak(), this.pause) : 0;
  }
}

/** The page's voice. */
export class Voice {
  #calm = new Lane("status", 500, 4000);
  #urgent = new Lane("alert", 100, 1500);

  /** The regions; they have to be where nothing makes them inert. */
  get nodes() {
    return [this.#calm.node, this.#urgent.node];
  }

  /**
   * @param {string} sentence
   * @param {object} [how]
   * @param {string} [how.key] of several with the same key, the last one is said
   * @param {boolean} [how.urgent] it concerns the person and cannot wait
   * @param {(count: number) => string} [how.many] what is said in place of several
   */
  say(sentence, { key = sentence, urgent = false, many } = {}) {
    (urgent ? this.#urgent : this.#calm).say(key, sentence, many);
  }

  /** @param {string} key */
  drop(key) {
    this.#calm.drop(key);
    this.#urgent.drop(key);
  }
}
