// @ts-check
/** @import {MyQuiz, Quiz} from "./types.js" */
/** @import {Polls} from "./polls.js" */
import { confirm, timeLeft } from "../dialogs.js";
import { button, el, setText } from "../dom.js";
import { t, tn } from "../words.js";
import { download } from "./download.js";
import { bars, drawBars } from "./results.js";

const STATES = { draft: t("Draft"), asking: t("Question"), between: t("Answer"), ended: t("Over") };

/** One quiz: to answer, to see points and leaders, to look back; for moderators to lead through. */
export class QuizCard {
  #shape = "";

  /** @param {Polls} polls @param {number} id */
  constructor(polls, id) {
    this.polls = polls;
    this.app = polls.app;
    this.id = id;
    this.state = el("span", { class: "chip" });
    this.clock = el("span", { class: "countdown", role: "timer", hidden: true });
    this.left = el("div", { class: "time-left", "aria-hidden": "true" });
    this.title = el("h3", { id: `quiz-${id}-title`, dir: "auto", tabIndex: -1 });
    this.body = el("div", { class: "card-body" });
    this.count = el("p", { class: "quiet" });
    this.leaders = el("div", {});
    this.controls = el("div", { class: "card-controls" });
    this.node = el(
      "article",
      { class: "poll quiz", "data-quiz": id, "aria-labelledby": this.title.id },
      el("div", { class: "card-top" }, this.state, this.clock),
      this.title, this.left, this.body, this.count, this.leaders, this.controls,
    );
  }

  /** @param {Quiz} quiz */
  draw(quiz) {
    const mine = this.polls.book.scores.get(this.id);
    const moderating = this.app.store.iModerate;
    const asked = quiz.question;
    const shape = JSON.stringify([{ ...quiz, question: { ...asked, answers: 0 } }, mine, moderating]);
    if (shape !== this.#shape) {
      this.#shape = shape;
      this.#build(quiz, mine, moderating);
    }
    this.count.hidden = quiz.state !== "asking";
    setText(this.count, tn(asked?.answers ?? 0, "{count} person has answered", "{count} people have answered"));
    this.tick(quiz);
  }

  /** @param {Quiz} quiz */
  tick({ question }) {
    const closes = question?.closes_at ?? null;
    this.clock.hidden = this.left.hidden = closes === null;
    if (!question || closes === null) return;
    const now = this.app.store.now();
    setText(this.clock, t("{time} left", { time: timeLeft(closes, now) }));
    this.left.style.setProperty("--left", String(Math.max(0, Math.min(1, (closes - now) / question.time_ms))));
  }

  /** @param {Quiz} quiz @param {MyQuiz|undefined} mine @param {boolean} moderating */
  #build(quiz, mine, moderating) {
    this.node.dataset.state = quiz.state;
    const number = (quiz.question?.number ?? 0) + 1;
    setText(this.state, quiz.question ? t("Question {number} of {questions}", { number, questions: quiz.questions }) : STATES[quiz.state]);
    setText(this.title, t("Quiz: {title}", { title: quiz.title }));
    const focus = this.body.contains(document.activeElement);
    this.body.replaceChildren(...this.#content(quiz, mine, moderating));
    if (focus) /** @type {HTMLElement} */ (this.body.querySelector("button, input") ?? this.title).focus();
    this.leaders.replaceChildren(...this.#board(quiz, mine));
    this.controls.replaceChildren(...(moderating ? this.#controls(quiz) : []));
    this.controls.hidden = !moderating;
  }

  /** @param {Quiz} quiz @param {MyQuiz|undefined} mine @param {boolean} moderating @returns {HTMLElement[]} */
  #content(quiz, mine, moderating) {
    if (quiz.state === "draft") {
      return [el("p", { class: "quiet" }, tn(quiz.questions, "{count} question", "{count} questions"))];
    }
    if (quiz.state === "ended") return [this.#review(quiz, mine)];
    const asked = quiz.question;
    if (!asked) return [];
    const answer = mine?.answers.find((one) => one.question === asked.number);
    const question = el("p", { class: "quiz-question", dir: "auto" }, asked.question);
    if (asked.right) return [question, this.#over(asked.options, asked.right, asked.counts ?? [], answer)];
    if (answer) {
      const chosen = answer.choices.map((one) => asked.options[one]).join(", ");
      return [question, el("p", { class: "voted", dir: "auto" }, t("Your answer: {answer}", { answer: chosen }))];
    }
    return [question, asked.several ? this.#several(quiz, asked) : this.#single(quiz, asked)];
  }

  /** One press answers: it is about time. @param {Quiz} quiz @param {import("./types.js").AskedNow} asked */
  #single(quiz, asked) {
    return el("div", { class: "answers", role: "group", "aria-label": t("Choose one") },
      ...asked.options.map((option, index) =>
        el("button", { type: "button", class: "button answer", dir: "auto", onclick: () => this.#answer(quiz.id, asked.number, [index]) }, option)),
    );
  }

  /** @param {Quiz} quiz @param {import("./types.js").AskedNow} asked */
  #several(quiz, asked) {
    const fields = asked.options.map(() => el("input", { type: "checkbox" }));
    const submit = (/** @type {Event} */ event) => {
      event.preventDefault();
      this.#answer(quiz.id, asked.number, fields.flatMap((one, index) => (one.checked ? [index] : [])));
    };
    return el("form", { class: "vote-form", onsubmit: submit },
      el("fieldset", { class: "ballot" }, el("legend", {}, t("Choose all that are right")),
        ...asked.options.map((option, index) => el("label", { class: "choice" }, fields[index], el("span", { dir: "auto" }, option)))),
      el("div", { class: "card-controls" }, el("button", { type: "submit", class: "button button-primary" }, t("Answer"))),
    );
  }

  /** @param {number} quiz @param {number} question @param {number[]} choices */
  async #answer(quiz, question, choices) {
    const options = this.polls.book.quizzes.get(quiz)?.question?.options ?? [];
    const answer = choices.map((one) => options[one]).join(", ");
    if (await this.app.act("answer_quiz", { quiz, question, choices })) this.app.voice.say(t("Your answer: {answer}", { answer }), { key: `voted-quiz-${quiz}` });
  }

  /**
   * @param {string[]} options @param {number[]} right @param {number[]} counts
   * @param {import("./types.js").MyAnswer|undefined} answer
   */
  #over(options, right, counts, answer) {
    const list = bars();
    const of = Math.max(counts.reduce((all, one) => all + one, 0), 1);
    drawBars(list, options.map((label, index) => ({
      label, count: counts[index] ?? 0, right: right.includes(index), mine: answer?.choices.includes(index) ?? false,
    })), of);
    const gained = answer?.points ?? 0;
    return el("div", { class: "answered" }, el("p", { class: "voted", "data-right": String(gained > 0) }, outcome(answer)), list);
  }

  /** @param {Quiz} quiz @param {MyQuiz|undefined} mine */
  #review(quiz, mine) {
    return el("details", { class: "review" }, el("summary", {}, t("Look back at the questions")),
      el("ol", {}, ...quiz.review.map((one, number) =>
        el("li", {}, el("p", { class: "quiz-question", dir: "auto" }, one.question),
          this.#over(one.options, one.right, one.counts, mine?.answers.find((answer) => answer.question === number))))),
    );
  }

  /** @param {Quiz} quiz @param {MyQuiz|undefined} mine @returns {HTMLElement[]} */
  #board(quiz, mine) {
    if (quiz.state === "draft" || (quiz.state === "asking" && !mine?.score)) return [];
    /** @type {HTMLElement[]} */
    const rows = [];
    if (mine) {
      const { score, place } = mine;
      rows.push(el("p", { class: "my-score" }, place ? tn(score, "You have {count} point: place {place}", "You have {count} points: place {place}", { place }) : tn(score, "You have {count} point", "You have {count} points")));
    }
    if (quiz.leaders.length && quiz.state !== "asking") {
      rows.push(el("ol", { class: "leaders", "aria-label": t("Leaderboard") },
        ...quiz.leaders.map((one) =>
          el("li", { class: "leader", "data-me": String(one.person === this.app.store.you) },
            el("span", { class: "leader-place" }, String(one.place)), el("bdi", {}, one.name), el("span", { class: "leader-score" }, String(one.score))))));
    }
    return rows;
  }

  /** @param {Quiz} quiz @returns {HTMLElement[]} */
  #controls(quiz) {
    const { app, id } = this;
    const small = { class: "button-small" };
    const first = { class: "button-small", kind: "primary" };
    const place = quiz.question?.number ?? -1;
    const remove = button(t("Delete…"), () => this.#remove(), small);
    const next = (/** @type {string} */ label) => button(label, () => app.act("open_quiz_question", { quiz: id, question: place + 1 }), first);
    if (quiz.state === "draft") return [next(t("Start the quiz")), button(t("Edit"), () => this.polls.editQuiz(quiz), small), remove];
    const files = [
      button(t("Download CSV"), () => download(app, `quizzes/${id}/results.csv`, `quiz-${id}.csv`), small),
      button(t("JSON"), () => download(app, `quizzes/${id}/results.json`, `quiz-${id}.json`), small),
    ];
    if (quiz.state === "ended") return [...files, remove];
    const last = place + 1 >= quiz.questions;
    const end = button(t("End the quiz"), () => app.act("end_quiz", { quiz: id }), last && quiz.state === "between" ? first : small);
    if (quiz.state === "asking") {
      return [button(t("End the question"), () => app.act("close_quiz_question", { quiz: id, question: place }), first), end];
    }
    return [...(last ? [] : [next(t("Next question"))]), end, ...files];
  }

  async #remove() {
    const sure = await confirm(t("Delete this quiz?"), t("Its answers and points are gone, for everybody."), t("Delete"));
    if (sure) await this.app.act("delete_quiz", { quiz: this.id });
  }
}

/** What came out of one's own answer. @param {import("./types.js").MyAnswer|undefined} answer */
export function outcome(answer) {
  const gained = answer?.points ?? 0;
  if (!answer) return t("You did not answer.");
  return gained ? tn(gained, "Right: {count} point for you", "Right: {count} points for you") : t("Wrong: no points");
}
