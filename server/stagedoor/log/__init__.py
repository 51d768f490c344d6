"""The append-only event log behind one small interface; SQLite by default."""

from .interface import EventLog, LogConflictError, LogError
from .sqlite import SqliteLog

__all__ = ["EventLog", "LogConflictError", "LogError", "SqliteLog"]
