// @ts-check
import { byId, setText } from "../dom.js";
import { showView } from "../door.js";
import { t } from "../words.js";
import { countdown, moment } from "./times.js";

/** @typedef {{room: string, now: number, opens_at?: number, open?: boolean}} LobbyMessage */

/** The view before the room opens: its name, and the time that is left by the server's clock. */
export class Lobby {
  #ticking = 0;
  #ahead = 0;
  /** @type {number|null} */
  #opensAt = null;
  /** @type {() => void} */
  #opened = () => {};

  /** Show what the server said, and let go of the wait if the room is open. @param {LobbyMessage} message */
  take(message) {
    this.#ahead = message.now - performance.now();
    this.#opensAt = message.opens_at ?? null;
    setText(byId("lobby-room"), message.room);
    byId("lobby-lost").hidden = true;
    document.title = `${message.room} · Stagedoor`;
    if (message.open) return this.#end();
    showView("lobby");
    this.#draw();
    clearInterval(this.#ticking);
    this.#ticking = setInterval(() => this.#draw(), 500);
  }

  /** Resolves when the server says that the room is open. An earlier wait is forgotten. */
  opened() {
    return new Promise((resolve) => {
      this.#opened = () => resolve(undefined);
    });
  }

  /** The view is left. */
  leave() {
    clearInterval(this.#ticking);
    this.#opened = () => {};
  }

  #end() {
    const opened = this.#opened;
    this.leave();
    opened();
  }

  #draw() {
    const at = this.#opensAt;
    const clock = byId("lobby-clock");
    clock.hidden = at === null;
    if (at === null) return setText(byId("lobby-when"), t("A moderator opens the room."));
    setText(byId("lobby-when"), t("Opening: {time}", { time: moment(at) }));
    setText(clock, countdown(at, performance.now() + this.#ahead));
  }
}
