"""A room behind a cable: everybody is brought to their state, the cable is cut, all come back."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from playwright.async_api import async_playwright

from stagedoor.messages import AnyRequest, PersonView, View
from stagedoor.rules import commands as cmd
from stagedoor.rules.values import Role, Seat
from stagedoor_client import Options, Room, parse
from tests.browser.cable import Cable
from tests.browser.visitors import ARGUMENTS, CHROMIUM
from tests.server_process import ServerProcess

from .people import Person, Program, Visitor
from .states import HANDS, INVITED, UP, After, State, as_the_rules_say

PATIENCE = 60.0  # seconds for anything that should happen at once
SETTLED = 15.0  # seconds from being back until all is as it should be
SLOW_CAMERA = ["--use-fake-device-for-media-stream=fps=5"]  # nobody looks at the pictures here
STANDING = 600_000  # milliseconds that an offer stands which is not to run out


@dataclass(frozen=True)
class Cell:
    """What became of one person; ``back``: seconds from the mending until they were in again."""

    name: str
    gone: float
    after: After | None
    right: bool
    back: float

    def __str__(self) -> str:
        after = "not back" if self.after is None else str(self.after)
        rules = "as the rules say" if self.right else "NOT AS THE RULES SAY"
        return f"{self.name} | gone {self.gone:g} s | {after} | {rules} | back in {self.back:.1f} s"


class Scene:
    """The people, and the host who is not cut off and sees them all."""

    def __init__(self, host: Room, cable: Cable, people: Sequence[Person]) -> None:
        self.host = host
        self.cable = cable
        self.people = people
        self._held: set[str] = set()

    def look(self, view: View) -> None:
        """Note whose seat is held."""
        self._held |= {one.name for one in view.people if one.seat is Seat.HELD}

    def find(self, person: Person) -> PersonView | None:
        """Somebody as the host sees them; None if they have left."""
        assert self.host.view is not None
        return next((one for one in self.host.view.people if one.name == person.name), None)

    def of(self, *states: State) -> list[Person]:
        """The people of these states."""
        return [one for one in self.people if one.state in states]

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until the host sees something."""
        async with asyncio.timeout(PATIENCE):
            await self.host.until(lambda _: True if condition() else None)

    def all_away(self) -> bool:
        """Whether the server has noticed it of everybody."""
        return all(seen is None or seen.away for seen in map(self.find, self.people))

    def all_left(self) -> bool:
        """Whether everybody's grace is over."""
        return not any(map(self.find, self.people))

    # -- before the cut

    async def prepare(self, offer_ms: int) -> None:
        """Bring everybody from viewer to their state; those of EXPIRING with such an offer."""
        await self._settings(offer_ms=STANDING, backstage=False)
        await self._lift(self.of(*UP))
        await self._settings(backstage=True)
        await self._lift(self.of(State.BACKSTAGE))
        await _all(one.raise_hand() for one in self.of(*HANDS))
        await _all(one.ask() for one in self.of(State.REQUESTED, State.APPROVED))
        await self._invite(self.of(*INVITED))
        await _all(one.prepare() for one in self.of(State.READY))
        await self.until(self._as_prepared)
        await self._settings(offer_ms=offer_ms)
        await self._invite(self.of(State.EXPIRING))

    def _as_prepared(self) -> bool:
        up = [self.find(one) for one in self.of(*UP, State.BACKSTAGE)]
        hands = [self.find(one) for one in self.of(*HANDS)]
        asked = [self.find(one) for one in self.of(State.REQUESTED, State.APPROVED)]
        return (
            all(one is not None and one.microphone and one.camera for one in up)
            and all(one is not None and one.hand is not None for one in hands)
            and all(one is not None and one.seat is Seat.REQUESTED for one in asked)
        )

    async def _lift(self, people: Sequence[Person]) -> None:
        await self._invite(people)
        await _all(one.go_up() for one in people)

    async def _invite(self, people: Iterable[Person]) -> None:
        for one in people:
            await self._decide(one, cmd.Invite)

    async def _settings(self, **settings: Any) -> None:
        await self.host.command(cmd.ChangeSettings(**settings))

    async def _decide(self, person: Person, command: Callable[[str], AnyRequest]) -> None:
        await self.until(lambda: self.find(person) is not None)
        seen = self.find(person)
        assert seen is not None
        await self.host.command(command(seen.id))

    # -- the cut

    async def cut(
        self,
        over: Callable[[], Awaitable[object]],
        *,
        grace_over: bool,
        offer_over: bool,
        told: bool = False,
        decide: bool = True,
    ) -> list[Cell]:
        """Cut the cable until ``over``, and wait for everybody's return.

        ``told``: both ends notice at once. ``decide``: what is decided meanwhile is decided.
        """
        self._held.clear()
        before = [one.welcomes for one in self.people]
        self.cable.cut(told=told)
        since = time.monotonic()
        if decide:
            await self._settings(offer_ms=STANDING)
            for one in self.of(State.REMOVED):
                await self._decide(one, cmd.RemoveFromStage)
            for one in self.of(State.APPROVED):
                await self._decide(one, cmd.Approve)
        await over()
        gone, mended = time.monotonic() - since, time.monotonic()
        self.cable.mend()
        backs = [self._back(one, was, mended) for one, was in zip(self.people, before, strict=True)]
        taken = await asyncio.gather(*backs)
        cells = []
        for one, back in zip(self.people, taken, strict=True):
            after, right = await self._settle(one, back, grace_over, offer_over)
            # Whoever was up was seen as held meanwhile; else the grace was none.
            held = one.name in self._held or not grace_over
            up = one.state in (State.ON_STAGE, State.MODERATOR, State.BACKSTAGE)
            right = right and (held or not up or not decide)
            cells.append(Cell(one.name, round(gone, 1), after, right, back or PATIENCE))
        return cells

    async def _back(self, person: Person, welcomes: int, mended: float) -> float | None:
        """Seconds until somebody is let in again, and the host sees them; None if that fails."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                while person.welcomes == welcomes or not self._here(person):  # noqa: ASYNC110 - a page tells nobody
                    await asyncio.sleep(0.05)
            return time.monotonic() - mended
        return None

    def _here(self, person: Person) -> bool:
        seen = self.find(person)
        return seen is not None and not seen.away

    async def _settle(
        self, person: Person, back: float | None, grace_over: bool, offer_over: bool
    ) -> tuple[After | None, bool]:
        """What somebody is, once that is right, or has had the time to become so."""
        if back is None:
            return None, False
        until = time.monotonic() + SETTLED
        while True:
            after, requests = await self._after(person)
            right = after is not None and as_the_rules_say(
                person.state,
                after,
                grace_over=grace_over,
                offer_over=offer_over,
                requests=requests,
            )
            if right or time.monotonic() > until:
                return after, right
            await asyncio.sleep(0.1)

    async def _after(self, person: Person) -> tuple[After | None, int]:
        own, opened = await person.shown(), await person.open()
        moderates = person.state is State.MODERATOR
        requests = await person.requests() if moderates else 0
        seen, view = self.find(person), self.host.view
        if seen is None or view is None:
            return None, 0
        return After(
            seen.seat,
            seen.hand is not None,
            own,
            moderates=seen.role is not Role.ATTENDEE,
            barred=seen.barred,
            sending=seen.microphone + seen.camera,
            open=opened,
            requests=requests,
        ), len([one for one in view.people if one.seat is Seat.REQUESTED])


async def _all(deeds: Iterable[Awaitable[None]]) -> None:
    for deed in deeds:  # one after the other, as pages are slow when many do something
        await deed


@contextlib.asynccontextmanager
async def scene(pages: Sequence[State], programs: Sequence[State]) -> AsyncIterator[Scene]:
    """A server, a room behind a cable, and people in it, all of them viewers."""
    with ServerProcess(demo=False) as server, contextlib.closing(Cable(server.port)) as cable:
        links = server.create_room(mode="request", settings={"capacity": 30})["links"]
        behind: dict[str, str] = {
            role: link.replace(f":{server.port}/", f":{cable.port}/")
            for role, link in links.items()
        }

        def link(state: State) -> str:
            return behind["moderator" if state is State.MODERATOR else "attendee"]

        async with contextlib.AsyncExitStack() as stack:
            people: list[Person] = [Program(state, link(state)) for state in programs]
            if pages:
                driver = await stack.enter_async_context(async_playwright())
                browser = await driver.chromium.launch(
                    executable_path=CHROMIUM, args=[*ARGUMENTS, *SLOW_CAMERA]
                )
                stack.push_async_callback(browser.close)
                people += [Visitor(state, link(state), browser) for state in pages]
            shown: list[Scene] = []

            def look(view: View) -> None:
                for one in shown:
                    one.look(view)

            host = Room(parse(links["host"]), Options("Host", on_view=look))
            await stack.enter_async_context(host)
            for person in people:
                stack.push_async_callback(person.close)
            await _all(person.enter() for person in people)
            shown.append(Scene(host, cable, people))
            await shown[0].until(lambda: all(map(shown[0].find, people)))
            yield shown[0]
