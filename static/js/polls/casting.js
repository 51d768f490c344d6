// @ts-check
/** @import {App} from "../types.js" */
/** @import {Ballot, MyVote} from "./types.js" */
/** @import {Book} from "./book.js" */
import { Refused } from "../connection.js";
import { forThisWindow } from "../storage.js";

/** Refusals after which the same vote may still be taken. */
const PASSING = ["lost", "shutting_down", "not_saved", "server_error", "too_many"];

/**
 * Casts votes, and casts them again where they may have been lost: on the way, or with the server,
 * which keeps anonymous votes in its memory alone until the poll closes. Until then this window
 * remembers the vote; the same vote twice counts once.
 */
export class Casting {
  /** @param {App} app @param {Book} book */
  constructor(app, book) {
    this.app = app;
    this.book = book;
    book.entered = () => this.#again();
    app.store.subscribe(() => this.#forget());
  }

  /** Resolves with the sentence of a refusal, or "". @param {number} poll @param {Ballot} ballot @returns {Promise<string>} */
  async cast(poll, ballot) {
    this.#write({ ...this.#read(), [poll]: ballot });
    try {
      await this.app.send("cast_vote", { poll, ...ballot });
      return "";
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      if (!PASSING.includes(error.code)) this.#drop(poll);
      return error.message;
    }
  }

  /** One has entered, or come back: send what the server has not got. */
  #again() {
    for (const [id, ballot] of Object.entries(this.#read())) {
      const poll = this.book.polls.get(Number(id));
      const mine = this.book.votes.get(Number(id));
      if (poll?.state !== "open" || mine?.counted) this.#drop(Number(id));
      else if (!mine || !same(mine, ballot)) queueMicrotask(() => this.cast(Number(id), ballot));
    }
  }

  /** Votes that are kept by the server are not kept here. */
  #forget() {
    if (this.app.store.status !== "open") return;
    for (const id of Object.keys(this.#read())) {
      const done = this.book.polls.get(Number(id))?.state !== "open" || this.book.votes.get(Number(id))?.counted;
      if (done) this.#drop(Number(id));
    }
  }

  /** @param {number} poll */
  #drop(poll) {
    const kept = this.#read();
    delete kept[poll];
    this.#write(kept);
  }

  get #key() {
    return `stagedoor.votes.${this.app.store.you}`;
  }

  /** @returns {Record<string, Ballot>} */
  #read() {
    try {
      return JSON.parse(forThisWindow.get(this.#key) || "{}");
    } catch {
      return {};
    }
  }

  /** @param {Record<string, Ballot>} kept */
  #write(kept) {
    forThisWindow.set(this.#key, Object.keys(kept).length ? JSON.stringify(kept) : "");
  }
}

/** @param {MyVote} mine @param {Ballot} ballot */
function same(mine, ballot) {
  return Object.entries(ballot).every(([field, value]) => JSON.stringify(/** @type {any} */ (mine)[field]) === JSON.stringify(value));
}
