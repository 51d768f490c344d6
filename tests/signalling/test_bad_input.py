"""Input of every bad kind: a clear error, nothing lost, nothing crashed; each id is answered."""

from __future__ import annotations

import asyncio
import json
from typing import Any, get_args

import aiohttp
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stagedoor import messages as m
from stagedoor.rules import commands as c
from stagedoor.rules.names import clean_name
from stagedoor.rules.refusals import Code
from stagedoor.rules.values import Role
from stagedoor.signalling.limits import Bucket, Buckets
from stagedoor.signalling.requests import Request, read_request

from .conftest import Client, Server

TYPES = [str(one.__struct_config__.tag) for one in get_args(m.AnyRequest)]

BAD = [
    ("", 0, Code.BAD_MESSAGE),
    ("not json", 0, Code.BAD_MESSAGE),
    ('{"type": "ping", "id": 7', 0, Code.BAD_MESSAGE),
    ('{"type": "ping", "id": 7} trailing', 0, Code.BAD_MESSAGE),
    ("null", 0, Code.BAD_MESSAGE),
    ("[]", 0, Code.BAD_MESSAGE),
    ('"ping"', 0, Code.BAD_MESSAGE),
    ("[" * 100_000, 0, Code.BAD_MESSAGE),
    ("{}", 0, Code.BAD_MESSAGE),
    ('{"type": "ping"}', 0, Code.BAD_MESSAGE),
    ('{"type": "ping", "id": "7"}', 0, Code.BAD_MESSAGE),
    ('{"type": "ping", "id": null}', 0, Code.BAD_MESSAGE),
    ('{"type": "ping", "id": true}', 0, Code.BAD_MESSAGE),
    ('{"type": "ping", "id": 1e400}', 0, Code.BAD_MESSAGE),
    ('{"type": "ping", "id": 0}', 0, Code.BAD_MESSAGE),
    ('{"type": "ping", "id": -3}', -3, Code.BAD_MESSAGE),
    ('{"type": "ping", "id": 9007199254740993}', 9007199254740993, Code.BAD_MESSAGE),
    ('{"id": 7}', 7, Code.BAD_MESSAGE),
    ('{"id": 7, "type": 3}', 7, Code.BAD_MESSAGE),
    ('{"id": 7, "type": ""}', 7, Code.UNKNOWN_MESSAGE),
    ('{"id": 7, "type": "make_me_host"}', 7, Code.UNKNOWN_MESSAGE),
    ('{"id": 7, "type": "room_created"}', 7, Code.UNKNOWN_MESSAGE),
    ('{"id": 7, "type": "approve"}', 7, Code.BAD_MESSAGE),
    ('{"id": 7, "type": "approve", "person": 5}', 7, Code.BAD_MESSAGE),
    ('{"id": 7, "type": "approve", "person": null}', 7, Code.BAD_MESSAGE),
    ('{"id": 7, "type": "set_device", "device": "nose", "on": true}', 7, Code.BAD_MESSAGE),
    ('{"id": 7, "type": "set_mode", "mode": "ajar"}', 7, Code.BAD_MESSAGE),
    ('{"id": 7, "type": "change_settings", "capacity": 1e99}', 7, Code.BAD_MESSAGE),
    ('{"id": 7, "type": "change_settings", "capacity": "12"}', 7, Code.BAD_MESSAGE),
    ('{"id": 7, "type": "accept_offer", "microphone": "yes"}', 7, Code.BAD_MESSAGE),
    (json.dumps({"id": 7, "type": "ping", "x": "y" * m.MAX_MESSAGE}), 7, Code.TOO_LARGE),
    (json.dumps({"id": 7, "type": "publish", "sdp": "v" * (m.MAX_SDP + 1)}), 7, Code.TOO_LARGE),
]


@pytest.mark.parametrize(("text", "number", "code"), BAD, ids=lambda one: str(one)[:50])
async def test_a_bad_message_is_refused_and_nothing_is_lost(
    server: Server, text: str, number: int, code: Code
) -> None:
    ann = await server.enter("Ann", Role.MODERATOR)
    before = server.keeper.room
    await ann.socket.send_str(text)
    refused = await ann.until(m.Refused)
    assert (refused.id, refused.code) == (number, code)
    assert refused.sentence.endswith(".")
    assert "Traceback" not in refused.sentence
    assert server.keeper.room is before
    await ann.do(c.RaiseHand())


def test_the_sentence_says_where_the_mistake_is() -> None:
    answer = read_request('{"id": 7, "type": "set_device", "device": "nose", "on": true}')
    assert isinstance(answer, m.Refused)
    assert "“device”" in answer.sentence
    assert "nose" in answer.sentence
    assert "$" not in answer.sentence


async def test_a_binary_message_is_refused(server: Server) -> None:
    ann = await server.enter("Ann")
    await ann.socket.send_bytes(b'{"type": "ping", "id": 1}')
    refused = await ann.until(m.Refused)
    assert refused.code is Code.BAD_MESSAGE
    assert "binary" in refused.sentence
    await ann.do(c.RaiseHand())


async def test_a_message_beyond_all_measure_closes_the_socket_and_one_comes_back(
    server: Server,
) -> None:
    ann = await server.enter("Ann")
    assert ann.welcome is not None
    await ann.socket.send_str("x" * (1024 * 1024 + 1))
    _, code = await ann.closing()
    assert code == 1009
    back = await server.enter("Ann", session=ann.welcome.session)
    assert back.me.id == ann.welcome.view.you


@pytest.mark.parametrize("payload", [b"\xff\xfe", b"\xc0\x80", b"\xed\xa0\x80"])
async def test_text_that_is_no_utf8_closes_the_socket(server: Server, payload: bytes) -> None:
    ann = await server.enter("Ann")
    await ann.socket._writer.send_frame(payload, aiohttp.WSMsgType.TEXT)  # type: ignore[union-attr]
    _, code = await ann.closing()
    assert code == 1007
    await (await server.enter("Ben")).do(c.RaiseHand())


async def test_bytes_that_are_no_websocket_harm_nobody(server: Server) -> None:
    ann = await server.enter("Ann")
    ann.socket._writer.transport.write(b"\xff" * 64)  # type: ignore[union-attr]
    await ann.closing()
    port = int(server.url.rsplit(":", 1)[1])
    for rubbish in (
        b"\0" * 200,
        b"GET / HTTP/9.9\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
    ):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(rubbish)
        writer.write_eof()
        await reader.read()
        writer.close()
    await (await server.enter("Ben")).do(c.RaiseHand())


@pytest.mark.parametrize(
    "line",
    ["Authorization: Bearer {} \x01", "Content-Length: {}", "{}", "Cookie\x00: {}", "{} {}: {}"],
)
async def test_a_broken_request_is_not_quoted(server: Server, line: str) -> None:
    """What is in it may be a key or a token, and an answer may be kept somewhere."""
    told = "not-to-be-quoted-" * 3
    reader, writer = await asyncio.open_connection("127.0.0.1", int(server.url.rsplit(":", 1)[1]))
    request = f"GET /api/rooms HTTP/1.1\r\nHost: x\r\n{line.replace('{}', told)}\r\n\r\n"
    writer.write(request.encode())
    answer = (await reader.read()).decode()
    writer.close()
    assert answer.startswith(("HTTP/1.1 400", "HTTP/1.0 400")), answer
    assert told not in answer
    assert "no request that can be read" in answer


NAMES = [
    "",
    " \t\n ",
    "\u200b",
    "a\x00b",
    "a\u202eb",
    "x" * 61,
    "\u200d",
    "a\ud7ff\U000f0000",
    "\x1b[2J",
]


@pytest.mark.parametrize("name", NAMES, ids=ascii)
async def test_names_that_are_none(server: Server, name: str) -> None:
    client = await server.connect()
    refused = await client.ask(m.Enter(name))
    assert isinstance(refused, m.Refused)
    assert refused.code is Code.BAD_NAME
    assert isinstance(await client.ask(m.Enter("Ann")), m.Welcome)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("  Ann \t Lee ", "Ann Lee"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("Ångström", "Ångström"),
        ("👩\u200d👩\u200d👧 família", "👩\u200d👩\u200d👧 família"),
        ("نام", "نام"),
        ("x" * 60, "x" * 60),
    ],
)
def test_names_of_all_scripts(name: str, shown: str) -> None:
    assert clean_name(name) == shown


@pytest.mark.parametrize("last_event", [-(2**70), -1, 10**6, 2**63 - 1])
async def test_any_last_event_is_taken(server: Server, last_event: int) -> None:
    ann = await server.enter("Ann")
    assert ann.welcome is not None
    client = await server.connect()
    wish = m.Enter("Ann", session=ann.welcome.session, last_event=last_event)
    answer = await client.ask(wish)
    assert isinstance(answer, m.Welcome | m.Refused)
    if isinstance(answer, m.Refused):
        assert answer.code is Code.BAD_MESSAGE


# -- anything at all

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=30),
    st.sampled_from(["microphone", "camera", "open", "closed"]),
)
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=8,
)
FIELDS = ["person", "request", "device", "on", "mode", "capacity", "name", "token", "session"]
FIELDS += ["last_event", "sdp", "revision", "microphone", "camera", "offer_ms", "connection"]
shaped = st.builds(
    lambda kind, fields, number: {**fields, "type": kind, "id": number},
    st.sampled_from([kind for kind in TYPES if kind != "end_room"]) | st.text(max_size=12),
    st.dictionaries(st.sampled_from(FIELDS), values, max_size=5),
    st.integers(1, 2**53 - 1),
)


@given(
    st.one_of(st.text(), st.binary().map(lambda one: one.decode("latin-1")), values.map(json.dumps))
)
@settings(max_examples=300, deadline=None)
def test_reading_never_fails(text: str) -> None:
    assert isinstance(read_request(text), Request | m.Refused)


@given(shaped)
@settings(max_examples=300, deadline=None)
def test_reading_keeps_the_id(message: dict[str, Any]) -> None:
    assert read_request(json.dumps(message)).id == message["id"]


@given(messages=st.lists(shaped, min_size=1, max_size=20), junk=st.lists(values, max_size=5))
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
async def test_every_message_with_an_id_is_answered_once(
    server: Server,
    monkeypatch: pytest.MonkeyPatch,
    messages: list[dict[str, Any]],
    junk: list[Any],
) -> None:
    monkeypatch.setattr(Buckets, "take", lambda *_: 0.0)
    monkeypatch.setattr(Bucket, "take", lambda _: True)

    async def one(role: Role) -> None:
        fuzzer = await server.enter("Fuzzer", role)
        numbered = [{**message, "id": number} for number, message in enumerate(messages, 1000)]
        for message in numbered:
            await fuzzer.socket.send_str(json.dumps(message))
        for rubbish in junk:
            await fuzzer.socket.send_str(json.dumps(rubbish))
        await fuzzer.socket.send_str('{"type": "ping", "id": 5000}')
        await fuzzer.answer(5000)
        wanted = {message["id"] for message in numbered}
        await _hear_all(fuzzer, wanted)
        answers = [getattr(one, "id", 0) for one in fuzzer.heard]
        for number in wanted:
            assert answers.count(number) == 1
        await fuzzer.socket.close()

    await one(Role.ATTENDEE)
    await one(Role.HOST)


async def _hear_all(client: Client, wanted: set[int]) -> None:
    """Media requests are answered beside the commands, so that they may come last."""
    while not wanted <= {getattr(one, "id", 0) for one in client.heard}:
        await client.hear()
