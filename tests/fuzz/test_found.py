"""Inputs at which something was raised once."""

from __future__ import annotations

import pytest

from stagedoor import messages as m
from stagedoor.rules.refusals import Code
from stagedoor.signalling.requests import read_request

from . import descriptions, http
from .target import join

UPGRADE = ("Upgrade: websocket", "Sec-WebSocket-Version: 13")
SOCKET = "GET /api/rooms/room/socket"
KEY = f"Authorization: Bearer {http.KEY}"

HTTP = {
    "what is no HTTP": b"\x16\x03\x01 / \r\n\r\n",
    "an address that is none": b"GET : HTTP/1.1\r\n\r\n",
    "a key that is no text": http.request("GET /api/rooms", "Authorization: Bearer \xff"),
    "a session that is no text": http.request(
        "GET /api/rooms/room/reports/stage.csv", "Authorization: Bearer \xff"
    ),
    "a body that is no text": http.request("POST /api/rooms", KEY, body='{"\x92":1}'),
    "a body without its end": http.request("POST /api/rooms", KEY, body='{"name":"a"}')[:-3],
    "a handshake's key that is no text": http.request(
        SOCKET, *UPGRADE, "Connection: Upgrade", "Sec-WebSocket-Key: \xff\xff"
    ),
    "a handshake that is no text": http.request(
        SOCKET, *UPGRADE, "Connection: Upgr\xffade", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="
    ),
}


@pytest.fixture(scope="module")
def site() -> http.Site:
    return http.Site()


@pytest.mark.parametrize("found", HTTP)
def test_http(site: http.Site, found: str) -> None:
    site.take(join([HTTP[found]]))


def test_a_format_of_more_digits_than_python_reads() -> None:
    number = b"1" * 5000
    descriptions.SDP.make()(descriptions.ANSWER.replace(b"SAVPF 96", b"SAVPF " + number))


def test_a_revision_that_the_engine_cannot_be_told() -> None:
    text = m.encode_request(m.SubscribeAnswer(2**64, "v=0"), 7)
    refused = read_request(text)
    assert isinstance(refused, m.Refused)
    assert refused.code is Code.BAD_MESSAGE
