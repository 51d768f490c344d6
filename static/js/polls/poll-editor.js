// @ts-check
/** @import {App} from "../types.js" */
/** @import {Poll, PollForm} from "./types.js" */
import { Modal } from "../dialogs.js";
import { button, el, setText } from "../dom.js";
import { t } from "../words.js";
import { Draft } from "./draft.js";
import { OptionsList } from "./options-list.js";
import { SHOWINGS } from "./poll-card.js";

/** @type {Record<string, string>} */
const KINDS = {
  single: t("Single choice"),
  multiple: t("Several answers"),
  rating: t("Rating"),
  text: t("Open text"),
  words: t("Word cloud"),
};
/** What `most` is for, by kind. @type {Record<string, {title: string, value: number, least: number, most: number}>} */
const MOST = {
  multiple: { title: t("At most, choose"), value: 2, least: 1, most: 20 },
  rating: { title: t("Rating from 1 to"), value: 5, least: 2, most: 10 },
  words: { title: t("Words each, at most"), value: 3, least: 1, most: 5 },
};

/** The window in which a poll is written. What is in it stays there until it is saved. */
export class PollEditor {
  /** @param {App} app */
  constructor(app) {
    this.app = app;
    this.draft = new Draft(app, "poll");
    this.kind = select(KINDS, () => this.#follow());
    this.question = el("input", { type: "text", maxLength: 300, autocomplete: "off", dir: "auto" });
    this.options = new OptionsList();
    this.least = number(1, 20);
    this.most = number(1, 20);
    this.time = number(0, 1440);
    this.anonymous = el("input", { type: "checkbox" });
    this.mayChange = el("input", { type: "checkbox" });
    this.showing = select(SHOWINGS);
    this.optionsField = el("div", { class: "field", role: "group", "aria-label": t("Options") }, el("span", { class: "field-title" }, t("Options")), this.options.node);
    this.leastField = field(t("At least, choose"), this.least, "field-row");
    this.mostTitle = el("label", { for: named(this.most) });
    this.mostField = el("div", { class: "field-row" }, this.mostTitle, this.most);
    this.openNow = button(t("Open now"), () => this.#save(true), { kind: "primary" });
    this.modal = new Modal(
      t("New poll"),
      { class: "modal-poll" },
      field(t("Kind"), this.kind),
      field(t("Question"), this.question),
      this.optionsField,
      this.leastField,
      this.mostField,
      field(t("Closes by itself after, in minutes (0: not)"), this.time, "field-row"),
      field(t("Results"), this.showing),
      check(t("Anonymous"), this.anonymous),
      check(t("Votes may be changed"), this.mayChange),
      this.draft.trouble,
      el("div", { class: "modal-actions" },
        button(t("Cancel"), () => this.#cancel()), button(t("Save as draft"), () => this.#save(false)), this.openNow),
    );
    this.#clear();
  }

  /** Write a new poll, or change a draft. @param {Poll} [poll] */
  open(poll) {
    if (poll || this.draft.id !== null) this.#fill(poll);
    this.modal.entitle(poll ? t("Edit the poll") : t("New poll"));
    this.modal.open();
    this.question.focus();
  }

  /** @param {Poll} [poll] */
  #fill(poll) {
    if (!poll) return this.#clear();
    this.draft.begin(poll.id);
    this.kind.value = poll.kind;
    this.#follow();
    this.question.value = poll.question;
    this.options.fill(poll.options);
    this.least.value = String(poll.least);
    this.most.value = String(poll.most);
    this.time.value = String(poll.open_ms / 60_000);
    this.anonymous.checked = poll.anonymous;
    this.mayChange.checked = poll.may_change;
    this.showing.value = poll.showing;
  }

  #clear() {
    this.draft.begin(null);
    this.kind.value = "single";
    this.question.value = "";
    this.options.fill([]);
    this.least.value = "1";
    this.time.value = "0";
    this.anonymous.checked = this.mayChange.checked = true;
    this.showing.value = "live";
    this.#follow();
  }

  /** Show what the kind needs. */
  #follow() {
    const kind = this.kind.value;
    this.optionsField.hidden = kind !== "single" && kind !== "multiple";
    this.leastField.hidden = kind !== "multiple";
    const most = MOST[kind];
    this.mostField.hidden = !most;
    if (!most) return;
    setText(this.mostTitle, most.title);
    Object.assign(this.most, { min: String(most.least), max: String(most.most), value: String(most.value) });
  }

  /** @returns {PollForm} */
  #read() {
    return {
      kind: /** @type {any} */ (this.kind.value),
      question: this.question.value,
      options: this.options.read().options,
      least: whole(this.least),
      most: whole(this.most),
      anonymous: this.anonymous.checked,
      showing: /** @type {any} */ (this.showing.value),
      may_change: this.mayChange.checked,
      open_ms: Math.round(Number(this.time.value) * 60_000) || 0,
    };
  }

  /** @param {boolean} open */
  async #save(open) {
    const done = await this.draft.save(this.#read(), async (poll) => open && this.app.send("open_poll", { poll }));
    if (done) this.#cancel();
  }

  #cancel() {
    this.modal.close();
    this.#clear();
  }
}

let fields = 0;

/** @param {HTMLElement} node */
export function named(node) {
  node.id ||= `polls-field-${++fields}`;
  return node.id;
}

/** @param {string} title @param {HTMLElement} node @param {string} [kind] */
export const field = (title, node, kind = "field") => el("div", { class: kind }, el("label", { for: named(node) }, title), node);

/** @param {string} title @param {HTMLElement} node */
export const check = (title, node) => el("div", { class: "check-row" }, node, el("label", { for: named(node) }, title));

/** @param {number} least @param {number} most */
export const number = (least, most) => el("input", { type: "number", min: String(least), max: String(most), value: String(least), inputMode: "numeric" });

/** @param {HTMLInputElement} node */
const whole = (node) => Math.round(Number(node.value)) || 0;

/** @param {Record<string, string>} titles @param {() => void} [change] */
const select = (titles, change) =>
  el("select", { onchange: change ?? (() => {}) }, ...Object.entries(titles).map(([value, title]) => el("option", { value }, title)));
