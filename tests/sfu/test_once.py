"""Under SRTP no number ever protects two different packets for one viewer (RFC 7714, section 8.1).

Whatever is lost, repaired twice, left out, caught up with, hidden and shown again. With AES-GCM a
second content under a number would give away the key that packets are authenticated with.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from random import Random
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stagedoor.media.interface import Grant
from stagedoor.sfu.packets import rtx
from stagedoor.sfu.stage.branch import ALL as EVERY
from stagedoor.sfu.stage.branch import NOTHING
from stagedoor.sfu.stage.numbering import RING
from stagedoor.sfu.stage.track import Track
from stagedoor.sfu.transport.runs import Run

from .ledger import ALL, ROOM, World, staged, world
from .light import RID_EXTENSION, VIDEO, rtp

MUTED, BACKSTAGE = Grant(forward=True), Grant(True, True, True, backstage=True)
TIDS = (0, 2, 1, 2)


class Camera:
    """One layer of a picture, whose packets come one by one or are kept back."""

    def __init__(self, room: World, person: str = "ada", layer: int = 0, rid: str = "") -> None:
        self.room, self.person, self.rid = room, person, rid
        self.ssrc = VIDEO + layer
        self.sequence = 65_400 + 300 * layer & 0xFFFF  # passes through 0 soon
        self.pictures = 0
        self.since_key = 0
        self.repairs = 7

    def packets(self, count: int = 1, *, key: bool = False, tid: int | None = None) -> list[bytes]:
        """The next picture."""
        self.since_key = 0 if key else self.since_key + 1
        self.pictures += 1
        tid = tid if tid is not None else 0 if key else TIDS[self.since_key % 4]
        descriptor = b"\xe0" + (0x8000 | self.pictures & 0x7FFF).to_bytes(2)
        descriptor += bytes([self.pictures & 0xFF, tid << 6 | (tid > 0) << 5])
        made = []
        for index in range(count):
            first = bytes([0x90 if index == 0 else 0x80]) + descriptor
            made.append(self._packet(first + (b"\x50" if key else b"\x51"), index == count - 1))
        return made

    def _packet(self, payload: bytes, marker: bool, padding: bool = False) -> bytes:
        head = bytes([0x80 | padding << 5 | bool(self.rid) << 4, marker << 7 | 96])
        head += struct.pack("!HII", self.sequence, 3600 * self.pictures, self.ssrc)
        if self.rid:
            head += b"\xbe\xde\0\1" + bytes([RID_EXTENSION << 4]) + self.rid.encode() + b"\0\0"
        name = b"" if padding else b"%s %d" % (self.person.encode(), self.sequence)
        self.sequence = self.sequence + 1 & 0xFFFF
        return head + payload + name

    def padding(self) -> bytes:
        """A packet of padding alone."""
        return self._packet(b"\0\0\0\4", False, padding=True)

    def show(self, count: int = 1, *, key: bool = False, tid: int | None = None) -> list[bytes]:
        """The next picture comes."""
        made = self.packets(count, key=key, tid=tid)
        for packet in made:
            self.room.hand(self.person, packet)
        return made

    def repair(self, packet: bytes) -> None:
        """A packet comes by the stream for repairs."""
        self.repairs += 1
        self.room.hand(self.person, rtx.wrap(packet, 97, self.repairs))


@pytest.fixture
def room() -> Iterator[World]:
    with staged() as made:
        yield made


def number(packet: bytes) -> int:
    return int.from_bytes(packet[2:4])


def numbers(room: World, person: str) -> list[int]:
    return [number(packet) for packet in room.sent(person)]


def test_the_ledger_finds_a_second_content() -> None:
    """This test of the tests: a number is the same until it has come round once more."""
    with world() as made:
        made.engine.grant(ROOM, "ada", ALL)
        made.watch("plain", repairs=False)
        peer = made.viewer("plain").peer
        assert peer is not None
        batch, ledger = made.engine._port.batch, made.ledger
        for sequence in (1, 2, 2):
            batch.fan_out(Run([rtp(sequence)]), [peer])
        assert ledger.broken == []
        batch.fan_out(Run([rtp(2)[:-1] + b"x"]), [peer])
        assert len(ledger.broken) == 1
        for sequence in range(20_000, 80_001, 20_000):
            batch.fan_out(Run([rtp(sequence)]), [peer])
        batch.fan_out(Run([rtp(65_538)]), [peer])
        assert len(ledger.broken) == 1
        assert ledger.refused == 1, "it is older than libsrtp's window"


def test_what_is_sent_again_is_the_same_as_before(room: World) -> None:
    camera = Camera(room)
    camera.show(3, key=True)
    first = room.sent("plain")
    room.tick(0.3)
    for person in ("plain", "rich"):
        room.ask(person, "video", [number(first[1])])
    assert room.sent("plain") == [*first, first[1]]
    assert len(room.sent("rich")) == 3, "there it has a stream of its own"


def test_who_catches_up_gets_what_all_others_got_and_once_more_if_it_is_lost(room: World) -> None:
    camera = Camera(room)
    camera.show(20, key=True)
    room.tick(0.4)
    room.watch("late", repairs=False)
    room.tick(0.1)
    assert room.sent("late") == room.sent("plain")
    room.ask("late", "video", numbers(room, "plain")[:2])
    assert room.sent("late") == room.sent("plain") + room.sent("plain")[:2]


def test_what_takes_up_the_number_of_a_late_packet_is_all_that_ever_has_it(room: World) -> None:
    track = room.stage.places[0].tracks["video"]
    track.aim("plain", 0, 0)
    camera = Camera(room)
    camera.show(key=True)
    (late,) = camera.packets(tid=2)
    camera.show(tid=0)
    room.tick(0.05)
    missing = numbers(room, "plain")[0] + 1 & 0xFFFF
    room.ask("plain", "video", [missing])
    room.hand("ada", late)
    assert room.sent("plain")[-1][0] & 0x20
    track.aim("plain", 0, EVERY)
    camera.show(key=True)
    for _ in range(2):
        room.tick(0.3)
        room.ask("plain", "video", [missing])
    again = [packet for packet in room.sent("plain") if number(packet) == missing]
    assert len(again) == 3, "it is sent again, or a viewer would wait for it"
    assert len(set(again)) == 1


def test_a_packet_that_was_repaired_and_then_comes_by_itself_comes_once(room: World) -> None:
    camera = Camera(room)
    camera.show(key=True)
    late = camera.packets(2)
    camera.show()
    room.tick(0.05)
    for packet in late:
        camera.repair(packet)
    room.tick(0.05)
    for packet in late:
        room.hand("ada", packet)
    found = numbers(room, "plain")
    assert len(found) == len(set(found)) == 4


@pytest.mark.parametrize("left_out", [600, 1000])
def test_however_many_are_left_out_a_late_one_gets_the_number_that_was_free(
    room: World, left_out: int
) -> None:
    camera = Camera(room)
    camera.show(key=True)
    (late,) = camera.packets(tid=0)
    for _ in range(left_out // 2):
        room.hand("ada", camera.padding())
    camera.show(3)
    asked = numbers(room, "plain")[-3:]
    for _ in range(left_out // 2):
        room.hand("ada", camera.padding())
    camera.show(3)
    room.tick(0.05)
    room.hand("ada", late)
    room.tick(0.05)
    room.ask("plain", "video", asked)
    found = room.sent("plain")
    first = number(found[0])
    assert {number(packet) - first & 0xFFFF for packet in found} == set(range(8))
    assert found[7][20:].endswith(b"ada 65401")
    assert [number(packet) for packet in found[8:]] == asked


def test_what_is_too_late_to_be_known_is_not_sent(room: World) -> None:
    camera = Camera(room)
    camera.show(key=True)
    (late,) = camera.packets()
    for _ in range(RING):
        camera.show()
    room.hand("ada", late)
    assert len(room.sent("plain")) == RING + 1


def test_nothing_of_a_lap_before_is_sent_for_a_packet_that_is_still_missing(room: World) -> None:
    """A publisher can see to it that a place in the ring is not written for 65536 packets."""
    camera = Camera(room)
    track = room.stage.places[0].tracks["video"]
    branch = track.followers["plain"].branch
    camera.sequence = 65_536 - 100
    camera.show(200, key=True)
    (stale,) = [one for one in room.sent("plain") if number(one) == 50]
    for _ in range(65_536 // 1000):
        camera.sequence = camera.sequence + 1000 & 0xFFFF
        if camera.sequence % RING != 50:
            camera.show()
    camera.sequence = 49
    if track.recent(branch, branch.highest) is not None:
        camera.show()
        camera.sequence = 51
        camera.show()
    highest = branch.highest
    room.ask("plain", "video", [highest - 1 & 0xFFFF, number(stale)])
    assert stale[20:] not in {one[20:] for one in room.sent("plain")[-3:]}


def test_who_has_caught_up_is_put_to_no_others(room: World) -> None:
    """To whom they would have got other packets under the same numbers."""
    camera = Camera(room)
    track = room.stage.places[0].tracks["video"]
    track.aim("plain", 0, 0)
    camera.show(key=True)
    for _ in range(8):
        camera.show()
    room.watch("late", repairs=False)
    got = room.sent("late")
    assert got
    track.aim("late", 0, 0)
    camera.show(key=True)
    assert room.sent("late")[: len(got)] == got
    assert number(room.sent("late")[-1]) == number(got[-1]) + 1 & 0xFFFF


def test_numbers_stand_still_for_whom_a_place_is_not_shown(room: World) -> None:
    """Somebody's own place; after a while on stage nothing there would be decrypted any more."""
    room.watch("ben", repairs=False)
    camera = Camera(room)
    camera.show(key=True)
    room.hand("ada", rtp(1))
    for leaves, comes in (("ada", "ben"), ("ben", "ada")):
        room.engine.grant(ROOM, leaves, None)
        for grant in (ALL, None):  # so that the place is the longest free
            room.engine.grant(ROOM, "dee", grant)
        room.engine.grant(ROOM, comes, ALL)
        room.publish(comes)
        camera = Camera(room, comes)
        camera.show(key=True)
        for sequence in range(2, 20):
            camera.show()
            room.hand(comes, rtp(sequence))
    for kind, count in (("video", 1 + 19), ("audio", 1 + 18)):
        found = [number(packet) for packet in room.sent("ben", kind)]
        assert found == [found[0] + ahead & 0xFFFF for ahead in range(count)]
        everything = [number(packet) for packet in room.sent("plain", kind)]
        assert len(everything) == 2 * count - 1


@pytest.mark.parametrize("how", ["moved", "moderates"])
def test_numbers_stand_still_while_somebody_is_backstage(room: World, how: str) -> None:
    room.engine.show_backstage(ROOM, ["rich"])
    for sequence, grant in enumerate((ALL, BACKSTAGE, ALL)):
        room.engine.grant(ROOM, "ada", grant)
        if how == "moderates" and grant is BACKSTAGE:
            room.engine.show_backstage(ROOM, ["rich", "plain"])
            room.engine.show_backstage(ROOM, ["rich"])
        for ahead in range(10):
            room.hand("ada", rtp(10 * sequence + ahead))
    assert len(room.sent("rich", "audio")) == 30
    found = [number(packet) for packet in room.sent("plain", "audio")]
    assert found == [found[0] + ahead & 0xFFFF for ahead in range(20)]


def test_a_source_that_leaps_takes_no_viewer_along(room: World) -> None:
    camera = Camera(room)
    camera.show(key=True)
    for leap in (RING, 30_000, 32_000):
        camera.sequence = camera.sequence + leap & 0xFFFF
        camera.show(key=True)
    found = numbers(room, "plain")
    assert found == [found[0] + ahead & 0xFFFF for ahead in range(4)]


def test_keys_are_taken_once(room: World) -> None:
    """A session that began anew would count SRTCP from 0 again."""
    peer = room.viewer("plain").peer
    assert peer is not None
    assert peer.remote is not None
    peer.close()
    peer.connect(peer.remote)
    assert not peer.ready
    assert peer.target is None


PEOPLE = ("rich", "plain", "late", "ada", "ben")
STEPS = st.one_of(
    st.tuples(
        st.just("show"),
        st.sampled_from("qf"),
        st.booleans(),
        st.lists(st.sampled_from(["comes"] * 6 + ["late", "twice", "lost"]), max_size=5),
    ),
    st.tuples(st.just("show"), st.sampled_from("qf"), st.just(False), st.just(["comes"] * 60)),
    st.tuples(st.just("padding"), st.sampled_from("qf"), st.integers(1, 40)),
    st.tuples(st.just("after_all"), st.randoms(use_true_random=False)),
    st.tuples(st.just("ask"), st.sampled_from(PEOPLE), st.integers(0, 60), st.integers(1, 9)),
    st.tuples(
        st.just("aim"),
        st.sampled_from(PEOPLE),
        st.sampled_from((NOTHING, 0, 1)),
        st.sampled_from((EVERY, EVERY, 1, 0)),
    ),
    st.tuples(st.just("grant"), st.sampled_from(("ada", "ben")), st.integers(0, 3)),
    st.tuples(st.just("insiders"), st.lists(st.sampled_from(PEOPLE), max_size=2)),
    st.tuples(st.just("watch"), st.sampled_from(PEOPLE), st.booleans()),
    st.tuples(st.just("tick"), st.sampled_from((0.01, 0.05, 0.3))),
)


class History:
    """One step after another; what was kept back of the packets of who sits at the first place."""

    def __init__(self, room: World) -> None:
        self.room = room
        self.kept: list[tuple[str, Camera, bytes]] = []
        self.cameras: dict[str, Camera] = {}
        self.grant("ada", 3)
        room.watch("rich", repairs=True)
        room.watch("plain", repairs=False)

    def grant(self, person: str, grant: int) -> None:
        stage = self.room.engine.stages.get(ROOM)
        if stage is not None:
            stage.places[0].left = -1  # longest free: nothing that comes elsewhere is looked at
        before = stage.publishers.get(person) if stage is not None else None
        given = (None, MUTED, BACKSTAGE, ALL)[grant]
        self.room.engine.grant(ROOM, person, given)
        place = self.room.stage.places[0]
        if given is not None and place.person == person and before is None:
            self.room.publish(person, "q", "f")
            made = [Camera(self.room, person, layer, rid) for layer, rid in enumerate("qf")]
            self.cameras, self.kept = {one.rid: one for one in made}, []
        for viewer in list(self.room.stage.viewers):
            self.room.answer(viewer, repairs=viewer != "plain")

    def step(self, what: str, *how: Any) -> None:
        getattr(self, what)(*how)
        self.room.clock.now += 0.004

    @property
    def published(self) -> bool:
        return self.room.stage.places[0].person in self.room.stage.publishers

    @property
    def track(self) -> Track:
        return cast(Track, self.room.stage.places[0].tracks["video"])

    def show(self, rid: str, key: bool, fates: list[str]) -> None:
        camera = self.cameras[rid]
        packets = camera.packets(len(fates), key=key) if self.published else []
        for packet, fate in zip(packets, fates, strict=False):
            if fate == "comes":
                self.room.hand(camera.person, packet)
            elif fate != "lost":
                self.kept.append((fate, camera, packet))

    def padding(self, rid: str, count: int) -> None:
        camera = self.cameras[rid]
        for _ in range(count if self.published else 0):
            self.room.hand(camera.person, camera.padding())

    def after_all(self, chance: Random) -> None:
        """What was kept back comes, by the stream for repairs, and some of it by itself as well."""
        chance.shuffle(self.kept)
        for fate, camera, packet in self.kept if self.published else []:
            camera.repair(packet)
            self.room.clock.now += 0.01
            if fate == "twice":
                self.room.hand(camera.person, packet)
        self.kept = []

    def ask(self, viewer: str, back: int, count: int) -> None:
        if viewer in self.room.stage.viewers:
            highest = self.track.followers[viewer].branch.highest
            asked = [highest - back + ahead & 0xFFFF for ahead in range(count)]
            self.room.ask(viewer, "video", asked)

    def aim(self, viewer: str, layer: int, temporal: int) -> None:
        if viewer in self.room.stage.viewers:
            self.track.aim(viewer, layer, temporal)

    def insiders(self, people: list[str]) -> None:
        self.room.engine.show_backstage(ROOM, people)

    def watch(self, viewer: str, repairs: bool) -> None:
        self.room.watch(viewer, repairs=repairs)

    def tick(self, seconds: float) -> None:
        self.room.tick(seconds)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(STEPS, min_size=10, max_size=60))
def test_whatever_happens_each_number_has_one_content(steps: list[tuple[Any, ...]]) -> None:
    with world() as made:
        history = History(made)
        for step in steps:
            history.step(*step)
            assert made.ledger.broken == []
        assert made.ledger.refused == 0
