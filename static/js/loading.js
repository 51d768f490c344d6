// @ts-check
/**
 * Sees to it that the page comes whole. Not a module, so that it runs before any of them: where one
 * did not come, as when a phone changes its network, none of those that need it would run.
 */
(() => {
  const KEY = "stagedoor.loading";
  const WAITS = [1, 3, 9]; // seconds before the page is loaded again, time after time
  let failed = false;

  addEventListener("error", (event) => event.target instanceof Element && missing(event.target), true);
  addEventListener("load", () => failed || remember(0));

  /** @param {Element} node what did not come */
  function missing(node) {
    if (failed || !node.matches("script, link[rel=stylesheet]")) return;
    failed = true;
    const tries = remembered();
    if (tries < WAITS.length) setTimeout(again, WAITS[tries] * 1000, tries);
    else give();
  }

  /** Once the server answers. @param {number} tries */
  async function again(tries) {
    remember(tries + 1);
    try {
      await fetch(location.pathname, { method: "HEAD", cache: "no-store" });
      location.reload();
    } catch {
      if (tries + 1 < WAITS.length) setTimeout(again, WAITS[tries + 1] * 1000, tries + 1);
      else give();
    }
  }

  /** Say so, and leave it to the person. */
  function give() {
    remember(0);
    const [running, said] = ["loading-running", "loading-failed"].map((id) => document.getElementById(id));
    if (!running || !said) return;
    document.documentElement.dataset.words = "ready"; // in English where the words did not come
    running.hidden = true;
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
