"""How to take part in a room."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from stagedoor.messages import Happening, View
from stagedoor.rules.reactions.values import Reaction

from .capture import Capture
from .hardware import Hardware, Machine
from .lines import Line
from .quality import Quality
from .subscriber import Sink

State = Literal["connecting", "open", "reconnecting", "ended"]


@dataclass(frozen=True)
class Options:
    """How to take part. All that is called is called in the event loop.

    ``ask`` and ``accept``: go up without a person at the ready window, with the devices of
    ``capture``. ``sink`` gets the stage's frames; without one nothing is received.

    ``on_line`` is told each state in words, ``on_view`` each view, also after the connection was
    lost or came back. ``on_happened`` is told what happened, as far as one is shown it, with the
    view already changed. ``on_state`` is told what became of the connection, and a sentence.
    ``on_speaking`` is told who speaks, loudest first. ``on_devices``: what is open, or the ready
    window, has changed. ``on_quality`` is told how good the network is, every two seconds; None
    while that cannot be told. ``on_reactions`` is told how many of each kind people have sent up,
    ``on_outbox`` that something was written, has arrived, or was refused.
    """

    name: str
    ask: bool = False
    accept: bool = False
    capture: Capture = field(default_factory=Capture)
    sink: Sink | None = None
    on_line: Callable[[Line], None] = lambda line: None
    on_view: Callable[[View], None] = lambda view: None
    on_happened: Callable[[list[Happening]], None] = lambda happened: None
    on_state: Callable[[State, str], None] = lambda state, detail: None
    on_speaking: Callable[[list[str]], None] = lambda people: None
    on_devices: Callable[[], None] = lambda: None
    on_quality: Callable[[Quality | None], None] = lambda quality: None
    on_reactions: Callable[[dict[Reaction, int]], None] = lambda counts: None
    on_outbox: Callable[[], None] = lambda: None
    hardware: Hardware = field(default_factory=Machine)
