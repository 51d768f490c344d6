// @ts-check
/** @import {App} from "../types.js" */
import { button, el, keyed, setText } from "../dom.js";
import { t } from "../words.js";

/** Who is banned, by whom and why, and the way back. */
export class Bans {
  /** @param {App} app */
  constructor(app) {
    this.app = app;
    this.count = el("span", { class: "count" }, "0");
    this.list = el("ul", { class: "rows", "aria-label": t("Banned") });
    this.node = el("section", { class: "panel-part", "data-part": "Banned" }, el("h3", {}, t("Banned"), " ", this.count), this.list);
  }

  draw() {
    const { bans } = this.app.event;
    this.node.hidden = bans.length === 0;
    setText(this.count, String(bans.length));
    keyed(
      this.list,
      bans,
      (one) => one.person,
      (one) =>
        el(
          "li",
          { class: "person", "data-person": one.person },
          el("span", { class: "person-text" }, el("bdi", { class: "person-name" }, one.name), el("span", { class: "person-note" })),
          button(t("Unban"), () => this.app.act("unban", { person: one.person }), { class: "button-small" }),
        ),
      (node, one) => {
        const by = one.reason ? t("by {name}: {reason}", { name: one.by_name, reason: one.reason }) : t("by {name}", { name: one.by_name });
        setText(node.querySelector(".person-note"), one.link ? t("{by} · with their link", { by }) : by);
      },
    );
  }
}
