"""Cuts people off from the server, for seconds, and says what each is after their return.

Everybody at once: ten at the page and ten with the Python client, one for each of the states in
which the network may go. ``python -m bench.reconnect``; with ``--seconds 10`` for those alone.
The TCP connections die without a word, as with a network that is gone; new ones are not answered.
Media by UDP are not cut. The exit code is 1 if anybody is not what the rules of the stage say.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time

from .scene import Cell, scene
from .states import State

HOLD = 30.0
"""The room's default (rule 12)."""
NOTICED = 18.0  # the server's heartbeat, and half of it for the answer
SHORT = 10.0  # seconds that the short offer stands


async def matrix(seconds: float, pages: list[State], programs: list[State]) -> list[Cell]:
    """One cut of so many seconds, for everybody."""
    async with scene(pages, programs) as here:
        await here.prepare(round(SHORT * 1000))
        since = time.monotonic()
        return await here.cut(
            lambda: asyncio.sleep(since + seconds - time.monotonic()),
            grace_over=seconds > HOLD + NOTICED,
            offer_over=seconds >= SHORT,
        )


def main() -> int:
    """Run the matrix; the exit code is 1 if anything is wrong."""
    parser = argparse.ArgumentParser(prog="python -m bench.reconnect", description=__doc__)
    parser.add_argument("--seconds", type=float, nargs="*", default=[1.0, 10.0, 60.0])
    parser.add_argument("--without-pages", action="store_true", help="the Python client alone")
    options = parser.parse_args()
    if any(HOLD <= seconds <= HOLD + NOTICED for seconds in options.seconds):
        parser.error(f"from {HOLD:g} to {HOLD + NOTICED:g} s it depends on the moment")
    cells = []
    for seconds in options.seconds:
        pages = [] if options.without_pages else list(State)
        some = asyncio.run(matrix(seconds, pages, list(State)))
        print(*some, sep="\n", flush=True)
        cells += some
    wrong = [cell for cell in cells if not cell.right]
    print(f"{len(cells)} cells, {len(wrong)} not as the rules say")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
