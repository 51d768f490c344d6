// @ts-check
/** @import {App} from "../types.js" */
/** @import {Reaction} from "./kinds.js" */
import { button, el } from "../dom.js";
import { singleKey } from "../keys.js";
import { t } from "../words.js";
import { REACTIONS } from "./kinds.js";

/** The bar's button, and the row of reactions above it, which stays open to send several. */
export class Picker {
  /** @param {App} app @param {(reaction: Reaction) => void} send */
  constructor(app, send) {
    this.app = app;
    this.button = button(t("React"), () => {}, { icon: "smile", class: "tool", title: t("React (R)") });
    this.button.setAttribute("aria-expanded", "false");
    this.row = el(
      "div",
      { class: "reactions", popover: "auto", role: "toolbar", "aria-label": t("Reactions") },
      ...REACTIONS.map(({ name, picture, label }) =>
        el("button", { type: "button", class: "reaction", "aria-label": label, title: label, "data-reaction": name, onclick: () => send(name) }, picture),
      ),
    );
    this.button.popoverTargetElement = this.row;
    this.row.addEventListener("toggle", (event) => this.#toggled(/** @type {any} */ (event).newState === "open"));
    this.row.addEventListener("keydown", (event) => this.#move(event));
    addEventListener("resize", () => this.row.matches(":popover-open") && this.#place());
    this.#key();
  }

  /** @param {boolean} offered @param {boolean} disabled */
  draw(offered, disabled) {
    this.button.hidden = !offered;
    this.button.disabled = disabled;
    if ((!offered || disabled) && this.row.matches(":popover-open")) this.row.hidePopover();
  }

  /** @param {boolean} open */
  #toggled(open) {
    this.button.setAttribute("aria-expanded", String(open));
    if (!open) return;
    this.#place();
    /** @type {HTMLElement} */ (this.row.firstElementChild).focus();
  }

  /** Above the button, within the window. */
  #place() {
    const at = this.button.getBoundingClientRect();
    const { offsetWidth, offsetHeight, style } = this.row;
    style.top = `${Math.max(8, at.top - 8 - offsetHeight)}px`;
    style.left = `${Math.max(8, Math.min(at.left + at.width / 2 - offsetWidth / 2, innerWidth - offsetWidth - 8))}px`;
  }

  /** @param {KeyboardEvent} event */
  #move(event) {
    const buttons = /** @type {HTMLElement[]} */ ([...this.row.children]);
    const now = buttons.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    const forward = getComputedStyle(this.row).direction === "rtl" ? -1 : 1;
    const next = { ArrowRight: now + forward, ArrowLeft: now - forward, Home: 0, End: buttons.length - 1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    buttons[(next + buttons.length) % buttons.length].focus();
  }

  /** R opens and closes the row. */
  #key() {
    document.addEventListener("keydown", (event) => {
      if (singleKey(event) !== "R") return;
      if (this.button.hidden || this.button.closest("[inert]") || this.button.disabled || !this.app.store.me) return;
      this.row.togglePopover();
    });
  }
}
