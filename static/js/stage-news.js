// @ts-check
/** @import {App} from "./types.js" */
import { t, tn } from "./words.js";

/** Reads out who came onto the stage and who is not on it any more; to be seen it is anyway. */
export class StageNews {
  /** The names of those on stage, by id; null before the first view. @type {Map<string, string>|null} */
  #before = null;

  /** @param {App} app */
  constructor(app) {
    this.app = app;
    app.store.subscribe(() => this.#look());
  }

  #look() {
    const { store, voice } = this.app;
    if (!store.me) return;
    const before = this.#before;
    const now = new Map(store.onStage.map((one) => [one.id, one.name]));
    this.#before = now;
    if (!before) return;
    for (const [id, name] of now) {
      if (before.has(id) || id === store.you) continue;
      voice.say(t("{name} is on stage.", { name }), { key: "came-up", many: (count) => tn(count, "{count} person came onto the stage.", "{count} people came onto the stage.") });
    }
    for (const [id, name] of before) {
      if (now.has(id) || id === store.you) continue;
      voice.say(t("{name} is not on stage any more.", { name }), { key: "went-down", many: (count) => tn(count, "{count} person is not on stage any more.", "{count} people are not on stage any more.") });
    }
  }
}
