"""Tables as CSV (RFC 4180), safe to be opened in a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from aiohttp import web

# With these a cell is taken for a formula (owasp.org/www-community/attacks/CSV_Injection).
_FORMULA = "=+-@\t\r\n＝＋－＠"


def safe(cell: str | int | float) -> str | int | float:
    """Text that a spreadsheet takes for text: an apostrophe goes before what begins a formula."""
    if isinstance(cell, str) and cell.lstrip(" ")[:1] in _FORMULA and cell.strip(" "):
        return f"'{cell}"
    return cell


def as_csv(rows: Iterable[Sequence[str | int | float]]) -> str:
    """The rows as text, the first being the head."""
    text = io.StringIO()
    csv.writer(text).writerows([safe(cell) for cell in row] for row in rows)
    return text.getvalue()


def csv_answer(name: str, rows: Iterable[Sequence[str | int | float]]) -> web.Response:
    """A CSV file to be saved as ``name``, with the mark by which spreadsheets know UTF-8."""
    return web.Response(
        body=as_csv(rows).encode("utf-8-sig"),
        content_type="text/csv",
        charset="utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
