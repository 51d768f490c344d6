"""One flood, in a process of its own: ``python -m bench.floods.attack KIND LINK SECONDS A_SECOND``.

Prints how many it sent, and how many answers came. It comes from an address of its own, 127.0.0.2.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from urllib.parse import urlsplit

from aioice import stun

from bench.attendees import Attendee
from bench.peer import Peer, Remote
from stagedoor.messages import (
    AnyMessage,
    Enter,
    Ok,
    SubscribeOffered,
    Watch,
    Welcome,
    encode_request,
)
from stagedoor.rules.talk.commands import Say
from stagedoor_client import parse
from stagedoor_client.connection import Connection
from stagedoor_client.link import Link
from tests.fuzz.transport import HELLO

FROM = ("127.0.0.2", 0)
MOMENT = 0.005  # seconds
AT_ONCE = 50  # connections


def check(ufrag: str, pwd: str) -> bytes:
    """A connectivity check that looks for a peer, whether there is one or not."""
    message = stun.Message(stun.Method.BINDING, stun.Class.REQUEST, os.urandom(12))
    message.attributes["USERNAME"] = f"{ufrag}:flood"
    message.attributes["USE-CANDIDATE"] = None
    message.add_message_integrity(pwd.encode())
    message.add_fingerprint()
    return bytes(message)


async def datagrams(
    kinds: Sequence[bytes], to: tuple[str, int], sock: socket.socket, seconds: float, a_second: int
) -> tuple[int, int]:
    """Send these again and again; how many were sent, and answered."""
    sock.setblocking(False)
    began, sent, heard = time.monotonic(), 0, 0
    while (elapsed := time.monotonic() - began) < seconds:
        for _ in range(min(int(elapsed * a_second) - sent, 2000)):
            with contextlib.suppress(OSError):
                sock.sendto(kinds[sent % len(kinds)], to)
            sent += 1
        with contextlib.suppress(OSError):
            while True:
                sock.recv(2048)
                heard += 1
        await asyncio.sleep(MOMENT)
    return sent, heard


class Guest:
    """Somebody who has entered and watches, and so has a peer at the engine."""

    def __init__(self, link: Link) -> None:
        self._offered: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._entered = asyncio.Event()
        self._connection = Connection(link, "Flood", self._heard, lambda seconds: None)

    def _heard(self, message: AnyMessage) -> None:
        if isinstance(message, Welcome):
            self._entered.set()
        if isinstance(message, SubscribeOffered) and not self._offered.done():
            self._offered.set_result(message.sdp)

    async def enter(self) -> Remote:
        """The engine's side of the connection that is offered."""
        self.task = asyncio.create_task(self._connection.run())
        await self._entered.wait()
        await self._connection.request(Watch(), Ok)
        return Remote.parse(await self._offered)


async def _udp(kind: str, link: Link, seconds: float, a_second: int) -> tuple[int, int]:
    peer = await Peer.open(host=FROM[0])
    peer.detach()
    remote = await Guest(link).enter()
    if kind in ("checks", "hellos"):  # as one who has been let in
        peer.socket.sendto(check(remote.ufrag, remote.pwd), remote.address)
        await asyncio.sleep(0.2)
    made = {
        "garbage": [os.urandom(1 + index * 5) for index in range(250)],
        "strangers": [check(os.urandom(6).hex(), "guess") for _ in range(250)],
        "checks": [check(remote.ufrag, remote.pwd)],
        "hellos": [HELLO],
    }[kind]
    return await datagrams(made, remote.address, peer.socket, seconds, a_second)


Turn = Callable[[], Awaitable[bool]]


async def _again(turn: Turn, seconds: float, a_second: int) -> tuple[int, int]:
    """Take turns in parallel; how many there were, and how many went well."""
    began, done, well = time.monotonic(), 0, 0

    async def one() -> None:
        nonlocal done, well
        while (elapsed := time.monotonic() - began) < seconds:
            if done >= elapsed * a_second:
                await asyncio.sleep(MOMENT)
                continue
            done += 1
            with contextlib.suppress(OSError, TimeoutError):
                async with asyncio.timeout(5):
                    good = await turn()
                    well += good

    await asyncio.gather(*(one() for _ in range(AT_ONCE)))
    return done, well


def _tcp(kind: str, link: Link) -> Turn:
    url = urlsplit(link.socket_url)
    host, port, path = "127.0.0.1", url.port or 80, url.path
    enter = encode_request(Enter("Flood"), 1).encode()

    async def request() -> bool:
        reader, writer = await asyncio.open_connection(host, port, local_addr=FROM)
        writer.write(b"GET /api/health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        answer = await reader.readline()
        writer.close()
        return b" 200 " in answer

    async def join() -> bool:
        welcome = asyncio.get_running_loop().create_future()

        def take(text: bytes) -> None:
            if not welcome.done():
                welcome.set_result(b'"welcome"' in text[:40])

        attendee = await Attendee.connect(host, port, path, take, FROM)
        attendee.send(enter)
        try:
            return bool(await welcome)
        finally:
            attendee.close()

    async def messages() -> bool:
        attendee = await Attendee.connect(host, port, path, lambda text: None, FROM)
        attendee.send(enter)
        for number in range(2, 1000):
            attendee.send(encode_request(Say(f"flood {number}"), number).encode())
            if number % 50 == 0:
                await asyncio.sleep(0)
        attendee.close()
        return attendee.closed

    return {"requests": request, "joins": join, "messages": messages}[kind]


async def main() -> None:
    """Flood as the command line says."""
    kind, text, seconds, a_second = sys.argv[1:]
    link = parse(text)
    if kind in ("requests", "joins", "messages"):
        sent, well = await _again(_tcp(kind, link), float(seconds), int(a_second))
    else:
        sent, well = await _udp(kind, link, float(seconds), int(a_second))
    print(sent, well, flush=True)
    os._exit(0)


if __name__ == "__main__":
    asyncio.run(main())
