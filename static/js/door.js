// @ts-check
import { dropWindows } from "./dialogs.js";
import { byId, setText } from "./dom.js";
import { lasting } from "./storage.js";
import { t } from "./words.js";

const NAME = "stagedoor.name";

/** Which of the page's views is shown. @param {"loading"|"door"|"lobby"|"room"|"end"} view */
export function showView(view) {
  document.body.dataset.view = view;
  for (const one of ["loading", "door", "lobby", "room", "end"]) byId(one).hidden = one !== view;
}

/** @param {string} text */
export function sayLoading(text) {
  setText(byId("loading-text"), text);
  showView("loading");
}

/**
 * The page's last word, perhaps with a way on.
 * @param {string} title
 * @param {string} sentence
 * @param {{label: string, press: () => void}} [way]
 */
export function sayEnd(title, sentence, way) {
  setText(byId("end-title"), title);
  setText(byId("end-text"), sentence);
  const button = byId("end-way");
  button.hidden = !way;
  if (way) {
    setText(button, way.label);
    button.onclick = way.press;
  }
  dropWindows();
  document.title = `${title} · Stagedoor`;
  showView("end");
  byId("end-title").focus();
}

export const rememberedName = () => lasting.get(NAME);

/**
 * Ask for a name; resolves with it once the form is sent.
 * @param {string} room the room's name
 * @param {string} trouble why the last try failed, or ""
 * @returns {Promise<string>}
 */
export function askName(room, trouble = "") {
  const form = byId("door-form");
  const field = byId("door-name");
  setText(byId("door-room"), room);
  setText(byId("door-trouble"), trouble);
  byId("door-trouble").hidden = !trouble;
  if (!field.value) field.value = rememberedName();
  showView("door");
  field.focus();
  return new Promise((resolve) => {
    form.onsubmit = (/** @type {Event} */ event) => {
      event.preventDefault();
      const name = field.value.trim();
      if (!name) {
        setText(byId("door-trouble"), t("Please enter your name."));
        byId("door-trouble").hidden = false;
        field.focus();
        return;
      }
      lasting.set(NAME, name);
      resolve(name);
    };
  });
}
