"""Recording the stage: everybody's sound mixed, everybody's picture in a grid, into one file."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt

from .clocks import RATE, Samples
from .errors import RecordingError
from .mixing import Mixer

FPS = 25
WIDTH, HEIGHT = 1280, 720
SAMPLES = RATE // FPS
FORMATS = {
    ".mkv": ("libx264", "aac"),
    ".mp4": ("libx264", "aac"),
    ".webm": ("libvpx", "libopus"),
    ".wav": ("", "pcm_s16le"),
}
PICTURE_KEPT = 2.0  # seconds
SOUND_AHEAD = RATE // 8
LATE = 0.25  # seconds


def grid(count: int) -> tuple[int, int]:
    """Columns and rows for ``count`` pictures."""
    columns = max(1, math.ceil(math.sqrt(count)))
    return columns, max(1, math.ceil(count / columns))


class Recorder:
    """A Sink that writes a file. People may come and go; silence and black are written too.

    By the file's suffix: ``.mkv`` and ``.mp4`` H.264 and AAC, ``.webm`` VP8 and Opus, ``.wav`` the
    sound alone. Raises RecordingError if the file cannot be written.
    """

    def __init__(self, path: Path) -> None:
        suffix = path.suffix.lower()
        if suffix not in FORMATS:
            raise RecordingError(f"A recording's name ends in {', '.join(FORMATS)}: {path}")
        video, audio = FORMATS[suffix]
        try:
            self._file = av.open(str(path), "w")
            self._video = _picture_stream(self._file, video) if video else None
            self._audio = _sound_stream(self._file, audio)
            self._file.start_encoding()
        except (OSError, av.FFmpegError) as error:
            raise RecordingError(f"{path} cannot be written: {error}") from error
        self._pictures: dict[str, tuple[av.VideoFrame, float]] = {}
        self._sound = Mixer(channels=1, ahead=SOUND_AHEAD)
        self._count = 0
        self._open = True
        self._writing = asyncio.Lock()

    def video(self, person: str, frame: av.VideoFrame) -> None:
        """See Sink."""
        self._pictures[person] = (frame, time.monotonic())

    def screen(self, person: str, frame: av.VideoFrame) -> None:
        """See Sink."""
        self._pictures[f"{person} screen"] = (frame, time.monotonic())

    def audio(self, person: str, frame: av.AudioFrame) -> None:
        """See Sink."""
        self._sound.put(person, frame)

    async def run(self) -> None:
        """Write in real time until cancelled or closed. Raises RecordingError."""
        start = time.monotonic() - self._count / FPS
        while self._open:
            due = start + self._count / FPS
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            sound = self._sound.pull(SAMPLES)[:, 0]
            # Sound is never left out; of pictures, those are that would come too late.
            late = time.monotonic() - due > LATE
            pictures = None if late else self._shown()
            await self._in_thread(partial(self._write, sound, pictures))

    def _shown(self) -> list[av.VideoFrame]:
        """The newest picture of each camera and screen that is on, in the order of ids."""
        oldest = time.monotonic() - PICTURE_KEPT
        self._pictures = {who: shown for who, shown in self._pictures.items() if shown[1] > oldest}
        return [self._pictures[person][0] for person in sorted(self._pictures)]

    async def _in_thread(self, job: Callable[[], None]) -> None:
        """Run a job of the file, alone, to its end even when cancelled."""
        async with self._writing:
            task = asyncio.create_task(asyncio.to_thread(job))
            try:
                await asyncio.shield(task)
            except asyncio.CancelledError:
                await asyncio.wait([task])
                raise
            except (OSError, av.FFmpegError) as error:
                raise RecordingError(f"The recording cannot be written: {error}") from error

    def _write(self, sound: Samples, pictures: list[av.VideoFrame] | None) -> None:
        if not self._open:
            return
        audio = av.AudioFrame.from_ndarray(sound[None], format="s16", layout="mono")
        audio.sample_rate = RATE
        audio.pts = self._count * SAMPLES
        self._file.mux(self._audio.encode(audio))
        if self._video is not None and pictures is not None:
            video = av.VideoFrame.from_ndarray(compose(pictures), format="rgb24")
            video.pts = self._count
            self._file.mux(self._video.encode(video))
        self._count += 1

    async def close(self) -> None:
        """Finish the file. Raises RecordingError."""
        await self._in_thread(self._finish)

    def _finish(self) -> None:
        if not self._open:
            return
        self._open = False
        try:
            self._file.mux(self._audio.encode(None))
            if self._video is not None:
                self._file.mux(self._video.encode(None))
        finally:
            self._file.close()


def _sound_stream(file: av.container.OutputContainer, codec: str) -> av.AudioStream:
    stream = file.add_stream(codec, rate=RATE, layout="mono")
    assert isinstance(stream, av.AudioStream)
    return stream


def _picture_stream(file: av.container.OutputContainer, codec: str) -> av.VideoStream:
    fast = {
        "libx264": {"preset": "ultrafast"},
        "libvpx": {"deadline": "realtime", "cpu-used": "16", "lag-in-frames": "0"},
    }
    stream = file.add_stream(codec, rate=FPS, options=fast[codec])
    assert isinstance(stream, av.VideoStream)
    stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
    stream.bit_rate = 2_500_000
    return stream


def compose(pictures: list[av.VideoFrame]) -> npt.NDArray[np.uint8]:
    """A grid on black, (HEIGHT, WIDTH, 3) RGB; each picture keeps its proportions."""
    canvas = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    columns, rows = grid(len(pictures))
    width, height = WIDTH // columns, HEIGHT // rows
    for index, picture in enumerate(pictures):
        scale = min(width / picture.width, height / picture.height)
        across, down = int(picture.width * scale) // 2 * 2, int(picture.height * scale) // 2 * 2
        small = picture.reformat(width=across, height=down, format="rgb24").to_ndarray()
        left = (index % columns) * width + (width - across) // 2
        top = (index // columns) * height + (height - down) // 2
        canvas[top : top + down, left : left + across] = small
    return canvas
