// @ts-check
/** @import {App} from "../types.js" */
import { confirm } from "../dialogs.js";
import { button, el } from "../dom.js";
import { openReports } from "../event/reports.js";
import { askRoomName } from "../event/windows.js";
import { t } from "../words.js";

/** @typedef {{name: "offer_ms"|"hold_ms"|"cooldown_ms", title: string, least: number}} Time in seconds on the page */
/** @typedef {{name: "may_leave_stage"|"bump_longest_silent"|"may_raise_hand"|"may_rename"|"lower_hand_once_spoken"|"backstage", title: string}} Switch */

/** The groups of the settings; whoever adds a setting adds a line. @type {{title: string, switches: Switch[], times: Time[]}[]} */
const GROUPS = [
  {
    title: t("What viewers may do"),
    switches: [
      { name: "may_raise_hand", title: t("Raise a hand") },
      { name: "may_rename", title: t("Change their name") },
    ],
    times: [],
  },
  {
    title: t("The stage"),
    switches: [
      { name: "backstage", title: t("People wait backstage, with the moderators alone, until they are brought on") },
      { name: "may_leave_stage", title: t("Participants may leave the stage by themselves") },
      { name: "bump_longest_silent", title: t("When the stage is full, the longest silent gives way") },
      { name: "lower_hand_once_spoken", title: t("A hand goes down once its owner has spoken on stage") },
    ],
    times: [
      { name: "offer_ms", title: t("An offer stands for"), least: 5 },
      { name: "hold_ms", title: t("A lost person's seat is kept for"), least: 5 },
      { name: "cooldown_ms", title: t("After a decline, wait for"), least: 0 },
    ],
  },
];

/** The room's name, its other settings, and its end. */
export class RoomSettings {
  /** @param {App} app */
  constructor(app) {
    this.app = app;
    /** @type {Map<Time["name"], HTMLInputElement>} */
    this.times = new Map();
    /** @type {Map<Switch["name"], HTMLInputElement>} */
    this.switches = new Map();
    this.end = button(t("End the room…"), () => this.#end(), { kind: "danger", class: "button-wide" });
    this.node = el(
      "div",
      {},
      el(
        "details",
        { class: "panel-part" },
        el("summary", {}, t("More settings")),
        button(t("Rename the room…"), () => askRoomName(app), { class: "button-small" }),
        ...GROUPS.map(({ title, switches, times }) =>
          el(
            "fieldset",
            { class: "settings-group" },
            el("legend", {}, title),
            ...switches.map((one) => this.#switch(one)),
            ...times.map((one) => this.#time(one)),
          ),
        ),
      ),
      el("div", { class: "pad" }, button(t("Run-down and attendance…"), () => openReports(app), { icon: "clock", class: "button-small button-full" })),
      this.end,
    );
  }

  /** @param {Switch} one */
  #switch({ name, title }) {
    const field = el("input", { type: "checkbox", id: name, onchange: () => this.#setSwitch(name, field) });
    this.switches.set(name, field);
    return el("div", { class: "check-row" }, field, el("label", { for: name }, title));
  }

  /** @param {Time} one */
  #time({ name, title, least }) {
    const field = el("input", { type: "number", id: name, min: String(least), max: "3600", inputMode: "numeric", onchange: () => this.#setTime(name, field) });
    this.times.set(name, field);
    return el("div", { class: "field-row" }, el("label", { for: name }, title), field, el("span", { class: "quiet" }, t("s")));
  }

  draw() {
    const { room, me } = this.app.store;
    if (!room) return;
    for (const [name, field] of this.times) {
      if (document.activeElement !== field) field.value = String(room.settings[name] / 1000);
    }
    for (const [name, field] of this.switches) field.checked = room.settings[name];
    this.end.hidden = me?.role !== "host";
  }

  /** @param {Time["name"]} name @param {HTMLInputElement} field */
  async #setTime(name, field) {
    const milliseconds = Math.round(Number(field.value) * 1000);
    if (Number.isFinite(milliseconds)) await this.app.act("change_settings", { [name]: milliseconds });
    field.value = String((this.app.store.room?.settings[name] ?? 0) / 1000);
  }

  /** @param {Switch["name"]} name @param {HTMLInputElement} field */
  async #setSwitch(name, field) {
    await this.app.act("change_settings", { [name]: field.checked });
    this.draw();
  }

  async #end() {
    const sure = await confirm(t("End the room?"), t("Everybody is sent away, and nobody can come back."), t("End the room"));
    if (sure) await this.app.act("end_room");
  }
}
