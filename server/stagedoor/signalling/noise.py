"""What is no news: bytes that are no HTTP, which anybody may send as often as they like."""

from __future__ import annotations

import logging

from aiohttp.http_exceptions import HttpProcessingError


class _NoNoise(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        # UnicodeError: of a header that aiohttp quotes in its answer, and that is no text.
        return not isinstance(error, HttpProcessingError | UnicodeError)


def http_logger() -> logging.Logger:
    """For aiohttp, which would log a traceback for each broken request."""
    logger = logging.getLogger("stagedoor.http")
    logger.filters = [_NoNoise()]
    return logger
