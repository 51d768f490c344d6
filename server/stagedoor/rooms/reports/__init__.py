"""What a room's log tells afterwards: who was on stage, what happened, who was there. Pure."""

from .attendance import Attended, attendance, attendance_table
from .rundown import Happened, rundown, rundown_table
from .stage import OnStage, stage_table, stage_times

__all__ = [
    "Attended",
    "Happened",
    "OnStage",
    "attendance",
    "attendance_table",
    "rundown",
    "rundown_table",
    "stage_table",
    "stage_times",
]
