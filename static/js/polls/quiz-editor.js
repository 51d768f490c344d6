// @ts-check
/** @import {App} from "../types.js" */
/** @import {Quiz, QuizForm, QuizQuestion} from "./types.js" */
import { Modal } from "../dialogs.js";
import { button, el, setText } from "../dom.js";
import { t } from "../words.js";
import { Draft } from "./draft.js";
import { OptionsList } from "./options-list.js";
import { check, field, number } from "./poll-editor.js";

/** The window in which a quiz is written. What is in it stays there until it is saved. */
export class QuizEditor {
  /** @type {QuestionFields[]} */
  #questions = [];

  /** @param {App} app */
  constructor(app) {
    this.draft = new Draft(app, "quiz");
    this.title = el("input", { type: "text", maxLength: 120, autocomplete: "off", dir: "auto" });
    this.leaderboard = el("input", { type: "checkbox" });
    this.list = el("ol", { class: "question-fields" });
    this.modal = new Modal(
      t("New quiz"),
      { class: "modal-poll" },
      field(t("Title"), this.title),
      check(t("Everybody sees the leaderboard"), this.leaderboard),
      this.list,
      button(t("Add a question"), () => this.#add().question.focus(), { class: "button-small" }),
      this.draft.trouble,
      el("div", { class: "modal-actions" },
        button(t("Cancel"), () => this.#cancel()), button(t("Save the quiz"), () => this.#save(), { kind: "primary" })),
    );
    this.#clear();
  }

  /** Write a new quiz, or change a draft. @param {Quiz} [quiz] */
  open(quiz) {
    if (quiz?.form) this.#fill(quiz.id, quiz.form);
    else if (this.draft.id !== null) this.#clear();
    this.modal.entitle(quiz ? t("Edit the quiz") : t("New quiz"));
    this.modal.open();
    this.title.focus();
  }

  /** @param {number|null} id @param {QuizForm} form */
  #fill(id, form) {
    this.draft.begin(id);
    this.title.value = form.title;
    this.leaderboard.checked = form.leaderboard;
    this.#questions = [];
    this.list.replaceChildren();
    for (const one of form.questions) this.#add(one);
  }

  #clear() {
    this.#fill(null, { title: "", questions: [{ question: "", options: [], right: [], time_ms: 20_000 }], leaderboard: true });
  }

  /** @param {QuizQuestion} [question] */
  #add(question) {
    const one = new QuestionFields(() => {
      this.#questions = this.#questions.filter((other) => other !== one);
      one.node.remove();
      this.#number();
      this.#questions.at(-1)?.question.focus();
    });
    if (question) one.fill(question);
    this.#questions.push(one);
    this.list.append(one.node);
    this.#number();
    return one;
  }

  #number() {
    this.#questions.forEach((one, index) => one.number(index + 1, this.#questions.length > 1));
  }

  async #save() {
    const form = {
      title: this.title.value,
      leaderboard: this.leaderboard.checked,
      questions: this.#questions.map((one) => one.read()),
    };
    if (await this.draft.save(form)) this.#cancel();
  }

  #cancel() {
    this.modal.close();
    this.#clear();
  }
}

class QuestionFields {
  /** @param {() => void} remove */
  constructor(remove) {
    this.legend = el("legend", {});
    this.question = el("input", { type: "text", maxLength: 300, autocomplete: "off", dir: "auto" });
    this.options = new OptionsList({ mark: "right" });
    this.time = number(5, 600);
    this.time.value = "20";
    this.away = button(t("Remove this question"), remove, { class: "button-small" });
    this.node = el("li", {},
      el("fieldset", {}, this.legend,
        field(t("Question"), this.question),
        el("p", { class: "quiet" }, t("Tick the options that are right.")),
        this.options.node,
        field(t("Time to answer, in seconds"), this.time, "field-row"),
        this.away),
    );
  }

  /** @param {number} place @param {boolean} others whether there are others */
  number(place, others) {
    setText(this.legend, t("Question {number}", { number: place }));
    this.away.hidden = !others;
  }

  /** @param {QuizQuestion} question */
  fill({ question, options, right, time_ms }) {
    this.question.value = question;
    this.options.fill(options, right);
    this.time.value = String(time_ms / 1000);
  }

  /** @returns {QuizQuestion} */
  read() {
    const { options, marked } = this.options.read();
    return { question: this.question.value, options, right: marked, time_ms: Math.round(Number(this.time.value) * 1000) || 0 };
  }
}
