"""How loud sound is: the level of a block, and the meter that shows it. Pure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

QUIETEST = -100.0  # dBFS
SHOWN_FROM = -60.0  # dBFS
FALL = 20.0  # dB a second
HELD = 1.5  # seconds


def dbfs(samples: npt.NDArray[np.int16]) -> float:
    """The level of 16-bit samples, dB of full scale by their mean power: from QUIETEST to 0."""
    if not samples.size:
        return QUIETEST
    flat = samples.reshape(-1).astype(np.float32)
    power = float(np.dot(flat, flat)) / flat.size / 32768**2
    return max(QUIETEST, 10 * float(np.log10(power))) if power else QUIETEST


@dataclass(frozen=True)
class Meter:
    """A level meter: rises at once, falls slowly; its peak is held for a while. All in dBFS."""

    level: float = QUIETEST
    peak: float = QUIETEST
    held: float = 0.0

    def moved(self, level: float, seconds: float) -> Meter:
        """The meter after so many seconds that sounded like this."""
        shown = max(level, self.level - FALL * seconds, QUIETEST)
        held = self.held + seconds
        if shown >= self.peak:
            return Meter(shown, shown, 0.0)
        falling = min(seconds, max(0.0, held - HELD))
        return Meter(shown, max(shown, self.peak - FALL * falling), held)


def shown(level: float) -> float:
    """How much of a meter a level fills, from 0 to 1."""
    return min(1.0, max(0.0, 1 - level / SHOWN_FROM))
