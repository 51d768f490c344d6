"""Receiving the stage from a real server: who is not shown is not decoded."""

from __future__ import annotations

import asyncio
import gc
import threading
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from aiortc.codecs.vpx import Vp8Decoder
from aiortc.jitterbuffer import JitterFrame

from bench.performer import Loop, Performer, film
from stagedoor.messages import SubscribeOffered
from stagedoor_client import Options, Room, parse, presence
from stagedoor_client.quality import Quality
from stagedoor_client.subscriber import Subscriber
from tests.server_process import ServerProcess

from .people import PATIENCE, Counter
from .relay import Relay

ROUNDS = 12
STREAMS = "_RTCRtpReceiver__remote_streams"

Decoded = dict[int, int]


@pytest.fixture(scope="module")
def loop_shown() -> Loop:
    """Long, so that its own keyframes are rare: what comes in between was asked for."""
    return film(width=160, height=120, seconds=20, mbit=0.15)


@pytest.fixture
def decoded(monkeypatch: pytest.MonkeyPatch) -> Decoded:
    """How often each decoder was called, by its own number."""
    counts: Decoded = {}
    decode = Vp8Decoder.decode

    def counting(self: Vp8Decoder, frame: JitterFrame) -> Any:
        counts[id(self)] = counts.get(id(self), 0) + 1
        return decode(self, frame)

    monkeypatch.setattr(Vp8Decoder, "decode", counting)
    return counts


@pytest.fixture
async def on_stage(
    server: ServerProcess, loop_shown: Loop
) -> AsyncIterator[Callable[[str, int], Any]]:
    """Brings people up who play; gives them."""
    tasks: list[asyncio.Task[None]] = []

    async def come(link: str, count: int) -> list[Performer]:
        found = [Performer(parse(link), f"Player {number}", loop_shown) for number in range(count)]
        for performer in found:
            tasks.append(asyncio.create_task(performer.run()))
            async with asyncio.timeout(PATIENCE):
                await performer.playing.wait()
        return found

    yield come
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


class Seen(Counter):
    """Counts pictures, whether they differ or not, as well."""

    def __init__(self) -> None:
        super().__init__()
        self.pictures: dict[str, int] = {}

    def video(self, person: str, frame: Any) -> None:
        self.pictures[person] = self.pictures.get(person, 0) + 1
        super().video(person, frame)


async def test_only_who_is_shown_is_decoded(
    server: ServerProcess, on_stage: Callable[[str, int], Any], decoded: Decoded
) -> None:
    link = server.create_room(mode="open")["links"]["attendee"]
    seen = Seen()
    async with Room(parse(link), Options("Vera", sink=seen)) as room:
        first, second = await on_stage(link, 2)
        room.show({first.person})
        await seen.moves(first.person, 40)
        assert len(decoded) == 1, "one decoder has ever been called"
        assert second.person not in seen.pictures
        await seen.sounds(second.person, 440)  # heard all the same

        room.show({second.person})
        pictures = seen.pictures[first.person]
        calls = dict(decoded)
        await seen.moves(second.person, 40)
        assert seen.pictures[first.person] == pictures
        (known,) = calls
        assert decoded[known] - calls[known] <= 1, "but for the one that was under way"

        room.show(set())
        pictures_of_all = dict(seen.pictures)
        calls = dict(decoded)
        await seen.listens(first.person, 1)
        assert seen.pictures == pictures_of_all
        assert sum(decoded.values()) - sum(calls.values()) <= 1

        room.show(None)
        seen.forget()
        await seen.moves(first.person)
        await seen.moves(second.person)


async def test_all_who_are_there_already_are_seen(
    server: ServerProcess, on_stage: Callable[[str, int], Any]
) -> None:
    """Several cameras in the first offer."""
    link = server.create_room(mode="open")["links"]["attendee"]
    players = await on_stage(link, 3)
    seen = Seen()
    async with Room(parse(link), Options("Vera", sink=seen)):
        for player in players:
            await seen.moves(player.person)
            await seen.sounds(player.person, 440)


async def test_becoming_visible_asks_for_a_keyframe(
    server: ServerProcess, on_stage: Callable[[str, int], Any]
) -> None:
    """The publisher is asked, as its own next keyframe may be long in coming."""
    link = server.create_room(mode="open")["links"]["attendee"]
    seen = Seen()
    async with Room(parse(link), Options("Vera", sink=seen)) as room:
        (player,) = await on_stage(link, 1)
        await seen.moves(player.person)
        room.show(set())
        await seen.listens(player.person, 1)
        before = player.keyframes
        room.show({player.person})
        seen.forget()
        await seen.moves(player.person)
        assert player.keyframes == before + 1


async def test_nothing_grows_over_many_rounds(
    server: ServerProcess, on_stage: Callable[[str, int], Any]
) -> None:
    link = server.create_room(mode="open")["links"]["attendee"]
    seen = Seen()
    async with Room(parse(link), Options("Vera", sink=seen)) as room:
        (player,) = await on_stage(link, 1)

        async def rounds(count: int) -> tuple[int, int, int]:
            for _ in range(count):
                room.show(set())
                room.show({player.person})
                room.show(set())
                await seen.listens(player.person, 0.1)
                room.show({player.person})
                seen.forget()
                await seen.moves(player.person, 2)
            gc.collect()
            tasks = len(asyncio.all_tasks())
            threads = threading.active_count()
            assert room._subscriber is not None
            lanes = room._subscriber._lanes.values()
            waiting = sum(len(lane.gate) for lane in lanes if lane.gate is not None)
            return tasks, threads, waiting

        tasks, threads, _ = await rounds(ROUNDS // 3)
        tasks_after, threads_after, waiting = await rounds(ROUNDS)
        assert tasks_after <= tasks + 1  # a request for a keyframe may be on its way
        assert threads_after <= threads
        assert waiting <= 2


def through(relay: Relay, monkeypatch: pytest.MonkeyPatch) -> None:
    """All that is received from now on comes through the relay."""
    offered = Subscriber.offered

    async def by_relay(self: Subscriber, offer: SubscribeOffered) -> None:
        await offered(self, relay.between(offer))

    monkeypatch.setattr(Subscriber, "offered", by_relay)


async def test_a_lossy_network_does_not_end_it(
    server: ServerProcess,
    on_stage: Callable[[str, int], Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Five in a hundred packets lost, the same ones each time; hiding and showing goes on.

    What is lost comes again, on a stream that reaches the receiver of the picture, too.
    """
    link = server.create_room(mode="open")["links"]["attendee"]
    seen = Seen()
    async with Relay(server.media_port, lose=0.05, seed=11) as relay:
        through(relay, monkeypatch)
        async with Room(parse(link), Options("Vera", sink=seen)) as room:
            (player,) = await on_stage(link, 1)
            for _ in range(3):
                room.show({player.person})
                seen.forget()
                await seen.moves(player.person, 25)
                room.show(set())
                await seen.listens(player.person, 0.5)
            assert room._subscriber is not None
            lanes = [one for one in room._subscriber._lanes.values() if one.gate is not None]
            heard = [len(getattr(one.receiver, STREAMS)) for one in lanes]
            assert sorted(heard)[-1] == 2, heard
        assert relay.lost > 10
        assert relay.carried > 300


async def test_the_network_is_judged_while_receiving(
    server: ServerProcess, on_stage: Callable[[str, int], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """First a clean one, then one that loses a fifth; nothing is judged of an empty stage."""
    monkeypatch.setattr(presence, "MEASURED", 0.5)
    link = server.create_room(mode="open")["links"]["attendee"]
    heard: asyncio.Queue[Quality | None] = asyncio.Queue()

    async def until(word: str) -> Quality:
        async with asyncio.timeout(PATIENCE):
            while True:
                quality = await heard.get()
                if quality is not None and quality.word == word and quality.receiving > 100_000:
                    return quality

    async with Relay(server.media_port, lose=0.0, seed=5) as relay:
        through(relay, monkeypatch)
        options = Options("Vera", sink=Seen(), on_quality=heard.put_nowait)
        async with Room(parse(link), options) as room:
            assert await heard.get() is None
            await on_stage(link, 1)
            quality = await until("good")
            assert quality.loss == 0.0
            assert "receiving" in quality.sentence
            assert room.quality is not None
            relay.lose = 0.2
            quality = await until("poor")
            assert 0.08 < quality.loss < 0.5
            relay.lose = 1.0
            async with asyncio.timeout(PATIENCE):
                while (lost := await heard.get()) is None or lost.word != "lost":
                    pass
            assert lost.sentence == "No connection: nothing arrives"
