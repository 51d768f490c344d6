"""Media over TCP (RFC 6544, RFC 4571), for whom no UDP reaches, and those who read too slowly."""

from __future__ import annotations

import asyncio
import contextlib
import re
import socket
import struct
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bench.peer import Peer
from stagedoor.media.interface import Grant
from stagedoor.sfu.transport.stream import PICTURES, URGENT, Stream, StreamClosedError
from stagedoor.sfu.workers.supervisor import EmbeddedEngine
from tests.server_process import free_port

from .conftest import Told
from .light import AUDIO, VIDEO, Light, counted, light_publisher, payload, repeat, rtp

ON_STAGE = Grant(True, True, True)
PASSIVE = re.compile(r"^a=candidate:\S+ 1 tcp \d+ (127[\d.]+) (\d+) typ host tcptype passive", re.M)


@pytest_asyncio.fixture
async def engine(told: Told) -> AsyncIterator[EmbeddedEngine]:
    """On a number that is free as a TCP port, too."""
    engine = EmbeddedEngine(port=free_port())
    await engine.start(told)
    yield engine
    await engine.close()


class TcpPeer(Peer):
    """The same peer, by the TCP candidate alone."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    reading: asyncio.Task[None]

    async def connect(self, remote_sdp: str) -> None:
        found = PASSIVE.search(remote_sdp)
        assert found is not None, remote_sdp
        self.reader, self.writer = await asyncio.open_connection(found[1], int(found[2]))
        self.reading = asyncio.create_task(self.read())
        await super().connect(remote_sdp)

    def send(self, datagram: bytes) -> None:
        self.writer.write(struct.pack("!H", len(datagram)) + datagram)

    async def read(self) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                (length,) = struct.unpack("!H", await self.reader.readexactly(2))
                self.datagram_received(await self.reader.readexactly(length))

    def close(self) -> None:
        self.writer.close()
        super().close()


class TcpLight(Light):
    """A lightweight viewer by TCP."""

    async def begin(self) -> Light:
        self.peer = await TcpPeer.open(self.packets.put_nowait)
        offer = await self.renegotiate()
        await self.peer.connect(offer.sdp)
        return self


async def test_one_publishes_and_one_watches_by_tcp(engine: EmbeddedEngine, told: Told) -> None:
    """Beside somebody who watches by UDP: all get the same, and the goodbye comes, too."""
    await engine.grant("room", "ada", ON_STAGE)
    slow, usual = (
        await TcpLight(engine, told, "vic").open(),
        await Light(engine, told, "uma").open(),
    )
    publisher = await TcpPeer.open()
    answer = await engine.publish("room", "ada", publisher.offer(AUDIO, VIDEO))
    await publisher.connect(answer)
    assert (await engine.stats())["tcp_connections"] == 2
    for sequence in range(20):
        publisher.send_rtp(rtp(sequence))
    for one in (slow, usual):
        assert [payload(await one.next()) for _ in range(20)] == [b"%06d" % n for n in range(20)]
    await engine.leave("room", "vic")
    assert isinstance(slow.peer, TcpPeer)
    await slow.peer.reading
    await counted(engine, "tcp_connections", 1)
    publisher.close()
    await counted(engine, "tcp_connections", 0)


async def test_where_the_number_is_the_pages_the_next_one_is_offered(told: Told) -> None:
    port = free_port()
    engine = EmbeddedEngine(port=port, pages=port)
    await engine.start(told)
    viewer = await TcpLight(engine, told, "vic").open()
    assert isinstance(viewer.peer, TcpPeer)
    assert viewer.peer.writer.get_extra_info("peername")[1] == port + 1
    viewer.peer.close()
    await engine.close()


async def test_who_says_nothing_of_use_is_hung_up(engine: EmbeddedEngine, told: Told) -> None:
    offer = (await Light(engine, told, "vic").open()).peer
    assert offer._remote is not None
    host, port = offer._remote.address
    for rubbish in (b"GET / HTTP/1.1\r\n\r\n" + b"x" * 20_000, b"\0\x14" + b"\x80" * 20, b"\0\0"):
        reader, writer = await asyncio.open_connection(host, port)
        writer.write(rubbish)
        with contextlib.suppress(ConnectionError):
            assert await reader.read() == b""
        writer.close()
    await counted(engine, "tcp_connections", 0)


async def test_a_viewer_who_takes_nothing_is_dropped_and_delays_nobody(
    engine: EmbeddedEngine, told: Told
) -> None:
    await engine.grant("room", "ada", ON_STAGE)
    deaf, other = (
        await TcpLight(engine, told, "vic").open(),
        await Light(engine, told, "uma").open(),
    )
    publisher = await light_publisher(engine, "ada")
    assert isinstance(deaf.peer, TcpPeer)
    deaf.peer.reading.cancel()
    deaf.peer.writer.transport.pause_reading()  # type: ignore[attr-defined]
    buffer = deaf.peer.writer.get_extra_info("socket")
    buffer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    publishing = asyncio.create_task(flood(publisher))
    await counted(engine, "tcp_connections", 0)
    publishing.cancel()
    while not other.packets.empty():
        other.packets.get_nowait()
    talking = asyncio.create_task(repeat(publisher))
    await other.next()
    talking.cancel()


async def flood(publisher: Peer) -> None:
    """As much sound as fills whatever there is."""
    for sequence in range(10**6):
        publisher.send_rtp(rtp(sequence) + bytes(1000))
        if sequence % 5 == 0:
            await asyncio.sleep(0.001)


def pair() -> tuple[Stream, socket.socket]:
    ours, theirs = socket.socketpair()
    theirs.settimeout(10)
    return Stream(ours, ("127.0.0.1", 1), set()), theirs


def picture(number: int, size: int = 1000) -> bytes:
    return rtp(number, VIDEO, 96) + bytes(size)


def frames(data: bytes) -> list[bytes]:
    found = []
    while data:
        end = 2 + int.from_bytes(data[:2])
        found.append(data[2:end])
        data = data[end:]
    return found


def test_frames_are_found_however_the_bytes_come() -> None:
    stream, theirs = pair()
    sent = [bytes([1] * 20), b"", bytes([2] * 1500), bytes([4])]
    found = []
    for byte in b"".join(struct.pack("!H", len(one)) + one for one in sent):
        theirs.send(bytes([byte]))
        found += list(stream.read())
    assert found == sent
    theirs.send(struct.pack("!H", 1501))
    with pytest.raises(StreamClosedError):
        list(stream.read())
    theirs.close()
    with pytest.raises(StreamClosedError):
        list(stream.read())
    stream.close()


def test_sound_goes_first_and_pictures_are_dropped_beyond_the_bound() -> None:
    stream, theirs = pair()
    for number in range(PICTURES // 500):
        stream.put(picture(number))
    sound = [rtp(number) for number in range(3)]
    for one in sound:
        stream.put(one)
    assert stream.dropped > 0
    waiting = PICTURES // 500 - stream.dropped
    assert waiting * 1000 <= PICTURES
    data = b""
    while not stream.flush():
        data += theirs.recv(2**20)
    data += theirs.recv(2**20)
    got = frames(data)
    assert got[:3] == sound
    assert got[3:] == [picture(number) for number in range(waiting)]
    for end in (stream, theirs):
        end.close()


def test_what_is_begun_is_ended_and_the_rest_can_be_discarded() -> None:
    """So that nothing leaves after a grant was taken, and the frames stay frames."""
    stream, theirs = pair()
    number = 0
    while stream.flush():
        stream.put(picture(number))
        number += 1
    for one in range(50):
        stream.put(picture(1000 + one))
    stream.discard()
    data = b""
    while not stream.flush():
        data += theirs.recv(2**20)
    data += theirs.recv(2**20)
    assert frames(data) == [picture(one) for one in range(number)]
    for end in (stream, theirs):
        end.close()


def test_who_does_not_take_the_sound_is_given_up() -> None:
    stream, theirs = pair()
    while stream.flush():
        stream.put(picture(0))
    for number in range(URGENT // 20 + 2):
        stream.put(rtp(number))
    assert stream.given_up
    with pytest.raises(StreamClosedError):
        stream.flush()
    for end in (stream, theirs):
        end.close()
