// @ts-check
/** @import {App} from "../types.js" */
import { confirm } from "../dialogs.js";
import { button, el } from "../dom.js";
import { t } from "../words.js";

/** @type {{name: "chat"|"premoderated"|"questions"|"reactions", title: string}[]} */
const SWITCHES = [
  { name: "chat", title: t("Chat for everybody") },
  { name: "premoderated", title: t("Moderators approve first") },
  { name: "questions", title: t("Questions and answers") },
  { name: "reactions", title: t("Reactions") },
];

/** What a moderator sets for the chat, the questions and reactions. */
export class TalkSettings {
  /** @param {App} app */
  constructor(app) {
    this.app = app;
    this.switches = SWITCHES.map(({ name }) => el("input", { type: "checkbox", id: `talk-${name}`, onchange: () => this.#set(name) }));
    this.slow = el("input", { type: "number", id: "slow_ms", min: "0", max: "3600", inputMode: "numeric", onchange: () => this.#setSlow() });
    this.clear = button(t("Clear the chat…"), () => this.#clear(), { icon: "trash", class: "button-small" });
    this.node = el(
      "details",
      { class: "panel-part", "data-part": "Chat, questions, reactions" },
      el("summary", {}, t("Chat, questions, reactions")),
      ...SWITCHES.map(({ name, title }, index) => el("div", { class: "check-row" }, this.switches[index], el("label", { for: `talk-${name}` }, title))),
      el("div", { class: "field-row" }, el("label", { for: "slow_ms" }, t("Slow mode: between two messages, wait for")), this.slow, el("span", { class: "quiet" }, t("s"))),
      el("div", { class: "field-row" }, this.clear),
    );
  }

  draw() {
    const { room } = this.app.store;
    if (!room) return;
    SWITCHES.forEach(({ name }, index) => (this.switches[index].checked = room.settings[name]));
    if (document.activeElement !== this.slow) this.slow.value = String(room.settings.slow_ms / 1000);
  }

  /** @param {"chat"|"premoderated"|"questions"|"reactions"} name */
  async #set(name) {
    const field = this.switches[SWITCHES.findIndex((one) => one.name === name)];
    await this.app.act("change_settings", { [name]: field.checked });
    this.draw();
  }

  async #setSlow() {
    const milliseconds = Math.round(Number(this.slow.value) * 1000);
    if (Number.isFinite(milliseconds)) await this.app.act("change_settings", { slow_ms: milliseconds });
    this.slow.value = String((this.app.store.room?.settings.slow_ms ?? 0) / 1000);
  }

  async #clear() {
    const sentence = t("All messages to everybody are deleted, pinned and waiting ones, too. Private messages and the backchannel stay.");
    if (await confirm(t("Clear the chat?"), sentence, t("Clear"))) await this.app.act("clear_chat");
  }
}
