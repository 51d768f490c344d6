// @ts-check
/** @import {Person} from "./types.js" */
/** @import {Store} from "./store.js" */
import { hasSeat, moderates } from "./store.js";

/**
 * @typedef {object} Action what a moderator may do with a person
 * @property {string} label
 * @property {string} icon
 * @property {string} type the command
 * @property {object} fields
 * @property {boolean} [danger]
 */

/**
 * What `store.me` may do with the person now (rules 2, 3, 13, 16, 17). Pure; the server decides.
 * @param {Person} person
 * @param {Store} store
 * @returns {Action[]}
 */
export function actionsFor(person, store) {
  const { me, room } = store;
  if (!me || !room || !moderates(me)) return [];
  const iHost = me.role === "host";
  const mine = person.id === me.id;
  const reach = person.role !== "host" || iHost;
  const one = { person: person.id };
  /** @type {(Action|false)[]} */
  const all = [
    person.seat === "requested" && { label: "Approve", icon: "check", type: "approve", fields: { ...one, request: person.requested_at } },
    person.seat === "requested" && { label: "Decline", icon: "close", type: "decline", fields: { ...one, request: person.requested_at } },
    person.seat === "offered" && { label: "Revoke the offer", icon: "close", type: "revoke_offer", fields: one },
    person.seat === "viewer" && !mine && !person.away && room.mode !== "closed" && { label: "Invite to the stage", icon: "up", type: "invite", fields: one },
    person.microphone && reach && !mine && { label: "Turn microphone off", icon: "mic-off", type: "turn_off", fields: { ...one, device: "microphone" } },
    person.camera && reach && !mine && { label: "Turn camera off", icon: "camera-off", type: "turn_off", fields: { ...one, device: "camera" } },
    person.seat === "on_stage" && !person.microphone && !mine && { label: "Ask to unmute", icon: "mic", type: "ask_to_unmute", fields: one },
    person.hand !== null && { label: "Lower hand", icon: "hand", type: "lower_hand", fields: one },
    iHost && person.role === "attendee" && { label: "Make moderator", icon: "shield", type: "appoint_moderator", fields: one },
    iHost && person.role === "moderator" && { label: "Make attendee", icon: "shield", type: "demote_moderator", fields: one },
    hasSeat(person) && reach && !mine && { label: "Remove from stage", icon: "down", type: "remove_from_stage", fields: one, danger: true },
  ];
  return all.filter((action) => action !== false);
}
