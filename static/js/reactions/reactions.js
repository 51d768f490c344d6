// @ts-check
/** @import {App} from "../types.js" */
/** @import {Counts, Reaction} from "./kinds.js" */
import { Picker } from "./picker.js";
import { Shower } from "./shower.js";

/** Reactions: sent from the bar, shown over the stage; one's own at once, all others' as they come. */
export class Reactions {
  /** One's own that are shown, and not yet counted by the server. @type {Counts} */
  #ahead = {};

  /** @param {App} app @param {HTMLElement} stage */
  constructor(app, stage) {
    this.app = app;
    this.picker = new Picker(app, (reaction) => this.#send(reaction));
    this.shower = new Shower(stage, app.voice);
    app.store.add({
      welcome: () => (this.#ahead = {}),
      update: ({ reactions }) => reactions && this.#take(reactions),
    });
  }

  /** @param {Reaction} reaction */
  async #send(reaction) {
    this.#ahead[reaction] = (this.#ahead[reaction] ?? 0) + 1;
    this.shower.show({ [reaction]: 1 });
    if (!(await this.app.act("react", { reaction }))) this.#settle(reaction, 1);
  }

  /** @param {Counts} counts */
  #take(counts) {
    /** @type {Counts} */
    const others = {};
    for (const [name, number] of Object.entries(counts)) {
      const reaction = /** @type {Reaction} */ (name);
      others[reaction] = number - this.#settle(reaction, number);
    }
    if (Object.values(others).some((number) => number > 0)) this.shower.show(others);
  }

  /** Have so many of one's own counted at most; how many there were. @param {Reaction} reaction @param {number} most */
  #settle(reaction, most) {
    const mine = Math.min(most, this.#ahead[reaction] ?? 0);
    this.#ahead[reaction] = (this.#ahead[reaction] ?? 0) - mine;
    return mine;
  }
}
