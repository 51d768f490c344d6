// @ts-check
import { button, el, icon } from "../dom.js";
import { t } from "../words.js";

const FEWEST = 2;
const MOST = 20;

/** Options to write, as many as are wanted; `mark` puts a tick box before each (“right”). */
export class OptionsList {
  /** @param {{mark?: string}} [more] */
  constructor({ mark } = {}) {
    this.mark = mark;
    this.list = el("ul", { class: "option-fields" });
    this.add = button(t("Add an option"), () => this.#add("", false).focus(), { class: "button-small" });
    this.node = el("div", { class: "option-list" }, this.list, this.add);
    this.fill([]);
  }

  /** @param {string[]} options @param {number[]} [marked] */
  fill(options, marked = []) {
    this.list.replaceChildren();
    const count = Math.max(FEWEST, options.length);
    for (let index = 0; index < count; index++) this.#add(options[index] ?? "", marked.includes(index));
  }

  /** What is written, without what was left empty; and which of that is marked. */
  read() {
    const rows = [...this.list.children].map((row) => ({
      text: /** @type {HTMLInputElement} */ (row.querySelector("[type=text]")).value.trim(),
      marked: row.querySelector("[type=checkbox]:checked") !== null,
    }));
    const filled = rows.filter((one) => one.text);
    return { options: filled.map((one) => one.text), marked: filled.flatMap((one, index) => (one.marked ? [index] : [])) };
  }

  /** @param {string} text @param {boolean} marked */
  #add(text, marked) {
    const field = el("input", { type: "text", maxLength: 120, value: text, autocomplete: "off", dir: "auto" });
    const tick = this.mark ? el("input", { type: "checkbox", checked: marked }) : null;
    const away = el("button", { type: "button", class: "icon-button" }, icon("close"));
    const row = el("li", {}, tick, field, away);
    away.addEventListener("click", () => {
      const next = row.nextElementSibling ?? row.previousElementSibling;
      row.remove();
      this.#number();
      /** @type {HTMLElement|null|undefined} */ (next?.querySelector("[type=text]"))?.focus();
    });
    this.list.append(row);
    this.#number();
    return field;
  }

  #number() {
    const rows = [...this.list.children];
    rows.forEach((row, index) => {
      const number = index + 1;
      row.querySelector("[type=text]")?.setAttribute("aria-label", t("Option {number}", { number }));
      row.querySelector("[type=text]")?.setAttribute("placeholder", t("Option {number}", { number }));
      row.querySelector("[type=checkbox]")?.setAttribute("aria-label", t("Option {number} is right", { number }));
      const away = /** @type {HTMLButtonElement} */ (row.querySelector("button"));
      away.setAttribute("aria-label", t("Remove option {number}", { number }));
      away.disabled = rows.length <= FEWEST;
    });
    this.add.disabled = rows.length >= MOST;
  }
}
