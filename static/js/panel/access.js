// @ts-check
/** @import {App, Mode} from "../types.js" */
import { el, setText } from "../dom.js";
import { t } from "../words.js";

/** @type {[Mode, string, string][]} */
const MODES = [
  ["open", t("Open"), t("Anyone may join the stage while seats last.")],
  ["request", t("Request"), t("People ask, a moderator approves.")],
  ["invite", t("Invite"), t("Only people whom a moderator invites come up.")],
  ["closed", t("Closed"), t("Nobody new comes up. Whoever is on stage stays.")],
];

/** Who may come up, and how many (rules 1, 10 and 11). */
export class Access {
  /** @param {App} app */
  constructor(app) {
    this.app = app;
    this.radios = MODES.map(([mode]) =>
      el("input", { type: "radio", name: "mode", value: mode, onchange: () => this.#set(mode) }),
    );
    this.words = el("p", { class: "quiet" });
    this.capacity = el("input", { type: "number", id: "capacity", min: "1", max: "50", inputMode: "numeric", onchange: () => this.#resize() });
    this.taken = el("span", { class: "quiet" });
    this.node = el(
      "section",
      { class: "panel-part" },
      el("h3", { id: "access-title" }, t("Stage access")),
      el(
        "div",
        { class: "segments", role: "radiogroup", "aria-labelledby": "access-title" },
        ...MODES.map(([, title], index) => el("label", { class: "segment" }, this.radios[index], el("span", {}, title))),
      ),
      this.words,
      el("div", { class: "field-row" }, el("label", { for: "capacity" }, t("Seats")), this.capacity, this.taken),
    );
  }

  draw() {
    const { store } = this.app;
    if (!store.room) return;
    const { mode, settings } = store.room;
    for (const radio of this.radios) radio.checked = radio.value === mode;
    setText(this.words, MODES.find(([one]) => one === mode)?.[2] ?? "");
    if (document.activeElement !== this.capacity) this.capacity.value = String(settings.capacity);
    const offered = store.offers.length;
    const taken = store.onStage.length + store.backstage.length;
    setText(this.taken, offered ? t("{taken} taken, {offered} offered", { taken, offered }) : t("{taken} taken", { taken }));
  }

  /** @param {Mode} mode */
  async #set(mode) {
    await this.app.act("set_mode", { mode });
    this.draw();
  }

  async #resize() {
    const capacity = Math.round(Number(this.capacity.value));
    if (Number.isFinite(capacity)) await this.app.act("change_settings", { capacity });
    this.capacity.value = String(this.app.store.room?.settings.capacity ?? "");
  }
}
