"""A room to play with: short words for what people, connections and the clock do in it."""

from __future__ import annotations

from stagedoor import rules
from stagedoor.rules import commands as c
from stagedoor.rules.events import AnyEvent
from stagedoor.rules.refusals import Code, Refusal
from stagedoor.rules.values import Mode, Person, Role, Room, Seat, Settings

START = 1_000_000


class Play:
    """One room and its log. People's ids are their names in small letters.

    Hal is the host, Ada and Bob are moderators, Cal, Dee and Eve attendees.
    """

    def __init__(self, mode: Mode = Mode.REQUEST, settings: Settings | None = None) -> None:
        self.now = START
        created = rules.create("r", "Room", now=START, mode=mode, settings=settings or Settings())
        self.log: list[AnyEvent] = [created]
        self.room: Room = rules.evolve(None, created)
        self.enter("Hal", Role.HOST)
        self.enter("Ada", Role.MODERATOR)
        self.enter("Bob", Role.MODERATOR)
        for name in ("Cal", "Dee", "Eve"):
            self.enter(name)

    def apply(self, events: list[AnyEvent]) -> list[AnyEvent]:
        for event in events:
            self.room = rules.evolve(self.room, event)
        self.log += events
        return events

    def enter(self, name: str, role: Role = Role.ATTENDEE) -> None:
        events = rules.enter(self.room, name.lower(), name, role, self.now)
        assert not isinstance(events, Refusal)
        self.apply(events)

    def do(self, who: str, command: c.AnyCommand) -> list[AnyEvent]:
        """The events of a command, applied; AssertionError if it is refused, or was done before."""
        answer = rules.decide(self.room, command, who, self.now)
        assert isinstance(answer, list), answer
        return self.apply(answer)

    def no(self, who: str, command: c.AnyCommand, code: Code) -> str:
        """The sentence of a refusal; AssertionError if it is none, or another one."""
        answer = rules.decide(self.room, command, who, self.now)
        assert isinstance(answer, Refusal), answer
        assert answer.code is code, answer
        return answer.sentence

    def away(self, who: str) -> list[AnyEvent]:
        return self.apply(rules.disconnect(self.room, who, self.now))

    def back(self, who: str, name: str = "") -> list[AnyEvent]:
        events = rules.come_back(self.room, who, name or who.title(), self.now)
        assert not isinstance(events, Refusal)
        return self.apply(events)

    def wait(self, ms: int) -> list[AnyEvent]:
        self.now += ms
        return self.apply(rules.due(self.room, self.now))

    # -- looking

    def person(self, who: str) -> Person:
        return self.room.people[who]

    def seat(self, who: str) -> Seat:
        return self.person(who).seat

    def request(self, who: str) -> int:
        """The number of the person's waiting request."""
        number = self.person(who).requested_at
        assert number is not None
        return number

    def queue(self) -> list[str]:
        waiting = [one for one in self.room.people.values() if one.seat is Seat.REQUESTED]
        return [one.id for one in sorted(waiting, key=lambda one: one.requested_at or 0)]

    # -- whole ways

    def on_stage(self, *people: str, microphone: bool = False, camera: bool = False) -> None:
        """Bring people up by Hal's invitation."""
        for who in people:
            self.do("hal", c.Invite(who))
            self.do(who, c.AcceptOffer(microphone=microphone, camera=camera))

    def ask(self, *people: str) -> None:
        for who in people:
            self.do(who, c.AskToJoinStage())


def kinds(events: list[AnyEvent]) -> list[str]:
    """The events' tags."""
    return [str(event.__struct_config__.tag) for event in events]
