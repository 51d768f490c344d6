// @ts-check
/** @import {Person} from "./types.js" */
import { el, icon, setText } from "./dom.js";
import { t } from "./words.js";

/** @param {string} name up to two letters, of the first and the last word */
export function initials(name) {
  const words = name.trim().split(/\s+/);
  const picked = words.length > 1 ? [words[0], words[words.length - 1]] : words;
  return picked.map((word) => [...word][0] ?? "").join("").toUpperCase();
}

/** A hue for the person that stays the same. @param {string} id */
export function hue(id) {
  let sum = 0;
  for (const letter of id) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 360;
  return String(sum);
}

/** @param {Person} person @param {string} [kind] */
export function avatar(person, kind = "") {
  const node = el("span", { class: `avatar ${kind}`.trim(), "aria-hidden": "true" }, initials(person.name));
  node.style.setProperty("--hue", hue(person.id));
  return node;
}

/** One person's place on the stage. */
export class Tile {
  /** @param {Person} person @param {boolean} own */
  constructor(person, own) {
    this.own = own;
    this.video = el("video", { autoplay: true, playsInline: true, muted: true });
    this.video.disablePictureInPicture = true;
    this.face = el("div", { class: "face" }, avatar(person, "avatar-big"));
    this.name = el("span", { class: "tile-name", dir: "auto" });
    this.muted = el("span", { class: "tile-muted", title: t("Microphone off") }, icon("mic-off"));
    this.state = el("p", { class: "tile-state" }, t("Reconnecting…"));
    this.node = el(
      "li",
      { class: own ? "tile tile-own" : "tile", "data-person": person.id },
      this.video,
      this.face,
      this.state,
      el("div", { class: "tile-foot" }, this.muted, this.name),
    );
  }

  /**
   * @param {Person} person
   * @param {MediaStreamTrack|null} picture
   * @param {boolean} speaking
   */
  update(person, picture, speaking) {
    const { node } = this;
    const held = person.seat === "held";
    node.dataset.seat = person.seat;
    node.dataset.speaking = String(speaking && person.microphone);
    node.dataset.microphone = String(person.microphone);
    node.dataset.camera = String(person.camera);
    setText(this.name, this.own ? t("{name} (you)", { name: person.name }) : person.name);
    const letters = initials(person.name);
    const face = /** @type {HTMLElement} */ (this.face.firstElementChild);
    setText(face, letters);
    this.muted.hidden = person.microphone || held;
    this.state.hidden = !held;
    this.#show(person.camera && !held ? picture : null);
    const parts = [
      person.name,
      this.own ? t("you") : "",
      held ? t("reconnecting") : person.microphone ? t("microphone on") : t("microphone off"),
      person.camera ? t("camera on") : t("camera off"),
    ];
    node.setAttribute("aria-label", parts.filter(Boolean).join(", "));
  }

  /** @param {MediaStreamTrack|null} picture */
  #show(picture) {
    const { video } = this;
    const now = /** @type {MediaStream|null} */ (video.srcObject)?.getVideoTracks()[0] ?? null;
    if (now !== picture) video.srcObject = picture ? new MediaStream([picture]) : null;
    video.hidden = picture === null;
    this.face.hidden = picture !== null;
  }
}
