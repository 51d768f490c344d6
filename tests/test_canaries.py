"""Secrets go through joins, refusals and a crash; nothing that was written has one afterwards.

A canary is a secret, or the part of it that is: of a token the signature, of a session what follows
the person's id. They are looked for in all that the server logs, answers and stores.
"""

from __future__ import annotations

import asyncio
import secrets
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
import pytest

from stagedoor import messages as m
from stagedoor.keyring import KeyRing
from stagedoor.rules import commands as c
from tests.server_process import ServerProcess
from tests.signalling.conftest import Client
from tests.test_cli import Operator

#: What holds secrets on purpose, for its owner alone.
KEPT = ("secret.key", "operator.key")


class Canaries:
    """All secrets of a run, by what they are; ``said`` is what must have none of them."""

    def __init__(self) -> None:
        self.secrets: dict[str, str] = {}
        self.said: dict[str, str] = {}

    def made_up(self, what: str) -> str:
        """One that looks like a secret and opens nothing."""
        return self.add(what, f"canary-{secrets.token_urlsafe(32)}")

    def add(self, what: str, secret: str) -> str:
        """One that is a secret; the whole of it is given back."""
        self.secrets[what] = secret.rpartition(".")[2] if "." in secret else secret
        return secret

    def look(self) -> None:
        """AssertionError if something said has a secret."""
        assert len(set(self.secrets.values())) == len(self.secrets)
        for what, secret in self.secrets.items():
            assert len(secret) >= 32, what
            for where, text in self.said.items():
                assert secret not in text, f"{what} in {where}"


class Play:
    """One server, its secrets, and people who come and go."""

    def __init__(self, server: ServerProcess, http: aiohttp.ClientSession) -> None:
        self.server, self.http = server, http
        self.canaries = Canaries()
        self.count = 0

    async def api(self, method: str, path: str, *, key: str = "", body: Any = None) -> Any:
        """Ask; the answer is noted, unless it has links on purpose."""
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        url = f"http://127.0.0.1:{self.server.port}{path}"
        async with self.http.request(method, url, headers=headers, json=body) as answer:
            text = await answer.text()
            if not path.endswith(("/links", "/invitations")):
                self.count += 1
                said = f"{text} {dict(answer.headers)}"
                self.canaries.said[f"{method} {path[:40]} {self.count}"] = said
            return text

    async def come(self, who: str, **wish: Any) -> tuple[Client, Any]:
        """Enter; a session that one gets is a secret from then on."""
        client = Client(await self.http.ws_connect(self.server.socket_url(), max_msg_size=0))
        answer = await client.ask(m.Enter(who, **wish))
        self.count += 1
        if isinstance(answer, m.Welcome):
            self.canaries.add(f"session {self.count}", answer.session)
            answer = msgspec.structs.replace(answer, session="")
        said = msgspec.json.encode(answer).decode()
        self.canaries.said[f"answer to {who} {self.count}"] = said
        return client, answer

    async def raw(self, text: str) -> None:
        """Bytes that are no request."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.server.port)
        writer.write(text.encode())
        await writer.drain()
        writer.write_eof()
        self.count += 1
        async with asyncio.timeout(30):
            answer = await reader.read()
        self.canaries.said[f"answer to rubbish {self.count}"] = answer.decode(errors="replace")
        writer.close()


def written(server: ServerProcess) -> dict[str, str]:
    """All files of the data folder but the keys, and what the processes were started with."""
    found = {
        str(file): file.read_bytes().decode("latin-1")
        for file in server.data.rglob("*")
        if file.is_file() and file.name not in KEPT
    }
    assert any("stderr" in name for name in found)
    assert any("stagedoor.db" in name for name in found)
    assert server.process is not None
    for task in Path(f"/proc/{server.process.pid}/task").iterdir():
        children = (task / "children").read_text().split()
        for pid in (*children, str(server.process.pid)):
            found[f"arguments of {pid}"] = Path(f"/proc/{pid}/cmdline").read_text()
    return found


async def joins(play: Play, links: dict[str, str], key: str) -> tuple[Client, Client, str]:
    """By links, by an open door, by an invitation, and coming back: host, Ann, the invitation."""
    host, _ = await play.come("Host", token=links["host"])
    ann, _ = await play.come("Ann", key=play.canaries.made_up("visit key"))
    made = await play.api("POST", "/api/rooms/demo/invitations", key=key, body={})
    link = str(msgspec.json.decode(made)["link"])
    token = play.canaries.add("invitation", link.partition("#token=")[2])
    await play.come("Robin", token=token, key=play.canaries.made_up("Robin's key"))
    assert ann.welcome is not None
    ann, _ = await play.come("Ann", session=ann.welcome.session)
    await host.do(c.Invite(ann.me.id))
    return host, ann, link


async def refusals(play: Play, ann: Client, right: str, used: str, key: str) -> None:
    """Of what looks like a secret, and of secrets in the wrong place."""
    bad = play.canaries.made_up("bad token")
    await play.come("Eve", token=used)
    await play.come("Eve", token=bad)
    await play.come("Eve", session=bad)
    await play.come("Eve", session=f"{ann.me.id}.{bad}")
    await play.come("Eve", token=right[:-9] + "A" * 9)
    for path in ("/", "/r/demo", "/api/rooms/demo", "/api/rooms", "/nothing"):
        await play.api("GET", f"{path}?token={right}&key={key}&session={bad}")
    for path in ("/api/rooms", "/api/metrics?viewers=1", "/api/stats", "/api/rooms/demo"):
        await play.api("GET", path, key=bad)
        await play.api("GET", path, key=key)
    for body in ({"name": "X", "id": bad}, {"nothing": bad}, [bad], bad):
        await play.api("POST", "/api/rooms", key=key, body=body)
    await play.api("GET", "/api/rooms/demo/reports/rundown.json", key=bad)


async def rubbish(play: Play, token: str, key: str) -> None:
    """What is no message, and what is no request, with secrets in it."""
    bad = play.canaries.made_up("rubbish")
    for text in (
        f'{{"type": "enter", "id": 1, "name": "Eve", "session": ["{bad}"]}}',
        f'{{"type": "enter", "id": "{bad}", "token": "{token}"}}',
        f'{{"type": "enter", "id": 1, "session": "{bad}"',
        bad,
    ):
        client = Client(await play.http.ws_connect(play.server.socket_url(), max_msg_size=0))
        await client.socket.send_str(text)
        play.canaries.said[f"answer to {text[:20]} {len(play.canaries.said)}"] = repr(
            await client.hear()
        )
    bearer = f"Authorization: Bearer {key}"
    for request in (
        f"GET /api/rooms HTTP/9.9\r\nHost: x\r\n{bearer}\r\n\r\n",
        f"{bearer}\r\n\r\n",
        f"GET /r/demo#token={bad} HTTP/1.1\r\nHost: x\r\n{bearer} \x01\r\n\r\n",
        f"POST /api/rooms HTTP/1.1\r\nHost: x\r\n{bearer}\r\nContent-Length: {bad}\r\n\r\n",
        f"GET / HTTP/1.1\r\nHost: x\r\n{bearer}\r\n{bearer}: {bad}\r\nTransfer-Encoding: x\r\n\r\n",
    ):
        await play.raw(request)


def signing_key(server: ServerProcess) -> str:
    ring = msgspec.json.decode((server.data / "secret.key").read_bytes(), type=KeyRing)
    return ring.signing.secret


async def test_no_secret_is_in_what_is_written_or_said(tmp_path: Path) -> None:
    server = ServerProcess(tmp_path / "data", arguments=["--verbose"])
    await asyncio.to_thread(server.start)
    operator = Operator(server.data)
    async with aiohttp.ClientSession() as http:
        play = Play(server, http)
        canaries = play.canaries
        key = canaries.add("operator's key", server.operator_key)
        canaries.add("signing key", signing_key(server))
        links = {role: link.partition("#token=")[2] for role, link in server.links().items()}
        canaries.add("host's link", links["host"])
        host, ann, invitation = await joins(play, links, key)
        used = invitation.partition("#token=")[2]
        await refusals(play, ann, links["host"], used, key)
        await rubbish(play, links["host"], key)

        server.kill()
        await asyncio.to_thread(server.start)
        assert host.welcome is not None
        back, _ = await play.come("Host", session=host.welcome.session)
        for arguments in (
            ("key", "rotate"),
            ("room", "revoke", "demo", invitation, "--put-out"),
            ("room", "list"),
            ("audit", "demo"),
        ):
            done = await asyncio.to_thread(operator.run, *arguments)
            assert done.returncode == 0, done.stdout + done.stderr
            canaries.said[" ".join(arguments[:2])] = done.stdout + done.stderr
        canaries.add("new signing key", signing_key(server))
        heard = [*map(msgspec.json.encode, (*host.heard[1:], *back.heard[1:]))]
        canaries.said["what the host heard"] = repr(heard)
        canaries.said |= written(server)
    await asyncio.to_thread(server.stop)
    canaries.said["stderr"] = server.stderr()
    assert len(canaries.secrets) > 10
    assert len(canaries.said) > 40
    canaries.look()


def test_a_canary_that_sings_is_heard() -> None:
    canaries = Canaries()
    secret = canaries.made_up("secret")
    canaries.said["somewhere"] = f"x{secret}x"
    with pytest.raises(AssertionError, match="secret in somewhere"):
        canaries.look()
