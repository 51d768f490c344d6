// @ts-check
/** The sentences that stand in the page's HTML, and the choice of the language. */
import { confirm } from "./dialogs.js";
import { el } from "./dom.js";
import { chooseLanguage, language, LANGUAGES } from "./language.js";
import { t } from "./words.js";

// `data-t` says which of an element's are to be translated: its text, or attributes by name.
for (const node of document.querySelectorAll("[data-t]")) {
  for (const what of (node.getAttribute("data-t") ?? "").split(" ")) {
    if (what === "text") node.textContent = t((node.textContent ?? "").trim());
    else node.setAttribute(what, t(node.getAttribute(what) ?? ""));
  }
}
for (const place of document.querySelectorAll("[data-languages]")) place.append(choice());
document.documentElement.dataset.words = "ready";

/** The choice of the language, each in its own. */
function choice() {
  const offered = Object.entries(LANGUAGES).filter(([, one]) => one.name);
  const select = el(
    "select",
    { class: "language", "aria-label": t("Language"), onchange: () => change(select) },
    ...offered.map(([tag, one]) => el("option", { value: tag, lang: tag, selected: tag === language.tag }, one.name)),
  );
  return select;
}

/** On stage one is asked first, as the page is loaded anew. @param {HTMLSelectElement} select */
async function change(select) {
  const onStage = Boolean(document.body.dataset.seat);
  const sentence = t("The page is loaded anew. You stay on stage, and your microphone and camera are turned off.");
  if (!onStage || (await confirm(t("Change the language?"), sentence, t("Change")))) chooseLanguage(select.value);
  else select.value = language.tag;
}
