// @ts-check
/** @import {App} from "../types.js" */
import { atNextFrame } from "../dom.js";
import { Access } from "./access.js";
import { Bans } from "./bans.js";
import { Entry } from "./entry.js";
import { Everybody } from "./everybody.js";
import { Hands } from "./hands.js";
import { OnStage } from "./on-stage.js";
import { Queue } from "./queue.js";
import { RoomSettings } from "./settings.js";
import { TalkSettings } from "./talk.js";

/**
 * The moderator's panel.
 * @param {App} app
 * @param {HTMLElement} place
 */
export function makePanel(app, place) {
  const parts = [
    new Access(app),
    new Queue(app),
    new Hands(app),
    new OnStage(app),
    new Everybody(app),
    new Entry(app),
    new Bans(app),
    new TalkSettings(app),
    new RoomSettings(app),
  ];
  place.append(...parts.map((one) => one.node));
  const draw = () => {
    if (app.store.iModerate) for (const one of parts) one.draw();
  };
  app.store.subscribe(atNextFrame(draw));
  draw();
}
