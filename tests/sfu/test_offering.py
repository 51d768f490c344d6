"""Everybody's offers are made some at a time, and not before the server takes them."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any, cast

from stagedoor.media.interface import Grant
from stagedoor.sfu.negotiation import sdp
from stagedoor.sfu.negotiation.descriptions import Local
from stagedoor.sfu.stage.offering import SOME, Offering
from stagedoor.sfu.stage.stage import Stage
from stagedoor.sfu.stage.viewer import Viewer
from stagedoor.sfu.workers.control import OfferNeeded, TracksChanged

LOCAL = Local("ufrag", "pwd", sdp.Fingerprint("sha-256", "AA"), ("127.0.0.1",), 1)


class Room:
    """A stage with so many viewers who are owed an offer, and who was made one, in order.

    ``mapped``: who was told, together, whose the m-lines are.
    """

    def __init__(self, viewers: int) -> None:
        self.made: list[str] = []
        self.mapped: list[list[str]] = []
        self.full = False
        self.stage = Stage("room")
        for number in range(viewers):
            viewer = Viewer(f"viewer {number}", 0)
            viewer.peer = cast(Any, object())
            self.stage.viewers[viewer.person] = viewer
        self.offering = Offering(lambda _: LOCAL, self._tell, lambda: self.full)

    def _tell(self, told: OfferNeeded | TracksChanged) -> None:
        if isinstance(told, OfferNeeded):
            self.made.append(told.person)
        else:
            self.mapped.append([*told.viewers])


async def until(room: Room, count: int) -> None:
    async with asyncio.timeout(10):
        while len(room.made) < count:  # noqa: ASYNC110 - each turn of the loop makes some
            await asyncio.sleep(0)


async def test_everybody_s_offers_are_made_some_a_turn() -> None:
    room = Room(3 * SOME)
    room.offering.all(room.stage)
    room.offering.all(room.stage)
    assert room.made == [], "the server's answer comes first"
    for turn in range(1, 4):
        await until(room, turn * SOME)
        assert len(room.made) == turn * SOME
    await asyncio.sleep(0)
    assert room.made == [*room.stage.viewers], "everybody's, once"


async def test_whose_the_m_lines_are_is_told_everybody_at_once() -> None:
    room = Room(3 * SOME)
    room.offering.all(room.stage)
    await until(room, 3 * SOME)
    room.stage.grants["ada"] = Grant(forward=True)
    room.stage.seat("ada", True)
    for viewer in room.stage.viewers.values():
        viewer.change()
    room.full = True
    room.offering.all(room.stage)
    await asyncio.sleep(0)
    assert room.mapped == [], "the server takes nothing"
    room.full = False
    async with asyncio.timeout(10):
        while not room.mapped:  # noqa: ASYNC110 - the next turn of the loop does it
            await asyncio.sleep(0)
    assert room.mapped == [[*room.stage.viewers]]
    assert len(room.made) == 3 * SOME


async def test_a_room_in_which_it_fails_costs_no_other_one_its_offers() -> None:
    bad, good = Room(1), Room(2)
    good.stage.room = "another"
    for viewer in bad.stage.viewers.values():
        viewer.peer = cast(Any, SimpleNamespace(broken=True))

    def local(peer: Any) -> Local:
        return peer.broken if hasattr(peer, "broken") else LOCAL  # which cannot be written

    failed: list[object] = []
    asyncio.get_running_loop().set_exception_handler(
        lambda _, context: failed.append(context["exception"])
    )
    offering = Offering(local, good._tell, lambda: False)
    for room in (bad, good):
        offering.all(room.stage)
    await until(good, 2)
    assert len(failed) == 1
    assert (bad.made, good.made) == ([], [*good.stage.viewers])


async def test_while_the_server_takes_nothing_none_is_made_but_one_s_own() -> None:
    room = Room(2)
    room.full = True
    room.offering.all(room.stage)
    room.offering.one(room.stage, room.stage.viewers["viewer 1"])
    await asyncio.sleep(0)
    assert room.made == ["viewer 1"]
    room.full = False
    await until(room, 2)
    assert room.made == ["viewer 1", "viewer 0"]


async def test_who_has_gone_meanwhile_is_offered_nothing() -> None:
    room = Room(2)
    room.offering.all(room.stage)
    del room.stage.viewers["viewer 0"]
    await until(room, 1)
    assert room.made == ["viewer 1"]
