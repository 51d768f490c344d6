"""What a target of fuzzing is: a plain function of bytes that may refuse, but never raises."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

LONGEST = 1500  # bytes of a datagram that the engine reads

Run = Callable[[bytes], None]


@dataclass(frozen=True)
class Target:
    """``make`` gives the function once all it needs has been built; ``seeds`` are good inputs.

    ``words``: what inputs are made of, for those who mutate them. ``longest``: an input, in bytes.
    """

    name: str
    make: Callable[[], Run]
    seeds: Sequence[bytes]
    words: Sequence[bytes] = ()
    longest: int = LONGEST


def join(pieces: Sequence[bytes]) -> bytes:
    """Several inputs as one: each after its length in two bytes."""
    return b"".join(struct.pack("!H", len(piece)) + piece for piece in pieces)


def split(data: bytes, most: int = 32) -> Iterator[bytes]:
    """What ``join`` has joined; lengths beyond the end are taken as they go."""
    at = 0
    for _ in range(most):
        if at + 2 > len(data):
            return
        length = int.from_bytes(data[at : at + 2])
        yield data[at + 2 : at + 2 + length]
        at += 2 + length
