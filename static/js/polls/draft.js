// @ts-check
/** @import {App} from "../types.js" */
/** @import {PollForm, QuizForm} from "./types.js" */
import { Refused } from "../connection.js";
import { el, setText } from "../dom.js";

/** What is written in an editor, on its way to the server: a new draft, or a change of one. */
export class Draft {
  /** The draft that is changed; null: a new one. @type {number|null} */
  id = null;

  #saving = false;

  /** @param {App} app @param {"poll"|"quiz"} what */
  constructor(app, what) {
    this.app = app;
    this.what = what;
    this.trouble = el("p", { class: "trouble", role: "alert", hidden: true });
  }

  /** Nothing is wrong any more. @param {number|null} id what is written now */
  begin(id) {
    this.id = id;
    this.trouble.hidden = true;
  }

  /**
   * Resolves with whether it was saved; why not is said in `trouble`.
   * @param {PollForm|QuizForm} form
   * @param {(id: number) => Promise<any>} [then] what else belongs to it
   */
  async save(form, then = async () => {}) {
    const { send } = this.app;
    if (this.#saving) return false; // pressed twice
    this.#saving = true;
    try {
      if (this.id === null) this.id = /** @type {number} */ ((await send(`create_${this.what}`, { form })).number);
      else await send(`edit_${this.what}`, { [this.what]: this.id, form });
      await then(this.id);
      return true;
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.trouble.hidden = false;
      setText(this.trouble, error.message);
      this.trouble.scrollIntoView({ block: "center" });
      return false;
    } finally {
      this.#saving = false;
    }
  }
}
