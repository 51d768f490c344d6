"""The media server's figures, beside its peers': ``python -m bench.sfu PART… [options]``.

Prints plain lines, one figure each. Needs root, for a network namespace, and Debian's Janus.
"""

from __future__ import annotations

import argparse
import asyncio
import resource
import signal
import sys

from . import cost, limited, load, loss, start
from .namespace import Namespace

PARTS = ("cost", "load", "loss", "limited", "start")


async def measure(options: argparse.Namespace) -> None:
    """Print the figures of the chosen parts."""
    with Namespace() as namespace:
        if "cost" in options.parts:
            await cost.compare(
                namespace, options.viewers, options.seconds, options.rounds, options.mbit
            )
            await cost.mixing(namespace, options.seconds, options.rounds, options.mbit)
        if "load" in options.parts:
            await load.measure(namespace, options.seconds, options.mbit)
        if "limited" in options.parts:
            await limited.measure(namespace, options.seconds * 5, options.mbit)
        if "loss" in options.parts:
            await loss.measure(namespace, options.seconds * 5, options.mbit)


def main() -> None:
    """Measure as the command line says."""
    parser = argparse.ArgumentParser(prog="python -m bench.sfu", description=__doc__)
    parser.add_argument("parts", nargs="*", default=PARTS, help=f"of {', '.join(PARTS)}")
    parser.add_argument("--short", action="store_true", help="fewer viewers and rounds")
    parser.add_argument("--viewers", help="10,50,200,1000")
    parser.add_argument("--mbit", type=float, default=2.0)
    parser.add_argument("--seconds", type=float, default=4.0)
    parser.add_argument("--rounds", type=int)
    options = parser.parse_args()
    viewers = options.viewers or ("50,200" if options.short else "10,50,200,1000")
    options.viewers = [int(text) for text in viewers.split(",")]
    options.rounds = options.rounds or (2 if options.short else 3)
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # not without taking away what is made
    asyncio.run(measure(options))
    if "start" in options.parts:
        start.measure(options.rounds * 3)


if __name__ == "__main__":
    main()
