// @ts-check
/** @import {App, Mode} from "./types.js" */
import { atNextFrame, el, icon, keyed, setText } from "./dom.js";
import { placeTiles } from "./layout.js";
import { Sound } from "./sound.js";
import { Tile } from "./tile.js";

/** @type {Record<Mode, string>} */
const HOW_TO_GET_UP = {
  open: "Anyone may go up: press “Join stage” below.",
  request: "Would you like to go up? Press “Ask to join stage” below; a moderator decides.",
  invite: "People come up when a moderator invites them. If you are invited, you will be asked here.",
  closed: "The stage is closed for now. It begins when a moderator opens it.",
};

/** The stage: everybody who has a seat, as tiles that fit. */
export class Stage {
  /** @type {WeakMap<HTMLElement, Tile>} */
  #tiles = new WeakMap();
  /** @type {Map<string, MediaStreamTrack>} */
  #pictures = new Map();
  /** @type {Map<string, MediaStreamTrack>} */
  #voices = new Map();

  /** @param {App} app @param {HTMLElement} place */
  constructor(app, place) {
    this.app = app;
    this.list = el("ul", { class: "tiles", "aria-label": "On stage" });
    this.emptyText = el("p", {});
    this.empty = el(
      "div",
      { class: "stage-empty" },
      icon("stage"),
      el("h2", {}, "Nobody is on stage yet"),
      this.emptyText,
    );
    const voices = el("div", { hidden: true });
    this.hear = el(
      "button",
      { type: "button", class: "button button-primary hear", hidden: true, onclick: () => this.sound.unblock() },
      icon("speaker"),
      el("span", {}, "Click to hear the stage"),
    );
    this.sound = new Sound(voices, app.devices, (blocked) => (this.hear.hidden = !blocked));
    place.append(this.list, this.empty, this.hear, voices);
    const draw = atNextFrame(() => this.#draw());
    app.store.subscribe(() => {
      this.#hearThem();
      draw();
    });
    app.capture.subscribe(draw);
    new ResizeObserver(() => this.#place()).observe(this.list);
    this.#draw();
  }

  /** Which tracks there are, and whose. @param {{person: string, track: MediaStreamTrack}[]} tracks */
  receive(tracks) {
    this.#pictures.clear();
    this.#voices.clear();
    for (const { person, track } of tracks) {
      (track.kind === "video" ? this.#pictures : this.#voices).set(person, track);
    }
    this.#hearThem();
    this.#draw();
  }

  /** Only people on stage are heard here, whatever arrives (rule 14). */
  #hearThem() {
    const { store } = this.app;
    const heard = [...this.#voices].filter(
      ([id]) => id !== store.you && store.people.get(id)?.seat === "on_stage",
    );
    this.sound.play(new Map(heard));
  }

  #draw() {
    const { store, capture } = this.app;
    const people = store.onStage;
    const speaking = new Set(store.speaking);
    this.empty.hidden = people.length > 0;
    if (store.room) setText(this.emptyText, HOW_TO_GET_UP[store.room.mode]);
    keyed(
      this.list,
      people,
      (one) => one.id,
      (one) => {
        const tile = new Tile(one, one.id === store.you);
        this.#tiles.set(tile.node, tile);
        return tile.node;
      },
      (node, one) => {
        const own = one.id === store.you;
        const picture = own ? capture.tracks.camera : (this.#pictures.get(one.id) ?? null);
        this.#tiles.get(node)?.update(one, picture, speaking.has(one.id));
      },
    );
    this.#place();
  }

  #place() {
    const { clientWidth, clientHeight, children } = this.list;
    const gap = clientWidth < 600 ? 6 : 10;
    const places = placeTiles(children.length, clientWidth, clientHeight, gap);
    places.forEach(({ x, y, width, height }, index) => {
      const { style } = /** @type {HTMLElement} */ (children[index]);
      style.transform = `translate(${x}px, ${y}px)`;
      style.width = `${width}px`;
      style.height = `${height}px`;
    });
  }
}
