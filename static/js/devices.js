// @ts-check
/** Which cameras, microphones and speakers there are, which was chosen, and what goes wrong. */
import { lasting } from "./storage.js";
import { t } from "./words.js";

/** @typedef {"videoinput"|"audioinput"|"audiooutput"} DeviceKind */
/** @typedef {{id: string, label: string}} Choice */

/** @typedef {{nameless: (number: number) => string, forbidden: string, none: string, used: string, gone: string, failed: (error: string) => string}} Words */

/** @type {Record<DeviceKind, Words>} */
const WORDS = {
  videoinput: {
    nameless: (number) => t("Camera {number}", { number }),
    forbidden: t("Your browser does not let this page use the camera. Allow it by the icon beside the address, then try again."),
    none: t("No camera was found. Plug one in, then try again."),
    used: t("The camera is used by another program. Close it there, then try again."),
    gone: t("The camera you chose is not there any more. Choose another."),
    failed: (error) => t("The camera could not be started ({error}).", { error }),
  },
  audioinput: {
    nameless: (number) => t("Microphone {number}", { number }),
    forbidden: t("Your browser does not let this page use the microphone. Allow it by the icon beside the address, then try again."),
    none: t("No microphone was found. Plug one in, then try again."),
    used: t("The microphone is used by another program. Close it there, then try again."),
    gone: t("The microphone you chose is not there any more. Choose another."),
    failed: (error) => t("The microphone could not be started ({error}).", { error }),
  },
  audiooutput: {
    nameless: (number) => t("Speaker {number}", { number }),
    forbidden: t("Your browser does not let this page use the speaker. Allow it by the icon beside the address, then try again."),
    none: t("No speaker was found. Plug one in, then try again."),
    used: t("The speaker is used by another program. Close it there, then try again."),
    gone: t("The speaker you chose is not there any more. Choose another."),
    failed: (error) => t("The speaker could not be started ({error}).", { error }),
  },
};

/** Something that a person can do something about, in words. */
export class DeviceError extends Error {}

/**
 * What getUserMedia's failure means (W3C Media Capture and Streams, section 10.2).
 * @param {any} error
 * @param {DeviceKind} kind
 * @returns {DeviceError}
 */
export function inWords(error, kind) {
  const words = WORDS[kind];
  switch (error?.name) {
    case "NotAllowedError":
    case "SecurityError":
      return new DeviceError(words.forbidden);
    case "NotFoundError":
      return new DeviceError(words.none);
    case "NotReadableError":
    case "AbortError":
      return new DeviceError(words.used);
    case "OverconstrainedError":
      return new DeviceError(words.gone);
    default:
      return new DeviceError(words.failed(String(error?.name ?? error)));
  }
}

/** Whether the page may use devices at all: browsers want https, or localhost. */
export const canCapture = () => Boolean(navigator.mediaDevices?.getUserMedia);
/** Whether the browser lets pages choose the speaker. */
export const canChooseSpeaker = () => "setSinkId" in HTMLMediaElement.prototype;

export class Devices {
  /** @type {Record<DeviceKind, Choice[]>} */
  known = { videoinput: [], audioinput: [], audiooutput: [] };
  /** @type {Set<() => void>} */
  #listeners = new Set();

  constructor() {
    navigator.mediaDevices?.addEventListener?.("devicechange", () => this.refresh());
  }

  /** @param {() => void} listener told when devices come and go, and when the choice changes */
  subscribe(listener) {
    this.#listeners.add(listener);
  }

  /** Look again; labels are there only once a device has been allowed. */
  async refresh() {
    if (!navigator.mediaDevices?.enumerateDevices) return;
    const found = await navigator.mediaDevices.enumerateDevices().catch(() => []);
    for (const kind of /** @type {DeviceKind[]} */ (Object.keys(WORDS))) {
      const some = found.filter((one) => one.kind === kind && one.deviceId);
      this.known[kind] = some.map((one, index) => ({
        id: one.deviceId,
        label: one.label || WORDS[kind].nameless(index + 1),
      }));
    }
    this.#tell();
  }

  /**
   * The remembered device if it is there: by its id, else by its label, as ids may change.
   * @param {DeviceKind} kind
   * @returns {string} an id, or "" for the browser's own choice
   */
  chosen(kind) {
    const wanted = this.#remembered(kind);
    if (!wanted) return "";
    const known = this.known[kind];
    const same = known.find((one) => one.id === wanted.id) ?? known.find((one) => one.label === wanted.label);
    return same?.id ?? "";
  }

  /** @param {DeviceKind} kind @param {string} id */
  choose(kind, id) {
    const choice = this.known[kind].find((one) => one.id === id);
    lasting.set(`stagedoor.${kind}`, choice ? JSON.stringify(choice) : "");
    this.#tell();
  }

  /** @param {DeviceKind} kind @returns {Choice|null} */
  #remembered(kind) {
    try {
      const { id, label } = JSON.parse(lasting.get(`stagedoor.${kind}`));
      return { id: String(id), label: String(label) };
    } catch {
      return null;
    }
  }

  #tell() {
    for (const listener of this.#listeners) listener();
  }
}
