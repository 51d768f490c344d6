"""The recorder's parts: mixing, the grid, and a file by what is decoded from it."""

from __future__ import annotations

import asyncio
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stagedoor_client.errors import RecordingError
from stagedoor_client.recorder import (
    HEIGHT,
    RATE,
    WIDTH,
    Recorder,
    compose,
    grid,
)


def picture(width: int, height: int, value: int) -> av.VideoFrame:
    plain = np.full((height, width, 3), value, np.uint8)
    return av.VideoFrame.from_ndarray(plain, format="rgb24")


def sound(value: int, samples: int = 960) -> av.AudioFrame:
    """Stereo, as aiortc gives it."""
    frame = av.AudioFrame.from_ndarray(
        np.full((1, 2 * samples), value, np.int16), format="s16", layout="stereo"
    )
    frame.sample_rate, frame.time_base = RATE, Fraction(1, RATE)
    return frame


@given(st.integers(0, 60))
def test_the_grid_has_a_place_for_everybody_and_no_empty_row(count: int) -> None:
    columns, rows = grid(count)
    assert columns * rows >= count
    assert columns * (rows - 1) < max(count, 1)


@pytest.mark.parametrize("size", [(640, 480), (320, 640), (1920, 1080), (64, 48), (333, 77)])
@pytest.mark.parametrize("count", [1, 2, 3, 5, 12])
def test_everybody_is_in_the_picture_in_their_proportions(
    count: int, size: tuple[int, int]
) -> None:
    canvas = compose([picture(*size, 20 * (one + 1)) for one in range(count)])
    assert canvas.shape == (HEIGHT, WIDTH, 3)
    for one in range(count):
        down, across = np.nonzero(np.abs(canvas[:, :, 0].astype(int) - 20 * (one + 1)) <= 2)
        width, height = np.ptp(across) + 1, np.ptp(down) + 1
        assert len(down) == width * height, "a full rectangle"
        assert width / height == pytest.approx(size[0] / size[1], rel=0.05)


def test_with_nobody_it_is_black() -> None:
    assert compose([]).max() == 0


@pytest.mark.parametrize("suffix", ["mkv", "mp4", "webm", "wav", "MKV"])
async def test_every_kind_of_file_can_be_decoded(suffix: str, tmp_path: Path) -> None:
    file = tmp_path / f"stage.{suffix}"
    recorder = Recorder(file)
    running = asyncio.create_task(recorder.run())
    while recorder._count < 25:
        recorder.video("a", picture(640, 480, 200))
        for _ in range(2):
            recorder.audio("a", sound(5000))
        await asyncio.sleep(0.04)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await recorder.close()
    await recorder.close()

    with av.open(str(file)) as opened:
        heard = [np.abs(frame.to_ndarray()).max() for frame in opened.decode(audio=0)]
    assert max(heard) > 0
    if suffix != "wav":
        with av.open(str(file)) as opened:
            shown = [frame.to_ndarray(format="gray").max() for frame in opened.decode(video=0)]
        assert len(shown) >= 3  # a busy machine may leave some out
        assert max(shown) > 150


@pytest.mark.parametrize("name", ["stage.txt", "stage", "missing/stage.mkv"])
def test_a_file_that_cannot_be_written_is_said_at_once(name: str, tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match="stage"):
        Recorder(tmp_path / name)


async def test_a_disk_that_fills_up_is_an_error_not_a_silence(tmp_path: Path) -> None:
    file = tmp_path / "stage.wav"
    file.symlink_to("/dev/full")

    async def record() -> None:
        recorder = Recorder(file)
        try:
            await recorder.run()
        finally:
            await recorder.close()

    with pytest.raises(RecordingError, match="written"):
        async with asyncio.timeout(30):
            await record()
