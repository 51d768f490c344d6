// @ts-check
/** @import {App} from "./types.js" */
import { actionsFor } from "./actions.js";
import { el, icon } from "./dom.js";

/** The menu of what a moderator may do with one person; one for the page, opened at a button. */
export class PersonMenu {
  /** @type {HTMLElement|null} */
  #opener = null;

  /** @param {App} app */
  constructor(app) {
    this.app = app;
    this.list = el("div", { class: "menu", popover: "auto", role: "menu" });
    this.list.addEventListener("keydown", (event) => this.#move(event));
    this.list.addEventListener("toggle", (event) => {
      const open = /** @type {any} */ (event).newState === "open";
      this.#opener?.setAttribute("aria-expanded", String(open));
      if (!open && this.list.contains(document.activeElement)) this.#opener?.focus();
    });
    document.body.append(this.list);
  }

  /** @param {HTMLElement} opener @param {string} id the person */
  open(opener, id) {
    const { store, act } = this.app;
    const person = store.people.get(id);
    if (!person) return;
    this.#opener = opener;
    const items = actionsFor(person, store).map((action) =>
      el(
        "button",
        {
          type: "button",
          role: "menuitem",
          class: action.danger ? "menu-item menu-danger" : "menu-item",
          onclick: () => {
            this.list.hidePopover();
            act(action.type, action.fields);
          },
        },
        icon(action.icon),
        action.label,
      ),
    );
    this.list.setAttribute("aria-label", person.name);
    this.list.replaceChildren(el("p", { class: "menu-title", "aria-hidden": "true" }, person.name), ...items);
    this.list.showPopover();
    this.#place(opener.getBoundingClientRect());
    items[0]?.focus();
  }

  /** Below the button, or above where there is no room; within the window. @param {DOMRect} at */
  #place(at) {
    const { offsetWidth, offsetHeight, style } = this.list;
    const below = at.bottom + 4 + offsetHeight <= innerHeight - 8;
    const top = below ? at.bottom + 4 : Math.max(8, at.top - 4 - offsetHeight);
    style.top = `${top}px`;
    style.left = `${Math.max(8, Math.min(at.right - offsetWidth, innerWidth - offsetWidth - 8))}px`;
  }

  /** @param {KeyboardEvent} event */
  #move(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const items = /** @type {HTMLElement[]} */ ([...this.list.querySelectorAll("button")]);
    const now = items.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    items[(now + step + items.length) % items.length]?.focus();
  }
}
