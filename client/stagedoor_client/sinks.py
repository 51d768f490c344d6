"""Where the stage's frames go: to several places, and to a speaker."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import av

from .devices import Device
from .errors import DeviceError
from .hardware import Hardware
from .mixing import Mixer
from .slot import Slot
from .subscriber import Sink


class Sinks:
    """Several sinks as one."""

    def __init__(self, sinks: Sequence[Sink]) -> None:
        self._sinks = sinks

    def video(self, person: str, frame: av.VideoFrame) -> None:
        """See Sink."""
        for sink in self._sinks:
            sink.video(person, frame)

    def screen(self, person: str, frame: av.VideoFrame) -> None:
        """See Sink."""
        for sink in self._sinks:
            sink.screen(person, frame)

    def audio(self, person: str, frame: av.AudioFrame) -> None:
        """See Sink."""
        for sink in self._sinks:
            sink.audio(person, frame)


class Loudspeaker:
    """A Sink that plays everybody's sound on a speaker while it is open."""

    def __init__(
        self, hardware: Hardware, device: Device | None, failed: Callable[[DeviceError], None]
    ) -> None:
        self._mixer = Mixer()
        self._slot = Slot(lambda fail: hardware.speaker(device, self._mixer.pull, fail), failed)

    def video(self, person: str, frame: av.VideoFrame) -> None:
        """See Sink."""

    def screen(self, person: str, frame: av.VideoFrame) -> None:
        """See Sink."""

    def audio(self, person: str, frame: av.AudioFrame) -> None:
        """See Sink."""
        self._mixer.put(person, frame)

    async def open(self) -> None:
        """Play from now on. Raises DeviceError."""
        self._slot.want(True)
        await self._slot.settled()

    async def close(self) -> None:
        """Release the speaker."""
        await self._slot.close()
