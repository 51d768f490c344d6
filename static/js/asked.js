// @ts-check
/** @import {App} from "./types.js" */
/** Windows in which one is asked: an offer of a seat, and "please unmute". */
import { Modal, timeLeft } from "./dialogs.js";
import { button, el, setText } from "./dom.js";
import { hasSeat } from "./store.js";
import { t } from "./words.js";

const TITLES = {
  approved: t("Your request was approved"),
  invited: t("You are invited to the stage"),
  opened: t("The stage is open"),
};

/** @type {Record<keyof typeof TITLES, (by: string) => string>} */
const SENTENCES = {
  approved: (by) => t("{by} approved your request to join the stage.", { by }),
  invited: (by) => t("{by} invites you to join the stage.", { by }),
  opened: (by) => t("{by} opened the stage: a seat is kept for you.", { by }),
};

/** An invitation or an approved request: Join leads to the ready window (rule 2). */
export class OfferWindow {
  #ticking = 0;
  /** A moderator's own way up is an offer to oneself: it needs no question. */
  #mine = false;
  /** The offer that one has just declined, until the server has taken note. @type {number|null} */
  #declined = null;

  /** @param {App} app @param {() => boolean} busy whether the ready window is open */
  constructor(app, busy) {
    this.app = app;
    this.busy = busy;
    this.sentence = el("p", {});
    this.clock = el("p", { class: "countdown", role: "timer" });
    this.modal = new Modal(
      TITLES.invited,
      { class: "modal-small", unasked: true, dismissed: () => this.decline() },
      this.sentence,
      el("p", { class: "quiet" }, t("You choose your camera and microphone next. Both begin switched off.")),
      this.clock,
      el(
        "div",
        { class: "modal-actions" },
        button(t("Decline"), () => this.decline()),
        button(t("Join"), () => this.#join(), { kind: "primary", icon: "up" }),
      ),
    );
    app.store.subscribe(() => this.#follow());
  }

  /** A moderator goes up where the stage is not open. */
  async inviteMyself() {
    this.#mine = true;
    const done = await this.app.act("invite", { person: this.app.store.you });
    this.#mine = false;
    if (done && this.app.store.me?.seat === "offered") this.app.getReady("offer");
  }

  #follow() {
    const { store } = this.app;
    const offer = store.me?.seat === "offered" ? store.me.offer : null;
    if (!offer || store.status === "ended") {
      this.#declined = null;
      return this.#close();
    }
    if (this.#mine || this.busy() || this.#declined === offer.expires_at) return;
    this.modal.entitle(TITLES[offer.reason]);
    setText(this.sentence, SENTENCES[offer.reason](offer.by_name || t("A moderator")));
    this.#draw();
    if (this.modal.isOpen) return;
    this.modal.open();
    this.app.voice.say(this.sentence.textContent ?? "", { key: "asked", urgent: true });
    this.#ticking = setInterval(() => this.#draw(), 500);
  }

  #draw() {
    const { store } = this.app;
    const left = timeLeft(store.me?.offer?.expires_at ?? 0, store.now());
    setText(this.clock, t("The offer stands for {time}.", { time: left }));
  }

  #join() {
    this.#close();
    this.app.getReady("offer");
  }

  async decline() {
    this.#close();
    const { me } = this.app.store;
    if (me?.seat !== "offered") return;
    this.#declined = me.offer?.expires_at ?? null;
    if (!(await this.app.act("decline_offer"))) this.#declined = null;
  }

  #close() {
    clearInterval(this.#ticking);
    this.modal.close();
  }
}

/** "Please unmute": only one's own yes turns the microphone on (rule 16). */
export class UnmuteWindow {
  #answered = false;

  /** @param {App} app */
  constructor(app) {
    this.app = app;
    this.sentence = el("p", {});
    this.modal = new Modal(
      t("Turn your microphone on?"),
      { class: "modal-small", unasked: true, dismissed: () => this.#answer(false) },
      this.sentence,
      el(
        "div",
        { class: "modal-actions" },
        button(t("Stay muted"), () => this.#answer(false)),
        button(t("Unmute"), () => this.#answer(true), { kind: "primary", icon: "mic" }),
      ),
    );
    app.store.subscribe(() => this.#follow());
  }

  #follow() {
    const { store } = this.app;
    const by = store.me && hasSeat(store.me) ? store.me.unmute_asked_by : null;
    if (by === null || store.status !== "open") {
      this.#answered = false;
      return this.modal.close();
    }
    if (this.#answered) return;
    setText(this.sentence, t("{by} asks you to unmute.", { by: store.people.get(by)?.name ?? t("A moderator") }));
    if (this.modal.isOpen) return;
    this.modal.open();
    this.app.voice.say(this.sentence.textContent ?? "", { key: "asked", urgent: true });
  }

  /** @param {boolean} yes */
  async #answer(yes) {
    this.#answered = true;
    this.modal.close();
    if (yes) await this.app.media.turn("microphone", true);
    // Said no, or the microphone could not be opened.
    if (this.app.store.me?.unmute_asked_by) await this.app.act("dismiss_unmute");
  }
}
