// @ts-check
/** @import {App} from "../types.js" */
import { Refused } from "../connection.js";
import { windowValue } from "../storage.js";
import { t } from "../words.js";

/** What failed with one of these is sent again by itself. */
const PASSING = ["too_many", "server_error", "shutting_down", "not_saved", "away", "not_entered"];
const PATIENCE = 1500;

/**
 * @typedef {object} Unsent a message or question that the server has not taken yet
 * @property {string} key by which the server knows it again
 * @property {string} type the command
 * @property {Record<string, any>} fields
 * @property {string} thread
 * @property {"sending"|"failed"} state
 * @property {string} sentence why it failed
 * @property {string} tried the person as whom it was sent at last, or ""
 */

/**
 * What was written and is not acknowledged. Kept in this window, over reloads, and sent one after
 * the other, again with the same key if the connection was lost meanwhile.
 */
export class Outbox {
  /** @type {Unsent[]} */
  items;
  #kept;
  #busy = false;
  #again = 0;
  /** @type {Set<() => void>} */
  #listeners = new Set();

  /** @param {App} app @param {string} room */
  constructor(app, room) {
    this.app = app;
    this.#kept = windowValue(`stagedoor.unsent.${room}`, /** @type {Unsent[]} */ ([]));
    this.items = this.#kept.get();
    app.store.add({ welcome: () => this.#entered(), update: () => this.#acknowledge() });
    app.store.subscribe(() => this.#send());
  }

  /** @param {() => void} listener */
  subscribe(listener) {
    this.#listeners.add(listener);
  }

  /** @param {string} thread */
  of(thread) {
    return this.items.filter((one) => one.thread === thread);
  }

  /** @param {string} type @param {Record<string, any>} fields @param {string} thread */
  add(type, fields, thread) {
    this.items.push({ key: newKey(), type, fields, thread, state: "sending", sentence: "", tried: "" });
    this.#changed();
    this.#send();
  }

  /** Send one that failed again. @param {string} key */
  retry(key) {
    const one = this.items.find((item) => item.key === key);
    if (!one) return;
    one.state = "sending";
    this.#changed();
    this.#send();
  }

  /** Take one away that is not being sent. @param {string} key @returns {Unsent|undefined} */
  take(key) {
    const one = this.items.find((item) => item.key === key && item.state === "failed");
    if (one) this.#remove(one);
    return one;
  }

  /** The whole view is new: what is in it was said; whoever is somebody else now is asked first. */
  #entered() {
    this.#acknowledge();
    for (const one of this.items) {
      if (one.state === "sending" && one.tried && one.tried !== this.app.store.you) {
        this.#fail(one, t("You were away for too long. This may have been sent already: please look before you send it again."));
      }
    }
  }

  /** What others are shown already has arrived, though we may not have been told. */
  #acknowledge() {
    if (this.items.length === 0) return;
    const { talk, store } = this.app;
    const mine = new Set(
      [...talk.messages.values(), ...talk.questions.values()].filter((one) => one.by === store.you && one.key).map((one) => one.key),
    );
    const left = this.items.filter((one) => !mine.has(one.key));
    if (left.length === this.items.length) return;
    this.items = left;
    this.#changed();
  }

  async #send() {
    const next = this.items.find((one) => one.state === "sending");
    if (!next || this.#busy || this.#again || this.app.store.status !== "open") return;
    this.#busy = true;
    next.tried = this.app.store.you;
    this.#kept.set(this.items);
    let lost = false;
    try {
      await this.app.send(next.type, { ...next.fields, key: next.key });
      this.#remove(next);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      lost = error.code === "lost";
      if (PASSING.includes(error.code)) this.#wait();
      else if (!lost) this.#fail(next, error.message);
    } finally {
      this.#busy = false;
    }
    // After a loss it goes on once the connection is there again.
    if (!lost) this.#send();
  }

  #wait() {
    this.#again = setTimeout(() => {
      this.#again = 0;
      this.#send();
    }, PATIENCE);
  }

  /** @param {Unsent} one @param {string} sentence */
  #fail(one, sentence) {
    one.state = "failed";
    one.sentence = sentence;
    one.tried = "";
    this.#changed();
    this.app.voice.say(t("Not sent. {reason}", { reason: sentence }), { key: `unsent-${one.key}`, urgent: true });
  }

  /** @param {Unsent} one */
  #remove(one) {
    this.items = this.items.filter((item) => item.key !== one.key);
    this.#changed();
  }

  #changed() {
    this.#kept.set(this.items);
    for (const listener of this.#listeners) listener();
  }
}

/** 80 bits by chance, in letters and digits. */
function newKey() {
  return [...crypto.getRandomValues(new Uint32Array(3))].map((one) => one.toString(36)).join("").slice(0, 16);
}
