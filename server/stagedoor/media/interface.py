"""What the stage needs of any media engine. Not tied to one process, machine or engine."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from msgspec import Struct


class Grant(Struct, frozen=True):
    """What one person may send now. Without a grant nothing of theirs is forwarded (rule 14).

    ``prepare``: the person holds an offer; a publishing transport may be set up, but no packet
    of it is forwarded until a grant with ``forward`` arrives. ``backstage``: what is forwarded goes
    to those alone to whom the backstage is shown (MediaEngine.show_backstage).
    """

    forward: bool = False
    microphone: bool = False
    camera: bool = False
    screen: bool = False
    backstage: bool = False

    @classmethod
    def prepare(cls) -> Grant:
        """A grant to connect, not to be heard."""
        return cls()

    def allows(self, kind: str) -> bool:
        """Whether the person's "audio", "video" (the camera's) or "screen" is forwarded now."""
        if not self.forward:
            return False
        if kind == "audio":
            return self.microphone
        return self.camera if kind == "video" else self.screen

    @property
    def public(self) -> bool:
        """Whether what is forwarded goes to everybody."""
        return self.forward and not self.backstage


class TrackMap(Struct, frozen=True):
    """Which m-line of a subscription carries whose "audio", "video" or "screen" (``kind``)."""

    mid: str
    person: str
    kind: str


class SubscribeOffer(Struct, frozen=True):
    """An SDP offer for a viewer's subscribing peer connection.

    ``revision`` counts up by one an offer; an answer names the one it answers. ``fresh`` asks the
    client to make a new peer connection instead of renegotiating the one it has.
    """

    revision: int
    fresh: bool
    sdp: str
    tracks: list[TrackMap]


class Tile(Struct, frozen=True):
    """How large a viewer shows somebody's "video" or "screen": in so many lines of the screen.

    0 where it is not shown. What is not spoken of may be of any size.
    """

    person: str
    kind: str
    lines: float


class Forwarded(Struct, frozen=True):
    """What was sent to others of one person's "audio", "video" or "screen" under one grant so far.

    ``first``, ``last``: when a packet of it left first and last, in milliseconds of the machine's
    monotonic clock, which no setting makes jump and all processes share. ``packets``: how many,
    counted for each viewer.
    ``person`` is empty if nobody has the place that they left from, which must not be.
    ``backstage``: it went to those alone to whom the backstage is shown. ``worker``: which part of
    the engine says so, for what its own viewers got.
    """

    person: str
    kind: str
    backstage: bool
    first: int
    last: int
    packets: int
    worker: int = 0


class MediaError(Exception):
    """The engine refuses or cannot do it; ``code`` is one of rules.Code's media values."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence


class Listener(Protocol):
    """What an engine tells, each in the event loop of the server."""

    def offer_needed(self, room: str, person: str, offer: SubscribeOffer) -> None:
        """A viewer's subscription changed and needs this offer answered."""

    def tracks_changed(
        self, room: str, viewers: Mapping[str, int], tracks: Sequence[TrackMap]
    ) -> None:
        """These viewers' m-lines are the same as before, but ``tracks`` says now whose they are.

        ``viewers``: by person the revision of their last offer, which has all of these m-lines,
        and may be unanswered still. Nothing is to be answered.
        """

    def speaking(self, room: str, people: list[str]) -> None:
        """Who speaks now, people backstage too, loudest first (RFC 6464 levels).

        Sent on change only.
        """

    def publishing(self, room: str, person: str, connected: bool) -> None:
        """A publisher's transport connected, or was lost (ICE consent, DTLS close)."""

    def layers_needed(self, room: str, person: str, kind: str, bits: list[int]) -> None:
        """What is needed of a publisher's "video" or "screen": for each layer, the smallest first.

        That is the bits a second that are of use at most, or 0 for what nobody watches.
        """

    def forwarded(self, room: str, periods: list[Forwarded]) -> None:
        """What was forwarded, told before a grant changes and every few seconds.

        One that has the ``first`` of an earlier one takes its place.
        """

    def restarted(self, rooms: Collection[str] | None = None) -> None:
        """The engine lost all it knew of these rooms, or of all of them.

        Grants are to be given again, clients to renegotiate.
        """


class MediaEngine(Protocol):
    """Publish, subscribe, stop. Every coroutine raises MediaError("media_down") when it is down."""

    async def start(self, listener: Listener) -> None:
        """Start the engine; returns once it can take calls."""

    async def close(self) -> None:
        """Stop the engine and free its port."""

    async def grant(self, room: str, person: str, grant: Grant | None) -> None:
        """Set what a person may send; None takes everything away and closes their publishing.

        Returns once no further packet beyond the grant is forwarded (rule 13).
        """

    async def show_backstage(self, room: str, people: Sequence[str]) -> None:
        """Set who is sent what people backstage send: these, and nobody else.

        Returns once no further packet of it is forwarded to anybody else (rule 13).
        """

    async def publish(self, room: str, person: str, offer: str) -> str:
        """Answer a publishing offer; a new one replaces or renegotiates that person's last.

        Its first audio m-line is the microphone's, the first video m-line the camera's, the second
        the shared screen's.

        Raises MediaError: no_seat without a grant, bad_sdp, no_common_codec, media_down.
        """

    async def subscribe(self, room: str, person: str) -> None:
        """Begin (again) a viewer's subscription; the offer comes by ``offer_needed``."""

    async def answer(self, room: str, person: str, revision: int, sdp: str) -> None:
        """Take a viewer's answer. Raises MediaError: bad_sdp, stale_answer, media_down."""

    async def view(self, room: str, person: str, tiles: Sequence[Tile]) -> None:
        """How large a viewer shows what is received; replaces what was said before."""

    async def leave(self, room: str, person: str) -> None:
        """Forget a person: subscription, publishing and grant."""

    async def close_room(self, room: str) -> None:
        """Forget a room."""

    async def stats(self) -> dict[str, object]:
        """Counters of the whole engine, JSON-ready."""
