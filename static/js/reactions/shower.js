// @ts-check
/** @import {Counts, Reaction} from "./kinds.js" */
/** @import {Voice} from "../voice.js" */
import { el } from "../dom.js";
import { t } from "../words.js";
import { REACTIONS } from "./kinds.js";

const MOST = 24; // pictures in the air at once, however many react
const SPREAD = 500; // milliseconds over which those of one message start
const SILENCE = 4000; // after which the quiet counter begins anew
const SOON = 1000; // until the first are read out
const EVERY = 6000; // between two things read out

const PICTURES = new Map(REACTIONS.map(({ name, picture }) => [name, picture]));

/**
 * Shows what was sent up: pictures that rise over the stage, or a quiet counter for those who want
 * no motion; and reads sums out to screen readers now and then.
 */
export class Shower {
  /** @type {Counts} */
  #shown = {};
  #silence = 0;
  /** @type {Counts} */
  #unsaid = {};
  #timer = 0;

  /** @param {HTMLElement} stage @param {Voice} voice */
  constructor(stage, voice) {
    this.voice = voice;
    this.still = matchMedia("(prefers-reduced-motion: reduce)");
    this.air = el("div", { class: "reactions-air", "aria-hidden": "true" });
    this.counter = el("p", { class: "reactions-counter", "aria-hidden": "true", hidden: true });
    stage.append(this.air, this.counter);
  }

  /** @param {Counts} counts */
  show(counts) {
    if (this.still.matches) this.#count(counts);
    else if (!document.hidden) this.#rise(counts);
    this.#readOut(counts);
  }

  /** @param {Counts} counts */
  #rise(counts) {
    const all = entries(counts);
    const total = all.reduce((sum, [, number]) => sum + number, 0);
    const share = Math.min(1, (MOST - this.air.childElementCount) / total);
    for (const [name, number] of all) {
      for (let left = Math.ceil(number * share); left > 0 && this.air.childElementCount < MOST; left--) {
        this.air.append(this.#rising(name, total > 1));
      }
    }
  }

  /** @param {Reaction} name @param {boolean} later whether to start at some moment, not now */
  #rising(name, later) {
    const node = el("span", { class: "reaction-rising", onanimationend: () => node.remove() }, PICTURES.get(name));
    node.style.setProperty("--at", `${4 + Math.random() * 88}%`);
    node.style.setProperty("--drift", `${Math.random() * 60 - 30}px`);
    if (later) node.style.animationDelay = `${Math.random() * SPREAD}ms`;
    return node;
  }

  /** @param {Counts} counts */
  #count(counts) {
    this.#shown = plus(this.#shown, counts);
    this.counter.replaceChildren(
      ...entries(this.#shown).map(([name, number]) => el("span", {}, el("span", { class: "reaction-picture" }, PICTURES.get(name)), ` ${number}`)),
    );
    this.counter.hidden = false;
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => {
      this.#shown = {};
      this.counter.hidden = true;
    }, SILENCE);
  }

  /** @param {Counts} counts */
  #readOut(counts) {
    this.#unsaid = plus(this.#unsaid, counts);
    if (this.#timer) return;
    const say = () => {
      const said = this.#unsaid;
      this.#unsaid = {};
      const heard = entries(said).length > 0;
      if (heard) this.voice.say(sentence(said), { key: "reactions" });
      this.#timer = heard ? setTimeout(say, EVERY) : 0;
    };
    this.#timer = setTimeout(say, SOON);
  }
}

/** @param {Counts} counts @returns {[Reaction, number][]} those that there are, in their order */
function entries(counts) {
  return REACTIONS.flatMap(({ name }) => (counts[name] ? [/** @type {[Reaction, number]} */ ([name, counts[name]])] : []));
}

/** @param {Counts} one @param {Counts} other @returns {Counts} */
function plus(one, other) {
  const both = { ...one };
  for (const [name, number] of entries(other)) both[name] = (both[name] ?? 0) + number;
  return both;
}

/** @param {Counts} counts */
function sentence(counts) {
  const list = REACTIONS.flatMap(({ name, label }) => (counts[name] ? [t("{name}: {number}", { name: label, number: counts[name] })] : []));
  return list.length ? t("Reactions. {list}.", { list: list.join(", ") }) : "";
}
