"""PortAudio's streams, opened by the names of their devices, whatever was plugged in meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from .devices import Device
from .errors import DeviceError
from .portaudio_list import rows

# Makes a stream that is not started, given the library and an index; None: the system's choice.
Make = Callable[[Any, int | None], Any]

_lock = threading.RLock()
_open: list[Stream] = []


def library() -> Any:
    """sounddevice. Raises DeviceError where it or PortAudio is missing."""
    try:
        import sounddevice
    except (ImportError, OSError) as error:
        raise DeviceError(
            "Sound needs sounddevice and PortAudio's library: {error}", error=str(error)
        ) from error
    return sounddevice


class Stream:
    """A stream of a device. Opening and closing block; they are not for the event loop.

    PortAudio lists devices when it starts, and numbers them anew. So where a name is not listed it
    is started again; streams that are open then are closed before and opened again after.
    ``ended`` is told, in any thread, if it ends by itself.
    """

    def __init__(
        self, what: str, device: Device | None, make: Make, ended: Callable[[], None]
    ) -> None:
        self._what = what
        self._device = device
        self._make = make
        self._ended = ended
        self._stream: Any = None
        self._ending = False

    def open(self) -> None:
        """Start it. Raises DeviceError."""
        with _lock:
            sounddevice = library()
            if self._device is not None and self._index(sounddevice) is None:
                _restart(sounddevice)
            self._start(sounddevice)
            _open.append(self)

    def close(self) -> None:
        """End it."""
        with _lock:
            if self in _open:
                _open.remove(self)
            self._end()

    def finished(self) -> None:
        """To be called by the stream when it has ended, for whatever reason."""
        if not self._ending:
            self._ended()

    def _index(self, sounddevice: Any) -> int | None:
        assert self._device is not None
        named = (one for one in rows(sounddevice) if one["name"] == self._device.name)
        return next((int(one["index"]) for one in named), None)

    def _start(self, sounddevice: Any) -> None:
        index = None if self._device is None else self._index(sounddevice)
        if self._device is not None and index is None:
            raise DeviceError("{device} is not there any more.", device=self._what)
        self._ending = False
        try:
            self._stream = self._make(sounddevice, index)
            self._stream.start()
        except (sounddevice.PortAudioError, ValueError) as error:
            self._end()
            # The library's own words, which are no sentence for people, stay its cause.
            raise DeviceError(
                "{device} cannot be opened; it may be in use elsewhere.", device=self._what
            ) from error

    def _end(self) -> None:
        self._ending = True
        stream, self._stream = self._stream, None
        if stream is not None:
            stream.close()


def _restart(sounddevice: Any) -> None:
    """Start PortAudio again, around the streams that are open."""
    for stream in _open:
        stream._end()
    sounddevice._terminate()
    sounddevice._initialize()
    for stream in list(_open):
        try:
            stream._start(sounddevice)
        except DeviceError:
            _open.remove(stream)
            stream._ended()


def rate_of(sounddevice: Any, index: int | None, kind: str, **settings: Any) -> int:
    """48 kHz, or what an "input" or "output" does where it does not do that."""
    check = getattr(sounddevice, f"check_{kind}_settings")
    try:
        check(index, samplerate=48000, dtype="int16", **settings)
    except (sounddevice.PortAudioError, ValueError):
        return int(sounddevice.query_devices(index, kind)["default_samplerate"])
    return 48000


def extra(sounddevice: Any) -> Any:
    """What WASAPI needs so as to convert rates as all others do; None elsewhere."""
    interfaces = [one["name"] for one in sounddevice.query_hostapis()]
    if "Windows WASAPI" not in interfaces:
        return None
    return sounddevice.WasapiSettings(auto_convert=True)
