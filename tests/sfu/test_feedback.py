"""What a viewer reports reaches the right viewer's budget."""

from __future__ import annotations

import struct
from typing import Any, cast

import pytest

from stagedoor.media.interface import Grant
from stagedoor.sfu.negotiation.descriptions import Published, Taken
from stagedoor.sfu.packets import rtcp
from stagedoor.sfu.stage.forwarding import OVERHEAD, Forwarder
from stagedoor.sfu.stage.publisher import Publisher
from stagedoor.sfu.stage.stage import Stage
from stagedoor.sfu.stage.viewer import Viewer

from .light import VIDEO

ALL = Grant(forward=True, microphone=True, camera=True)


class Nobody:
    """A Peer, Batch or Outgoing that takes anything."""

    ready = True

    def __getattr__(self, name: str) -> Any:
        return lambda *arguments: None


class Scene:
    """Ada's camera, and somebody who watches."""

    def __init__(self) -> None:
        nobody = cast(Any, Nobody())
        self.stage = Stage("room")
        self.stage.grants["ada"] = ALL
        self.stage.seat("ada", True)
        line = Taken("1", "video", frozenset([VIDEO]), {96: 96})
        self.ada = Publisher("ada", nobody, Published("", (line,), None, None))
        self.viewer = Viewer("ben", 0)
        self.stage.admit(self.viewer)
        self.viewer.peer = nobody
        self.viewer.accepted["1"] = frozenset([96])
        self.forwarder = Forwarder(nobody, nobody)
        self.sequence = 0

    @property
    def ssrc(self) -> int:
        return next(line.ssrc for line in self.stage.lines if line.kind == "video")

    def show(self, now: float, count: int = 25) -> None:
        """Ada sends as many packets of 1012 octets."""
        for _ in range(count):
            header = struct.pack("!BBHII", 0x80, 96, self.sequence & 0xFFFF, self.sequence, VIDEO)
            self.forwarder.rtp(self.stage, self.ada, header + bytes(1000), now)
            self.sequence += 1

    def report(self, now: float, *, remb: int = 0, last_sr: int = 0, delay: int = 0) -> None:
        """The viewer has got all of it."""
        block = rtcp.ReportBlock(self.ssrc, 0, 0, self.sequence, 0, last_sr, delay)
        compound = rtcp.receiver_report(1, [block])
        if remb:
            compound += rtcp.remb(1, remb, [self.ssrc])
        self.forwarder.viewer_rtcp(self.stage, self.viewer, compound, now)


def test_reports_and_remb_become_a_budget() -> None:
    scene = Scene()
    assert scene.viewer.budget is None
    for step in range(12):
        scene.show(step / 4)
        scene.report(step / 4, remb=500_000 + 10_000 * step)
    sent = 8 * 100 * (1000 + OVERHEAD)
    assert scene.viewer.downlink.sent == sent
    assert scene.viewer.budget == pytest.approx(1.1 * sent, abs=2), "it rises, so all is well"


def test_a_viewer_of_nothing_is_not_missed() -> None:
    scene = Scene()
    assert scene.stage.pictured() == set()
    scene.show(0.0)
    assert scene.stage.pictured() == {scene.viewer.peer}
    assert scene.stage.pictured() == set()


def test_the_round_trip_is_told_by_a_sender_report_that_comes_back() -> None:
    scene = Scene()
    scene.show(0.0)
    for second in range(1, 40):
        info = rtcp.SenderInfo(VIDEO, second << 32, 0)
        scene.forwarder.publisher_rtcp(
            scene.stage, scene.ada, rtcp.sender_report(info, 1, 1), float(second)
        )
        scene.report(second + 0.33, last_sr=second << 16, delay=int(0.3 * 65536))
    assert scene.viewer.downlink.rtt == pytest.approx(0.03, abs=0.002)
    scene.report(50.0, last_sr=77)
    assert scene.viewer.downlink.rtt == pytest.approx(0.03, abs=0.002), "of no report of ours"


def test_reports_of_strangers_sources_are_nothing() -> None:
    scene = Scene()
    block = rtcp.ReportBlock(5, 255, 1000, 1000, 0, 0, 0)
    for second in range(10):
        scene.forwarder.viewer_rtcp(
            scene.stage, scene.viewer, rtcp.receiver_report(1, [block] * 31), float(second)
        )
    assert scene.viewer.budget is None
