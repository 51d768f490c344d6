"""What can go wrong for the client, each with a message for people. Light to import."""

from __future__ import annotations

from stagedoor.rules.refusals import Code


class LinkError(ValueError):
    """The text is no link to a room."""


class DeviceError(Exception):
    """A device is missing, ambiguous, busy or broken."""


class RecordingError(Exception):
    """The file cannot be written."""


class RefusedError(Exception):
    """The server refused; ``code`` is from its closed list."""

    def __init__(self, code: Code, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


class EndedError(RefusedError):
    """The server closed this session for good."""


class ConnectionLostError(Exception):
    """There is no connection to the server just now."""


class SomebodyElseError(ConnectionLostError):
    """The server has forgotten who one was while a command was on its way."""

    def __init__(self) -> None:
        super().__init__(
            "You were away for too long. This may have been sent already: please look before you "
            "send it again."
        )
