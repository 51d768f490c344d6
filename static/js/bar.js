// @ts-check
/** @import {App, Device} from "./types.js" */
/** @import {Picker} from "./reactions/picker.js" */
import { atNextFrame, button, el, icon, setText } from "./dom.js";
import { singleKey } from "./keys.js";
import { canShare } from "./screen.js";
import { hasSeat } from "./store.js";
import { t } from "./words.js";

/** @type {Record<Device, {image: [on: string, off: string], key: string, name: [string, string], title: [string, string]}>} */
const DEVICES = {
  microphone: {
    image: ["mic", "mic-off"],
    key: "M",
    name: [t("Mute"), t("Unmute")],
    title: [t("Turn your microphone off (M)"), t("Turn your microphone on (M)")],
  },
  camera: {
    image: ["camera", "camera-off"],
    key: "V",
    name: [t("Stop camera"), t("Start camera")],
    title: [t("Turn your camera off (V)"), t("Turn your camera on (V)")],
  },
  screen: {
    image: ["screen-off", "screen"],
    key: "S",
    name: [t("Stop sharing"), t("Share screen")],
    title: [t("Stop sharing your screen (S)"), t("Share your screen (S)")],
  },
};

/** The bar at the bottom: what one can do now, as mode, role and seat say (rules 1, 3, 4, 20). */
export class Bar {
  /** @param {App} app @param {HTMLElement} place @param {Picker} reactions @param {Element} side buttons that open the side */
  constructor(app, place, reactions, side) {
    this.place = place;
    this.reactions = reactions;
    this.app = app;
    const { act } = app;
    this.status = el("p", { class: "bar-status" });
    this.join = button(t("Join stage"), () => this.#join(), { kind: "primary", icon: "up" });
    this.ask = button(t("Ask to join stage"), () => act("ask_to_join_stage"), { kind: "primary", icon: "up" });
    this.cancel = button(t("Cancel request"), () => act("cancel_request"), { icon: "close" });
    this.microphone = this.#device("microphone");
    this.camera = this.#device("camera");
    this.screen = this.#device("screen");
    this.devices = button(t("Devices"), () => app.openDevices(), { icon: "settings", class: "tool" });
    this.leave = button(t("Leave stage"), () => act("leave_stage"), { icon: "down", class: "tool" });
    this.hand = button(t("Raise hand"), () => this.#hand(), { icon: "hand", class: "tool" });
    place.append(
      this.status,
      el(
        "div",
        { class: "bar-buttons" },
        this.join, this.ask, this.cancel, this.microphone, this.camera, this.screen, this.devices, this.leave, this.hand,
        reactions.button, reactions.row,
      ),
      side,
    );
    const draw = atNextFrame(() => this.#draw());
    app.store.subscribe(draw);
    app.capture.subscribe(draw);
    setInterval(() => this.waiting && draw(), 1000);
    this.waiting = false;
    this.#keys();
    this.#draw();
  }

  #draw() {
    const { store, media } = this.app;
    const { me, room } = store;
    if (!me || !room) return;
    const viewer = me.seat === "viewer";
    const seated = hasSeat(me);
    const direct = room.mode === "open" && !me.barred;
    const byMyself = direct || (store.iModerate && room.mode !== "closed");
    const mayAsk = !byMyself && (room.mode === "request" || (room.mode === "open" && me.barred));
    const wait = Math.ceil((me.may_ask_at - store.now()) / 1000);
    this.waiting = viewer && mayAsk && wait > 0;
    show(this.join, viewer && byMyself);
    show(this.ask, viewer && mayAsk);
    show(this.cancel, me.seat === "requested");
    show(this.microphone, seated);
    show(this.camera, seated);
    show(this.screen, seated && canShare());
    show(this.devices, seated);
    show(this.leave, seated && (me.backstage || store.iModerate || room.settings.may_leave_stage));
    // Where hands go down by themselves, one keeps them on stage, too.
    show(this.hand, (!seated || room.settings.lower_hand_once_spoken) && (room.settings.may_raise_hand || store.iModerate));
    this.reactions.draw(room.settings.reactions, store.status !== "open");
    // For the styles: how many tools have to fit side by side.
    const tools = [...this.place.querySelectorAll(".tool")].filter((one) => !(/** @type {HTMLElement} */ (one).hidden));
    this.place.dataset.tools = String(tools.length);
    label(this.ask, this.waiting ? t("Ask again in {wait} s", { wait }) : t("Ask to join stage"));
    label(this.leave, me.backstage ? t("Leave backstage") : t("Leave stage"));
    label(this.hand, me.hand === null ? t("Raise hand") : t("Lower hand"));
    // For the styles: to be read out, its name is enough.
    this.hand.dataset.on = String(me.hand !== null);
    this.#drawDevice(this.microphone, "microphone", media.on("microphone"));
    this.#drawDevice(this.camera, "camera", media.on("camera"));
    this.#drawDevice(this.screen, "screen", media.on("screen"));
    const offline = store.status !== "open";
    for (const one of [this.join, this.ask, this.cancel, this.microphone, this.camera, this.screen, this.leave, this.hand]) {
      one.disabled = offline || (one === this.ask && this.waiting);
    }
    this.#say(me.seat === "requested" ? "waiting" : media.seated ? (me.microphone ? "on" : "muted") : "");
  }

  /** @param {""|"waiting"|"muted"|"on"} state */
  #say(state) {
    const { status } = this;
    status.dataset.state = state;
    status.hidden = state === "" || state === "on";
    setText(status, { waiting: t("Your request is waiting for a moderator"), muted: t("You are muted"), on: "", "": "" }[state]);
  }

  #join() {
    const { store } = this.app;
    const direct = store.room?.mode === "open" && !store.me?.barred;
    if (direct) this.app.getReady("join");
    else this.app.inviteMyself();
  }

  #hand() {
    this.app.act(this.app.store.me?.hand === null ? "raise_hand" : "lower_hand");
  }

  /** @param {Device} device */
  #device(device) {
    const node = button(DEVICES[device].name[1], () => this.#turn(device), { class: "tool device-button" });
    node.hidden = true;
    node.dataset.device = device;
    return node;
  }

  /** @param {Device} device */
  #turn(device) {
    this.app.media.turn(device, !this.app.media.on(device));
  }

  /** @param {HTMLButtonElement} node @param {Device} device @param {boolean} on */
  #drawDevice(node, device, on) {
    if (node.dataset.on === String(on)) return;
    node.dataset.on = String(on);
    const { image, name, title } = DEVICES[device];
    const state = on ? 0 : 1;
    node.querySelector(".icon")?.remove();
    node.prepend(icon(image[state]));
    label(node, name[state]);
    node.title = title[state];
  }

  /** M, V and S, on stage and backstage. */
  #keys() {
    document.addEventListener("keydown", (event) => {
      const key = singleKey(event);
      if (!key || !this.app.media.seated) return;
      const device = /** @type {Device[]} */ (Object.keys(DEVICES)).find((one) => DEVICES[one].key === key);
      if (device && (device !== "screen" || canShare())) this.#turn(device);
    });
  }
}

/** @param {HTMLElement} node @param {boolean} visible */
function show(node, visible) {
  if (node.hidden === visible) node.hidden = !visible;
}

/** @param {HTMLElement} node @param {string} text */
function label(node, text) {
  setText(/** @type {Element} */ (node.querySelector(".label")), text);
}
