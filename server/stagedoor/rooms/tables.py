"""Tables to be taken along as CSV: rows of cells, of which some are ours to say."""

from __future__ import annotations

Row = list[str | int | float]


class Ours(str):
    """A cell in the server's English, which is put into the reader's language on its way out."""

    __slots__ = ()


def said(*cells: str) -> Row:
    """Such cells, as a head has them; as literals they are found for the catalogues."""
    return [Ours(one) for one in cells]
