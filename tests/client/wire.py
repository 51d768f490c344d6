"""The real rules in the place of a server and a network."""

from __future__ import annotations

import asyncio
from typing import Any, cast

from stagedoor import rules
from stagedoor.messages import AnyRequest, Update, Welcome
from stagedoor.rooms.views import updates, view
from stagedoor.rules.events import AnyEvent
from stagedoor.rules.refusals import Refusal
from stagedoor.rules.values import Mode, Person, Role, Settings
from stagedoor.rules.values import Room as State
from stagedoor_client import Room
from stagedoor_client.errors import ConnectionLostError, RefusedError

ADA, ROBIN = "ada", "robin"
OFFER = 6_000


class Wire:
    """In the Connection's place: the rules, a few turns of the event loop away."""

    def __init__(self, mode: Mode) -> None:
        self.now = 1_000_000
        self.online = False
        self.restarting = False
        self.turns = 0
        created = rules.create("r", "R", now=self.now, mode=mode, settings=Settings(offer_ms=OFFER))
        self.state: State = rules.evolve(None, created)
        for person, role in ((ADA, Role.HOST), (ROBIN, Role.ATTENDEE)):
            self._apply(rules.enter(self.state, person, person, role, self.now))
        self.client: Room

    @property
    def robin(self) -> Person:
        return self.state.people[ROBIN]

    async def run(self) -> None:
        self.welcome()
        await asyncio.Event().wait()

    def welcome(self) -> None:
        self.online = True
        self._apply(cast(list[AnyEvent], rules.come_back(self.state, ROBIN, "robin", self.now)))
        shown = view(self.state, ROBIN)
        self.client._message(Welcome(id=1, session="s", now=self.now, view=shown, missed=[]))

    def lose(self) -> None:
        self.online = False
        self._apply(rules.disconnect(self.state, ROBIN, self.now))
        self.client._lost(1.0)

    async def request(self, request: AnyRequest, answer: Any) -> Any:
        raise ConnectionLostError("There is no media here.")

    async def command(self, command: AnyRequest) -> None:
        """Robin's."""
        for _ in range(self.turns):
            await asyncio.sleep(0)
        if not self.online:
            raise ConnectionLostError("Lost.")
        decision = self.decide(command, ROBIN)
        for _ in range(self.turns):
            await asyncio.sleep(0)
        if not self.online:
            raise ConnectionLostError("Lost.")
        if isinstance(decision, Refusal):
            raise RefusedError(decision.code, decision.sentence)

    def decide(self, command: Any, who: str) -> list[AnyEvent] | Refusal:
        decision = rules.decide(self.state, command, who, self.now)
        if not isinstance(decision, Refusal):
            self._apply(decision)
        return decision

    def passes(self, milliseconds: int) -> None:
        self.now += milliseconds
        self._apply(rules.due(self.state, self.now))

    def _apply(self, events: list[AnyEvent] | Refusal) -> None:
        assert not isinstance(events, Refusal)
        before = getattr(self, "state", None)
        for event in events:
            self.state = rules.evolve(self.state, event)
        if self.online and before is not None:
            update = updates(before, self.state, [], events).persons.get(ROBIN)
            if isinstance(update, Update):
                self.client._message(update)
