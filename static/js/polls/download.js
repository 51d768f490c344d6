// @ts-check
/** @import {App} from "../types.js" */
import { el } from "../dom.js";
import { language } from "../language.js";
import { t, told } from "../words.js";

/**
 * Fetch a file that is for moderators alone, and have the browser save it. The session goes in a
 * header, so that it is in no address and no history.
 * @param {App} app @param {string} path under the room's address @param {string} name
 */
export async function download(app, path, name) {
  const room = encodeURIComponent(app.room);
  const headers = { Authorization: `Bearer ${app.session()}` };
  let problem = t("The file could not be fetched; please try again.");
  try {
    const response = await fetch(`/api/rooms/${room}/${path}?lang=${language.tag}`, { headers });
    if (response.ok) return save(await response.blob(), name);
    const refusal = await response.json();
    problem = refusal.sentence ? told(refusal) : problem;
  } catch {
    // Said below.
  }
  app.notices.say(problem, { tone: "warning", key: "download" });
}

/** @param {Blob} blob @param {string} name */
function save(blob, name) {
  const link = el("a", { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
