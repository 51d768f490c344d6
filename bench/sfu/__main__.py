"""The media server's figures, beside its peers': ``python -m bench.sfu PART… [options]``.

Prints plain lines, one figure each. Needs root, for a network namespace, and Debian's Janus.
"""

from __future__ import annotations

import argparse
import asyncio
import resource
import signal
import sys

from . import cost, limited, load, loss, memory, seats, soak, spread, start, visits
from .namespace import Namespace

SECONDS, SOAK, SOAK_MBIT = 4.0, 120.0, 0.3
VISITS = 3000
WATCHING = 200  # viewers that are spread over workers, or see seats change hands
PARTS = ("cost", "workers", "load", "loss", "limited", "start", "memory")
HELP = """
parts, all but seats, soak and visits where none is named:
  cost     the server's CPU a delivered packet, beside Janus, aiortc and the floor: with the
           receivers' network stack on the same bill, and with packets that are gone once sent
  workers  the same with a room's viewers spread over two of its workers, beside one worker
  load     how long packets take as a core gets busier, and how many viewers are too many
  loss     how the picture keeps moving in Chromium when packets are lost, beside Janus
  limited  what Chromium sees by a narrow way, and that others lose nothing by it
  start    how soon there is a picture for whoever comes
  memory   what another viewer and another publisher take
  seats    what a change of seat costs, with --viewers (200): what is said, and the CPU of it
  soak     what a whole server has, and whether that grows, while people come and go, show the
           picture in other sizes and talk: for --seconds (120) and --viewers (100)
  visits   what is left of each person who came, watched, spoke and went: of --viewers (3000)

All of it takes about twenty minutes: cost measures for seven (two and a half with --short), each
other part for one or two; connecting some thousands of viewers comes on top.
"""


async def measure(options: argparse.Namespace) -> None:
    """Print the figures of the chosen parts."""
    seconds, short = options.seconds or SECONDS, options.seconds or SECONDS / 2
    with Namespace() as namespace:
        if "cost" in options.parts:
            await cost.compare(namespace, options.viewers, short, options.rounds, options.mbit)
            await cost.mixing(namespace, short, options.rounds, options.mbit)
        if "workers" in options.parts:
            await spread.compare(namespace, WATCHING, short, options.rounds, options.mbit)
        if "load" in options.parts:
            await load.measure(namespace, seconds, options.mbit)
        if "limited" in options.parts:
            await limited.measure(namespace, seconds * 5, options.mbit)
        if "loss" in options.parts:
            await loss.measure(namespace, seconds * 5, options.mbit)
        if "memory" in options.parts:
            await memory.measure(namespace, options.mbit)


def main() -> None:
    """Measure as the command line says."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.sfu",
        description=__doc__,
        epilog=HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("parts", nargs="*", default=PARTS, metavar="PART")
    parser.add_argument("--short", action="store_true", help="fewer viewers and rounds")
    parser.add_argument("--viewers", help="10,50,200,1000")
    parser.add_argument("--mbit", type=float, default=2.0)
    parser.add_argument("--seconds", type=float, help="of each measuring (4, cost 2), or of soak")
    parser.add_argument("--rounds", type=int)
    options = parser.parse_args()
    options.watching = int((options.viewers or "100").split(",")[0])
    options.visiting = int((options.viewers or str(VISITS)).split(",")[0])
    options.seated = int((options.viewers or str(WATCHING)).split(",")[0])
    viewers = options.viewers or ("50,200" if options.short else "10,50,200,1000")
    options.viewers = [int(text) for text in viewers.split(",")]
    options.rounds = options.rounds or (2 if options.short else 3)
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # not without taking away what is made
    asyncio.run(measure(options))
    if "seats" in options.parts:
        asyncio.run(seats.seats(options.seated))
    if "soak" in options.parts:
        asyncio.run(soak.soak(options.watching, options.seconds or SOAK, SOAK_MBIT))
    if "visits" in options.parts:
        asyncio.run(visits.visits(options.visiting, SOAK_MBIT))
    if "start" in options.parts:
        start.measure(options.rounds * 3)


if __name__ == "__main__":
    main()
