// @ts-check
import { el } from "./dom.js";
import { t } from "./words.js";

/** How loud the microphone is, while it is on. What it hears stays in this page. */
export class Meter {
  /** @type {AudioContext|null} */
  #context = null;
  /** @type {MediaStreamTrack|null} */
  #track = null;
  #frame = 0;

  constructor() {
    this.level = el("div", { class: "meter-level" });
    this.node = el("div", { class: "meter", role: "img", "aria-label": t("Microphone level") }, this.level);
    this.#set(0);
  }

  /** @param {MediaStreamTrack|null} track null stops */
  listen(track) {
    if (track === this.#track) return;
    this.stop();
    if (!track) return;
    this.#track = track;
    const context = new AudioContext();
    this.#context = context;
    const analyser = context.createAnalyser();
    analyser.fftSize = 1024;
    context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    let shown = 0;
    const look = () => {
      analyser.getFloatTimeDomainData(samples);
      const power = samples.reduce((sum, one) => sum + one * one, 0) / samples.length;
      // -60 dB full scale is nothing, 0 dB is all of the bar.
      const now = power > 0 ? Math.max(0, 1 + (10 * Math.log10(power)) / 60) : 0;
      shown = Math.max(now, shown * 0.9);
      this.#set(shown);
      this.#frame = requestAnimationFrame(look);
    };
    look();
  }

  stop() {
    cancelAnimationFrame(this.#frame);
    this.#context?.close();
    this.#context = null;
    this.#track = null;
    this.#set(0);
  }

  /** @param {number} level 0 to 1 */
  #set(level) {
    this.level.style.transform = `scaleX(${level.toFixed(3)})`;
    this.node.dataset.level = level.toFixed(2);
  }
}

/** A short, soft tone on the chosen speaker. @param {string} speaker an id, or "" */
export async function testSound(speaker) {
  const context = new AudioContext();
  const tone = context.createOscillator();
  const volume = context.createGain();
  const out = context.createMediaStreamDestination();
  const audio = new Audio();
  audio.srcObject = out.stream;
  if (speaker && "setSinkId" in audio) await audio.setSinkId(speaker);
  tone.frequency.value = 523;
  volume.gain.setValueAtTime(0, context.currentTime);
  volume.gain.linearRampToValueAtTime(0.2, context.currentTime + 0.05);
  volume.gain.linearRampToValueAtTime(0, context.currentTime + 0.7);
  tone.connect(volume).connect(out);
  tone.start();
  tone.stop(context.currentTime + 0.8);
  tone.onended = () => setTimeout(() => context.close(), 300);
  await audio.play();
}
