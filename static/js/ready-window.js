// @ts-check
/** @import {App, Lead} from "./types.js" */
import { Refused } from "./connection.js";
import { DeviceForm } from "./device-form.js";
import { Modal, timeLeft } from "./dialogs.js";
import { button, el, setText } from "./dom.js";
import { hasSeat } from "./store.js";
import { t } from "./words.js";

const WAITS = t("You go backstage first: only the moderators see and hear you, until they bring you on stage.");

/**
 * "Get ready to join the stage": the devices are chosen and looked at here, and nothing leaves the
 * machine (rules 2 and 15). It opens with both off, and closes everything unless one joins.
 */
export class ReadyWindow {
  /** @type {Lead} */
  #lead = "join";
  #joining = false;
  #ticking = 0;

  /** @param {App} app */
  constructor(app) {
    this.app = app;
    this.form = new DeviceForm(app, async (device, on) => {
      if (on) await app.capture.open(device);
      else app.capture.close(device);
    });
    this.clock = el("p", { class: "countdown", role: "timer" });
    this.trouble = el("p", { class: "trouble", role: "alert", hidden: true });
    this.summary = el("p", { class: "summary" });
    this.before = el("p", { class: "quiet" });
    this.no = button(t("Cancel"), () => this.#leave());
    this.yes = button(t("Join stage"), () => this.#join(), { kind: "primary", icon: "up" });
    this.modal = new Modal(
      t("Get ready to join the stage"),
      { class: "modal-ready", dismissed: () => this.#leave() },
      this.before,
      this.form.node,
      this.trouble,
      el("div", { class: "modal-foot" }, el("div", {}, this.summary, this.clock), el("div", { class: "modal-actions" }, this.no, this.yes)),
    );
    app.store.subscribe(() => this.#follow());
    app.capture.subscribe(() => this.#draw());
  }

  get isOpen() {
    return this.modal.isOpen;
  }

  /** @param {Lead} lead */
  open(lead) {
    this.#lead = lead;
    this.#joining = false;
    this.app.media.preparing = true;
    this.app.capture.closeAll();
    this.#complain("");
    this.modal.open();
    this.form.start();
    this.yes.focus();
    this.#ticking = setInterval(() => this.#draw(), 500);
    this.#draw();
  }

  #draw() {
    if (!this.isOpen) return;
    const { store, capture } = this.app;
    const offer = store.me?.offer ?? null;
    this.clock.hidden = offer === null;
    if (offer) setText(this.clock, t("The offer stands for {time}.", { time: timeLeft(offer.expires_at, store.now()) }));
    setText(/** @type {Element} */ (this.no.lastElementChild), this.#lead === "offer" ? t("Decline") : t("Cancel"));
    const waits = Boolean(store.room?.settings.backstage) && !store.iModerate;
    setText(this.before, waits ? WAITS : t("Nobody sees or hears you before you join."));
    setText(/** @type {Element} */ (this.yes.querySelector(".label")), waits ? t("Go backstage") : t("Join stage"));
    setText(this.summary, summary(capture.live("microphone"), capture.live("camera")));
    this.yes.disabled = this.#joining || store.status !== "open";
  }

  /** The room goes on meanwhile: the offer may end, or we may be on stage already. */
  #follow() {
    if (!this.isOpen) return;
    const { me, status } = this.app.store;
    if (!me || status === "ended") this.#close();
    else if (hasSeat(me)) this.#close();
    else if (me.seat === "offered") this.#lead = "offer";
    else if (this.#lead === "offer" && status === "open") this.#close();
    this.#draw();
  }

  async #join() {
    const { app } = this;
    this.#joining = true;
    this.#complain("");
    this.#draw();
    const devices = { microphone: app.capture.live("microphone"), camera: app.capture.live("camera") };
    try {
      await app.send(this.#lead === "offer" ? "accept_offer" : "join_stage", devices);
      this.#close();
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      if (this.isOpen) this.#complain(error.message);
      else app.notices.say(error.message);
    } finally {
      this.#joining = false;
      this.#draw();
    }
  }

  #leave() {
    this.#close();
    if (this.#lead === "offer") this.app.declineOffer();
  }

  /** Close; what is open stays open only if one has a seat now. */
  #close() {
    clearInterval(this.#ticking);
    this.form.stop();
    this.modal.close();
    this.app.media.preparing = false;
    this.app.media.follow();
  }

  /** @param {string} text */
  #complain(text) {
    this.trouble.hidden = !text;
    setText(this.trouble, text);
  }
}

/** @param {boolean} heard @param {boolean} seen */
function summary(heard, seen) {
  if (heard) {
    return seen
      ? t("You will join with your microphone on and your camera on.")
      : t("You will join with your microphone on and your camera off.");
  }
  return seen
    ? t("You will join with your microphone off and your camera on.")
    : t("You will join with your microphone off and your camera off.");
}

/** On stage: change the devices without leaving. */
export class DeviceWindow {
  /** @param {App} app */
  constructor(app) {
    this.app = app;
    this.form = new DeviceForm(app, (device, on) => app.media.turn(device, on));
    this.modal = new Modal(
      t("Camera, microphone and speaker"),
      { class: "modal-ready", dismissed: () => this.form.stop() },
      this.form.node,
      el("div", { class: "modal-actions" }, button(t("Done"), () => this.#close(), { kind: "primary" })),
    );
    app.store.subscribe(() => {
      if (this.modal.isOpen && !app.media.seated) this.#close();
    });
  }

  open() {
    this.modal.open();
    this.form.start();
  }

  #close() {
    this.form.stop();
    this.modal.close();
  }
}
