// @ts-check
import { Refused } from "../connection.js";
import { SCREEN_FRAMES } from "../screen.js";
import { watchOver } from "./health.js";

const VIDEO_BITS = 1_200_000; // a second, at most
const SCREEN_BITS = 2_500_000;
const AUDIO_BITS = 40_000;
const RETRY = 2000;
/** In the order of the m-lines. @type {("audio"|"video"|"screen")[]} */
const KINDS = ["audio", "video", "screen"];

/**
 * Sending to the stage over an RTCPeerConnection of its own, made when one goes on stage. All
 * m-lines are there from the start; what they carry is set by `carry`, without renegotiation.
 */
export class Publisher {
  /** @type {RTCPeerConnection|null} */
  #connection = null;
  /** @type {Record<"audio"|"video"|"screen", MediaStreamTrack|null>} */
  #tracks = { audio: null, video: null, screen: null };
  #retry = 0;

  /** @param {(type: string, fields?: object) => Promise<any>} send */
  constructor(send) {
    this.send = send;
  }

  get running() {
    return this.#connection !== null || this.#retry !== 0;
  }

  /** Begin, or begin again, with the tracks that are carried. */
  async start() {
    this.#hangUp();
    const connection = new RTCPeerConnection({ bundlePolicy: "max-bundle" });
    this.#connection = connection;
    watchOver(connection, () => connection === this.#connection && this.start());
    try {
      this.#addLines(connection);
      await this.#carryAll();
      await connection.setLocalDescription(await connection.createOffer());
      const sdp = connection.localDescription?.sdp;
      const answer = await this.send("publish", { sdp });
      if (connection !== this.#connection) return;
      await connection.setRemoteDescription({ type: "answer", sdp: answer.sdp });
    } catch (error) {
      if (connection !== this.#connection) return;
      this.#hangUp();
      const code = error instanceof Refused ? error.code : "";
      // Without a seat, or without a connection, whoever knows more starts it again.
      if (code === "no_seat" || code === "lost") return;
      if (!code) console.warn("sending: could not be set up, trying again", error);
      this.#retry = setTimeout(() => this.start(), RETRY);
    }
  }

  /** Stop sending, at once. */
  stop() {
    this.#hangUp();
    this.#tracks = { audio: null, video: null, screen: null };
  }

  /**
   * What to send from now on; null sends nothing.
   * @param {"audio"|"video"|"screen"} kind
   * @param {MediaStreamTrack|null} track
   */
  async carry(kind, track) {
    if (this.#tracks[kind] === track) return;
    this.#tracks[kind] = track;
    await this.#carryAll();
  }

  #hangUp() {
    clearTimeout(this.#retry);
    this.#retry = 0;
    this.#connection?.close();
    this.#connection = null;
  }

  /** @param {RTCPeerConnection} connection */
  #addLines(connection) {
    const audio = { maxBitrate: AUDIO_BITS };
    const video = { maxBitrate: VIDEO_BITS };
    const screen = { maxBitrate: SCREEN_BITS, maxFramerate: SCREEN_FRAMES };
    connection.addTransceiver("audio", { direction: "sendonly", sendEncodings: [audio] });
    connection.addTransceiver("video", { direction: "sendonly", sendEncodings: [video] });
    connection.addTransceiver("video", { direction: "sendonly", sendEncodings: [screen] });
  }

  async #carryAll() {
    const senders = this.#connection?.getSenders() ?? [];
    for (const [index, kind] of KINDS.entries()) {
      const sender = senders[index];
      if (sender && sender.track !== this.#tracks[kind]) await sender.replaceTrack(this.#tracks[kind]);
    }
  }
}
