"""What is seen and heard of a stay: pictures into tiles, sound into the speaker."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

from PySide6.QtCore import QSize
from PySide6.QtGui import QImage

from ..clocks import Samples
from ..devices import Device
from ..echo import Echo
from ..errors import DeviceError
from ..filming import Picture
from ..hardware import Hardware
from ..mixing import Mixer
from ..pictures import CAMERA, Pictures, Pixels, Source
from ..room import Room
from ..slot import Missing, Openable, Slot
from ..speaker import Playing, chime
from ..words import why
from .pictures import StagePictures, image

PREVIEW: Source = ("", CAMERA)


class Media:
    """Owns the ways of pictures and sound; ``sink`` is what the Room feeds.

    ``show`` gets each picture of the stage, ``show_preview`` those of one's own camera for a device
    window. ``failed`` is told why the stage cannot be heard.
    """

    def __init__(
        self,
        hardware: Hardware,
        show: Callable[[str, str, QImage | None], None],
        show_preview: Callable[[QImage], None],
        failed: Callable[[DeviceError], None],
    ) -> None:
        self._hardware = hardware
        self._mixer = Mixer()
        self.echo = Echo()
        self.set_picture = show
        self._show_preview = show_preview
        self.sink = StagePictures(self, self._mixer.put)
        self._preview = Pictures(self._previewed)
        self._you = ""
        self.speaker: Device | None = None
        self._slot = Slot(self._make_speaker, failed)

    def see(self, room: Room, seen: Mapping[Source, QSize]) -> None:
        """What the stage shows from now on, in real pixels."""
        self._you = room.view.you if room.view is not None else ""
        self.sink.visible(room, seen)

    def preview(self, size: QSize | None) -> None:
        """One's own camera is looked at in so many real pixels, or not at all."""
        self._preview.show({} if size is None else {PREVIEW: (size.width(), size.height())})

    def own(self, picture: Picture) -> None:
        """A picture of one's own camera."""
        self._preview.put(PREVIEW, picture)
        self.sink.video(self._you, picture)

    def own_screen(self, picture: Picture) -> None:
        """A picture of one's own screen."""
        self.sink.screen(self._you, picture)

    def _previewed(self, _: Source, pixels: Pixels) -> None:
        self._show_preview(image(pixels))

    def listen(self, on: bool) -> None:
        """Have the speaker open, as there is somebody to be heard, or not."""
        self._slot.want(on)

    def choose_speaker(self, speaker: Device | None) -> None:
        """Play on this one from now on; on the system's own choice for None."""
        if speaker != self.speaker:
            self.speaker = speaker
            self._slot.renew()

    def _make_speaker(self, failed: Callable[[DeviceError], None]) -> Openable:
        try:
            return self._hardware.speaker(self.speaker, self._pull, failed)
        except DeviceError as error:
            return Missing(why(error))

    def _pull(self, count: int) -> Samples:
        """In the sound system's thread."""
        samples = self._mixer.pull(count)
        self.echo.played(samples)
        return samples

    async def test_speaker(self) -> None:
        """Play a short tone. Raises DeviceError."""
        loop, over = asyncio.get_running_loop(), asyncio.Event()
        troubles: list[DeviceError] = []
        playing = Playing(chime())

        def pull(count: int) -> Samples:
            samples = playing(count)
            self.echo.played(samples)
            if playing.done:
                loop.call_soon_threadsafe(over.set)
            return samples

        def failed(error: DeviceError) -> None:
            troubles.append(error)
            over.set()

        speaker = self._hardware.speaker(self.speaker, pull, failed)
        await speaker.open()
        try:
            await over.wait()
        finally:
            await speaker.close()
        for trouble in troubles:
            raise trouble

    async def close(self) -> None:
        """Nothing is seen or heard any more."""
        await self._slot.close()
        await asyncio.to_thread(self._preview.close)
        await asyncio.to_thread(self.sink.close)
