"""The camera's picture a second time, at half its size: for viewers who show it small.

aiortc knows no simulcast. So the smaller picture has an encoder and an m-line of its own, and the
offer says of which other m-line it is a smaller layer (``a=x-layer-of``).
"""

from __future__ import annotations

import os
import re

from .camera import CameraTrack
from .filming import Picture, Planar

LAYER_OF = "x-layer-of"
LEAST = 480  # lines of a picture of which a smaller one is worth its while
CORES = 4  # of a machine that encodes twice without being asked to


def worth_while(height: int, asked: int | None) -> bool:
    """Whether to send two layers of a camera's pictures; ``asked``: 1 or 2, None for a guess."""
    if asked is not None:
        return asked > 1
    return height >= LEAST and (os.cpu_count() or 1) >= CORES


def named(sdp: str, smaller: str, larger: str) -> str:
    """The offer, saying that one m-line carries a smaller picture of another; both by mid."""
    line = rf"\g<0>a={LAYER_OF}:{larger}\r\n"
    return re.sub(rf"^a=mid:{re.escape(smaller)}\r\n", line, sdp, count=1, flags=re.M)


class SmallerTrack(CameraTrack):
    """A video track of what is shown, at half its width and height."""

    def __init__(self) -> None:
        super().__init__()
        self._planar = Planar()

    def show(self, picture: Picture, at: float) -> None:
        """See CameraTrack. The picture itself is left as it is."""
        width, height = picture.width // 4 * 2, picture.height // 4 * 2
        super().show(self._planar(picture, (max(2, width), max(2, height))), at)
