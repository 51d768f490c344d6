"""Why a command was refused: a code from a closed list and a sentence (rule 22).

Sentences are English here, and translated where they are read: by the template that they were made
from, with the values that were put into it.
"""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct


class Code(StrEnum):
    """Every code that a refusal may carry, on the wire and over HTTP."""

    # What the rules refuse.
    NOT_ALLOWED = "not_allowed"
    WRONG_MODE = "wrong_mode"
    WRONG_STATE = "wrong_state"
    STAGE_FULL = "stage_full"
    ALREADY_HANDLED = "already_handled"
    NO_SUCH_PERSON = "no_such_person"
    AWAY = "away"
    COOL_DOWN = "cool_down"
    REMOVED = "removed"
    BAD_VALUE = "bad_value"
    TURNED_OFF = "turned_off"
    BLOCKED = "blocked"
    SLOW_MODE = "slow_mode"
    ROOM_ENDED = "room_ended"
    NOT_OPEN = "not_open"
    LOCKED = "locked"
    BANNED = "banned"
    NO_SUCH_POLL = "no_such_poll"
    CLOSED_POLL = "closed_poll"
    # What the server refuses before the rules are asked.
    BAD_MESSAGE = "bad_message"
    UNKNOWN_MESSAGE = "unknown_message"
    TOO_LARGE = "too_large"
    NOT_ENTERED = "not_entered"
    ALREADY_ENTERED = "already_entered"
    BAD_NAME = "bad_name"
    BAD_TOKEN = "bad_token"
    EXPIRED_TOKEN = "expired_token"
    USED_LINK = "used_link"
    REVOKED_LINK = "revoked_link"
    BAD_SESSION = "bad_session"
    NO_SUCH_ROOM = "no_such_room"
    ROOM_EXISTS = "room_exists"
    BAD_KEY = "bad_key"
    TOO_MANY = "too_many"
    SHUTTING_DOWN = "shutting_down"
    # What concerns media.
    NO_SEAT = "no_seat"
    BAD_SDP = "bad_sdp"
    NO_COMMON_CODEC = "no_common_codec"
    STALE_ANSWER = "stale_answer"
    MEDIA_DOWN = "media_down"
    # Our own fault.
    NOT_SAVED = "not_saved"
    SERVER_ERROR = "server_error"


Value = str | int


class Refusal(Struct, frozen=True, omit_defaults=True):
    """A command was refused and changed nothing.

    ``template`` and ``values`` are what the sentence was made from: ``{name}`` in the template
    stands for the value of that name. Both are empty where the sentence has no values. A value
    called ``what`` is itself a sentence to be translated.
    """

    code: Code
    sentence: str
    template: str = ""
    values: dict[str, Value] = {}


def refusal(code: Code, template: str, **values: Value) -> Refusal:
    """A refusal with these values in its sentence; numbers are written with commas."""
    if not values:
        return Refusal(code, template)
    written = {
        name: f"{value:,}" if isinstance(value, int) else value for name, value in values.items()
    }
    return Refusal(code, template.format_map(written), template, values)


def marked(sentence: str) -> str:
    """The sentence as it is: one that is said elsewhere, marked here for the catalogues."""
    return sentence
