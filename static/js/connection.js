// @ts-check
/** The WebSocket to the server: commands with ids, answers, and coming back by itself. */
import { t, told } from "./words.js";

const PING_EVERY = 10_000;
const PING_PATIENCE = 6_000;
const DIAL_PATIENCE = 10_000;
const SLOWEST = 8_000;
/** A server that said it restarts is back within seconds: ask so often, for so many times. */
const RESTART_EVERY = 1_200;
const RESTART_TIMES = 20;
/** An `enter` that is refused with one of these may succeed a little later. */
const PASSING = ["lost", "shutting_down", "not_saved", "server_error", "too_many", "not_entered"];

/** The server's no: `code` from the closed list of docs/protocol.md, and a sentence for people, in the page's language. */
export class Refused extends Error {
  /** @param {string} code @param {string} sentence */
  constructor(code, sentence) {
    super(sentence);
    this.code = code;
  }
}

/**
 * @typedef {object} Handlers
 * @property {() => Promise<any>} enter sends `enter`; a rejection with Refused may be final
 * @property {(message: any) => void} message everything but `ok` and `refused`
 * @property {(status: "connecting"|"open"|"lost") => void} status
 * @property {(why: Refused) => void} ended the server does not want us back
 */

export class Connection {
  /** @type {WebSocket|null} */
  #socket = null;
  /** @type {Map<number, {resolve: (answer: any) => void, reject: (why: Refused) => void}>} */
  #pending = new Map();
  #lastId = 0;
  #failures = 0;
  /** Whether there is no connection because the server restarts, and said so. */
  restarting = false;
  #wanted = false;
  #redial = 0;
  #pinging = 0;

  /** @param {string} url @param {Handlers} handlers */
  constructor(url, handlers) {
    this.url = url;
    this.handlers = handlers;
    addEventListener("online", () => this.#hurry());
    addEventListener("offline", () => this.#socket && this.#drop(this.#socket));
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") this.#hurry();
    });
  }

  start() {
    this.#wanted = true;
    this.#failures = 0;
    this.handlers.status("connecting");
    this.#dial();
  }

  stop() {
    this.#wanted = false;
    clearTimeout(this.#redial);
    const socket = this.#socket;
    if (socket) this.#drop(socket);
  }

  /**
   * Send a command; resolves with the server's answer, rejects with Refused, whose code is "lost"
   * if the connection ended before there was an answer.
   * @param {string} type
   * @param {object} [fields]
   * @returns {Promise<any>}
   */
  send(type, fields = {}) {
    const socket = this.#socket;
    if (!socket || socket.readyState !== WebSocket.OPEN) {
      return Promise.reject(new Refused("lost", t("There is no connection just now.")));
    }
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
      socket.send(JSON.stringify({ ...fields, type, id }));
    });
  }

  #dial() {
    clearTimeout(this.#redial);
    this.#redial = 0;
    const socket = new WebSocket(this.url);
    this.#socket = socket;
    const late = setTimeout(() => this.#drop(socket), DIAL_PATIENCE);
    socket.onopen = async () => {
      this.#keepAsking(socket);
      try {
        await this.handlers.enter();
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        if (this.#socket !== socket) return;
        if (PASSING.includes(error.code)) this.#drop(socket);
        else this.#end(error);
        return;
      }
      if (this.#socket !== socket) return;
      this.#failures = 0;
      this.restarting = false;
      this.handlers.status("open");
    };
    socket.onmessage = (event) => {
      clearTimeout(late);
      if (this.#socket === socket) this.#take(JSON.parse(event.data));
    };
    socket.onclose = () => {
      clearTimeout(late);
      this.#drop(socket);
    };
  }

  /** @param {any} message */
  #take(message) {
    if (message.type === "closing" && !message.again) {
      this.#end(new Refused(message.code, told(message)));
      return;
    }
    if (message.type === "closing" && message.code === "shutting_down") this.restarting = true;
    const waiting = this.#pending.get(message.id);
    if (waiting) this.#pending.delete(message.id);
    if (message.type === "refused") {
      waiting?.reject(new Refused(message.code, told(message)));
    } else {
      if (message.type !== "ok" && message.type !== "closing") this.handlers.message(message);
      waiting?.resolve(message);
    }
  }

  /** The server's last word. @param {Refused} why */
  #end(why) {
    this.stop();
    this.handlers.ended(why);
  }

  /** This socket is of no use any more. @param {WebSocket} socket */
  #drop(socket) {
    if (this.#socket !== socket) return;
    this.#socket = null;
    clearTimeout(this.#pinging);
    socket.close();
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    for (const one of pending) one.reject(new Refused("lost", t("The connection was lost.")));
    if (!this.#wanted) return;
    this.handlers.status("lost");
    const soon = this.restarting && this.#failures < RESTART_TIMES;
    const longest = soon ? RESTART_EVERY : Math.min(SLOWEST, 400 * 2 ** this.#failures);
    this.#failures++;
    this.#redial = setTimeout(() => this.#dial(), longest * (0.5 + Math.random() / 2));
  }

  /** There is reason to think that the network is back. */
  #hurry() {
    if (this.#redial) this.#dial();
  }

  /** A network that is gone says nothing: ask. @param {WebSocket} socket */
  #keepAsking(socket) {
    this.#pinging = setTimeout(async () => {
      const late = setTimeout(() => this.#drop(socket), PING_PATIENCE);
      await this.send("ping").catch(() => {});
      clearTimeout(late);
      if (this.#socket === socket) this.#keepAsking(socket);
    }, PING_EVERY);
  }
}
