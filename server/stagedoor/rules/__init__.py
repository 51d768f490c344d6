"""The stage's rules: pure functions over immutable values, numbered as in the rules' text.

``decide`` answers a command with events or a refusal; ``evolve`` applies an event. ``enter``,
``come_back``, ``disconnect`` and ``due`` are what connections and the clock bring about;
``before_the_end`` and ``after_a_return`` what the server's own end and return do.
"""

from .clock import after_a_return, before_the_end, due, next_deadline
from .decide import decide
from .event.links import revoke
from .event.speaking import spoke
from .evolve import create, evolve
from .presence import come_back, disconnect, enter

__all__ = [
    "after_a_return",
    "before_the_end",
    "come_back",
    "create",
    "decide",
    "disconnect",
    "due",
    "enter",
    "evolve",
    "next_deadline",
    "revoke",
    "spoke",
]
