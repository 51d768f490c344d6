// @ts-check
/** @import {App, Person} from "./types.js" */
import { button, el, icon, keyed, setText } from "./dom.js";
import { ScreenTile } from "./screen-tile.js";
import { Tile } from "./tile.js";
import { t } from "./words.js";

/** @typedef {{person: Person, screen: boolean}} Shown what a tile shows: somebody, or their screen */

/**
 * Who waits backstage, apart from the stage: for moderators all of them, to be brought on; for
 * whoever waits oneself alone, as nobody else is told (rule 14).
 */
export class Backstage {
  /** @type {WeakMap<HTMLElement, Tile|ScreenTile>} */
  #tiles = new WeakMap();

  /**
   * @param {App} app
   * @param {HTMLElement} place
   * @param {(person: string, screen: boolean) => MediaStreamTrack|null} received
   */
  constructor(app, place, received) {
    this.app = app;
    this.place = place;
    this.received = received;
    this.count = el("span", { class: "count" });
    this.sentence = el("p", {});
    this.all = button(t("Bring all on"), () => app.act("bring_on"), { kind: "primary", icon: "up", class: "button-small" });
    this.list = el("ul", { class: "backstage-tiles", "aria-label": t("Backstage") });
    place.append(
      el("div", { class: "backstage-head" }, el("h2", {}, icon("shield"), t("Backstage"), " ", this.count), this.sentence, this.all),
      this.list,
    );
  }

  /** What is there now. */
  get tiles() {
    return [...this.list.children].flatMap((node) => this.#tiles.get(/** @type {HTMLElement} */ (node)) ?? []);
  }

  draw() {
    const { store } = this.app;
    const people = store.backstage;
    this.place.hidden = people.length === 0;
    this.place.dataset.mine = String(store.me?.backstage ?? false);
    setText(this.count, store.iModerate ? String(people.length) : "");
    setText(this.sentence, this.#sentence());
    this.all.hidden = !store.iModerate || people.length < 2;
    this.all.disabled = store.status !== "open";
    const screens = people.filter((one) => one.screen && one.seat === "backstage");
    keyed(
      this.list,
      [...shown(people, false), ...shown(screens, true)],
      ({ person, screen }) => (screen ? `screen-${person.id}` : person.id),
      (one) => this.#make(one),
      (node, one) => this.#update(node, one),
    );
  }

  #sentence() {
    if (this.app.store.me?.backstage) return t("You are backstage. Only the moderators see and hear you.");
    return t("Only moderators see and hear them.");
  }

  /** @param {Shown} shown */
  #make({ person, screen }) {
    const own = person.id === this.app.store.you;
    const tile = screen ? new ScreenTile(person, own) : new Tile(person, own);
    this.#tiles.set(tile.node, tile);
    if (!screen) tile.node.append(this.#bringOn(person));
    return tile.node;
  }

  /** @param {Person} person */
  #bringOn(person) {
    return button(t("Bring on"), () => this.app.act("bring_on", { people: [person.id] }), { kind: "primary", class: "button-small bring-on" });
  }

  /** @param {HTMLElement} node @param {Shown} shown */
  #update(node, { person, screen }) {
    const { store, capture } = this.app;
    const captured = capture.tracks[screen ? "screen" : "camera"];
    const picture = person.id === store.you ? captured : this.received(person.id, screen);
    this.#tiles.get(node)?.update(person, picture, store.speaking.includes(person.id));
    const bring = /** @type {HTMLButtonElement|null} */ (node.querySelector(".bring-on"));
    if (!bring) return;
    bring.hidden = !store.iModerate;
    bring.disabled = person.seat === "held" || store.status !== "open";
    bring.setAttribute("aria-label", t("Bring on {name}", { name: person.name }));
  }
}

/** @param {Person[]} people @param {boolean} screen @returns {Shown[]} */
export const shown = (people, screen) => people.map((person) => ({ person, screen }));
