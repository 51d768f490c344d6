"""What comes by a WebSocket: read, decided by the rules in a full room, applied, shown, logged.

Also what the server would then say to its engine's process, and the tokens people show.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

import jwt
import msgspec

from stagedoor import messages as m
from stagedoor import rules
from stagedoor.keyring import Key, KeyRing
from stagedoor.media.interface import Tile
from stagedoor.rooms.talk import older
from stagedoor.rooms.views import updates, view
from stagedoor.rules.events import AnyEvent
from stagedoor.rules.names import clean_name
from stagedoor.rules.permissions import TABLE, Situation
from stagedoor.rules.refusals import Refusal
from stagedoor.rules.values import Mode, Role, Seat
from stagedoor.sfu.workers import control
from stagedoor.signalling import sessions
from stagedoor.signalling.door import admit
from stagedoor.signalling.requests import read_request
from stagedoor.signalling.tokens import Tokens
from tests.rules.scene import MAKE, NOW, Scene

from .descriptions import OFFER
from .target import Run, Target

SECRET = "a secret for fuzzing that is long enough for every algorithm"  # pragma: allowlist secret
RING = KeyRing((Key("", SECRET),))
WHO = ("me", "you", "hal", "bob")
FORMED = b"\x80"  # and above, as the first byte: the others choose of what is well formed
PLAIN = (None, True, False, 1.5)
WORDS = (*WHO, "", "camera", "video", "open", "private", "moderators", "\0", "a\u202eb", "x" * 5000)
_asked: msgspec.msgpack.Decoder[control.Asked] = msgspec.msgpack.Decoder(control.Asked)
_event = msgspec.json.Decoder(AnyEvent)
_encode = msgspec.json.Encoder().encode


def situations(scene: Scene) -> list[rules.Room]:
    """Rooms in which ``me`` is a viewer, on stage, moderates, with an offer; of every mode."""
    seats = [
        (Role.ATTENDEE, Seat.VIEWER),
        (Role.ATTENDEE, Seat.ON_STAGE),
        (Role.ATTENDEE, Seat.OFFERED),
        (Role.MODERATOR, Seat.BACKSTAGE),
    ]
    return [
        scene.put(
            Situation(
                by=by, seat=seat, mode=mode, of=Role.ATTENDEE, at=Seat.REQUESTED, case="usual"
            ),
            {},
        )
        for (by, seat), mode in zip(seats, Mode, strict=True)
    ]


def _decide(room: rules.Room, command: rules.Command, who: str) -> None:
    """As the keeper of the room does it."""
    decided = rules.decide(room, command, who, NOW)
    if isinstance(decided, Refusal):
        assert decided.sentence
        _encode(decided)
        return
    after = room
    for event in decided:
        assert _event.decode(_encode(event)) == event
        after = rules.evolve(after, event)
    rules.next_deadline(after)
    updates(room, after, [], decided)
    _encode(view(after, who))


def _ask_engine(body: m.AnyRequest) -> None:
    """Everything that a person's wish puts into the pipe to the engine's process."""
    asked: control.Asked
    match body:
        case m.Publish():
            asked = control.Publish(1, "room", "me", body.sdp)
        case m.SubscribeAnswer():
            asked = control.Answer(1, "room", "me", body.revision, body.sdp)
        case m.ViewTiles(tiles=tiles):
            shown = [Tile(tile.person, tile.kind, tile.lines) for tile in tiles]
            asked = control.ViewTiles(1, "room", "me", shown)
        case _:
            return
    assert _asked.decode(control.frame(asked)[4:]) == asked


def _formed(data: bytes) -> str:
    """A message that is well formed: an example with some of its values replaced by others."""
    source = iter(data[1:])
    message: Any = msgspec.json.decode(EXAMPLES[next(source, 0) % len(EXAMPLES)][1:])
    for _ in range(1 + next(source, 0) % 4):
        place: Any = message
        while True:
            keys = list(place) if isinstance(place, dict) else list(range(len(place)))
            if not keys:
                break
            key = keys[next(source, 0) % len(keys)]
            if not isinstance(place[key], dict | list) or next(source, 0) % 4 == 0:
                if key != "type":
                    place[key] = _value(source)
                break
            place = place[key]
    return msgspec.json.encode(message).decode()


def _value(source: Iterator[int], depth: int = 0) -> Any:
    """Any value of JSON."""
    kind, more = next(source, 0) % 8, next(source, 0)
    if kind < len(PLAIN):
        return PLAIN[kind]
    if kind == 4:
        return int.from_bytes(bytes(islice(source, more % 10)), signed=True)
    if kind == 5 or depth > 3:
        return bytes(islice(source, more)).decode("utf-8", "replace")
    if kind == 6:
        return WORDS[more % len(WORDS)]
    return [_value(source, depth + 1) for _ in range(more % 5)]


def _messages() -> Run:
    scene = Scene()
    rooms, tokens = situations(scene), Tokens(RING)

    def run(data: bytes) -> None:
        text = _formed(data) if data[:1] >= FORMED else data[1:].decode("utf-8", "replace")
        request = read_request(text)
        if isinstance(request, m.Refused):
            assert request.sentence
            _encode(request)
            return
        place = data[0] if data else 0
        room, who = rooms[place & 3], WHO[place >> 2 & 3]
        match request.body:
            case m.Enter():
                _encode(admit(room, request.body, tokens, NOW))
            case m.OlderMessages():
                older(room, who, request.body)
            case m.Publish() | m.SubscribeAnswer() | m.ViewTiles():
                _ask_engine(request.body)
            case m.Ping() | m.Candidate() | m.Watch():
                pass
            case _:
                _decide(room, request.body, who)

    return run


def _examples() -> list[bytes]:
    scene = Scene()
    requests: list[m.AnyRequest] = [
        MAKE[kind]("you", case, scene.ids) for kind in TABLE for case in TABLE[kind].cases
    ]
    requests += [
        m.Enter("Ann", "token", "session", 3),
        m.Ping(),
        m.Watch(),
        m.SubscribeAnswer(1, "v=0\r\n"),
        m.Publish("v=0\r\n" + OFFER[:100].decode()),
        m.ViewTiles([m.TileSize("me", "video", 360.0)]),
        m.Candidate("publish", "candidate:1 1 udp 1 192.0.2.1 9 typ host"),
    ]
    found = dict.fromkeys(m.encode_request(one, 7).encode() for one in requests)
    return [bytes([index & 15]) + text for index, text in enumerate(found)]


EXAMPLES = _examples()
MESSAGES = Target(
    "messages",
    _messages,
    [*EXAMPLES, *(bytes([128 + index % 16, index, 1, 2, 4, 1, 5]) for index in range(60))],
    words=[
        *(b'"type":', b'"id":7', b'"me"', b'"you"', b'"hal"', b"null", b"true", b"[]", b"{}"),
        *(b"-1", b"0", b"1e308", b"99999999999999999999999", b'"\\ud800"', b'"\\u0000"', b"1.5"),
        b'"\xf0\x9f\x8e\xad"',
    ],
    longest=2048,
)


def _tokens() -> Run:
    tokens = Tokens(RING)
    room = situations(Scene())[0]

    def run(data: bytes) -> None:
        if data[:1] == b"\x01":  # what only the server itself could have signed
            token = jwt.api_jws.encode(data[1:], SECRET.encode(), "HS256")
        else:
            token = data[1:].decode("utf-8", "surrogateescape")
        _encode(tokens.read_link(token, "room"))
        found = sessions.find(room, token, NOW)
        assert isinstance(found, Refusal) or found[0].id == "me"
        clean_name(data.decode("utf-8", "replace"))

    return run


_LINK = Tokens(RING).link("room", Role.HOST, 10**9).encode()
TOKENS = Target(
    "tokens",
    _tokens,
    [
        b"\0" + _LINK,
        b"\0me.a secret of a session",
        b'\x01{"kind":"link","room":"room","role":"host","exp":9999999999,"jti":"x","iat":1}',
        b"\0eyJhbGciOiJub25lIn0.e30.",  # pragma: allowlist secret
    ],
    words=[b'"role":', b'"exp":', b'"nbf":', b'"iat":', b'"jti":', b"null", b"[]", b"{}", b"1e400"],
)
