"""Who may enter a room, and as whom: open doors, links and sessions."""

from __future__ import annotations

import secrets

from msgspec import Struct

from stagedoor.messages import Enter
from stagedoor.rooms import Visitor
from stagedoor.rules.event import links
from stagedoor.rules.names import clean_name
from stagedoor.rules.refusals import Code, Refusal
from stagedoor.rules.sessions import Exchange
from stagedoor.rules.values import Person, Role, Room

from . import sessions
from .tokens import Link, Tokens

SHORTEST_KEY, LONGEST_KEY = 32, 100  # characters


class Admission(Struct, frozen=True):
    """A visitor who may be put to the room's rules, and the session to give to them."""

    visitor: Visitor
    session: str

    def __repr__(self) -> str:
        """Without the session, wherever this may be printed."""
        return f"Admission({self.visitor!r}, …)"


def admit(room: Room, wish: Enter, tokens: Tokens, now: int) -> Admission | Refusal:
    """What the visitor shows, turned into who they are; or why they may not enter."""
    name = clean_name(wish.name)
    if isinstance(name, Refusal):
        return name
    if wish.key and not SHORTEST_KEY <= len(wish.key) <= LONGEST_KEY:
        return Refusal(Code.BAD_MESSAGE, "The key must have 32 to 100 characters.")
    if wish.session:
        return _resume(room, wish, name, tokens, now)
    way = _way_in(room, wish.token, tokens)
    if isinstance(way, Refusal):
        return way
    spent = links.of_no_use(room, way.role, way.id, way.made_at) if way.id else None
    if spent is links.USED and (again := _invited_again(room, wish, way, now)):
        return again
    if spent is not None:
        return spent
    person = secrets.token_hex(6)
    given = sessions.give(person)
    visitor = Visitor(
        person,
        way.name or name,
        way.role,
        way.id,
        made_at=way.made_at,
        once=way.once,
        session=Exchange(sessions.hashed(wish.key) if wish.key else "", given.hash),
    )
    return Admission(visitor, given.text)


def _resume(room: Room, wish: Enter, name: str, tokens: Tokens, now: int) -> Admission | Refusal:
    found = sessions.find(room, wish.session, now)
    if isinstance(found, Refusal):
        return found
    person, shown = found
    # A link opened in a browser that still has another link's session: the link counts.
    # One that has expired meanwhile does not end the session it began.
    link = tokens.read_link(wish.token, room.id) if wish.token else None
    if link is not None and not isinstance(link, Refusal) and link.role is not person.entered_as:
        return Refusal(Code.BAD_SESSION, "Your earlier session came from another link.")
    return _back(person, name, shown, wish.last_event)


def _invited_again(room: Room, wish: Enter, way: Link, now: int) -> Admission | None:
    """Whoever has come by an invitation already, and was not told so: the answer was lost."""
    person = links.invited(room, way.id)
    if person is None or not wish.key:
        return None
    shown = sessions.hashed(wish.key)
    if person.sessions.refusal(shown, now, here=person.present):
        return None
    return _back(person, person.name, shown, 0)


def _back(person: Person, name: str, shown: str, last_event: int) -> Admission:
    given = sessions.give(person.id)
    visitor = Visitor(
        person.id,
        name,
        person.entered_as,
        resumes=True,
        last_event=max(last_event, 0),
        session=Exchange(shown, given.hash),
    )
    return Admission(visitor, given.text)


def _way_in(room: Room, token: str, tokens: Tokens) -> Link | Refusal:
    """The link, which has no id where the door is open and no token was needed."""
    if token:
        return tokens.read_link(token, room.id)
    if room.open_door:
        return Link(room.id, Role.ATTENDEE, "")
    return Refusal(Code.BAD_TOKEN, "This room can be entered by an invitation link only.")
