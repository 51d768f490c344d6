// @ts-check
/** @import {Store} from "../store.js" */

/** @typedef {{person: string, name: string, by_name: string, at: number, reason: string, link: boolean}} Ban */

/** What moderators are told of the way in: who is banned, and how many wait in the lobby. */
export class EventState {
  /** @type {Ban[]} */
  bans = [];
  waiting = 0;

  /** @param {Store} store */
  constructor(store) {
    this.store = store;
    store.add(this);
  }

  /** @param {any} view */
  welcome(view) {
    this.bans = view.bans ?? [];
    this.waiting = 0;
  }

  /** @param {any} update */
  update(update) {
    if (update.bans) this.bans = update.bans;
  }

  /** @param {number} waiting */
  count(waiting) {
    this.waiting = waiting;
    this.store.changed();
  }
}
