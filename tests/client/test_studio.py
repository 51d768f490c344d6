"""The Studio: off means off, taps for a window, and devices changed while open."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any, cast

import numpy as np
import pytest

from stagedoor.rules.values import Device as Kind
from stagedoor_client.capture import Capture, Mute, Studio
from stagedoor_client.clocks import BLOCK, Samples
from stagedoor_client.errors import DeviceError
from stagedoor_client.publisher import Publisher

from .hardware import CLIP, DESK, LENS, SCREEN, SIZE, SPARE, Counting

MIC, CAM = Kind.MICROPHONE, Kind.CAMERA
BOTH = (MIC, CAM)


class Sent:
    """In the Publisher's place: what gets to it."""

    def __init__(self) -> None:
        self.blocks: list[Samples] = []
        self.pictures: list[Kind] = []

    def hear(self, block: Samples, at: float) -> None:
        self.blocks.append(block)

    def show(self, kind: Kind, picture: Any, at: float) -> None:
        self.pictures.append(kind)

    def forget(self, kind: Kind) -> None:
        """As when it is turned off."""


class Kit:
    """A Studio with devices that give when told to."""

    def __init__(self, mute: Mute) -> None:
        self.hardware = Counting(lively=False)
        self.sent = Sent()
        self.failures: list[str] = []
        self.changes = 0
        self.studio = Studio(
            self.hardware,
            Capture(LENS, DESK, SCREEN, *SIZE, mute=mute),
            cast(Publisher, self.sent),
            lambda kind, error: self.failures.append(f"{kind}: {error}"),
            self._changed,
        )

    def _changed(self) -> None:
        self.changes += 1

    async def has(self, *kinds: Kind, on_stage: bool) -> list[str]:
        """What is open after wanting these."""
        self.studio.want(kinds, on_stage=on_stage)
        await self.studio.settled()
        return self.hardware.open_now()

    def give(self) -> None:
        for handle in self.hardware.handles:
            handle.give()


@pytest.fixture(params=["release", "silence"])
async def kit(request: pytest.FixtureRequest) -> AsyncIterator[Kit]:
    made = Kit(request.param)
    yield made
    await made.studio.close()
    assert made.hardware.open_now() == []


async def test_what_is_open_off_stage_gets_to_the_taps_and_not_to_the_publisher(kit: Kit) -> None:
    pictures: list[Any] = []
    levels: list[float] = []
    kit.studio.on_picture, kit.studio.on_level = pictures.append, levels.append
    assert await kit.has(*BOTH, on_stage=False) == [CAM, MIC]
    kit.give()
    assert (kit.sent.blocks, kit.sent.pictures) == ([], [])
    assert (pictures[0].width, pictures[0].height) == SIZE
    assert -20 < levels[0] < -10
    assert await kit.has(*BOTH, on_stage=True) == [CAM, MIC]
    assert kit.hardware.total == 2
    kit.give()
    assert len(kit.sent.blocks) == len(kit.sent.pictures) == 1


async def test_a_camera_off_is_released(kit: Kit) -> None:
    await kit.has(*BOTH, on_stage=True)
    camera = kit.hardware.handle("camera")
    assert await kit.has(MIC, on_stage=True) == [MIC]
    camera.give()
    assert kit.sent.pictures == []
    assert kit.changes == 3


@pytest.mark.parametrize("kit", ["release"], indirect=True)
async def test_a_microphone_off_is_released(kit: Kit) -> None:
    await kit.has(MIC, on_stage=True)
    microphone = kit.hardware.handle("microphone")
    assert await kit.has(on_stage=True) == []
    microphone.give()
    assert kit.sent.blocks == []


@pytest.mark.parametrize("kit", ["silence"], indirect=True)
async def test_a_microphone_off_sends_zeros_and_shows_its_level_alone(kit: Kit) -> None:
    """So that one who talks while muted can be told so. It is released off stage."""
    levels: list[float] = []
    kit.studio.on_level = levels.append
    assert await kit.has(MIC, on_stage=False) == [MIC]
    assert await kit.has(on_stage=False) == [], "off in the ready window is always released"
    assert await kit.has(on_stage=True) == [], "and is not opened to send silence"
    await kit.has(MIC, on_stage=True)
    assert await kit.has(on_stage=True) == [MIC]
    kit.give()
    assert np.array_equal(kit.sent.blocks, [np.zeros(BLOCK, np.int16)])
    assert levels[0] > -20
    await kit.has(MIC, on_stage=True)
    kit.give()
    assert any(kit.sent.blocks[1])
    assert kit.hardware.total == 2, "on again, it is the same opening"
    await kit.has(on_stage=True)
    assert await kit.has(on_stage=False) == []


@pytest.mark.parametrize("kit", ["silence"], indirect=True)
async def test_a_silenced_microphone_is_released_by_choosing_another_or_to_release(
    kit: Kit,
) -> None:
    for release in (
        lambda: kit.studio.choose(MIC, CLIP),
        lambda: setattr(kit.studio, "mute", "release"),
    ):
        await kit.has(MIC, on_stage=True)
        assert await kit.has(on_stage=True) == [MIC]
        release()
        await kit.studio.settled()
        assert kit.hardware.open_now() == []
    kit.studio.mute = "silence"
    await kit.has(MIC, on_stage=True)
    assert kit.hardware.handle(MIC).device == CLIP


@pytest.mark.parametrize("kit", ["silence"], indirect=True)
async def test_a_microphone_off_again_before_it_was_open_is_never_opened(kit: Kit) -> None:
    """As by a short press of the key for talking: silence is for what is open already."""
    kit.hardware.allowed = lambda kind: False
    kit.studio.want([MIC], on_stage=True)
    assert await kit.has(on_stage=True) == []
    kit.hardware.gate.clear()
    kit.studio.want([MIC], on_stage=True)
    await asyncio.sleep(0)
    kit.studio.want([], on_stage=True)
    kit.hardware.gate.set()
    await kit.studio.settled()
    assert kit.hardware.total == 0


async def test_another_device_and_another_size_are_opened_after_the_old_is_closed(kit: Kit) -> None:
    await kit.has(*BOTH, on_stage=True)
    old = kit.hardware.handle("camera")
    kit.studio.choose("camera", SPARE)
    assert kit.hardware.handle("camera") is old
    await kit.studio.settled()
    assert kit.hardware.handle("camera").device == SPARE
    kit.studio.resize((320, 240), 15)
    await kit.studio.settled()
    pictures: list[Any] = []
    kit.studio.on_picture = pictures.append
    kit.give()
    assert (pictures[0].width, pictures[0].height) == (320, 240)
    assert kit.hardware.total == 4


async def test_a_device_that_cannot_be_had_is_one_failure_until_another_is_chosen(
    kit: Kit,
) -> None:
    kit.hardware.troubles["Lens"] = "Lens is in use elsewhere."
    with pytest.raises(DeviceError, match="Lens"):
        await kit.has(*BOTH, on_stage=True)
    assert kit.hardware.open_now() == [MIC]
    kit.studio.choose("camera", SPARE)
    await kit.studio.settled()
    assert kit.hardware.open_now() == [CAM, MIC]
    kit.studio.choose("camera", None)
    with pytest.raises(DeviceError, match="No camera was chosen"):
        await kit.studio.settled()
    assert kit.failures == [
        "camera: Lens is in use elsewhere.",
        "camera: No camera was chosen.",
    ]
