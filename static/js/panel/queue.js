// @ts-check
/** @import {App, Person} from "../types.js" */
import { timeLeft } from "../dialogs.js";
import { button, el, keyed, setText } from "../dom.js";
import { avatar } from "../tile.js";
import { note, OrderChoice, sorted } from "./fair.js";
import { t } from "../words.js";

/** Waiting requests in order, and open offers with the time that is left (rules 5, 6 and 7). */
export class Queue {
  /** @param {App} app */
  constructor(app) {
    this.app = app;
    this.requests = part(t("Waiting requests"), t("Nobody is waiting."));
    this.offers = part(t("Open offers"), "");
    this.node = el("div", {}, this.requests.node, this.offers.node);
    this.order = new OrderChoice(this.requests, () => app.store.changed());
    setInterval(() => this.#tick(), 500);
  }

  draw() {
    const { store, act } = this.app;
    fill(this.requests, sorted(this.app, store.requests), (one) => {
      // What was seen is what is decided on: the number may change if the person asks anew.
      const fields = () => ({ person: one.id, request: store.people.get(one.id)?.requested_at ?? one.requested_at });
      return [
        button(t("Decline"), () => act("decline", fields()), { class: "button-small" }),
        button(t("Approve"), () => act("approve", fields()), { class: "button-small", kind: "primary" }),
      ];
    });
    fill(this.offers, store.offers, (one) => [
      button(t("Revoke"), () => act("revoke_offer", { person: one.id }), { class: "button-small" }),
    ]);
    this.order.draw(store.requests);
    this.offers.node.hidden = store.offers.length === 0;
    this.#tick();
  }

  #tick() {
    const { store } = this.app;
    for (const row of /** @type {HTMLElement[]} */ ([...this.requests.list.children])) {
      const person = store.people.get(row.dataset.key ?? "");
      if (person) note(row, person, person.requested_since, store.now());
    }
    for (const row of /** @type {HTMLElement[]} */ ([...this.offers.list.children])) {
      const person = store.people.get(row.dataset.key ?? "");
      const note = row.querySelector(".person-note");
      if (person?.offer && note) setText(note, t("{time} left", { time: timeLeft(person.offer.expires_at, store.now()) }));
    }
  }
}

/** @typedef {{node: HTMLElement, list: HTMLElement, count: HTMLElement, empty: HTMLElement}} Part */

/** @param {string} title @param {string} none @returns {Part} */
export function part(title, none) {
  const count = el("span", { class: "count" }, "0");
  const list = el("ul", { class: "rows", "aria-label": title });
  const empty = el("p", { class: "quiet" }, none);
  const node = el("section", { class: "panel-part", "data-part": title }, el("h3", {}, title, " ", count), list, empty);
  return { node, list, count, empty };
}

/**
 * @param {Part} group
 * @param {Person[]} people
 * @param {(person: Person) => HTMLElement[]} buttons
 */
export function fill(group, people, buttons) {
  setText(group.count, String(people.length));
  group.empty.hidden = people.length > 0;
  keyed(
    group.list,
    people,
    (one) => one.id,
    (one) =>
      el(
        "li",
        { class: "person", "data-person": one.id },
        avatar(one),
        el("span", { class: "person-text" }, el("bdi", { class: "person-name" }), el("span", { class: "person-note" })),
        el("span", { class: "person-actions", role: "group", "aria-label": one.name }, ...buttons(one)),
      ),
    (node, one) => {
      setText(node.querySelector(".person-name"), one.name);
      if (one.away) setText(node.querySelector(".person-note"), t("reconnecting"));
      else if (!one.offer) setText(node.querySelector(".person-note"), "");
    },
  );
}
