"""All rooms of one server: loaded at the start, looked up, created; and the media engine's news."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from stagedoor import rules
from stagedoor.log import EventLog, LogConflictError
from stagedoor.media.interface import Forwarded, MediaEngine, SubscribeOffer, TrackMap
from stagedoor.messages import Closing, SendLayers, SubscribeOffered, Track, TracksChanged
from stagedoor.rules.events import AnyEvent, RoomCreated
from stagedoor.rules.refusals import Code, Refusal, marked, refusal
from stagedoor.rules.values import Room

from .care import personal
from .clock import Clock, SteadyClock
from .keeper import Keeper
from .media import Media
from .record import Record

logger = logging.getLogger(__name__)

SHUTTING_DOWN = Closing(
    Code.SHUTTING_DOWN, "The server restarts; you will be back in a moment.", again=True
)

OCCUPIED = marked("People are in the room. Wait until all have left, or end it.")


async def create_room(log: EventLog, created: RoomCreated) -> Room | Refusal:
    """Put a new room into the log. Refused with ``room_exists`` if its id is taken."""
    try:
        await log.append(created.room, 0, [created])
    except LogConflictError:
        return refusal(Code.ROOM_EXISTS, "There is a room “{room}” already.", room=created.room)
    return rules.evolve(None, created)


async def forget(log: EventLog, room: str, person: str | None) -> int:
    """Erase what is personal in a room's log, of one person or of all; in how many events it was.

    Raises LogError.
    """
    numbers = await log.personal(room)
    if person is not None:
        wanted = set(personal(await log.read(room), person))
        numbers = [number for number in numbers if number in wanted]
    await log.erase(room, numbers)
    return len(numbers)


class House:
    """Made by ``open``; ends with ``close``. It is the engine's listener."""

    def __init__(self, log: EventLog, engine: MediaEngine, clock: Clock) -> None:
        self.clock = clock
        self.record = Record(log, clock)
        self.media = Media(engine, self.record)
        self._log = log
        self._keepers: dict[str, Keeper] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._forgetting = asyncio.Lock()

    @classmethod
    async def open(cls, log: EventLog, engine: MediaEngine, clock: Clock | None = None) -> House:
        """Start the engine and load every room.

        The clock is a steady one, if none is given: never earlier than what is in the log, even if
        the machine's was set back since.
        Raises LogError if a room cannot be read, and what the engine's start raises.
        """
        loaded = [(await log.read(room)) for room in await log.rooms()]
        last = max((events[-1].at for events in loaded), default=0)
        house = cls(log, engine, clock or SteadyClock(at_least=last))
        await house.media.start(house)
        for events in loaded:
            house._keep(replay(events), events)
        house.record.begin()
        return house

    async def create(self, created: RoomCreated) -> Keeper | Refusal:
        """A new room from its first event, or the refusal of an id that is taken."""
        room = await create_room(self._log, created)
        if isinstance(room, Refusal):
            return room
        logger.info("room %s created", room.id)
        return self._keep(room, [created])

    def keeper(self, room: str) -> Keeper | None:
        """The keeper of the room with this id."""
        return self._keepers.get(room)

    def keepers(self) -> list[Keeper]:
        """All keepers, in order of their rooms' creation."""
        return list(self._keepers.values())

    async def forget(self, room: str, person: str | None = None) -> int | Refusal:
        """Erase what is personal in a room, of one person or of all; in how many events it was.

        Refused while anybody is there, or may come back to a held seat, unless the room has ended:
        it is loaded anew, as what people see is what the log says. Raises LogError.
        """
        async with self._forgetting:
            keeper = self._keepers[room]
            if not keeper.room.ended and any(one.present for one in keeper.room.people.values()):
                return refusal(Code.WRONG_STATE, OCCUPIED)
            keeper.stop()
            await self._tasks[room]
            keeper.close_all(SHUTTING_DOWN)
            state, events = keeper.room, list[AnyEvent]()
            try:
                numbers = await forget(self._log, room, person)
                events = await self._log.read(room)
                state = replay(events)
            finally:
                self._keep(state, events)
        logger.info("room %s: what was personal in %d events is erased", room, numbers)
        return numbers

    async def forget_quiet(self, since: int) -> None:
        """Erase what is personal in rooms where nothing happened after ``since``, milliseconds.

        Raises LogError.
        """
        for room in await self._log.quiet(since):
            if room in self._keepers and isinstance(await self.forget(room), Refusal):
                logger.info("room %s: people are there, so that nothing is erased", room)

    async def goodbye(self) -> None:
        """Finish every room's step, take no other, and close every connection."""
        for keeper in self._keepers.values():
            keeper.stop()
        if self._tasks:
            await asyncio.wait(self._tasks.values())
        for keeper in self._keepers.values():
            keeper.close_all(SHUTTING_DOWN)

    async def close(self) -> None:
        """Say goodbye if that has not happened, and stop the engine. The log stays open."""
        await self.goodbye()
        await self.media.close()
        await self.record.close()

    def _keep(self, room: Room, events: Iterable[AnyEvent]) -> Keeper:
        keeper = Keeper(room, events, self._log, self.media, self.clock)
        self._keepers[room.id] = keeper
        self._tasks[room.id] = asyncio.create_task(keeper.run(), name=f"room {room.id}")
        return keeper

    # -- the media engine's listener

    def offer_needed(self, room: str, person: str, offer: SubscribeOffer) -> None:
        """See Listener.offer_needed."""
        keeper = self._keepers.get(room)
        if keeper is not None:
            tracks = _tracks(offer.tracks)
            keeper.tell(SubscribeOffered(offer.revision, offer.fresh, offer.sdp, tracks), person)

    def tracks_changed(
        self, room: str, viewers: Mapping[str, int], tracks: Sequence[TrackMap]
    ) -> None:
        """See Listener.tracks_changed."""
        keeper = self._keepers.get(room)
        if keeper is None:
            return
        by_revision = defaultdict[int, list[str]](list)
        for person, revision in viewers.items():
            by_revision[revision].append(person)
        told = _tracks(tracks)
        for revision, people in by_revision.items():
            keeper.tell(TracksChanged(revision, told), *people)

    def speaking(self, room: str, people: list[str]) -> None:
        """See Listener.speaking."""
        keeper = self._keepers.get(room)
        if keeper is not None:
            keeper.speaking(people)

    def publishing(self, room: str, person: str, connected: bool) -> None:
        """See Listener.publishing."""
        state = "connected" if connected else "lost"
        logger.info("room %s: the publishing of %s is %s", room, person, state)

    def layers_needed(self, room: str, person: str, kind: str, bits: list[int]) -> None:
        """See Listener.layers_needed."""
        keeper = self._keepers.get(room)
        if keeper is not None:
            keeper.tell(SendLayers(kind, bits), person)

    def forwarded(self, room: str, periods: list[Forwarded]) -> None:
        """See Listener.forwarded."""
        self.record.forwarded(room, periods)

    def restarted(self, rooms: Collection[str] | None = None) -> None:
        """See Listener.restarted."""
        logger.warning("the media engine was started again")
        for keeper in self._keepers.values():
            if rooms is None or keeper.id in rooms:
                keeper.media_restarted()


def _tracks(tracks: Iterable[TrackMap]) -> list[Track]:
    return [Track(track.mid, track.person, track.kind) for track in tracks]


def replay(events: Iterable[AnyEvent]) -> Room:
    """The room that a log's events, one at least, lead to."""
    room: Room | None = None
    for event in events:
        room = rules.evolve(room, event)
    assert room is not None, "a room in the log has a first event"
    return room
