// @ts-check
/** @import {Device} from "./types.js" */
/** @import {Store} from "./store.js" */
/** @import {Capture} from "./capture.js" */
import { Refused } from "./connection.js";
import { DeviceError } from "./devices.js";
import { Publisher } from "./media/publish.js";
import { t } from "./words.js";

/** What each is sent as. @type {Record<Device, "audio"|"video"|"screen">} */
const KIND = { microphone: "audio", camera: "video", screen: "screen" };
const DEVICES = /** @type {Device[]} */ (Object.keys(KIND));
/** @type {Record<Device, string>} */
const STOPPED = {
  microphone: t("Your microphone has stopped and is now off."),
  camera: t("Your camera has stopped and is now off."),
  screen: t("Your screen is not shared any more."),
};

/**
 * Keeps what leaves this machine in step with one's own seat. The room's state leads: only what it
 * says is on is sent, and without a seat everything is closed (rules 13 to 16).
 */
export class SelfMedia {
  /** The ready window has the devices: they may be open without a seat, though nothing is sent. */
  preparing = false;
  /** A device is being turned on: it is opened first, then the server is asked. @type {Set<Device>} */
  #turningOn = new Set();

  /**
   * @param {Store} store
   * @param {Capture} capture
   * @param {(type: string, fields?: object) => Promise<any>} send
   * @param {(sentence: string) => void} say
   */
  constructor(store, capture, send, say) {
    this.store = store;
    this.capture = capture;
    this.send = send;
    this.say = say;
    this.publisher = new Publisher(send);
    store.subscribe(() => this.follow());
    capture.subscribe(() => this.follow());
  }

  /** Whether one is on stage or backstage, and connected. */
  get seated() {
    return ["on_stage", "backstage"].includes(this.store.me?.seat ?? "") && this.store.status === "open";
  }

  /** Whether one holds an offer: sending is made ready, so that it begins as soon as one is up. */
  get #offered() {
    return this.store.me?.seat === "offered" && this.store.status === "open";
  }

  /** @param {Device} device whether it is on for the room, and open here */
  on(device) {
    return Boolean(this.store.me?.[device]) && this.capture.live(device);
  }

  /** Bring devices and sending into step with the seat. */
  follow() {
    if (!this.seated) {
      if (this.#offered) this.#prepare();
      else this.publisher.stop();
      this.#turningOn.clear();
      // While the connection is lost the ready window may wait for it; the stage may not be sent to.
      if (!this.preparing) this.capture.closeAll();
      return;
    }
    for (const device of DEVICES) this.#followDevice(device);
    if (!this.publisher.running) this.publisher.start();
  }

  /** Connect, with nothing to send: no track leaves the ready window (rule 15). */
  #prepare() {
    for (const kind of Object.values(KIND)) this.publisher.carry(kind, null);
    if (!this.publisher.running) this.publisher.start();
  }

  /** @param {Device} device */
  #followDevice(device) {
    const { store, capture } = this;
    const kind = KIND[device];
    const wanted = Boolean(store.me?.[device]);
    if (wanted && device === "microphone" && !this.#turningOn.has(device)) capture.mute(false);
    const track = capture.tracks[device];
    if (wanted && track && track.readyState === "live") {
      this.publisher.carry(kind, track);
      return;
    }
    this.publisher.carry(kind, null);
    if (wanted) {
      if (!this.#turningOn.has(device)) this.#lostDevice(device);
    } else if (!this.#turningOn.has(device) && !this.preparing) {
      if (device === "microphone") capture.mute(true);
      else capture.close(device);
    }
  }

  /** The room thinks it is on, but it was unplugged, taken away, or ended by the browser's own control. @param {Device} device */
  #lostDevice(device) {
    this.#turningOn.add(device);
    this.say(STOPPED[device]);
    this.send("set_device", { device, on: false })
      .catch(() => {})
      .finally(() => this.#settle(device));
  }

  /** Turn one's own device on or off (rule 4). @param {Device} device @param {boolean} on */
  async turn(device, on) {
    if (!this.seated || this.#turningOn.has(device)) return;
    if (on) return this.#turnOn(device);
    // Silent here first, whatever the network does.
    if (device === "microphone") this.capture.mute(true);
    this.publisher.carry(KIND[device], null);
    try {
      await this.send("set_device", { device, on: false });
    } catch (error) {
      this.#complain(error);
    }
  }

  /** @param {Device} device */
  async #turnOn(device) {
    this.#turningOn.add(device);
    try {
      const open = this.capture.tracks[device]?.readyState === "live";
      if (!open && !(await this.capture.open(device))) return;
      await this.send("set_device", { device, on: true });
      if (device === "microphone") this.capture.mute(false);
    } catch (error) {
      if (!this.store.me?.[device]) this.capture.close(device);
      this.#complain(error);
    } finally {
      this.#settle(device);
    }
  }

  /** @param {Device} device */
  #settle(device) {
    this.#turningOn.delete(device);
    this.follow();
  }

  /** @param {unknown} error */
  #complain(error) {
    if (error instanceof DeviceError || error instanceof Refused) this.say(error.message);
    else throw error;
  }

  /** What of a camera or screen somebody watches. @param {"video"|"screen"} kind @param {number[]} bits */
  need(kind, bits) {
    this.publisher.need(kind, bits);
  }

  /** The engine is a new one, or the connection is: begin anew if one has a seat. */
  restart() {
    this.publisher.stop();
    this.follow();
  }
}
