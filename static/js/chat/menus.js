// @ts-check
/** @import {App, Message, Person} from "../types.js" */
/** @import {MenuItem} from "../menu.js" */
import { confirm } from "../dialogs.js";
import { moderates } from "../store.js";
import { t } from "../words.js";

/** @param {App} app @param {Message} message whether there is somebody to write a reply to it */
export function mayReply({ store, talk }, message) {
  if (message.standing !== "shown") return false;
  return message.channel !== "room" || (talk.blockedBy === "" && (store.room?.settings.chat ?? false));
}

/**
 * What one may do with a message.
 * @param {App} app
 * @param {Message} message
 * @param {{reply: (() => void)|null, write: (thread: string) => void}} ways
 * @returns {MenuItem[]}
 */
export function messageItems(app, message, { reply, write }) {
  const { store, talk, act } = app;
  const { number } = message;
  const mine = message.by === store.you;
  const inRoom = message.channel === "room" && message.standing === "shown";
  const pinned = talk.pinned.includes(number);
  const author = store.people.get(message.by);
  /** @type {(MenuItem|false|null)[]} */
  const items = [
    reply && { label: t("Reply"), icon: "reply", press: reply },
    Boolean(navigator.clipboard) && { label: t("Copy the text"), icon: "copy", press: () => navigator.clipboard.writeText(message.text) },
    store.iModerate && inRoom && !pinned && { label: t("Pin"), icon: "pin", press: () => act("pin_message", { message: number }) },
    store.iModerate && inRoom && pinned && { label: t("Unpin"), icon: "pin", press: () => act("unpin_message", { message: number }) },
    ...(author && message.channel !== "private" ? personItems(app, author, write) : []),
    (mine || store.iModerate) && { label: t("Delete"), icon: "trash", danger: true, press: () => act("delete_message", { message: number }) },
  ];
  const there = items.filter((one) => one !== false && one !== null);
  return [...there.filter((one) => !one.danger), ...there.filter((one) => one.danger)];
}

/**
 * What the chat has for a moderator to do with a person.
 * @param {App} app
 * @param {Person} person
 * @param {(thread: string) => void} write
 * @returns {MenuItem[]}
 */
export function personItems({ store, talk, act }, person, write) {
  if (!store.iModerate || moderates(person)) return [];
  const { id, name } = person;
  const blocked = talk.blocked.has(id);
  return [
    { label: t("Write privately"), icon: "chat", press: () => write(id) },
    blocked
      ? { label: t("Let write again"), icon: "chat", press: () => act("unblock_from_chat", { person: id }) }
      : { label: t("Block from writing"), icon: "block", danger: true, press: () => block(act, id, name) },
  ];
}

/** @param {App["act"]} act @param {string} id @param {string} name */
async function block(act, id, name) {
  const sentence = t("{name} can read on, but write to the moderators alone, until a moderator allows more again. {name} is told.", { name });
  if (await confirm(t("Block {name} from writing?", { name }), sentence, t("Block"))) await act("block_from_chat", { person: id });
}
