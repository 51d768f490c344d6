"""Clients that drop and send again at random moments: everything is said once, in one order."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass, field

import pytest

from stagedoor import messages as m
from stagedoor import rules
from stagedoor.rooms.house import replay
from stagedoor.rules.base import Repeated
from stagedoor.rules.refusals import Code
from stagedoor.rules.talk import commands as c
from stagedoor.rules.talk.values import Channel, Message
from stagedoor.rules.values import Role

from .conftest import PATIENCE, Client, Server

WRITERS, EACH = 12, 15


class LostError(Exception):
    """The connection went before there was an answer."""


@dataclass
class Writer:
    """Somebody with a list of messages, who sends each until it is acknowledged.

    The connection is cut by chance: before a message, between it and the answer, or just after.
    """

    server: Server
    name: str
    chance: random.Random
    client: Client | None = None
    session: str = ""
    drops: int = 0
    shown: dict[int, Message] = field(default_factory=dict)
    acknowledged: dict[str, int] = field(default_factory=dict)

    async def write_all(self) -> None:
        for number in range(EACH):
            await self.write(f"{self.name}-{number}")

    async def write(self, text: str) -> None:
        """Until the server has said ok; the text serves as the key."""
        while text not in self.acknowledged:
            await asyncio.sleep(0)
            try:
                client = await self.connected()
                await self.maybe_drop()
                wish = c.Say(text, key=text)
                request = asyncio.create_task(self.ask(client, wish))
                for _ in range(self.chance.randrange(40)):
                    await asyncio.sleep(0)
                if self.chance.random() < 0.3:
                    self.drop()
                self.acknowledged[text] = await request
                await self.maybe_drop()
            except (LostError, ConnectionError):
                continue

    async def ask(self, client: Client, wish: c.Say) -> int:
        try:
            answer = await client.ask(wish)
        except (AssertionError, ConnectionError) as error:  # closed instead of answered
            self.client = None
            raise LostError from error
        finally:
            self.read(client)
        assert isinstance(answer, m.Ok), answer
        return answer.number

    async def connected(self) -> Client:
        """The connection, made again with the session if it is gone."""
        if self.client is None:
            self.client = await self.server.enter(self.name, session=self.session)
            assert self.client.welcome is not None
            self.session = self.client.welcome.session
            self.read(self.client)
        return self.client

    async def maybe_drop(self) -> None:
        if self.chance.random() < 0.2:
            self.drop()
            raise LostError

    def drop(self) -> None:
        """As a network does it: nothing more is sent, nothing more arrives."""
        if self.client is not None:
            self.drops += 1
            writer = self.client.socket._writer
            assert writer is not None
            assert writer.transport is not None
            writer.transport.abort()
            self.client = None

    def read(self, client: Client) -> None:
        """What this person has been shown, by number, as of everything heard so far."""
        for heard in client.heard:
            talk = None
            if isinstance(heard, m.Welcome):
                talk = heard.view.talk
            elif isinstance(heard, m.Update):
                talk = heard.talk
            if talk is None:
                continue
            if talk.whole:
                self.shown.clear()
            self.shown.update({one.number: one for one in talk.entries})
        client.heard.clear()

    def texts(self) -> list[str]:
        return [one.text for one in sorted(self.shown.values(), key=lambda one: one.place)]


@pytest.mark.parametrize("seed", range(6))
async def test_everything_is_said_once_in_the_same_order_for_everybody(
    server: Server, seed: int
) -> None:
    chance = random.Random(seed)
    writers = [Writer(server, f"w{one}", random.Random(chance.random())) for one in range(WRITERS)]
    reader = Writer(server, "reader", chance)
    await reader.connected()
    async with asyncio.timeout(4 * PATIENCE):
        await asyncio.gather(*(one.write_all() for one in writers))
    said = [one.text for one in server.keeper.room.talk.room.values()]
    expected = {f"w{writer}-{number}" for writer in range(WRITERS) for number in range(EACH)}
    assert len(said) == len(set(said)) == len(expected), "each once"
    assert set(said) == expected, "and none is missing"
    assert sum(one.drops for one in writers) > 2 * EACH, "or it would prove little"
    for one in (*writers, reader):
        client = await one.connected()
        await client.ask(m.Ping())
        one.read(client)
        assert one.texts() == said, "in one order"
    for one in writers:
        places = {message.text: number for number, message in server.keeper.room.talk.room.items()}
        assert all(places[text] == number for text, number in one.acknowledged.items())
        mine = [text for text in said if text.startswith(f"{one.name}-")]
        assert mine == [f"{one.name}-{number}" for number in range(EACH)], "as they were written"


async def test_the_same_message_twice_at_once_is_said_once(server: Server) -> None:
    """Both are in one step of the room; so are those of the second connection."""
    ann = await server.enter("Ann")
    for number in (101, 102, 103):
        await ann.socket.send_str(m.encode_request(c.Say("hello", key="k"), number))
    answers = [await ann.answer(number) for number in (101, 102, 103)]
    numbers = {one.number for one in answers if isinstance(one, m.Ok)}
    assert numbers == {server.keeper.room.number}
    assert len(server.keeper.room.talk.room) == 1


async def test_the_log_knows_the_keys_too(server: Server) -> None:
    """So that it is said once over a restart of the server."""
    ann = await server.enter("Ann")
    first = await ann.do(c.Say("hello", key="k"))
    await ann.do(c.AskQuestion("why?", key="l"))
    again = replay(await server.house._log.read("room"))
    assert again == server.keeper.room
    assert rules.decide(again, c.Say("hello", key="k"), ann.me.id, 0) == Repeated(first.number)


async def test_a_page_of_older_messages_is_asked_for(server: Server) -> None:
    ann, mod = await server.enter("Ann"), await server.enter("Mod", Role.MODERATOR)
    numbers = [(await ann.do(c.Say(str(one)))).number for one in range(3)]
    answer = await mod.ask(m.OlderMessages(before=numbers[2]))
    assert isinstance(answer, m.Older)
    assert [one.number for one in answer.entries] == numbers[:2]
    assert not answer.more
    refused = await ann.ask(m.OlderMessages(before=99, channel=Channel.MODERATORS))
    assert refused.code is Code.NOT_ALLOWED


async def test_what_everybody_reads_is_encoded_once_for_all(server: Server) -> None:
    """One piece of bytes for all attendees, one for all moderators."""
    people = [await server.enter(f"P{one}") for one in range(5)]
    people += [await server.enter(f"M{one}", Role.MODERATOR) for one in range(2)]
    sent: list[bytes] = []
    for connection in server.keeper.audience.inside.values():
        connection.send = sent.append  # type: ignore[method-assign]
    await server.keeper.command(people[0].me.id, c.Say("hello"), lambda _: None)
    assert len(sent) == len(people)
    assert len({id(one) for one in sent}) == 2
