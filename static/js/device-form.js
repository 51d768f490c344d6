// @ts-check
/** @import {App} from "./types.js" */
/** @import {Plugged} from "./capture.js" */
/** @import {DeviceKind} from "./devices.js" */
import { button, el, icon, setText } from "./dom.js";
import { canChooseSpeaker, DeviceError } from "./devices.js";
import { Meter, testSound } from "./meter.js";
import { t } from "./words.js";

/** @type {Record<Plugged, {kind: DeviceKind, title: string, usual: string}>} */
const DEVICES = {
  camera: { kind: "videoinput", title: t("Camera"), usual: t("Default camera") },
  microphone: { kind: "audioinput", title: t("Microphone"), usual: t("Default microphone") },
};

/**
 * Camera, microphone and speaker: switches, choices, preview and level. Used by the ready window
 * and, on stage, by the device settings; `turn` is what a switch does there.
 */
export class DeviceForm {
  /** @type {Record<Plugged, {toggle: HTMLButtonElement, select: HTMLSelectElement, trouble: HTMLElement}>} */
  rows;

  /**
   * @param {App} app
   * @param {(device: Plugged, on: boolean) => Promise<void>} turn rejects with DeviceError
   */
  constructor(app, turn) {
    this.app = app;
    this.turn = turn;
    this.meter = new Meter();
    this.video = el("video", { autoplay: true, playsInline: true, muted: true, "aria-label": t("Your camera's picture") });
    this.dark = el("p", { class: "preview-off" }, icon("camera-off"), el("span", {}, t("Your camera is off")));
    this.rows = { camera: this.#row("camera"), microphone: this.#row("microphone") };
    this.speaker = el("select", { id: uid("speaker"), onchange: () => app.devices.choose("audiooutput", this.speaker.value) });
    this.speakerRow = el(
      "div",
      { class: "device" },
      el("label", { for: this.speaker.id }, t("Speaker")),
      this.speaker,
      button(t("Test"), () => testSound(app.devices.chosen("audiooutput")).catch(() => {}), { icon: "speaker", class: "button-small", title: t("Play a short tone") }),
    );
    this.node = el(
      "div",
      { class: "device-form" },
      el("div", { class: "preview" }, this.video, this.dark),
      el("div", { class: "device-rows" }, this.#rowNode("camera"), this.#rowNode("microphone"), this.speakerRow),
    );
    app.devices.subscribe(() => this.draw());
    app.capture.subscribe(() => this.draw());
    this.shown = false;
  }

  /** Begin to show what the devices give. */
  start() {
    this.shown = true;
    for (const row of Object.values(this.rows)) this.#say(row.trouble, "");
    this.app.devices.refresh();
    this.draw();
  }

  stop() {
    this.shown = false;
    this.meter.stop();
    this.video.srcObject = null;
  }

  draw() {
    if (!this.shown) return;
    const { capture, devices } = this.app;
    const { camera, microphone } = capture.tracks;
    const now = /** @type {MediaStream|null} */ (this.video.srcObject)?.getVideoTracks()[0] ?? null;
    if (now !== camera) this.video.srcObject = camera ? new MediaStream([camera]) : null;
    this.video.hidden = camera === null;
    this.dark.hidden = camera !== null;
    this.meter.listen(capture.live("microphone") ? microphone : null);
    for (const device of /** @type {Plugged[]} */ (["camera", "microphone"])) {
      const { toggle, select, trouble } = this.rows[device];
      const on = capture.live(device);
      toggle.setAttribute("aria-checked", String(on));
      toggle.dataset.word = on ? t("On") : t("Off");
      const { kind, usual } = DEVICES[device];
      // While it is open, what is used is shown, even if it was the browser's own choice.
      const used = capture.tracks[device]?.getSettings().deviceId ?? "";
      fill(select, devices.known[kind], used || devices.chosen(kind), usual);
      if (on) this.#say(trouble, "");
    }
    fill(this.speaker, devices.known.audiooutput, devices.chosen("audiooutput"), t("Default speaker"));
    this.speakerRow.hidden = !canChooseSpeaker();
  }

  /** @param {Plugged} device */
  #row(device) {
    const { kind, title } = DEVICES[device];
    const select = el("select", {
      id: uid(device),
      onchange: () => {
        this.app.devices.choose(kind, select.value);
        const open = this.app.capture.tracks[device] !== null;
        if (open && this.app.capture.live(device)) this.#try(device, () => this.app.capture.open(device));
        else this.app.capture.close(device);
      },
    });
    const toggle = el(
      "button",
      {
        type: "button",
        class: "switch",
        role: "switch",
        "aria-checked": "false",
        "aria-label": title,
        onclick: () => {
          const on = !this.app.capture.live(device);
          this.#try(device, () => this.turn(device, on));
        },
      },
      el("span", { class: "switch-knob", "aria-hidden": "true" }),
    );
    return { select, toggle, trouble: el("p", { class: "trouble", role: "alert", hidden: true }) };
  }

  /** @param {Plugged} device */
  #rowNode(device) {
    const { select, toggle, trouble } = this.rows[device];
    return el(
      "div",
      { class: "device", "data-device": device },
      el("label", { for: select.id }, DEVICES[device].title),
      select,
      toggle,
      device === "microphone" ? this.meter.node : null,
      trouble,
    );
  }

  /** @param {Plugged} device @param {() => Promise<any>} doing */
  async #try(device, doing) {
    const { trouble, toggle } = this.rows[device];
    this.#say(trouble, "");
    toggle.setAttribute("aria-busy", "true");
    try {
      await doing();
    } catch (error) {
      if (!(error instanceof DeviceError)) throw error;
      this.#say(trouble, error.message);
    } finally {
      toggle.removeAttribute("aria-busy");
      this.draw();
    }
  }

  /** @param {HTMLElement} trouble @param {string} text */
  #say(trouble, text) {
    trouble.hidden = !text;
    setText(trouble, text);
  }
}

let uids = 0;
/** @param {string} name */
const uid = (name) => `${name}-${++uids}`;

/**
 * @param {HTMLSelectElement} select
 * @param {{id: string, label: string}[]} choices
 * @param {string} chosen
 * @param {string} usual the name of the browser's own choice
 */
function fill(select, choices, chosen, usual) {
  const options = [{ id: "", label: usual }, ...choices.filter((one) => one.id !== "default")];
  const same = options.length === select.options.length && options.every(({ id, label }, i) => select.options[i].value === id && select.options[i].text === label);
  if (!same) select.replaceChildren(...options.map(({ id, label }) => el("option", { value: id }, label)));
  const shown = options.some(({ id }) => id === chosen) ? chosen : "";
  if (select.value !== shown) select.value = shown;
}
