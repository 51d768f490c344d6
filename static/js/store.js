// @ts-check
/** @import {Person, Room, Happening} from "./types.js" */

/** What the page knows of the room. The one owner of the view; parts of the page subscribe. */

const UNSAID = {
  away: false,
  hand: null,
  microphone: false,
  camera: false,
  screen: false,
  requested_at: null,
  offer: null,
  barred: false,
  may_ask_at: 0,
  unmute_asked_by: null,
  requested_since: 0,
  hand_since: 0,
  hand_restorable_until: 0,
  spoke_ms: 0,
  link: "",
  backstage: false,
};

/** @param {Person} person */
export const moderates = (person) => person.role !== "attendee";
/** On stage or backstage, connected or held. @param {Person} person */
export const hasSeat = (person) => ["on_stage", "backstage", "held"].includes(person.seat);

/**
 * @typedef {object} Part what keeps a part of the view, as the chat does
 * @property {(view: any) => void} welcome takes the part's fields of a whole view
 * @property {(update: any) => void} update takes those of an update, if there are any
 */

export class Store {
  /** @type {Room|null} */
  room = null;
  /** @type {Map<string, Person>} */
  people = new Map();
  /** One's own id. */
  you = "";
  /** The number of the last event seen. */
  number = 0;
  /** @type {string[]} loudest first */
  speaking = [];
  /** @type {"connecting"|"open"|"lost"|"ended"} */
  status = "connecting";
  #ahead = 0;
  /** @type {Part[]} */
  #parts = [];
  /** @type {Set<() => void>} */
  #listeners = new Set();

  /** @param {() => void} listener */
  subscribe(listener) {
    this.#listeners.add(listener);
  }

  /** Have a part take what concerns it, before the listeners are called. @param {Part} part */
  add(part) {
    this.#parts.push(part);
  }

  /** @returns {Person|null} oneself, once entered */
  get me() {
    return this.people.get(this.you) ?? null;
  }

  /** Whether one is a host or a moderator. */
  get iModerate() {
    return this.me !== null && moderates(this.me);
  }

  /** The server's clock, in milliseconds. */
  now() {
    return performance.now() + this.#ahead;
  }

  /** The people on stage, seats held included, by the order in which they are known. */
  get onStage() {
    return [...this.people.values()].filter((one) => hasSeat(one) && !one.backstage);
  }

  /** Those who wait backstage, seats held included: all of them for moderators, else oneself alone. */
  get backstage() {
    return [...this.people.values()].filter((one) => one.backstage);
  }

  /** Waiting requests, first in, first out (rule 5). */
  get requests() {
    return [...this.people.values()]
      .filter((one) => one.seat === "requested")
      .sort((a, b) => (a.requested_at ?? 0) - (b.requested_at ?? 0));
  }

  /** Open offers, the next to expire first. */
  get offers() {
    return [...this.people.values()]
      .filter((one) => one.seat === "offered")
      .sort((a, b) => (a.offer?.expires_at ?? 0) - (b.offer?.expires_at ?? 0));
  }

  /** Raised hands in order (rule 19). */
  get hands() {
    return [...this.people.values()]
      .filter((one) => one.hand !== null)
      .sort((a, b) => (a.hand ?? 0) - (b.hand ?? 0));
  }

  /** @param {{now: number, view: {number: number, you: string, room: Room, people: Person[]}}} message */
  welcome({ now, view }) {
    this.#ahead = now - performance.now();
    this.you = view.you;
    this.number = view.number;
    this.room = view.room;
    this.people = new Map(view.people.map((one) => [one.id, { ...UNSAID, ...one }]));
    this.speaking = [];
    for (const part of this.#parts) part.welcome(view);
    this.#tell();
  }

  /** @param {{number: number, people?: Person[], gone?: string[], room?: Room|null}} message */
  update(message) {
    const { number, people = [], gone = [], room = null } = message;
    this.number = Math.max(this.number, number);
    for (const one of people) this.people.set(one.id, { ...UNSAID, ...one });
    for (const id of gone) this.people.delete(id);
    if (room) this.room = room;
    for (const part of this.#parts) part.update(message);
    this.#tell();
  }

  /** @param {string[]} people */
  speak(people) {
    this.speaking = people;
    this.#tell();
  }

  /** A part has changed otherwise. */
  changed() {
    this.#tell();
  }

  /** @param {"connecting"|"open"|"lost"|"ended"} status */
  setStatus(status) {
    if (this.status === status) return;
    this.status = status;
    if (status !== "open") this.speaking = [];
    this.#tell();
  }

  #tell() {
    for (const listener of this.#listeners) listener();
  }
}
