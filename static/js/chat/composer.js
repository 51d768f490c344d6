// @ts-check
import { el, icon, setText } from "../dom.js";
import { windowValue } from "../storage.js";
import { t, tn } from "../words.js";

const COUNT_FROM = 0.8; // of the longest text
let composers = 0;

/** What stands above the field as long as nothing can be sent; on phones the panel hides the page's own sign. */
export const offlineHint = () => t("No connection just now: what you send goes out once it is back.");

/**
 * A field for text that grows, with what belongs to it. What is typed is kept in this window for
 * each place that it is written for, until it is sent.
 */
export class Composer {
  /** @type {Record<string, string>} */
  #drafts;
  #kept;
  #where = "";
  hint = "";
  #waiting = false;

  /**
   * @param {object} plan
   * @param {string} plan.name under which drafts are kept
   * @param {number} plan.longest characters
   * @param {string} plan.send the button's label
   * @param {(text: string) => void} plan.take
   * @param {...(Node|null)} tools beside the field
   */
  constructor(plan, ...tools) {
    this.plan = plan;
    this.#kept = windowValue(`stagedoor.drafts.${plan.name}`, /** @type {Record<string, string>} */ ({}));
    this.#drafts = this.#kept.get();
    this.field = el("textarea", { rows: 1, class: "composer-field", enterKeyHint: "send", oninput: () => this.#typed(), onkeydown: (/** @type {KeyboardEvent} */ event) => this.#key(event) });
    this.button = el("button", { type: "submit", class: "icon-button composer-send", "aria-label": plan.send, title: plan.send }, icon("send"));
    // Said with the field and not by itself: it changes with each second and each letter.
    this.trouble = el("p", { class: "composer-note", id: `composer-note-${++composers}` });
    this.field.setAttribute("aria-describedby", this.trouble.id);
    this.node = el(
      "form",
      { class: "composer", onsubmit: (/** @type {Event} */ event) => { event.preventDefault(); this.#send(); } },
      this.trouble,
      el("div", { class: "composer-row" }, ...tools, this.field, this.button),
    );
    this.#typed();
  }

  /** Write for somewhere else. @param {string} where @param {string} label */
  open(where, label) {
    this.field.placeholder = label;
    this.field.setAttribute("aria-label", label);
    if (where === this.#where) return;
    this.#where = where;
    this.field.value = this.#drafts[where] ?? "";
    this.#typed();
  }

  /** Put a text in, after what is there. @param {string} text */
  write(text) {
    this.field.value = [this.field.value, text].filter(Boolean).join("\n");
    this.#typed();
    this.field.focus();
  }

  /** Say something above the field, and whether one has to wait. @param {string} note @param {boolean} waiting */
  note(note, waiting) {
    this.#waiting = waiting;
    this.hint = note;
    this.#draw();
  }

  #typed() {
    const { field } = this;
    if (this.#where) {
      if (field.value) this.#drafts[this.#where] = field.value;
      else delete this.#drafts[this.#where];
      this.#kept.set(this.#drafts);
    }
    field.style.height = "auto";
    if (field.scrollHeight) field.style.height = `${field.scrollHeight + 2}px`;
    this.#draw();
  }

  #draw() {
    const length = [...this.field.value.trim()].length;
    const over = length - this.plan.longest;
    const near = length > COUNT_FROM * this.plan.longest;
    const count = over > 0 ? tn(over, "{count} character too many", "{count} characters too many") : near ? tn(-over, "{count} character left", "{count} characters left") : "";
    this.trouble.classList.toggle("trouble", over > 0);
    this.field.setAttribute("aria-invalid", String(over > 0));
    setText(this.trouble, count || this.hint);
    this.trouble.hidden = !this.trouble.textContent;
    this.button.disabled = length === 0 || over > 0 || this.#waiting;
  }

  /** Enter sends where there is a keyboard; on touch screens it makes a new line. @param {KeyboardEvent} event */
  #key(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    if (matchMedia("(pointer: coarse)").matches) return;
    event.preventDefault();
    this.#send();
  }

  #send() {
    if (this.button.disabled) return;
    const text = this.field.value.trim();
    // The button can do nothing once the field is empty.
    if (document.activeElement === this.button) this.field.focus();
    this.field.value = "";
    this.#typed();
    this.plan.take(text);
  }
}
