"""Tables as CSV (RFC 4180), in the reader's language, safe to be opened in a spreadsheet."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from aiohttp import web

from stagedoor.rooms.tables import Ours

from .keys import FILES

# With these a cell is taken for a formula (owasp.org/www-community/attacks/CSV_Injection).
_FORMULA = "=+-@\t\r\n＝＋－＠"


def safe(cell: str | int | float) -> str | int | float:
    """Text that a spreadsheet takes for text: an apostrophe goes before what begins a formula."""
    if isinstance(cell, str) and cell.lstrip(" ")[:1] in _FORMULA and cell.strip(" "):
        return f"'{cell}"
    return cell


def as_csv(
    rows: Iterable[Sequence[str | int | float]], words: Mapping[str, str] | None = None
) -> str:
    """The rows as text, the first being the head; what is ours to say by the catalogue."""
    known = words or {}
    text = io.StringIO()
    csv.writer(text).writerows(
        [safe(known.get(cell, cell) if isinstance(cell, Ours) else cell) for cell in row]
        for row in rows
    )
    return text.getvalue()


def csv_answer(
    request: web.Request, name: str, rows: Iterable[Sequence[str | int | float]]
) -> web.Response:
    """A CSV file to be saved as ``name``, with the mark by which spreadsheets know UTF-8.

    It is in the language that ``?lang=`` names, if the pages have that; else in English.
    """
    file = request.app[FILES].find(f"locales/{request.query.get('lang', '')}.json")
    words = _catalogue(file.body) if file else {}
    return web.Response(
        body=as_csv(rows, words).encode("utf-8-sig"),
        content_type="text/csv",
        charset="utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@lru_cache(maxsize=4)
def _catalogue(text: bytes) -> dict[str, str]:
    """The pages' sentences that have one form."""
    sentences: dict[str, object] = json.loads(text)
    return {one: other for one, other in sentences.items() if isinstance(other, str)}
