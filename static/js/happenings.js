// @ts-check
/** @import {App, Device, Happening, Mode} from "./types.js" */
/** @import {Store} from "./store.js" */
/** @import {Notices, Notice} from "./notices.js" */
import { hasSeat } from "./store.js";
import { t, tn } from "./words.js";

/** @type {Record<Mode, string>} */
export const MODE_NAMES = {
  open: t("Stage open"),
  request: t("Stage by request"),
  invite: t("Stage by invitation"),
  closed: t("Stage closed"),
};

/** @type {Record<Mode, string>} */
export const MODE_SENTENCES = {
  open: t("The stage is open: anyone may join it."),
  request: t("The stage is by request: ask to join it."),
  invite: t("The stage is by invitation."),
  closed: t("The stage is closed: nobody new comes up."),
};

/** @typedef {[string, Notice?]|null} Said */

/** @param {Happening} it */
const who = (it) => it.by_name || t("A moderator");

/** @param {Happening} it */
function entrySentence(it) {
  if (!it.by) return t("The room is open: the time has come.");
  const by = who(it);
  if (it.entry === "open") return t("{by} opened the room.", { by });
  return it.entry === "locked" ? t("{by} locked the room.", { by }) : t("{by} has new attendees wait in the lobby.", { by });
}

/** @param {boolean} [heard] @param {boolean} [seen] */
function onStageSentence(heard, seen) {
  if (heard) return seen ? t("You are on stage. You can be heard and seen.") : t("You are on stage. You can be heard.");
  return seen ? t("You are on stage. You can be seen.") : t("You are on stage. Your microphone and camera are off.");
}

/** @param {Happening} it @param {Store} store */
function broughtOnSentence(it, store) {
  const names = (it.people ?? []).map((one) => store.people.get(one)?.name ?? "").filter(Boolean);
  if (names.length === 1) return t("{by} brought {name} on stage.", { by: who(it), name: names[0] });
  return tn(names.length, "{by} brought {count} person on stage.", "{by} brought {count} people on stage.", { by: who(it) });
}

/** @param {string} name @param {Device} [device] */
function turnedOffSentence(name, device) {
  if (device === "screen") return t("{name} stopped the sharing of your screen.", { name });
  return device === "camera" ? t("{name} turned your camera off.", { name }) : t("{name} turned your microphone off.", { name });
}

/** @param {Device} [device] @param {boolean} [on] */
function ownDeviceSentence(device, on) {
  if (device === "screen") return on ? t("You share your screen.") : t("Your screen is not shared any more.");
  if (device === "camera") return on ? t("Your camera is on.") : t("Your camera is off.");
  return on ? t("Your microphone is on.") : t("Your microphone is off.");
}

/**
 * What happened to oneself, in words.
 * @type {Record<string, (it: Happening, store: Store, act: App["act"]) => Said>}
 */
const TO_ME = {
  request_declined: (it, store) => {
    const wait = Math.ceil(((store.me?.may_ask_at ?? 0) - store.now()) / 1000);
    const by = who(it);
    const sentence = wait > 0 ? t("{by} declined your request. You may ask again in {wait} s.", { by, wait }) : t("{by} declined your request. You may ask again later.", { by });
    return [sentence, { key: "seat", stay: true }];
  },
  request_made: () => [t("Your request is waiting for a moderator"), { key: "waiting", unseen: true }],
  request_closed: () => [t("Requests are closed, as the stage access has changed."), { key: "closed", stay: true }],
  offer_revoked: (it) => [t("{by} took the offer of a seat back.", { by: who(it) }), { key: "seat", stay: true }],
  offer_expired: () => [t("The offer of a seat has expired."), { key: "seat", stay: true }],
  removed_from_stage: (it) => [
    t("{by} removed you from the stage. Your camera and microphone are off.", { by: who(it) }),
    { key: "seat", stay: true, tone: "warning" },
  ],
  bumped: () => [
    t("Your seat went to somebody else, as you had been silent for longest. Your camera and microphone are off."),
    { key: "seat", stay: true, tone: "warning" },
  ],
  left: () => [t("You were away for too long: your place on the stage or in the queue is gone."), { key: "seat", stay: true, tone: "warning" }],
  left_stage: () => [t("You have left the stage. Your camera and microphone are off."), { key: "seat" }],
  went_on_stage: (_it, store) => {
    return [onStageSentence(store.me?.microphone, store.me?.camera), { key: "seat", tone: "good" }];
  },
  went_backstage: () => [t("You are backstage. Only the moderators see and hear you."), { key: "seat", unseen: true }],
  brought_on: (_it, store) => [onStageSentence(store.me?.microphone, store.me?.camera), { key: "seat", tone: "good", stay: true }],
  sent_backstage: (it) => [
    t("{by} sent you backstage. Only the moderators see and hear you now.", { by: who(it) }),
    { key: "seat", stay: true, tone: "warning" },
  ],
  left_backstage: () => [t("You have left backstage. Your camera and microphone are off."), { key: "seat" }],
  device_set: (it) => {
    if (it.by === it.person || it.on) return [ownDeviceSentence(it.device, it.on), { key: `own-${it.device}`, unseen: true }];
    return [turnedOffSentence(who(it), it.device), { key: `off-${it.device}`, stay: true, tone: "warning" }];
  },
  hand_lowered_once_spoken: (_it, _store, act) => [
    t("Your hand is down, as you have spoken."),
    { key: "hand", action: { label: t("Undo"), press: () => act("restore_hand") } },
  ],
  renamed: (it) => (it.by === it.person ? null : [t("{by} changed your name to {name}.", { by: who(it), name: it.person_name ?? "" }), { key: "name", stay: true }]),
  hand_lowered: (it) => (it.by === it.person ? null : [t("{by} lowered your hand.", { by: who(it) }), { key: "hand" }]),
  role_set: (_it, store) =>
    store.iModerate
      ? [t("You are a moderator now."), { key: "role", tone: "good", stay: true }]
      : [t("You are not a moderator any more."), { key: "role", stay: true }],
};

/**
 * What others did that a moderator would miss otherwise.
 * @type {Record<string, (it: Happening, store: Store, act: App["act"]) => Said>}
 */
const TO_MODERATORS = {
  request_made: (it, store) => {
    const name = it.person_name ?? "";
    const count = store.requests.length;
    const sentence = count > 1 ? tn(count, "{name} asks to join the stage. {count} request is waiting.", "{name} asks to join the stage. {count} requests are waiting.", { name }) : t("{name} asks to join the stage.", { name });
    const many = () => tn(store.requests.length, "{count} person asks to join the stage.", "{count} people ask to join the stage.");
    // With the panel open, the list is before their eyes.
    return [sentence, { key: "requests", unseen: document.body.dataset.side === "moderate", many }];
  },
  offer_declined: (it) => [
    t("{name} declined the offer of a seat.", { name: it.person_name ?? "" }),
    { key: "declined", many: (count) => tn(count, "{count} person declined the offer of a seat.", "{count} people declined the offer of a seat.") },
  ],
  offer_expired: (it) => [
    t("The offer to {name} has expired.", { name: it.person_name ?? "" }),
    { key: "expired", many: (count) => tn(count, "{count} offer has expired.", "{count} offers have expired.") },
  ],
  hand_raised: (it) => [
    t("{name} raised a hand.", { name: it.person_name ?? "" }),
    { key: "raised", unseen: true, many: (count) => tn(count, "{count} hand was raised.", "{count} hands were raised.") },
  ],
  hand_lowered_once_spoken: (it, _store, act) => [
    t("{name} has spoken, and the hand is down.", { name: it.person_name ?? "" }),
    { key: "hands", action: { label: t("Undo"), press: () => act("restore_hand", { person: it.person }) } },
  ],
  entry_set: (it, store) => (it.by === store.you ? null : [entrySentence(it), { key: "entry" }]),
  removed_from_room: (it, store) =>
    it.by === store.you ? null : [t("{by} removed {name} from the room.", { by: who(it), name: it.person_name ?? "" }), { key: "put-out" }],
  banned: (it, store) =>
    it.by === store.you ? null : [t("{by} banned {name}.", { by: who(it), name: it.person_name ?? "" }), { key: "put-out" }],
  went_backstage: (it) => [
    t("{name} is backstage.", { name: it.person_name ?? "" }),
    { key: "backstage", many: (count) => tn(count, "{count} person is backstage.", "{count} people are backstage.") },
  ],
  left_backstage: (it) => [
    t("{name} has left backstage.", { name: it.person_name ?? "" }),
    { key: "left-backstage", many: (count) => tn(count, "{count} person has left backstage.", "{count} people have left backstage.") },
  ],
  brought_on: (it, store) => (it.by === store.you ? null : [broughtOnSentence(it, store), { key: "brought-on" }]),
  unmute_dismissed: (it) => [t("{name} stays muted.", { name: it.person_name ?? "" }), { key: `unmute-${it.person}` }],
};

/** @type {Record<string, (it: Happening, store: Store, act: App["act"]) => Said>} */
const TO_ALL = {
  mode_set: (it, store) =>
    it.by === store.you || (store.me && hasSeat(store.me)) ? null : [MODE_SENTENCES[it.mode ?? "request"], { key: "mode" }],
  settings_changed: (it, store) =>
    it.by !== store.you && store.iModerate ? [t("{by} changed the room's settings.", { by: who(it) }), { key: "settings" }] : null,
};

/** The notices that are not true any more once this has happened. @type {Record<string, string[]>} by their keys */
const ENDS = {
  request_cancelled: ["requests"],
  request_declined: ["requests"],
  offer_made: ["requests", "declined", "expired"],
  hand_restored: ["hands"],
  unbanned: ["put-out"],
  mode_set: ["closed"],
};

/** The same for what happened to oneself. @type {Record<string, string[]>} */
const ENDS_MINE = {
  request_made: ["mode", "seat", "closed"],
  offer_made: ["seat", "closed", "waiting"],
  went_on_stage: ["mode", "closed"],
  went_backstage: ["mode", "closed"],
  hand_raised: ["hand"],
  hand_restored: ["hand"],
};

/** @param {Happening} it @param {boolean} mine */
function endedBy(it, mine) {
  if (it.what !== "device_set") return (mine ? ENDS_MINE : ENDS)[it.what] ?? [];
  if (!mine) return [`unmute-${it.person}`];
  // What was said of one's devices on arrival is another matter now.
  const arrival = it.device === "screen" ? [] : ["seat"];
  return it.on ? [...arrival, `off-${it.device}`] : arrival;
}

/**
 * Say what happened, where it is worth a notice.
 * @param {Happening[]} happened
 * @param {Store} store
 * @param {Notices} notices
 * @param {App["act"]} act for what can be undone
 */
export function tell(happened, store, notices, act) {
  for (const it of happened) {
    const mine = it.person === store.you || Boolean(it.people?.includes(store.you));
    const words = mine ? TO_ME[it.what] : (TO_ALL[it.what] ?? (store.iModerate ? TO_MODERATORS[it.what] : undefined));
    const said = words?.(it, store, act);
    for (const key of endedBy(it, mine)) notices.take(key);
    // What others decide about oneself is heard at once.
    if (said) notices.say(said[0], { ...(mine ? { urgent: it.by !== store.you } : {}), ...said[1] });
  }
  if (store.requests.length === 0) notices.take("requests");
  if (store.backstage.length === 0) notices.take("backstage");
  if (!store.me || !hasSeat(store.me)) {
    notices.take("off-microphone");
    notices.take("off-camera");
    notices.take("off-screen");
  }
}
