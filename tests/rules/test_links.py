"""Links for one person and revoked links, as an outsider reads them in the log."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from stagedoor import rules
from stagedoor.audit.event_witness import EventWitness
from stagedoor.rules.events import AnyEvent
from stagedoor.rules.refusals import Code, Refusal
from stagedoor.rules.values import Role, Room

NOW = 1_000_000
LATER = NOW + 60_000


class Log:
    """A room, its events, and a witness who objects to what must not be."""

    def __init__(self) -> None:
        self.witness = EventWitness()
        created = rules.create("r", "Room", now=NOW)
        self.room: Room = rules.evolve(None, created)
        self.witness.read(msgspec.to_builtins(created))

    def take(self, decided: list[AnyEvent] | Any) -> Code | None:
        if isinstance(decided, Refusal):
            return decided.code
        for event in decided:
            self.room = rules.evolve(self.room, event)
            self.witness.read(msgspec.to_builtins(event))
        return None

    def enter(self, who: str, link: str, role: Role = Role.ATTENDEE, **more: Any) -> Code | None:
        return self.take(rules.enter(self.room, who, who.title(), role, NOW, link, **more))

    def revoke(self, *links: str, role: Role | None = None, put_out: bool = False) -> Code | None:
        return self.take(rules.revoke(self.room, links, role, NOW, put_out=put_out))

    def gone(self, who: str) -> None:
        self.take(rules.disconnect(self.room, who, NOW))
        self.take(rules.due(self.room, LATER))


def test_a_link_for_one_is_used_up_by_the_first() -> None:
    log = Log()
    assert log.enter("ann", "l1", once=True) is None
    assert log.enter("eve", "l1", once=True) is Code.USED_LINK
    assert log.enter("eve", "l1") is Code.USED_LINK
    assert log.enter("ben", "l2", once=True) is None


def test_who_is_inside_stays_and_who_has_left_stays_out() -> None:
    log = Log()
    log.enter("ann", "l1")
    log.enter("ben", "l1")
    log.take(rules.disconnect(log.room, "ann", NOW))
    assert log.revoke("l1") is None
    assert log.enter("eve", "l1") is Code.REVOKED_LINK
    assert log.take(rules.come_back(log.room, "ann", "Ann", NOW)) is None, "within the grace"
    log.gone("ben")
    assert log.take(rules.come_back(log.room, "ben", "Ben", LATER)) is Code.REVOKED_LINK


@pytest.mark.parametrize("by_role", [True, False])
def test_put_out_are_those_alone_who_came_by_it(by_role: bool) -> None:
    log = Log()
    log.enter("mod", "m1", Role.MODERATOR)
    log.enter("hal", "h1", Role.HOST)
    log.enter("ann", "")
    log.enter("ben", "l1")
    # Who was appointed has not come by a moderators' link.
    log.take(rules.decide(log.room, rules.commands.AppointModerator("ben"), "hal", NOW))
    revoked = {"role": Role.MODERATOR} if by_role else {}
    assert log.revoke(*([] if by_role else ["m1"]), put_out=True, **revoked) is None
    inside = {person.id for person in log.room.people.values() if person.present}
    assert inside == {"hal", "ann", "ben"}
    assert log.enter("new", "m2", Role.MODERATOR, made_at=NOW) is (
        Code.REVOKED_LINK if by_role else None
    )
    assert log.enter("newer", "m3", Role.MODERATOR, made_at=NOW + 1) is None


def test_an_ended_room_has_no_links() -> None:
    log = Log()
    log.enter("hal", "h1", Role.HOST)
    log.take(rules.decide(log.room, rules.commands.EndRoom(), "hal", NOW))
    assert log.revoke("h1") is Code.ROOM_ENDED
