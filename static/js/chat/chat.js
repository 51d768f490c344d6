// @ts-check
/** @import {App, Message, Person} from "../types.js" */
/** @import {MenuItem} from "../menu.js" */
/** @import {Side} from "../side.js" */
import { atNextFrame, badge, button, el, icon, setBadge, setText } from "../dom.js";
import { Menu } from "../menu.js";
import { t } from "../words.js";
import { Composer, offlineHint } from "./composer.js";
import { MessageList } from "./list.js";
import { mayReply, messageItems, personItems } from "./menus.js";
import { Pins } from "./pins.js";
import { threadName, Threads } from "./threads.js";

const LONGEST = 2000;

/**
 * The Chat tab: the room's chat, for moderators the backchannel and the private threads, for
 * others their own thread with the moderators.
 */
export class Chat {
  /** What is open: a thread, or "threads" for the list of private ones. */
  #view = "room";
  /** @type {Message|null} */
  #reply = null;
  #announcing = false;

  /** @param {App} app @param {Side} side @param {string} room */
  constructor(app, side, room) {
    this.app = app;
    this.side = side;
    this.menu = new Menu();
    this.tabs = el("div", { class: "chat-tabs", role: "group", "aria-label": t("Whose messages") });
    this.back = button(t("All private messages"), () => this.open("threads"), { icon: "back", class: "button-small chat-back" });
    this.heading = el("h3", { class: "chat-heading", dir: "auto" });
    this.pins = new Pins(app, (number) => this.list.go(number));
    this.threads = new Threads(app, (thread) => this.open(thread));
    this.list = new MessageList(app, {
      menu: (message, opener) => this.menu.show(opener, message.by_name, this.#items(message)),
      empty: (message) => this.#items(message).length === 0,
      edit: ({ fields }) => this.#edit(fields),
      read: () => this.#read(),
    });
    this.announce = el("button", { type: "button", class: "icon-button composer-tool", "aria-pressed": "false", "aria-label": t("Announcement to everybody"), title: t("Announcement to everybody"), onclick: () => this.#setAnnouncing(!this.#announcing) }, icon("megaphone"));
    this.composer = new Composer({ name: room, longest: LONGEST, send: t("Send"), take: (text) => this.#say(text) }, this.announce);
    this.replying = el("div", { class: "replying", hidden: true });
    this.closed = el("p", { class: "chat-closed", hidden: true });
    const page = side.pages.chat;
    page.classList.add("talk-page");
    page.append(
      el("div", { class: "chat-top" }, this.tabs, this.back, this.heading),
      this.pins.node, this.threads.node, this.list.node, this.replying, this.closed, this.composer.node,
    );
    const draw = atNextFrame(() => this.#draw());
    app.store.subscribe(draw);
    app.outbox.subscribe(draw);
    side.subscribe(() => {
      this.list.leave();
      if (this.visible) this.open(this.#view);
    });
    document.addEventListener("visibilitychange", draw);
    setInterval(() => this.visible && this.#drawComposer(), 500);
    this.list.open("room");
  }

  /** Whether somebody looks at it. */
  get visible() {
    return this.side.open === "chat" && document.visibilityState === "visible";
  }

  /** Whether somebody looks at the list of private threads. */
  get showsThreads() {
    return this.visible && this.#view === "threads";
  }

  /** The thread before one's eyes, or "". */
  get shown() {
    return this.visible && this.#view !== "threads" ? this.#view : "";
  }

  /** @param {string} view a thread, or "threads" */
  open(view) {
    if (view !== this.#view) {
      this.#setReply(null);
      this.#setAnnouncing(false);
    }
    this.#view = view;
    if (view !== "threads") this.list.open(view);
    this.#draw();
  }

  /** Open a thread or "threads", wherever one is. @param {string} view */
  show(view) {
    this.side.show("chat");
    this.open(view);
  }

  /** Show a message of a thread, wherever one is. @param {string} thread @param {number} number */
  go(thread, number) {
    this.show(thread);
    this.list.go(number);
  }

  /** Show a thread and begin to write. @param {string} thread */
  write(thread) {
    this.show(thread);
    this.composer.field.focus();
  }

  /** What the menu of a person in the list has for a moderator. @param {Person} person @returns {MenuItem[]} */
  itemsOn(person) {
    return personItems(this.app, person, (thread) => this.write(thread));
  }

  /** @param {Message} message */
  #items(message) {
    return messageItems(this.app, message, {
      reply: mayReply(this.app, message) ? () => this.#setReply(message) : null,
      write: (thread) => this.write(thread),
    });
  }

  #read() {
    if (!this.shown) return;
    this.app.talk.see(this.shown);
    if (this.shown === "room") this.app.notices.take("announcement");
    else if (this.shown !== "moderators") this.app.notices.take("private");
  }

  // -- drawing

  #draw() {
    const { store } = this.app;
    if (!store.me) return;
    this.#leaveWhatIsNotForOneself();
    this.#drawBadge();
    if (!this.visible) return;
    const threads = this.#view === "threads";
    const personal = !["room", "moderators", "threads", store.you].includes(this.#view);
    this.back.hidden = !personal;
    this.heading.hidden = !personal;
    if (personal) setText(this.heading, threadName(this.app, this.#view));
    this.threads.node.hidden = !threads;
    this.list.node.hidden = threads;
    this.pins.node.hidden = this.#view !== "room";
    this.pins.draw(this.#view === "room");
    if (threads) {
      this.threads.draw();
      this.app.notices.take("private");
    } else this.list.draw();
    this.#drawTabs();
    this.#drawComposer();
    this.#drawBadge();
  }

  /** Whoever is no moderator any more, or has become one, has other threads. */
  #leaveWhatIsNotForOneself() {
    const { store } = this.app;
    const mine = store.iModerate ? this.#view !== store.you : ["room", store.you].includes(this.#view);
    if (mine) return;
    this.#view = "room";
    this.list.open("room");
  }

  #drawTabs() {
    const { store, talk } = this.app;
    const own = store.iModerate ? [] : [{ view: store.you, title: t("Moderators"), unread: talk.unread(store.you) }];
    const theirs = store.iModerate
      ? [
          { view: "moderators", title: t("Backchannel"), unread: talk.unread("moderators") },
          { view: "threads", title: t("Private"), unread: talk.privateThreads.reduce((sum, one) => sum + talk.unread(one.name), 0) },
        ]
      : [];
    const all = [{ view: "room", title: t("Everybody"), unread: talk.unread("room") }, ...own, ...theirs];
    const now = all.some(({ view }) => view === this.#view) ? this.#view : "threads";
    if (this.tabs.dataset.views !== all.map(({ view }) => view).join()) {
      this.tabs.dataset.views = all.map(({ view }) => view).join();
      this.tabs.replaceChildren(
        ...all.map(({ view, title }) =>
          el("button", { type: "button", class: "chat-tab", onclick: () => this.open(view) }, title, badge()),
        ),
      );
    }
    all.forEach(({ view, unread }, index) => {
      const node = this.tabs.children[index];
      node.setAttribute("aria-pressed", String(view === now));
      setBadge(node, unread, t("{number} unread", { number: unread }));
    });
  }

  #drawBadge() {
    const { store, talk } = this.app;
    const threads = store.iModerate ? ["moderators", ...talk.privateThreads.map((one) => one.name)] : [store.you];
    const unread = ["room", ...threads].reduce((sum, one) => sum + talk.unread(one), 0);
    const waiting = store.iModerate ? talk.waiting.length : 0;
    const words = waiting ? t("{unread} unread, {waiting} waiting for approval", { unread, waiting }) : t("{number} unread", { number: unread });
    this.side.badge("chat", unread + waiting, words);
  }

  #drawComposer() {
    const { store, talk } = this.app;
    const settings = store.room?.settings;
    if (!settings || !store.me) return;
    const inRoom = this.#view === "room";
    const blocked = inRoom && talk.blockedBy !== "";
    const off = inRoom && !settings.chat && !store.iModerate;
    const announcesOnly = inRoom && !settings.chat && store.iModerate;
    if (announcesOnly && !this.#announcing) this.#setAnnouncing(true);
    else if (this.#announcing && !store.iModerate) this.#setAnnouncing(false); // moderates no more
    this.announce.hidden = !(inRoom && store.iModerate);
    this.announce.disabled = announcesOnly;
    this.composer.node.hidden = this.#view === "threads" || blocked || off;
    this.closed.hidden = !(blocked || off);
    setText(this.closed, blocked ? t("{name} has blocked you from writing to everybody. You can write to the moderators.", { name: talk.blockedBy }) : t("The chat is turned off just now."));
    this.composer.open(this.#view, this.#label());
    const wait = inRoom && !store.iModerate ? this.app.talk.slowed(store.now()) : 0;
    this.composer.note(this.#hint(wait), wait > 0);
  }

  #label() {
    const { store } = this.app;
    if (this.#view === "room") return this.#announcing ? t("Announce to everybody") : t("Write to everybody");
    if (this.#view === "moderators") return t("Write among moderators");
    if (this.#view === store.you) return t("Write to the moderators");
    return t("Write to {name}", { name: threadName(this.app, this.#view) });
  }

  /** @param {number} wait seconds */
  #hint(wait) {
    const { store } = this.app;
    const settings = store.room?.settings;
    if (store.status !== "open") return offlineHint();
    if (this.#view !== "room" || !settings) return this.#view === store.you ? t("Only you and the moderators read this.") : "";
    if (!settings.chat) return t("The chat is off: only announcements go out.");
    if (store.iModerate) return "";
    if (wait > 0) return t("Slow mode: you can send again in {wait} s", { wait });
    if (settings.premoderated) return t("Moderators approve messages first.");
    return settings.slow_ms ? t("Slow mode: one message every {seconds} s", { seconds: Math.ceil(settings.slow_ms / 1000) }) : "";
  }

  // -- writing

  /** @param {string} text */
  #say(text) {
    const { store, outbox } = this.app;
    const shared = this.#view === "room" || this.#view === "moderators";
    /** @type {Record<string, any>} */
    const fields = { text, channel: shared ? this.#view : "private" };
    if (!shared && store.iModerate) fields.to = this.#view;
    if (this.#reply) fields.reply_to = this.#reply.number;
    if (this.#announcing) fields.announcement = true;
    outbox.add("say", fields, this.#view);
    this.#setReply(null);
    this.#setAnnouncing(false);
    this.list.leave();
    this.list.goToEnd();
    this.#draw();
  }

  /** Write once more what could not be sent, as what it was. @param {Record<string, any>} fields */
  #edit({ text, reply_to: replied, announcement = false }) {
    this.composer.write(text);
    this.#setReply(this.app.talk.messages.get(replied) ?? null);
    this.#setAnnouncing(announcement && this.app.store.iModerate);
  }

  /** @param {Message|null} message */
  #setReply(message) {
    this.#reply = message;
    this.replying.hidden = message === null;
    this.replying.replaceChildren();
    if (!message) return;
    this.replying.append(
      icon("reply"),
      el("span", { class: "replying-text", dir: "auto" }, t("Reply to {name}: {text}", { name: message.by_name, text: message.text })),
      el("button", { type: "button", class: "icon-button", "aria-label": t("Do not reply"), onclick: () => this.#setReply(null) }, icon("close")),
    );
    this.composer.field.focus();
  }

  /** @param {boolean} on */
  #setAnnouncing(on) {
    this.#announcing = on;
    this.announce.setAttribute("aria-pressed", String(on));
    if (this.app.store.me) this.composer.open(this.#view, this.#label());
  }
}

