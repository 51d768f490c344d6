"""Pages, files and the operator's API over HTTP."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
import pytest
from yarl import URL

from stagedoor import messages as m
from stagedoor.rules import commands as c
from stagedoor.rules.values import Role

from .conftest import OPERATOR, Server

KEY = {"Authorization": f"Bearer {OPERATOR}"}


async def call(server: Server, method: str, path: str, **more: Any) -> tuple[int, Any]:
    async with server.http.request(method, URL(server.url + path, encoded=True), **more) as answer:
        assert answer.headers["Content-Type"].startswith("application/json")
        return answer.status, await answer.json()


async def test_what_everybody_may_ask(server: Server) -> None:
    assert await call(server, "GET", "/api/rooms/room") == (
        200,
        {"id": "room", "name": "The room", "open_door": True, "ended": False},
    )
    status, health = await call(server, "GET", "/api/health")
    assert (status, health["status"]) == (200, "ok")
    status, schema = await call(server, "GET", "/api/schema")
    assert status == 200
    assert schema == msgspec.json.decode(msgspec.json.encode(m.schema()))
    assert "Enter" in schema["$defs"]
    status, error = await call(server, "GET", "/api/rooms/nowhere")
    assert (status, error["code"]) == (404, "no_such_room")


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": ""},
        {"Authorization": OPERATOR},
        {"Authorization": f"Basic {OPERATOR}"},
        {"Authorization": f"Bearer {OPERATOR}x"},
        {"Authorization": f"Bearer {OPERATOR[:-1]}"},
        {"Authorization": "Bearer \u00e9"},
        {"Authorization": "Bearer"},
    ],
    ids=str,
)
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/rooms"),
        ("POST", "/api/rooms"),
        ("POST", "/api/rooms/room/links"),
        ("POST", "/api/rooms/nowhere/links"),
        ("GET", "/api/stats"),
        ("GET", "/api/metrics"),
    ],
)
async def test_without_the_key_nothing_happens(
    server: Server, method: str, path: str, headers: dict[str, str]
) -> None:
    status, error = await call(server, method, path, headers=headers, json={"name": "Mine"})
    assert (status, error["code"]) == (401, "bad_key")
    assert len(server.house.keepers()) == 1


async def test_a_room_is_made_and_its_links_lead_in(server: Server) -> None:
    body = {
        "name": "All hands",
        "id": "all-hands",
        "mode": "open",
        "settings": {"capacity": 3, "may_leave_stage": True},
        "open_door": False,
        "expires_in_s": 60,
    }
    status, made = await call(server, "POST", "/api/rooms", headers=KEY, json=body)
    assert status == 201
    assert made["room"]["mode"] == "open"
    assert made["room"]["settings"]["capacity"] == 3
    assert made["room"]["settings"]["offer_ms"] == 60_000
    for role, link in made["links"].items():
        assert link.startswith("https://stage.example.org/r/all-hands#token=")
        client = await server.connect("all-hands")
        answer = await client.ask(m.Enter("P", token=link.partition("#token=")[2]))
        assert isinstance(answer, m.Welcome)
        assert client.me.role is Role(role)
    status, again = await call(server, "POST", "/api/rooms", headers=KEY, json=body)
    assert (status, again["code"]) == (409, "room_exists")
    status, links = await call(server, "POST", "/api/rooms/all-hands/links", headers=KEY)
    assert status == 200
    assert links["links"]["host"] != made["links"]["host"]


async def test_ids_are_made_up_and_rooms_are_listed(server: Server) -> None:
    made = [
        (await call(server, "POST", "/api/rooms", headers=KEY, json={"name": "X"}))[1]["room"]["id"]
        for _ in range(3)
    ]
    assert len(set(made)) == 3
    moderator = await server.enter("Mod", Role.MODERATOR)
    await moderator.do(c.Invite(moderator.me.id))
    await moderator.do(c.AcceptOffer())
    status, listed = await call(server, "GET", "/api/rooms", headers=KEY)
    assert status == 200
    assert [one["id"] for one in listed["rooms"]] == ["room", *made]
    assert (listed["rooms"][0]["people"], listed["rooms"][0]["on_stage"]) == (1, 1)
    status, stats = await call(server, "GET", "/api/stats", headers=KEY)
    assert (status, stats["connections"], stats["media"]) == (200, 1, {"granted": 1})
    server.engine.down = True
    status, stats = await call(server, "GET", "/api/stats", headers=KEY)
    assert (status, "error" in stats["media"]) == (200, True)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 400, "bad_message"),
        (b"[]", 400, "bad_message"),
        (b"{", 400, "bad_message"),
        (b"\xff", 400, "bad_message"),
        (b'{"name": 5}', 400, "bad_message"),
        (b'{"nmae": "X"}', 400, "bad_message"),
        (b'{"name": "X", "mode": "ajar"}', 400, "bad_message"),
        (b'{"name": ""}', 400, "bad_name"),
        (b'{"name": "a\\u0000b"}', 400, "bad_name"),
        (b'{"name": "X", "id": "With Space"}', 400, "bad_value"),
        (b'{"name": "X", "id": "../x"}', 400, "bad_value"),
        (b'{"name": "X", "id": "room\\n"}', 400, "bad_value"),
        (b'{"name": "X", "settings": {"capacity": 0}}', 400, "bad_value"),
        (b'{"name": "X", "settings": {"capacity": 51}}', 400, "bad_value"),
        (b'{"name": "X", "settings": {"offer_ms": -1}}', 400, "bad_value"),
        (b'{"name": "X", "expires_in_s": 0}', 400, "bad_value"),
        (b'{"name": "X", "expires_in_s": 99999999999}', 400, "bad_value"),
        (b'{"name": "' + b"x" * 70_000 + b'"}', 413, "too_large"),
    ],
    ids=lambda one: str(one)[:40],
)
async def test_a_bad_wish_makes_no_room(
    server: Server, body: bytes, status: int, code: str
) -> None:
    answered, error = await call(server, "POST", "/api/rooms", headers=KEY, data=body)
    assert (answered, error["code"]) == (status, code)
    assert error["sentence"]
    assert len(server.house.keepers()) == 1


async def test_addresses_and_methods_that_are_not_there(server: Server) -> None:
    status, error = await call(server, "GET", "/api/nothing")
    assert (status, "code" in error) == (404, True)
    status, error = await call(server, "DELETE", "/api/rooms/room")
    assert (status, "code" in error) == (405, True)
    status, error = await call(server, "GET", "/api/rooms/room/socket")
    assert (status, error["code"]) == (400, "bad_message")


@pytest.mark.parametrize(
    ("path", "status", "content"),
    [
        ("/", 200, "front"),
        ("/r/room", 200, "room"),
        ("/static/room.js", 200, "// a module"),
        ("/r/nowhere", 404, "room"),
        ("/r/%3Cscript%3E", 404, "room"),
        ("/nothing", 404, "missing"),
        ("/static/nothing.js", 404, ""),
    ],
)
async def test_pages_and_their_headers(
    server: Server, path: str, status: int, content: str
) -> None:
    async with server.http.get(URL(server.url + path, encoded=True)) as answer:
        text = await answer.text()
        assert answer.status == status
        assert content in text
        assert "<script" not in text
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert f"ws://127.0.0.1:{URL(server.url).port}" in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert "camera=(self)" in answer.headers["Permissions-Policy"]
        assert answer.headers["Cache-Control"] == "no-cache"


async def test_a_host_header_does_not_write_the_policy(server: Server) -> None:
    headers = {"Host": "x; script-src *"}
    async with server.http.get(server.url + "/", headers=headers) as answer:
        assert "script-src" not in answer.headers["Content-Security-Policy"]


async def test_files_are_sent_again_only_when_they_changed(server: Server) -> None:
    async with server.http.get(server.url + "/static/room.js") as answer:
        etag = answer.headers["ETag"]
        assert answer.headers["Content-Type"].split("/")[1].startswith("javascript")
    headers = {"If-None-Match": etag}
    async with server.http.get(server.url + "/static/room.js", headers=headers) as answer:
        assert answer.status == 304


@pytest.mark.parametrize(
    "path",
    [
        "/static/../secret.txt",
        "/static/..%2fsecret.txt",
        "/static/%2e%2e/secret.txt",
        "/static//etc/passwd",
        "/static/%00",
        "/static/",
    ],
)
async def test_no_other_file_is_shown(server: Server, path: str) -> None:
    async with server.http.get(URL(server.url + path, encoded=True)) as answer:
        assert answer.status in (400, 403, 404)
        assert "not for anybody" not in await answer.text()


async def test_a_client_may_go_away_in_the_middle(server: Server) -> None:
    url = URL(server.url)

    _, writer = await asyncio.open_connection("127.0.0.1", url.port)
    writer.write(b"POST /api/rooms HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n")
    writer.write(f"Authorization: Bearer {OPERATOR}\r\n\r\nhalf".encode())
    await writer.drain()
    writer.transport.abort()
    assert (await call(server, "GET", "/api/health"))[0] == 200
