"""The append-only event log behind one small interface; SQLite by default."""

from .interface import EventLog, LogBusyError, LogConflictError, LogError
from .sqlite import SqliteLog

__all__ = ["EventLog", "LogBusyError", "LogConflictError", "LogError", "SqliteLog"]
