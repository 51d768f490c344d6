// @ts-check
import { Refused } from "../connection.js";

const PAUSE = 300; // ms between two reports
const AWAY = 3000; // ms that the page has to be hidden before its pictures are done without
const COARSE = 16; // lines; smaller changes are not worth a word
const USUAL = 9 / 16; // height by width, of a picture that has not come yet

/** @typedef {{person: string, kind: "video"|"screen", node: HTMLElement, video: HTMLVideoElement}} Shown */

/** Reports how large each picture is shown, so that none comes larger, and none that is not seen. */
export class Sizes {
  /** @type {Shown[]} */
  #shown = [];
  #told = "";
  #timer = 0;
  #away = 0;
  #hidden = false;
  #observer = new ResizeObserver(() => this.#soon());

  /** @param {(type: string, fields?: object) => Promise<any>} send */
  constructor(send) {
    this.send = send;
    document.addEventListener("visibilitychange", () => {
      clearTimeout(this.#away);
      if (document.hidden) this.#away = setTimeout(() => this.#hide(true), AWAY);
      else this.#hide(false);
    });
  }

  /** These are shown now. @param {Shown[]} shown */
  watch(shown) {
    const before = new Set(this.#shown.map((one) => one.node));
    const now = new Set(shown.map((one) => one.node));
    for (const node of before) if (!now.has(node)) this.#observer.unobserve(node);
    for (const node of now) if (!before.has(node)) this.#observer.observe(node);
    this.#shown = shown;
    this.#soon();
  }

  /** The server may know nothing of what it was told. */
  again() {
    this.#told = "";
    this.#soon();
  }

  /** @param {boolean} hidden */
  #hide(hidden) {
    this.#hidden = hidden;
    clearTimeout(this.#timer);
    this.#timer = 0;
    this.#tell();
  }

  #soon() {
    if (this.#timer) return;
    this.#timer = setTimeout(() => {
      this.#timer = 0;
      this.#tell();
    }, PAUSE);
  }

  #tell() {
    const tiles = this.#shown.map((one) => ({
      person: one.person,
      kind: one.kind,
      lines: this.#hidden ? 0 : lines(one),
    }));
    const text = JSON.stringify(tiles);
    if (text === this.#told) return;
    this.#told = text;
    this.send("view_tiles", { tiles }).catch((error) => {
      if (!(error instanceof Refused)) throw error;
      this.#told = "";
      // After a lost connection others begin again.
      if (error.code !== "lost") this.#soon();
    });
  }
}

/** In how many lines of the display the whole picture would be shown. @param {Shown} shown */
function lines({ kind, node, video }) {
  const ratio = video.videoWidth ? video.videoHeight / video.videoWidth : USUAL;
  const fit = kind === "screen" ? Math.min : Math.max; // a camera's picture fills its tile
  const height = fit(node.clientHeight, node.clientWidth * ratio);
  if (node.clientHeight === 0) return 0;
  return Math.ceil((height * devicePixelRatio) / COARSE) * COARSE;
}
