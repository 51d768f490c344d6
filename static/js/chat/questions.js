// @ts-check
/** @import {App, Question} from "../types.js" */
/** @import {MenuItem} from "../menu.js" */
/** @import {Side} from "../side.js" */
import { atNextFrame, button, el, icon, keyed, setText } from "../dom.js";
import { Menu } from "../menu.js";
import { t, tn } from "../words.js";
import { Composer, offlineHint } from "./composer.js";
import { personItems } from "./menus.js";
import { drawDecision, makeUnsent, standingWords, timeOf, updateUnsent } from "./row.js";
import { textNodes } from "./text.js";

const LONGEST = 500;

/** @typedef {"votes"|"time"} Order */

/** The Q&A tab: questions with votes, answered or not. */
export class Questions {
  /** @type {Order} */
  #order = "votes";

  /** @param {App} app @param {Side} side @param {string} room @param {(thread: string) => void} write */
  constructor(app, side, room, write) {
    this.app = app;
    this.side = side;
    this.write = write;
    this.menu = new Menu();
    this.orders = [this.#orderButton("votes", t("Most votes")), this.#orderButton("time", t("Newest"))];
    this.groups = {
      open: group(t("Open")),
      answered: group(t("Answered")),
      dismissed: group(t("Dismissed")),
    };
    this.none = el("p", { class: "quiet messages-none" }, t("No questions yet."));
    this.unsent = el("ol", { class: "messages" });
    this.scroll = el("div", { class: "messages-scroll", tabIndex: 0, role: "region", "aria-label": t("Questions") }, this.none, ...Object.values(this.groups).map((one) => one.node), this.unsent);
    this.composer = new Composer({ name: `${room}.questions`, longest: LONGEST, send: t("Ask"), take: (text) => this.#ask(text) });
    this.closed = el("p", { class: "chat-closed", hidden: true });
    const page = side.pages.questions;
    page.classList.add("talk-page");
    page.append(
      el("div", { class: "chat-top" }, el("div", { class: "chat-tabs", role: "group", "aria-label": t("Order") }, ...this.orders)),
      this.scroll, this.closed, this.composer.node,
    );
    this.composer.open("questions", t("Ask a question"));
    const draw = atNextFrame(() => this.#draw());
    app.store.subscribe(draw);
    app.outbox.subscribe(draw);
    side.subscribe(draw);
    document.addEventListener("visibilitychange", draw);
    setInterval(() => this.visible && this.#drawComposer(), 500);
  }

  get visible() {
    return this.side.open === "questions" && document.visibilityState === "visible";
  }

  #draw() {
    const { store, talk, outbox } = this.app;
    if (!store.me) return;
    if (this.visible) {
      talk.see("questions");
      this.app.notices.take("questions");
    }
    const waiting = store.iModerate ? [...talk.questions.values()].filter((one) => one.standing === "waiting").length : 0;
    const unread = talk.unreadQuestions;
    this.side.badge("questions", unread + waiting, waiting ? t("{unread} unread, {waiting} waiting for approval", { unread, waiting }) : t("{number} unread", { number: unread }));
    if (!this.visible) return;
    const focused = /** @type {HTMLElement|null} */ (this.scroll.contains(document.activeElement) ? document.activeElement : null);
    const all = [...talk.questions.values()].sort(this.#order === "votes" ? byVotes : byTime);
    for (const [answer, one] of Object.entries(this.groups)) {
      const questions = all.filter((question) => question.answer === answer);
      one.node.hidden = questions.length === 0;
      setText(one.count, String(questions.length));
      keyed(one.list, questions, (question) => String(question.number), (question) => this.#make(question), (node, question) => this.#update(node, question));
    }
    const unsent = outbox.of("questions");
    keyed(this.unsent, unsent, (one) => one.key, (one) => this.#makeUnsent(one.key), (node, one) => updateUnsent(node, one, store.status === "open"));
    this.none.hidden = all.length + unsent.length > 0;
    // Rows that move lose the focus.
    if (focused && focused.isConnected && document.activeElement !== focused) focused.focus({ preventScroll: true });
    this.orders.forEach((one) => one.setAttribute("aria-pressed", String(one.dataset.order === this.#order)));
    this.#drawComposer();
  }

  #drawComposer() {
    const { store, talk } = this.app;
    const blocked = talk.blockedBy !== "";
    this.composer.node.hidden = blocked;
    this.closed.hidden = !blocked;
    if (blocked) setText(this.closed, t("{name} has blocked you from writing to everybody.", { name: talk.blockedBy }));
    const wait = store.iModerate ? 0 : talk.slowed(store.now());
    const approved = store.room?.settings.premoderated && !store.iModerate ? t("Moderators approve questions first.") : "";
    if (store.status !== "open") this.composer.note(offlineHint(), wait > 0);
    else this.composer.note(wait > 0 ? t("Slow mode: you can send again in {wait} s", { wait }) : approved, wait > 0);
  }

  /** @param {Question} question */
  #make(question) {
    const { act, talk, store } = this.app;
    const { number } = question;
    const now = () => talk.questions.get(number) ?? question;
    const vote = el(
      "button",
      { type: "button", class: "vote", onclick: () => act("vote_for_question", { question: number, on: !talk.voted.has(number) }) },
      icon("vote"),
      el("span", { class: "vote-count" }),
    );
    const more = el(
      "button",
      { type: "button", class: "icon-button message-menu", "aria-haspopup": "menu", "aria-expanded": "false", "aria-label": t("Actions for the question of {name}", { name: question.by_name }), onclick: () => this.menu.show(more, now().by_name, this.#items(now())) },
      icon("more"),
    );
    return el(
      "li",
      { class: "question", "data-number": String(number), "data-own": String(question.by === store.you) },
      vote,
      el(
        "div",
        { class: "question-body" },
        el("div", { class: "message-head" }, el("bdi", { class: "message-name" }, question.by_name), el("time", { class: "message-time", dateTime: new Date(question.at).toISOString() }, timeOf(question.at))),
        el("div", { class: "message-text", dir: "auto" }, ...textNodes(question.text)),
        el("p", { class: "message-note" }),
        el("div", { class: "message-decide" }),
        el("div", { class: "question-decide" }, ...this.#decisions(number)),
      ),
      more,
    );
  }

  /** @param {number} number */
  #decisions(number) {
    const { act } = this.app;
    const fields = { question: number };
    return [
      button(t("Answered"), () => act("answer_question", fields), { class: "button-small", icon: "check" }),
      button(t("Dismiss"), () => act("dismiss_question", fields), { class: "button-small" }),
      button(t("Open again"), () => act("reopen_question", fields), { class: "button-small" }),
    ];
  }

  /** @param {HTMLElement} node @param {Question} question */
  #update(node, question) {
    const { talk, store, act } = this.app;
    const shown = question.standing === "shown";
    const voted = talk.voted.has(question.number);
    const vote = /** @type {HTMLButtonElement} */ (node.querySelector(".vote"));
    vote.disabled = !shown || question.answer === "dismissed" || store.status !== "open";
    vote.setAttribute("aria-pressed", String(voted));
    vote.setAttribute("aria-label", tn(question.votes, "Vote for the question of {name}, {count} vote", "Vote for the question of {name}, {count} votes", { name: question.by_name }));
    setText(/** @type {Element} */ (node.querySelector(".vote-count")), String(question.votes));
    node.dataset.standing = question.standing;
    const note = /** @type {HTMLElement} */ (node.querySelector(".message-note"));
    note.hidden = shown;
    setText(note, standingWords(question.standing, question.by === store.you));
    drawDecision(/** @type {HTMLElement} */ (node.querySelector(".message-decide")), question.standing === "waiting" && store.iModerate, question.number, act);
    const decide = /** @type {HTMLElement} */ (node.querySelector(".question-decide"));
    decide.hidden = !store.iModerate || !shown;
    const [answered, dismiss, reopen] = /** @type {HTMLElement[]} */ ([...decide.children]);
    const open = question.answer === "open";
    answered.hidden = dismiss.hidden = !open;
    reopen.hidden = open;
    /** @type {HTMLElement} */ (node.querySelector(".message-menu")).hidden = this.#items(question).length === 0;
  }

  /** @param {Question} question @returns {MenuItem[]} */
  #items(question) {
    const { store, act } = this.app;
    const author = store.people.get(question.by);
    const items = author ? personItems(this.app, author, this.write) : [];
    if (question.by === store.you || store.iModerate) {
      items.push({ label: t("Delete"), icon: "trash", danger: true, press: () => act("delete_message", { message: question.number }) });
    }
    return items;
  }

  /** @param {string} key */
  #makeUnsent(key) {
    const { outbox } = this.app;
    return makeUnsent({
      retry: () => outbox.retry(key),
      edit: () => {
        const item = outbox.take(key);
        if (item) this.composer.write(item.fields.text);
      },
      discard: () => outbox.take(key),
    });
  }

  /** @param {string} text */
  #ask(text) {
    this.app.outbox.add("ask_question", { text }, "questions");
  }

  /** @param {Order} order @param {string} title */
  #orderButton(order, title) {
    const press = () => {
      this.#order = order;
      this.#draw();
    };
    return el("button", { type: "button", class: "chat-tab", "data-order": order, "aria-pressed": "false", onclick: press }, title);
  }
}

/** @param {Question} a @param {Question} b */
const byVotes = (a, b) => b.votes - a.votes || a.number - b.number;
/** @param {Question} a @param {Question} b */
const byTime = (a, b) => b.number - a.number;

/** @param {string} title */
function group(title) {
  const count = el("span", { class: "count" }, "0");
  const list = el("ol", { class: "questions", "aria-label": title });
  return { node: el("section", { class: "question-group" }, el("h3", {}, title, " ", count), list), list, count };
}
