// @ts-check
/** @import {Device} from "./types.js" */
/** @import {Devices, DeviceKind} from "./devices.js" */
import { DeviceError, canCapture, inWords } from "./devices.js";
import { chooseScreen } from "./screen.js";
import { t } from "./words.js";

/** @typedef {"microphone"|"camera"} Plugged what is chosen once, by its name; screens are each time */

/** @type {Record<Plugged, DeviceKind>} */
const KIND = { microphone: "audioinput", camera: "videoinput" };

/** @param {Plugged} device @param {string} id @returns {MediaStreamConstraints} */
function constraints(device, id) {
  const deviceId = id ? { deviceId: { exact: id } } : {};
  if (device === "microphone") {
    return {
      audio: { ...deviceId, echoCancellation: true, noiseSuppression: true, autoGainControl: true },
    };
  }
  const size = { width: { ideal: 960 }, height: { ideal: 540 }, frameRate: { ideal: 25, max: 30 } };
  return { video: { ...deviceId, ...size } };
}

/**
 * The one owner of this machine's camera, microphone and shared screen. Nothing else opens or stops
 * them. Off means: the camera and the screen are released; the microphone's track, too, unless it is
 * kept for the next word (`mute`). What is opened here stays here until SelfMedia has it sent.
 */
export class Capture {
  /** @type {Record<Device, MediaStreamTrack|null>} */
  tracks = { microphone: null, camera: null, screen: null };
  /** Counts up at every change of mind, so that a device that opens too late is closed again. @type {Record<Device, number>} */
  #turn = { microphone: 0, camera: 0, screen: 0 };
  /** @type {Set<() => void>} */
  #listeners = new Set();

  /** @param {Devices} devices */
  constructor(devices) {
    this.devices = devices;
  }

  /** @param {() => void} listener told when a track begins, ends, or is exchanged */
  subscribe(listener) {
    this.#listeners.add(listener);
  }

  /** @param {Device} device whether it is open and not muted here */
  live(device) {
    const track = this.tracks[device];
    return track !== null && track.readyState === "live" && track.enabled;
  }

  /**
   * Open the chosen device, or take another in its place. Resolves with false if one changed one's
   * mind meanwhile. Rejects with DeviceError, and leaves what was open as it was.
   * @param {Device} device
   */
  async open(device) {
    const turn = ++this.#turn[device];
    const track = device === "screen" ? await chooseScreen() : await this.#get(device);
    if (!track) return false;
    if (turn !== this.#turn[device]) {
      track.stop();
      return false;
    }
    const old = this.tracks[device];
    this.tracks[device] = track;
    old?.stop();
    track.addEventListener("ended", () => this.tracks[device] === track && this.close(device));
    this.#tell();
    this.devices.refresh();
    return true;
  }

  /** Stop and release the device, at once. @param {Device} device */
  close(device) {
    this.#turn[device] += 1;
    const track = this.tracks[device];
    if (!track) return;
    this.tracks[device] = null;
    track.stop();
    this.#tell();
  }

  closeAll() {
    this.close("microphone");
    this.close("camera");
    this.close("screen");
  }

  /** Silence the microphone but keep it, so that the next word is not lost. @param {boolean} silent */
  mute(silent) {
    const track = this.tracks.microphone;
    if (!track || track.enabled === !silent) return;
    track.enabled = !silent;
    this.#tell();
  }

  /** @param {Plugged} device @returns {Promise<MediaStreamTrack>} */
  async #get(device) {
    const kind = KIND[device];
    const media = navigator.mediaDevices;
    if (!canCapture()) {
      throw new DeviceError(t("This browser lets pages use cameras and microphones over https only."));
    }
    try {
      let stream;
      try {
        stream = await media.getUserMedia(constraints(device, this.devices.chosen(kind)));
      } catch (error) {
        // The remembered device has gone: any other will do.
        if (/** @type {any} */ (error)?.name !== "OverconstrainedError") throw error;
        stream = await media.getUserMedia(constraints(device, ""));
      }
      return stream.getTracks()[0];
    } catch (error) {
      throw inWords(error, kind);
    }
  }

  #tell() {
    for (const listener of this.#listeners) listener();
  }
}
