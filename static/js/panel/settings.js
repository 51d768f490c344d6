// @ts-check
/** @import {App, Settings} from "../types.js" */
import { confirm } from "../dialogs.js";
import { button, el } from "../dom.js";

/** @type {{name: "offer_ms"|"hold_ms"|"cooldown_ms", title: string, least: number}[]} in seconds on the page */
const TIMES = [
  { name: "offer_ms", title: "An offer stands for", least: 5 },
  { name: "hold_ms", title: "A lost person's seat is kept for", least: 5 },
  { name: "cooldown_ms", title: "After a decline, wait for", least: 0 },
];

/** @type {{name: "may_leave_stage"|"bump_longest_silent", title: string}[]} */
const SWITCHES = [
  { name: "may_leave_stage", title: "Participants may leave the stage by themselves" },
  { name: "bump_longest_silent", title: "When the stage is full, the longest silent gives way" },
];

/** The room's other settings, and its end. */
export class RoomSettings {
  /** @param {App} app */
  constructor(app) {
    this.app = app;
    this.times = TIMES.map(({ name, least }) =>
      el("input", { type: "number", id: name, min: String(least), max: "3600", inputMode: "numeric", onchange: () => this.#setTime(name) }),
    );
    this.switches = SWITCHES.map(({ name }) =>
      el("input", { type: "checkbox", id: name, onchange: () => this.#setSwitch(name) }),
    );
    this.end = button("End the room…", () => this.#end(), { kind: "danger", class: "button-wide" });
    this.node = el(
      "div",
      {},
      el(
        "details",
        { class: "panel-part" },
        el("summary", {}, "More settings"),
        ...SWITCHES.map(({ name, title }, index) => el("div", { class: "check-row" }, this.switches[index], el("label", { for: name }, title))),
        ...TIMES.map(({ name, title }, index) => el("div", { class: "field-row" }, el("label", { for: name }, title), this.times[index], el("span", { class: "quiet" }, "s"))),
      ),
      this.end,
    );
  }

  draw() {
    const { room, me } = this.app.store;
    if (!room) return;
    TIMES.forEach(({ name }, index) => {
      const field = this.times[index];
      if (document.activeElement !== field) field.value = String(room.settings[name] / 1000);
    });
    SWITCHES.forEach(({ name }, index) => (this.switches[index].checked = room.settings[name]));
    this.end.hidden = me?.role !== "host";
  }

  /** @param {"offer_ms"|"hold_ms"|"cooldown_ms"} name */
  async #setTime(name) {
    const field = this.times[TIMES.findIndex((one) => one.name === name)];
    const milliseconds = Math.round(Number(field.value) * 1000);
    if (Number.isFinite(milliseconds)) await this.app.act("change_settings", { [name]: milliseconds });
    field.value = String((this.app.store.room?.settings[name] ?? 0) / 1000);
  }

  /** @param {"may_leave_stage"|"bump_longest_silent"} name */
  async #setSwitch(name) {
    const field = this.switches[SWITCHES.findIndex((one) => one.name === name)];
    await this.app.act("change_settings", { [name]: field.checked });
    this.draw();
  }

  async #end() {
    const sure = await confirm("End the room?", "Everybody is sent away, and nobody can come back.", "End the room");
    if (sure) await this.app.act("end_room");
  }
}
