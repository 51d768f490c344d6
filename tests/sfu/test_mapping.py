"""A seat that changes hands is told without SDP; what adds m-lines is offered, as ever."""

from __future__ import annotations

import asyncio
import functools
import socket
from collections.abc import Sequence
from typing import Any, cast

import pytest

from bench.peer import Peer
from stagedoor.media.interface import Grant, MediaError, SubscribeOffer, TrackMap
from stagedoor.sfu.negotiation import sdp
from stagedoor.sfu.stage import viewer as viewers
from stagedoor.sfu.stage.offering import Offering
from stagedoor.sfu.stage.stage import Stage
from stagedoor.sfu.stage.viewer import Viewer
from stagedoor.sfu.workers.control import OfferNeeded, TracksChanged

from .conftest import Told
from .inside import Inside
from .light import AUDIO, Light, light_publisher, payload, rtp
from .test_offering import LOCAL

ALL = Grant(forward=True, microphone=True, camera=True)
BACKSTAGE = Grant(True, True, True, backstage=True)


class NoPeer:
    """A connection of which nothing but its description is of interest."""

    remote: sdp.Transport | None = None

    def connect(self, remote: sdp.Transport) -> None:
        self.remote = remote


@functools.cache
def answering() -> Peer:
    """Answers offers in the place of all viewers."""
    return Peer(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))


class Scene:
    """A stage, and what its viewers are told, as (viewer, revision, what)."""

    def __init__(self, *people: str) -> None:
        self.told: list[tuple[str, int, str]] = []
        self.offers: dict[str, SubscribeOffer] = {}
        self.stage = Stage("room")
        self.offering = Offering(lambda _: LOCAL, self._tell, lambda: False)
        for person in people:
            self.watch(person)
            self.answer(person)
        self.told.clear()

    def _tell(self, told: OfferNeeded | TracksChanged) -> None:
        if isinstance(told, TracksChanged):
            words = _words(told.tracks)
            self.told += [(person, number, words) for person, number in told.viewers.items()]
            return
        self.offers[told.person] = told.offer
        words = f"offer {_words(told.offer.tracks)}"
        self.told.append((told.person, told.offer.revision, words))

    def watch(self, person: str) -> Viewer:
        """Somebody watches, by a new connection."""
        viewer = self.stage.viewers.get(person) or Viewer(person, 0)
        viewer.renew(cast(Any, NoPeer()))
        self.stage.admit(viewer)
        self.offering.one(self.stage, viewer)
        return viewer

    def answer(self, person: str, revision: int | None = None) -> None:
        """Answer the last offer, under its revision or another."""
        offer, viewer = self.offers[person], self.stage.viewers[person]
        description = sdp.parse(answering().answer(offer.sdp))
        viewer.answer(offer.revision if revision is None else revision, description)
        self.offering.one(self.stage, viewer)

    def seat(self, person: str, grant: Grant | None = ALL) -> None:
        """Have somebody on stage, backstage, or nowhere; all who may know of it are to be told."""
        before = self.stage.grants.pop(person, Grant())
        if grant is not None:
            self.stage.grants[person] = grant
        self.stage.seat(person, grant is not None)
        for viewer in self.stage.viewers.values():
            public = before.public or (grant is not None and grant.public)
            if public or viewer.person in self.stage.insiders:
                viewer.change()
        self.offering.all(self.stage)

    async def turn(self) -> list[tuple[str, int, str]]:
        """What is told in the next turns of the loop."""
        for _ in range(5):
            await asyncio.sleep(0)
        told, self.told = self.told, []
        return told


def _words(tracks: Sequence[TrackMap]) -> str:
    """By m-line of sound, whose it is."""
    return " ".join(f"{one.mid}:{one.person}" for one in tracks if one.kind == "audio")


async def test_the_next_person_is_told_with_the_revision_of_the_last_offer() -> None:
    scene = Scene("vic")
    scene.seat("ada")
    assert await scene.turn() == [("vic", 2, "offer 0:ada")]
    scene.answer("vic")
    scene.seat("ada", None)
    assert await scene.turn() == [("vic", 2, "")]
    scene.seat("ben")
    assert await scene.turn() == [("vic", 2, "2:ben")]
    scene.seat("ben", None)
    scene.seat("cat")
    assert await scene.turn() == [("vic", 2, "0:cat")], "of two changes the last alone"


async def test_whoever_comes_gets_the_place_that_has_been_free_for_longest() -> None:
    """What ends and what begins would be seen under each other's names on the same m-lines."""
    scene = Scene("vic")
    for person in ("ada", "ben"):
        scene.seat(person)
    found = []
    for gone, come in (("ada", "cat"), ("ben", "dan"), ("cat", "eve"), ("dan", "fay")):
        scene.seat(gone, None)
        scene.seat(come)
        place = scene.stage.place_of(come)
        assert place is not None
        found.append(place.stream)
    assert found == ["stage-2", "stage-3", "stage-0", "stage-1"]
    assert len(scene.stage.places) == 4


async def test_a_stage_that_grows_is_seldom_negotiated() -> None:
    scene = Scene("vic")
    offered = []
    for number in range(1, 13):
        scene.seat(str(number))
        (told,) = await scene.turn()
        if told[2].startswith("offer"):
            offered.append(number)
            scene.answer("vic")
    assert offered == [1, 2, 4, 8, 12]


async def test_it_is_told_while_an_offer_is_unanswered_of_the_m_lines_that_this_has() -> None:
    scene = Scene("vic")
    scene.seat("ada")
    assert await scene.turn() == [("vic", 2, "offer 0:ada")]
    scene.seat("ben")  # adds a place, which is to be offered after the answer
    assert await scene.turn() == [("vic", 2, "0:ada 2:ben")]
    scene.seat("ada", None)
    assert await scene.turn() == [("vic", 2, "2:ben")]
    with pytest.raises(MediaError, match="no longer stands"):
        scene.answer("vic", 1)
    assert await scene.turn() == []
    scene.answer("vic")
    assert await scene.turn() == [("vic", 3, "offer 2:ben")]
    scene.answer("vic")
    assert await scene.turn() == []


async def test_what_is_not_known_is_told_by_the_offer_alone() -> None:
    """Whose the m-lines are that the unanswered offer does not have."""
    scene = Scene("vic")
    for person, told in (("ada", "offer 0:ada"), ("ben", "0:ada 2:ben")):
        scene.seat(person)
        assert await scene.turn() == [("vic", 2, told)]
    scene.seat("cat")
    assert await scene.turn() == []
    scene.answer("vic")
    assert await scene.turn() == [("vic", 3, "offer 0:ada 2:ben 4:cat")]


async def test_whoever_watches_anew_is_told_all_by_a_fresh_offer() -> None:
    scene = Scene("vic")
    scene.seat("ada")
    await scene.turn()
    scene.seat("ada", None)
    scene.watch("vic")  # before the turn, and the last offer was never answered
    scene.seat("ben")
    assert await scene.turn() == [("vic", 3, "offer "), ("vic", 3, "2:ben")]
    assert scene.offers["vic"].fresh
    scene.answer("vic")
    assert await scene.turn() == []


async def test_nobody_is_told_what_they_know_or_of_themselves() -> None:
    scene = Scene("vic", "ada")
    scene.seat("ada")
    scene.seat("ben")
    await scene.turn()
    for person in ("vic", "ada"):
        scene.answer(person)
    scene.seat("ada", None)
    assert await scene.turn() == [("vic", 2, "2:ben")]
    for viewer in scene.stage.viewers.values():
        viewer.change()
    scene.offering.all(scene.stage)
    assert await scene.turn() == []


async def test_of_the_backstage_insiders_alone_are_told() -> None:
    """Rule 14; whoever moderates no more is told that nobody is there."""
    scene = Scene("mia", "vic")
    scene.stage.show_backstage(["mia"])
    scene.seat("ada", BACKSTAGE)
    scene.seat("wes")
    await scene.turn()
    for person in ("mia", "vic"):
        scene.answer(person)
    assert await scene.turn() == []
    scene.seat("ada", None)
    assert await scene.turn() == [("mia", 2, "2:wes")]
    scene.seat("bea", BACKSTAGE)
    assert await scene.turn() == [("mia", 2, "2:wes 4:bea")]
    scene.stage.show_backstage([])
    scene.offering.all(scene.stage)
    assert await scene.turn() == [("mia", 2, "2:wes")]
    scene.stage.show_backstage(["vic"])
    scene.offering.all(scene.stage)
    assert await scene.turn() == [("vic", 2, "2:wes 4:bea")]


async def test_m_lines_added_backstage_are_offered_to_others_when_they_are_needed() -> None:
    """That somebody sits down there is not to be seen in an offer either."""
    scene = Scene("vic")
    scene.seat("ada", BACKSTAGE)
    scene.seat("bea", BACKSTAGE)
    assert await scene.turn() == []
    scene.seat("wes")
    assert await scene.turn() == [("vic", 2, "offer 4:wes")]


async def test_a_seat_goes_to_the_next_without_any_sdp(monkeypatch: pytest.MonkeyPatch) -> None:
    """Counted where it is written; what the next one sends arrives all the same."""
    written = []
    write = viewers.write_offer

    def counting(*arguments: Any) -> str:
        written.append(arguments)
        return write(*arguments)

    monkeypatch.setattr(viewers, "write_offer", counting)
    told = Told()
    inside = Inside(told)
    engine = cast(Any, inside)
    for person in ("ada", "ben"):
        inside.engine.grant("room", person, ALL)
    watching = [await Light(engine, told, f"viewer {number}").open() for number in range(3)]
    assert len(written) == 3
    for number, (gone, come) in enumerate((("ada", "cat"), ("ben", "dan"), ("cat", "eve"))):
        inside.engine.grant("room", gone, None)
        inside.engine.grant("room", come, ALL)
        for viewer in watching:
            tracks = await viewer.mapped()
            assert come in {one.person for one in tracks}
            assert gone not in {one.person for one in tracks}
        publisher = await light_publisher(engine, come)
        publisher.send_rtp(rtp(number, AUDIO))
        for viewer in watching:
            assert payload(await viewer.next()) == b"%06d" % number
    assert len(written) == 3
    inside.close()
