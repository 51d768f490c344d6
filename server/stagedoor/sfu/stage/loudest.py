"""Which of many voices are forwarded: the loudest few, so that a large stage is no burden. Pure.

While no more people send sound than may be forwarded, all of it is. Beyond, whoever is forwarded
stays until somebody else is louder by ``MARGIN`` and speaks (``SPEECH``); then the quietest gives
way, but nobody who was heard to speak within ``LINGER`` seconds, so that pauses between words cost
nobody their place. Levels rise at once and fall slowly, as speech does. What somebody said in the
last moment before they are let in is kept by the caller and sent first: words keep their beginning.
"""

from __future__ import annotations

from dataclasses import dataclass

MOST = 5
"""More than three voices at once nobody understands; two more for laughter and a word thrown in."""

SPEECH = 50.0  # -dBov; lower is louder
MARGIN = 6.0  # dB
LINGER = 1.5
GONE = 2.0  # seconds without a packet; a silent Opus stream (DTX) sends one every 0.4 s
RISE, FALL = 0.5, 0.05  # shares of the way to a packet's level
UNSAID = 40  # the level of those who do not say it


@dataclass(slots=True)
class Voice:
    """A smoothed level in -dBov; when a packet came last, and when it was speech."""

    level: float
    heard: float
    spoke: float = float("-inf")


class Loudest:
    """The voices of one stage, by person, and who of them is forwarded. Times in seconds."""

    def __init__(self, most: int = MOST) -> None:
        self.most = most
        self.chosen: set[str] = set()
        self._voices: dict[str, Voice] = {}

    def hear(self, person: str, level: int | None, now: float) -> bool:
        """Take a packet's level, 0 (loudest) to 127 (silence); whether to forward the packet."""
        said = UNSAID if level is None else level
        voice = self._voices.get(person)
        if voice is None:
            voice = self._voices[person] = Voice(float(said), now)
        share = RISE if said < voice.level else FALL
        voice.level += share * (said - voice.level)
        voice.heard = now
        if voice.level < SPEECH:
            voice.spoke = now
        if person in self.chosen:
            return True
        if len(self.chosen) < self.most or self._gives_way(voice, now):
            self.chosen.add(person)
            return True
        return False

    def _gives_way(self, voice: Voice, now: float) -> bool:
        """Make room for a voice, if somebody has to give way to it."""
        for person in [one for one in self.chosen if now - self._voices[one].heard > GONE]:
            self.leave(person)
        if len(self.chosen) < self.most:
            return True
        if voice.level >= SPEECH:
            return False
        idle = [one for one in self.chosen if now - self._voices[one].spoke > LINGER]
        quietest = max(idle or self.chosen, key=lambda one: self._voices[one].level)
        louder = voice.level + MARGIN < self._voices[quietest].level
        if not idle or not louder:
            return False
        self.chosen.discard(quietest)
        return True

    def leave(self, person: str) -> None:
        """Nothing more is to be heard of a person for now."""
        self.chosen.discard(person)
        self._voices.pop(person, None)
