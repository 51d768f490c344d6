"""A client's message, read with care: a typed request with its id, or a refusal that says why."""

from __future__ import annotations

import re
from typing import get_args

import msgspec
from msgspec import Struct

from stagedoor.messages import (
    MAX_MESSAGE,
    MAX_SDP,
    AnyRequest,
    Envelope,
    Publish,
    Refused,
    SubscribeAnswer,
    decode_envelope,
    decode_request,
)
from stagedoor.rules.refusals import Code

MAX_ID = 2**53 - 1  # the largest whole number that JavaScript counts exactly

_TYPES = frozenset(str(one.__struct_config__.tag) for one in get_args(AnyRequest))


class _Id(Struct, frozen=True):
    id: int


_id = msgspec.json.Decoder(_Id)
_place = re.compile(r" - at `\$\.?([^`]*)`")


class Request(Struct, frozen=True):
    """A request that can be understood."""

    id: int
    body: AnyRequest


def read_request(text: str) -> Request | Refused:
    """Read one text message. Whatever it is, the answer names its id if it has a readable one."""
    if len(text) > MAX_MESSAGE or len(data := text.encode("utf-8", "replace")) > MAX_MESSAGE:
        return Refused(
            readable_id(text),
            Code.TOO_LARGE,
            f"The message is larger than {MAX_MESSAGE // 1024} KiB.",
        )
    try:
        envelope = decode_envelope(data)
    except msgspec.ValidationError as error:
        return _bad(readable_id(data), error)
    except (msgspec.MsgspecError, RecursionError, UnicodeError) as error:
        return Refused(0, Code.BAD_MESSAGE, f"The message is not JSON: {error}.")
    if not 1 <= envelope.id <= MAX_ID:
        return Refused(
            envelope.id, Code.BAD_MESSAGE, "The message's id must be a whole number from 1 on."
        )
    if envelope.type not in _TYPES:
        return Refused(
            envelope.id,
            Code.UNKNOWN_MESSAGE,
            f"There is no message of the type “{envelope.type[:40]}”.",
        )
    try:
        body = decode_request(data)
    except (msgspec.MsgspecError, RecursionError, UnicodeError) as error:
        return _bad(envelope.id, error)
    if isinstance(body, Publish | SubscribeAnswer) and len(body.sdp) > MAX_SDP:
        return Refused(
            envelope.id, Code.TOO_LARGE, f"The SDP is larger than {MAX_SDP // 1024} KiB."
        )
    return Request(envelope.id, body)


def _bad(request_id: int, error: Exception) -> Refused:
    reason = _place.sub(lambda place: f" in “{place[1]}”" if place[1] else "", str(error))
    return Refused(request_id, Code.BAD_MESSAGE, f"The message is not understood: {reason}.")


def readable_id(data: str | bytes) -> int:
    """The id of a message that is not looked at any further, or 0."""
    try:
        return _id.decode(data).id
    except (msgspec.MsgspecError, RecursionError, UnicodeError):
        return 0


__all__ = ["Envelope", "Request", "read_request", "readable_id"]
