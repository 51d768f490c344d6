// @ts-check
/** @import {App, Message} from "../types.js" */
/** @import {Unsent} from "./outbox.js" */
import { button, el, icon, setText } from "../dom.js";
import { language } from "../language.js";
import { t } from "../words.js";
import { textNodes } from "./text.js";

const TIME = new Intl.DateTimeFormat(language.format, { hour: "2-digit", minute: "2-digit" });
const DAY = new Intl.DateTimeFormat(language.format, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });

/** @param {number} at milliseconds; with the day, if that is another than today */
export function timeOf(at) {
  const then = new Date(at);
  return (then.toDateString() === new Date().toDateString() ? TIME : DAY).format(then);
}

/**
 * A message's row; `update` fills in what can change.
 * @param {Message} message
 * @param {(opener: HTMLElement) => void} menu
 * @param {(number: number) => void} go to the message replied to
 */
export function makeRow(message, menu, go) {
  const more = el(
    "button",
    {
      type: "button",
      class: "icon-button message-menu",
      "aria-haspopup": "menu",
      "aria-expanded": "false",
      "aria-label": t("Actions for the message of {name}", { name: message.by_name }),
      onclick: () => menu(more),
    },
    icon("more"),
  );
  return el(
    "li",
    { class: "message", "data-number": String(message.number), tabIndex: -1 },
    el(
      "div",
      { class: "message-head" },
      message.announcement ? icon("megaphone") : null,
      el("bdi", { class: "message-name" }, message.by_name),
      message.by_moderator ? el("span", { class: "message-role" }, t("moderator")) : null,
      el("time", { class: "message-time", dateTime: new Date(message.at).toISOString() }, timeOf(message.at)),
    ),
    message.reply_to ? el("button", { type: "button", class: "quote", dir: "auto", onclick: () => go(message.reply_to) }) : null,
    el("div", { class: "message-text", dir: "auto" }, ...textNodes(message.text)),
    el("p", { class: "message-note", hidden: true }),
    el("div", { class: "message-decide", hidden: true }),
    more,
  );
}

/**
 * @param {HTMLElement} node
 * @param {Message} message
 * @param {{first: boolean, own: boolean, replied: Message|undefined, decide: boolean, act: App["act"], empty: boolean}} as
 *   `first`: not after another of the same person; `empty`: there is nothing to do with it
 */
export function updateRow(node, message, { first, own, replied, decide, act, empty }) {
  const first_ = String(first || message.announcement || message.reply_to !== 0);
  if (node.dataset.first !== first_) node.dataset.first = first_;
  node.dataset.own = String(own);
  node.dataset.standing = message.standing;
  node.dataset.announcement = String(message.announcement);
  const quote = node.querySelector(".quote");
  if (quote) setText(quote, replied ? t("{name}: {text}", { name: replied.by_name, text: replied.text }) : t("A message that is not here any more"));
  const note = /** @type {HTMLElement} */ (node.querySelector(".message-note"));
  note.hidden = message.standing === "shown";
  setText(note, standingWords(message.standing, own));
  /** @type {HTMLElement} */ (node.querySelector(".message-menu")).hidden = empty;
  drawDecision(/** @type {HTMLElement} */ (node.querySelector(".message-decide")), decide, message.number, act);
}

/** @param {"waiting"|"shown"|"rejected"} standing @param {boolean} own */
export function standingWords(standing, own) {
  if (standing === "shown") return "";
  if (standing === "rejected") return t("The moderators have not approved this. Only you see it.");
  return own ? t("Waiting for a moderator's approval. Others do not see it yet.") : t("Waiting for approval");
}

/**
 * The two buttons of who approves first.
 * @param {HTMLElement} place
 * @param {boolean} shown
 * @param {number} number
 * @param {App["act"]} act
 */
export function drawDecision(place, shown, number, act) {
  place.hidden = !shown;
  if (!shown || place.childElementCount) return;
  place.append(
    button(t("Reject"), () => act("reject_message", { message: number }), { class: "button-small" }),
    button(t("Approve"), () => act("approve_message", { message: number }), { class: "button-small", kind: "primary" }),
  );
}

/**
 * What is not sent yet, or could not be.
 * @param {{retry: () => void, edit: () => void, discard: () => void}} ways
 */
export function makeUnsent(ways) {
  return el(
    "li",
    { class: "message message-unsent", "data-first": "true", "data-own": "true" },
    el("div", { class: "message-text", dir: "auto" }),
    el("p", { class: "message-note" }),
    el(
      "div",
      { class: "message-decide" },
      button(t("Send again"), ways.retry, { class: "button-small", kind: "primary" }),
      button(t("Edit"), ways.edit, { class: "button-small" }),
      button(t("Discard"), ways.discard, { class: "button-small" }),
    ),
  );
}

/** @param {HTMLElement} node @param {Unsent} item @param {boolean} online */
export function updateUnsent(node, item, online) {
  setText(/** @type {HTMLElement} */ (node.querySelector(".message-text")), item.fields.text);
  const failed = item.state === "failed";
  node.dataset.state = item.state;
  const waiting = online ? t("Sending…") : t("Sending… It goes out as soon as you are connected again.");
  setText(/** @type {HTMLElement} */ (node.querySelector(".message-note")), failed ? t("Not sent. {reason}", { reason: item.sentence }) : waiting);
  /** @type {HTMLElement} */ (node.querySelector(".message-decide")).hidden = !failed;
}
