"""Every command, and when it is refused: one table, tried out by a test and shown in the docs."""

from ..base import Command
from . import event, polls, stage, talk
from .table import USUAL, Line, Permission, Situation

TABLE: dict[type[Command], Permission] = {
    one.command: one for part in (stage, event, talk, polls) for one in part.PERMISSIONS
}

__all__ = ["TABLE", "USUAL", "Line", "Permission", "Situation"]
