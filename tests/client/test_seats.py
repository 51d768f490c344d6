"""A seat that changes hands, at the client: the next one is seen without negotiating."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable
from typing import Any, cast

import pytest
from aiortc import RTCPeerConnection

from bench.performer import Performer, film
from stagedoor.messages import SubscribeOffered, Track, TracksChanged
from stagedoor.rules.values import Seat
from stagedoor_client import Options, Room, parse
from stagedoor_client.subscriber import Lane, Sink, Subscriber
from tests.server_process import ServerProcess

from .people import PATIENCE, Counter, Moderator

Negotiate = Callable[..., Awaitable[None]]


async def test_the_next_one_is_seen_without_negotiating(
    server: ServerProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The third sits where the first did; their pictures differ in size, so that each is known."""
    negotiated = 0
    negotiate = cast(Negotiate, RTCPeerConnection.setRemoteDescription)

    async def counting(self: RTCPeerConnection, *arguments: Any) -> None:
        nonlocal negotiated
        negotiated += 1
        await negotiate(self, *arguments)

    monkeypatch.setattr(RTCPeerConnection, "setRemoteDescription", counting)
    link = server.create_room(mode="open")["links"]
    sizes = ((160, 120), (192, 144), (128, 96))
    films = [film(width=one, height=other, seconds=2, mbit=0.15) for one, other in sizes]
    seen = Counter()
    async with Room(parse(link["attendee"]), Options("Vera", sink=seen)) as room:
        met = []
        for number, loop in enumerate(films):
            player = Performer(parse(link["attendee"]), f"Player {number}", loop)
            task = asyncio.create_task(player.run())
            async with asyncio.timeout(PATIENCE):
                await player.playing.wait()
            await seen.moves(player.person, 5)
            if number == 0:
                first = negotiated
                before = room._subscriber and room._subscriber.connection
            assert seen.sizes[player.person] == sizes[number]
            met.append(player.person)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            await room.until(lambda r, who=player.person: away(r, who))
        assert negotiated == first
        assert room._subscriber is not None
        assert room._subscriber.connection is before
        assert [seen.sizes[person] for person in met] == [*sizes]


async def test_whoever_comes_back_is_told_all_and_then_what_changes(
    server: ServerProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By a fresh offer, and without one; what changed meanwhile is nowhere left out."""
    told: asyncio.Queue[tuple[bool | None, set[str]]] = asyncio.Queue()
    offered, changed = Subscriber.offered, Subscriber.changed

    async def noting_offer(self: Subscriber, offer: SubscribeOffered) -> None:
        await offered(self, offer)
        told.put_nowait((offer.fresh, {one.person for one in self._tracks.values()}))

    def noting(self: Subscriber, message: TracksChanged) -> None:
        changed(self, message)
        told.put_nowait((None, {one.person for one in self._tracks.values()}))

    async def next_told() -> tuple[bool | None, set[str]]:
        async with asyncio.timeout(PATIENCE):
            return await told.get()

    monkeypatch.setattr(Subscriber, "offered", noting_offer)
    monkeypatch.setattr(Subscriber, "changed", noting)
    links = server.create_room(mode="open")["links"]
    options = Options("Vera", sink=Counter())
    async with (
        Moderator(links["moderator"]) as ada,
        Room(parse(links["attendee"]), options) as room,
    ):
        assert await next_told() == (True, set())
        await ada.do("join_stage", microphone=False, camera=False)
        who = ada.find("Ada")["id"]
        assert await next_told() == (False, {who})
        await ada.do("leave_stage")
        assert await next_told() == (None, set())
        line = room._connection._socket
        assert line is not None
        line.get_extra_info("socket").shutdown(socket.SHUT_RDWR)
        await ada.sees("Vera", away=True)
        await ada.do("join_stage", microphone=False, camera=False)
        assert await next_told() == (True, {who})
        await ada.do("leave_stage")
        assert await next_told() == (None, set())


def away(room: Room, person: str) -> bool | None:
    """Whether somebody's seat is held, so that their place is free (rule 12)."""
    assert room.view is not None
    return any(one.id == person and one.seat is Seat.HELD for one in room.view.people) or None


def subscriber(*mids: str) -> Subscriber:
    """One that has these m-lines, of an offer with the revision 3, and no connection."""

    async def answer(revision: int, sdp: str) -> None:
        raise AssertionError

    made = Subscriber(cast(Sink, None), answer, lambda: None)
    made._revision = 3
    made._lanes = {mid: Lane(cast(Any, None), cast(Any, None), None) for mid in mids}
    return made


def whose(made: Subscriber) -> dict[str, str | None]:
    return {mid: lane.person for mid, lane in made._lanes.items()}


async def test_only_the_last_offer_s_m_lines_are_changed() -> None:
    made = subscriber("0", "2")
    made.changed(TracksChanged(3, [Track("0", "ada", "audio"), Track("7", "ben", "audio")]))
    assert whose(made) == {"0": "ada", "2": None}
    for revision in (2, 4):
        made.changed(TracksChanged(revision, [Track("0", "cat", "audio")]))
        assert whose(made) == {"0": "ada", "2": None}
    made.changed(TracksChanged(3, [Track("2", "cat", "audio")]))
    assert whose(made) == {"0": None, "2": "cat"}


async def test_a_change_while_an_offer_is_answered_outlasts_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What the offer itself says is shown at once of known m-lines, and not again afterwards."""
    made = subscriber("0")
    reached, go_on = asyncio.Event(), asyncio.Event()

    class Connection:
        async def setRemoteDescription(self, description: object) -> None:  # noqa: N802
            reached.set()
            await go_on.wait()

        def getTransceivers(self) -> list[object]:  # noqa: N802
            raise Enough

    class Enough(Exception):  # noqa: N818 - it ends the negotiation where the test ends
        pass

    made._connection = cast(Any, Connection())
    offer = SubscribeOffered(4, fresh=False, sdp="v=0", tracks=[Track("0", "ada", "audio")])
    negotiating = asyncio.create_task(made.offered(offer))
    await reached.wait()
    assert whose(made) == {"0": "ada"}
    made.changed(TracksChanged(3, [Track("0", "ben", "audio")]))
    assert whose(made) == {"0": "ada"}, "of the offer before"
    made.changed(TracksChanged(4, [Track("0", "cat", "audio")]))
    assert whose(made) == {"0": "cat"}
    go_on.set()
    with pytest.raises(Enough):
        await negotiating
    made._direct()
    assert whose(made) == {"0": "cat"}
