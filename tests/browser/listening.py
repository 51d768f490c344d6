"""What a page says to be read out: its sentences, and how many notices there are at once."""

from __future__ import annotations

from .visitors import PATIENCE, Visitor

#: Keeps what is read out, and how many notices were there at once.
LISTEN = """
() => {
  window.heard = { status: [], alert: [] };
  window.most = 0;
  for (const role of ["status", "alert"]) {
    const node = document.querySelector(`.only-read-out[role=${role}]`);
    const note = () => { for (const one of node.children) heard[role].push(one.textContent); };
    new MutationObserver(note).observe(node, { childList: true });
  }
  const notices = document.querySelector("#notices");
  const count = () => { most = Math.max(most, notices.childElementCount); };
  new MutationObserver(count).observe(notices, { childList: true });
}
"""


def listen(*visitors: Visitor) -> None:
    for one in visitors:
        one.page.evaluate(LISTEN)


def hears(visitor: Visitor, sentence: str, role: str = "status") -> None:
    """Wait until a sentence with this in it has been read out."""
    visitor.page.wait_for_function(
        "([role, sentence]) => heard[role].some((one) => one.includes(sentence))",
        arg=[role, sentence],
        timeout=PATIENCE,
    )


def heard(visitor: Visitor, role: str = "status") -> list[str]:
    said: list[str] = visitor.page.evaluate("(role) => heard[role]", role)
    return said
