"""What forwarding has to know of a video packet beside its header: its place in the pictures."""

from __future__ import annotations

from typing import NamedTuple


class Part(NamedTuple):
    """A packet of a picture.

    ``start``: the picture's first; ``key``: of a keyframe, which its first packet alone says.
    ``tid``: the temporal layer; what is in layer 0 needs none of the others. ``sync``: the picture
    needs nothing but layer 0. ``picture`` and ``tl0`` are VP8's running numbers of the pictures and
    of those in layer 0, -1 where there are none; they stand at these offsets in the packet.
    ``narrow``: the picture's number was sent in seven bits.
    """

    start: bool
    key: bool
    tid: int = 0
    sync: bool = False
    picture: int = -1
    picture_at: int = 0
    tl0: int = -1
    tl0_at: int = 0
    narrow: bool = False
