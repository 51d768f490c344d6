// @ts-check
/** @import {Devices} from "./devices.js" */

/** The voices of the stage: one audio element each, on the chosen speaker. */
export class Sound {
  /** @type {Map<string, HTMLAudioElement>} */
  #voices = new Map();
  #blocked = false;

  /**
   * @param {HTMLElement} place where the elements are kept
   * @param {Devices} devices
   * @param {(blocked: boolean) => void} tell whether the browser waits for a click before it plays
   */
  constructor(place, devices, tell) {
    this.place = place;
    this.devices = devices;
    this.tell = tell;
    devices.subscribe(() => {
      for (const voice of this.#voices.values()) this.#route(voice);
    });
  }

  /** @param {Map<string, MediaStreamTrack>} tracks by person: these are heard, and no others */
  play(tracks) {
    for (const [person, voice] of this.#voices) {
      if (tracks.has(person)) continue;
      voice.srcObject = null;
      voice.remove();
      this.#voices.delete(person);
    }
    for (const [person, track] of tracks) {
      const voice = this.#voices.get(person) ?? this.#add(person);
      const now = /** @type {MediaStream|null} */ (voice.srcObject)?.getAudioTracks()[0];
      if (now === track) continue;
      voice.srcObject = new MediaStream([track]);
      this.#start(voice);
    }
    if (tracks.size === 0) this.#setBlocked(false);
  }

  /** After a click: the browser lets us play now. */
  async unblock() {
    this.#setBlocked(false);
    await Promise.all([...this.#voices.values()].map((voice) => this.#start(voice)));
  }

  /** @param {string} person */
  #add(person) {
    const voice = document.createElement("audio");
    voice.autoplay = true;
    voice.dataset.voice = person;
    this.#voices.set(person, voice);
    this.place.append(voice);
    this.#route(voice);
    return voice;
  }

  /** @param {HTMLAudioElement} voice */
  async #start(voice) {
    try {
      await voice.play();
    } catch (error) {
      if (/** @type {any} */ (error)?.name === "NotAllowedError") this.#setBlocked(true);
    }
  }

  /** @param {HTMLAudioElement} voice */
  #route(voice) {
    const speaker = this.devices.chosen("audiooutput");
    if ("setSinkId" in voice && voice.sinkId !== speaker) voice.setSinkId(speaker).catch(() => {});
  }

  /** @param {boolean} blocked */
  #setBlocked(blocked) {
    if (this.#blocked === blocked) return;
    this.#blocked = blocked;
    this.tell(blocked);
  }
}
