// @ts-check
/** @import {SubscribeOffer, TracksChanged} from "../types.js" */
import { Refused } from "../connection.js";
import { watchOver } from "./health.js";

/** @typedef {{person: string, kind: "audio"|"video"|"screen", track: MediaStreamTrack}} Received */

/**
 * Receiving the stage: answers the server's offers on one RTCPeerConnection and tells whose track
 * is whose. Offers are taken one at a time, and only the newest counts. Whose the tracks are may
 * change without another offer, and while one is being answered.
 */
export class Subscriber {
  /** @type {RTCPeerConnection|null} */
  #connection = null;
  /** The one that waits. @type {SubscribeOffer|null} */
  #newest = null;
  /** The one that is or was answered last. @type {SubscribeOffer|null} */
  #taken = null;
  #busy = false;
  #retry = 0;
  /** The server's, as the last welcome named them. @type {RTCIceServer[]} */
  iceServers = [];
  /** Counts up when all begins anew, so that what is still under way is dropped. */
  #life = 0;

  /**
   * @param {(type: string, fields?: object) => Promise<any>} send
   * @param {(tracks: Received[], negotiated: boolean) => void} received
   */
  constructor(send, received) {
    this.send = send;
    this.received = received;
  }

  /** Begin, or begin again. */
  async watch() {
    clearTimeout(this.#retry);
    this.#life += 1;
    this.#newest = null;
    const life = this.#life;
    try {
      await this.send("watch");
    } catch (error) {
      // After a lost connection, and when the engine restarts, others begin again.
      if (!(error instanceof Refused) || error.code === "lost" || life !== this.#life) return;
      this.#retry = setTimeout(() => this.watch(), 3000);
    }
  }

  /** Stop receiving. */
  close() {
    clearTimeout(this.#retry);
    this.#life += 1;
    this.#newest = null;
    this.#connection?.close();
    this.#connection = null;
    this.#taken = null;
    this.received([], false);
  }

  /** @param {SubscribeOffer} offer */
  async take(offer) {
    this.#newest = this.#newest?.fresh ? { ...offer, fresh: true } : offer;
    if (this.#busy) return;
    this.#busy = true;
    try {
      while (this.#newest) {
        const next = this.#newest;
        this.#newest = null;
        await this.#answer(next);
      }
    } finally {
      this.#busy = false;
    }
  }

  /**
   * The m-lines of the newest offer are others' now, at once: their pictures are on their way.
   * @param {TracksChanged} changed
   */
  change({ revision, tracks }) {
    const newest = this.#newest ?? this.#taken;
    if (newest?.revision !== revision) return;
    newest.tracks = tracks;
    if (newest === this.#taken) this.#tell(newest, false);
  }

  /** @param {SubscribeOffer} offer */
  async #answer(offer) {
    const life = this.#life;
    this.#taken = offer;
    try {
      if (offer.fresh || !this.#connection) this.#renew();
      else this.#tell(offer, false);
      const connection = /** @type {RTCPeerConnection} */ (this.#connection);
      await connection.setRemoteDescription({ type: "offer", sdp: offer.sdp });
      await connection.setLocalDescription(await connection.createAnswer());
      if (life !== this.#life) return;
      const sdp = connection.localDescription?.sdp ?? "";
      this.#tell(offer, true);
      await this.send("subscribe_answer", { revision: offer.revision, sdp });
    } catch (error) {
      const code = error instanceof Refused ? error.code : "";
      if (life !== this.#life || ["lost", "stale_answer", "media_down"].includes(code)) return;
      console.warn("receiving: the offer could not be answered, beginning again", error);
      this.#connection?.close();
      this.#connection = null;
      this.#retry = setTimeout(() => this.watch(), 1000);
    }
  }

  #renew() {
    this.#connection?.close();
    const connection = new RTCPeerConnection({ bundlePolicy: "max-bundle", iceServers: this.iceServers });
    this.#connection = connection;
    watchOver(connection, () => connection === this.#connection && this.watch());
  }

  /** @param {SubscribeOffer} offer @param {boolean} negotiated */
  #tell(offer, negotiated) {
    const known = this.#connection?.getTransceivers() ?? [];
    const byMid = new Map(known.map((one) => [one.mid, one.receiver.track]));
    const received = offer.tracks.flatMap(({ mid, person, kind }) => {
      const track = byMid.get(mid);
      return track ? [{ person, kind, track }] : [];
    });
    this.received(received, negotiated);
  }
}
