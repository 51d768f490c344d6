"""What the client says of itself: a state's name, a plain sentence, and its fields. Pure."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import Struct

from stagedoor.messages import Happening, Lobby, PersonView, View
from stagedoor.rules.values import Seat

from .errors import RefusedError
from .view import UP, me


class Line(Struct, frozen=True):
    """A line of output."""

    state: str
    sentence: str
    fields: dict[str, Any] = {}

    def json(self) -> str:
        """The line as one JSON object."""
        whole = {"state": self.state, "sentence": self.sentence, **self.fields}
        return msgspec.json.encode(whole).decode()


def entered(view: View, *, again: bool) -> Line:
    """In the room, for the first time or back in it."""
    person = me(view)
    seat = str(person.seat) if person else "viewer"
    role = "viewer" if person is None or person.role == "attendee" else str(person.role)
    fields = {"room": view.room.id, "you": view.you, "role": role, "seat": seat}
    if again:
        return Line("back", f"back in {view.room.name}", fields)
    return Line("entered", f"entered {view.room.name} as {role}", fields)


def saving(works: bool) -> Line:
    """The server can save what happens again, or cannot."""
    how = "saves again what happens" if works else "cannot save anything just now"
    return Line("saving" if works else "not_saving", f"the server {how}")


def lobby(message: Lobby) -> Line:
    """The room is not open yet."""
    fields = {"room": message.room, "opens_at": message.opens_at}
    if message.opens_at is None:
        return Line("lobby", f"waiting in the lobby of {message.room}", fields)
    seconds = max(0, message.opens_at - message.now + 999) // 1000
    sentence = f"waiting in the lobby of {message.room}, which opens in {seconds} s"
    return Line("lobby", sentence, fields)


def refused(error: RefusedError) -> Line:
    """A command was refused."""
    return Line("refused", str(error), {"code": str(error.code)})


def up(person: PersonView) -> Line:
    """On stage or backstage, with the devices as they are."""
    devices = {"microphone": person.microphone, "camera": person.camera}
    words = ", ".join(f"{name} {'on' if on else 'off'}" for name, on in devices.items())
    if person.seat is Seat.BACKSTAGE:
        sentence = f"backstage, seen and heard by moderators only, {words}"
        return Line("backstage", sentence, devices)
    return Line("on_stage", f"on stage, {words}", devices)


def seat_changed(before: PersonView | None, after: PersonView, now: int) -> Line | None:
    """The line for a change of one's own seat; None where there is none to tell."""
    was = before.seat if before else Seat.VIEWER
    if after.seat in UP:
        same = before is not None and was is after.seat and up(before) == up(after)
        return None if same else up(after)
    if was is after.seat:
        return None
    if after.seat is Seat.HELD:
        return None
    if after.seat is Seat.REQUESTED:
        return Line("requested", "asked to join the stage")
    if after.seat is Seat.OFFERED and after.offer is not None:
        seconds = max(0, round((after.offer.expires_at - now) / 1000))
        fields = {"by": after.offer.by_name, "reason": str(after.offer.reason), "seconds": seconds}
        sentence = f"offered a seat by {after.offer.by_name}, {seconds} s to answer"
        return Line("offered", sentence, fields)
    return None


_HAPPENINGS = {
    "request_declined": "your request was declined by {by}",
    "request_closed": "requests were closed by {by}",
    "request_cancelled": "took the request back",
    "offer_revoked": "the offer was taken back by {by}",
    "offer_expired": "the offer expired",
    "offer_declined": "declined the offer",
    "removed_from_stage": "removed from the stage by {by}",
    "left_stage": "left the stage",
    "brought_on": "brought on stage by {by}",
    "sent_backstage": "sent backstage by {by}",
    "left_backstage": "left backstage",
    "bumped": "made room on the stage for somebody else",
    "unmute_asked": "asked by {by} to unmute",
    "room_ended": "the room has ended",
    "left": "away for too long, the seat is gone",
}


def happened(what: Happening, you: str) -> Line | None:
    """The line for something that happened to oneself, or to the room."""
    if what.person not in ("", you) or (what.people and you not in what.people):
        return None
    fields = {"by": what.by_name} if what.by_name else {}
    if what.what == "device_set" and what.by != you and what.on is False:
        sentence = f"{what.device} turned off by {what.by_name}"
        return Line("muted", sentence, {**fields, "device": str(what.device)})
    template = _HAPPENINGS.get(what.what)
    if template is None:
        return None
    return Line(what.what, template.format(by=what.by_name or "a moderator"), fields)
