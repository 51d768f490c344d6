// @ts-check
/** @import {App, Mode} from "./types.js" */
/** @import {Shown} from "./backstage.js" */
/** @import {Shown as Seen} from "./media/sizes.js" */
/** @import {Received} from "./media/subscribe.js" */
import { Backstage, shown } from "./backstage.js";
import { atNextFrame, byId, el, icon, keyed, setText } from "./dom.js";
import { placeStage } from "./layout.js";
import { Sizes } from "./media/sizes.js";
import { ScreenTile } from "./screen-tile.js";
import { Sound } from "./sound.js";
import { Tile } from "./tile.js";
import { t } from "./words.js";

/** @type {Record<Mode, string>} */
const HOW_TO_GET_UP = {
  open: t("Anyone may go up: press “Join stage” below."),
  request: t("Would you like to go up? Press “Ask to join stage” below; a moderator decides."),
  invite: t("People come up when a moderator invites them. If you are invited, you will be asked here."),
  closed: t("The stage is closed for now. It begins when a moderator opens it."),
};

/** The stage: everybody who has a seat, as tiles that fit, beside the screens that they share. */
export class Stage {
  /** @type {WeakMap<HTMLElement, Tile|ScreenTile>} */
  #tiles = new WeakMap();
  /** By kind, then by person. @type {Record<Received["kind"], Map<string, MediaStreamTrack>>} */
  #tracks = { audio: new Map(), video: new Map(), screen: new Map() };
  /** How many of the tiles, the first ones, are large. */
  #large = 0;

  /** @param {App} app @param {HTMLElement} place */
  constructor(app, place) {
    this.app = app;
    this.list = el("ul", { class: "tiles", "aria-label": t("On stage") });
    this.emptyText = el("p", {});
    this.empty = el(
      "div",
      { class: "stage-empty" },
      icon("stage"),
      el("h2", {}, t("Nobody is on stage yet")),
      this.emptyText,
    );
    const voices = el("div", { hidden: true });
    this.hear = el(
      "button",
      { type: "button", class: "button button-primary hear", hidden: true, onclick: () => this.sound.unblock() },
      icon("speaker"),
      el("span", {}, t("Click to hear the stage")),
    );
    this.sizes = new Sizes(app.send);
    this.sound = new Sound(voices, app.devices, (blocked) => (this.hear.hidden = !blocked));
    place.append(this.list, this.empty, this.hear, voices);
    this.backstage = new Backstage(app, byId("backstage-strip"), (person, screen) => this.#received(person, screen));
    const draw = atNextFrame(() => this.#draw());
    app.store.subscribe(() => {
      this.#hearThem();
      draw();
    });
    app.capture.subscribe(draw);
    new ResizeObserver(() => this.#place()).observe(this.list);
    this.#draw();
  }

  /** Which tracks there are, and whose. @param {Received[]} tracks @param {boolean} negotiated whether just now */
  receive(tracks, negotiated) {
    for (const known of Object.values(this.#tracks)) known.clear();
    for (const { person, kind, track } of tracks) this.#tracks[kind].set(person, track);
    this.#hearThem();
    this.#draw();
    if (negotiated) this.sizes.again();
  }

  /** Only people on stage are heard here, and by moderators those backstage (rule 14). */
  #hearThem() {
    const { store } = this.app;
    const heard = [...this.#tracks.audio].filter(
      ([id]) => id !== store.you && ["on_stage", "backstage"].includes(store.people.get(id)?.seat ?? ""),
    );
    this.sound.play(new Map(heard));
  }

  #draw() {
    const { store } = this.app;
    const people = store.onStage;
    this.empty.hidden = people.length > 0;
    if (store.room) setText(this.emptyText, store.me?.backstage ? t("A moderator brings you on.") : HOW_TO_GET_UP[store.room.mode]);
    // One's own screen is before one's eyes already: here it is a tile like the others.
    const sharing = people.filter((one) => one.screen && one.seat === "on_stage");
    const large = sharing.filter((one) => one.id !== store.you);
    const small = sharing.filter((one) => one.id === store.you);
    this.#large = large.length;
    keyed(
      this.list,
      [...shown(large, true), ...shown(people, false), ...shown(small, true)],
      ({ person, screen }) => (screen ? `screen-${person.id}` : person.id),
      (one) => this.#make(one),
      (node, one) => this.#update(node, one),
    );
    this.#place();
    this.backstage.draw();
    const nodes = [...this.list.children].flatMap((node) => this.#tiles.get(/** @type {HTMLElement} */ (node)) ?? []);
    this.sizes.watch([...nodes, ...this.backstage.tiles].flatMap(seen));
  }

  /** @param {string} person @param {boolean} screen whose picture, the camera's or the screen's */
  #received(person, screen) {
    return this.#tracks[screen ? "screen" : "video"].get(person) ?? null;
  }

  /** @param {Shown} shown */
  #make({ person, screen }) {
    const own = person.id === this.app.store.you;
    const tile = screen ? new ScreenTile(person, own) : new Tile(person, own);
    this.#tiles.set(tile.node, tile);
    return tile.node;
  }

  /** @param {HTMLElement} node @param {Shown} shown */
  #update(node, { person, screen }) {
    const { store, capture } = this.app;
    const own = person.id === store.you;
    const captured = capture.tracks[screen ? "screen" : "camera"];
    const picture = own ? captured : this.#received(person.id, screen);
    this.#tiles.get(node)?.update(person, picture, store.speaking.includes(person.id));
  }

  #place() {
    const { clientWidth, clientHeight, children } = this.list;
    const gap = clientWidth < 600 ? 6 : 10;
    const people = children.length - this.#large;
    const places = placeStage(this.#large, people, clientWidth, clientHeight, gap);
    places.forEach(({ x, y, width, height }, index) => {
      const { style } = /** @type {HTMLElement} */ (children[index]);
      style.transform = `translate(${x}px, ${y}px)`;
      style.width = `${width}px`;
      style.height = `${height}px`;
    });
  }
}

/** What a tile shows that comes from the server. @param {Tile|ScreenTile} tile @returns {Seen[]} */
function seen(tile) {
  if (tile.own) return [];
  const { person, screen } = tile.node.dataset;
  return [{ person: person ?? screen ?? "", kind: screen ? "screen" : "video", node: tile.node, video: tile.video }];
}
