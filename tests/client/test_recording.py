"""``--record``: what is in the file afterwards."""

from __future__ import annotations

import signal
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from tests.server_process import ServerProcess

from .conftest import Start
from .people import RATE, Moderator, Viewer
from .virtual import VirtualDevices

pytestmark = pytest.mark.devices


def sound_of(file: Path) -> Any:
    """All samples of a recording."""
    with av.open(str(file)) as recording:
        assert recording.streams.audio[0].rate == RATE
        resampler = av.AudioResampler("s16", "mono", RATE)
        blocks = [
            block.to_ndarray()[0]
            for frame in recording.decode(audio=0)
            for block in resampler.resample(frame)
        ]
    return np.concatenate(blocks).astype(float)


def look(frame: av.VideoFrame) -> tuple[float, Any]:
    """A picture's time in seconds, and a small copy of it."""
    assert frame.time is not None
    return frame.time, frame.to_ndarray(format="gray")[::8, ::8].astype(int)


def parts_with(sound: Any, hertz: float) -> int:
    """How many tenths of a second are mostly this tone, within 25 Hz, with gaps in between or not.

    How whole the sound is depends on what else the machine does.
    """
    size = RATE // 10
    parts = sound[: len(sound) // size * size].reshape(-1, size)
    power = np.abs(np.fft.rfft(parts * np.hanning(size))) ** 2
    frequencies = np.fft.rfftfreq(size, 1 / RATE)
    near = power[:, np.abs(frequencies - hertz) <= 25].sum(axis=1)
    loud = np.sqrt((parts**2).mean(axis=1)) > 300
    return int((loud & (near > 0.8 * power[:, frequencies > 20].sum(axis=1))).sum())


@pytest.mark.parametrize(
    ("suffix", "how"), [("mkv", signal.SIGTERM), ("mp4", signal.SIGINT), ("wav", signal.SIGTERM)]
)
async def test_the_stage_is_in_the_file(
    suffix: str,
    how: signal.Signals,
    server: ServerProcess,
    virtual: VirtualDevices,
    program: Start,
    tmp_path: Path,
) -> None:
    """Somebody comes and goes while it runs; the end by a signal leaves a whole file."""
    links = server.create_room(mode="open")["links"]
    file = tmp_path / f"stage.{suffix}"
    recorder = await program("join", links["attendee"], "--name", "Rec", "--record", file)
    await recorder.says("entered")
    async with Moderator(links["moderator"]) as ada, Viewer(links["attendee"]) as seen:
        client = await program(
            "join", links["attendee"], "--name", "Robin", "--camera", "0", "--mic", "studio",
            "--ask", devices=virtual,
        )  # fmt: skip
        robin = await ada.sees("Robin", seat="on_stage")
        await seen.moves(robin["id"], 60)
        # On a machine that has much to do, the sound is not whole from its beginning.
        await seen.until(
            lambda: parts_with(seen.heard(robin["id"]), virtual.tone) >= 20, "the tone"
        )
        await ada.do("remove_from_stage", person=robin["id"])
        await client.says("removed_from_stage")
    assert await client.stop() == (0, "")
    assert (await recorder.stop(how))[0] == 0

    sound = sound_of(file)
    assert parts_with(sound, virtual.tone) >= 10
    assert parts_with(sound, 660) == 0
    if suffix == "wav":
        return
    with av.open(str(file)) as recording:
        stream = recording.streams.video[0]
        assert (stream.width, stream.height) == (1280, 720)
        frames = list(map(look, recording.decode(stream)))
    pictures = [picture for _, picture in frames]
    assert pictures[0].max() < 60, "nobody was on stage yet"
    changes = [np.abs(after - before).max() > 32 for before, after in pairwise(pictures)]
    assert sum(changes) >= 10
    assert abs(frames[-1][0] - len(sound) / RATE) < 2, "sound and picture end together"
