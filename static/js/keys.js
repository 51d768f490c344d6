// @ts-check
/** The keyboard: single letters that do something wherever the focus is, and the window that tells of them. */
import { Modal } from "./dialogs.js";
import { button, el, icon } from "./dom.js";
import { lasting } from "./storage.js";
import { t } from "./words.js";

const KEPT = "stagedoor.keys";
const OFF = "off";

/**
 * The letter that was pressed by itself, in upper case; "" while one writes, is in a menu or a
 * window, or wants no such keys (WCAG 2.2, 2.1.4: who dictates, or hits keys by chance, can do without).
 * @param {KeyboardEvent} event
 */
export function singleKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || lasting.get(KEPT) === OFF) return "";
  const target = /** @type {Element|null} */ (event.target);
  const busy = target?.closest?.("input, textarea, select, [contenteditable], [role=menu]") || document.querySelector("dialog[open]");
  return busy ? "" : event.key.toUpperCase();
}

/** @type {[string, string][]} */
const KEYS = [
  ["M", t("On stage: your microphone on or off")],
  ["V", t("On stage: your camera on or off")],
  ["S", t("On stage: share your screen, or stop")],
  ["R", t("The row of reactions")],
  [t("Tab"), t("To the next thing that can be used")],
  [t("Arrow keys"), t("Within tabs, menus, choices, reactions, and from message to message")],
  [t("Esc"), t("Close the window, menu, notice or panel that one is in")],
];

/** The button that opens the window. */
export function keysButton() {
  const wanted = el("input", { type: "checkbox", id: "single-keys", onchange: () => lasting.set(KEPT, wanted.checked ? "" : OFF) });
  const modal = new Modal(
    t("Keyboard"),
    { class: "modal-small" },
    el("dl", { class: "keys" }, ...KEYS.map(([key, what]) => el("div", {}, el("dt", {}, el("kbd", {}, key)), el("dd", {}, what)))),
    el("div", { class: "check-row" }, wanted, el("label", { for: wanted.id }, t("The letters M, V, S and R work by themselves"))),
    el("div", { class: "modal-actions" }, button(t("Done"), () => modal.close(), { kind: "primary" })),
  );
  const open = () => {
    wanted.checked = lasting.get(KEPT) !== OFF;
    modal.open();
  };
  const title = t("Keyboard");
  return el("button", { type: "button", class: "icon-button keys-button", "aria-label": title, title, onclick: open }, icon("keyboard"));
}
