"""Everything that is forbidden, tried at a real server by people who keep to nothing.

In a room for each mode there is somebody of each role in each seat state, in two modes also where
the stage is full, in slow mode. They try every command, on everybody, with ids of other rooms and
of nobody, and descriptions of media; others try to come in by links and sessions that are not
theirs, or good no more, and to use offers whose time is over; and over UDP go RTP without a grant,
under others' SSRCs and from strangers, checks and handshakes that prove nothing, and floods of RTCP
by viewers. What is accepted is held against the table of permissions, in the state that the log has
at that moment; at the end the rooms are audited, and the server has logged no error.
``python -m bench.hostile --attempts 20000``
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time

import aiohttp

from stagedoor.audit.audit import audit
from stagedoor.audit.reading import read
from tests.server_process import ServerProcess

from .doors import doors
from .feedback import feedback
from .late import late
from .media import media
from .score import Score
from .tries import everything


async def attack(server: ServerProcess, attempts: int, seed: int) -> Score:
    """Try everything at a server; findings of the audit count as accepted, too."""
    score = Score()
    connector = aiohttp.TCPConnector(limit=0)  # each person keeps a connection
    async with aiohttp.ClientSession(connector=connector) as http:
        rooms, ended, *others = await asyncio.gather(
            everything(server, http, score, attempts, seed),
            late(server, http, score),
            doors(server, http, score),
            media(server, http, score),
            feedback(server, http, score),
        )
    await asyncio.sleep(5)  # until the engine's record is written
    for room in (*rooms, *ended, *others):
        found = audit(room, read(server.data / "stagedoor.db", room)).findings
        score.forbidden += [f"audit of {room}: {one.sentence}" for one in found]
    errors = [line for line in server.stderr().splitlines() if " ERROR " in line]
    score.forbidden += [f"an error was logged: {line}" for line in errors]
    return score


def main() -> int:
    """As the command line says; 1 if something was accepted that is forbidden."""
    parser = argparse.ArgumentParser(prog="python -m bench.hostile", description=__doc__)
    parser.add_argument("--attempts", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    start = time.perf_counter()
    with ServerProcess(demo=False) as server:
        score = asyncio.run(attack(server, options.attempts, options.seed))
    print("\n".join(score.lines()))
    print(f"in {time.perf_counter() - start:.0f} s, seed {options.seed}")
    return 1 if score.forbidden else 0


if __name__ == "__main__":
    sys.exit(main())
