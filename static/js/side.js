// @ts-check
/** @import {App} from "./types.js" */
import { el, icon, setText } from "./dom.js";

/** @typedef {"people"|"moderate"} Tab */

/** The panel at the side, on phones a sheet over the page: People, and for moderators Moderate. */
export class Side {
  /** @type {Tab|null} */
  #open = null;
  /** @type {HTMLElement|null} */
  #opener = null;
  #known = false;

  /** @param {App} app @param {HTMLElement} place */
  constructor(app, place) {
    this.app = app;
    this.node = place;
    this.pages = { people: el("div", { class: "side-page" }), moderate: el("div", { class: "side-page" }) };
    this.tabs = { people: this.#tab("people", "People"), moderate: this.#tab("moderate", "Moderate") };
    this.openers = { people: this.#opensAt("people", "People", "people"), moderate: this.#opensAt("moderate", "Moderate", "shield") };
    this.buttons = el("div", { class: "bar-side" }, this.openers.people.node, this.openers.moderate.node);
    const close = el("button", { type: "button", class: "icon-button", "aria-label": "Close the panel", onclick: () => this.show(null) }, icon("close"));
    place.append(
      el("div", { class: "side-top" }, el("div", { class: "tabs", role: "tablist" }, this.tabs.people, this.tabs.moderate), close),
      this.pages.people,
      this.pages.moderate,
    );
    for (const [name, page] of Object.entries(this.pages)) {
      page.id = `side-${name}`;
      page.setAttribute("role", "tabpanel");
      page.setAttribute("aria-label", name === "people" ? "People" : "Moderate");
    }
    place.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !document.querySelector(":popover-open, dialog[open]")) this.show(null);
    });
    app.store.subscribe(() => this.#follow());
    this.show(null);
  }

  /** @param {Tab|null} tab */
  show(tab) {
    const before = this.#open;
    this.#open = tab;
    this.node.hidden = tab === null;
    document.body.dataset.side = tab ?? "";
    for (const name of /** @type {Tab[]} */ (["people", "moderate"])) {
      this.pages[name].hidden = tab !== name;
      this.tabs[name].setAttribute("aria-selected", String(tab === name));
      this.tabs[name].tabIndex = tab === name ? 0 : -1;
      this.openers[name].node.setAttribute("aria-expanded", String(tab === name));
    }
    if (tab === null && before !== null) this.#opener?.focus();
  }

  #follow() {
    const { store } = this.app;
    const moderating = store.iModerate;
    this.tabs.moderate.hidden = !moderating;
    this.openers.moderate.node.hidden = !moderating;
    if (!moderating && this.#open === "moderate") this.show("people");
    if (store.me && !this.#known) {
      this.#known = true;
      if (moderating && matchMedia("(min-width: 1000px)").matches) this.show("moderate");
    }
    badge(this.openers.moderate, moderating ? store.requests.length : 0, "waiting");
    badge(this.openers.people, store.people.size, "in the room");
  }

  /** @param {Tab} tab @param {string} title */
  #tab(tab, title) {
    const node = el("button", { type: "button", role: "tab", class: "tab", "aria-controls": `side-${tab}`, onclick: () => this.show(tab) }, title);
    node.addEventListener("keydown", (event) => {
      if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
      const other = tab === "people" ? "moderate" : "people";
      if (this.tabs[other].hidden) return;
      this.show(other);
      this.tabs[other].focus();
    });
    return node;
  }

  /** @param {Tab} tab @param {string} title @param {string} image */
  #opensAt(tab, title, image) {
    const count = el("span", { class: "badge", hidden: true });
    const node = el(
      "button",
      {
        type: "button",
        class: "button tool",
        "aria-expanded": "false",
        "aria-controls": "side",
        onclick: () => {
          this.#opener = node;
          this.show(this.#open === tab ? null : tab);
          if (this.#open) this.tabs[tab].focus();
        },
      },
      icon(image),
      el("span", { class: "label" }, title),
      count,
    );
    return { node, count, title };
  }
}

/** @param {{node: HTMLElement, count: HTMLElement, title: string}} opener @param {number} number @param {string} what */
function badge({ node, count, title }, number, what) {
  count.hidden = number === 0;
  setText(count, String(number));
  node.setAttribute("aria-label", number ? `${title}, ${number} ${what}` : title);
}
