"""Who may enter a room, and as whom: open doors, links and sessions."""

from __future__ import annotations

import secrets

from msgspec import Struct

from stagedoor.messages import Enter
from stagedoor.rooms import Visitor
from stagedoor.rules.names import clean_name
from stagedoor.rules.refusals import Code, Refusal
from stagedoor.rules.values import Role, Room

from .tokens import Link, Session, Tokens


class Admission(Struct, frozen=True):
    """A visitor who may be put to the room's rules, and the session to give to them."""

    visitor: Visitor
    session: str


def admit(room: Room, wish: Enter, tokens: Tokens) -> Admission | Refusal:
    """What the visitor shows, turned into who they are; or why they may not enter."""
    name = clean_name(wish.name)
    if isinstance(name, Refusal):
        return name
    if wish.session:
        return _resume(room, wish, name, tokens)
    way = _way_in(room, wish.token, tokens)
    if isinstance(way, Refusal):
        return way
    person = secrets.token_hex(6)
    session = tokens.session(Session(room.id, person, way.role))
    return Admission(Visitor(person, name, way.role, way.id), session)


def _resume(room: Room, wish: Enter, name: str, tokens: Tokens) -> Admission | Refusal:
    session = tokens.read_session(wish.session, room.id)
    if isinstance(session, Refusal):
        return session
    if session.person not in room.people:
        return Refusal(Code.BAD_SESSION, "Your earlier session has ended; please enter again.")
    # A link opened in a browser that still has another link's session: the link counts.
    # One that has expired meanwhile does not end the session it began.
    link = tokens.read_link(wish.token, room.id) if wish.token else None
    if link is not None and not isinstance(link, Refusal) and link.role is not session.role:
        return Refusal(Code.BAD_SESSION, "Your earlier session came from another link.")
    visitor = Visitor(
        session.person, name, session.role, resumes=True, last_event=max(wish.last_event, 0)
    )
    return Admission(visitor, tokens.session(session))


def _way_in(room: Room, token: str, tokens: Tokens) -> Link | Refusal:
    """The link, which has no id where the door is open and no token was needed."""
    if token:
        return tokens.read_link(token, room.id)
    if room.open_door:
        return Link(room.id, Role.ATTENDEE, "")
    return Refusal(Code.BAD_TOKEN, "This room can be entered by an invitation link only.")
