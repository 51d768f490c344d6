"""What the window shows of a room at one moment. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from stagedoor.messages import PersonView, RoomInfo, View
from stagedoor.rules.values import Role, Seat

from ..outbox import Unsent
from ..view import UP
from ..words import marked, t, told

SEATS = (*UP, Seat.HELD)
ROLES = {Role.HOST: marked("host"), Role.MODERATOR: marked("moderator")}


def has_seat(person: PersonView) -> bool:
    """Whether a person is on stage or backstage, connected or held."""
    return person.seat in SEATS


def moderates(person: PersonView) -> bool:
    """Whether a person is a host or a moderator."""
    return person.role is not Role.ATTENDEE


def folded(text: str) -> str:
    """For sorting and searching: without case and accents."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


@dataclass(frozen=True)
class Scene:
    """A view, and what else is known: ``now`` in milliseconds of the server's clock, ``speaking``
    ids of people, loudest first. ``online``: connected, and not about to reconnect. ``unsent``:
    what was written and has not arrived. ``restarting``: the server is, and has said so.
    ``saving``: whether it can save what happens, as far as moderators are told."""

    view: View
    online: bool
    now: int
    speaking: tuple[str, ...] = ()
    unsent: tuple[Unsent, ...] = ()
    restarting: bool = False
    saving: bool = True

    @property
    def room(self) -> RoomInfo:
        """The room itself."""
        return self.view.room

    @cached_property
    def people(self) -> dict[str, PersonView]:
        """Everybody by id, in the order in which they are known."""
        return {person.id: person for person in self.view.people}

    @property
    def me(self) -> PersonView | None:
        """Oneself."""
        return self.people.get(self.view.you)

    @property
    def i_moderate(self) -> bool:
        """Whether one is a host or a moderator."""
        return self.me is not None and moderates(self.me)

    @property
    def i_am_up(self) -> bool:
        """Whether one is on stage or backstage, and connected."""
        return self.online and self.me is not None and self.me.seat in UP

    @cached_property
    def on_stage(self) -> list[PersonView]:
        """The people on stage, held seats included."""
        return [one for one in self.view.people if has_seat(one) and not one.backstage]

    @cached_property
    def backstage(self) -> list[PersonView]:
        """Who waits backstage: for moderators all of them, else oneself alone."""
        return [person for person in self.view.people if person.backstage]

    @cached_property
    def requests(self) -> list[PersonView]:
        """Waiting requests as far as one is shown them: first in, first out (rule 5)."""
        waiting = (person for person in self.view.people if person.seat is Seat.REQUESTED)
        return sorted(waiting, key=lambda person: person.requested_at or 0)

    @cached_property
    def offers(self) -> list[PersonView]:
        """Open offers as far as one is shown them, the next to expire first."""
        open_ones = (person for person in self.view.people if person.seat is Seat.OFFERED)
        return sorted(open_ones, key=lambda one: one.offer.expires_at if one.offer else 0)

    @cached_property
    def hands(self) -> list[PersonView]:
        """Raised hands off the stage, in order (rule 19)."""
        raised = [one for one in self.view.people if one.hand is not None and not has_seat(one)]
        return sorted(raised, key=lambda person: person.hand or 0)

    @cached_property
    def viewers(self) -> list[PersonView]:
        """Everybody else: oneself, then by name (rule 19)."""
        others = (one for one in self.view.people if one.hand is None and not has_seat(one))
        return sorted(others, key=lambda one: (one.id != self.view.you, folded(one.name)))


def find(people: Iterable[PersonView], wanted: str) -> list[PersonView]:
    """Those whose name has ``wanted`` in it; all for an empty one."""
    part = folded(wanted.strip())
    return [person for person in people if part in folded(person.name)]


def note_on(person: PersonView, own: bool, blocked: bool = False) -> str:
    """What the list says under a person's name."""
    parts = [
        t("you") if own else "",
        "" if person.role is Role.ATTENDEE else told(ROLES[person.role]),
        t("asks to join the stage") if person.seat is Seat.REQUESTED else "",
        t("shares a screen") if person.screen else "",
        t("has an offer") if person.seat is Seat.OFFERED else "",
        t("blocked from writing") if blocked else "",
        t("reconnecting") if person.away else "",
    ]
    return " · ".join(part for part in parts if part)


def marks_on(person: PersonView) -> list[str]:
    """The icons that the list shows for a person."""
    marks = [] if person.hand is None else ["hand"]
    if has_seat(person):
        marks.append("mic" if person.microphone else "mic-off")
        marks.append("camera" if person.camera else "camera-off")
        if person.screen:
            marks.append("screen")
    return marks


def initials(name: str) -> str:
    """Up to two letters, of the first and the last word."""
    words = name.split()
    picked = [words[0], words[-1]] if len(words) > 1 else words
    return "".join(word[0] for word in picked).upper()


def hue(person: str) -> int:
    """A hue in degrees that stays the same for a person's id."""
    total = 0
    for letter in person:
        total = (total * 31 + ord(letter)) % 360
    return total


def time_left(at: int, now: int) -> str:
    """What is left until ``at``, both in milliseconds, as "0:42"."""
    seconds = max(0, -(-(at - now) // 1000))
    return f"{seconds // 60}:{seconds % 60:02d}"
