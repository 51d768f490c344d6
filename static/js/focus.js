// @ts-check
/**
 * Keeps the focus where somebody is at work when what has it disappears: a row that has been dealt
 * with, a button that gave way to another, a window, a whole view.
 */

/** What is gone to by itself; no text fields, which open a phone's keyboard. */
const USABLE = "button, a[href], select, summary, input[type=checkbox], input[type=radio]";
/** What can take the focus itself where nothing in it can. */
const PLACES = "section, article, main, aside, dialog, [role=tabpanel]";
const REMEMBERED = 8;

/** @typedef {{parent: Element, child: Element, index: number}} Step */
/** @typedef {{node: HTMLElement, steps: Step[]}} Trail an element, and its way up to the body */

/** @type {Trail[]} where the focus was, the latest last */
const trails = [];
/** Somebody has pressed beside everything: the focus is nowhere, as they want it. */
let released = false;

/** Begin to look after it. */
export function keepFocus() {
  document.addEventListener("focusin", (event) => {
    released = false;
    remember(/** @type {HTMLElement} */ (event.target));
  });
  document.addEventListener("pointerdown", () => (released = true), true);
  // A key that is held down presses one button, not those that come after it as well.
  document.addEventListener("keydown", (event) => {
    const button = /** @type {Element|null} */ (event.target)?.closest?.("button");
    if (event.repeat && event.key === "Enter" && button) event.preventDefault();
  });
  const what = { subtree: true, childList: true, attributes: true, attributeFilter: ["hidden", "disabled", "open"] };
  new MutationObserver(look).observe(document.body, what);
}

/** @param {MutationRecord[]} changes */
function look(changes) {
  const active = /** @type {HTMLElement|null} */ (document.activeElement);
  if (active && active !== document.body && !gone(active)) return remember(active);
  const last = trails.at(-1);
  if (released || !last) return;
  if (gone(last.node)) {
    // While the connection is lost, buttons wait for it as one does.
    const waits = last.node.matches(":disabled") && last.node.checkVisibility() && document.body.dataset.status !== "open";
    if (!waits) refuge()?.focus();
  } else if (changes.some((one) => [...one.removedNodes].some((node) => node.contains(last.node))) || last.node === active) {
    last.node.focus({ preventScroll: true }); // it was moved
  }
}

/** @param {HTMLElement} node */
const gone = (node) => !node.isConnected || !node.checkVisibility() || node.matches(":disabled");

/** @param {HTMLElement} node */
function remember(node) {
  if (trails.at(-1)?.node === node) trails.pop();
  /** @type {Step[]} */
  const steps = [];
  for (let child = /** @type {Element} */ (node); child.parentElement && child.parentElement !== document.body; child = child.parentElement) {
    steps.push({ parent: child.parentElement, child, index: [...child.parentElement.children].indexOf(child) });
  }
  trails.push({ node, steps });
  if (trails.length > REMEMBERED) trails.shift();
}

/** Where to go: nearest to where one was, else where one was before that, else to the view's title. */
function refuge() {
  for (const { node, steps } of trails.toReversed()) {
    if (!gone(node)) return node;
    const found = nearest(node, steps);
    if (found) return found;
  }
  return focusable(document.querySelector("main:not([hidden]) h1, #room:not([hidden]) h1"));
}

/** @param {HTMLElement} node @param {Step[]} steps @returns {HTMLElement|null} */
function nearest(node, steps) {
  for (const { parent, child, index } of steps) {
    if (parent.id === "room" || !parent.isConnected || !parent.checkVisibility()) continue;
    const place = usable(child).indexOf(node);
    const children = [...parent.children];
    const near = children.map((_, at) => at).sort((a, b) => Math.abs(a - index) - Math.abs(b - index) || b - a);
    for (const at of near) {
      const all = usable(children[at]);
      const found = [all[place], ...all].find((one) => one && one.tabIndex >= 0 && !gone(one));
      if (found) return found;
    }
    if (parent.matches(PLACES)) return focusable([...parent.querySelectorAll("h1, h2, h3")].find((one) => one.checkVisibility()) ?? parent);
  }
  return null;
}

/** What can be used in an element, itself included, whether it is shown or not. @param {Element} node */
function usable(node) {
  const within = /** @type {HTMLElement[]} */ ([...node.querySelectorAll(USABLE)]);
  return node.matches(USABLE) ? [/** @type {HTMLElement} */ (node), ...within] : within;
}

/** @param {Element|null} node */
function focusable(node) {
  if (!(node instanceof HTMLElement)) return null;
  node.tabIndex = -1;
  return node;
}
