// @ts-check
/** @import {App} from "../types.js" */
/** @import {Poll} from "./types.js" */
/** @import {Polls} from "./polls.js" */
import { confirm } from "../dialogs.js";
import { button, el, setText } from "../dom.js";
import { countdown } from "../event/times.js";
import { t } from "../words.js";
import { BallotFields, voteInWords } from "./ballot.js";
import { download } from "./download.js";
import { Picture } from "./results.js";

const STATES = { draft: t("Draft"), open: t("Open"), closed: t("Closed") };
/** @type {Record<string, string>} */
export const SHOWINGS = {
  live: t("Everybody sees results live"),
  on_close: t("Everybody sees results at the end"),
  hidden: t("Moderators alone see results"),
};

/** One poll: to vote, to see what came out, and for moderators to open and close. */
export class PollCard {
  #shape = "";
  #changing = false;
  /** @type {BallotFields|null} */
  #ballot = null;

  /** @param {Polls} polls @param {number} id */
  constructor(polls, id) {
    this.polls = polls;
    this.app = polls.app;
    this.id = id;
    this.state = el("span", { class: "chip" });
    this.clock = el("span", { class: "countdown", role: "timer", hidden: true });
    this.question = el("h3", { id: `poll-${id}-question`, dir: "auto", tabIndex: -1 });
    this.privacy = el("p", { class: "quiet" });
    this.body = el("div", { class: "card-body" });
    this.picture = new Picture();
    this.note = el("p", { class: "quiet" });
    this.controls = el("div", { class: "card-controls" });
    this.node = el(
      "article",
      { class: "poll", "data-poll": id, "aria-labelledby": this.question.id },
      el("div", { class: "card-top" }, this.state, this.clock),
      this.question, this.privacy, this.body, this.picture.node, this.note, this.controls,
    );
  }

  /** @param {Poll} poll */
  draw(poll) {
    const mine = this.polls.book.votes.get(this.id);
    const moderating = this.app.store.iModerate;
    const { results: _, ...form } = poll;
    const shape = JSON.stringify([form, mine, moderating, this.#changing]);
    if (shape !== this.#shape) {
      this.#shape = shape;
      this.#build(poll, mine, moderating);
    }
    this.picture.node.hidden = poll.results === null;
    if (poll.results) this.picture.draw(poll, poll.results);
    this.tick(poll);
  }

  /** @param {Poll} poll */
  tick(poll) {
    this.clock.hidden = poll.closes_at === null;
    if (poll.closes_at !== null) setText(this.clock, t("{time} left", { time: countdown(poll.closes_at, this.app.store.now()) }));
  }

  /** @param {Poll} poll @param {import("./types.js").MyVote|undefined} mine @param {boolean} moderating */
  #build(poll, mine, moderating) {
    this.node.dataset.state = poll.state;
    setText(this.state, STATES[poll.state]);
    setText(this.question, poll.question);
    setText(this.privacy, poll.anonymous
      ? t("Anonymous: it is never stored who voted what.")
      : t("With names: moderators see who voted what."));
    const focus = this.body.contains(document.activeElement);
    this.body.replaceChildren(...this.#way(poll, mine));
    if (focus) /** @type {HTMLElement} */ (this.body.querySelector("input, textarea, button") ?? this.question).focus();
    setText(this.note, this.#noteOn(poll, moderating));
    this.note.hidden = !this.note.textContent;
    this.controls.replaceChildren(...(moderating ? this.#controls(poll) : []));
    this.controls.hidden = !moderating;
  }

  /** @param {Poll} poll @param {import("./types.js").MyVote|undefined} mine @returns {HTMLElement[]} */
  #way(poll, mine) {
    this.#ballot = null;
    if (poll.state === "draft") return poll.options.length ? [el("ul", { class: "options" }, ...poll.options.map((one) => el("li", { dir: "auto" }, one)))] : [];
    if (mine && !this.#changing) {
      const said = el("p", { class: "voted", dir: "auto" }, voteInWords(poll, mine));
      const may = poll.state === "open" && poll.may_change && !(mine.counted && poll.anonymous);
      return may ? [said, button(t("Change my vote"), () => this.#change(poll, true), { class: "button-small" })] : [said];
    }
    if (poll.state !== "open") return [];
    this.#ballot = new BallotFields(poll, mine);
    this.trouble = el("p", { class: "trouble", role: "alert", hidden: true });
    const vote = el("button", { type: "submit", class: "button button-primary" }, t("Vote"));
    const buttons = el("div", { class: "card-controls" }, vote, mine ? button(t("Cancel"), () => this.#change(poll, false)) : null);
    const form = el("form", { class: "vote-form", onsubmit: (/** @type {Event} */ event) => this.#vote(event) }, this.#ballot.node, this.trouble, buttons);
    return [form];
  }

  /** @param {Poll} poll @param {boolean} changing */
  #change(poll, changing) {
    this.#changing = changing;
    this.draw(poll);
  }

  /** @param {Event} event */
  async #vote(event) {
    event.preventDefault();
    const ballot = this.#ballot?.read();
    if (!ballot) return;
    const problem = await this.polls.casting.cast(this.id, ballot);
    if (this.trouble) {
      this.trouble.hidden = !problem;
      setText(this.trouble, problem);
    }
    if (problem) return;
    this.#changing = false;
    const poll = this.polls.book.polls.get(this.id);
    if (poll) {
      this.draw(poll);
      this.app.voice.say(voteInWords(poll, ballot), { key: `voted-${this.id}` });
    }
    this.question.focus();
  }

  /** @param {Poll} poll @param {boolean} moderating */
  #noteOn(poll, moderating) {
    if (moderating) return "";
    if (poll.showing === "hidden") return t("The results go to the moderators.");
    return poll.showing === "on_close" && poll.state === "open" ? t("Results are shown when the poll is closed.") : "";
  }

  /** @param {Poll} poll @returns {HTMLElement[]} */
  #controls(poll) {
    const { app, id } = this;
    const send = (/** @type {string} */ type) => app.act(type, { poll: id });
    const small = { class: "button-small" };
    const remove = button(t("Delete…"), () => this.#remove(), small);
    if (poll.state === "draft") {
      return [
        button(t("Open the poll"), () => send("open_poll"), { kind: "primary", class: "button-small" }),
        button(t("Edit"), () => this.polls.edit(poll), small),
        remove,
      ];
    }
    const showing = el(
      "select",
      { "aria-label": t("Who sees the results"), onchange: () => app.act("set_showing", { poll: id, showing: showing.value }) },
      ...Object.entries(SHOWINGS).map(([value, title]) => el("option", { value, selected: value === poll.showing }, title)),
    );
    const file = (/** @type {string} */ name, /** @type {string} */ label) =>
      button(label, () => download(app, `polls/${id}/${name}`, `poll-${id}-${name}`), small);
    return [
      ...(poll.state === "open" ? [button(t("Close the poll"), () => send("close_poll"), { kind: "primary", class: "button-small" })] : []),
      file("results.csv", t("Download CSV")),
      file("results.json", t("JSON")),
      ...(poll.anonymous ? [] : [file("voters.csv", t("Who voted what"))]),
      remove,
      showing,
    ];
  }

  async #remove() {
    const sure = await confirm(t("Delete this poll?"), t("Its votes and results are gone, for everybody."), t("Delete"));
    if (sure) await this.app.act("delete_poll", { poll: this.id });
  }
}
