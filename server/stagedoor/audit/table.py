"""An audit for people to read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from stagedoor.rooms.reports.names import written

from .audit import Audit


def lines(audit: Audit) -> Iterator[str]:
    """Who was on stage, what they had on, what was forwarded, what is wrong."""
    yield f"Room {audit.room}: {audit.events} events"
    if audit.stays:
        yield "\nOn stage and backstage"
        yield from _table(
            ("Name", "Where", "From", "To", "Up", "Down"),
            [
                (
                    one.name,
                    _where(one.backstage),
                    written(one.since),
                    written(one.until),
                    _how(one.up, one.up_by),
                    _how(one.down, one.down_by),
                )
                for one in audit.stays
            ],
        )
    if audit.devices:
        yield "\nWhat was on, and forwarded"
        yield from _table(
            ("Name", "Device", "Where", "From", "To", "Packets"),
            [
                (
                    one.name,
                    one.device,
                    _where(one.backstage),
                    written(one.since),
                    written(one.until),
                    str(one.packets or ""),
                )
                for one in audit.devices
            ],
        )
    yield ""
    yield (
        f"The media engine's record: {audit.packets} packets in {audit.periods} periods; "
        f"a decision was in force after {audit.slowest_stop_ms} ms at the latest."
    )
    if audit.erased:
        yield f"What is personal has been erased in {audit.erased} events."
    yield f"Head of the chain, to be kept elsewhere: {audit.head}"
    yield from (f"! {one.sentence}" for one in audit.findings)
    count = len(audit.findings)
    yield "Nothing is wrong." if not count else f"Findings: {count}"


def _where(backstage: bool) -> str:
    return "backstage" if backstage else "on stage"


def _how(what: str, by: str) -> str:
    return f"{what} by {by}" if by else what


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Aligned columns, two spaces between them."""
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    for row in (head, *rows):
        cells = (text.ljust(width) for text, width in zip(row, widths, strict=True))
        yield "  " + "  ".join(cells).rstrip()
