// @ts-check
/** @import {Person} from "./types.js" */
import { el, icon, setText } from "./dom.js";
import { t } from "./words.js";

/** A screen that somebody shares: whole, never cut at its edges. */
export class ScreenTile {
  /** @param {Person} person @param {boolean} own */
  constructor(person, own) {
    this.own = own;
    this.video = el("video", { autoplay: true, playsInline: true, muted: true, onloadeddata: () => (this.wait.hidden = true) });
    this.video.disablePictureInPicture = true;
    this.wait = el("p", { class: "tile-wait" }, t("The picture is on its way…"));
    this.name = el("span", { class: "tile-name" });
    this.whole = el(
      "button",
      { type: "button", class: "icon-button tile-button", hidden: own || !document.fullscreenEnabled, onclick: () => this.#fill() },
      icon("expand"),
    );
    this.node = el(
      "li",
      { class: "tile tile-screen", "data-screen": person.id },
      this.wait,
      this.video,
      el("div", { class: "tile-foot" }, icon("screen"), this.name),
      this.whole,
    );
  }

  /** @param {Person} person @param {MediaStreamTrack|null} picture */
  update(person, picture) {
    const title = this.own ? t("Your screen") : t("{name}'s screen", { name: person.name });
    setText(this.name, title);
    this.node.setAttribute("aria-label", title);
    const words = t("Show {name}'s screen alone, or beside the others again", { name: person.name });
    this.whole.setAttribute("aria-label", words);
    this.whole.title = words;
    const now = /** @type {MediaStream|null} */ (this.video.srcObject)?.getVideoTracks()[0] ?? null;
    if (now === picture) return;
    this.wait.hidden = false;
    this.video.srcObject = picture ? new MediaStream([picture]) : null;
  }

  /** Fill the whole display with it, or leave that again. */
  #fill() {
    const done = document.fullscreenElement ? document.exitFullscreen() : this.node.requestFullscreen();
    done.catch(() => {}); // not allowed here: it stays where it is
  }
}
