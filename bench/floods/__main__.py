"""Floods a real server while twenty people watch a stage and read its chat.

Before each flood and during it: how late pictures and chat messages are at the viewers, median and
99th percentile, how many packets are lost, and what the server's processes take of a core. Who
floods runs beside the server on the same machine, and so takes from it what they would not
otherwise. ``python -m bench.floods --seconds 10``, or some of the kinds: ``joins checks``.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

from stagedoor.messages import Ok
from stagedoor.rules.commands import SetMode
from stagedoor.rules.values import Mode
from stagedoor_client import parse
from tests.server_process import ServerProcess

from .people import Delays, Performer, Person, Viewer

#: By the flood's name, so many a second at most, and what it is.
KINDS = {
    "garbage": (50_000, "random datagrams"),
    "strangers": (50_000, "STUN checks that name nobody"),
    "checks": (50_000, "STUN checks of one who has been let in"),
    "hellos": (50_000, "DTLS ClientHellos of one who has been let in"),
    "requests": (5_000, "HTTP requests"),
    "joins": (5_000, "people who enter and leave"),
    "messages": (5_000, "connections that send 1,000 chat messages each"),
}


def cpu(pid: int) -> tuple[float, float]:
    """Seconds that a server, and its engine, have worked."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return _worked(pid), sum(_worked(int(child)) for child in children)


def _worked(pid: int) -> float:
    """By the scheduler's clock: ticks miss what works for less than one (proc(5), schedstat)."""
    threads = Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(thread.read_text().split()[0]) for thread in threads) / 1e9


async def phase(viewers: Sequence[Viewer], pid: int, seconds: float, name: str) -> None:
    """Let time pass, and say how it was."""
    for viewer in viewers:
        viewer.take()
    before = cpu(pid)
    await asyncio.sleep(seconds)
    spent = [100 * (late - early) / seconds for early, late in zip(before, cpu(pid), strict=True)]
    all_of_them = Delays()
    for one in (viewer.take() for viewer in viewers):
        all_of_them.media += one.media
        all_of_them.chat += one.chat
        all_of_them.expected += one.expected
        all_of_them.received += one.received
    busy = f"server {spent[0]:.0f}%, engine {spent[1]:.0f}% of a core"
    print(f"  {name:<7}{all_of_them.line()}; {busy}", flush=True)


async def run(options: argparse.Namespace) -> None:
    """All floods, one after the other, each at a server of its own."""
    for kind in options.kinds or KINDS:
        arguments = ["--media-workers", "1"]
        with ServerProcess(arguments=arguments) as server:
            assert server.process is not None
            await _flood(kind, server, options)


async def _flood(kind: str, server: ServerProcess, options: argparse.Namespace) -> None:
    assert server.process is not None
    await open_stage(server)
    link = parse(server.attendee_link)
    viewers = [Viewer(link, f"Viewer {number + 1}") for number in range(options.viewers)]
    performer = Performer(link, "Performer")
    watching = asyncio.gather(*(viewer.watch() for viewer in viewers))
    await performer.perform(options.mbit)
    await watching
    a_second, what = KINDS[kind]
    print(f"{kind}: {what}")
    await asyncio.sleep(1)
    await phase(viewers, server.process.pid, options.seconds, "before")
    command = [sys.executable, "-m", "bench.floods.attack", kind, server.attendee_link]
    command += [str(options.seconds + 3), str(options.rate or a_second)]
    pipe = asyncio.subprocess.PIPE
    attack = await asyncio.create_subprocess_exec(*command, stdout=pipe)
    await asyncio.sleep(3)  # until it has begun
    await phase(viewers, server.process.pid, options.seconds, "during")
    assert attack.stdout is not None
    sent, well = map(int, (await attack.stdout.read()).split())
    took = options.seconds + 3
    print(f"  flood  {sent / took:,.0f} a second, {well:,} of {sent:,} answered")
    still = sum(not viewer.task.done() for viewer in viewers)
    print(f"  after  {still} of {len(viewers)} viewers are still there", flush=True)
    for one in (*viewers, performer):
        one.task.cancel()


async def open_stage(server: ServerProcess) -> None:
    """Let anybody go up."""
    moderator = Person(parse(server.moderator_link()), "Moderator")
    await moderator.entered.wait()
    await moderator.connection.request(SetMode(Mode.OPEN), Ok)
    moderator.task.cancel()


def main() -> None:
    """Flood as the command line says."""
    parser = argparse.ArgumentParser(prog="python -m bench.floods", description=__doc__)
    parser.add_argument("kinds", nargs="*", choices=[*KINDS, []], default=[])
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--viewers", type=int, default=20)
    parser.add_argument("--mbit", type=float, default=0.5)
    parser.add_argument("--rate", type=int, default=0, help="a second (default: by the kind)")
    asyncio.run(run(parser.parse_args()))


if __name__ == "__main__":
    main()
