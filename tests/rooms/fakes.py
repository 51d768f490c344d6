"""Doubles for the rooms' tests: engine, connection and log write down what happens, in order."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from stagedoor.log import Forwarded, LogError, SqliteLog, Stopped
from stagedoor.media.interface import Grant, Listener, MediaError, SubscribeOffer, Tile, TrackMap
from stagedoor.messages import AnyMessage, Closing, decode_message
from stagedoor.rules.events import AnyEvent


@dataclass
class Diary:
    """What happened, as ``(who, what, *details)``, in the order in which it happened."""

    entries: list[tuple[Any, ...]] = field(default_factory=list)
    noted: asyncio.Event = field(default_factory=asyncio.Event)

    def note(self, *entry: Any) -> None:
        self.entries.append(entry)
        self.noted.set()

    async def until(self, true: Callable[[], bool]) -> None:
        """Wait for something to be true, looking whenever something happened."""
        async with asyncio.timeout(20):
            while not true():
                self.noted.clear()
                await self.noted.wait()

    def index(self, *start: Any) -> int:
        """Where the first entry that begins so is; AssertionError with the diary if none does."""
        for number, entry in enumerate(self.entries):
            if entry[: len(start)] == start:
                return number
        raise AssertionError(f"no {start} in {self.entries}")

    def has(self, *start: Any) -> bool:
        return any(entry[: len(start)] == start for entry in self.entries)


class FakeEngine:
    """Notes every call when it returns. ``hold`` a call and it hangs until ``release``."""

    def __init__(self, diary: Diary | None = None) -> None:
        self.diary = diary or Diary()
        self.granted: dict[tuple[str, str], Grant] = {}
        self.watching: set[tuple[str, str]] = set()
        self.insiders: dict[str, list[str]] = {}
        self.down = False
        self.starts = 0
        self.listener: Listener | None = None
        self._held: dict[str, asyncio.Event] = {}
        self.reached: dict[str, asyncio.Event] = {}
        self._revision = 0

    def hold(self, call: str) -> None:
        self._held[call] = asyncio.Event()
        self.reached[call] = asyncio.Event()

    def release(self, call: str) -> None:
        self._held.pop(call).set()

    async def _pass(self, call: str) -> None:
        if call in self._held:
            self.reached[call].set()
            await self._held[call].wait()
        if self.down:
            raise MediaError("media_down", "The media engine is down.")

    async def start(self, listener: Listener) -> None:
        self.listener = listener
        self.starts += 1
        self.diary.note("engine", "start")

    async def close(self) -> None:
        self.granted.clear()
        self.watching.clear()
        self.diary.note("engine", "close")

    async def grant(self, room: str, person: str, grant: Grant | None) -> None:
        await self._pass("grant")
        if grant is None:
            self.granted.pop((room, person), None)
        else:
            self.granted[room, person] = grant
        self.diary.note("engine", "grant", person, grant)

    async def show_backstage(self, room: str, people: Sequence[str]) -> None:
        await self._pass("show_backstage")
        self.insiders[room] = [*people]
        self.diary.note("engine", "show_backstage", *people)

    async def publish(self, room: str, person: str, offer: str) -> str:
        await self._pass("publish")
        if (room, person) not in self.granted:
            raise MediaError("no_seat", "No grant.")
        if offer == "bad":
            raise MediaError("bad_sdp", "This SDP cannot be read.")
        self.diary.note("engine", "publish", person)
        return f"answer to {offer}"

    async def subscribe(self, room: str, person: str) -> None:
        await self._pass("subscribe")
        self.watching.add((room, person))
        self._revision += 1
        assert self.listener is not None
        tracks = [TrackMap("0", "somebody", "audio")]
        offer = SubscribeOffer(self._revision, fresh=True, sdp="offer", tracks=tracks)
        self.listener.offer_needed(room, person, offer)

    async def answer(self, room: str, person: str, revision: int, sdp: str) -> None:
        await self._pass("answer")
        if revision != self._revision:
            raise MediaError("stale_answer", "This answers an older offer.")
        self.diary.note("engine", "answer", person, revision)

    async def view(self, room: str, person: str, tiles: Sequence[Tile]) -> None:
        await self._pass("view")
        self.diary.note("engine", "view", person, *tiles)

    async def leave(self, room: str, person: str) -> None:
        await self._pass("leave")
        self.granted.pop((room, person), None)
        self.watching.discard((room, person))
        self.diary.note("engine", "leave", person)

    async def close_room(self, room: str) -> None:
        await self._pass("close_room")
        self.granted = {key: grant for key, grant in self.granted.items() if key[0] != room}
        self.diary.note("engine", "close_room", room)

    async def stats(self) -> dict[str, object]:
        await self._pass("stats")
        return {"granted": len(self.granted)}


class FakeConnection:
    """Keeps the messages it was sent; ``closing`` is the reason it was closed for."""

    def __init__(self, name: str, diary: Diary) -> None:
        self.name = name
        self.diary = diary
        self.messages: list[AnyMessage] = []
        self.closing: Closing | None = None
        self.closed = False

    def send(self, message: bytes) -> None:
        decoded = decode_message(message)
        self.messages.append(decoded)
        self.diary.note(self.name, "told", msgspec.to_builtins(decoded)["type"], decoded)

    def close(self, closing: Closing) -> None:
        self.closing = closing
        self.closed = True
        self.diary.note(self.name, "closed", closing.code)


class NotingLog:
    """A log that notes its appends, and can be made to fail."""

    def __init__(self, log: SqliteLog, diary: Diary) -> None:
        self.log = log
        self.diary = diary
        self.failing = False

    @classmethod
    async def open(cls, path: Path, diary: Diary) -> NotingLog:
        return cls(await SqliteLog.open(path), diary)

    async def append(self, room: str, after: int, events: Sequence[AnyEvent]) -> None:
        if self.failing:
            self.diary.note("log", "failed")
            raise LogError("The disk is full.")
        await self.log.append(room, after, events)
        for event in events:
            self.diary.note("log", str(event.__struct_config__.tag))

    async def check(self) -> None:
        if self.failing:
            raise LogError("The disk is full.")
        await self.log.check()

    async def read(self, room: str, after: int = 0) -> list[AnyEvent]:
        return await self.log.read(room, after)

    async def rooms(self) -> list[str]:
        return await self.log.rooms()

    async def record(self, forwarded: Sequence[Forwarded], stopped: Sequence[Stopped]) -> None:
        await self.log.record(forwarded, stopped)

    async def close(self) -> None:
        await self.log.close()


class FakeClock:
    """Milliseconds that pass only when told to."""

    def __init__(self, now: int = 1_000_000) -> None:
        self.now = now

    def __call__(self) -> int:
        return self.now
