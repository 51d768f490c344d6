"""Talk, reactions, polls and quizzes by the Room, against a real server."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest

from stagedoor.messages import Ok
from stagedoor.rules.polls import commands as polls
from stagedoor.rules.polls.values import Kind, PollForm, PollState, Showing
from stagedoor.rules.quizzes import commands as quizzes
from stagedoor.rules.quizzes.values import QuizForm, QuizQuestion, QuizState
from stagedoor.rules.reactions.values import Reaction
from stagedoor.rules.refusals import Code
from stagedoor.rules.talk import commands as talk
from stagedoor.rules.talk.values import Channel
from stagedoor_client import Options, Room, parse
from stagedoor_client.book import polls_of, quizzes_of, scores_of, votes_of
from stagedoor_client.errors import ConnectionLostError, RefusedError
from stagedoor_client.lines import Line
from stagedoor_client.talk import QUESTIONS, ROOM, message, questions_of, talk_of, thread, voted_for
from tests.server_process import ServerProcess

from .people import PATIENCE


@asynccontextmanager
async def entered(link: str, name: str, **more: Any) -> AsyncIterator[Room]:
    async with Room(parse(link), Options(name, **more)) as room:
        yield room


async def sees(room: Room, condition: Callable[[Room], Any]) -> Any:
    """Wait for something in the room's view."""
    async with asyncio.timeout(PATIENCE):
        return await room.until(lambda one: condition(one) or None)


@asynccontextmanager
async def crowd(link: str, count: int) -> AsyncIterator[list[Room]]:
    """So many people, for whom together more messages are within the limits than for one."""
    async with AsyncExitStack() as stack:
        yield [
            await stack.enter_async_context(entered(link, f"Visitor {number}"))
            for number in range(count)
        ]


def texts(room: Room, name: str = ROOM) -> list[str]:
    assert room.view is not None
    return [one.text for one in thread(room.view, name)]


def drop(room: Room) -> None:
    """As a network does it: nothing more is sent, nothing more arrives."""
    socket = room._connection._socket
    if socket is not None and socket._writer.transport is not None:
        socket._writer.transport.abort()


async def parts(room: Room) -> list[Any]:
    """What the view has of it all, once the server has been asked something."""
    assert room.view is not None
    view = room.view
    return [view.talk, view.questions, view.polls, view.my_votes, view.quizzes, view.my_quizzes]


async def test_a_conversation_with_its_moderators_questions_and_reactions(
    server: ServerProcess,
) -> None:
    links = server.create_room()["links"]
    heard: list[dict[Reaction, int]] = []
    lines: list[Line] = []
    async with (
        entered(links["moderator"], "Ada", on_line=lines.append) as ada,
        entered(links["attendee"], "Robin", on_reactions=heard.append) as robin,
    ):
        await robin.say("hello")
        (first,) = await sees(ada, lambda room: thread(room.view, ROOM))
        assert (first.by_name, first.text) == ("Robin", "hello")
        await ada.say("welcome", reply_to=first.number)
        await ada.say("now", announcement=True)
        assert robin.view is not None
        you = robin.view.you
        await robin.say("may I?", Channel.PRIVATE)
        await sees(ada, lambda room: texts(room, you) == ["may I?"])
        await ada.say("yes", Channel.PRIVATE, to=you)
        await ada.say("among us", Channel.MODERATORS)
        await sees(robin, lambda room: texts(room, you) == ["may I?", "yes"])
        assert texts(robin) == ["hello", "welcome", "now"]
        assert texts(robin, "moderators") == []
        reply = thread(robin.view, ROOM)[1]
        found = message(robin.view, reply.reply_to)
        assert found is not None
        assert found.text == "hello"

        await ada.command(talk.PinMessage(first.number))
        await sees(robin, lambda room: talk_of(room.view).pinned == [first.number])
        await ada.command(talk.DeleteMessage(reply.number))
        await sees(robin, lambda room: texts(room) == ["hello", "now"])

        await robin.ask_question("Why?")
        (question,) = await sees(ada, lambda room: questions_of(room.view))
        await ada.be_for(question.number)
        await sees(robin, lambda room: questions_of(room.view)[0].votes == 1)
        assert ada.view is not None
        assert voted_for(ada.view) == {question.number}

        await ada.react(Reaction.PARTY)
        await sees(robin, lambda room: heard == [{Reaction.PARTY: 1}] or None)

        await ada.command(talk.BlockFromChat(you))
        await sees(robin, lambda room: talk_of(room.view).blocked_by == "Ada")
        with pytest.raises(RefusedError, match="blocked") as refused:
            await robin.say("still here?")
        assert refused.value.code is Code.BLOCKED
        assert robin.outbox.items == []

        kept = await parts(robin)
        drop(robin)
        await sees(robin, lambda room: not room.online)
        await sees(robin, lambda room: room.online)
        assert await parts(robin) == kept, "updates add up to the snapshot"
    told = [(line.state, line.sentence) for line in lines if line.state in ("message", "question")]
    assert told == [
        ("message", "Robin: hello"),
        ("message", "Robin: may I?"),
        ("question", "Robin asks: Why?"),
    ]


async def test_what_is_written_while_the_connection_drops_arrives_once_and_in_order(
    server: ServerProcess,
) -> None:
    """Before a message, between it and its answer, and after it."""
    links = server.create_room()["links"]
    chance = random.Random(7)
    async with (
        entered(links["attendee"], "Vera") as vera,
        entered(links["attendee"], "Robin") as robin,
    ):
        dropped = 0
        for number in range(12):
            if number % 3 == 0:
                writing = asyncio.create_task(robin.say(f"message {number}"))
                for _ in range(chance.randrange(12)):
                    await asyncio.sleep(0)
                drop(robin)
                dropped += 1
                assert robin.view is not None
            else:
                writing = asyncio.create_task(robin.say(f"message {number}"))
            async with asyncio.timeout(PATIENCE):
                await writing
        assert dropped == 4
        expected = [f"message {number}" for number in range(12)]
        await sees(vera, lambda room: len(texts(room)) == 12)
        assert texts(vera) == texts(robin) == expected
        assert robin.outbox.items == []


async def test_several_wait_in_the_outbox_while_there_is_no_server(mortal: ServerProcess) -> None:
    """A restart in between; and what still waits when the room is left is told."""
    links = mortal.create_room()["links"]
    async with entered(links["attendee"], "Robin") as robin:
        await robin.say("first")
        mortal.kill()
        await sees(robin, lambda room: not room.online)
        writing = [asyncio.create_task(robin.say(text)) for text in ("second", "third")]
        asking = asyncio.create_task(robin.ask_question("Why?"))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert [one.command.text for one in robin.outbox.items] == ["second", "third", "Why?"]
        assert [one.command.text for one in robin.outbox.of(QUESTIONS)] == ["Why?"]
        mortal.start()
        async with asyncio.timeout(PATIENCE):
            await asyncio.gather(*writing, asking)
        assert texts(robin) == ["first", "second", "third"]
        mortal.kill()
        await sees(robin, lambda room: not room.online)
        last = asyncio.create_task(robin.say("fourth"))
        await asyncio.sleep(0)
    with pytest.raises(ConnectionLostError):
        await asyncio.wait_for(last, PATIENCE)


async def test_older_messages_come_page_by_page(server: ServerProcess) -> None:
    links = server.create_room()["links"]
    async with crowd(links["attendee"], 6) as people:
        for number in range(205):
            await people[number % 6].say(str(number))
        async with entered(links["attendee"], "Robin") as robin:
            assert texts(robin)[0] == "5"
            assert robin.has_older(ROOM)
            await robin.older(ROOM)
            assert texts(robin) == [str(number) for number in range(205)]
            assert not robin.has_older(ROOM)
            assert robin.view is not None
            assert not robin.has_older(robin.view.you)


async def created(room: Room, command: Any) -> int:
    return (await room._connection.request(command, Ok)).number


FORMS: dict[Kind, tuple[dict[str, Any], dict[str, Any]]] = {
    Kind.SINGLE: ({"options": ("tea", "coffee")}, {"choices": (1,)}),
    Kind.MULTIPLE: ({"options": ("a", "b", "c"), "most": 3}, {"choices": (0, 2)}),
    Kind.RATING: ({"most": 5}, {"rating": 4}),
    Kind.TEXT: ({}, {"text": "more of it"}),
    Kind.WORDS: ({"most": 2}, {"words": ("calm", "kind")}),
}


async def test_votes_in_every_kind_of_poll_outlive_a_server_that_is_killed(
    mortal: ServerProcess,
) -> None:
    links = mortal.create_room()["links"]
    lines: list[Line] = []
    async with (
        entered(links["moderator"], "Ada") as ada,
        entered(links["attendee"], "Robin", on_line=lines.append) as robin,
    ):
        ids = {}
        for kind, (form, vote) in FORMS.items():
            asked = PollForm(kind, f"{kind}?", showing=Showing.ON_CLOSE, **form)
            ids[kind] = await created(ada, polls.CreatePoll(asked))
            await ada.command(polls.OpenPoll(ids[kind]))
            await sees(robin, lambda room, kind=kind: ids[kind] in polls_of(room.view))
            await robin.vote(ids[kind], **vote)
            mine = votes_of(robin.view)[ids[kind]] if robin.view else None
            assert mine is not None
            assert mine.held
            assert all(getattr(mine, name) == value for name, value in vote.items())
        with pytest.raises(RefusedError):
            await robin.vote(ids[Kind.SINGLE], choices=(9,))
        await robin.vote(ids[Kind.SINGLE], choices=(0,))
        mortal.kill()
        await sees(robin, lambda room: not room.online)
        mortal.start()
        await sees(robin, lambda room: room.online and len(votes_of(room.view)) == len(FORMS))
        await sees(ada, lambda room: room.online)
        for number in ids.values():
            await ada.command(polls.ClosePoll(number))

        def closed_all(room: Room) -> Any:
            seen = polls_of(room.view) if room.view else {}
            return all(one.state is PollState.CLOSED for one in seen.values()) and seen

        seen = await sees(robin, closed_all)
        results = {kind: seen[number].results for kind, number in ids.items()}
        assert [one.votes for one in results.values()] == [1] * len(FORMS)
        assert results[Kind.SINGLE].counts == [1, 0]
        assert results[Kind.RATING].counts == [0, 0, 0, 1, 0]
        assert results[Kind.TEXT].texts == ["more of it"]
        assert [one.word for one in results[Kind.WORDS].words] == ["calm", "kind"]
    told = [line for line in lines if line.state == "poll_opened"]
    assert told[0].fields["options"] == ["tea", "coffee"]
    (closed,) = [line for line in lines if line.sentence == "the poll is closed: single?"]
    assert closed.fields["results"]["counts"] == [1, 0]


async def test_a_quiz_from_the_first_question_to_the_score(server: ServerProcess) -> None:
    links = server.create_room()["links"]
    lines: list[Line] = []
    questions = (
        QuizQuestion("2 + 2?", ("3", "4"), (1,), 60_000),
        QuizQuestion("Even?", ("1", "2", "4"), (1, 2), 60_000),
    )
    async with (
        entered(links["moderator"], "Ada") as ada,
        entered(links["attendee"], "Robin", on_line=lines.append) as robin,
    ):
        quiz = await created(ada, quizzes.CreateQuiz(QuizForm("Numbers", questions)))
        for number, choices in enumerate([(1,), (0, 2)]):
            await ada.command(quizzes.OpenQuizQuestion(quiz, number))

            def asked(room: Room, number: int = number) -> bool:
                seen = quizzes_of(room.view).get(quiz) if room.view else None
                return bool(seen and seen.question and seen.question.number == number)

            await sees(robin, asked)
            await robin.answer(quiz, number, *choices)
            await robin.answer(quiz, number, *choices)
            with pytest.raises(RefusedError):
                await robin.answer(quiz, number, 0)
            await ada.command(quizzes.CloseQuizQuestion(quiz, number))
        await ada.command(quizzes.EndQuiz(quiz))
        await sees(robin, lambda room: quizzes_of(room.view)[quiz].state is QuizState.ENDED)
        assert robin.view is not None
        mine = scores_of(robin.view)[quiz]
        assert [answer.points or 0 for answer in mine.answers][1] == 0
        assert mine.score >= 500
        kept = await parts(robin)
        drop(robin)
        await sees(robin, lambda room: not room.online)
        await sees(robin, lambda room: room.online)
        assert await parts(robin) == kept
    told = {line.state: line for line in lines if line.state.startswith("quiz")}
    assert told["quiz_question"].fields["several"] is True
    assert told["quiz_answer"].sentence == "right is: 2, 4"
    assert told["quiz_ended"].fields == {
        "quiz": quiz,
        "title": "Numbers",
        "score": mine.score,
        "place": 1,
    }
