// @ts-check
/** @import {Poll, Results} from "./types.js" */
import { el, keyed, setText } from "../dom.js";
import { language } from "../language.js";
import { t, tn } from "../words.js";
import { cloud } from "./cloud.js";

/** @param {number} votes */
export const people = (votes) => tn(votes, "{count} vote", "{count} votes");

/** Results of a poll as a picture, said in text as well. */
export class Picture {
  #drawn = "";
  /** @type {HTMLElement|undefined} what is drawn, by kind */
  #list;
  /** @type {{picture: HTMLElement, list: HTMLElement, details: HTMLElement}|undefined} */
  #words;

  constructor() {
    this.head = el("p", { class: "results-head" });
    this.body = el("div", {});
    this.more = el("p", { class: "quiet", hidden: true });
    this.node = el("div", { class: "results", role: "group", "aria-label": t("Results") }, this.head, this.body, this.more);
  }

  /** @param {Poll} poll @param {Results} results */
  draw(poll, results) {
    const drawn = JSON.stringify(results);
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    setText(this.head, headline(poll, results));
    this.more.hidden = results.more === 0;
    setText(this.more, t("and {more} more; all of them are in the download", { more: results.more }));
    if (poll.kind === "text") this.#texts(results.texts);
    else if (poll.kind === "words") this.#cloud(results.words);
    else this.#bars(poll, results);
  }

  /** @param {Poll} poll @param {Results} results */
  #bars(poll, { counts, votes }) {
    const labels = poll.kind === "rating" ? counts.map((_, index) => String(index + 1)) : poll.options;
    const rows = labels.map((label, index) => ({ label, count: counts[index] ?? 0 }));
    this.#list ??= this.#put(bars());
    drawBars(this.#list, poll.kind === "rating" ? rows.reverse() : rows, votes);
  }

  /** @param {string[]} texts */
  #texts(texts) {
    this.#list ??= this.#put(el("ul", { class: "texts" }));
    const items = texts.map((text, index) => ({ text, index }));
    keyed(this.#list, items, (one) => String(one.index), () => el("li", { dir: "auto" }), (node, one) => setText(node, one.text));
  }

  /** @param {{word: string, count: number}[]} words */
  #cloud(words) {
    if (!this.#words) {
      const picture = el("div", {});
      const list = el("ul", { class: "word-list" });
      const details = el("details", {}, el("summary", {}, t("The words as a list")), list);
      this.#put(el("div", {}, picture, details));
      this.#words = { picture, list, details };
    }
    const { picture, list, details } = this.#words;
    details.hidden = words.length === 0;
    picture.replaceChildren(...(words.length ? [cloud(words)] : []));
    list.replaceChildren(...words.map(({ word, count }) => el("li", { dir: "auto" }, t("{name}: {number}", { name: word, number: count }))));
  }

  /** @template {HTMLElement} N @param {N} node @returns {N} */
  #put(node) {
    this.body.replaceChildren(node);
    return node;
  }
}

/** @param {Poll} poll @param {Results} results */
function headline(poll, { counts, votes }) {
  if (poll.kind !== "rating" || votes === 0) return people(votes);
  const sum = counts.reduce((all, count, index) => all + count * (index + 1), 0);
  const average = (sum / votes).toLocaleString(language.format, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
  return t("Average {average} of {most} · {people}", { average, most: poll.most, people: people(votes) });
}

/** @param {string} label @param {boolean} right @param {boolean} mine */
function noted(label, right, mine) {
  if (right) return mine ? t("{label} (right, your answer)", { label }) : t("{label} (right)", { label });
  return mine ? t("{label} (your answer)", { label }) : label;
}

/** A list for `drawBars`. */
export const bars = () => el("ul", { class: "bars" });

/**
 * @typedef {{label: string, count: number, right?: boolean, mine?: boolean}} BarRow
 * @param {HTMLElement} list @param {BarRow[]} rows @param {number} of people, for the share
 */
export function drawBars(list, rows, of) {
  const items = rows.map((row, index) => ({ ...row, index }));
  keyed(
    list,
    items,
    (one) => `${one.index}`,
    () =>
      el("li", { class: "bar-row" },
        el("span", { class: "bar-label", dir: "auto" }),
        el("span", { class: "bar-value" }),
        el("div", { class: "bar-track", "aria-hidden": "true" }, el("div", { class: "bar-fill" })),
      ),
    (node, { label, count, right, mine }) => {
      const share = of ? Math.round((100 * count) / of) : 0;
      setText(node.querySelector(".bar-label"), noted(label, right ?? false, mine ?? false));
      setText(node.querySelector(".bar-value"), t("{count} · {share} %", { count, share }));
      node.querySelector(".bar-fill").style.inlineSize = `${share}%`;
      node.dataset.right = right === undefined ? "" : String(right);
    },
  );
}
