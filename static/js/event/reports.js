// @ts-check
/** @import {App} from "../types.js" */
/** The run-down, the stage's times and the attendance: for moderators, as tables and as CSV. */
import { Modal } from "../dialogs.js";
import { button, el, setText } from "../dom.js";
import { language } from "../language.js";
import { download } from "../polls/download.js";
import { t, told } from "../words.js";
import { lasted, moment } from "./times.js";

/** @typedef {{name: string, since: number, until: number|null, up: string, up_by: string, down: string, down_by: string, spoke_ms: number, backstage: boolean}} Stay */
/** @typedef {{at: number, what: string, words: string, person_name: string, by_name: string, detail: string}} Happened */
/** @typedef {{name: string, entered_at: number, left_at: number|null, present_ms: number, stage_ms: number, spoke_ms: number, hands: number, messages: number, questions: number, votes: number, reactions: number}} Attended */

/**
 * @typedef {object} Plan
 * @property {string} name
 * @property {string} title
 * @property {string[]} head
 * @property {(row: any, now: number) => string[]} cells
 */

/** A decision with whoever took it. @param {string} what @param {string} by */
const decided = (what, by) => (by ? t("{what} by {name}", { what: told({ sentence: what }), name: by }) : told({ sentence: what }));

/** What was chosen, where that is a word of the protocol and not somebody's own. @type {Record<string, string>} */
const CHOSEN = {
  open: t("open"),
  request: t("by request"),
  invite: t("by invitation"),
  closed: t("closed"),
  lobby: t("lobby"),
  locked: t("locked"),
  host: t("host"),
  moderator: t("moderator"),
  attendee: t("attendee"),
  microphone: t("microphone"),
  camera: t("camera"),
  screen: t("screen"),
  approved: t("request approved"),
  invited: t("invited"),
  opened: t("stage opened"),
};
/** Of what the detail is such. */
const CHOICES = ["mode_set", "entry_set", "role_set", "device_set", "offer_made"];

/** @param {Happened} one */
function detail({ what, detail: said }) {
  return CHOICES.includes(what) ? (CHOSEN[said] ?? said) : said;
}

/** @type {Plan[]} */
const PLANS = [
  {
    name: "stage",
    title: t("On stage"),
    head: [t("Name"), t("From"), t("To"), t("For"), t("Spoke"), t("Where"), t("Went up"), t("Came down")],
    cells: (/** @type {Stay} */ one, now) => [
      one.name,
      moment(one.since),
      one.until === null ? t("now") : moment(one.until),
      lasted((one.until ?? now) - one.since),
      lasted(one.spoke_ms),
      one.backstage ? t("backstage") : t("on stage"),
      decided(one.up, one.up_by),
      one.down && decided(one.down, one.down_by),
    ],
  },
  {
    name: "rundown",
    title: t("What happened"),
    head: [t("Time"), t("Who"), t("What"), t("Whom"), t("Detail")],
    cells: (/** @type {Happened} */ one) => [
      moment(one.at),
      one.by_name,
      told({ sentence: one.words }),
      one.person_name === one.by_name ? "" : one.person_name,
      detail(one),
    ],
  },
  {
    name: "attendance",
    title: t("Attendance"),
    head: [t("Name"), t("Came"), t("Left"), t("Present"), t("On stage"), t("Spoke"), t("Hands"), t("Messages"), t("Questions"), t("Votes"), t("Reactions")],
    cells: (/** @type {Attended} */ one) => [
      one.name,
      moment(one.entered_at),
      one.left_at === null ? t("is here") : moment(one.left_at),
      ...[one.present_ms, one.stage_ms, one.spoke_ms].map(lasted),
      ...[one.hands, one.messages, one.questions, one.votes, one.reactions].map((number) => NUMBER.format(number)),
    ],
  },
];

const NUMBER = new Intl.NumberFormat(language.format);

/** Open the reports. @param {App} app */
export function openReports(app) {
  const { room } = app;
  let plan = PLANS[0];
  const say = el("p", { class: "quiet", role: "status" });
  const place = el("div", { class: "report", role: "region", tabIndex: 0 });

  const show = async () => {
    setText(say, t("Fetching…"));
    place.replaceChildren();
    const wanted = plan;
    const { rows, now, sentence, ...more } = await ask(app, `/api/rooms/${encodeURIComponent(room)}/reports/${wanted.name}.json`);
    if (wanted !== plan) return;
    place.setAttribute("aria-label", plan.title);
    place.replaceChildren(...(rows?.length ? [table(plan, rows, now)] : []));
    setText(say, sentence ? told({ sentence, ...more }) : rows.length ? "" : t("There is nothing yet."));
  };
  const radios = PLANS.map((one) =>
    el("input", {
      type: "radio",
      name: "report",
      value: one.name,
      checked: one === plan,
      onchange: () => {
        plan = one;
        show();
      },
    }),
  );
  const close = () => {
    modal.close();
    modal.node.remove();
  };
  const modal = new Modal(
    t("Run-down and attendance"),
    { class: "modal-wide", dismissed: close },
    el(
      "div",
      { class: "segments segments-3", role: "radiogroup", "aria-label": t("Report") },
      ...PLANS.map(({ title }, index) => el("label", { class: "segment" }, radios[index], el("span", {}, title))),
    ),
    say,
    place,
    el(
      "div",
      { class: "modal-actions" },
      button(t("Refresh"), show),
      button(t("Download CSV"), () => download(app, `reports/${plan.name}.csv`, `${room}-${plan.name}.csv`)),
      button(t("Close"), close, { kind: "primary" }),
    ),
  );
  modal.open();
  show();
}

/** @param {App} app @param {string} path @returns {Promise<any>} with `sentence` if it failed */
async function ask(app, path) {
  try {
    const response = await fetch(path, { headers: { Authorization: `Bearer ${app.session()}` } });
    return await response.json();
  } catch {
    return { sentence: t("The report could not be fetched; please try again.") };
  }
}

/** @param {Plan} plan @param {any[]} rows @param {number} now */
function table(plan, rows, now) {
  return el(
    "table",
    { class: `report-${plan.name}` },
    el("thead", {}, el("tr", {}, ...plan.head.map((one) => el("th", { scope: "col" }, one)))),
    el("tbody", {}, ...rows.map((row) => el("tr", {}, ...plan.cells(row, now).map((one) => el("td", { dir: "auto" }, one))))),
  );
}
