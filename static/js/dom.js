// @ts-check
/** The few things needed to make elements; text always goes in as text. */

const SVG = "http://www.w3.org/2000/svg";
const ICONS = new URL("../icons.svg", import.meta.url).pathname;
/** Symbols that point along the line: they turn round where one reads from right to left. */
const POINTING = new Set(["back", "reply", "send", "out", "speaker"]);

/**
 * Make an element. Keys of `props`: `class`, `on…` listeners, `data-…`/`aria-…` and other names
 * with a hyphen as attributes, the rest as properties. False and null children are left out.
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Record<string, any>} [props]
 * @param {...(Node|string|false|null|undefined)} children
 * @returns {HTMLElementTagNameMap[T]}
 */
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(props)) {
    if (value === undefined || value === null) continue;
    if (key === "class") node.className = value;
    else if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (key.includes("-") || key === "role" || key === "for") node.setAttribute(key, value);
    else /** @type {any} */ (node)[key] = value;
  }
  node.append(.../** @type {(Node|string)[]} */ (children.filter((one) => one || one === "")));
  return node;
}

/**
 * A symbol of icons.svg, for decoration: the text beside it, or the label, says the same.
 * @param {string} name
 */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", POINTING.has(name) ? "icon icon-pointing" : "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `${ICONS}#${name}`);
  svg.append(use);
  return svg;
}

/**
 * @param {string} label
 * @param {() => void} press
 * @param {{icon?: string, kind?: string, class?: string, title?: string}} [more]
 */
export function button(label, press, more = {}) {
  const kind = more.kind ? `button-${more.kind}` : "";
  return el(
    "button",
    { type: "button", class: `button ${kind} ${more.class ?? ""}`.trim(), title: more.title, onclick: press },
    more.icon ? icon(more.icon) : null,
    el("span", { class: "label" }, label),
  );
}

/** A number on a button or tab; `setBadge` fills it. */
export function badge() {
  const number = el("span", { class: "badge", "aria-hidden": "true" });
  return el("span", { class: "badge-box", hidden: true }, number, el("span", { class: "only-read-out" }));
}

/**
 * Show the number in the badge of a button or tab, which becomes a part of its name; nothing for 0.
 * @param {Element|null} node
 * @param {number} number
 * @param {string} words the number in words, as "3 unread"
 */
export function setBadge(node, number, words) {
  const box = /** @type {HTMLElement|null|undefined} */ (node?.querySelector(".badge-box"));
  if (!box) return;
  box.hidden = number === 0;
  setText(box.children[0], number > 999 ? "999+" : String(number));
  setText(box.children[1], words);
}

/**
 * Bring `parent`'s children in line with `items`, keeping the elements of those that stay, so that
 * focus and running pictures survive.
 * @template I
 * @param {Element} parent
 * @param {I[]} items
 * @param {(item: I) => string} key
 * @param {(item: I) => HTMLElement} make
 * @param {(node: any, item: I) => void} update
 */
export function keyed(parent, items, key, make, update) {
  const old = new Map(
    /** @type {HTMLElement[]} */ ([...parent.children]).map((node) => [node.dataset.key ?? "", node]),
  );
  /** @type {Element|null} */
  let before = null;
  for (const item of items) {
    const id = key(item);
    let node = old.get(id);
    if (node) old.delete(id);
    else {
      node = make(item);
      node.dataset.key = id;
    }
    update(node, item);
    /** @type {Element|null} */
    const place = before ? before.nextElementSibling : parent.firstElementChild;
    if (place !== node) parent.insertBefore(node, place);
    before = node;
  }
  for (const node of old.values()) node.remove();
}

/**
 * Set an element's text only if it differs, so that nothing is read out twice.
 * @param {Element} node
 * @param {string} text
 */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/**
 * The element of this id, which the page must have.
 * @param {string} id
 * @returns {any}
 */
export function byId(id) {
  const node = document.getElementById(id);
  if (!node) throw new Error(`the page has no #${id}`);
  return node;
}

/**
 * Run `draw` at the next frame, once however often it is asked for; in hidden pages, where there
 * are no frames, a little later.
 * @param {() => void} draw
 * @returns {() => void}
 */
export function atNextFrame(draw) {
  let waiting = false;
  const run = () => {
    if (!waiting) return;
    waiting = false;
    draw();
  };
  return () => {
    if (waiting) return;
    waiting = true;
    if (document.visibilityState === "visible") requestAnimationFrame(run);
    setTimeout(run, 200);
  };
}
