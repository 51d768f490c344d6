// @ts-check
/** @import {App} from "../types.js" */
import { button, el } from "../dom.js";
import { t } from "../words.js";

/** What is done to everybody at once (rules 16 and 20). */
export class Everybody {
  /** @param {App} app */
  constructor(app) {
    this.app = app;
    const { act } = app;
    this.muteAll = button(t("Mute everyone"), () => act("turn_all_off", { device: "microphone" }), { icon: "mic-off", class: "button-small" });
    this.darkAll = button(t("Cameras off"), () => act("turn_all_off", { device: "camera" }), { icon: "camera-off", class: "button-small" });
    this.stopAll = button(t("Stop screens"), () => act("turn_all_off", { device: "screen" }), { icon: "screen-off", class: "button-small" });
    this.hands = button(t("Lower all hands"), () => act("lower_all_hands"), { icon: "hand", class: "button-small" });
    this.node = el(
      "section",
      { class: "panel-part", "data-part": "Everybody" },
      el("h3", {}, t("Everybody")),
      el("div", { class: "panel-buttons" }, this.muteAll, this.darkAll, this.stopAll, this.hands),
    );
  }

  draw() {
    const { store } = this.app;
    const iHost = store.me?.role === "host";
    const others = [...store.onStage, ...store.backstage].filter((one) => one.id !== store.you && (one.role !== "host" || iHost));
    this.muteAll.disabled = !others.some((one) => one.microphone);
    this.darkAll.disabled = !others.some((one) => one.camera);
    this.stopAll.disabled = !others.some((one) => one.screen);
    this.hands.disabled = store.hands.length === 0;
  }
}
