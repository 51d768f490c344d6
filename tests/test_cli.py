"""The operator's commands, with a server running and without."""

from __future__ import annotations

import asyncio
import contextlib
import io
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
import pytest

from stagedoor import messages as m
from stagedoor.cli import main
from stagedoor.rules.commands import EndRoom
from stagedoor.rules.talk.commands import Say
from tests.server_process import ServerProcess


class Operator:
    """Runs ``stagedoor`` on one data folder: ``run`` as people do, ``json`` in this process."""

    def __init__(self, data: Path) -> None:
        self.data = data

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "stagedoor", *arguments, "--data", str(self.data)]
        environment = {key: value for key, value in os.environ.items() if "STAGEDOOR" not in key}
        return subprocess.run(
            command, capture_output=True, text=True, timeout=60, check=False, env=environment
        )

    def json(self, *arguments: str) -> Any:
        output = io.StringIO()
        mask = os.umask(0)
        try:
            with contextlib.redirect_stdout(output):
                code = main([*arguments, "--json", "--data", str(self.data)])
        finally:
            os.umask(mask)
        assert code == 0
        return msgspec.json.decode(output.getvalue())


@pytest.fixture(params=["with a server", "without"])
def operator(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Operator]:
    data = tmp_path / "data"
    if request.param == "without":
        yield Operator(data)
        return
    with ServerProcess(data, demo=False):
        yield Operator(data)


def test_rooms_are_made_listed_and_linked(operator: Operator) -> None:
    assert operator.json("room", "list") == []
    made = operator.json(
        *("room", "create", "All hands", "--id", "all-hands", "--mode", "invite"),
        *("--capacity", "3", "--offer-seconds", "20", "--may-leave-stage", "--closed-door"),
    )
    assert made["room"]["settings"]["capacity"] == 3
    assert made["room"]["settings"]["offer_ms"] == 20_000
    assert made["room"]["settings"]["may_leave_stage"] is True
    assert (made["room"]["entry"], made["room"]["opens_at"]) == ("open", None)
    assert "/r/all-hands#token=" in made["links"]["attendee"]
    (listed,) = operator.json("room", "list")
    assert (listed["id"], listed["mode"], listed["open_door"]) == ("all-hands", "invite", False)
    again = operator.json("room", "links", "all-hands", "--expires-hours", "1")
    assert again["links"]["host"] != made["links"]["host"]
    text = operator.run("room", "links", "all-hands").stdout
    assert "All hands (all-hands)" in text
    assert "Host:" in text
    assert "all-hands\tAll hands" in operator.run("room", "list").stdout


MISTAKES = [
    (["room", "create", "  "], "Please give a room's name"),
    (["room", "create", "X", "--id", "Not an id"], "small letters"),
    (["room", "create", "X", "--capacity", "0"], "capacity"),
    (["room", "links", "nowhere"], "There is no such room"),
    (["room", "invite", "nowhere"], "There is no such room"),
    (["room", "revoke", "nowhere", "x"], "There is no such room"),
    (["room", "revoke", "nowhere"], "Say which links"),
]


def test_mistakes_are_one_sentence(operator: Operator) -> None:
    for arguments, sentence in MISTAKES:
        done = operator.run(*arguments)
        assert done.returncode == 1, arguments
        assert done.stdout == "", arguments
        (line,) = done.stderr.splitlines()
        assert sentence in line
    assert operator.json("room", "list") == []
    operator.json("room", "create", "One", "--id", "one")
    taken = operator.run("room", "create", "Two", "--id", "one")
    assert (taken.returncode, "already" in taken.stderr) == (1, True)


def test_invitations_are_made_and_links_are_revoked(operator: Operator) -> None:
    operator.json("room", "create", "All hands", "--id", "all-hands")
    made = operator.json("room", "invite", "all-hands", "--name", "Robin", "--role", "moderator")
    assert (made["name"], made["role"], made["once"]) == ("Robin", "moderator", True)
    assert "/r/all-hands#token=" in made["link"]
    many = operator.json("room", "invite", "all-hands", "--for-many", "--expires-hours", "1")
    assert not many["once"]
    assert many["expires_at"] < made["expires_at"]
    text = operator.run("room", "invite", "all-hands").stdout
    assert "stagedoor room revoke all-hands " in text

    first = operator.json("room", "revoke", "all-hands", made["link"], many["id"])
    then = operator.json("room", "revoke", "all-hands", "--role", "host", "--put-out")
    assert then["number"] > first["number"]
    log = sqlite3.connect(operator.data / "stagedoor.db")
    rows = log.execute("SELECT event FROM events WHERE type = 'links_revoked' ORDER BY number")
    links, role = [msgspec.json.decode(row[0]) for row in rows]
    log.close()
    assert sorted(links["links"]) == sorted([made["id"], many["id"]])
    assert role["role"] == "host"


def test_rooms_made_without_a_server_are_there_when_it_starts(tmp_path: Path) -> None:
    operator = Operator(tmp_path / "data")
    made = operator.json("room", "create", "Early", "--id", "early")
    with ServerProcess(operator.data, demo=False) as server:
        assert server.api("GET", "/api/rooms/early")["name"] == "Early"
        operator.json("room", "create", "Late", "--id", "late")
        assert {room["id"] for room in server.api("GET", "/api/rooms")["rooms"]} == {
            "early",
            "late",
        }
        links = operator.json("room", "links", "early")["links"]
        assert links["host"].startswith(server.url)
    assert made["links"]["host"].startswith("http://localhost:8080/r/early#token=")
    assert [room["id"] for room in operator.json("room", "list")] == ["early", "late"]


def test_the_key_is_where_it_is_said_to_be(tmp_path: Path) -> None:
    operator = Operator(tmp_path / "data")
    path = Path(operator.run("key").stdout.strip())
    assert path.name == "operator.key"
    key = path.read_text()
    assert operator.run("key").stdout.strip() == str(path)
    assert path.read_text() == key
    with ServerProcess(operator.data) as server:
        assert server.operator_key == key.strip()


def test_a_server_that_was_killed_is_not_asked(tmp_path: Path) -> None:
    server = ServerProcess(tmp_path / "data")
    server.start()
    server.kill()
    assert (server.data / "server.json").exists()
    assert [room["id"] for room in Operator(server.data).json("room", "list")] == ["demo"]


def test_a_room_may_have_a_lobby_and_a_time_of_opening(operator: Operator) -> None:
    made = operator.json("room", "create", "Later", "--lobby")["room"]
    assert (made["entry"], made["opens_at"]) == ("lobby", None)
    soon = datetime.now(UTC).replace(microsecond=0) + timedelta(days=2)
    made = operator.json("room", "create", "Later", "--opens-at", soon.isoformat())["room"]
    assert (made["entry"], made["opens_at"]) == ("lobby", soon.timestamp() * 1000)
    for wrong in ("yesterday", "2001-01-01T00:00"):
        done = operator.run("room", "create", "Never", "--opens-at", wrong)
        assert done.returncode != 0
        assert "time" in done.stderr or "future" in done.stderr


def test_what_is_kept_of_people_is_shown_and_forgotten(tmp_path: Path) -> None:
    operator = Operator(tmp_path / "data")
    with ServerProcess(operator.data, demo=False) as server:
        links = server.create_room(id="hall")["links"]
        asyncio.run(visit(server, links["host"].partition("#token=")[2]))
        (known,) = operator.json("person", "list", "hall")
        assert known["names"] == ["Zenobia"]
        assert "Zenobia" in operator.run("person", "list", "hall").stdout
    export = operator.run("person", "export", "hall", known["person"])
    assert "a canary is yellow" in export.stdout
    assert operator.run("person", "forget", "hall").returncode == 1
    missing = operator.run("person", "forget", "hall", "--person", "x")
    assert (missing.returncode, "Nobody of that id" in missing.stderr) == (1, True)
    with ServerProcess(operator.data, demo=False):
        done = operator.run("person", "forget", "hall", "--person", known["person"])
        assert "in 2 events" in done.stdout, done.stderr
    assert "in 0 events" in operator.run("person", "forget", "hall", "--everybody").stdout
    assert operator.json("person", "list", "hall")[0]["names"] == []
    assert "canary" not in operator.run("person", "export", "hall", known["person"]).stdout


async def visit(server: ServerProcess, token: str) -> None:
    """Zenobia comes, writes, and ends the room."""
    async with (
        aiohttp.ClientSession() as http,
        http.ws_connect(server.socket_url("hall")) as socket,
        asyncio.timeout(60),
    ):
        wishes = (m.Enter("Zenobia", token), Say("a canary is yellow", key="1"), EndRoom())
        for number, wish in enumerate(wishes, 1):
            await socket.send_str(m.encode_request(wish, number))
            while getattr(m.decode_message(await socket.receive_str()), "id", None) != number:
                pass
