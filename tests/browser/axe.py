"""What axe-core finds on a page, at a desktop's size and at a phone's."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import resources
from typing import Any

from playwright.sync_api import Page

from .visitors import DESKTOP, PHONE, Visitor

SIZES = {"desktop": DESKTOP, "phone": PHONE}

#: All of WCAG 2 to level AA, what axe-core calls best practices, and its rules on trial.
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice", "experimental"]

#: Rules that are not asked for, and why.
LEFT_OUT: dict[str, str] = {}

_AXE = (resources.files("axe_playwright_python") / "axe.min.js").read_text("utf-8")

#: Runs once what moves has come to rest: half transparent text has another contrast. Of an open
#: window axe-core does not know that it is above all else, and leaves its contrasts undecided: they
#: are asked for once more, with nothing else there.
_RUN = """
async ([tags, out]) => {
  const ends = (one) => Number.isFinite(one.effect.getComputedTiming().endTime);
  await Promise.allSettled(document.getAnimations().filter(ends).map((one) => one.finished));
  const rules = Object.fromEntries(out.map((one) => [one, { enabled: false }]));
  const { violations } = await axe.run({ runOnly: tags, rules, resultTypes: ["violations"] });
  const top = [...document.querySelectorAll("dialog[open]")].at(-1);
  if (top) {
    const others = [...document.body.children].filter((one) => one !== top);
    for (const one of others) one.style.visibility = "hidden";
    const again = await axe.run(top, { runOnly: ["color-contrast"] });
    for (const one of others) one.style.visibility = "";
    violations.push(...again.violations);
  }
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) =>
    `${id}: ${target.join(" ")}: ${failureSummary.replaceAll(/\\s+/g, " ")}`));
}
"""


def violations(page: Page) -> list[str]:
    """One line for each place where a rule is broken, the rule's name first."""
    if page.evaluate("() => !window.axe"):
        page.evaluate(_AXE)
    found: list[str] = page.evaluate(_RUN, [TAGS, list(LEFT_OUT)])
    return found


class Inspection:
    """Looks at one state after the other, and has at the end all that is wrong."""

    def __init__(self) -> None:
        self.found: dict[str, list[str]] = {}

    def look(self, visitor: Visitor, state: str, sizes: Sequence[str] = tuple(SIZES)) -> None:
        """Inspect the visitor's page as it is, at each of the sizes; it has its own again."""
        before: Any = visitor.page.viewport_size
        for size in sizes:
            resize(visitor.page, SIZES[size])
            if found := violations(visitor.page):
                self.found[f"{state}, {size}"] = found
        resize(visitor.page, before)


def resize(page: Page, size: dict[str, int]) -> None:
    """As if the window had this size; done once the page has been drawn in it."""
    viewport: Any = size
    page.set_viewport_size(viewport)
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
