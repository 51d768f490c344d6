// @ts-check
/** @import {App} from "../types.js" */
/** @import {Side} from "../side.js" */
/** @import {Poll, Quiz} from "./types.js" */
import { atNextFrame, button, el, keyed } from "../dom.js";
import { t, tn } from "../words.js";
import { Book } from "./book.js";
import { Casting } from "./casting.js";
import { PollCard } from "./poll-card.js";
import { PollEditor } from "./poll-editor.js";
import { outcome, QuizCard } from "./quiz-card.js";
import { QuizEditor } from "./quiz-editor.js";

/** @typedef {{key: string, id: number, poll: Poll|null, quiz: Quiz|null, rank: number}} Entry */

/** In the place of a card's key: several that are open when one comes. */
const SEVERAL = "several";

/** The tab of polls and quizzes: what is open first, then drafts, then what is over. */
export class Polls {
  /** @type {Map<string, PollCard|QuizCard>} */
  #cards = new Map();
  /** What was last said of each, so that nothing is said twice. @type {Map<string, string>|null} */
  #told = null;

  /** @param {App} app @param {Side} side */
  constructor(app, side) {
    this.app = app;
    this.side = side;
    this.book = new Book();
    this.casting = new Casting(app, this.book);
    this.editor = new PollEditor(app);
    this.quizEditor = new QuizEditor(app);
    this.make = el("div", { class: "polls-make" },
      button(t("New poll"), () => this.editor.open(), { kind: "primary" }), button(t("New quiz"), () => this.quizEditor.open()));
    this.list = el("div", { class: "polls" });
    this.none = el("p", { class: "quiet pad" });
    side.pages.polls.append(this.make, this.list, this.none);
    side.subscribe((open) => {
      if (open !== "polls") return;
      for (const key of [...this.#cards.keys(), SEVERAL]) app.notices.take(`open-${key}`);
    });
    app.store.add(this.book);
    app.store.subscribe(atNextFrame(() => this.#draw()));
    setInterval(() => this.#tick(), 500);
    this.#draw();
  }

  /** @param {Poll} poll */
  edit(poll) {
    this.editor.open(poll);
  }

  /** @param {Quiz} quiz */
  editQuiz(quiz) {
    this.quizEditor.open(quiz);
  }

  /** @returns {Entry[]} */
  #entries() {
    const ranks = { open: 0, asking: 0, between: 0, draft: 1, closed: 2, ended: 2 };
    /** @type {Entry[]} */
    const all = [
      ...[...this.book.polls.values()].map((poll) => ({ key: `poll-${poll.id}`, id: poll.id, poll, quiz: null, rank: ranks[poll.state] })),
      ...[...this.book.quizzes.values()].map((quiz) => ({ key: `quiz-${quiz.id}`, id: quiz.id, poll: null, quiz, rank: ranks[quiz.state] })),
    ];
    return all.sort((a, b) => a.rank - b.rank || b.id - a.id);
  }

  #draw() {
    const { store } = this.app;
    const entries = this.#entries();
    this.make.hidden = !store.iModerate;
    this.none.hidden = entries.length > 0;
    this.none.textContent = store.iModerate ? t("No polls yet. Ask the room something.") : t("No polls yet.");
    keyed(this.list, entries, (one) => one.key, (one) => this.#card(one).node, (_, one) => {
      const card = this.#card(one);
      if (one.poll && card instanceof PollCard) card.draw(one.poll);
      if (one.quiz && card instanceof QuizCard) card.draw(one.quiz);
    });
    for (const key of this.#cards.keys()) if (!entries.some((one) => one.key === key)) this.#cards.delete(key);
    const waiting = entries.filter((one) => this.#waits(one)).length;
    this.side.badge("polls", waiting, t("{number} to answer", { number: waiting }));
    if (waiting === 0) this.app.notices.take(`open-${SEVERAL}`);
    if (store.me) this.#tell(entries);
  }

  /** @param {Entry} entry */
  #card({ key, id, poll }) {
    const card = this.#cards.get(key) ?? (poll ? new PollCard(this, id) : new QuizCard(this, id));
    this.#cards.set(key, card);
    return card;
  }

  /** Whether one could vote or answer and has not. @param {Entry} entry */
  #waits({ id, poll, quiz }) {
    if (poll) return poll.state === "open" && !this.book.votes.has(id);
    const answers = this.book.scores.get(id)?.answers ?? [];
    return quiz?.state === "asking" && !answers.some((one) => one.question === quiz.question?.number);
  }

  /** Whether a question is over that one has not answered. @param {Entry} entry */
  #leftOut({ id, quiz }) {
    const answers = this.book.scores.get(id)?.answers ?? [];
    return quiz?.state === "between" && !answers.some((one) => one.question === quiz.question?.number);
  }

  #tick() {
    for (const { key, poll, quiz } of this.#entries()) {
      const card = this.#cards.get(key);
      if (poll && card instanceof PollCard) card.tick(poll);
      if (quiz && card instanceof QuizCard) card.tick(quiz);
    }
  }

  /** Say what has begun or ended since the last time, unless one looks at it anyway. @param {Entry[]} entries */
  #tell(entries) {
    const said = new Map(entries.map((one) => [one.key, sayingOf(one, this.book.scores.get(one.id))]));
    const before = this.#told;
    this.#told = said;
    const { notices } = this.app;
    if (!before) return this.#welcome(entries.filter((one) => this.#waits(one)));
    for (const entry of entries) {
      const sentence = said.get(entry.key) ?? "";
      if (!this.#waits(entry)) notices.take(`open-${entry.key}`);
      if (before.get(entry.key) === sentence || !sentence || this.app.store.iModerate) continue;
      // Whoever does not take part is not told so, question by question.
      if (this.#leftOut(entry) && this.side.open !== "polls") continue;
      this.#say(sentence, entry);
    }
    for (const key of before.keys()) if (!said.has(key)) notices.take(`open-${key}`);
  }

  /** Who comes later, or again, is told what is open. @param {Entry[]} waiting */
  #welcome(waiting) {
    if (waiting.length === 0 || this.app.store.iModerate) return;
    if (waiting.length === 1) return this.#say(sayingOf(waiting[0]), waiting[0]);
    const action = { label: t("Answer"), press: () => this.side.show("polls") };
    const count = waiting.length;
    this.app.notices.say(tn(count, "{count} poll waits for your answer.", "{count} polls wait for your answers."), { key: `open-${SEVERAL}`, stay: true, action });
  }

  /** @param {string} sentence @param {Entry} entry */
  #say(sentence, entry) {
    const waits = this.#waits(entry);
    const action = { label: waits ? t("Answer") : t("Look"), press: () => this.#show(entry) };
    const unseen = this.side.open === "polls";
    this.app.notices.say(sentence, { key: `open-${entry.key}`, stay: waits, action, unseen });
  }

  /** @param {Entry} entry */
  #show(entry) {
    this.side.show("polls");
    const card = this.#card(entry);
    card.node.scrollIntoView({ block: "start" });
    (card instanceof PollCard ? card.question : card.title).focus();
  }
}

/** @param {Entry} entry @param {import("./types.js").MyQuiz} [mine] if it is a quiz: one's own answers */
function sayingOf({ poll, quiz }, mine) {
  if (poll?.state === "open") return t("A poll is open: {question}", { question: poll.question });
  if (poll?.state === "closed") return poll.results ? t("The results are there: {question}", { question: poll.question }) : t("The poll is closed: {question}", { question: poll.question });
  if (quiz?.state === "asking") return t("Quiz, question {number}: {question}", { number: (quiz.question?.number ?? 0) + 1, question: quiz.question?.question ?? "" });
  if (quiz?.state === "between" && quiz.question?.right) return outcome(mine?.answers.find((one) => one.question === quiz.question?.number));
  if (quiz?.state === "ended") return t("The quiz is over: {title}", { title: quiz.title });
  return "";
}
