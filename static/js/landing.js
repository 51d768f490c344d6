// @ts-check
/** The front page: a link that was pasted leads to its room, if it is one of this server's. */
import "./page-words.js";
import { byId, setText } from "./dom.js";
import { t } from "./words.js";

const form = byId("link-form");
const field = byId("link");
const trouble = byId("link-trouble");

/** @param {string} text what was pasted: a link, or a room's id @returns {string} a path, or "" */
function pathOf(text) {
  if (/^[a-z0-9-]{1,40}$/.test(text)) return `/r/${text}${location.search}`;
  try {
    const url = new URL(text, location.origin);
    if (url.host === location.host && /^\/r\/[^/]+$/.test(url.pathname)) return url.pathname + (url.search || location.search) + url.hash;
  } catch {
    // Not a link.
  }
  return "";
}

form.addEventListener("submit", (/** @type {Event} */ event) => {
  event.preventDefault();
  const path = pathOf(field.value.trim());
  trouble.hidden = Boolean(path);
  setText(trouble, path ? "" : t("That is not a link to a room on {host}.", { host: location.host }));
  if (path) location.assign(path);
  else field.focus();
});
