"""Decoding only what is seen: a gate before each of aiortc's video decoders.

aiortc decodes whatever arrives, seen or not, and queues without a bound what it is too slow for. It
has no switch for that (``_enabled`` drops packets before they are counted, which RTCP would report
as lost). Each receiver has a queue of its own, though, from which its thread takes the frames to
decode; ``fit`` puts a gate in the place of that queue before the thread starts. Nothing else of
aiortc is touched, and where it has no such queue any more, everything is decoded as before.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any, Protocol

from aiortc import RTCRtpReceiver

from .keyframes import is_keyframe

QUEUE = "_RTCRtpReceiver__decoder_queue"
BACKLOG = {"video": 15, "audio": 25}  # frames: 0.6 s of pictures, 0.5 s of sound
AGAIN = 0.5  # seconds between two requests for a keyframe
LATE = 4.0  # seconds to the first one after too slow a decoder had to skip

logger = logging.getLogger(__name__)


class Codec(Protocol):
    """Of aiortc's codec parameters: the name."""

    @property
    def name(self) -> str:
        """ "VP8", "H264", "opus"."""


class Encoded(Protocol):
    """An encoded frame of aiortc's, whole."""

    data: bytes


Job = tuple[Codec, Encoded] | None
"""What the decoder's thread takes: None ends it."""


class Backlog:
    """A queue for one decoder with a bound: what is too old for it is dropped.

    ``put`` is called in the event loop, ``get`` in the decoder's thread.
    """

    def __init__(self, bound: int) -> None:
        self._bound = bound
        self._jobs: deque[Job] = deque()
        self._ready = threading.Condition()

    def put(self, job: Job) -> None:
        """Add a frame; None makes the thread end as soon as it has done with the present one."""
        with self._ready:
            if job is None:
                self._jobs.clear()
            elif len(self._jobs) >= self._bound:
                self._jobs.popleft()
            self._jobs.append(job)
            self._ready.notify()

    def get(self) -> Job:
        """The next frame; waits for it."""
        with self._ready:
            while not self._jobs:
                self._ready.wait()
            return self._jobs.popleft()

    def __len__(self) -> int:
        return len(self._jobs)

    def clear(self) -> None:
        """Drop everything."""
        with self._ready:
            self._jobs.clear()


class Gate(Backlog):
    """Lets one video's frames through while it is open, from a keyframe on.

    ``ask`` is called, in the event loop, when a keyframe is needed: again and again, in decent
    intervals, for as long as frames come that cannot be begun with.
    """

    def __init__(
        self, ask: Callable[[], None], clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__(BACKLOG["video"])
        self._ask = ask
        self._clock = clock
        self._open = True
        self._waiting = True
        self._ask_from = 0.0

    def turn(self, on: bool) -> None:
        """Open or shut it."""
        if on == self._open:
            return
        self._open = on
        if not on:
            self.begin_anew()
        elif self._waiting:
            self._ask_in_time()

    def begin_anew(self) -> None:
        """What is decoded next has nothing to do with what was before: wait for a keyframe."""
        self.clear()
        self._waiting = True

    def put(self, job: Job) -> None:
        """Let a frame through, or drop it."""
        if job is not None:
            if not self._open:
                return
            if len(self) >= self._bound:
                # One frame left out spoils all up to the next keyframe, so leave out all. Other
                # people see what a keyframe costs: ask late, as another may come by itself.
                self.begin_anew()
                self._ask_from = self._clock() + LATE
            codec, frame = job
            if self._waiting and not is_keyframe(codec.name, frame.data):
                self._ask_in_time()
                return
            self._waiting = False
        super().put(job)

    def _ask_in_time(self) -> None:
        now = self._clock()
        if now >= self._ask_from:
            self._ask_from = now + AGAIN
            self._ask()


def fit(receiver: RTCRtpReceiver, waiting: Backlog) -> bool:
    """Put ``waiting`` between a receiver that has not started and its decoder; whether it is."""
    if not isinstance(getattr(receiver, QUEUE, None), queue.Queue):
        logger.warning("This aiortc has no decoder queue: hidden people's video is decoded, too.")
        return False
    setattr(receiver, QUEUE, waiting)
    return True


async def ask_for_keyframe(receiver: Any) -> None:
    """Send a PLI (RFC 4585, section 6.3.1) for each source that a video receiver hears of."""
    for source in receiver.getSynchronizationSources():
        await receiver._send_rtcp_pli(source.source)
