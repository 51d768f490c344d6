"""Recording the stage: everybody's sound mixed, everybody's picture in a grid, into one file."""

from __future__ import annotations

import asyncio
import math
import time
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt

RATE = 48000
FPS = 25
WIDTH, HEIGHT = 1280, 720
SAMPLES = RATE // FPS
FORMATS = {
    ".mkv": ("libx264", "aac"),
    ".mp4": ("libx264", "aac"),
    ".webm": ("libvpx", "libopus"),
    ".wav": ("", "pcm_s16le"),
}
PICTURE_KEPT = 2.0
SOUND_KEPT = RATE // 2

Samples = npt.NDArray[np.int16]


class RecordingError(Exception):
    """The file cannot be written; the message is for people."""


def grid(count: int) -> tuple[int, int]:
    """Columns and rows for ``count`` pictures."""
    columns = max(1, math.ceil(math.sqrt(count)))
    return columns, max(1, math.ceil(count / columns))


def mix(voices: list[Samples]) -> Samples:
    """The sum of 16-bit voices, clipped."""
    total = np.zeros(SAMPLES, np.int32)
    for voice in voices:
        total[: len(voice)] += voice
    return np.clip(total, -32768, 32767).astype(np.int16)


class Recorder:
    """A Sink that writes a file. People may come and go; silence and black are written too."""

    def __init__(self, path: Path) -> None:
        if path.suffix not in FORMATS:
            raise RecordingError(f"A recording's name ends in {', '.join(FORMATS)}.")
        try:
            self._file = av.open(str(path), "w")
        except (OSError, av.FFmpegError) as error:
            raise RecordingError(f"{path} cannot be written: {error}") from error
        video, audio = FORMATS[path.suffix]
        self._video = _picture_stream(self._file, video) if video else None
        sound = self._file.add_stream(audio, rate=RATE, layout="mono")
        assert isinstance(sound, av.AudioStream)
        self._audio = sound
        self._pictures: dict[str, tuple[av.VideoFrame, float]] = {}
        self._voices: dict[str, Samples] = {}
        self._task: asyncio.Task[None] | None = None
        self._stopping = False
        self._count = 0

    def start(self) -> None:
        """Write in real time from now on."""
        self._task = asyncio.create_task(self._run())

    def video(self, person: str, frame: av.VideoFrame) -> None:
        """See Sink."""
        self._pictures[person] = (frame, time.monotonic())

    def audio(self, person: str, frame: av.AudioFrame) -> None:
        """See Sink."""
        samples = frame.to_ndarray().reshape(-1, len(frame.layout.channels)).mean(axis=1)
        voice = np.concatenate([self._voices.get(person, _NONE), samples.astype(np.int16)])
        self._voices[person] = voice[-SOUND_KEPT:]

    async def _run(self) -> None:
        start = time.monotonic()
        while not self._stopping:
            due = start + self._count / FPS
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            sound = self._next_sound()
            pictures = self._next_pictures()
            await asyncio.to_thread(self._write, sound, pictures)

    def _next_sound(self) -> Samples:
        voices = [voice[:SAMPLES] for voice in self._voices.values()]
        rest = {person: voice[SAMPLES:] for person, voice in self._voices.items()}
        self._voices = {person: voice for person, voice in rest.items() if len(voice)}
        return mix(voices)

    def _next_pictures(self) -> list[av.VideoFrame]:
        now = time.monotonic()
        self._pictures = {
            person: shown
            for person, shown in self._pictures.items()
            if now - shown[1] < PICTURE_KEPT
        }
        return [frame for frame, _ in self._pictures.values()]

    def _write(self, sound: Samples, pictures: list[av.VideoFrame]) -> None:
        audio = av.AudioFrame.from_ndarray(sound[None], format="s16", layout="mono")
        audio.sample_rate = RATE
        audio.pts = self._count * SAMPLES
        self._file.mux(self._audio.encode(audio))
        if self._video is not None:
            video = av.VideoFrame.from_ndarray(_compose(pictures), format="rgb24")
            video.pts = self._count
            self._file.mux(self._video.encode(video))
        self._count += 1

    async def close(self) -> None:
        """Finish the file."""
        self._stopping = True
        if self._task is not None:
            await self._task
        await asyncio.to_thread(self._finish)

    def _finish(self) -> None:
        self._file.mux(self._audio.encode(None))
        if self._video is not None:
            self._file.mux(self._video.encode(None))
        self._file.close()


def _picture_stream(file: av.container.OutputContainer, codec: str) -> av.VideoStream:
    stream = file.add_stream(codec, rate=FPS)
    assert isinstance(stream, av.VideoStream)
    stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
    if codec == "libx264":
        stream.options = {"preset": "ultrafast"}
    else:
        stream.options = {"deadline": "realtime", "cpu-used": "8"}
    return stream


_NONE = np.zeros(0, np.int16)


def _compose(pictures: list[av.VideoFrame]) -> npt.NDArray[np.uint8]:
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
