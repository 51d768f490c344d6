// @ts-check
/** @import {App, Person} from "../types.js" */
import { button } from "../dom.js";
import { hasSeat } from "../store.js";
import { t } from "../words.js";
import { fill, part } from "./queue.js";
import { note, OrderChoice, sorted } from "./fair.js";

/** Raised hands in order, with the way to the stage at hand (rules 2, 19 and 20). */
export class Hands {
  /** @param {App} app */
  constructor(app) {
    this.app = app;
    this.people = part(t("Raised hands"), t("No hand is up."));
    this.node = this.people.node;
    this.order = new OrderChoice(this.people, () => app.store.changed());
    setInterval(() => this.#tick(), 1000);
  }

  draw() {
    const { store, act } = this.app;
    fill(this.people, sorted(this.app, store.hands), (one) => {
      const invite = button(t("Invite"), () => act("invite", { person: one.id }), { class: "button-small", kind: "primary" });
      invite.dataset.action = "invite";
      return [button(t("Lower"), () => act("lower_hand", { person: one.id }), { class: "button-small" }), invite];
    });
    this.order.draw(store.hands);
    for (const [row, one] of this.#rows()) {
      const invite = /** @type {HTMLButtonElement} */ (row.querySelector("[data-action=invite]"));
      invite.hidden = hasSeat(one) || one.seat === "offered" || one.away || store.room?.mode === "closed";
    }
    this.#tick();
  }

  #tick() {
    for (const [row, one] of this.#rows()) note(row, one, one.hand_since, this.app.store.now());
  }

  /** @returns {[HTMLElement, Person][]} */
  #rows() {
    const { store } = this.app;
    const rows = /** @type {HTMLElement[]} */ ([...this.people.list.children]);
    return rows.flatMap((row) => {
      const one = store.people.get(row.dataset.key ?? "");
      return one ? [/** @type {[HTMLElement, Person]} */ ([row, one])] : [];
    });
  }
}
