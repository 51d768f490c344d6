// @ts-check
/** @import {Person} from "./types.js" */
/** @import {Store} from "./store.js" */
import { hasSeat, moderates } from "./store.js";
import { t } from "./words.js";

/**
 * @typedef {object} Action what a moderator may do with a person
 * @property {string} label
 * @property {string} icon
 * @property {string} [type] the command
 * @property {object} [fields]
 * @property {"rename"|"remove"|"ban"} [ask] the window that asks for more, in the place of a command
 * @property {boolean} [danger]
 */

/** @type {Action} */
const CHANGE_NAME = { label: t("Change your name…"), icon: "edit", ask: "rename" };

/**
 * What `store.me` may do with the person now (rules 2, 3, 13, 16, 17). Pure; the server decides.
 * @param {Person} person
 * @param {Store} store
 * @returns {Action[]}
 */
export function actionsFor(person, store) {
  const { me, room } = store;
  if (!me || !room) return [];
  if (!moderates(me)) return person.id === me.id && room.settings.may_rename ? [CHANGE_NAME] : [];
  const iHost = me.role === "host";
  const mine = person.id === me.id;
  const reach = person.role !== "host" || iHost;
  const mayPutOut = !mine && (iHost || person.role === "attendee");
  const one = { person: person.id };
  /** @type {(Action|false)[]} */
  const all = [
    person.seat === "requested" && { label: t("Approve"), icon: "check", type: "approve", fields: { ...one, request: person.requested_at } },
    person.seat === "requested" && { label: t("Decline"), icon: "close", type: "decline", fields: { ...one, request: person.requested_at } },
    person.seat === "offered" && { label: t("Revoke the offer"), icon: "close", type: "revoke_offer", fields: one },
    person.seat === "viewer" && !mine && !person.away && room.mode !== "closed" && { label: t("Invite to the stage"), icon: "up", type: "invite", fields: one },
    person.microphone && reach && !mine && { label: t("Turn microphone off"), icon: "mic-off", type: "turn_off", fields: { ...one, device: "microphone" } },
    person.camera && reach && !mine && { label: t("Turn camera off"), icon: "camera-off", type: "turn_off", fields: { ...one, device: "camera" } },
    person.screen && reach && !mine && { label: t("Stop screen"), icon: "screen-off", type: "turn_off", fields: { ...one, device: "screen" } },
    person.seat === "backstage" && { label: t("Bring on"), icon: "up", type: "bring_on", fields: { people: [person.id] } },
    person.seat === "on_stage" && !moderates(person) && room.settings.backstage && { label: t("Send backstage"), icon: "down", type: "send_backstage", fields: one },
    ["on_stage", "backstage"].includes(person.seat) && !person.microphone && !mine && { label: t("Ask to unmute"), icon: "mic", type: "ask_to_unmute", fields: one },
    person.hand !== null && { label: t("Lower hand"), icon: "hand", type: "lower_hand", fields: one },
    iHost && person.role === "attendee" && { label: t("Make moderator"), icon: "shield", type: "appoint_moderator", fields: one },
    iHost && person.role === "moderator" && { label: t("Make attendee"), icon: "shield", type: "demote_moderator", fields: one },
    hasSeat(person) && reach && !mine && { label: person.backstage ? t("Remove from backstage") : t("Remove from stage"), icon: "down", type: "remove_from_stage", fields: one, danger: true },
    mine && CHANGE_NAME,
    mayPutOut && { label: t("Rename…"), icon: "edit", ask: "rename" },
    mayPutOut && { label: t("Remove from the room…"), icon: "out", ask: "remove", danger: true },
    mayPutOut && { label: t("Ban…"), icon: "block", ask: "ban", danger: true },
  ];
  return all.filter((action) => action !== false);
}
