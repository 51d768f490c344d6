// @ts-check
/** @import {App, Happening, Mode} from "./types.js" */
/** @import {Store} from "./store.js" */
/** @import {Notices, Notice} from "./notices.js" */
import { t } from "./words.js";

/** @type {Record<Mode, string>} */
export const MODE_SENTENCES = {
  open: "The stage is open: anyone may join it.",
  request: "The stage is by request: ask to join it.",
  invite: "The stage is by invitation.",
  closed: "The stage is closed: nobody new comes up.",
};

/** @typedef {[string, Notice?]|null} Said */

/** @param {Happening} it */
const who = (it) => it.by_name || "A moderator";

/** @param {Happening} it */
function entrySentence(it) {
  if (!it.by) return t("The room is open: the time has come.");
  const by = who(it);
  if (it.entry === "open") return t("{by} opened the room.", { by });
  return it.entry === "locked" ? t("{by} locked the room.", { by }) : t("{by} has new attendees wait in the lobby.", { by });
}

/**
 * What happened to oneself, in words.
 * @type {Record<string, (it: Happening, store: Store, act: App["act"]) => Said>}
 */
const TO_ME = {
  request_declined: (it, store) => {
    const wait = Math.ceil(((store.me?.may_ask_at ?? 0) - store.now()) / 1000);
    const again = wait > 0 ? `You may ask again in ${wait} s.` : "You may ask again later.";
    return [`${who(it)} declined your request. ${again}`, { key: "seat", stay: true }];
  },
  request_closed: () => ["Requests are closed, as the stage access has changed.", { key: "seat", stay: true }],
  offer_revoked: (it) => [`${who(it)} took the offer of a seat back.`, { key: "seat", stay: true }],
  offer_expired: () => ["The offer of a seat has expired.", { key: "seat", stay: true }],
  removed_from_stage: (it) => [
    `${who(it)} removed you from the stage. Your camera and microphone are off.`,
    { key: "seat", stay: true, tone: "warning" },
  ],
  bumped: () => [
    "Your seat went to somebody else, as you had been silent for longest. Your camera and microphone are off.",
    { key: "seat", stay: true, tone: "warning" },
  ],
  left: () => ["You were away for too long: your place on the stage or in the queue is gone.", { key: "seat", stay: true, tone: "warning" }],
  left_stage: () => ["You have left the stage. Your camera and microphone are off.", { key: "seat" }],
  went_on_stage: (_it, store) => {
    const me = store.me;
    const sends = [me?.microphone && "heard", me?.camera && "seen"].filter(Boolean).join(" and ");
    return [`You are on stage. ${sends ? `You can be ${sends}.` : "Your microphone and camera are off."}`, { key: "seat", tone: "good" }];
  },
  device_set: (it) => {
    if (it.by === it.person || it.on) return null;
    const words = { name: who(it), device: it.device ?? "" };
    const screen = it.device === "screen";
    const sentence = screen ? t("{name} stopped the sharing of your screen.", words) : t("{name} turned your {device} off.", words);
    return [sentence, { key: `off-${it.device}`, stay: true, tone: "warning" }];
  },
  hand_lowered_once_spoken: (_it, _store, act) => [
    t("Your hand is down, as you have spoken."),
    { key: "hand", action: { label: t("Undo"), press: () => act("restore_hand") } },
  ],
  renamed: (it) => (it.by === it.person ? null : [t("{by} changed your name to {name}.", { by: who(it), name: it.person_name ?? "" }), { key: "name", stay: true }]),
  hand_lowered: (it) => (it.by === it.person ? null : [`${who(it)} lowered your hand.`, { key: "hand" }]),
  role_set: (_it, store) =>
    store.iModerate
      ? ["You are a moderator now.", { key: "role", tone: "good", stay: true }]
      : ["You are not a moderator any more.", { key: "role", stay: true }],
};

/**
 * What others did that a moderator would miss otherwise.
 * @type {Record<string, (it: Happening, store: Store, act: App["act"]) => Said>}
 */
const TO_MODERATORS = {
  request_made: (it, store) => {
    // The list is before their eyes.
    if (document.body.dataset.side === "moderate") return null;
    const others = store.requests.length - 1;
    const more = others > 0 ? ` ${others + 1} requests are waiting.` : "";
    return [`${it.person_name} asks to join the stage.${more}`, { key: "requests" }];
  },
  offer_declined: (it) => [`${it.person_name} declined the offer of a seat.`, { key: "offers" }],
  offer_expired: (it) => [`The offer to ${it.person_name} has expired.`, { key: "offers" }],
  hand_lowered_once_spoken: (it, _store, act) => [
    t("{name} has spoken, and the hand is down.", { name: it.person_name ?? "" }),
    { key: "hands", action: { label: t("Undo"), press: () => act("restore_hand", { person: it.person }) } },
  ],
  entry_set: (it, store) => (it.by === store.you ? null : [entrySentence(it), { key: "entry" }]),
  removed_from_room: (it, store) =>
    it.by === store.you ? null : [t("{by} removed {name} from the room.", { by: who(it), name: it.person_name ?? "" }), { key: "put-out" }],
  banned: (it, store) =>
    it.by === store.you ? null : [t("{by} banned {name}.", { by: who(it), name: it.person_name ?? "" }), { key: "put-out" }],
  unmute_dismissed: (it) => [`${it.person_name} stays muted.`, { key: `unmute-${it.person}` }],
};

/** @type {Record<string, (it: Happening, store: Store, act: App["act"]) => Said>} */
const TO_ALL = {
  mode_set: (it, store) =>
    it.by === store.you || store.me?.seat === "on_stage" ? null : [MODE_SENTENCES[it.mode ?? "request"], { key: "mode" }],
  settings_changed: (it, store) =>
    it.by !== store.you && store.iModerate ? [`${who(it)} changed the room's settings.`, { key: "settings" }] : null,
};

/**
 * Say what happened, where it is worth a notice.
 * @param {Happening[]} happened
 * @param {Store} store
 * @param {Notices} notices
 * @param {App["act"]} act for what can be undone
 */
export function tell(happened, store, notices, act) {
  for (const it of happened) {
    const mine = it.person === store.you;
    const words = mine ? TO_ME[it.what] : (TO_ALL[it.what] ?? (store.iModerate ? TO_MODERATORS[it.what] : undefined));
    const said = words?.(it, store, act);
    if (said) notices.say(...said);
    if (mine && (it.what === "request_made" || it.what === "went_on_stage")) notices.take("mode");
    if (mine && (it.what === "offer_made" || it.what === "request_made")) notices.take("seat");
    if (mine && it.what === "device_set" && it.on) notices.take(`off-${it.device}`);
  }
  if (store.requests.length === 0) notices.take("requests");
  if (store.me?.seat !== "on_stage") {
    notices.take("off-microphone");
    notices.take("off-camera");
    notices.take("off-screen");
  }
}
