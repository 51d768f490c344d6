"""Between the stage that is received and the stage that is shown: a Sink that makes QImages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

import av
from PySide6.QtCore import QSize
from PySide6.QtGui import QImage

from stagedoor.messages import TileSize, View
from stagedoor.rules.values import Seat

from ..pictures import CAMERA, SCREEN, Pictures, Pixels, Source
from ..presence import Presence


class Stage(Protocol):
    """Who has tiles."""

    def set_picture(self, person: str, kind: str, picture: QImage | None) -> None:
        """Show a picture of a person's "camera" or "screen"."""


def _tiles(view: View | None, shown: Mapping[Source, QSize]) -> list[TileSize]:
    """In how many lines each picture of the stage is shown, 0 for those of another page."""
    seated = (Seat.ON_STAGE, Seat.HELD)
    people = view.people if view is not None else ()
    others = [one.id for one in people if one.seat in seated and view and one.id != view.you]
    none = QSize(0, 0)
    return [
        TileSize(person, kind, float(shown.get((person, source), none).height()))
        for person in others
        for source, kind in ((CAMERA, "video"), (SCREEN, "screen"))
    ]


class StagePictures:
    """A Sink. ``hear`` gets the sound as it comes, ``stage`` pictures in its tiles' own size.

    Tell it and the room by ``visible`` what is seen.
    """

    def __init__(
        self,
        stage: Stage,
        hear: Callable[[str, av.AudioFrame], None] = lambda person, frame: None,
    ) -> None:
        self._stage = stage
        self._pictures = Pictures(self._show)
        self.audio = hear

    def visible(self, room: Presence, shown: Mapping[Source, QSize]) -> None:
        """What is seen from now on, and in how many real pixels: nothing else is decoded."""
        self._pictures.show(
            {source: (size.width(), size.height()) for source, size in shown.items()}
        )
        room.show(
            {person for person, kind in shown if kind == CAMERA},
            {person for person, kind in shown if kind == SCREEN},
        )
        room.view_tiles(_tiles(room.view, shown))

    def video(self, person: str, frame: av.VideoFrame) -> None:
        """See Sink."""
        self._pictures.put((person, CAMERA), frame)

    def screen(self, person: str, frame: av.VideoFrame) -> None:
        """See Sink."""
        self._pictures.put((person, SCREEN), frame)

    def _show(self, source: Source, pixels: Pixels) -> None:
        self._stage.set_picture(*source, image(pixels))

    def close(self) -> None:
        """Convert no more."""
        self._pictures.close()


def image(pixels: Pixels) -> QImage:
    """A picture over the same memory, which it keeps for as long as it, or a copy, lives."""
    return QImage(
        pixels.data, pixels.width, pixels.height, pixels.stride, QImage.Format.Format_RGB32
    )
