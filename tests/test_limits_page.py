"""The page of limits says what the code does."""

from __future__ import annotations

from pathlib import Path

from stagedoor.limits_page import PAGE, page


def test_the_page_is_made_from_the_limits() -> None:
    """If this fails: make docs."""
    assert (Path(__file__).parents[1] / PAGE).read_text() == page()
