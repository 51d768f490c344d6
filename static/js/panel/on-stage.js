// @ts-check
/** @import {App, Device, Person} from "../types.js" */
import { el, icon } from "../dom.js";
import { t } from "../words.js";
import { fill, part } from "./queue.js";

/** What pressing does, for a device that is on or off. */
const OWN = {
  microphone: (/** @type {boolean} */ on) => (on ? t("Turn your microphone off") : t("Turn your microphone on")),
  camera: (/** @type {boolean} */ on) => (on ? t("Turn your camera off") : t("Turn your camera on")),
};
const THEIRS = {
  microphone: (/** @type {string} */ name, /** @type {boolean} */ on) =>
    on ? t("Turn {name}'s microphone off", { name }) : t("Ask {name} to unmute", { name }),
  camera: (/** @type {string} */ name, /** @type {boolean} */ on) =>
    on ? t("Turn {name}'s camera off", { name }) : t("{name}'s camera is off", { name }),
};

/** Those on stage: devices off, and down (rules 13, 16 and 17). */
export class OnStage {
  /** @param {App} app */
  constructor(app) {
    this.app = app;
    this.people = part(t("On stage"), t("Nobody is on stage."));
    this.node = this.people.node;
  }

  draw() {
    const { store } = this.app;
    const people = store.onStage;
    fill(this.people, people, (one) => this.#buttons(one));
    for (const row of /** @type {HTMLElement[]} */ ([...this.people.list.children])) {
      const one = store.people.get(row.dataset.key ?? "");
      if (one) this.#drawRow(row, one);
    }
  }

  /** @param {Person} person */
  #buttons(person) {
    const { act } = this.app;
    const remove = small("down", () => act(person.id === this.app.store.you ? "leave_stage" : "remove_from_stage", { person: person.id }));
    remove.dataset.action = "remove";
    const devices = /** @type {Device[]} */ (["screen", "microphone", "camera"]);
    return [...devices.map((device) => this.#device(person, device)), remove];
  }

  /** @param {Person} person @param {Device} device */
  #device(person, device) {
    const node = small(device === "screen" ? "screen-off" : "mic", () => {
      const { store, act, media } = this.app;
      const now = store.people.get(person.id);
      if (!now) return;
      if (now.id === store.you) media.turn(device, !media.on(device));
      else if (now[device]) act("turn_off", { person: now.id, device });
      else if (device === "microphone") act("ask_to_unmute", { person: now.id });
    });
    node.dataset.action = device;
    return node;
  }

  /** @param {HTMLElement} row @param {Person} person */
  #drawRow(row, person) {
    const { store } = this.app;
    const own = person.id === store.you;
    const reach = own || person.role !== "host" || store.me?.role === "host";
    for (const device of /** @type {("microphone"|"camera")[]} */ (["microphone", "camera"])) {
      const node = /** @type {HTMLButtonElement} */ (row.querySelector(`[data-action=${device}]`));
      const on = person[device];
      const image = `${device === "microphone" ? "mic" : "camera"}${on ? "" : "-off"}`;
      if (node.dataset.image !== image) {
        node.dataset.image = image;
        node.replaceChildren(icon(image));
      }
      const asks = device === "microphone" && !on && !own;
      const label = own ? OWN[device](on) : THEIRS[device](person.name, on);
      node.setAttribute("aria-label", label);
      node.title = label;
      const possible = own || (on ? reach : asks && person.seat === "on_stage");
      node.disabled = !possible;
    }
    this.#drawScreen(/** @type {HTMLButtonElement} */ (row.querySelector("[data-action=screen]")), person, reach);
    const remove = /** @type {HTMLButtonElement} */ (row.querySelector("[data-action=remove]"));
    remove.title = own ? t("Leave the stage") : t("Remove {name} from the stage", { name: person.name });
    remove.setAttribute("aria-label", remove.title);
    remove.disabled = !reach;
  }

  /** There only while a screen is shared. @param {HTMLButtonElement} node @param {Person} person @param {boolean} reach */
  #drawScreen(node, person, reach) {
    node.hidden = !person.screen;
    const own = person.id === this.app.store.you;
    const label = own ? t("Stop sharing your screen") : t("Stop {name}'s screen", { name: person.name });
    node.setAttribute("aria-label", label);
    node.title = label;
    node.disabled = !reach;
  }
}

/** @param {string} image @param {() => void} press */
const small = (image, press) => el("button", { type: "button", class: "icon-button", onclick: press }, icon(image));
