// @ts-check
/** @import {App, Person} from "../types.js" */
import { el, setText } from "../dom.js";
import { lasted } from "../event/times.js";
import { t } from "../words.js";

/** @typedef {"asked"|"spoken"} Order */

/** @type {Order} how this moderator looks at those who wait; the rules' order is another matter */
let order = "asked";

/**
 * The people as this moderator wants to see them: in the order of asking, or who has spoken least
 * first. The choice stays the moderator's (rule 5).
 * @param {App} app @param {Person[]} people in the order of asking
 */
export function sorted(app, people) {
  return order === "asked" ? people : [...people].sort((a, b) => a.spoke_ms - b.spoke_ms);
}

/**
 * How long somebody has waited and spoken, under the name.
 * @param {HTMLElement} row @param {Person} person @param {number} since @param {number} now
 */
export function note(row, person, since, now) {
  const waits = t("waits {time}", { time: lasted(now - since) });
  const spoke = person.spoke_ms ? t("spoke {time}", { time: lasted(person.spoke_ms) }) : t("not spoken yet");
  const away = person.away ? [t("reconnecting")] : [];
  const text = /** @type {HTMLElement} */ (row.querySelector(".person-note"));
  setText(text, [...away, waits, spoke].join(" · "));
}

/** The choice of the order, above a list; it is one choice for both lists. */
export class OrderChoice {
  /** @param {import("./queue.js").Part} part @param {() => void} changed */
  constructor(part, changed) {
    this.choice = el(
      "select",
      {
        onchange: () => {
          order = /** @type {Order} */ (this.choice.value);
          changed();
        },
      },
      el("option", { value: "asked" }, t("in the order of asking")),
      el("option", { value: "spoken" }, t("who spoke least first")),
    );
    this.node = el("label", { class: "field-row fair-order" }, el("span", {}, t("Show them")), this.choice);
    part.list.before(this.node);
  }

  /** @param {Person[]} people who are in the list: one or none has no order */
  draw(people) {
    this.node.hidden = people.length < 2;
    this.choice.value = order;
  }
}
