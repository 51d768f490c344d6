"""What is still to be fanned out: done in slices, sound first, so that nothing waits for a burst.

A keyframe to a thousand viewers is tens of thousands of datagrams. They leave a slice at a time,
with what arrives meanwhile (checks, feedback, sound) read in between; where the socket takes no
more, the rest waits until it does.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import cast

from ..negotiation import codecs
from ..packets.shift import Numbered
from ..transport.batch import Batch
from ..transport.peer import Peer
from ..transport.runs import Run, runs
from .receivers import Shifted
from .track import Track

SLICE = 0.002  # seconds of fanning out at a time
CHUNK = 64  # receivers between two looks at the clock
TOO_OLD = 0.5  # seconds after which a picture is not worth sending any more


@dataclass
class Job:
    """Packets of one track for the same receivers. ``run`` and ``at``: how far it has got.

    ``runs``: the packets as they leave, cut once it has begun; nothing is added from then on.
    ``numbered``: the same with their numbers, where receivers have numbers of their own.
    ``era``: that of the track. What was put in before an interruption does not leave after it.
    """

    track: Track
    receivers: list[Peer] | list[Shifted]
    since: float
    era: int
    packets: list[bytes] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)
    numbered: list[list[Numbered]] = field(default_factory=list)
    run: int = 0
    at: int = 0

    def takes(self, track: Track, receivers: list[Peer] | list[Shifted]) -> bool:
        """Whether another packet can still be added."""
        same = self.track is track and self.receivers is receivers and self.era == track.era
        return same and not self.runs

    def begin(self, segments: int) -> None:
        """Cut the packets into runs; and see where their numbers are, if those differ."""
        self.runs = list(runs(self.packets, segments))
        if isinstance(self.receivers[0], Shifted):
            read = codecs.part
            self.numbered = [[Numbered.of(one, read) for one in run.packets] for run in self.runs]

    def fan_out(self, batch: Batch) -> None:
        """Do some more of a run."""
        run, some = self.runs[self.run], self.receivers[self.at : self.at + CHUNK]
        if self.numbered:
            numbers = self.numbered[self.run]
            self.at += batch.renumber(run, numbers, cast("list[Shifted]", some))
        else:
            self.at += batch.fan_out(run, cast("list[Peer]", some))


class Outgoing:
    """The jobs of all stages. ``clock`` in seconds.

    ``jobs`` were done or given up, after ``delay`` seconds altogether.
    """

    def __init__(self, batch: Batch, clock: Callable[[], float]) -> None:
        self.dropped = 0
        self.jobs = 0
        self.delay = 0.0
        self._batch = batch
        self._clock = clock
        self._sound: deque[Job] = deque()
        self._pictures: deque[Job] = deque()
        self._last: dict[int, Job] = {}  # by whom it is for, while packets can be added to it

    def put(
        self, track: Track, packet: bytes, receivers: list[Peer] | list[Shifted], now: float
    ) -> None:
        """Send a packet to these as soon as may be; packets of a track stay in their order.

        The same list is the same people, and nobody is in two lists of a track: where anybody is
        to be sent something else from now on, all its lists are made anew.
        """
        if not receivers:
            return
        jobs = self._sound if track.kind == "audio" else self._pictures
        last = self._last.get(id(receivers))
        if last is None or not last.takes(track, receivers):
            last = self._last[id(receivers)] = Job(track, receivers, now, track.era)
            jobs.append(last)
        last.packets.append(packet)

    def work(self) -> bool:
        """Fan out for a slice of time; whether nothing is left to be done now.

        True also where the socket takes no more: ``batch.blocked`` then says so.
        """
        until = self._clock() + SLICE
        in_time = True
        while in_time and not self._batch.blocked and (jobs := self._sound or self._pictures):
            if self._do(jobs[0], until):
                self._forget(jobs.popleft())
            else:
                in_time = self._batch.blocked
        # Nothing stays in the batch: what is taken from somebody next must not leave later.
        self._batch.flush()
        return in_time

    @property
    def waiting(self) -> int:
        """How many jobs are not done yet."""
        return len(self._sound) + len(self._pictures)

    def _forget(self, job: Job) -> None:
        self.jobs += 1
        self.delay += self._clock() - job.since
        if self._last.get(id(job.receivers)) is job:
            del self._last[id(job.receivers)]

    def _do(self, job: Job, until: float) -> bool:
        """Go on with a job; whether it is done."""
        if job.era != job.track.era:
            return True
        if self._clock() - job.since > TOO_OLD and job.track.kind != "audio":
            self.dropped += len(job.packets) * (len(job.receivers) - job.at)
            return True
        if not job.runs:
            job.begin(self._batch.segments)
        while job.run < len(job.runs):
            while job.at < len(job.receivers):
                job.fan_out(self._batch)
                if self._batch.blocked or self._clock() > until:
                    return False
            job.run, job.at = job.run + 1, 0
        return True
