"""What can go wrong for the client, each with a message for people. Light to import."""

from __future__ import annotations

from collections.abc import Mapping

from stagedoor.rules.refusals import Code, Value, marked


class PlainError(Exception):
    """An error with a message for people: ``template`` with its ``values`` filled in.

    As text it is English; see ``words.why``. A value called ``what`` is itself a sentence.
    """

    def __init__(self, template: str, /, **values: Value) -> None:
        super().__init__(template.format_map(values) if values else template)
        self.template = template
        self.values: Mapping[str, Value] = values


class LinkError(PlainError, ValueError):
    """The text is no link to a room."""


class DeviceError(PlainError):
    """A device is missing, ambiguous, busy or broken."""


class RecordingError(PlainError):
    """The file cannot be written."""


class RefusedError(PlainError):
    """The server refused; ``code`` is from its closed list.

    ``template`` and ``values`` are what the server made the sentence from, where it has values.
    """

    def __init__(
        self, code: Code, sentence: str, template: str = "", values: Mapping[str, Value] = {}
    ) -> None:
        super().__init__(sentence)
        self.code = code
        if template:
            self.template, self.values = template, values


class EndedError(RefusedError):
    """The server closed this session for good."""


class ConnectionLostError(PlainError):
    """There is no connection to the server just now."""


class UntrustedError(ConnectionLostError):
    """The server's certificate is not trusted; nothing was said to the server."""

    @property
    def fingerprint(self) -> str:
        """What it shows."""
        return str(self.values["fingerprint"])


class SomebodyElseError(ConnectionLostError):
    """The server has forgotten who one was while a command was on its way."""

    def __init__(self) -> None:
        super().__init__(
            marked(
                "You were away for too long. This may have been sent already: please look before "
                "you send it again."
            )
        )
