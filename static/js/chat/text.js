// @ts-check
import { el } from "../dom.js";

const LINK = /\bhttps?:\/\/[^\s<>"`{}|\\^]+/giu;
const TAIL = /[.,;:!?'’”)\]*_~]+$/u;
const INVISIBLE = /[\p{C}\p{Z}]/u;

/**
 * Somebody's text as nodes: plain text, and links to http and https addresses. No markup is read.
 * @param {string} text
 * @returns {(Node|string)[]}
 */
export function textNodes(text) {
  /** @type {(Node|string)[]} */
  const nodes = [];
  let end = 0;
  for (const found of text.matchAll(LINK)) {
    const typed = withoutTail(found[0]);
    const link = readLink(typed);
    if (!link) continue;
    nodes.push(text.slice(end, found.index), anchor(link));
    end = found.index + typed.length;
  }
  nodes.push(text.slice(end));
  return nodes.filter((one) => one !== "");
}

/** @param {{href: string, shown: string}} link */
function anchor({ href, shown }) {
  return el("a", { href, target: "_blank", rel: "noopener noreferrer", dir: "ltr" }, shown);
}

/** Punctuation after an address belongs to the sentence, a bracket only if it was not opened. @param {string} typed */
function withoutTail(typed) {
  let kept = typed;
  for (let tail = TAIL.exec(kept); tail; tail = TAIL.exec(kept)) {
    const last = kept[kept.length - 1];
    const open = { ")": "(", "]": "[" }[last];
    if (open && kept.split(open).length >= kept.split(last).length) break;
    kept = kept.slice(0, -1);
  }
  return kept;
}

/**
 * Where a link leads and how it is shown: as typed, unless that could pass for another address.
 * Then it is shown as the browser will use it, its host in punycode (RFC 3492), the rest escaped.
 * Null for what is no address, or hides its host behind a name and password.
 * @param {string} typed
 */
export function readLink(typed) {
  let url;
  try {
    url = new URL(typed);
  } catch {
    return null;
  }
  if (!["http:", "https:"].includes(url.protocol) || url.username || url.password) return null;
  const asTyped = typed.toLowerCase().startsWith(`${url.protocol}//${url.host}`) && !INVISIBLE.test(typed);
  return { href: url.href, shown: asTyped ? typed : url.href };
}
