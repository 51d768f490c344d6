"""The keeper of one room: the single owner of its state.

Commands of all people meet in one queue. A step takes what has queued up, of those who come a few
at a time, and goes in one direction: decide, append to the log, apply, take from and give to the
media engine, tell everybody, answer. So nothing is acknowledged that is not in the log (save what
never is: see Event.logged), and whoever loses the stage is not forwarded any more when anybody
hears of it (rule 13). Timers are not kept: the next one follows from the state.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Collection, Iterable, Sequence

from stagedoor import rules
from stagedoor.log import EventLog, LogConflictError, LogError
from stagedoor.media.interface import MediaError, Tile
from stagedoor.messages import AnyMessage, Closing, Happening, Lobby, MediaRestarted
from stagedoor.messages import Saving as SavingMessage
from stagedoor.rules.commands import AnyCommand
from stagedoor.rules.events import AnyEvent
from stagedoor.rules.refusals import Code, Refusal, marked
from stagedoor.rules.values import Role, Room

from .audience import Audience
from .clock import Clock
from .connection import Arrival, Connection, Visitor
from .draft import Decision, Draft
from .granting import Granting
from .grants import may_publish
from .happenings import Told, farewells, tell
from .media import Media
from .saving import Saving
from .speech import Speech
from .step import Answer, Job, Step, next_step
from .views import lobby, updates, view

logger = logging.getLogger(__name__)

REMEMBERED = 1000  # happenings kept for people who resume
MISSED = 100  # the most that one of them is told
RETRY = 1.0  # seconds until a step of the clock that could not be logged is tried again
LONGEST_SLEEP = 60.0  # seconds; the wall clock may be set meanwhile
CONFLICTS = 5

WRONG = marked("Something went wrong in the server; please try again.")
RESTARTS = marked("The server restarts; please try again in a moment.")
UNSAVED = marked(
    "The server cannot save anything at the moment, so nothing was changed. Please try again later."
)


class Keeper:
    """Made with a room's replayed state; ``run`` it in a task, end it with ``stop``."""

    def __init__(
        self, room: Room, events: Iterable[AnyEvent], log: EventLog, media: Media, clock: Clock
    ) -> None:
        self.room = room
        self.id = room.id
        self._log = log
        self._media = media
        self.clock = clock
        self._now = 0
        self._told: deque[Told] = deque(maxlen=REMEMBERED)
        self._remember(room, events, after=0)
        self.audience = Audience()
        self._speech = Speech()
        self._granting = Granting(room, media)
        # Whoever the log says is here lost the connection with the last process (rule 12).
        self._lost = {key for key in room.people if _connected(room, key)}
        self._media_restarted = False
        self._jobs: list[Job] = []
        self._wake = asyncio.Event()
        self._wake.set()
        self._saving = Saving(room.id, log, self._tell_saving)
        self._stopping = False
        self._returned = True

    # -- for the connections

    async def command(self, person: str, command: AnyCommand, answer: Answer) -> None:
        """Put a person's command to the rules; ``answer`` gets the last event's number, or 0."""
        await self._put(lambda room, now: rules.decide(room, command, person, now), answer)

    async def enter(
        self,
        visitor: Visitor,
        connection: Connection,
        answer: Callable[[Arrival | Lobby | Refusal], None],
    ) -> None:
        """Let somebody in, or back in (rule 12), or have them wait in the lobby.

        An older connection of theirs is closed. Who waits is told when to try again.
        """

        def decide(room: Room, now: int) -> Decision:
            if not visitor.resumes:
                return rules.enter(
                    room,
                    visitor.person,
                    visitor.name,
                    visitor.role,
                    now,
                    visitor.link,
                    made_at=visitor.made_at,
                    once=visitor.once,
                    session=visitor.session,
                )
            draft = Draft(room)
            if _connected(room, visitor.person):
                draft.add(rules.disconnect(room, visitor.person, now))
            back = rules.come_back(draft.room, visitor.person, visitor.name, now, visitor.session)
            refusal = draft.take(back)
            return refusal if isinstance(refusal, Refusal) else draft.events

        def arrived(outcome: int | Refusal) -> None:
            if isinstance(outcome, Refusal):
                waits = outcome.code is Code.NOT_OPEN
                answer(lobby(self.room, self._now) if waits else outcome)
                return
            missed = self._missed(visitor) if visitor.resumes else []
            seen = view(self.room, visitor.person)
            answer(Arrival(person=visitor.person, now=self._now, view=seen, missed=missed))

        await self._put(decide, arrived, (visitor, connection))

    async def revoke(
        self, links: Collection[str], role: Role | None, put_out: bool
    ) -> int | Refusal:
        """Have these links, or all of a role, lead nobody in any more; see ``rules.revoke``."""
        outcome: list[int | Refusal] = []
        await self._put(
            lambda room, now: rules.revoke(room, links, role, now, put_out=put_out),
            outcome.append,
        )
        return outcome[0]

    def lost(self, person: str, connection: Connection) -> None:
        """A connection is gone; nothing happens if another has taken its place."""
        if self.audience.lost(person, connection):
            self._lost.add(person)
        self._wake.set()

    async def watch(self, person: str) -> None:
        """Begin a person's receiving, if they are in the room before and after.

        Raises MediaError.
        """
        self._inside(person)
        await self._media.subscribe(self.id, person)
        try:
            self._inside(person)
        except MediaError:
            await self._media.leave(self.id, [person])
            raise

    async def answer(self, person: str, revision: int, sdp: str) -> None:
        """Take a person's answer to a subscription's offer. Raises MediaError."""
        await self._media.answer(self.id, person, revision, sdp)

    async def view(self, person: str, tiles: Sequence[Tile]) -> None:
        """How large a person shows what they receive. Raises MediaError."""
        await self._media.view(self.id, person, tiles)

    async def publish(self, person: str, sdp: str) -> str:
        """Answer a publishing offer, if the person may publish before and after (rule 14).

        Raises MediaError, ``no_seat`` among them.
        """
        self._admit(person)
        answer = await self._media.publish(self.id, person, sdp)
        self._admit(person)
        return answer

    async def history(self) -> list[AnyEvent]:
        """All that happened in the room, from its log. Raises LogError."""
        return await self._log.read(self.id)

    # -- for the house

    @property
    def connections(self) -> int:
        """How many people are connected now."""
        return len(self.audience.inside)

    def tell(self, message: AnyMessage, *people: str) -> None:
        """Tell these people, as far as they are connected."""
        self.audience.tell(message, people)

    def speaking(self, people: list[str]) -> None:
        """The engine hears these people: tell everybody, and add up for how long."""
        self._speech.people = people
        self._follow_speech()
        self._wake.set()

    def media_restarted(self) -> None:
        """The engine is a new one: give all grants again, then tell everybody."""
        self._media_restarted = True
        self.speaking([])

    async def run(self) -> None:
        """Do the room's steps until ``stop``."""
        while not self._stopping:
            await self._sleep()
            self._wake.clear()
            jobs, self._jobs = next_step(self._jobs)
            before = self.room
            try:
                await self._step(jobs)
            except Exception:
                logger.exception("room %s: a step failed", self.id)
                self._refuse(jobs, WRONG)
                if self.room is not before:  # what people see may be behind: let them come anew
                    self.close_all(Closing(Code.SERVER_ERROR, WRONG, again=True))
                await asyncio.sleep(RETRY)
            if self._jobs:
                self._wake.set()
                await asyncio.sleep(0)  # what those who are in have sent comes to the next step
        self._refuse(self._jobs, RESTARTS, Code.SHUTTING_DOWN)
        await self._save()

    def stop(self) -> None:
        """Finish the step that runs and take no other."""
        self._stopping = True
        self._wake.set()

    def close_all(self, closing: Closing) -> None:
        """Close every connection, saying why."""
        self.audience.close_all(closing)

    # -- a step

    async def _put(
        self,
        decide: Callable[[Room, int], Decision],
        answer: Answer,
        entry: tuple[Visitor, Connection] | None = None,
    ) -> None:
        """Queue a job and wait until it is answered."""
        if self._stopping:
            answer(Refusal(Code.SHUTTING_DOWN, RESTARTS))
            return
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._jobs.append(Job(decide, answer, done, entry))
        self._wake.set()
        await done

    async def _sleep(self) -> None:
        """Until there is something to do."""
        wait = LONGEST_SLEEP
        for deadline in (rules.next_deadline(self.room), self._speech.deadline()):
            if deadline is not None:
                wait = min(max((deadline - self.clock()) / 1000, 0.01), wait)
        if not self._saving.works:
            wait = RETRY
        try:
            async with asyncio.timeout(wait):
                await self._wake.wait()
        except TimeoutError:
            pass

    async def _step(self, jobs: list[Job]) -> None:
        for _ in range(CONFLICTS):
            step = self._decide(jobs)
            try:
                number = step.draft.before.number
                await self._saving.append(number, step.draft.logged, idle=not jobs)
            except LogConflictError:
                await self._catch_up()
                continue
            except LogError:
                self._refuse(jobs, UNSAVED, Code.NOT_SAVED)
                return
            await self._apply(step)
            return
        logger.error("room %s: other writers are always first", self.id)
        self._refuse(jobs, UNSAVED, Code.NOT_SAVED)

    def _decide(self, jobs: list[Job]) -> Step:
        """What is due, who is lost, then everybody's wishes in their order."""
        self._now = max(self.clock(), self._now)
        step = Step(Draft(self.room), jobs)
        if self._returned:
            step.draft.add(rules.after_a_return(step.draft.room, self._now))
        step.draft.add(rules.due(step.draft.room, self._now))
        for person in sorted(self._lost):
            if _connected(step.draft.room, person):
                step.draft.add(rules.disconnect(step.draft.room, person, self._now))
            step.forget.add(person)
        step.spoken = self._speech.ready(self._now)
        for person, ms in step.spoken.items():
            step.draft.add(rules.spoke(step.draft.room, person, ms, self._now))
        for job in jobs:
            try:
                job.outcome = step.draft.take(job.decide(step.draft.room, self._now))
            except Exception:
                logger.exception("room %s: a decision failed", self.id)
                job.outcome = Refusal(Code.SERVER_ERROR, WRONG)
            if job.entry and job.entry[0].resumes and not isinstance(job.outcome, Refusal):
                step.forget.add(job.entry[0].person)  # what an older connection published
        return step

    async def _save(self) -> None:
        """Log what is to be kept of the things that are not logged."""
        draft = Draft(self.room)
        draft.add(rules.before_the_end(self.room, max(self.clock(), self._now)))
        try:
            if draft.logged:
                await self._log.append(self.id, draft.before.number, draft.logged)
        except LogError as error:
            logger.error("room %s: %s", self.id, error.sentence)
            return
        self.room = draft.room

    async def _apply(self, step: Step) -> None:
        """What is in the log takes effect: on the state, on the media, then on what is shown."""
        before, self.room = step.draft.before, step.draft.room
        told = self._remember(self.room, step.draft.logged, before.number)
        self._lost -= step.forget
        self._speech.logged(step.spoken, self._now)
        self._returned = False
        restarted, self._media_restarted = self._media_restarted, False
        if restarted:
            self._granting.engine_is_new()
        reasons = farewells(self.room, step.draft.events)
        await self._granting.follow(self.room, step.forget | reasons.keys())
        put_out = self.audience.take_out(reasons)
        replaced = self._replaced(step.jobs)
        if step.draft.events:
            self._show(before, told, step.draft.events)
            self._follow_speech()
        if restarted:
            self.audience.tell_all(MediaRestarted())
        self.audience.close(put_out, reasons)
        for connection in replaced:
            connection.close(
                Closing(Code.ALREADY_ENTERED, "You have entered this room elsewhere.", again=False)
            )
        self.audience.tell_lobby(before, self.room, self._now)
        for job in step.jobs:
            self._answer(job)
        self.audience.count_lobby(self.room, anew=step.somebody_is_new)
        if self.room.ended and not before.ended:
            await self._end()

    def _replaced(self, jobs: list[Job]) -> list[Connection]:
        """Take away the connections in whose place others enter now."""
        people = [
            job.entry[0].person
            for job in jobs
            if job.entry is not None and not isinstance(job.outcome, Refusal)
        ]
        return [*self.audience.take_out(people).values()]

    def _show(self, before: Room, told: list[Told], events: Sequence[AnyEvent]) -> None:
        """Tell everybody what changed, each as much as they may see (rule 19)."""
        changed = updates(before, self.room, told, events, self.audience.inside)
        self.audience.show(self.room, changed)

    def _follow_speech(self) -> None:
        """Who is heard backstage is told to moderators alone, and counts from being brought on."""
        on_stage = self._speech.on_stage(self.room)
        self._speech.heard(on_stage, self.clock())
        self.audience.tell_speaking(self.room, self._speech.people, on_stage)

    def _answer(self, job: Job) -> None:
        if job.entry is not None and not isinstance(job.outcome, Refusal):
            visitor, connection = job.entry
            old = self.audience.let_in(visitor.person, connection)
            self._lost.discard(visitor.person)  # that was an older connection
            if old is not None:  # entered twice within one step
                old.close(Closing(Code.ALREADY_ENTERED, "You have entered elsewhere.", again=False))
            if connection.closed:
                self.lost(visitor.person, connection)
        elif job.entry is not None and job.waits(self.room):
            self.audience.wait(job.entry[1])
        job.answer(job.outcome)
        if not job.done.done():
            job.done.set_result(None)

    def _refuse(self, jobs: Iterable[Job], sentence: str, code: Code = Code.SERVER_ERROR) -> None:
        for job in jobs:
            if not job.done.done():
                job.answer(Refusal(code, sentence))
                job.done.set_result(None)

    async def _end(self) -> None:
        """Everybody has been told; nothing more is to be forwarded or done."""
        await self._granting.end()
        self.close_all(Closing(Code.ROOM_ENDED, "The host has ended the room.", again=False))

    async def _catch_up(self) -> None:
        """Apply and show what another writer appended."""
        before = self.room
        events = await self._log.read(self.id, before.number)
        for event in events:
            self.room = rules.evolve(self.room, event)
        told = self._remember(self.room, events, before.number)
        reasons = farewells(self.room, events)
        await self._granting.follow(self.room, reasons)
        put_out = self.audience.take_out(reasons)
        self._show(before, told, events)
        self.audience.close(put_out, reasons)
        self.audience.tell_lobby(before, self.room, self._now)

    def _remember(self, room: Room, events: Iterable[AnyEvent], after: int) -> list[Told]:
        """The events as happenings, kept for those who come back later."""
        all_told = (
            tell(number, event, room.people) for number, event in enumerate(events, after + 1)
        )
        told = [one for one in all_told if one is not None]
        self._told.extend(told)
        return told

    def _missed(self, visitor: Visitor) -> list[Happening]:
        """The newest of what happened to somebody, or to everybody, since they were told."""
        found = [
            told.happening
            for told in self._told
            if told.happening.number > visitor.last_event and told.concerns(visitor.person)
        ]
        return found[-MISSED:]

    def _tell_saving(self, works: bool) -> None:
        self.audience.tell_moderators(self.room, SavingMessage(works))

    def _inside(self, person: str) -> None:
        if not _connected(self.room, person):
            raise MediaError(Code.NOT_ENTERED, "You are not in this room any more.")

    def _admit(self, person: str) -> None:
        if not may_publish(self.room, person):
            raise MediaError(
                Code.NO_SEAT, "You have no seat on the stage, so you cannot be seen or heard."
            )


def _connected(room: Room, person: str) -> bool:
    one = room.people.get(person)
    return one is not None and one.present and one.away_until is None
