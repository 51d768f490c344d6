// @ts-check
/**
 * Sees to it that the page comes whole. Not a module, so that it runs before any of them: where one
 * did not come, as when a phone changes its network, none of those that need it would run. Nor do
 * they where one is of another version than the next, as when the server is replaced meanwhile.
 */
(() => {
  const KEY = "stagedoor.loading";
  const WAITS = [1, 3, 9]; // seconds before something is loaded again, time after time
  let failed = false;

  addEventListener("error", missing, true);
  addEventListener("load", () => failed || remember(0));

  /** @param {ErrorEvent} event of what did not come, or does not fit the rest */
  function missing({ target, error }) {
    if (target instanceof HTMLLinkElement) return target.rel === "stylesheet" && style(target);
    const unfit = error instanceof SyntaxError && document.readyState !== "complete";
    if (failed || !(unfit || target instanceof HTMLScriptElement)) return;
    failed = true;
    const tries = remembered();
    if (tries < WAITS.length) setTimeout(again, WAITS[tries] * 1000, tries);
    else give();
  }

  /** Load a stylesheet alone again: the page works, and keeps what is typed. @param {HTMLLinkElement} link */
  function style(link) {
    const tries = Number(link.dataset.tries ?? 0);
    if (tries === WAITS.length) return;
    const next = /** @type {HTMLLinkElement} */ (link.cloneNode());
    next.dataset.tries = String(tries + 1);
    setTimeout(() => link.replaceWith(next), WAITS[tries] * 1000);
  }

  /** Once the server answers. @param {number} tries */
  async function again(tries) {
    remember(tries + 1);
    try {
      const { status } = await fetch(location.pathname, { method: "HEAD", cache: "no-store" });
      if (status === 429 || status >= 500) throw new Error(); // a proxy alone, or it is too much
      location.reload();
    } catch {
      if (tries + 1 < WAITS.length) setTimeout(again, WAITS[tries + 1] * 1000, tries + 1);
      else give();
    }
  }

  /** Say so, and leave it to the person. */
  function give() {
    remember(0);
    document.documentElement.dataset.words = "ready"; // in English where the words did not come
    const said = document.getElementById("loading-failed");
    if (!said) return; // what is there works without scripts
    for (const node of document.querySelectorAll("[data-whole]")) node.toggleAttribute("hidden", true);
    said.hidden = false;
    document.getElementById("loading-again")?.addEventListener("click", () => location.reload());
  }

  function remembered() {
    try {
      return Number(sessionStorage.getItem(KEY) ?? 0);
    } catch {
      return WAITS.length; // nothing can be kept here, and it must not go on for ever
    }
  }

  /** @param {number} tries */
  function remember(tries) {
    try {
      sessionStorage.setItem(KEY, String(tries));
    } catch {
      // Nothing can be kept here.
    }
  }
})();
