// @ts-check
/** What the browser keeps for us. It may refuse to (private windows, full disk): then nothing is kept. */

/**
 * @param {Storage|undefined} storage
 */
function keeper(storage) {
  return {
    /** @param {string} key @returns {string} */
    get(key) {
      try {
        return storage?.getItem(key) ?? "";
      } catch {
        return "";
      }
    },
    /** @param {string} key @param {string} value */
    set(key, value) {
      try {
        if (value) storage?.setItem(key, value);
        else storage?.removeItem(key);
      } catch {
        // Not kept; the page works without.
      }
    },
  };
}

/** @param {"localStorage"|"sessionStorage"} name */
function open(name) {
  try {
    return window[name];
  } catch {
    return undefined;
  }
}

/** Kept for good: the name, the devices. */
export const lasting = keeper(open("localStorage"));
/** Kept for as long as the window lives, a reload included: the session. */
export const forThisWindow = keeper(open("sessionStorage"));

/**
 * A value kept for this window under `key`, as JSON.
 * @template V
 * @param {string} key
 * @param {V} otherwise if there is none, or none that can be read
 */
export function windowValue(key, otherwise) {
  return {
    /** @returns {V} */
    get() {
      try {
        return JSON.parse(forThisWindow.get(key)) ?? otherwise;
      } catch {
        return otherwise;
      }
    },
    /** @param {V} value */
    set(value) {
      forThisWindow.set(key, JSON.stringify(value));
    },
  };
}
