"""The append-only event log behind one small interface; SQLite by default."""

from .interface import EventLog, LogBusyError, LogConflictError, LogError
from .record import Forwarded, Stopped
from .sqlite import SqliteLog

__all__ = [
    "EventLog",
    "Forwarded",
    "LogBusyError",
    "LogConflictError",
    "LogError",
    "SqliteLog",
    "Stopped",
]
