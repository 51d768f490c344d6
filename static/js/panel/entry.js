// @ts-check
/** @import {App, Entry as Way} from "../types.js" */
import { button, el, setText } from "../dom.js";
import { countdown, moment } from "../event/times.js";
import { t, tn } from "../words.js";

/** @type {[Way, string, string][]} */
const WAYS = [
  ["open", t("Open"), t("Anybody with a link comes in.")],
  ["lobby", t("Lobby"), t("New attendees wait in the lobby. Moderators come in, and so does who was here before.")],
  ["locked", t("Locked"), t("Nobody new comes in. Whoever loses the connection comes back.")],
];

/** Who comes into the room: open, lobby with its time, locked. */
export class Entry {
  /** The time of opening that the field was last given: what somebody writes there stays. @type {string|null} */
  #time = null;

  /** @param {App} app */
  constructor(app) {
    this.app = app;
    this.radios = WAYS.map(([way]) =>
      el("input", { type: "radio", name: "entry", value: way, onchange: () => this.#set({ entry: way }) }),
    );
    this.words = el("p", { class: "quiet" });
    this.waiting = el("p", { class: "lobby-waiting" });
    this.clock = el("p", { class: "countdown", role: "timer" });
    this.time = el("input", { type: "datetime-local", id: "opens-at" });
    this.open = button(t("Open now"), () => this.#set({ entry: "open" }), { kind: "primary", icon: "check", class: "button-small" });
    this.lobby = el(
      "div",
      { class: "lobby-part" },
      this.waiting,
      el(
        "div",
        { class: "field-row field-row-time" },
        el("label", { for: "opens-at" }, t("Opens by itself at")),
        this.time,
        button(t("Set"), () => this.#setTime(), { class: "button-small", title: t("Set the time of opening; empty: none") }),
      ),
      this.clock,
      this.open,
    );
    this.node = el(
      "section",
      { class: "panel-part", "data-part": "Entry" },
      el("h3", { id: "entry-title" }, t("Entry to the room")),
      el(
        "div",
        { class: "segments segments-3", role: "radiogroup", "aria-labelledby": "entry-title" },
        ...WAYS.map(([, title], index) => el("label", { class: "segment" }, this.radios[index], el("span", {}, title))),
      ),
      this.words,
      this.lobby,
    );
    setInterval(() => this.#tick(), 500);
  }

  draw() {
    const { room } = this.app.store;
    if (!room) return;
    for (const radio of this.radios) radio.checked = radio.value === room.entry;
    setText(this.words, WAYS.find(([one]) => one === room.entry)?.[2] ?? "");
    this.lobby.hidden = room.entry !== "lobby";
    const { waiting } = this.app.event;
    setText(this.waiting, tn(waiting, "{count} person waits.", "{count} people wait."));
    const time = room.opens_at ? local(room.opens_at) : "";
    if (time !== this.#time) this.time.value = this.#time = time;
    this.#tick();
  }

  #tick() {
    const { store } = this.app;
    const at = store.room?.opens_at ?? null;
    this.clock.hidden = at === null;
    if (at === null) return;
    setText(this.clock, t("Opens in {left} ({time}).", { time: moment(at), left: countdown(at, store.now()) }));
  }

  /** @param {{entry: Way, opens_at?: number}} fields */
  async #set(fields) {
    if (await this.app.act("set_entry", fields)) this.#time = null;
    this.draw();
  }

  #setTime() {
    const at = this.time.value ? new Date(this.time.value).getTime() : NaN;
    this.time.blur();
    this.#set(Number.isFinite(at) ? { entry: "lobby", opens_at: at } : { entry: "lobby" });
  }
}

/** As the field wants it: the local time to the minute. @param {number} at */
function local(at) {
  const day = new Date(at);
  return new Date(at - day.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
