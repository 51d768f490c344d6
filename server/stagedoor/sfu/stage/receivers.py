"""Who is sent the packets of a branch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ..packets.shift import NONE, Shift
from ..transport.peer import Peer
from .pacing import Pacing


@dataclass(frozen=True, slots=True)
class Shifted:
    """A viewer who gets the packets under numbers of their own."""

    peer: Peer
    shift: Shift


@dataclass(slots=True)
class Receivers:
    """Those who get the branch's bytes as they are, those with numbers of their own, the paced."""

    prompt: list[Peer] = field(default_factory=list)
    shifted: list[Shifted] = field(default_factory=list)
    slow: list[tuple[Pacing, Shift]] = field(default_factory=list)

    def add(self, peer: Peer, shift: Shift, pacing: Pacing | None) -> None:
        """Another one."""
        if pacing is not None:
            self.slow.append((pacing, shift))
        elif shift == NONE:
            self.prompt.append(peer)
        else:
            self.shifted.append(Shifted(peer, shift))

    def __len__(self) -> int:
        return len(self.prompt) + len(self.shifted) + len(self.slow)

    def __contains__(self, peer: object) -> bool:
        return any(one is peer for one, _ in self)

    def __iter__(self) -> Iterator[tuple[Peer, Shift]]:
        for peer in self.prompt:
            yield peer, NONE
        for one in self.shifted:
            yield one.peer, one.shift
        for pacing, shift in self.slow:
            yield pacing.peer, shift
