"""Sent again until it is answered, and counted once: the parts by themselves, and a lost answer."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from msgspec.structs import replace

from stagedoor.messages import PersonView, RoomInfo, View
from stagedoor.messages.polls import MyVote, MyVotes, PollsView, PollView
from stagedoor.rules.polls.commands import CastVote
from stagedoor.rules.polls.values import Kind, PollState, Showing
from stagedoor.rules.refusals import Code
from stagedoor.rules.talk.commands import AskQuestion, Say
from stagedoor.rules.values import Mode, Role, Seat, Settings
from stagedoor_client import Options, Room, parse
from stagedoor_client.casting import Casting
from stagedoor_client.errors import ConnectionLostError, RefusedError, SomebodyElseError
from stagedoor_client.outbox import Outbox
from stagedoor_client.talk import QUESTIONS, ROOM
from tests.server_process import ServerProcess

from .people import PATIENCE
from .test_taking_part import drop, texts


class Server:
    """Answers what is sent as it is told to: with an error, or well."""

    def __init__(self) -> None:
        self.got: list[Any] = []
        self.answers: asyncio.Queue[Exception | None] = asyncio.Queue()

    async def send(self, command: Any, still: Any = None) -> None:
        self.got.append(command)
        error = await self.answers.get()
        if error is not None:
            raise error


@pytest.fixture
async def outbox() -> Any:
    server = Server()
    made = Outbox(server.send, lambda: None)
    running = asyncio.create_task(made.run())
    yield made, server, running
    running.cancel()


async def test_one_after_the_other_each_with_a_key_of_its_own(outbox: Any) -> None:
    box, server, _ = outbox
    first, second = box.add(Say("one"), ROOM), box.add(AskQuestion("why?"), QUESTIONS)
    assert first.key != second.key
    assert [one.command.text for one in box.items] == ["one", "why?"]
    server.answers.put_nowait(None)
    assert await first.done is None
    assert box.items == [second]
    server.answers.put_nowait(None)
    assert await second.done is None
    assert server.got == [first.command, second.command]
    assert all(one.key for one in server.got)


async def test_what_is_refused_stays_to_be_sent_again_or_taken_back(outbox: Any) -> None:
    box, server, _ = outbox
    refused = RefusedError(Code.SLOW_MODE, "Please wait.")
    first, second = box.add(Say("one"), ROOM), box.add(Say("two"), ROOM)
    assert box.take(first.key) is None, "it is under way"
    server.answers.put_nowait(refused)
    assert await first.done is refused
    server.answers.put_nowait(None)
    assert await second.done is None, "the others go on"
    assert [one.sentence for one in box.of(ROOM)] == ["Please wait."]
    box.retry(first.key)
    server.answers.put_nowait(SomebodyElseError())
    while first.state == "sending":  # noqa: ASYNC110 - who waits for it was told already
        await asyncio.sleep(0)
    assert first.sentence.startswith("You were away for too long.")
    assert [one.key for one in server.got] == [first.key, second.key, first.key]
    assert box.take(first.key) is first
    assert box.items == []


async def test_once_the_room_is_left_nothing_is_sent_any_more(outbox: Any) -> None:
    box, server, running = outbox
    one = box.add(Say("one"), ROOM)
    server.answers.put_nowait(ConnectionLostError("The room has ended."))
    await running
    assert box.items == [one]
    box.close(ConnectionLostError("You have left it."))
    assert str(await one.done) == "You have left it."


def seen(you: str, state: PollState = PollState.OPEN, *votes: MyVote) -> View:
    poll = PollView(1, Kind.SINGLE, "Tea?", state, True, Showing.LIVE, True, ("yes", "no"))
    me = PersonView(you, "Robin", Role.ATTENDEE, Seat.VIEWER)
    room = RoomInfo("demo", "Demo", Mode.OPEN, Settings(), False)
    return replace(
        View(1, you, room, [me]),
        polls=PollsView([poll], whole=True),
        my_votes=MyVotes(list(votes), whole=True),
    )


async def test_a_vote_is_cast_again_where_the_server_has_lost_it() -> None:
    server, later = Server(), list[Any]()
    casting = Casting(server.send, later.append)
    vote = CastVote(1, choices=(0,))
    casting.follow(seen("robin"), entered=True)
    server.answers.put_nowait(None)
    await casting.cast(vote)
    casting.follow(seen("robin", PollState.OPEN, MyVote(1, held=True, choices=(0,))), entered=True)
    assert later == [], "it is there"
    casting.follow(seen("robin"), entered=False)
    assert later == [], "nobody has come back"
    casting.follow(seen("robin"), entered=True)
    assert len(later) == 1
    server.answers.put_nowait(None)
    await later.pop()
    assert server.got == [vote, vote]
    for after in (
        seen("robin", PollState.CLOSED),
        seen("robin", PollState.OPEN, MyVote(1, counted=True)),
        seen("somebody else"),
    ):
        casting.follow(seen("robin"), entered=False)
        server.answers.put_nowait(None)
        await casting.cast(vote)
        casting.follow(after, entered=True)
        casting.follow(seen(after.you), entered=True)
        assert later == [], "nothing is kept any more"


async def test_a_refused_vote_is_not_kept() -> None:
    server, later = Server(), list[Any]()
    casting = Casting(server.send, later.append)
    casting.follow(seen("robin"), entered=True)
    server.answers.put_nowait(RefusedError(Code.BAD_VALUE, "There is no such option."))
    with pytest.raises(RefusedError):
        await casting.cast(CastVote(1, choices=(9,)))
    casting.follow(seen("robin"), entered=True)
    assert later == []


async def test_a_message_whose_answer_is_lost_is_said_once(server: ServerProcess) -> None:
    """The server has taken it, and the connection goes before anybody knows."""
    link = parse(server.create_room()["links"]["attendee"])
    async with Room(link, Options("Robin")) as robin, Room(link, Options("Vera")) as vera:
        connection = robin._connection
        take, lost = connection._take, list[str]()

        def lossy(text: str) -> None:
            if '"ok"' in text and not lost:
                lost.append(text)
                drop(robin)
            elif not lost or robin._connection._socket is not None:
                take(text)

        connection._take = lossy  # type: ignore[method-assign]
        async with asyncio.timeout(PATIENCE):
            await robin.say("hello")
            await robin.say("again")
            await vera.until(lambda room: True if len(texts(room)) == 2 else None)
        assert len(lost) == 1
        assert texts(vera) == texts(robin) == ["hello", "again"]


async def test_somebody_else_does_not_send_what_may_have_arrived(server: ServerProcess) -> None:
    """The server has forgotten the session: a vote, an answer or a message would be another's."""
    link = parse(server.create_room()["links"]["attendee"])
    async with Room(link, Options("Robin")) as robin:
        connection = robin._connection
        command = connection.command

        async def lost(request: Any) -> None:
            connection.command = command  # type: ignore[method-assign]
            connection._session = "forgotten"
            drop(robin)
            raise ConnectionLostError("The connection was lost.")

        connection.command = lost  # type: ignore[method-assign]
        with pytest.raises(SomebodyElseError):
            await asyncio.wait_for(robin.say("hello"), PATIENCE)
        assert robin.online
        assert texts(robin) == []
        await robin.say("hello")
        assert texts(robin) == ["hello"]
