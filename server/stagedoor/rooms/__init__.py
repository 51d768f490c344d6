"""One keeper a room: load, decide, append, apply, publish; and the views."""

from .clock import wall_clock
from .connection import Arrival, Connection, Visitor
from .house import SHUTTING_DOWN, House, create_room, forget, replay
from .keeper import UNSAVED, Keeper

__all__ = [
    "SHUTTING_DOWN",
    "UNSAVED",
    "Arrival",
    "Connection",
    "House",
    "Keeper",
    "Visitor",
    "create_room",
    "forget",
    "replay",
    "wall_clock",
]
