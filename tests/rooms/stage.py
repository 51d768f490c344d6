"""A house with one room, on doubles for engine and connections and a real log."""

from __future__ import annotations

from pathlib import Path

from stagedoor import rules
from stagedoor.media.interface import Grant
from stagedoor.messages import Lobby
from stagedoor.rooms import Arrival, House, Keeper, Visitor
from stagedoor.rules import commands as c
from stagedoor.rules.refusals import Refusal
from stagedoor.rules.values import Role, Seat

from .fakes import Diary, FakeClock, FakeConnection, FakeEngine, NotingLog

ROOM = "room"


class Stage:
    """A house with one room, and short words for what tests do in it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.diary = Diary()
        self.engine = FakeEngine(self.diary)
        self.clock = FakeClock()
        self.log: NotingLog
        self.house: House

    async def open(self) -> None:
        self.log = await NotingLog.open(self.path, self.diary)
        self.house = await House.open(self.log, self.engine, self.clock)
        if self.house.keeper(ROOM) is None:
            await self.house.create(rules.create(ROOM, "Room", now=self.clock()))

    async def close(self) -> None:
        await self.house.close()
        await self.log.close()

    @property
    def keeper(self) -> Keeper:
        keeper = self.house.keeper(ROOM)
        assert keeper is not None
        return keeper

    async def enter(self, person: str, role: Role = Role.ATTENDEE) -> FakeConnection:
        return (await self.try_enter(Visitor(person, person.title(), role)))[0]

    async def come_back(self, person: str, last_event: int = 0) -> tuple[FakeConnection, Arrival]:
        visitor = Visitor(
            person, person.title(), Role.ATTENDEE, resumes=True, last_event=last_event
        )
        connection, arrival = await self.try_enter(visitor)
        assert isinstance(arrival, Arrival)
        return connection, arrival

    async def try_enter(self, visitor: Visitor) -> tuple[FakeConnection, Arrival | Lobby | Refusal]:
        connection = FakeConnection(visitor.person, self.diary)
        answers: list[Arrival | Lobby | Refusal] = []
        await self.keeper.enter(visitor, connection, answers.append)
        return connection, answers[0]

    async def do(self, person: str, command: c.AnyCommand) -> int:
        """The number of the last event; AssertionError if the command is refused."""
        outcome = await self.ask(person, command)
        assert isinstance(outcome, int), outcome
        return outcome

    async def ask(self, person: str, command: c.AnyCommand) -> int | Refusal:
        answers: list[int | Refusal] = []

        def answer(outcome: int | Refusal) -> None:
            self.diary.note(person, "answered", type(command).__name__)
            answers.append(outcome)

        await self.keeper.command(person, command, answer)
        assert len(answers) == 1
        return answers[0]

    async def on_stage(self, person: str, by: str = "mod") -> None:
        await self.do(by, c.Invite(person))
        await self.do(person, c.AcceptOffer(microphone=True, camera=True))

    def grant(self, person: str) -> Grant | None:
        return self.engine.granted.get((ROOM, person))

    def seat(self, person: str) -> Seat:
        return self.keeper.room.people[person].seat
