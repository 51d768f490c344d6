// @ts-check
/** The room's page: enters, and puts the parts together. */
import "./page-words.js";
import { OfferWindow, UnmuteWindow } from "./asked.js";
import { Bar } from "./bar.js";
import { Capture } from "./capture.js";
import { Chat } from "./chat/chat.js";
import { News } from "./chat/news.js";
import { Outbox } from "./chat/outbox.js";
import { Questions } from "./chat/questions.js";
import { Talk } from "./chat/talk.js";
import { Connection, Refused } from "./connection.js";
import { Devices } from "./devices.js";
import { keepInReach } from "./dialogs.js";
import { byId, setText } from "./dom.js";
import { askName, rememberedName, sayEnd, sayLoading, showView } from "./door.js";
import { Lobby } from "./event/lobby.js";
import { openReports } from "./event/reports.js";
import { EventState } from "./event/state.js";
import { keepFocus } from "./focus.js";
import { MODE_NAMES, MODE_SENTENCES, tell } from "./happenings.js";
import { keysButton } from "./keys.js";
import { Subscriber } from "./media/subscribe.js";
import { PersonMenu } from "./menu.js";
import { Notices } from "./notices.js";
import { makePanel } from "./panel/panel.js";
import { Participants } from "./participants.js";
import { Polls } from "./polls/polls.js";
import { DeviceWindow, ReadyWindow } from "./ready-window.js";
import { Reactions } from "./reactions/reactions.js";
import { SelfMedia } from "./self-media.js";
import { Side } from "./side.js";
import { Stage } from "./stage.js";
import { StageNews } from "./stage-news.js";
import { forThisWindow } from "./storage.js";
import { hasSeat, Store } from "./store.js";
import { Voice } from "./voice.js";
import { t, told } from "./words.js";

const room = decodeURIComponent(location.pathname.split("/")[2] ?? "");
const token = new URLSearchParams(location.hash.slice(1)).get("token") ?? "";
const sessionKey = `stagedoor.session.${room}.${token}`;
const keyKey = `stagedoor.key.${room}.${token}`;
/** Kept for reloads after the end, when nobody enters any more: whether one moderated. */
const moderatedKey = `stagedoor.moderated.${room}.${token}`;

const store = new Store();
const lobby = new Lobby();
const voice = new Voice();
const notices = new Notices(byId("notices"), voice);
keepInReach(byId("notices"), ...voice.nodes);
keepFocus();
let name = rememberedName();
let entered = false;

const address = new URL(`/api/rooms/${encodeURIComponent(room)}/socket`, location.href);
address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
const connection = new Connection(address.href, {
  enter,
  message: take,
  status: (status) => {
    store.setStatus(status);
    byId("lobby-lost").hidden = status !== "lost";
    if (status === "open") voice.drop("lost");
    if (status === "lost") notices.take("connection");
    if (status === "lost") sayLost();
  },
  ended: refusedForGood,
});

/** @type {import("./types.js").App} */
const app = {
  room,
  store,
  talk: new Talk(store, `${room}.${token}`),
  outbox: /** @type {any} */ (null),
  notices,
  voice,
  send: (type, fields) => connection.send(type, fields),
  act: async (type, fields) => {
    try {
      await connection.send(type, fields);
      return true;
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      // Where all is over, what was on its way needs no word more.
      if (store.status !== "ended") notices.say(error.message, { key: `refused-${error.code}` });
      return false;
    }
  },
  session: () => forThisWindow.get(sessionKey),
  event: new EventState(store),
  devices: new Devices(),
  capture: /** @type {any} */ (null),
  media: /** @type {any} */ (null),
  getReady: (lead) => ready.open(lead),
  openDevices: () => deviceWindow.open(),
  inviteMyself: () => offerWindow.inviteMyself(),
  declineOffer: () => offerWindow.decline(),
};
app.outbox = new Outbox(app, `${room}.${token}`);
app.capture = new Capture(app.devices);
app.media = new SelfMedia(store, app.capture, app.send, (sentence) => notices.say(sentence, { tone: "warning", key: "device" }));

const stage = new Stage(app, byId("stage"));
const subscriber = new Subscriber(app.send, (tracks, negotiated) => stage.receive(tracks, negotiated));
const side = new Side(app, byId("side"));
const ready = new ReadyWindow(app);
const deviceWindow = new DeviceWindow(app);
const offerWindow = new OfferWindow(app, () => ready.isOpen);
new UnmuteWindow(app);
byId("skip").onclick = () => /** @type {HTMLElement} */ (document.querySelector("#bar button:not([hidden], :disabled)"))?.focus();
new Bar(app, byId("bar"), new Reactions(app, byId("stage")).picker, side.buttons);
const chat = new Chat(app, side, `${room}.${token}`);
new Questions(app, side, `${room}.${token}`, (thread) => chat.write(thread));
new News(app, chat);
new StageNews(app);
new Participants(app, side.pages.people, new PersonMenu(app, (person) => chat.itemsOn(person)));
new Polls(app, side);
makePanel(app, side.pages.moderate);
// What the panel shows need not be said beside it.
side.subscribe((open) => open === "moderate" && notices.take("requests"));
document.querySelector("#room .top-end")?.prepend(keysButton());
store.subscribe(drawTop);
watchBanners();

function sayLost() {
  const { restarting } = connection;
  const back = restarting ? t("The server restarts. You will be back in a moment.") : t("The connection is lost. Reconnecting…");
  setText(byId("reconnecting-text"), back);
  const unreachable = restarting ? t("The server restarts. You will be let in again in a moment.") : t("The server cannot be reached. Trying again…");
  setText(byId("lobby-lost"), unreachable);
  setText(byId("loading-text"), unreachable);
  const said = { room: back, lobby: unreachable }[document.body.dataset.view ?? ""];
  // Tried again and again, it is said once.
  if (said && said !== lastLoss) voice.say(said, { key: "lost", urgent: true });
  lastLoss = said ?? "";
}

/** Enter; where the room is not open yet, as soon as it is. */
async function enter() {
  for (;;) {
    const answer = await knock();
    if (answer.type !== "lobby") return answer;
    if (!answer.open) await lobby.opened();
  }
}

/** Send `enter`, with the session of this window if there is one. */
async function knock() {
  const session = forThisWindow.get(sessionKey);
  if (session) {
    try {
      return await connection.send("enter", { name, token, session, last_event: store.number });
    } catch (error) {
      if (!(error instanceof Refused) || error.code !== "bad_session") throw error;
      forThisWindow.set(sessionKey, "");
    }
  }
  // By the key an invitation for one person knows us again, should its answer be lost on the way.
  const key = forThisWindow.get(keyKey) || madeUp();
  forThisWindow.set(keyKey, key);
  return connection.send("enter", { name, token, key });
}

/** A secret that nobody guesses. */
function madeUp() {
  return [...crypto.getRandomValues(new Uint8Array(32))].map((one) => one.toString(16).padStart(2, "0")).join("");
}

/** @param {any} message */
function take(message) {
  switch (message.type) {
    case "welcome":
      return welcome(message);
    case "lobby":
      lastLoss = "";
      return lobby.take(message);
    case "lobby_count":
      return app.event.count(message.count);
    case "update":
      store.update(message);
      keepName();
      if (store.room?.ended) return ended();
      return tell(message.happened ?? [], store, notices, app.act);
    case "saving":
      byId("unsaved").hidden = message.works;
      if (!message.works) voice.say(byId("unsaved").textContent, { key: "unsaved", urgent: true });
      return;
    case "speaking":
      return store.speak(message.people);
    case "subscribe_offer":
      return subscriber.take(message);
    case "subscribe_tracks":
      return subscriber.change(message);
    case "send_layers":
      return app.media.need(message.kind, message.bits);
    case "media_restarted":
      subscriber.watch();
      app.media.restart();
  }
}

/** @param {any} message */
function welcome(message) {
  const back = entered;
  entered = true;
  lastLoss = "";
  lobby.leave();
  forThisWindow.set(sessionKey, message.session);
  subscriber.iceServers = app.media.publisher.iceServers = message.ice_servers;
  store.welcome(message);
  keepName();
  store.setStatus("open");
  byId("unsaved").hidden = true;
  if (store.room?.ended) return ended();
  document.title = `${store.room?.name} · Stagedoor`;
  showView("room");
  // After a reload the view says it all; notices are for those who were here.
  if (back) tell(message.missed, store, notices, app.act);
  if (store.me?.seat === "on_stage") {
    const sentence = t("You are back on stage, with your microphone and camera off.");
    notices.say(sentence, { key: "seat", tone: "warning", stay: true });
  } else if (store.me?.seat === "backstage") {
    const sentence = t("You are backstage again, with your microphone and camera off.");
    notices.say(sentence, { key: "seat", tone: "warning", stay: true });
  } else if (back) notices.say(t("You are connected again."), { key: "connection", tone: "good" });
  app.devices.refresh();
  subscriber.watch();
}

/** Come back with the name that one has now, whoever changed it. */
function keepName() {
  name = store.me?.name ?? name;
}

/** @param {Refused} why */
function refusedForGood(why) {
  leave();
  lobby.leave();
  const again = { label: t("Try again"), press: () => location.reload() };
  switch (why.code) {
    case "already_entered":
      return sayEnd(t("Open in another tab"), t("You opened this room in another tab or window. Only one at a time is used. If that was not you, somebody has a copy of your session: take it back here, and tell the moderators."), { label: t("Use here"), press: () => location.reload() });
    case "room_ended":
      return ended();
    case "bad_name":
      store.setStatus("connecting");
      askName(store.room?.name ?? roomName, why.message).then(go);
      return;
    case "bad_token":
    case "expired_token":
    case "used_link":
    case "revoked_link":
      return sayEnd(t("This link does not let you in"), t("{reason} Ask whoever invited you for a new one.", { reason: why.message }));
    case "removed":
      return sayEnd(t("You were removed from the room"), why.message, { label: t("Enter again"), press: () => location.reload() });
    case "banned":
      return sayEnd(t("You are banned from this room"), why.message);
    case "locked":
      return sayEnd(t("This room is locked"), why.message, again);
    case "no_such_room":
      return sayEnd(t("No such room"), t("There is no room at this address. Look at the link again."));
    default:
      return sayEnd(t("You cannot enter now"), why.message, again);
  }
}

function ended() {
  leave();
  connection.stop();
  const reports = { label: t("Run-down and attendance"), press: () => openReports(app) };
  if (store.iModerate) forThisWindow.set(moderatedKey, "yes");
  const moderated = forThisWindow.get(moderatedKey) !== "";
  sayEnd(t("This room has ended"), t("Thank you for being here."), moderated ? reports : undefined);
}

/** Let go of devices and media. */
function leave() {
  notices.clear();
  store.setStatus("ended");
  subscriber.close();
  app.media.follow();
  app.capture.closeAll();
}

/** On phones the panel begins below them, if there are any. */
function watchBanners() {
  const banners = [byId("reconnecting"), byId("unsaved")];
  const measure = () => {
    const end = Math.max(0, ...banners.map((one) => (one.hidden ? 0 : one.getBoundingClientRect().bottom)));
    document.documentElement.style.setProperty("--banners", `${end}px`);
    side.cover();
  };
  const observer = new ResizeObserver(measure);
  for (const one of banners) observer.observe(one);
}

function drawTop() {
  const { room: info, status, me } = store;
  const lost = status === "lost" || status === "connecting";
  byId("reconnecting").hidden = !(entered && lost);
  document.body.dataset.status = status;
  if (!info || !me) return;
  setText(byId("room-name"), info.name);
  const mode = byId("room-mode");
  setText(mode, MODE_NAMES[info.mode]);
  mode.title = MODE_SENTENCES[info.mode];
  document.body.dataset.seat = hasSeat(me) ? "stage" : "";
}

let roomName = "";
/** What was last said of a lost connection; "" while there is one. */
let lastLoss = "";

/** @param {string} chosen */
function go(chosen) {
  name = chosen;
  sayLoading(t("Entering the room…"));
  connection.start();
}

/** What is known of the room without entering. Resolves once the server has answered. */
async function lookUp() {
  for (let wait = 500; ; wait = Math.min(8000, wait * 2)) {
    try {
      const response = await fetch(`/api/rooms/${encodeURIComponent(room)}`);
      if (response.ok || response.status === 404) return { found: response.ok, info: await response.json() };
    } catch {
      // Not reachable; asked again below.
    }
    sayLoading(t("The server cannot be reached. Trying again…"));
    await new Promise((done) => setTimeout(done, wait));
  }
}

async function begin() {
  const { found, info } = await lookUp();
  if (!found) return sayEnd(t("No such room"), info.sentence ? told(info) : t("There is no room at this address. Look at the link again."));
  roomName = info.name;
  if (info.ended) return ended();
  if (!token && !info.open_door) {
    return sayEnd(t("You need an invitation link"), t("This room can be entered by an invitation link only. Ask the organiser for yours."));
  }
  document.title = `${roomName} · Stagedoor`;
  // A reload goes straight in again.
  if (forThisWindow.get(sessionKey) && name) return go(name);
  go(await askName(roomName));
}

addEventListener("hashchange", () => location.reload());
begin();
