"""Whether the client grows over many rounds: memory, threads, tasks, file descriptors.

A server in a process of its own; here, a client that goes up, is muted, changes its devices, loses
its connection, comes back and is removed, round after round, and another that watches it. Pictures
and sound are made by the program. ``python -m bench.client_soak --rounds 100``
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np

from stagedoor.rules import commands as cmd
from stagedoor.rules.values import Device, Seat
from stagedoor_client import Capture, Options, Pictures, Room, Sounds, parse
from tests.server_process import ServerProcess

PATIENCE = 60.0  # seconds
FPS = 20
ANEW = 10  # rounds after which both clients leave and enter again


@dataclass(frozen=True)
class Counts:
    """What this process has at a moment.

    ``threads``: without those of the event loop's pool for blocking calls, which come one by one
    when all are busy, up to a number, and stay.
    """

    rss: int
    threads: int
    tasks: int
    descriptors: int

    @classmethod
    def now(cls) -> Counts:
        """Counted after a collection; in the event loop."""
        gc.collect()
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        return cls(
            pages * os.sysconf("SC_PAGE_SIZE"),
            sum(not one.name.startswith("asyncio_") for one in threading.enumerate()),
            len(asyncio.all_tasks()),
            len(os.listdir("/proc/self/fd")),
        )

    def __str__(self) -> str:
        return (
            f"RSS {self.rss / 2**20:6.1f} MiB, {self.threads} threads, {self.tasks} tasks, "
            f"{self.descriptors} file descriptors"
        )


class Watching:
    """A Sink that counts pictures."""

    def __init__(self) -> None:
        self.seen = 0
        self._news = asyncio.Event()

    def video(self, person: str, frame: av.VideoFrame) -> None:
        """See Sink."""
        self.seen += 1
        self._news.set()

    screen = video

    def audio(self, person: str, frame: av.AudioFrame) -> None:
        """See Sink."""

    async def sees(self, more: int = 3) -> None:
        """Wait for so many more pictures."""
        wanted = self.seen + more
        while self.seen < wanted:
            self._news.clear()
            await self._news.wait()


class Soak:
    """One who goes up and down, one who watches, one who moderates."""

    def __init__(self, server: ServerProcess, anew: int = ANEW) -> None:
        self._anew = anew
        self._links = server.create_room(mode="invite")["links"]
        self._sources = [Pictures(), Pictures()]
        self._sounds = Sounds()
        self.watching = Watching()

    async def run(self, rounds: int, told: Callable[[int, Counts], None]) -> None:
        """Do the rounds. ``told`` gets their number and the counts after each, at rest."""
        drawing = asyncio.create_task(self._draw())
        try:
            async with Room(parse(self._links["host"]), Options("Ada")) as ada:
                for first in range(0, rounds, self._anew):
                    await self._some(ada, first, min(self._anew, rounds - first), told)
        finally:
            drawing.cancel()
            await asyncio.wait([drawing])

    async def _some(
        self, ada: Room, first: int, rounds: int, told: Callable[[int, Counts], None]
    ) -> None:
        link = parse(self._links["attendee"])
        capture = Capture(self._sources[0], self._sounds)
        options = Options("Robin", accept=True, capture=capture, sink=Watching())
        watching = Options("Wren", sink=self.watching)
        async with Room(link, options) as robin, Room(link, watching) as wren:
            for number in range(first, first + rounds):
                async with asyncio.timeout(PATIENCE):
                    await self._round(ada, robin)
                    await at_rest(robin)
                    await at_rest(wren)
                told(number + 1, Counts.now())

    async def _round(self, ada: Room, robin: Room) -> None:
        assert robin.view is not None
        you = robin.view.you
        await ada.until(lambda room: seat_of(room, you))
        await ada.command(cmd.Invite(you))
        await robin.until(seated(Seat.ON_STAGE))
        await self.watching.sees()
        await robin.turn(Device.MICROPHONE, False)
        await robin.turn(Device.CAMERA, False)
        await robin.turn(Device.MICROPHONE, True)
        robin.studio.choose(Device.CAMERA, self._sources[1])
        await robin.turn(Device.CAMERA, True)
        await self.watching.sees()
        robin.studio.choose(Device.CAMERA, self._sources[0])
        await self.watching.sees()
        await drop(robin)
        await robin.until(seated(Seat.ON_STAGE))
        await robin.turn(Device.CAMERA, True)
        await self.watching.sees()
        await ada.command(cmd.RemoveFromStage(you))
        await robin.until(seated(Seat.VIEWER))
        await robin.settled()
        await robin.until(lambda room: None if room.publishing else True)

    async def _draw(self) -> None:
        """Both sources, all the time."""
        sound = np.full(48000 // FPS, 1000, np.int16)
        picture = np.zeros((240, 320, 3), np.uint8)
        while True:
            picture += 8
            for source in self._sources:
                source.show(picture)
            self._sounds.say(sound)
            await asyncio.sleep(1 / FPS)


async def drop(room: Room) -> None:
    """Lose the connection, and wait until that is noticed."""
    socket = room._connection._socket
    assert socket is not None
    await socket.close()
    await room.until(lambda room: None if room.online else True)


async def at_rest(room: Room) -> None:
    """Wait until nothing is left of earlier connections, and the present one is connected."""
    subscriber = room._subscriber
    assert subscriber is not None
    link = None
    while link is None or link is not subscriber.connection:
        async with subscriber._negotiating:
            link = subscriber.connection
        if link is not None and link.connectionState != "connected":
            arrived = asyncio.Event()
            link.on("connectionstatechange", arrived.set)
            await arrived.wait()
            link = None
        await subscriber._endings.all()
        await asyncio.sleep(0)


def seated(seat: Seat) -> Callable[[Room], bool | None]:
    """A condition for ``Room.until``."""
    return lambda room: True if room.online and room.me and room.me.seat is seat else None


def seat_of(room: Room, person: str) -> Seat | None:
    """A person's seat, once they are seen and not away."""
    people = room.view.people if room.view is not None else []
    return next((one.seat for one in people if one.id == person and not one.away), None)


async def _main(rounds: int) -> None:
    shown = {min(ANEW, rounds), (rounds + 1) // 2, rounds}

    def told(number: int, counts: Counts) -> None:
        if number in shown:
            print(f"after {number:4} rounds: {counts}", flush=True)

    with ServerProcess(demo=False) as server:
        print(f"before           : {Counts.now()}", flush=True)
        soak = Soak(server)
        await soak.run(rounds, told)
        print(f"after leaving    : {Counts.now()}")
        print(f"{soak.watching.seen} pictures were seen")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=100)
    asyncio.run(_main(parser.parse_args().rounds))
