"""A whole real server for an hour, with two hundred people in one room in which everything goes on.

Over real WebSockets and real media connections they come and go, lose their connections and return,
ask, are approved, declined and invited, accept, decline or let it expire, go up and send, are muted
and removed, chat, react, vote and raise hands; moderators decide at once, and change the mode.
Every refusal is held against what the rules answer in the states that the room had just then.

A dozen times nobody does anything for a moment: the room in the server's memory, fresh views
of a moderator and a viewer, and everybody's own view must all be what the pure rules make of the
log. At the end the server is stopped and started again, must be as it was, and is audited.
``python -m bench.evening --people 200 --seconds 3600``
"""

from __future__ import annotations

import argparse
import asyncio
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench.growth import TIMES, looks, processes_of, watched_server
from stagedoor.audit.reading import read
from stagedoor.log.row import Row
from stagedoor.rules.values import Person, Room, Seat
from tests.server_process import ServerProcess

from .checking import Checker, Compared
from .house import House
from .tally import listed

A_SECOND = 50  # people of whom one does something each second, if no rate is named
ENOUGH = 50  # packets from the stage of which some must have come
AFTER = ("disconnected", "returned", "left", "offer_expired", "entered", "poll_extended")


@dataclass
class Result:
    """What was found wrong, and the last lines for a person."""

    wrong: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)


class Evening:
    """One run."""

    def __init__(self, server: ServerProcess, folder: Path, house: House) -> None:
        self.server, self.folder, self.house = server, folder, house
        self.result = Result()
        self._processes = processes_of(server, folder)
        token = house.links["moderator"].partition("#token=")[2]
        self._checker = Checker(server, house.room, folder, house.tally, [token, ""])
        self._mine = time.process_time()
        self._packets = self._sent = 0
        self._started = self._then = time.monotonic()

    async def run(self, seconds: float, times: int = TIMES) -> None:
        """So many lines; then the restart."""
        async with asyncio.TaskGroup() as going_on:
            reading = going_on.create_task(self.house.hall.run())
            doing = going_on.create_task(self.house.run())
            for number in range(times):
                await self._wait(seconds, number, times)
                await self.house.quiet()
                await self._report(await self._compare(""))
                if number < times - 1:
                    await self.house.liven()
            doing.cancel()
            self.result.lines += [process.verdict() for process in self._processes]
            await self._restart()
            reading.cancel()

    async def _wait(self, seconds: float, number: int, times: int) -> None:
        every = seconds / times
        for at in looks(every * number, every * (number + 1)):
            await asyncio.sleep(self._started + at - time.monotonic())
            for process in self._processes:
                process.look(at, self.house.gone)

    async def _compare(self, when: str) -> Compared:
        compared = await self._checker.compare(self.house.here)
        self.result.wrong += [f"{when}{one}" for one in compared.different]
        for one in compared.different:
            print(f"evening  {when}{one}", flush=True)
        return compared

    async def _report(self, compared: Compared) -> None:
        passed, self._then = time.monotonic() - self._then, time.monotonic()
        used, self._mine = time.process_time() - self._mine, time.process_time()
        hall = self.house.hall
        came, sent = hall.total - self._packets, hall.sent - self._sent
        self._packets, self._sent = hall.total, hall.sent
        if sent > ENOUGH and not came:
            self.result.wrong.append(f"nobody received any of {sent} packets from the stage")
        shares = (*(one.spent() / passed for one in self._processes), used / passed)
        counts = [f"{one.name} {await one.counts()}" for one in self._processes]
        tally, people = self.house.tally, self._checker.shadow.room.people
        print(
            f"evening  {self._then - self._started:.0f} s: {'; '.join(counts)};"
            f" state of {compared.state / 2**10:.0f} KiB with {len(people)} people that ever came;"
            f" {self.house}; {compared.number} events, {tally.done.total()} done,"
            f" {tally.refused.total()} refused, {len(tally.unexpected)} unexpected;"
            f" {sent / passed:.0f} packets a second sent, {came / passed:.0f} received;"
            f" {compared.views} views and the memory as the log says:"
            f" {'no' if compared.different else 'yes'};"
            f" of a core {' + '.join(f'{share:.1%}' for share in shares)}"
            " (server, engine, these people)\n"
            f"evening  so far: {listed(tally.done)}; {listed(tally.happened)};"
            f" refused: {listed(tally.refused)}",
            flush=True,
        )

    # -- the end

    async def _restart(self) -> None:
        """Stop and start the server: everybody and everything is where it was."""
        house, wrong = self.house, self.result.wrong
        before = self._checker.catch_up()
        rows = self._rows()
        code = await asyncio.to_thread(self.server.stop)
        if code:
            wrong.append(f"the server ended with {code}")
        await asyncio.to_thread(self.server.start)
        await house.back()
        await self._compare("after the restart: ")
        after, now = self._checker.catch_up(), self._rows()
        if now[: len(rows)] != rows:
            wrong.append("the log before the restart is another after it")
        since = [row.type for row in now[len(rows) :] if row.type not in AFTER]
        wrong += [f"after the restart there is an event {one}" for one in since]
        wrong += [f"after the restart: {one}" for one in unlike(before, after)]
        self.result.lines.append(
            f"after a restart: {len(rows)} events as before, {len(now) - len(rows)} more,"
            f" {len(house.here)} people back as they were"
        )

    def _rows(self) -> Sequence[Row]:
        return read(self.server.data / "stagedoor.db", self.house.room).rows

    async def finish(self) -> Result:
        """Stop the server and audit the room."""
        await self.house.close()
        await asyncio.to_thread(self.server.stop)
        self._checker.catch_up()
        tally, wrong, lines = self.house.tally, self.result.wrong, self.result.lines
        wrong += tally.unexpected
        ledger = self.house.ledger.audit(self.server.data / "stagedoor.db", self.house.room)
        wrong += [f"acknowledged and lost: {one}" for one in ledger.lost]
        wrong += [f"twice in the log: {one}" for one in ledger.twice]
        lines += [f"deeds: {listed(self.house.counts)}", *tally.lines()]
        lines.append(
            f"acknowledged and looked for in the log: {ledger.acknowledged.total():,},"
            f" lost {len(ledger.lost)}, twice {len(ledger.twice)}"
        )
        logged = self.server.stderr().splitlines()
        wrong += [f"the server says: {one}" for one in logged if " ERROR " in one]
        lines.append(f"warnings of the server: {sum(' WARNING ' in one for one in logged)}")
        audit = await asyncio.to_thread(self._audit)
        said = audit.stdout.splitlines()
        lines += [f"audit: {one}" for one in (said[:1] + said[-4:] if said else [])]
        if audit.returncode:
            wrong.append(f"the audit ended with {audit.returncode}: {audit.stderr}")
        lines.append(f"wrong: {len(wrong)}")
        return self.result

    def _audit(self) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "stagedoor", "audit", self.house.room]
        command += ["--data", str(self.server.data)]
        return subprocess.run(command, capture_output=True, text=True, check=False)


def unlike(before: Room, after: Room) -> list[str]:
    """What a restart has changed that it must not have (rules 6, 7 and 12). Pure.

    Devices are off, offers may have expired, and whoever was away may have left.
    """
    found = []
    parts = ("name", "mode", "settings", "entrance", "ended", "talk", "polls", "quizzes")
    for part in parts:
        if part != "polls" and getattr(before, part) != getattr(after, part):
            found.append(f"the room's {part} is not what it was")
    for key, was in before.people.items():
        if was.present and was.away_until is None and was.seat is not Seat.OFFERED:
            now = after.people[key]
            if _kept(was) != _kept(now) and now.present:
                found.append(f"{was.name} was {_kept(was)} and is {_kept(now)}")
    return found


def _kept(person: Person) -> tuple[object, ...]:
    one = person
    return str(one.seat), str(one.role), one.hand_at, one.requested_at, one.barred, one.name


async def spend(people: int, seconds: float, seed: int, rate: float, times: int = TIMES) -> Result:
    """Open a room, spend the evening there, and say how it was."""
    with watched_server() as (server, folder):
        house = House(server, people, rate, seed)
        await house.open()
        evening = Evening(server, folder, house)
        await evening.run(seconds, times)
        return await evening.finish()


def main() -> int:
    """As the command line says; 1 if anything is not as it must be."""
    parser = argparse.ArgumentParser(prog="python -m bench.evening", description=__doc__)
    parser.add_argument("--people", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=3600)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rate", type=float, help="deeds a second (default: a fiftieth of people)")
    options = parser.parse_args()
    rate = options.rate or options.people / A_SECOND
    result = asyncio.run(spend(options.people, options.seconds, options.seed, rate))
    for line in (*result.lines, *(f"  {one}" for one in result.wrong[:50])):
        print(f"evening  {line}", flush=True)
    return 1 if result.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
