"""What the server and its engine's process say to each other: msgpack with a length before it."""

from __future__ import annotations

import asyncio

import msgspec
from msgspec import Struct

from stagedoor.media.interface import Forwarded, Grant, SubscribeOffer, Tile, TrackMap


class Ask(Struct, frozen=True, tag=True):
    """Something that the server asks for; answered by ``Done`` with the same id."""

    id: int


class SetGrant(Ask, frozen=True, tag=True):
    """See MediaEngine.grant."""

    room: str
    person: str
    grant: Grant | None


class ShowBackstage(Ask, frozen=True, tag=True):
    """See MediaEngine.show_backstage."""

    room: str
    people: list[str]


class Publish(Ask, frozen=True, tag=True):
    """See MediaEngine.publish."""

    room: str
    person: str
    offer: str


class Subscribe(Ask, frozen=True, tag=True):
    """See MediaEngine.subscribe."""

    room: str
    person: str


class Answer(Ask, frozen=True, tag=True):
    """See MediaEngine.answer."""

    room: str
    person: str
    revision: int
    sdp: str


class ViewTiles(Ask, frozen=True, tag=True):
    """See MediaEngine.view."""

    room: str
    person: str
    tiles: list[Tile]


class Leave(Ask, frozen=True, tag=True):
    """See MediaEngine.leave."""

    room: str
    person: str


class CloseRoom(Ask, frozen=True, tag=True):
    """See MediaEngine.close_room."""

    room: str


class Relay(Ask, frozen=True, tag=True):
    """Pass what is published in a room on to another worker, or stop that."""

    room: str
    worker: int
    on: bool


class Stats(Ask, frozen=True, tag=True):
    """See MediaEngine.stats."""


Asked = (
    SetGrant
    | ShowBackstage
    | Publish
    | Subscribe
    | Answer
    | ViewTiles
    | Leave
    | CloseRoom
    | Relay
    | Stats
)


class Ready(Struct, frozen=True, tag=True):
    """The first word of the engine's process: it listens on this UDP port."""

    port: int


class Failed(Struct, frozen=True, tag=True):
    """The first and last word where it cannot start."""

    sentence: str


class Done(Struct, frozen=True, tag=True):
    """The answer to an ``Ask``: an SDP or counters, or why not."""

    id: int
    sdp: str = ""
    stats: dict[str, object] = {}
    code: str = ""
    sentence: str = ""


class OfferNeeded(Struct, frozen=True, tag=True):
    """See Listener.offer_needed."""

    room: str
    person: str
    offer: SubscribeOffer


class TracksChanged(Struct, frozen=True, tag=True):
    """See Listener.tracks_changed."""

    room: str
    viewers: dict[str, int]
    tracks: list[TrackMap]


class Speaking(Struct, frozen=True, tag=True):
    """See Listener.speaking."""

    room: str
    people: list[str]


class Publishing(Struct, frozen=True, tag=True):
    """See Listener.publishing."""

    room: str
    person: str
    connected: bool


class LayersNeeded(Struct, frozen=True, tag=True):
    """See Listener.layers_needed."""

    room: str
    person: str
    kind: str
    bits: list[int]


class Recorded(Struct, frozen=True, tag=True):
    """See Listener.forwarded."""

    room: str
    periods: list[Forwarded]


Told = (
    Ready
    | Failed
    | Done
    | OfferNeeded
    | TracksChanged
    | Speaking
    | Publishing
    | LayersNeeded
    | Recorded
)

_encoder = msgspec.msgpack.Encoder()
_asked: msgspec.msgpack.Decoder[Asked] = msgspec.msgpack.Decoder(Asked)
_told: msgspec.msgpack.Decoder[Told] = msgspec.msgpack.Decoder(Told)


def frame(message: Asked | Told) -> bytes:
    """A message as it goes through the pipe."""
    body = _encoder.encode(message)
    return len(body).to_bytes(4, "big") + body


async def _read(reader: asyncio.StreamReader) -> bytes | None:
    try:
        size = int.from_bytes(await reader.readexactly(4), "big")
        return await reader.readexactly(size)
    except (asyncio.IncompleteReadError, ConnectionError):
        return None


async def read_asked(reader: asyncio.StreamReader) -> Asked | None:
    """The next request; None when the server is gone."""
    body = await _read(reader)
    return None if body is None else _asked.decode(body)


async def read_told(reader: asyncio.StreamReader) -> Told | None:
    """The next word of the engine; None when it is gone."""
    body = await _read(reader)
    return None if body is None else _told.decode(body)
