"""A real server process: started, stopped, killed, and what it says when it cannot start."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import aiohttp
import msgspec
import pytest

from stagedoor import messages as m
from stagedoor.rules import commands as c
from stagedoor.rules.refusals import Code
from stagedoor.rules.values import Seat
from tests.server_process import ServerProcess, free_port
from tests.signalling.conftest import Client

PATIENCE = 30.0


async def enter(
    http: aiohttp.ClientSession, server: ServerProcess, wish: m.Enter, room: str = "demo"
) -> Client:
    client = Client(await http.ws_connect(server.socket_url(room), max_msg_size=0))
    answer = await client.ask(wish)
    assert isinstance(answer, m.Welcome), answer
    return client


def token(link: str) -> str:
    return link.partition("#token=")[2]


def test_it_says_where_it_is_and_leaves_on_sigterm(tmp_path: Path) -> None:
    with ServerProcess(tmp_path / "data") as server:
        ready, moderators, attendees = server.ready
        assert ready == f"Stagedoor is ready on {server.url}"
        assert moderators.startswith(f"  Moderators: {server.url}/r/demo#token=")
        assert attendees == f"  Attendees:  {server.url}/r/demo"
        for secret in ("secret.key", "operator.key"):
            mode = (server.data / secret).stat().st_mode
            assert stat.S_IMODE(mode) == 0o600
        assert token(moderators) not in server.stderr()
        assert server.stop() == 0
        assert "Traceback" not in server.stderr()
        assert not (server.data / "server.json").exists()


def test_it_leaves_on_sigint_too(tmp_path: Path) -> None:
    with ServerProcess(tmp_path / "data") as server:
        assert server.process is not None
        server.process.send_signal(signal.SIGINT)
        assert server.process.wait(PATIENCE) == 0


async def test_nothing_acknowledged_is_lost_by_sigkill(tmp_path: Path) -> None:
    """People raise and lower hands as fast as they are answered; then the server is killed."""
    server = ServerProcess(tmp_path / "data")
    await asyncio.to_thread(server.start)
    acknowledged: list[int] = []
    enough = asyncio.Event()

    async def wave(http: aiohttp.ClientSession, name: str) -> None:
        client = await enter(http, server, m.Enter(name))
        try:
            while True:
                for wish in (c.RaiseHand(), c.LowerHand()):
                    answer = await client.ask(wish)
                    if isinstance(answer, m.Ok):
                        acknowledged.append(answer.number)
                    if len(acknowledged) > 100:
                        enough.set()
        except (AssertionError, aiohttp.ClientError, ConnectionError):
            return  # the server is gone

    for _ in range(3):
        acknowledged.clear()
        enough.clear()
        async with aiohttp.ClientSession() as http:
            waving = [asyncio.create_task(wave(http, f"P{n}")) for n in range(5)]
            async with asyncio.timeout(PATIENCE):
                await enough.wait()
            server.kill()
            await asyncio.gather(*waving)
        log = sqlite3.connect(server.data / "stagedoor.db")
        numbers = [
            number
            for (number,) in log.execute(
                "SELECT number FROM events WHERE room = 'demo' ORDER BY number"
            )
        ]
        log.close()
        assert numbers == list(range(1, len(numbers) + 1)), "no gaps"
        assert set(acknowledged) <= set(numbers)
        assert len(set(acknowledged)) == len(acknowledged)
        await asyncio.to_thread(server.start)
    await asyncio.to_thread(server.stop)


async def test_12_a_killed_server_comes_back_with_the_same_stage(tmp_path: Path) -> None:
    server = ServerProcess(tmp_path / "data")
    await asyncio.to_thread(server.start)
    async with aiohttp.ClientSession() as http:
        host = await enter(http, server, m.Enter("Host", token=token(server.host_link)))
        ann = await enter(http, server, m.Enter("Ann"))
        ben = await enter(http, server, m.Enter("Ben"))
        await host.do(c.Invite(ann.me.id))
        await ann.do(c.AcceptOffer(microphone=True, camera=True))
        await ben.do(c.AskToJoinStage())
        sessions = {one: one.welcome.session for one in (host, ann, ben) if one.welcome}
        asked = ben.me.requested_at
        server.kill()
        await asyncio.to_thread(server.start)
        back = await enter(http, server, m.Enter("Host", session=sessions[host]))
        assert back.people[ann.me.id].seat is Seat.HELD
        assert back.people[ben.me.id].requested_at == asked
        ann2 = await enter(
            http, server, m.Enter("Ann", session=sessions[ann], last_event=ann.number)
        )
        assert (ann2.me.seat, ann2.me.microphone) == (Seat.ON_STAGE, False)
        published = await ann2.ask(m.Publish("not an offer"))
        assert isinstance(published, m.Refused)
        assert published.code != "no_seat"
    await asyncio.to_thread(server.stop)


async def test_a_restart_is_told_to_everybody_and_all_of_it_is_there_again(tmp_path: Path) -> None:
    """Also to those who have not entered yet; and to stop waits for nobody."""
    server = ServerProcess(tmp_path / "data")
    await asyncio.to_thread(server.start)
    async with aiohttp.ClientSession() as http:
        host = await enter(http, server, m.Enter("Host", token=token(server.host_link)))
        ann = await enter(http, server, m.Enter("Ann"))
        await host.do(c.Invite(ann.me.id))
        await ann.do(c.AcceptOffer(microphone=True, camera=True))
        outside = Client(await http.ws_connect(server.socket_url()))
        assert ann.welcome is not None
        stopping = asyncio.create_task(asyncio.to_thread(server.stop))
        for one in (host, ann, outside):
            reason, code = await one.closing()
            assert reason is not None
            assert (reason.code, reason.again, code) == (Code.SHUTTING_DOWN, True, 1012)
        assert await stopping == 0
        await asyncio.to_thread(server.start)
        back = await enter(http, server, m.Enter("Ann", session=ann.welcome.session))
        assert (back.me.seat, back.me.microphone) == (Seat.ON_STAGE, False)
    await asyncio.to_thread(server.stop)


def test_a_second_signal_ends_it_at_once(tmp_path: Path) -> None:
    """Though somebody who takes nothing is still waited for."""
    with ServerProcess(tmp_path / "data") as server, socket.socket() as deaf:
        assert server.process is not None
        deaf.connect(("127.0.0.1", server.port))
        key = "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n"
        upgrade = "Host: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        deaf.sendall(f"GET /api/rooms/demo/socket HTTP/1.1\r\n{upgrade}{key}\r\n".encode())
        assert deaf.recv(12) == b"HTTP/1.1 101"
        server.process.terminate()
        while b"shutting_down" not in deaf.recv(4096):
            pass
        server.process.terminate()
        assert server.process.wait(PATIENCE) == -signal.SIGTERM
        server.process = None


def serve(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "stagedoor", "serve", *arguments],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
        env={key: value for key, value in os.environ.items() if "STAGEDOOR" not in key},
    )


@pytest.mark.parametrize("kind", [socket.SOCK_STREAM, socket.SOCK_DGRAM], ids=["tcp", "udp"])
def test_a_busy_port_is_one_clear_sentence(tmp_path: Path, kind: socket.SocketKind) -> None:
    with socket.socket(socket.AF_INET, kind) as other:
        port = free_port()
        other.bind(("127.0.0.1", port))
        if kind is socket.SOCK_STREAM:
            other.listen()
        done = serve("--host", "127.0.0.1", "--port", str(port), "--data", str(tmp_path / "data"))
    assert done.returncode == 1
    assert done.stdout == ""
    protocol = "TCP" if kind is socket.SOCK_STREAM else "UDP"
    (line,) = done.stderr.splitlines()
    assert f"{protocol} port {port} is in use" in line


def test_two_servers_on_one_folder_are_one_too_many(tmp_path: Path) -> None:
    with ServerProcess(tmp_path / "data") as server:
        port = str(free_port())
        done = serve("--host", "127.0.0.1", "--port", port, "--data", str(server.data))
        assert done.returncode == 1
        assert "in use by another Stagedoor" in done.stderr
        assert "Traceback" not in done.stderr
        assert server.api("GET", "/api/health")["status"] == "ok"


@pytest.mark.parametrize(
    ("file", "content", "sentence"),
    [
        ("stagedoor.db", b"rubbish " * 1000, "not a database"),
        ("secret.key", b"", "does not hold a key"),
        ("secret.key", b"\xff" * 40, "does not hold a key"),
        ("secret.key", b'{"keys": []}', "does not hold a key"),
        ("operator.key", b"short", "does not hold a key"),
    ],
)
def test_a_damaged_folder_is_one_clear_sentence(
    tmp_path: Path, file: str, content: bytes, sentence: str
) -> None:
    (tmp_path / file).write_bytes(content)
    (tmp_path / file).chmod(0o600)
    port = str(free_port())
    done = serve("--host", "127.0.0.1", "--port", port, "--data", str(tmp_path))
    assert done.returncode == 1
    assert done.stdout == ""
    assert sentence in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr
    assert (tmp_path / file).read_bytes() == content, "nothing is thrown away"


@pytest.mark.parametrize("file", ["secret.key", "operator.key"])
def test_a_key_that_others_may_read_is_refused(tmp_path: Path, file: str) -> None:
    (tmp_path / file).write_text("k" * 43)
    (tmp_path / file).chmod(0o640)
    done = serve("--host", "127.0.0.1", "--port", "0", "--data", str(tmp_path))
    assert done.returncode == 1
    assert f"chmod 600 {tmp_path / file}" in done.stderr
    assert "Traceback" not in done.stderr
    assert "k" * 43 not in done.stderr


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = serve("--port", "0", "--data", str(tmp_path / "file" / "data"))
    assert done.returncode == 1
    assert "cannot be made" in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [["--port", "x"], ["--port", "70000"], ["--public-url", "example.org"], ["--nonsense"]],
)
def test_wrong_options_are_named(arguments: list[str]) -> None:
    done = serve(*arguments)
    assert done.returncode == 2
    assert arguments[0] in done.stderr


def test_options_come_from_the_environment_as_well(tmp_path: Path) -> None:
    settings = {"STAGEDOOR_PUBLIC_URL": "https://stage.example.org", "STAGEDOOR_ANNOUNCE": ""}
    server = ServerProcess(tmp_path / "data", environment=settings)
    with server:
        assert server.ready[0] == "Stagedoor is ready on https://stage.example.org"
        assert server.links()["host"].startswith("https://stage.example.org/r/demo#token=")


def test_an_address_that_is_nobodys(tmp_path: Path) -> None:
    done = serve("--host", "192.0.2.1", "--port", "0", "--data", str(tmp_path / "data"))
    assert done.returncode == 1
    assert "cannot be used" in done.stderr


def test_the_noted_server_is_the_one_that_runs(tmp_path: Path) -> None:
    with ServerProcess(tmp_path / "data") as server:
        assert server.process is not None
        noted = msgspec.json.decode((server.data / "server.json").read_bytes())
        assert noted["pid"] == server.process.pid
        assert noted["address"] == f"http://127.0.0.1:{server.port}"
