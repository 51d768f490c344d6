"""Before the first picture it is asked what a viewer's way bears, where there is a choice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from stagedoor.sfu.packets import arrivals, rtp
from stagedoor.sfu.stage.forwarding import HOLD, Forwarder
from stagedoor.sfu.stage.viewer import Viewer
from stagedoor.sfu.transport.runs import Run

from .test_arrivals import feedback
from .test_directing import Scene
from .test_feedback import Nobody


class Batch:
    """Keeps what is sent to one alone."""

    segments = 32

    def __init__(self) -> None:
        self.sent: list[bytes] = []

    def fan_out(self, run: Run, targets: Sequence[object]) -> int:
        self.sent += run.packets
        return len(targets)


class Door:
    """A stage that is watched, and Dan, who comes."""

    def __init__(self, rids: tuple[str, ...] = ("q", "h", "f"), *, reports: bool = True) -> None:
        self.scene = Scene(rids)
        self.scene.run(2)
        self.batch = Batch()
        self.forwarder = Forwarder(cast(Any, self.batch), cast(Any, Nobody()))
        self.dan = Viewer("dan", 0)
        self.dan.peer = cast(Any, Nobody())
        lines = self.scene.stage.lines
        self.dan.accepted = {line.mid: frozenset([96, 97, 111]) for line in lines}
        if reports:
            self.dan.reporting = {line.mid: 97 for line in lines if line.kind != "audio"}
        self.scene.stage.admit(self.dan)
        self.forwarder.settle(self.scene.stage, self.dan, self.scene.now)

    @property
    def numbers(self) -> list[int]:
        """Of the padding that was sent."""
        found = (rtp.extension(packet, arrivals.EXTENSION) for packet in self.batch.sent)
        return [int.from_bytes(one) for one in found if one is not None]

    @property
    def receives(self) -> bool:
        place = self.scene.stage.places[0]
        track = place.tracks["video"]
        branch = track.followers["dan"].branch
        return self.dan.peer in self.scene.stage.receivers(place, track, branch)

    @property
    def layer(self) -> int:
        return self.scene.stage.places[0].tracks["video"].followers["dan"].branch.layer

    def report(self, apart: int) -> None:
        """All of it came, so many quarters of a millisecond apart."""
        count = len(self.numbers)
        rest = (1 << 13 | count).to_bytes(2) + bytes([0, *[apart] * (count - 1)])
        compound = feedback(self.numbers[0], count, 100, rest)
        self.forwarder.viewer_rtcp(self.scene.stage, self.dan, compound, self.scene.now + 0.05)


def test_no_picture_before_the_answer_and_the_best_one_after_it() -> None:
    door = Door()
    assert len(door.numbers) > 4
    assert not door.receives
    door.report(apart=0)
    assert door.receives
    assert (door.layer, door.dan.budget) == (2, None)
    assert door.dan.person in door.scene.stage.places[0].tracks["video"].branches[0].followers


def test_a_narrow_way_begins_with_the_small_layer() -> None:
    door = Door()
    door.report(apart=35)  # 323 octets in 8.75 ms
    assert door.receives
    assert door.layer == 0
    assert door.dan.budget is not None
    assert 200_000 < door.dan.budget < 300_000


def test_after_a_moment_without_an_answer_it_is_the_small_layer_too() -> None:
    door = Door()
    door.forwarder.release(door.scene.stage, door.scene.now + HOLD / 2)
    assert not door.receives
    door.forwarder.release(door.scene.stage, door.scene.now + HOLD)
    assert door.receives
    assert door.layer == 0


def test_sound_waits_for_nothing() -> None:
    door = Door()
    place = door.scene.stage.places[0]
    track = place.tracks["audio"]
    branch = track.branches[0]
    branch.payload_type = 111
    assert door.dan.peer in door.scene.stage.receivers(place, track, branch)


def test_where_there_is_one_layer_it_is_sent_at_once() -> None:
    door = Door(())
    assert len(door.numbers) > 4, "it is asked for later"
    assert door.receives


def test_who_does_not_report_begins_with_the_small_layer_at_once() -> None:
    door = Door(reports=False)
    assert door.numbers == []
    assert door.receives
    assert door.layer == 0


def test_who_leaves_meanwhile_is_forgotten() -> None:
    door = Door()
    door.scene.stage.dismiss("dan")
    door.forwarder.release(door.scene.stage, door.scene.now + HOLD)
    assert not door.scene.stage.holding


def test_a_new_connection_is_asked_anew() -> None:
    door = Door()
    door.dan.renew(cast(Any, Nobody()))
    assert (door.dan.asked, door.dan.reporting) == (False, {})


def test_reports_of_nothing_that_was_asked_are_nothing() -> None:
    door = Door()
    compound = feedback(5000, 2, 100, (1 << 13 | 2).to_bytes(2) + bytes(2))
    door.forwarder.viewer_rtcp(door.scene.stage, door.dan, compound, door.scene.now)
    assert not door.receives
