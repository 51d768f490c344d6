"""On a large stage the loudest are forwarded: without a gap in the numbers, or in the words."""

from __future__ import annotations

import itertools
import struct
from collections.abc import Sequence
from typing import Any, cast

from stagedoor.media.interface import Grant
from stagedoor.sfu.negotiation.descriptions import Published, Taken
from stagedoor.sfu.packets import rtp
from stagedoor.sfu.stage.forwarding import MOMENT, Forwarder
from stagedoor.sfu.stage.loudest import LINGER
from stagedoor.sfu.stage.publisher import Publisher
from stagedoor.sfu.stage.stage import Stage
from stagedoor.sfu.stage.track import Track

ALL = Grant(forward=True, microphone=True)
LOUD, QUIET = 20, 110
STEP = 0.02


class Sent:
    """An Outgoing that keeps the numbers of what is put into it, by SSRC."""

    def __init__(self) -> None:
        self.packets: dict[int, list[bytes]] = {}

    def put(self, track: Track, packet: bytes, receivers: Sequence[Any], now: float) -> None:
        self.packets.setdefault(track.ssrc, []).append(packet)


class Scene:
    """People who send sound every 20 ms; two of them are heard at most."""

    def __init__(self, people: int) -> None:
        self.sent = Sent()
        self.stage = Stage("room", voices=2)
        self.forwarder = Forwarder(cast(Any, None), cast(Any, self.sent))
        self.people = [f"p{index}" for index in range(people)]
        self.levels = dict.fromkeys(self.people, QUIET)
        self.publishers = {}
        for index, person in enumerate(self.people):
            self.stage.grants[person] = ALL
            self.stage.seat(person, True)
            line = Taken("0", "audio", frozenset([index]), {111: 111})
            published = Published("", (line,), 1, None)
            self.publishers[person] = Publisher(person, cast(Any, None), published)
        self.sequence = 0
        self.now = 100.0

    def grant(self, person: str, grant: Grant) -> None:
        before = self.stage.grants[person]
        self.stage.grants[person] = grant
        self.stage.interrupt(person, before, grant, moved=False)

    def run(self, seconds: float) -> None:
        for _ in range(round(seconds / STEP)):
            self.now += STEP
            self.sequence += 1
            for index, person in enumerate(self.people):
                self._say(index, person)

    def _say(self, index: int, person: str) -> None:
        header = struct.pack("!BBHII", 0x90, 111, self.sequence, self.sequence * 960, index)
        extension = bytes([0xBE, 0xDE, 0, 1, 0x10, self.levels[person], 0, 0])
        payload = b"%06d" % self.sequence
        publisher = self.publishers[person]
        self.forwarder.rtp(self.stage, publisher, header + extension + payload, self.now)

    def heard(self, person: str) -> list[tuple[rtp.Header, int]]:
        """What was forwarded of somebody: header, and the number that the publisher gave it."""
        place = self.stage.place_of(person)
        assert place is not None
        packets = self.sent.packets.get(place.tracks["audio"].ssrc, [])
        headers = [rtp.parse(packet) for packet in packets]
        assert None not in headers
        return [
            (header, int(packet[header.payload :]))
            for header, packet in zip(headers, packets, strict=True)
            if header is not None
        ]


def test_whoever_begins_to_speak_is_heard_from_the_first_word() -> None:
    scene = Scene(6)
    scene.run(1)
    assert scene.heard("p5") == []
    first = scene.sequence + 1
    scene.levels["p5"] = LOUD
    scene.run(0.5)
    numbers = [number for _, number in scene.heard("p5")]
    assert numbers == list(range(numbers[0], scene.sequence + 1))
    before = first - numbers[0]
    assert 0 < before <= MOMENT / STEP, "a moment before the word, and no more"


def test_a_pause_leaves_no_gap_in_the_numbers_and_the_time_goes_on() -> None:
    scene = Scene(4)
    scene.levels |= {"p0": LOUD, "p1": LOUD}
    scene.run(1)
    scene.levels |= {"p0": QUIET, "p2": LOUD}
    scene.run(LINGER + 1.5)
    scene.levels |= {"p2": QUIET, "p0": LOUD}
    scene.run(LINGER + 1.5)
    heard = scene.heard("p0")
    gaps = 0
    for (before, said), (after, then) in itertools.pairwise(heard):
        assert (after.sequence - before.sequence) & 0xFFFF == 1
        elapsed = (after.timestamp - before.timestamp) & 0xFFFFFFFF
        assert abs(elapsed - 960 * (then - said)) <= 1
        gaps += then - said > 1
    assert gaps == 1, "there was a pause"
    assert heard[-1][1] == scene.sequence


def test_never_more_than_so_many_at_once() -> None:
    scene = Scene(8)
    for turn in range(8):
        scene.levels = dict.fromkeys(scene.people, QUIET) | {f"p{turn}": LOUD}
        scene.run(2)
        now = [
            who
            for who in scene.people
            if (heard := scene.heard(who)) and heard[-1][1] == scene.sequence
        ]
        assert f"p{turn}" in now
        assert len(now) <= 2


def test_nothing_withheld_from_before_a_mute_is_sent_after_it() -> None:
    """Rules 13 and 14."""
    scene = Scene(6)
    scene.run(1)
    scene.grant("p5", Grant(forward=True))
    scene.run(0.04)
    scene.grant("p5", ALL)
    first = scene.sequence + 1
    scene.levels["p5"] = LOUD
    scene.run(0.1)
    assert min(number for _, number in scene.heard("p5")) >= first
