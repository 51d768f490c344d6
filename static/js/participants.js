// @ts-check
/** @import {App, Person} from "./types.js" */
/** @import {PersonMenu} from "./menu.js" */
import { atNextFrame, el, icon, keyed, setText } from "./dom.js";
import { language } from "./language.js";
import { hasSeat } from "./store.js";
import { avatar } from "./tile.js";
import { t, tn } from "./words.js";

const SEARCH_FROM = 12;
const NAMES = new Intl.Collator(language.format);
const ROLES = { host: t("host"), moderator: t("moderator"), attendee: "" };

/** The participants in three groups, with counts (rule 19), and those backstage for who may know. */
export class Participants {
  /** @param {App} app @param {HTMLElement} place @param {PersonMenu} menu */
  constructor(app, place, menu) {
    this.app = app;
    this.menu = menu;
    this.field = el("input", { type: "search", placeholder: t("Find a person"), "aria-label": t("Find a person"), autocomplete: "off", oninput: () => this.#search() });
    this.search = el("div", { class: "search", hidden: true }, icon("search"), this.field);
    this.none = el("p", { class: "quiet pad", hidden: true }, t("Nobody of that name is here."));
    this.groups = { stage: group(t("On stage")), backstage: group(t("Backstage")), hands: group(t("Raised hands")), viewers: group(t("Viewers")) };
    place.append(this.search, ...Object.values(this.groups).map((one) => one.node), this.none);
    app.store.subscribe(atNextFrame(() => this.#draw()));
    this.#draw();
  }

  /** Draw what is looked for, and say how much that is. */
  #search() {
    this.#draw();
    const count = Object.values(this.groups).reduce((sum, one) => sum + one.list.childElementCount, 0);
    this.app.voice.say(count ? tn(count, "{count} person found", "{count} people found") : t("Nobody of that name is here."), { key: "found" });
  }

  #draw() {
    const { store } = this.app;
    const all = [...store.people.values()];
    this.search.hidden = all.length <= SEARCH_FROM;
    const wanted = this.search.hidden ? "" : this.field.value.trim().toLocaleLowerCase();
    /** @param {Person[]} people */
    const found = (people) => people.filter((one) => one.name.toLocaleLowerCase().includes(wanted));
    const stage = store.onStage;
    const hands = store.hands.filter((one) => !hasSeat(one));
    const viewers = all
      .filter((one) => !hasSeat(one) && one.hand === null)
      .sort((a, b) => Number(b.id === store.you) - Number(a.id === store.you) || NAMES.compare(a.name, b.name));
    this.#fill(this.groups.stage, stage, found(stage));
    this.#fill(this.groups.backstage, store.backstage, found(store.backstage));
    this.groups.backstage.node.hidden = store.backstage.length === 0;
    this.#fill(this.groups.hands, hands, found(hands));
    this.#fill(this.groups.viewers, viewers, found(viewers));
    this.none.hidden = found(all).length > 0;
  }

  /** @param {Group} group @param {Person[]} people @param {Person[]} found */
  #fill(group, people, found) {
    setText(group.count, String(people.length));
    group.node.dataset.count = String(people.length);
    keyed(group.list, found, (one) => one.id, (one) => this.#make(one), (node, one) => this.#update(node, one));
  }

  /** @param {Person} person */
  #make(person) {
    const more = el(
      "button",
      {
        type: "button",
        class: "icon-button row-menu",
        "aria-haspopup": "menu",
        "aria-expanded": "false",
        onclick: () => this.menu.open(more, person.id),
      },
      icon("more"),
    );
    return el(
      "li",
      { class: "person", "data-person": person.id },
      avatar(person),
      el("span", { class: "person-text" }, el("bdi", { class: "person-name" }), el("span", { class: "person-note" })),
      el("span", { class: "person-marks" }),
      more,
    );
  }

  /** @param {HTMLElement} node @param {Person} person */
  #update(node, person) {
    const { store, talk } = this.app;
    const [name, note] = node.querySelectorAll(".person-text > *");
    setText(name, person.name);
    setText(note, noteOn(person, person.id === store.you, talk.blocked.has(person.id)));
    const marks = marksOn(person);
    const shown = /** @type {HTMLElement} */ (node.querySelector(".person-marks"));
    if (shown.dataset.marks !== marks.join()) {
      shown.dataset.marks = marks.join();
      shown.replaceChildren(...marks.map((one) => icon(one)));
    }
    const more = /** @type {HTMLElement} */ (node.querySelector(".row-menu"));
    more.setAttribute("aria-label", t("Actions for {name}", { name: person.name }));
    more.hidden = this.menu.itemsFor(person).length === 0;
  }
}

/** @param {Person} person */
function marksOn(person) {
  const marks = hasSeat(person)
    ? [person.microphone ? "mic" : "mic-off", person.camera ? "camera" : "camera-off"]
    : [];
  if (person.screen) marks.push("screen");
  return person.hand === null ? marks : ["hand", ...marks];
}

/** @param {Person} person @param {boolean} own @param {boolean} blocked moderators alone know it */
function noteOn(person, own, blocked) {
  const parts = [
    own ? t("you") : "",
    ROLES[person.role],
    person.seat === "requested" ? t("asks to join the stage") : "",
    person.seat === "offered" ? t("has an offer") : "",
    person.screen ? t("shares a screen") : "",
    blocked ? t("blocked from writing") : "",
    person.away ? t("reconnecting") : "",
  ];
  return parts.filter(Boolean).join(" · ");
}

/** @typedef {{node: HTMLElement, list: HTMLElement, count: HTMLElement}} Group */

/** @param {string} title @returns {Group} */
function group(title) {
  const count = el("span", { class: "count" }, "0");
  const list = el("ul", { class: "rows", "aria-label": title });
  const node = el("section", { class: "group", "data-group": title }, el("h3", {}, title, " ", count), list);
  return { node, list, count };
}
