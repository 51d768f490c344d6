// @ts-check
import { button, el, setText } from "./dom.js";
import { t } from "./words.js";

let labels = 0;
/** The windows that are open, the one on top last. @type {HTMLDialogElement[]} */
const open = [];
/** @type {HTMLElement[]} */
let companions = [];

/**
 * Keep these elements in reach, whatever window is open: all that is outside of it cannot be used,
 * and is not read out. @param {...HTMLElement} nodes
 */
export function keepInReach(...nodes) {
  companions = nodes;
  bring();
}

function bring() {
  const place = open.at(-1) ?? document.body;
  for (const node of companions) if (node.parentElement !== place) place.append(node);
}

/** Take all windows away, unanswered. */
export function dropWindows() {
  const all = open.splice(0);
  bring();
  for (const node of all) node.remove();
}

/**
 * A modal window on <dialog>. However it is closed other than by `close` (Esc, the browser's own
 * ways), `dismissed` is told.
 */
export class Modal {
  #asked = false;

  /**
   * @param {string} title
   * @param {{class?: string, dismissed?: () => void, unasked?: boolean}} more `unasked`: it opens by
   *   itself, maybe while one types, so that the focus goes to its title and not to a button
   * @param {...(Node|string|false|null)} children
   */
  constructor(title, { class: kind = "", dismissed = () => {}, unasked = false }, ...children) {
    const id = `title-${++labels}`;
    this.title = el("h2", unasked ? { id, tabIndex: -1, autofocus: true } : { id }, title);
    this.node = el(
      "dialog",
      { class: `modal ${kind}`.trim(), "aria-labelledby": id },
      this.title,
      ...children,
    );
    this.node.addEventListener("close", () => {
      this.#leave();
      if (!this.#asked) dismissed();
    });
    document.body.append(this.node);
  }

  get isOpen() {
    return this.node.open;
  }

  /** @param {string} text */
  entitle(text) {
    setText(this.title, text);
  }

  open() {
    if (this.node.open) return;
    this.#asked = false;
    this.node.showModal();
    open.push(this.node);
    bring();
  }

  close() {
    if (!this.node.open) return;
    this.#asked = true;
    this.node.close();
    this.#leave();
  }

  #leave() {
    const place = open.indexOf(this.node);
    if (place >= 0) open.splice(place, 1);
    bring();
  }
}

/**
 * Ask before something that cannot be undone.
 * @param {string} title
 * @param {string} sentence
 * @param {string} yes
 * @returns {Promise<boolean>}
 */
export function confirm(title, sentence, yes) {
  return new Promise((resolve) => {
    /** @param {boolean} answer */
    const done = (answer) => {
      modal.close();
      modal.node.remove();
      resolve(answer);
    };
    const modal = new Modal(
      title,
      { class: "modal-small", dismissed: () => done(false) },
      el("p", {}, sentence),
      el(
        "div",
        { class: "modal-actions" },
        button(t("Cancel"), () => done(false)),
        button(yes, () => done(true), { kind: "danger" }),
      ),
    );
    modal.open();
  });
}

/**
 * What is left until `at`, as "0:42".
 * @param {number} at @param {number} now milliseconds
 */
export function timeLeft(at, now) {
  const seconds = Math.max(0, Math.ceil((at - now) / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
