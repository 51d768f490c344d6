// @ts-check
/** @import {Ballot, MyVote, Poll} from "./types.js" */
import { el } from "../dom.js";
import { t } from "../words.js";

/** The fields in which one votes, by the poll's kind. */
export class BallotFields {
  /** @param {Poll} poll @param {MyVote|undefined} mine */
  constructor(poll, mine) {
    this.poll = poll;
    /** @type {(HTMLInputElement|HTMLTextAreaElement)[]} */
    this.fields = [];
    this.node = el("fieldset", { class: "ballot" }, el("legend", {}, this.#hint()), ...this.#make(mine));
  }

  /** What was filled in. @returns {Ballot} */
  read() {
    const chosen = this.fields.flatMap((one, index) => ("checked" in one && one.checked ? [index] : []));
    switch (this.poll.kind) {
      case "rating":
        return { rating: (chosen[0] ?? -1) + 1 };
      case "text":
        return { text: this.fields[0].value };
      case "words":
        return { words: this.fields.map((one) => one.value.trim()).filter(Boolean) };
      default:
        return { choices: chosen };
    }
  }

  #hint() {
    const { kind, least, most, options } = this.poll;
    switch (kind) {
      case "single":
        return t("Choose one");
      case "multiple":
        if (least === most) return t("Choose {least}", { least });
        return most === options.length && least === 1 ? t("Choose one or more") : t("Choose {least} to {most}", { least, most });
      case "rating":
        return t("From 1 (worst) to {most} (best)", { most });
      case "text":
        return t("Your answer");
      case "words":
        return most === 1 ? t("A word of yours") : t("Up to {most} words of yours", { most });
    }
  }

  /** @param {MyVote|undefined} mine @returns {HTMLElement[]} */
  #make(mine) {
    const { kind, id, most, options } = this.poll;
    const name = `poll-${id}`;
    /** @param {Record<string, any>} props */
    const input = (props) => {
      const field = el("input", { name, ...props });
      this.fields.push(field);
      return field;
    };
    switch (kind) {
      case "text": {
        const area = el("textarea", { rows: 3, maxLength: 500, value: mine?.text ?? "", "aria-label": t("Your answer"), dir: "auto" });
        this.fields.push(area);
        return [area];
      }
      case "words":
        return Array.from({ length: most }, (_, index) =>
          input({ type: "text", maxLength: 30, value: mine?.words?.[index] ?? "", autocomplete: "off", dir: "auto", "aria-label": t("Word {number}", { number: index + 1 }) }),
        );
      case "rating":
        return [
          el("div", { class: "rating" }, ...Array.from({ length: most }, (_, index) =>
            el("label", { class: "segment" }, input({ type: "radio", checked: mine?.rating === index + 1 }), el("span", {}, String(index + 1))),
          )),
        ];
      default: {
        const type = kind === "single" ? "radio" : "checkbox";
        return options.map((option, index) =>
          el("label", { class: "choice" }, input({ type, checked: mine?.choices?.includes(index) ?? false }), el("span", { dir: "auto" }, option)),
        );
      }
    }
  }
}

/** One's own vote in words. @param {Poll} poll @param {MyVote|Ballot} mine */
export function voteInWords(poll, mine) {
  const said = {
    single: () => (mine.choices ?? []).map((one) => poll.options[one]).join(", "),
    multiple: () => (mine.choices ?? []).map((one) => poll.options[one]).join(", "),
    rating: () => String(mine.rating),
    text: () => mine.text ?? "",
    words: () => (mine.words ?? []).join(", "),
  }[poll.kind]();
  return said ? t("You voted: {vote}", { vote: said }) : t("Your vote has been counted.");
}
