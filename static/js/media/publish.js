// @ts-check
import { Refused } from "../connection.js";
import { SCREEN_FRAMES } from "../screen.js";
import { watchOver } from "./health.js";

/**
 * The camera is sent in three sizes, the smallest first, so that everybody gets what they show and
 * can take. Bits a second, at most.
 * @type {RTCRtpEncodingParameters[]}
 */
const LAYERS = [
  { rid: "q", scaleResolutionDownBy: 4, maxBitrate: 150_000 },
  { rid: "h", scaleResolutionDownBy: 2, maxBitrate: 500_000 },
  { rid: "f", scaleResolutionDownBy: 1, maxBitrate: 1_500_000 },
];
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
  /** The server's, as the last welcome named them. @type {RTCIceServer[]} */
  iceServers = [];

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
    const connection = new RTCPeerConnection({ bundlePolicy: "max-bundle", iceServers: this.iceServers });
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

  /**
   * What is of use of one that is sent in layers: for each the most bits a second, 0 for nothing.
   * @param {"audio"|"video"|"screen"} kind
   * @param {number[]} bits
   */
  async need(kind, bits) {
    const connection = this.#connection;
    const sender = connection?.getSenders()[KINDS.indexOf(kind)];
    const parameters = sender?.getParameters();
    if (!sender || parameters?.encodings?.length !== bits.length) return;
    parameters.encodings.forEach((one, index) => {
      one.active = bits[index] > 0;
      if (one.active) one.maxBitrate = bits[index];
    });
    try {
      await sender.setParameters(parameters);
    } catch (error) {
      // Told twice in a row: the parameters are others by now. It is told again if need be.
      if (connection === this.#connection) console.warn("sending: layers were not changed", error);
    }
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
    const screen = { maxBitrate: SCREEN_BITS, maxFramerate: SCREEN_FRAMES };
    connection.addTransceiver("audio", { direction: "sendonly", sendEncodings: [audio] });
    connection.addTransceiver("video", { direction: "sendonly", sendEncodings: LAYERS });
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
