// @ts-check
/** @import {App, Person} from "./types.js" */
import { actionsFor } from "./actions.js";
import { byId, el, icon } from "./dom.js";
import { askName, askToBan, askToRemove } from "./event/windows.js";

const SETTLED = 100; // milliseconds after which a page that was resized stands as it will
const ASK = { rename: askName, remove: askToRemove, ban: askToBan };

/**
 * @typedef {object} MenuItem
 * @property {string} label
 * @property {string} icon
 * @property {() => void} press
 * @property {boolean} [danger]
 */

/** A menu opened at a button; one for many buttons. */
export class Menu {
  /** @type {HTMLElement|null} */
  #opener = null;

  constructor() {
    this.list = el("div", { class: "menu", popover: "auto", role: "menu" });
    this.list.addEventListener("keydown", (event) => this.#move(event));
    this.list.addEventListener("toggle", (event) => {
      const open = /** @type {any} */ (event).newState === "open";
      this.#opener?.setAttribute("aria-expanded", String(open));
      if (!open && this.list.contains(document.activeElement)) this.#opener?.focus();
    });
    byId("side").append(this.list);
    // A phone that is turned, or whose keyboard goes as the menu takes the focus.
    addEventListener("resize", () => {
      this.#placeAgain();
      setTimeout(() => this.#placeAgain(), SETTLED); // lists scroll to where they were, or to their end
    });
  }

  /** @param {HTMLElement} opener @param {string} title @param {MenuItem[]} items */
  show(opener, title, items) {
    this.#opener = opener;
    const buttons = items.map((item) =>
      el(
        "button",
        {
          type: "button",
          role: "menuitem",
          class: item.danger ? "menu-item menu-danger" : "menu-item",
          onclick: () => {
            this.list.hidePopover();
            item.press();
          },
        },
        icon(item.icon),
        item.label,
      ),
    );
    this.list.setAttribute("aria-label", title);
    this.list.replaceChildren(el("p", { class: "menu-title", dir: "auto", "aria-hidden": "true" }, title), ...buttons);
    this.list.showPopover();
    this.#place(opener.getBoundingClientRect());
    buttons[0]?.focus();
  }

  #placeAgain() {
    if (this.#opener && this.list.matches(":popover-open")) this.#place(this.#opener.getBoundingClientRect());
  }

  /** Below the button, or above where there is no room; within the window. @param {DOMRect} at */
  #place(at) {
    const { offsetWidth, offsetHeight, style } = this.list;
    const below = at.bottom + 4 + offsetHeight <= innerHeight - 8;
    const top = below ? at.bottom + 4 : at.top - 4 - offsetHeight;
    style.top = `${Math.max(8, Math.min(top, innerHeight - offsetHeight - 8))}px`;
    const end = getComputedStyle(this.list).direction === "rtl" ? at.left : at.right - offsetWidth;
    style.left = `${Math.max(8, Math.min(end, innerWidth - offsetWidth - 8))}px`;
  }

  /** @param {KeyboardEvent} event */
  #move(event) {
    // Tab goes on from the button at which the menu was opened.
    if (event.key === "Tab") return this.list.hidePopover();
    const items = /** @type {HTMLElement[]} */ ([...this.list.querySelectorAll("button")]);
    const now = items.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    const next = { ArrowDown: now + 1, ArrowUp: now - 1, Home: 0, End: -1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    items[(next + items.length) % items.length]?.focus();
  }
}

/** The menu of what a moderator may do with one person. */
export class PersonMenu extends Menu {
  /** @param {App} app @param {(person: Person) => MenuItem[]} more what other parts of the page add */
  constructor(app, more) {
    super();
    this.app = app;
    this.more = more;
  }

  /** @param {Person} person @returns {MenuItem[]} */
  itemsFor(person) {
    const { store, act } = this.app;
    const actions = actionsFor(person, store).map(({ label, icon: image, danger, type = "", fields, ask }) => ({
      label,
      icon: image,
      danger,
      press: () => (ask ? ASK[ask](this.app, person) : act(type, fields)),
    }));
    const more = this.more(person);
    return [...actions.filter((one) => !one.danger), ...more.filter((one) => !one.danger), ...actions.filter((one) => one.danger), ...more.filter((one) => one.danger)];
  }

  /** @param {HTMLElement} opener @param {string} id the person */
  open(opener, id) {
    const person = this.app.store.people.get(id);
    if (person) this.show(opener, person.name, this.itemsFor(person));
  }
}
