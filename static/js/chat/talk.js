// @ts-check
/** @import {Message, Question} from "../types.js" */
/** @import {Store} from "../store.js" */
import { windowValue } from "../storage.js";

const KEPT = 3000;

/**
 * Messages are shown by thread: "room", "moderators", or the id of the person whose private one
 * it is. What is seen of "questions" is kept in the same way.
 * @param {Message} message
 */
export const threadOf = (message) => (message.channel === "private" ? message.thread : message.channel);

/** @param {Message} a @param {Message} b those that wait are where they were said */
const inOrder = (a, b) => (a.place || a.number) - (b.place || b.number) || a.number - b.number;

const UNSAID = { channel: "room", thread: "", place: 0, by_moderator: false, announcement: false, reply_to: 0, standing: "shown", key: "" };
const UNASKED = { votes: 0, answer: "open", standing: "shown", key: "" };

/** What one may read of the chat and the questions, and how far one has read. */
export class Talk {
  /** @type {Map<number, Message>} */
  messages = new Map();
  /** @type {Map<number, Question>} */
  questions = new Map();
  /** @type {number[]} */
  pinned = [];
  /** Who has blocked oneself from writing, or "". */
  blockedBy = "";
  /** @type {Set<string>} the people who are blocked, for moderators */
  blocked = new Set();
  /** @type {Set<number>} questions that one is for */
  voted = new Set();
  /** @type {Set<string>} channels of which the server has older messages */
  #older = new Set();
  /** @type {Set<string>} threads all of whose messages are here */
  #complete = new Set();
  /** @type {Map<string, Message[]>|null} in order, by thread */
  #threads = null;
  /** @type {Record<string, number>} the last place seen, by thread */
  #seen;
  #kept;

  /** @param {Store} store @param {string} room */
  constructor(store, room) {
    this.store = store;
    this.#kept = windowValue(`stagedoor.seen.${room}`, /** @type {Record<string, number>} */ ({}));
    this.#seen = this.#kept.get();
    store.add(this);
  }

  /** @param {{you: string, talk: any, questions: any}} view */
  welcome(view) {
    this.#take(view);
    if (this.#seen.entered === undefined) this.#seeAll();
  }

  /** @param {{talk?: any, questions?: any}} update */
  update(update) {
    this.#take(update);
  }

  /** @returns {Message[]} in the order in which everybody has them */
  list(thread = "room") {
    if (!this.#threads) {
      this.#threads = new Map();
      for (const one of [...this.messages.values()].sort(inOrder)) {
        const name = threadOf(one);
        const list = this.#threads.get(name);
        if (list) list.push(one);
        else this.#threads.set(name, [one]);
      }
    }
    return this.#threads.get(thread) ?? [];
  }

  /** The private threads that there are, the latest first. */
  get privateThreads() {
    this.list();
    return [...(this.#threads ?? [])]
      .filter(([name]) => name !== "room" && name !== "moderators")
      .map(([name, messages]) => ({ name, last: messages[messages.length - 1] }))
      .sort((a, b) => b.last.place - a.last.place);
  }

  /** What waits for a moderator's approval, the oldest first. */
  get waiting() {
    return this.list("room").filter((one) => one.standing === "waiting");
  }

  /** @param {string} thread whether the server has older messages of it */
  hasOlder(thread) {
    const channel = thread === "room" || thread === "moderators" ? thread : "private";
    return this.#older.has(channel) && !this.#complete.has(thread);
  }

  /** @param {string} thread @param {Message[]} entries @param {boolean} more */
  addOlder(thread, entries, more) {
    for (const one of entries) this.messages.set(one.number, { ...UNSAID, .../** @type {any} */ (one) });
    if (!more) this.#complete.add(thread);
    this.#threads = null;
  }

  /** How many seconds slow mode still has oneself wait. @param {number} now the server's clock */
  slowed(now) {
    const wait = this.store.room?.settings.slow_ms ?? 0;
    if (!wait) return 0;
    const mine = [...this.list("room"), ...this.questions.values()].filter((one) => one.by === this.store.you);
    const last = mine.reduce((latest, one) => Math.max(latest, one.at), 0);
    return Math.max(0, Math.ceil((last + wait - now) / 1000));
  }

  // -- how far one has read

  /** The last place that one has seen. @param {string} thread */
  seen(thread) {
    return this.#seen[thread] ?? 0;
  }

  /** @param {string} thread others' messages that one has not seen */
  unread(thread) {
    const after = this.seen(thread);
    return this.list(thread).filter((one) => one.place > after && one.by !== this.store.you).length;
  }

  /** Others' questions that one has not seen. */
  get unreadQuestions() {
    const after = this.seen("questions");
    return [...this.questions.values()].filter((one) => one.number > after && one.by !== this.store.you).length;
  }

  /** All of a thread is before one's eyes. @param {string} thread */
  see(thread) {
    const places = thread === "questions" ? [...this.questions.keys()] : this.list(thread).map((one) => one.place);
    const last = places.reduce((a, b) => Math.max(a, b), this.seen(thread));
    if (last === this.seen(thread)) return;
    this.#seen[thread] = last;
    this.#kept.set(this.#seen);
  }

  /** Who enters for the first time has missed nothing. */
  #seeAll() {
    this.#seen.entered = 1;
    this.list();
    for (const thread of [...(this.#threads ?? new Map()).keys(), "questions"]) this.see(thread);
    this.#kept.set(this.#seen);
  }

  /** @param {{talk?: any, questions?: any}} news */
  #take({ talk, questions }) {
    if (talk) this.#takeTalk(talk);
    if (questions) this.#takeQuestions(questions);
  }

  /** @param {any} talk */
  #takeTalk({ whole, entries = [], gone = [], pinned, older, blocked_by: blockedBy, blocked }) {
    if (whole) {
      this.messages.clear();
      this.#complete.clear();
      this.pinned = [];
      this.blocked = new Set();
      this.#older = new Set();
    }
    for (const one of entries) this.messages.set(one.number, { ...UNSAID, ...one });
    for (const number of gone) this.messages.delete(number);
    this.pinned = pinned ?? this.pinned;
    this.blockedBy = blockedBy ?? (whole ? "" : this.blockedBy);
    if (blocked) this.blocked = new Set(blocked);
    if (older) this.#older = new Set(older);
    this.#threads = null;
    this.#forget();
  }

  /** Keep the page from growing for hours: the oldest can be asked for again. */
  #forget() {
    if (this.messages.size <= KEPT) return;
    const room = this.list("room").filter((one) => !this.pinned.includes(one.number));
    for (const one of room.slice(0, this.messages.size - KEPT)) this.messages.delete(one.number);
    this.#older.add("room");
    this.#complete.delete("room");
    this.#threads = null;
  }

  /** @param {any} questions */
  #takeQuestions({ whole, entries = [], gone = [], votes = {}, voted }) {
    if (whole) this.questions.clear();
    for (const one of entries) this.questions.set(one.number, { ...UNASKED, ...one });
    for (const number of gone) this.questions.delete(number);
    for (const [number, count] of Object.entries(votes)) {
      const one = this.questions.get(Number(number));
      if (one) one.votes = /** @type {number} */ (count);
    }
    if (voted) this.voted = new Set(voted);
    else if (whole) this.voted = new Set();
  }
}
