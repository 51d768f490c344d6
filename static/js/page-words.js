// @ts-check
/** The sentences that stand in the page's HTML: `data-t` says which of an element's are to be translated. */
import { t } from "./words.js";

for (const node of document.querySelectorAll("[data-t]")) {
  for (const what of (node.getAttribute("data-t") ?? "").split(" ")) {
    if (what === "text") node.textContent = t((node.textContent ?? "").trim());
    else node.setAttribute(what, t(node.getAttribute(what) ?? ""));
  }
}
document.documentElement.dataset.words = "ready";
