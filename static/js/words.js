// @ts-check
/**
 * A sentence of the page with its values filled in: `t("{name} is on stage", { name })`.
 * Sentences are written whole, never put together from parts, so that they can be translated.
 * @param {string} sentence
 * @param {Record<string, string|number>} [values]
 */
export function t(sentence, values = {}) {
  return sentence.replace(/\{(\w+)\}/g, (all, name) => String(values[name] ?? all));
}
