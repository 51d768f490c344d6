"""Which layers viewers get, by their tiles and budgets, and which ones publishers send."""

from __future__ import annotations

import struct
from typing import Any, cast

from msgspec import structs

from stagedoor.media.interface import Grant
from stagedoor.sfu.negotiation.descriptions import Published, Taken
from stagedoor.sfu.packets import rtcp
from stagedoor.sfu.rates.choosing import Choice
from stagedoor.sfu.rates.directing import AGAIN, PATIENCE, Needed
from stagedoor.sfu.stage.branch import NOTHING, SILENT
from stagedoor.sfu.stage.forwarding import Forwarder
from stagedoor.sfu.stage.publisher import Publisher
from stagedoor.sfu.stage.stage import Stage
from stagedoor.sfu.stage.viewer import Viewer

from .test_feedback import ALL, Nobody

RIDS = ("q", "h", "f")
SIZES = (1, 4, 12)  # packets of a picture


class Scene:
    """Ada sends three layers, 25 pictures a second, a keyframe each second; Ben and Cat watch.

    ``every``: how many pictures lie between two keyframes. ``silent``: layers that are not sent.
    """

    def __init__(self, rids: tuple[str, ...] = RIDS) -> None:
        self.stage = Stage("room")
        self.now = 100.0
        self.needed: list[Needed] = []
        self.silent: set[int] = set()
        self.forwarder = Forwarder(cast(Any, Nobody()), cast(Any, Nobody()))
        self.ada = self.sit("ada", rids)
        self.viewers = [self.watch("ben"), self.watch("cat")]
        self.frames = 0
        self.every = 25

    def sit(self, person: str, rids: tuple[str, ...] = RIDS) -> Publisher:
        self.stage.grants[person] = ALL
        self.stage.seat(person, True)
        line = Taken("1", "video", frozenset([1000]), {96: 96}, rids=rids)
        made = Publisher(person, cast(Any, Nobody()), Published("", (line,), None, 4, 5))
        self.stage.publishers[person] = made
        return made

    def free_the_place(self) -> None:
        """Ada goes, and somebody sits at the other place for a moment: hers is free for longer."""
        for person, there in (("ada", False), ("eve", True), ("eve", False)):
            self.stage.seat(person, there)
        self.stage.publishers.clear()

    def watch(self, person: str) -> Viewer:
        viewer = Viewer(person, 0)
        viewer.peer = cast(Any, Nobody())
        viewer.accepted = {line.mid: frozenset([96, 111]) for line in self.stage.lines}
        self.stage.admit(viewer)
        self.stage.settle(viewer, 0.0)
        return viewer

    def run(self, seconds: float) -> None:
        """Go on, with pictures and the engine's ticks."""
        for _ in range(int(seconds * 25)):
            self.now += 0.04
            for layer in range(max(1, len(self.ada.published.lines[0].rids))):
                if layer not in self.silent:
                    self._picture(layer)
            if self.frames % 25 == 0:
                self.ada.report(self.now, 10**6)
            self.frames += 1
            self.needed += self.stage.director.tick(self.now)

    def _picture(self, layer: int) -> None:
        key = self.frames % self.every == 0
        rids = self.ada.published.lines[0].rids
        for index in range(SIZES[layer]):
            extension = b""
            if rids:
                extension = b"\xbe\xde\0\1" + b"\x40\x31\x50" + rids[layer].encode()
            sequence = (self.frames * SIZES[layer] + index) & 0xFFFF
            head = struct.pack("!BBHII", 0x90 if rids else 0x80, 96, sequence, 0, 1000 + layer)
            lines = (180 << layer).to_bytes(2, "little")
            start = b"\x10" + (b"\x50\0\0\x9d\x01\x2a\x40\x01" + lines if key else b"\x51")
            payload = start if index == 0 else b"\0"
            packet = head + extension + payload.ljust(1000, b"\0")
            self.forwarder.rtp(self.stage, self.ada, packet, self.now)

    def layers(self) -> list[int]:
        """What Ben and Cat get of Ada's camera."""
        followers = self.stage.places[0].tracks["video"].followers
        return [followers[person].branch.layer for person in ("ben", "cat")]

    def show(self, viewer: Viewer, lines: float) -> None:
        viewer.sizes = {("ada", "video"): lines}
        self.stage.director.direct(viewer)

    def sent(self, viewer: Viewer) -> int:
        """What the viewer's layer takes, in bits a second."""
        layer = self.stage.places[0].tracks["video"].followers[viewer.person].branch.layer
        source = self.ada.newest("video", layer)
        return source.rates[-1] if source is not None and source.rates else 0

    def limit(self, viewer: Viewer, bits: int | None) -> None:
        viewer.downlink.state = viewer.downlink.state._replace(budget=bits)


def test_by_the_tile_that_each_has() -> None:
    scene = Scene()
    scene.run(2)
    assert scene.layers() == [2, 2], "nothing is known, and nothing held back"
    ben, cat = scene.viewers
    scene.show(ben, 100)
    scene.show(cat, 370)
    scene.run(1.2)
    assert scene.layers() == [0, 1]
    scene.show(ben, 0)
    assert scene.layers() == [NOTHING, 1], "at once"
    scene.show(ben, 700)
    assert scene.layers() == [NOTHING, 1], "not before a keyframe"
    scene.run(1.2)
    assert scene.layers() == [2, 1]


def test_by_what_the_way_takes_and_back() -> None:
    scene = Scene()
    scene.run(3)
    ben, _ = scene.viewers
    scene.limit(ben, 1_000_000)
    scene.run(1.5)
    assert scene.layers() == [1, 2], "the other one is not touched"
    assert 1_000_000 < ben.wanted < 4_000_000
    scene.limit(ben, 50_000_000)
    scene.run(1.5)
    assert scene.layers() == [2, 2]
    assert ben.wanted == 0


def test_more_is_tried_while_nothing_speaks_against_it() -> None:
    """An estimate that follows what arrives is led to the top; a queue ends a try."""
    scene = Scene()
    scene.run(3)
    ben, _ = scene.viewers

    def phase(name: str) -> None:
        ben.downlink.state = ben.downlink.state._replace(phase=name)

    scene.limit(ben, 60_000)
    phase("increase")
    scene.run(1.5)
    assert scene.layers()[0] == 0
    bound = 60_000
    for _ in range(40):
        scene.run(0.5)
        bound = max(bound, int(1.1 * scene.sent(ben)))
        scene.limit(ben, bound)
    assert scene.layers() == [2, 2]
    scene.limit(ben, 300_000)
    phase("decrease")
    seen = set()
    for _ in range(20):
        scene.run(1)
        seen.add(scene.layers()[0])
        if scene.layers()[0] > 0:
            phase("decrease")
        else:
            phase("increase")
    assert 0 in seen
    judged = scene.stage.director._judged["ben"]
    assert judged.patience > 4, "it is tried less and less"


def flood(scene: Scene, viewer: Viewer) -> None:
    """The viewer asks for most of the newest packets, in two gaps."""
    track = scene.stage.places[0].tracks["video"]
    highest = track.followers[viewer.person].branch.highest
    for back in (range(20, 12, -1), range(11, 3, -1)):
        lost = [highest - one & 0xFFFF for one in back]
        compound = rtcp.nack(1, track.ssrc, lost)
        scene.forwarder.viewer_rtcp(scene.stage, viewer, compound, scene.now)


def test_where_most_is_lost_the_large_layer_ends_at_once_and_the_small_one_begins() -> None:
    scene = Scene()
    scene.run(3.2)
    ben, _ = scene.viewers
    flood(scene, ben)
    assert ben.budget is not None
    assert ben.budget < 2_000_000
    assert scene.layers() == [NOTHING, 2], "before any keyframe, and for Ben alone"
    scene.run(1.2)
    assert scene.layers() == [0, 2]


def test_a_layer_that_falls_silent_is_left_for_another() -> None:
    scene = Scene()
    scene.run(2)
    scene.silent = {2}
    scene.run(3.5)
    assert scene.layers() == [1, 1]
    scene.silent = set()
    scene.run(2.5)
    assert scene.layers() == [2, 2]


def test_what_nobody_watches_is_not_sent_and_is_asked_for_again() -> None:
    scene = Scene()
    ben, cat = scene.viewers
    for viewer in (ben, cat):
        scene.show(viewer, 100)
    scene.run(2 * PATIENCE)
    assert scene.needed[-1] == Needed("ada", "video", [150_000, 0, 0])
    scene.silent, scene.needed = {1, 2}, []
    scene.run(1)
    scene.show(cat, 700)
    scene.run(0.4)
    assert scene.needed == [Needed("ada", "video", [150_000, 0, 1_500_000])]
    assert scene.layers() == [0, 0], "it goes on with what there is"
    scene.silent = {1}
    scene.run(1.2)
    assert scene.layers() == [0, 2]
    scene.needed = []
    scene.run(AGAIN / 2)
    assert scene.needed == []


def test_whoever_comes_begins_with_a_layer_that_is_sent_already() -> None:
    scene = Scene()
    for viewer in scene.viewers:
        scene.show(viewer, 100)
    scene.silent = {1, 2}
    scene.run(2 * PATIENCE)
    scene.watch("dan")
    follower = scene.stage.places[0].tracks["video"].followers["dan"]
    assert (follower.layer, follower.branch.layer) == (2, 0)
    scene.needed = []
    scene.run(0.4)
    assert scene.needed == [Needed("ada", "video", [150_000, 0, 1_500_000])]
    assert follower.branch.layer == 0
    scene.silent = {1}
    scene.run(1.2)
    assert follower.branch.layer == 2


def test_whoever_waits_for_a_layer_that_is_not_sent_yet_sees_a_smaller_one() -> None:
    """A browser's layers begin one after another, and the choice may be made before any has."""
    scene = Scene()
    scene.stage.director.tick(scene.now)
    followers = scene.stage.places[0].tracks["video"].followers
    assert [followers[person].layer for person in ("ben", "cat")] == [2, 2]
    scene.silent = {2}
    scene.run(0.1)
    assert scene.layers() == [0, 0]
    assert scene.forwarder.forwarded > 0
    scene.silent = set()
    scene.run(1)
    assert scene.layers() == [2, 2]


def test_whoever_comes_just_as_the_layers_begin_gets_what_the_others_got() -> None:
    scene = Scene()
    scene.stage.director.tick(scene.now)
    scene.silent = {2}
    scene.run(0.04)
    scene.watch("dan")
    follower = scene.stage.places[0].tracks["video"].followers["dan"]
    assert (follower.layer, follower.branch.layer) == (2, 0)
    assert "dan" in scene.stage.catching


def test_whoever_comes_where_another_was_seen_large_is_seen_in_what_they_send() -> None:
    scene = Scene()
    scene.run(2)
    assert scene.layers() == [2, 2]
    scene.free_the_place()
    scene.ada = scene.sit("dan")
    scene.frames, scene.silent = 0, {2}
    scene.run(0.1)
    assert scene.layers() == [0, 0]
    scene.silent = set()
    scene.run(1)
    assert scene.layers() == [2, 2]


def test_whoever_is_back_by_a_new_connection_is_seen_in_what_they_send() -> None:
    scene = Scene()
    scene.run(2)
    scene.silent = {0, 1, 2}
    scene.run(2 * SILENT)
    scene.ada = scene.sit("ada")
    scene.frames, scene.silent = 0, {2}
    scene.run(0.1)
    assert scene.layers() == [0, 0]


def test_the_smallest_is_sent_though_nobody_looks() -> None:
    scene = Scene()
    for viewer in scene.viewers:
        scene.show(viewer, 0)
    scene.run(2 * PATIENCE)
    assert scene.needed[-1] == Needed("ada", "video", [150_000, 0, 0])
    assert scene.layers() == [NOTHING, NOTHING]


def test_who_does_not_listen_is_told_again() -> None:
    scene = Scene()
    for viewer in scene.viewers:
        scene.show(viewer, 100)
    scene.run(PATIENCE + 1)
    told = len(scene.needed)
    scene.run(AGAIN + 1)
    assert len(scene.needed) > told


def test_a_single_layer_is_on_or_off_and_nobody_is_told() -> None:
    scene = Scene(rids=())
    ben, cat = scene.viewers
    scene.run(1)
    assert scene.layers() == [0, 0]
    assert len(scene.stage.places[0].tracks["video"].branches) == 1
    scene.show(ben, 0)
    scene.show(cat, 900)
    scene.run(PATIENCE + 1)
    assert scene.layers() == [NOTHING, 0]
    scene.show(ben, 50)
    scene.run(1.2)
    assert scene.layers() == [0, 0]
    assert scene.needed == []


def test_one_s_own_picture_takes_nothing_of_the_budget() -> None:
    scene = Scene()
    own = scene.watch("ada")
    scene.limit(own, 200_000)
    scene.run(1.5)
    assert own.wanted == 0
    follower = scene.stage.places[0].tracks["video"].followers["ada"]
    assert Choice(follower.layer, follower.temporal).layer == NOTHING


def test_whoever_follows_on_a_publisher_of_layers_is_seen_by_all() -> None:
    scene = Scene()
    scene.run(2)
    assert scene.layers() == [2, 2]
    scene.free_the_place()
    scene.ada = scene.sit("dan", ())
    scene.frames = 0
    scene.run(1.5)
    assert scene.layers() == [0, 0]
    assert scene.stage.grants["dan"] == Grant(forward=True, microphone=True, camera=True)


def test_who_is_brought_on_from_backstage_is_seen_by_all() -> None:
    """Rule 14, and what follows for the layers: nothing before, and all of it afterwards."""
    scene = Scene()
    scene.stage.insiders = frozenset(["cat"])
    scene.stage.grants["ada"] = structs.replace(ALL, backstage=True)
    scene.run(2)
    assert scene.layers() == [NOTHING, 2]
    scene.stage.grants["ada"] = ALL
    scene.run(2)
    assert scene.layers() == [2, 2]


def test_who_is_shown_somebody_after_the_keyframe_begins_with_that() -> None:
    scene = Scene()
    scene.stage.insiders = frozenset(["cat"])
    scene.stage.grants["ada"] = structs.replace(ALL, backstage=True)
    scene.stage.director.tick(scene.now)
    scene.run(2)
    scene.stage.grants["ada"] = ALL
    scene.run(0.3)
    assert scene.layers() == [2, 2]
    assert set(scene.stage.catching) == {"ben"}


def test_for_whom_nothing_comes_a_keyframe_of_what_is_sent_is_asked_for() -> None:
    """Though they are to get a larger layer, which may be long in coming."""
    scene = Scene()
    scene.stage.grants["ada"] = structs.replace(ALL, backstage=True)
    scene.run(1)
    scene.silent, scene.every = {1, 2}, 10_000
    scene.run(1.2)
    scene.stage.grants["ada"] = ALL
    scene.run(0.3)
    followers = scene.stage.places[0].tracks["video"].followers
    assert [followers[person].layer for person in ("ben", "cat")] == [2, 2]
    assert scene.layers() == [NOTHING, NOTHING]
    assert scene.ada.keyframes["video", 0].due(scene.now)
    scene.every = 1
    scene.run(0.04)
    assert scene.layers() == [0, 0]
