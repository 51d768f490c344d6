"""The embedded engine as the server sees it: rooms and their viewers spread over worker processes.

A room has a home, where its people publish, and so many other workers as its viewers need. The
home passes each packet on to these, once; they look at the grants themselves, and number, keep and
protect for their viewers. Every grant is with every worker of the room before it is acknowledged.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import sys
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass, field

from msgspec.structs import replace

from stagedoor.media.interface import Grant, Listener, MediaError, Tile

from ..stage.loudest import MOST
from . import control
from .worker import EngineError, Worker, down

__all__ = ["EmbeddedEngine", "EngineError"]

FULL = 100  # viewers of one room at one worker, from which on others take part
LINK_BUFFER = 4 * 1024 * 1024
#: The kind of sockets between workers: it keeps messages apart. None where there is none, and
#: each room stays with one worker.
LINKS: int | None = getattr(socket, "SOCK_SEQPACKET", None) if sys.platform == "linux" else None


@dataclass
class Room:
    """Where a room is, and what a worker must know that joins in.

    ``workers`` has the home, too; ``viewers`` says at which worker each of them is. ``needed``: by
    person and kind, what each worker last said that it needs of their layers.
    """

    home: int
    workers: set[int]
    grants: dict[str, Grant] = field(default_factory=dict)
    insiders: list[str] = field(default_factory=list)
    viewers: dict[str, int] = field(default_factory=dict)
    needed: dict[tuple[str, str], dict[int, list[int]]] = field(default_factory=dict)

    def need(self, worker: int, told: control.LayersNeeded) -> list[int] | None:
        """What all workers need together; None while one has not spoken, and so needs all."""
        said = self.needed.setdefault((told.person, told.kind), {})
        said[worker] = told.bits
        if not self.workers <= said.keys():
            return None
        return [max(bits) for bits in zip(*(said[one] for one in self.workers), strict=False)]

    def at(self, worker: int) -> int:
        """How many viewers are there."""
        return sum(at == worker for at in self.viewers.values())

    @property
    def empty(self) -> bool:
        """Whether nobody is left."""
        return not (self.grants or self.insiders or self.viewers)


class EmbeddedEngine:
    """A MediaEngine in ``workers`` processes, on as many UDP ports from ``port`` on.

    Port 0 lets the system choose. ``announced``: the IPv4 addresses to put into candidates, by
    default the machine's own. ``full``: how many viewers of a room one worker takes alone.
    ``voices``: how many people's sound a viewer is sent at most, those who are loudest.
    ``codecs``: of "vp9" and "av1" those that are forwarded besides the usual ones. ``pages``: the
    TCP port that is another's. TCP is offered on the same numbers as well, for who is let through
    no UDP, and instead of that one on the first that follows.
    """

    def __init__(
        self,
        port: int,
        bind: str = "0.0.0.0",
        announced: Sequence[str] = (),
        workers: int = 1,
        full: int = FULL,
        voices: int = MOST,
        codecs: Sequence[str] = (),
        pages: int = 0,
    ) -> None:
        self._listener: Listener | None = None
        self._full = full
        self._rooms: dict[str, Room] = {}
        self._later: set[asyncio.Task[None]] = set()
        beyond = min(port + workers, 65535)
        self.workers = [
            Worker(index, at, bind, announced, voices, codecs, beyond if at == pages != 0 else 0)
            for index, at in enumerate(range(port, port + workers) if port else [0] * workers)
        ]

    @property
    def port(self) -> int:
        """The first worker's UDP port."""
        return self.workers[0].port

    @property
    def pid(self) -> int | None:
        """The first worker's process, while there is one."""
        return self.workers[0].pid

    async def start(self, listener: Listener) -> None:
        """See MediaEngine.start. Raises EngineError."""
        self._listener = listener
        _link(self.workers)
        try:
            for worker in self.workers:
                await worker.start(self)
        except EngineError:
            await self.close()
            raise

    async def close(self) -> None:
        """See MediaEngine.close."""
        self._rooms.clear()
        for task in self._later:
            task.cancel()
        await asyncio.gather(*(worker.close() for worker in self.workers))
        for worker in self.workers:
            for link in worker.links.values():
                link.close()

    # -- what the server asks for

    async def grant(self, room: str, person: str, grant: Grant | None) -> None:
        """See MediaEngine.grant."""
        known = self._room(room)
        if grant is None:
            known.grants.pop(person, None)
        else:
            known.grants[person] = grant
        await self._everywhere(known, control.SetGrant, room, person, grant)
        self._tidy(room)

    async def show_backstage(self, room: str, people: Sequence[str]) -> None:
        """See MediaEngine.show_backstage."""
        known = self._room(room)
        known.insiders = [*people]
        await self._everywhere(known, control.ShowBackstage, room, [*people])
        self._tidy(room)

    async def publish(self, room: str, person: str, offer: str) -> str:
        """See MediaEngine.publish."""
        home = self.workers[self._room(room).home]
        try:
            return (await home.ask(control.Publish, room, person, offer)).sdp
        finally:
            self._tidy(room)

    async def subscribe(self, room: str, person: str) -> None:
        """See MediaEngine.subscribe."""
        known = self._room(room)
        at = known.viewers.get(person)
        if at is None:
            at = known.viewers[person] = self._place(known)
        if at not in known.workers:
            known.workers.add(at)
            await self._join_in(room, known, at)
        await self.workers[at].ask(control.Subscribe, room, person)

    async def answer(self, room: str, person: str, revision: int, sdp: str) -> None:
        """See MediaEngine.answer."""
        known = self._rooms.get(room)
        at = known.viewers.get(person) if known is not None else None
        if at is None:
            raise MediaError("stale_answer", "Nothing was offered to you.")
        await self.workers[at].ask(control.Answer, room, person, revision, sdp)

    async def view(self, room: str, person: str, tiles: Sequence[Tile]) -> None:
        """See MediaEngine.view."""
        known = self._rooms.get(room)
        at = known.viewers.get(person) if known is not None else None
        if at is not None:
            await self.workers[at].ask(control.ViewTiles, room, person, [*tiles])

    async def leave(self, room: str, person: str) -> None:
        """See MediaEngine.leave."""
        known = self._rooms.get(room)
        if known is None:
            return
        known.grants.pop(person, None)
        known.viewers.pop(person, None)
        self._forget_needs(room, person)
        await self._everywhere(known, control.Leave, room, person)
        self._tidy(room)

    async def close_room(self, room: str) -> None:
        """See MediaEngine.close_room."""
        known = self._rooms.pop(room, None)
        if known is not None:
            await self._everywhere(known, control.CloseRoom, room)

    async def stats(self) -> dict[str, object]:
        """See MediaEngine.stats."""
        asked = [worker.ask(control.Stats) for worker in self.workers if worker.up]
        if not asked:
            raise down()
        found = [done.stats for done in await asyncio.gather(*asked)]
        return {**_sums(found), "workers": found}

    # -- where rooms are

    def _room(self, name: str) -> Room:
        found = self._rooms.get(name)
        if found is None:
            home = min(self.workers, key=lambda worker: (not worker.up, self._load(worker.index)))
            found = self._rooms[name] = Room(home.index, {home.index})
        return found

    def _load(self, worker: int) -> int:
        """How much a worker has to do, by rooms and viewers."""
        return sum(room.at(worker) + (room.home == worker) for room in self._rooms.values())

    def _place(self, room: Room) -> int:
        """The worker for another viewer: the home while that is enough, then others as well."""
        up = [worker.index for worker in self.workers if worker.up and self._reaches(room, worker)]
        for worker in sorted(up, key=lambda index: (index not in room.workers, index != room.home)):
            if room.at(worker) < self._full:
                return worker
        return min(up, key=self._load, default=room.home)

    def _reaches(self, room: Room, worker: Worker) -> bool:
        return worker.index == room.home or worker.index in self.workers[room.home].links

    async def _join_in(self, name: str, room: Room, at: int) -> None:
        """Have a worker know the room, and be passed on what is published there."""
        worker, home = self.workers[at], self.workers[room.home]
        asked = [worker.ask(control.ShowBackstage, name, room.insiders)]
        asked += [
            worker.ask(control.SetGrant, name, person, grant)
            for person, grant in room.grants.items()
        ]
        await asyncio.gather(*asked)
        await home.ask(control.Relay, name, at, True)

    async def _everywhere(self, room: Room, kind: type[control.Asked], *fields: object) -> None:
        """Ask all workers of a room; those that are down forward nothing.

        Raises what the home answers, once the others have answered, too.
        """
        home, *others = sorted(room.workers, key=lambda index: index != room.home)
        asked: list[Awaitable[control.Done]] = [
            self.workers[index].ask(kind, *fields) for index in (home, *others)
        ]
        answers = await asyncio.gather(*asked, return_exceptions=True)
        for answer in answers:
            if isinstance(answer, MediaError) and answer.code == "media_down":
                continue
            if isinstance(answer, BaseException):
                raise answer
        if isinstance(answers[0], MediaError):
            raise answers[0]

    def _tidy(self, name: str) -> None:
        """Forget an empty room, and have workers without viewers take no part any more."""
        room = self._rooms.get(name)
        if room is None:
            return
        for at in room.workers - {room.home, *room.viewers.values()}:
            room.workers.discard(at)
            for said in room.needed.values():
                said.pop(at, None)
            self._unwaited(self.workers[room.home].ask(control.Relay, name, at, False))
            self._unwaited(self.workers[at].ask(control.CloseRoom, name))
        if room.empty:
            del self._rooms[name]

    def _unwaited(self, work: Awaitable[object]) -> None:
        """Have it done; a worker that is down will begin anew, and needs it not."""

        async def do() -> None:
            with contextlib.suppress(MediaError):
                await work

        task = asyncio.create_task(do())
        self._later.add(task)
        task.add_done_callback(self._later.discard)

    # -- what the workers say

    def told(self, worker: Worker, told: control.Told) -> None:
        """Pass it on; of the stage itself only the home knows."""
        listener = self._listener
        assert listener is not None
        match told:
            case control.OfferNeeded() if self._watches(told.room, told.person, worker):
                listener.offer_needed(told.room, told.person, told.offer)
            case control.TracksChanged():
                here = {
                    person: revision
                    for person, revision in told.viewers.items()
                    if self._watches(told.room, person, worker)
                }
                listener.tracks_changed(told.room, here, told.tracks)
            case control.Speaking() if self._at_home(worker, told.room):
                listener.speaking(told.room, told.people)
            case control.LayersNeeded():
                room = self._rooms.get(told.room)
                bits = room.need(worker.index, told) if room is not None else None
                if bits is not None:
                    listener.layers_needed(told.room, told.person, told.kind, bits)
            case control.Recorded():
                periods = [replace(one, worker=worker.index) for one in told.periods]
                listener.forwarded(told.room, periods)
            case control.Publishing() if self._at_home(worker, told.room):
                self._forget_needs(told.room, told.person)
                listener.publishing(told.room, told.person, told.connected)

    def _forget_needs(self, name: str, person: str) -> None:
        """Of somebody who publishes anew, all is needed until it is said otherwise."""
        room = self._rooms.get(name)
        if room is not None:
            room.needed = {key: said for key, said in room.needed.items() if key[0] != person}

    def _watches(self, room: str, person: str, worker: Worker) -> bool:
        """Whether it is this worker's viewer, and not meanwhile another's, or gone."""
        known = self._rooms.get(room)
        return known is not None and known.viewers.get(person) == worker.index

    def _at_home(self, worker: Worker, room: str) -> bool:
        known = self._rooms.get(room)
        return known is None or known.home == worker.index

    async def renewed(self, worker: Worker) -> None:
        """Bring back the viewers it had; rooms that had their home there begin anew."""
        lost = {name for name, room in self._rooms.items() if room.home == worker.index}
        for name in lost:
            room = self._rooms.pop(name)
            for at in room.workers - {worker.index}:
                self._unwaited(self.workers[at].ask(control.CloseRoom, name))
        for name, room in self._rooms.items():
            if worker.index in room.workers:
                self._unwaited(self._bring_back(name, room, worker))
        if lost and self._listener is not None:
            self._listener.restarted(lost)

    async def _bring_back(self, name: str, room: Room, worker: Worker) -> None:
        await self._join_in(name, room, worker.index)
        for person, at in list(room.viewers.items()):
            if at == worker.index:
                await worker.ask(control.Subscribe, name, person)


def _link(workers: Sequence[Worker]) -> None:
    """A socket between any two workers, which outlives their processes."""
    if LINKS is None:
        return
    for one in workers:
        for other in workers[one.index + 1 :]:
            pair = socket.socketpair(socket.AF_UNIX, LINKS)
            for end in pair:
                for option in (socket.SO_SNDBUF, socket.SO_RCVBUF):
                    end.setsockopt(socket.SOL_SOCKET, option, LINK_BUFFER)
            one.links[other.index], other.links[one.index] = pair


def _sums(found: Sequence[dict[str, object]]) -> dict[str, object]:
    """What the workers count, together; the first one's process."""
    sums: dict[str, object] = {}
    for key, first in found[0].items():
        if isinstance(first, int | float):
            sums[key] = first if key == "pid" else sum(one[key] for one in found)  # type: ignore[misc]
    return sums
