"""Orders by lines: what is obeyed, and what is answered."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator
from typing import Any

import pytest

from stagedoor.messages import Ok
from stagedoor.rules.polls.commands import CreatePoll, OpenPoll
from stagedoor.rules.polls.values import Kind, PollForm
from stagedoor.rules.values import Seat
from stagedoor_client import Capture, Options, Room, parse
from stagedoor_client.book import votes_of
from stagedoor_client.control import LONGEST, Control, read_lines
from stagedoor_client.lines import Line
from stagedoor_client.talk import questions_of
from tests.server_process import ServerProcess

from .conftest import Start
from .hardware import DESK, LENS, SPARE, Counting
from .people import PATIENCE, Moderator


class Orders:
    """Sends orders, and gets the answer of each."""

    def __init__(self) -> None:
        self._lines: asyncio.Queue[bytes] = asyncio.Queue()
        self._answers: asyncio.Queue[Line] = asyncio.Queue()

    async def lines(self) -> AsyncIterator[bytes]:
        while True:
            yield await self._lines.get()

    def say(self, line: Line) -> None:
        self._answers.put_nowait(line)

    async def send(self, text: str) -> dict[str, Any]:
        self._lines.put_nowait(text.encode())
        async with asyncio.timeout(PATIENCE):
            answer: dict[str, Any] = json.loads((await self._answers.get()).json())
        return answer

    async def do(self, what: str, **fields: Any) -> str:
        """Its code; empty where it was done."""
        answer = await self.send(json.dumps({"do": what, "id": 7, **fields}))
        assert (answer["do"], answer["id"]) == (what, 7)
        assert (answer["state"] == "done") is ("code" not in answer)
        return str(answer.get("code", ""))


async def test_everything_a_window_can_do(server: ServerProcess) -> None:
    links = server.create_room(mode="request")["links"]
    hardware, orders = Counting(), Orders()
    options = Options("Robin", capture=Capture(LENS, DESK), hardware=hardware)
    async with (
        Moderator(links["moderator"]) as ada,
        Room(parse(links["attendee"]), options) as room,
    ):
        running = asyncio.create_task(Control(room, orders.say).run(orders.lines()))

        async def seat(seat: Seat) -> None:
            async with asyncio.timeout(PATIENCE):
                await room.until(lambda r: True if r.me and r.me.seat is seat else None)

        assert await orders.do("raise_hand") == ""
        assert room.me is not None
        assert room.me.hand is not None
        assert await orders.do("lower_hand") == ""
        assert await orders.do("mute") == "wrong_state"
        assert await orders.do("go_up", devices=["camera"]) == "wrong_state"
        assert hardware.total == 0
        assert await orders.do("ask") == ""
        assert await orders.do("cancel") == ""
        assert await orders.do("ask") == ""
        robin = await ada.sees("Robin", seat="requested")
        await ada.do("approve", person=robin["id"])
        await seat(Seat.OFFERED)
        assert await orders.do("decline") == ""
        await ada.do("invite", person=robin["id"])
        await seat(Seat.OFFERED)
        hardware.troubles["Lens"] = "The camera Lens is in use elsewhere."
        assert await orders.do("go_up", devices=["camera"]) == "device"
        assert hardware.total == 0
        assert await orders.do("choose", device="camera", name="spare") == ""
        assert await orders.do("go_up", devices=["camera"]) == ""
        assert [handle.device for handle in hardware.handles] == [SPARE]
        assert await orders.do("unmute") == ""
        await room.settled()
        assert hardware.open_now() == ["camera", "microphone"]
        assert await orders.do("turn", device="camera", on=False) == ""
        await room.settled()
        assert hardware.open_now() == ["microphone"]
        assert await orders.do("leave") == "not_allowed"
        orders._lines.put_nowait(b'{"do": "quit"}')
        await asyncio.wait_for(running, PATIENCE)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("dance", "that is no order: JSON is malformed"),
        ("[1]", "that is no order: Expected `object`"),
        ('{"do": "dance"}', "There is no order “dance”."),
        ('{"do": "turn", "device": "camera"}', "“turn” needs a “device” and “on”."),
        ('{"do": "turn", "device": "kettle", "on": true}', "Invalid enum value 'kettle'"),
        ('{"do": "react"}', "“react” needs a “reaction”."),
        ('{"do": "vote", "choices": [0]}', "“vote” needs a “poll”, its number."),
        ('{"do": "choose"}', "“choose” needs a “device” and its “name”."),
        ('{"do": "mute", "loud": 1}', "unknown field `loud`"),
    ],
)
async def test_what_cannot_be_understood_is_said_and_nothing_ends(
    text: str, sentence: str, server: ServerProcess
) -> None:
    link = server.create_room()["links"]["attendee"]
    orders = Orders()
    async with Room(parse(link), Options("Robin", hardware=Counting())) as room:
        running = asyncio.create_task(Control(room, orders.say).run(orders.lines()))
        answer = await orders.send(text)
        assert (answer["state"], answer["code"]) == ("not_done", "bad_order")
        assert sentence in answer["sentence"]
        assert await orders.do("raise_hand") == ""
        running.cancel()


async def test_lines_as_they_come_in_pieces_and_endless_ones_in_bounds() -> None:
    reading, writing = os.pipe()
    lines = read_lines(reading)
    os.write(writing, b'{"do":')
    os.write(writing, b' "ask"}\n\nlast')
    assert await anext(lines) == b'{"do": "ask"}'
    assert await anext(lines) == b""
    await asyncio.to_thread(os.write, writing, b"x" * LONGEST)
    os.close(writing)
    rest = [line async for line in lines]
    assert b"".join(rest) == b"last" + b"x" * LONGEST
    os.close(reading)


async def test_the_program_takes_orders_and_leaves_by_one_or_at_their_end(
    server: ServerProcess, program: Start
) -> None:
    links = server.create_room()["links"]
    words = ("join", links["attendee"], "--name", "Robin", "--control")
    async with Moderator(links["moderator"]) as ada:
        for ending in (b'{"do": "quit"}\n', b""):
            client = await program(*words, orders=True)
            await client.says("entered")
            assert client.process.stdin is not None
            client.process.stdin.write(b'{"do": "raise_hand"}\n{"do": "mute", "id": "a"}\n')
            await client.says("done", do="raise_hand")
            line = await client.says("not_done", do="mute", id="a", code="wrong_state")
            assert line["sentence"] == "Your microphone is used on stage only."
            await ada.sees("Robin")
            client.process.stdin.write(b'{"do": "say", "text": "last"}\n')
            client.process.stdin.write(ending)
            client.process.stdin.close()
            assert await client.ends() == (0, "")
            assert [one["do"] for one in client.lines if one["state"] == "done"][-1] == "say"
            assert client.lines[-1]["state"] == "left"
            await ada.sees("Robin", away=True)


async def test_talk_reactions_and_votes_by_orders(server: ServerProcess) -> None:
    links = server.create_room()["links"]
    orders, lines = Orders(), list[Line]()
    async with (
        Room(parse(links["moderator"]), Options("Ada", on_line=lines.append)) as ada,
        Room(parse(links["attendee"]), Options("Robin", hardware=Counting())) as room,
    ):
        running = asyncio.create_task(Control(room, orders.say).run(orders.lines()))
        assert await orders.do("say", text="hello") == ""
        assert await orders.do("say", text="psst", channel="private") == ""
        assert await orders.do("say", text="psst", channel="moderators") == "not_allowed"
        assert await orders.do("say", text="") == "bad_value"
        assert await orders.do("ask_question", text="Why?") == ""
        assert room.view is not None
        (question,) = questions_of(room.view)
        assert await orders.do("vote_for_question", question=question.number) == ""
        assert await orders.do("react", reaction="heart") == ""
        form = PollForm(Kind.SINGLE, "Tea?", ("yes", "no"))
        poll = (await ada._connection.request(CreatePoll(form), Ok)).number
        await ada.command(OpenPoll(poll))
        assert await orders.do("vote", poll=poll, choices=[1]) == ""
        assert votes_of(room.view)[poll].choices == (1,)
        assert await orders.do("answer", quiz=99, question=0, choices=[0]) == "no_such_poll"
        running.cancel()
    told = [line.sentence for line in lines if line.state in ("message", "question")]
    assert told == ["Robin: hello", "Robin: psst", "Robin asks: Why?"]
