// @ts-check
/** Which language the page is in: the link's `?lang=`, else the one chosen here, else the browser's. */
import { lasting } from "./storage.js";

/**
 * @typedef {object} Language
 * @property {string} name in the language itself; without one it is not offered
 * @property {"ltr"|"rtl"} direction
 * @property {string} catalogue the address of its sentences; English needs none
 * @property {string} [as] whose plurals, numbers and dates it has
 * @property {(sentence: string) => string} [pseudo] makes its sentences from the English ones
 */

const KEPT = "stagedoor.language";

/** @type {Record<string, Language>} by their tags (BCP 47) */
export const LANGUAGES = {
  en: { name: "English", direction: "ltr", catalogue: "" },
  de: { name: "Deutsch", direction: "ltr", catalogue: new URL("../locales/de.json", import.meta.url).pathname },
  // For tests: English in brackets and drawn out, from right to left.
  "en-XB": { name: "", direction: "rtl", catalogue: "", as: "en", pseudo: drawnOut },
};

const tag = find();

/** The page's language; `format` is for Intl: with the browser's region, if it has one for it. */
export const language = { tag, ...LANGUAGES[tag], format: formatOf(LANGUAGES[tag].as ?? tag) };

document.documentElement.lang = tag;
document.documentElement.dir = language.direction;

function find() {
  const wanted = [new URLSearchParams(location.search).get("lang") ?? "", lasting.get(KEPT)];
  const exact = wanted.find((one) => Object.hasOwn(LANGUAGES, one));
  if (exact) return exact;
  const offered = navigator.languages.map((one) => one.split("-")[0]);
  return offered.find((one) => Object.hasOwn(LANGUAGES, one)) ?? "en";
}

/** @param {string} base */
function formatOf(base) {
  return navigator.languages.find((one) => one.split("-")[0] === base) ?? base;
}

/** Have the page in another language: it is loaded anew. @param {string} chosen */
export function chooseLanguage(chosen) {
  lasting.set(KEPT, chosen);
  const address = new URL(location.href);
  address.searchParams.delete("lang");
  if (address.href === location.href) location.reload();
  else location.replace(address);
}

/** @param {string} sentence */
function drawnOut(sentence) {
  const long = sentence.replace(/\{\w+\}|[aeiou]/gi, (found) => (found.length > 1 ? found : found + found));
  return `⟦${long}⟧`;
}
