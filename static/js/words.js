// @ts-check
/**
 * The page's sentences in its language. They are written in English where they are used, whole,
 * never put together from parts; `static/locales` has a catalogue for each other language. This
 * module waits for the catalogue, and so does every module that imports it: text is never shown in
 * two languages one after the other.
 */
import { language } from "./language.js";

/** @typedef {string|Partial<Record<Intl.LDMLPluralRule, string>>} Entry a sentence, or one for each plural form */
/** @typedef {Record<string, string|number>} Values */

/** Letters that are written from right to left. */
const RIGHT_TO_LEFT = /[\u0590-\u08FF\uFB1D-\uFDFF\uFE70-\uFEFC]/;

/** @type {Record<string, Entry>} by the English sentence */
const catalogue = language.catalogue ? await read(language.catalogue) : {};
const NUMBER = new Intl.NumberFormat(language.format);
const PLURAL = new Intl.PluralRules(language.format);
const ENGLISH_PLURAL = new Intl.PluralRules("en");

/**
 * A sentence with its values filled in, numbers as the language writes them:
 * `t("{name} is on stage", { name })`.
 * @param {string} sentence
 * @param {Values} [values]
 */
export function t(sentence, values = {}) {
  const found = catalogue[sentence];
  return fill(typeof found === "string" ? found : sentence, values);
}

/**
 * A sentence about so many: `tn(number, "{count} person", "{count} people")`. The catalogue has it
 * under the second form, with a sentence for each plural form of its language.
 * @param {number} count
 * @param {string} one
 * @param {string} other
 * @param {Values} [values]
 */
export function tn(count, one, other, values = {}) {
  const found = catalogue[other];
  const forms = typeof found === "object" ? found : null;
  const english = ENGLISH_PLURAL.select(count) === "one" ? one : other;
  return fill(forms?.[PLURAL.select(count)] ?? forms?.other ?? english, { count, ...values });
}

/**
 * What the server says: its sentence, or what that was made from, where it has values; of these
 * `what` is a sentence itself (docs/protocol.md).
 * @param {{sentence: string, template?: string, values?: Values}} said
 */
export function told({ sentence, template, values = {} }) {
  const { what } = values;
  return t(template || sentence, typeof what === "string" ? { ...values, what: t(what) } : values);
}

/** @param {string} sentence @param {Values} values */
function fill(sentence, values) {
  const { pseudo } = language;
  return (pseudo ? pseudo(sentence) : sentence).replace(/\{(\w+)\}/g, (all, name) => {
    const value = values[name];
    if (value === undefined) return all;
    return typeof value === "number" ? NUMBER.format(value) : isolated(value);
  });
}

/** A text that may run the other way than the page does, kept from mixing with it (UAX 9). @param {string} text */
function isolated(text) {
  return language.direction === "rtl" || RIGHT_TO_LEFT.test(text) ? `\u2068${text}\u2069` : text;
}

/** @param {string} address @returns {Promise<Record<string, Entry>>} nothing if it cannot be had: English, then */
async function read(address) {
  try {
    const response = await fetch(address);
    if (response.ok) return await response.json();
  } catch {
    // Said below.
  }
  console.warn(`words: ${address} could not be fetched`);
  return {};
}
