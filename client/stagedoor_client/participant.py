"""Taking part without a seat: writing, reacting, voting and answering (rule 20)."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable

from stagedoor.messages import AnyRequest, Older, View
from stagedoor.rules.polls.commands import CastVote
from stagedoor.rules.quizzes.commands import AnswerQuiz
from stagedoor.rules.reactions.commands import React
from stagedoor.rules.reactions.values import Reaction
from stagedoor.rules.refusals import Code
from stagedoor.rules.talk.commands import AskQuestion, Say, VoteForQuestion
from stagedoor.rules.talk.values import Channel

from .casting import Casting, Still
from .connection import PASSING
from .errors import ConnectionLostError, RefusedError, SomebodyElseError
from .link import Link
from .news import news
from .options import Options
from .outbox import Outbox
from .presence import Presence
from .talk import QUESTIONS, channel_of, first_place, older, talk_of, with_older

AGAIN = (*PASSING, Code.AWAY, Code.NOT_ENTERED)
LOST, REFUSED = 0.5, 1.5  # seconds until something is sent again, after a loss or a refusal


class Participant(Presence):
    """Somebody in the room who talks, reacts and votes.

    Messages, votes and answers are sent over lost connections, too: again until the server has
    answered, and each counts once. ``outbox`` has what is written and has not arrived.
    """

    def __init__(self, link: Link, options: Options) -> None:
        super().__init__(link, options)
        self.outbox = Outbox(self.surely, options.on_outbox)
        self._casting = Casting(self.surely, self._later)
        self._complete: dict[str, int] = {}
        self._was_online = False

    # -- writing

    async def say(
        self,
        text: str,
        channel: Channel = Channel.ROOM,
        *,
        to: str = "",
        reply_to: int = 0,
        announcement: bool = False,
    ) -> None:
        """Write a message, and wait until it has arrived, however often the connection is lost.

        ``to``: whose private thread, for moderators. Whoever stops waiting does not take it back.
        """
        thread = str(channel) if channel is not Channel.PRIVATE else to or self._you
        command = Say(text, channel, to=to, reply_to=reply_to, announcement=announcement)
        await self._written(command, thread)

    async def ask_question(self, text: str) -> None:
        """Put a question to the room, and wait until it has arrived, as ``say`` does."""
        await self._written(AskQuestion(text), QUESTIONS)

    async def _written(self, command: Say | AskQuestion, thread: str) -> None:
        one = self.outbox.add(command, thread)
        failure = await asyncio.shield(one.done)
        if failure is not None:
            self.outbox.take(one.key)
            raise failure

    async def be_for(self, question: int, on: bool = True) -> None:
        """Be for a question of somebody's, or no longer."""
        await self.surely(VoteForQuestion(question, on))

    def has_older(self, thread: str) -> bool:
        """Whether the server has messages of a thread from before those in the view."""
        if self.view is None or channel_of(thread) not in (talk_of(self.view).older or ()):
            return False
        return self._complete.get(thread) != first_place(self.view, thread)

    async def older(self, thread: str) -> None:
        """Ask for messages of a thread from before those in the view; they are in it then."""
        if self.view is None:
            return
        answer = await self._connection.request(older(self.view, thread), Older)
        before, self.view = self.view, with_older(self.view, answer.entries)
        if not answer.more:
            self._complete[thread] = first_place(self.view, thread)
        super()._viewed(before, self.view)

    # -- reacting, voting, answering

    async def react(self, reaction: Reaction) -> None:
        """Send one up for everybody to see. It passes: after a loss it is not sent again."""
        await self.command(React(reaction))

    async def vote(
        self,
        poll: int,
        *,
        choices: tuple[int, ...] = (),
        rating: int = 0,
        text: str = "",
        words: tuple[str, ...] = (),
    ) -> None:
        """Vote in a poll, by its kind with one of the fields, and wait until it has arrived.

        The vote is kept until the poll is closed or it is counted, and sent again by itself where
        a server that was killed has lost it.
        """
        await self.cast(CastVote(poll, choices, rating, text, words))

    async def cast(self, vote: CastVote) -> None:
        """The same, with the command."""
        await self._casting.cast(vote)

    async def answer(self, quiz: int, question: int, *choices: int) -> None:
        """Answer a quiz's open question with these options, from 0; the first answer counts."""
        await self.surely(AnswerQuiz(quiz, question, choices))

    # -- exactly once

    async def surely(self, command: AnyRequest, still: Still = lambda: True) -> None:
        """Send a command that does no harm twice, again until it is answered, while ``still``.

        Raises RefusedError; SomebodyElseError if the server has forgotten who one was, to which it
        would be another's; ConnectionLostError once the room is left.
        """
        tried = ""
        while still():
            pause = LOST
            if self.online:
                if tried not in ("", self._you):
                    raise SomebodyElseError
                tried = self._you
            try:
                await self.command(command)
                return
            except RefusedError as error:
                if error.code not in AGAIN:
                    raise
                pause = REFUSED
            except ConnectionLostError:
                if self.state == "ended":
                    raise
            await asyncio.sleep(pause)
            await self.until(lambda room: True if room.state in ("open", "ended") else None)

    @property
    def _you(self) -> str:
        return self.view.you if self.view is not None else ""

    # -- following the view

    def _viewed(self, before: View | None, view: View) -> None:
        for line in news(before, view):
            self._tell(line)
        entered, self._was_online = self.online and not self._was_online, self.online
        if self.online:
            self._casting.follow(view, entered=entered)
        super()._viewed(before, view)

    def _later(self, deed: Awaitable[None]) -> None:
        async def quietly() -> None:
            with contextlib.suppress(RefusedError, ConnectionLostError):
                await deed

        self._start(quietly())

    def _begin(self) -> None:
        super()._begin()
        self._start(self.outbox.run())

    async def close(self) -> None:
        """Leave the room and release everything."""
        await super().close()
        self.outbox.close(ConnectionLostError("The room has ended, or you have left it."))
        self._show_onlookers()
