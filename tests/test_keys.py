"""Keys are changed while the server runs."""

from __future__ import annotations

import asyncio
import stat
import urllib.error
import urllib.request
from pathlib import Path

import aiohttp
import pytest

from stagedoor import messages as m
from tests.server_process import ServerProcess
from tests.signalling.conftest import Client
from tests.test_cli import Operator
from tests.test_serve import token
from tests.test_tls import until


async def test_keys_are_rotated_without_a_restart(tmp_path: Path) -> None:
    server = ServerProcess(tmp_path / "data")
    await asyncio.to_thread(server.start)
    operator = Operator(server.data)

    async def code(link: str) -> str:
        client = Client(await http.ws_connect(server.socket_url(), max_msg_size=0))
        answer = await client.ask(m.Enter("Ann", token=token(link)))
        await client.socket.close()
        return "" if isinstance(answer, m.Welcome) else answer.code

    async def rotate(*arguments: str) -> str:
        count = server.stderr().count("read again")
        done = await asyncio.to_thread(operator.run, "key", "rotate", *arguments)
        assert done.returncode == 0, done.stderr
        await until(lambda: server.stderr().count("read again") > count)
        return done.stdout

    async with aiohttp.ClientSession() as http:
        old = server.host_link
        assert "good until" in await rotate("--keep-hours", "2")
        new = server.host_link
        assert (await code(old), await code(new)) == ("", "")

        assert "of no use any more" in await rotate("--keep-hours", "0")
        assert (await code(old), await code(new)) == ("bad_token", "bad_token")
        assert await code(server.host_link) == ""

    key = server.operator_key
    await rotate("--operator")
    assert server.operator_key != key
    assert server.api("GET", "/api/rooms")["rooms"]
    request = urllib.request.Request(
        f"http://127.0.0.1:{server.port}/api/rooms", headers={"Authorization": f"Bearer {key}"}
    )
    with pytest.raises(urllib.error.HTTPError):
        await asyncio.to_thread(urllib.request.urlopen, request)
    for file in ("secret.key", "operator.key"):
        assert stat.S_IMODE((server.data / file).stat().st_mode) == 0o600

    # What others can read is not taken; the server goes on with what it has.
    (server.data / "secret.key").chmod(0o644)
    (server.data / "secret.key").touch()
    await until(lambda: "may be read by others" in server.stderr())
    links = operator.run("room", "links", "demo")
    assert links.returncode == 1
    assert "chmod 600" in links.stderr
    await asyncio.to_thread(server.stop)
