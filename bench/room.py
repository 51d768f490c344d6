"""A thousand attendees in one room of a real server: what it costs to tell them all what is said.

Light clients of one process enter over WebSockets. First there is chat alone, then chat, reactions
and a poll together. In the same run the same chat goes through a bare aiohttp broadcast, as the
floor. Delivery is timed from before a message is sent to when a client has it, so the clients' own
waiting for the processor, which they share with the server, is in it.
``python -m bench.room --attendees 1000 --seconds 10``
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from array import array
from asyncio.subprocess import PIPE
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bench.attendees import Attendee, Take
from bench.delays import median_and_tail
from bench.viewers import cpu_seconds
from tests.server_process import ServerProcess

CHAT_RATE, REACTION_RATE, VOTING = 20, 200, 10.0  # a second, a second, seconds for all votes
AT_ONCE = 40  # attendees that enter at the same time
WORDS = " The lights go down, and somebody at the back begins to clap."
REACTIONS = ("clap", "heart", "laugh", "wow", "party", "thumb")
OPTIONS = ("Yes", "No", "Perhaps")
MARK, DIGITS = b"@", 17


def stamped() -> str:
    """A text that says when it was sent, in nanoseconds."""
    return f"{MARK.decode()}{time.perf_counter_ns():0{DIGITS}}{WORDS}"


class Heard:
    """What all attendees together have been sent."""

    def __init__(self) -> None:
        self.messages = 0
        self.chat = 0
        self.bytes = 0
        self.reactions = 0
        self.refused: list[str] = []
        self.delays = array("d")

    def take(self, payload: bytes) -> None:
        """Count a message; of chat, also how old it is."""
        self.messages += 1
        self.reactions += b'"reactions":{' in payload
        if MARK not in payload:
            if payload.startswith(b'{"type":"refused"'):
                self.refused.append(payload.decode())
            return
        self.bytes += len(payload)
        now = time.perf_counter_ns()
        for piece in payload.split(MARK)[1:]:
            self.chat += 1
            self.delays.append((now - int(piece[:DIGITS])) / 1e6)

    def delay(self) -> str:
        """Median and 99th percentile, in milliseconds."""
        median, last = median_and_tail(self.delays)
        return f"median {median:.1f} ms  99th percentile {last:.1f} ms"


class Moderator:
    """Makes the poll, and sees what came out."""

    def __init__(self) -> None:
        self.answers: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self.votes = 0
        self.line: Attendee

    def take(self, payload: bytes) -> None:
        """Answers go to who asked; of updates, the poll's are of interest."""
        message = json.loads(payload)
        for poll in (message.get("polls") or {}).get("polls", []):
            self.votes = (poll.get("results") or {}).get("votes", 0)
        waiting = self.answers.pop(message.get("id", 0), None)
        if waiting is not None:
            waiting.set_result(message)

    async def ask(self, kind: str, **fields: Any) -> dict[str, Any]:
        """The answer to a request. Raises RuntimeError if it is refused."""
        answer = self.answers[self.line.ask(kind, **fields)] = asyncio.Future()
        message = await answer
        if message["type"] == "refused":
            raise RuntimeError(message["sentence"])
        return message


async def enter(address: tuple[str, int, str], name: str, take: Take) -> Attendee:
    """Somebody who is in, and whose messages go to ``take`` from now on."""
    inside = asyncio.Event()

    def entering(payload: bytes) -> None:
        if payload.startswith(b'{"type":"welcome"'):
            attendee.take = take
            inside.set()

    attendee = await Attendee.connect(*address, entering)
    attendee.ask("enter", name=name)
    await inside.wait()
    return attendee


async def at_rate(rate: float, seconds: float, act: Callable[[int], object]) -> None:
    """Call ``act`` with 0, 1, 2 … so many times a second."""
    loop = asyncio.get_running_loop()
    start = loop.time()
    for number in range(int(rate * seconds)):
        await asyncio.sleep(start + number / rate - loop.time())
        act(number)


async def quiet(heard: Heard) -> None:
    """Until nothing has come for a second."""
    before = -1
    while before != heard.messages:
        before = heard.messages
        await asyncio.sleep(1)


def rss(pid: int) -> int:
    """A process's memory, in bytes."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) * 1024


async def fill(address: tuple[str, int, str], count: int, take: Take) -> list[Attendee]:
    """So many attendees, some at a time."""
    people: list[Attendee] = []
    while len(people) < count:
        some = range(len(people), min(count, len(people) + AT_ONCE))
        people += await asyncio.gather(
            *(enter(address, f"Visitor {number}", take) for number in some)
        )
    return people


async def measured(
    pid: int, people: Sequence[Attendee], heard: Heard, *work: Any
) -> tuple[float, float]:
    """Do the work until all is delivered; the server's CPU and the time it took, in seconds."""
    for one in people:
        one.take = heard.take
    loop = asyncio.get_running_loop()
    cpu, start = cpu_seconds(pid), loop.time()
    await asyncio.gather(*work)
    took = loop.time() - start
    await quiet(heard)
    if heard.refused or any(one.closed for one in people):
        raise RuntimeError(
            f"{len(heard.refused)} refused, or connections lost: {heard.refused[:3]}"
        )
    return cpu_seconds(pid) - cpu, took


def complete(heard: Heard, people: int, said: int) -> str:
    """How many messages were delivered, and how many should have been."""
    return f"delivered {heard.chat} of {people * said} messages  {heard.delay()}"


async def in_the_room(server: ServerProcess, count: int, seconds: float) -> tuple[float, int]:
    """Everything in the real room; CPU seconds a delivered chat message, and its bytes."""
    assert server.process is not None
    pid = server.process.pid
    made = server.create_room(mode="open")
    address = ("127.0.0.1", server.port, urlsplit(server.socket_url(made["room"]["id"])).path)
    moderator = Moderator()
    moderator.line = await Attendee.connect(*address, moderator.take)
    token = made["links"]["moderator"].split("#token=")[1]
    await moderator.ask("enter", name="Mo", token=token)
    before, heard = rss(pid), Heard()
    loop = asyncio.get_running_loop()
    start = loop.time()
    people = await fill(address, count, heard.take)
    took = loop.time() - start
    await quiet(heard)
    each = (rss(pid) - before) / count / 1024
    print(f"{count} attendees entered in {took:.1f} s  server's memory {each:.0f} KiB an attendee")

    def say(number: int) -> None:
        text = stamped()
        people[number * 7 % count].ask("say", text=text, key=text[1 : 1 + DIGITS])

    heard, said = Heard(), int(CHAT_RATE * seconds)
    cpu, took = await measured(pid, people, heard, at_rate(CHAT_RATE, seconds, say))
    alone, size = cpu / heard.chat, heard.bytes // heard.chat
    print(f"chat alone: {complete(heard, count, said)}  CPU {cpu / took:.0%} of a core")

    form = {"kind": "single", "question": "Shall we go on?", "options": OPTIONS, "showing": "live"}
    poll = (await moderator.ask("create_poll", form=form))["number"]
    await moderator.ask("open_poll", poll=poll)

    def react(number: int) -> None:
        people[number % count].ask("react", reaction=REACTIONS[number % len(REACTIONS)])

    def vote(number: int) -> None:
        people[number].ask("cast_vote", poll=poll, choices=[number % len(OPTIONS)])

    heard, said = Heard(), int(CHAT_RATE * VOTING)
    cpu, took = await measured(
        pid,
        people,
        heard,
        at_rate(CHAT_RATE, VOTING, say),
        at_rate(REACTION_RATE, VOTING, react),
        at_rate(count / VOTING, VOTING, vote),
    )
    await moderator.ask("close_poll", poll=poll)
    print(
        f"chat, reactions, poll: {complete(heard, count, said)}  CPU {cpu / took:.0%} of a core\n"
        f"    {heard.messages} messages of all kinds, {heard.reactions} of reactions;"
        f" {moderator.votes} of {count} votes counted;"
        f" CPU {cpu / heard.messages * 1e6:.1f} us a message"
    )
    for one in [*people, moderator.line]:
        one.close()
    return alone, size


async def bare(count: int, seconds: float, size: int) -> float:
    """The floor: CPU seconds a delivered message of ``size`` bytes."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.broadcast", stdout=PIPE
    )
    assert process.stdout is not None
    port = int(await process.stdout.readline())
    heard, said = Heard(), int(CHAT_RATE * seconds)
    people = [await Attendee.connect("127.0.0.1", port, "/", heard.take) for _ in range(count)]

    def say(number: int) -> None:
        people[number * 7 % count].send(stamped().encode().ljust(size, b"."))

    cpu, took = await measured(process.pid, people, heard, at_rate(CHAT_RATE, seconds, say))
    print(f"bare broadcast: {complete(heard, count, said)}  CPU {cpu / took:.0%} of a core")
    for one in people:
        one.close()
    process.terminate()
    await process.wait()
    return cpu / heard.chat


async def measure(count: int, seconds: float) -> None:
    """Print all lines."""
    with ServerProcess(demo=False) as server:
        ours, size = await in_the_room(server, count, seconds)
    floor = await bare(count, seconds, size)
    print(
        f"server's CPU a delivered chat message of {size} bytes: {ours * 1e6:.1f} us;"
        f" bare aiohttp broadcast {floor * 1e6:.1f} us ({ours / floor:.2f} times)"
    )


def main() -> None:
    """Measure as the command line says."""
    parser = argparse.ArgumentParser(prog="python -m bench.room", description=__doc__)
    parser.add_argument("--attendees", type=int, default=1000)
    parser.add_argument("--seconds", type=float, default=10.0)
    options = parser.parse_args()
    asyncio.run(measure(options.attendees, options.seconds))


if __name__ == "__main__":
    main()
