// @ts-check
/** @import {App} from "./types.js" */
/** @import {Store} from "./store.js" */
import { badge, el, icon, setBadge } from "./dom.js";
import { t } from "./words.js";

/**
 * @typedef {object} TabPlan
 * @property {string} name the page is `side.pages[name]`, its element `#side-NAME`
 * @property {string} title
 * @property {string} icon
 * @property {boolean} [opener] whether the bar has a button that opens it
 * @property {boolean} [news] whether its number is news, to be shown on the tab, too
 * @property {(store: Store) => boolean} [shown] whether there is such a tab for one; if not: always
 */

/** @type {TabPlan[]} in the order of the row */
const TABS = [
  { name: "people", title: t("People"), icon: "people", opener: true },
  { name: "chat", title: t("Chat"), icon: "chat", opener: true, news: true },
  { name: "questions", title: t("Q&A"), icon: "question", news: true, shown: (store) => store.room?.settings.questions ?? false },
  { name: "polls", title: t("Polls"), icon: "polls", news: true },
  { name: "moderate", title: t("Moderate"), icon: "shield", opener: true, news: true, shown: (store) => store.iModerate },
];

/** As in side.css. */
const NARROW = matchMedia("(max-width: 760px), (max-height: 480px)");

/** @typedef {{plan: TabPlan, tab: HTMLElement, page: HTMLElement, opener: HTMLElement|null}} Tab */

/** The panel at the side, on phones a sheet over the page: a row of tabs, and a page for each. */
export class Side {
  /** @type {Record<string, HTMLElement>} by name of the tab */
  pages = {};
  /** The name of the tab that is open. @type {string|null} */
  open = null;
  /** @type {HTMLElement|null} */
  #opener = null;
  #known = false;
  /** @type {Tab[]} */
  #tabs;
  /** @type {Set<(open: string|null) => void>} */
  #listeners = new Set();

  /** @param {App} app @param {HTMLElement} place */
  constructor(app, place) {
    this.app = app;
    this.node = place;
    this.#tabs = TABS.map((plan) => this.#make(plan));
    this.row = el("div", { class: "tabs", role: "tablist" }, ...this.#tabs.map((one) => one.tab));
    this.row.addEventListener("keydown", (event) => this.#move(event));
    this.buttons = el("div", { class: "bar-side" }, ...this.#tabs.map((one) => one.opener));
    const close = el("button", { type: "button", class: "icon-button", "aria-label": t("Close the panel"), onclick: () => this.show(null) }, icon("close"));
    place.append(el("div", { class: "side-top" }, this.row, close), ...this.#tabs.map((one) => one.page));
    place.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !document.querySelector(":popover-open, dialog[open]")) this.show(null);
    });
    app.store.subscribe(() => this.#follow());
    addEventListener("resize", () => this.cover());
    // The open tab stays in sight as the row gets narrower, or the tab wider by its number.
    const sizes = new ResizeObserver((changed) => {
      const open = this.#tabs.find(({ plan }) => plan.name === this.open)?.tab;
      if (changed.some(({ target }) => target === this.row || target === open)) inSight(open);
    });
    for (const node of [this.row, ...this.#tabs.map((one) => one.tab)]) sizes.observe(node);
    this.show(null);
  }

  /** @param {string|null} name */
  show(name) {
    const before = this.open;
    this.open = name;
    this.node.hidden = name === null;
    document.body.dataset.side = name ?? "";
    for (const one of this.#tabs) {
      const open = one.plan.name === name;
      one.page.hidden = !open;
      one.tab.setAttribute("aria-selected", String(open));
      one.tab.tabIndex = open ? 0 : -1;
      one.opener?.setAttribute("aria-expanded", String(open));
      if (open) inSight(one.tab);
    }
    this.cover();
    if (name === null && before !== null) (this.#opener ?? this.#tabs[0].opener)?.focus();
    if (name !== before) for (const listener of this.#listeners) listener(name);
  }

  /** What the panel lies over is out of reach; on phones that is all of the page, or all but the stage. */
  cover() {
    const side = this.node.getBoundingClientRect();
    for (const one of document.querySelectorAll("#room > :is(header, main, footer)")) {
      const at = one.getBoundingClientRect();
      const beside = at.right < side.left + 1 || at.left > side.right - 1;
      const above = at.bottom < side.top + 1;
      one.toggleAttribute("inert", this.open !== null && NARROW.matches && !beside && !above);
    }
    // Where it is all that is there, it is a window.
    const alone = document.querySelector("#room > main")?.hasAttribute("inert");
    this.node.setAttribute("role", alone ? "dialog" : "complementary");
  }

  /** Called with the name of the tab that is open, or null. @param {(open: string|null) => void} listener */
  subscribe(listener) {
    this.#listeners.add(listener);
  }

  /**
   * Put a number on a tab and its button; nothing for 0.
   * @param {string} name
   * @param {number} number
   * @param {string} sentence the number in words, as "3 unread"
   */
  badge(name, number, sentence) {
    const one = this.#tabs.find(({ plan }) => plan.name === name);
    for (const node of [one?.tab, one?.opener]) setBadge(node ?? null, number, sentence);
  }

  #follow() {
    const { store } = this.app;
    for (const { plan, tab, opener } of this.#tabs) {
      const shown = plan.shown?.(store) ?? true;
      tab.hidden = !shown;
      if (opener) opener.hidden = !shown;
      if (!shown && this.open === plan.name) this.show("people");
    }
    if (store.me && !this.#known) {
      this.#known = true;
      if (store.iModerate && matchMedia("(min-width: 1000px)").matches) this.show("moderate");
    }
    const waiting = store.iModerate ? store.requests.length + store.hands.length : 0;
    this.badge("moderate", waiting, waitingWords(store.requests.length, store.hands.length));
    this.badge("people", store.people.size, t("{number} in the room", { number: store.people.size }));
  }

  /** Arrow keys, Home and End in the row, over the tabs that there are. @param {KeyboardEvent} event */
  #move(event) {
    const there = this.#tabs.filter(({ tab }) => !tab.hidden);
    const now = there.findIndex(({ plan }) => plan.name === this.open);
    const forward = getComputedStyle(this.row).direction === "rtl" ? "ArrowLeft" : "ArrowRight";
    const back = forward === "ArrowRight" ? "ArrowLeft" : "ArrowRight";
    const next = { [forward]: now + 1, [back]: now - 1, Home: 0, End: -1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    const one = there[(next + there.length) % there.length];
    this.show(one.plan.name);
    one.tab.focus();
  }

  /** @param {TabPlan} plan @returns {Tab} */
  #make(plan) {
    const { name, title } = plan;
    const tab = el(
      "button",
      { type: "button", role: "tab", class: "tab", "data-tab": name, "aria-controls": `side-${name}`, onclick: () => this.show(name) },
      title,
      plan.news ? badge() : null,
    );
    const page = el("div", { class: "side-page", id: `side-${name}`, role: "tabpanel", "aria-label": title }, el("h2", { class: "only-read-out" }, title));
    this.pages[name] = page;
    return { plan, tab, page, opener: plan.opener ? this.#opens(plan, tab) : null };
  }

  /** @param {TabPlan} plan @param {HTMLElement} tab */
  #opens({ name, title, icon: image }, tab) {
    const press = () => {
      this.#opener = node;
      this.show(this.open === name ? null : name);
      if (this.open) tab.focus();
    };
    const node = el(
      "button",
      { type: "button", class: "button tool", "data-tab": name, "aria-expanded": "false", "aria-controls": "side", onclick: press },
      icon(image),
      el("span", { class: "label" }, title),
      badge(),
    );
    return node;
  }
}

/** @param {HTMLElement} [tab] in a row that scrolls sideways */
function inSight(tab) {
  tab?.scrollIntoView?.({ block: "nearest", inline: "nearest" });
}

/** @param {number} number of requests @param {number} hands */
function waitingWords(number, hands) {
  if (!hands) return t("{number} waiting", { number });
  return number ? t("{number} waiting, {hands} with a hand up", { number, hands }) : t("{hands} with a hand up", { hands });
}
