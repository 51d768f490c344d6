"""The wire protocol: tagged JSON messages over one WebSocket; see docs/protocol.md.

From the client: a command with an ``id``, answered ``ok``, ``refused`` or by the one message
its class names, always with the same ``id``. From the server, unasked: ``update``, ``speaking``,
``subscribe_offer``, ``subscribe_tracks``, ``send_layers``, ``media_restarted``. Needs msgspec
alone, so that clients may import it.
"""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from ..rules.base import Command
from ..rules.commands import AnyCommand
from ..rules.event.values import Entry
from ..rules.names import MAX_NAME as MAX_NAME
from ..rules.reactions.values import Reaction
from ..rules.refusals import Code, Refusal, Value
from ..rules.talk.values import Message as ChatMessage
from ..rules.values import Device, Mode, OfferReason, Role, Seat, Settings
from .event import BanView
from .polls import MyQuizzes, MyVotes, PollsView, QuizzesView
from .talk import OlderMessages, QuestionsView, TalkView

MAX_MESSAGE = 256 * 1024
MAX_SDP = 128 * 1024

# -- from the client, beside the rules' commands


class Enter(Command, frozen=True, tag="enter"):
    """The first message. Answered by ``welcome``, or by ``lobby``: then wait to try again.

    ``token`` is what the link carried, empty for an open door. ``session`` resumes an earlier
    one, and then ``last_event`` is the number of the last event seen.
    ``key``: a secret of one's own making, 32 characters or more, by which an invitation that is
    good for one person knows them again should the answer be lost.
    """

    name: str
    token: str = ""
    session: str = ""
    last_event: int = 0
    key: str = ""

    def __repr__(self) -> str:
        """Without what opens doors, wherever this may be printed."""
        return f"Enter(name={self.name!r}, last_event={self.last_event}, …)"


class Ping(Command, frozen=True, tag="ping"):
    """Asks whether the server is there."""


class Watch(Command, frozen=True, tag="watch"):
    """Begin, or begin again, receiving the stage: ``subscribe_offer`` messages follow."""


class SubscribeAnswer(Command, frozen=True, tag="subscribe_answer"):
    """The SDP answer to the ``subscribe_offer`` of that revision."""

    revision: Annotated[int, Meta(ge=0, lt=2**53)]
    sdp: str


class Publish(Command, frozen=True, tag="publish"):
    """An SDP offer to publish; for people with an offer or a seat (14). Answer: ``published``."""

    sdp: str


class TileSize(Struct, frozen=True):
    """Somebody's ``kind``, "video" or "screen", is shown in so many lines of the display; 0: not.

    A picture that is cut to fill its tile counts with the lines that it would have uncut.
    """

    person: str
    kind: str
    lines: Annotated[float, Meta(ge=0, le=100_000)]


class ViewTiles(Command, frozen=True, tag="view_tiles"):
    """How large pictures are shown, so that they come in no better quality than is seen.

    Replaces what was said before; what is not named may be of any size. Nobody else is told.
    """

    tiles: Annotated[list[TileSize], Meta(max_length=200)]


class Candidate(Command, frozen=True, tag="candidate"):
    """A trickled ICE candidate. Accepted; the server, being ICE-lite, needs none."""

    connection: str
    candidate: str = ""


AnyRequest = (
    AnyCommand
    | Enter
    | Ping
    | Watch
    | SubscribeAnswer
    | ViewTiles
    | Publish
    | Candidate
    | OlderMessages
)


class Envelope(Struct, frozen=True):
    """What every message of a client has: its ``id`` (1 or more) and its ``type``."""

    id: int
    type: str


# -- the view: what one person is shown of a room


class OfferView(Struct, frozen=True):
    """An offer as its person and the moderators see it."""

    by_name: str
    reason: OfferReason
    expires_at: int


class PersonView(Struct, frozen=True, omit_defaults=True):
    """One person as another sees them.

    Attendees see others' ``requested``, ``offered`` and ``backstage`` seats as ``viewer``; the
    fields from ``requested_at`` on are filled for moderators and for oneself (rule 19).
    ``backstage``: whoever waits there, be the seat held.
    """

    id: str
    name: str
    role: Role
    seat: Seat
    away: bool = False
    hand: int | None = None
    microphone: bool = False
    camera: bool = False
    screen: bool = False
    requested_at: int | None = None
    offer: OfferView | None = None
    barred: bool = False
    may_ask_at: int = 0
    unmute_asked_by: str | None = None
    requested_since: int = 0
    hand_since: int = 0
    hand_restorable_until: int = 0
    spoke_ms: int = 0
    link: str = ""
    backstage: bool = False


class RoomInfo(Struct, frozen=True):
    """What everyone may know of the room itself."""

    id: str
    name: str
    mode: Mode
    settings: Settings
    ended: bool
    entry: Entry = Entry.OPEN
    opens_at: int | None = None


class View(Struct, frozen=True):
    """A whole snapshot for one person, as of event ``number``."""

    number: int
    you: str
    room: RoomInfo
    people: list[PersonView]
    bans: list[BanView] = []
    polls: PollsView | None = None
    my_votes: MyVotes | None = None
    quizzes: QuizzesView | None = None
    my_quizzes: MyQuizzes | None = None
    talk: TalkView | None = None
    questions: QuestionsView | None = None


class Happening(Struct, frozen=True, omit_defaults=True):
    """An event told to those whom it concerns; ``what`` is its tag in the log.

    ``people``: the ids of all whom it concerns, where it may be more than one.
    """

    number: int
    at: int
    what: str
    person: str = ""
    person_name: str = ""
    by: str = ""
    by_name: str = ""
    device: Device | None = None
    on: bool | None = None
    mode: Mode | None = None
    entry: Entry | None = None
    reason: str = ""
    people: list[str] = []


# -- from the server


class Message(Struct, frozen=True, tag_field="type"):
    """Anything the server says."""


class IceServer(Struct, frozen=True):
    """A TURN server as RTCIceServer has it; the credentials are one person's, for a day."""

    urls: list[str]
    username: str
    credential: str


class Welcome(Message, frozen=True, tag="welcome"):
    """The answer to ``enter``. ``now``: the server's clock in milliseconds, for countdowns.

    ``ice_servers``: for this person's peer connections, where the media cannot be reached directly.
    """

    id: int
    session: str
    now: int
    view: View
    missed: list[Happening]
    ice_servers: list[IceServer] = []

    def __repr__(self) -> str:
        """Without the session, wherever this may be printed."""
        return f"Welcome(id={self.id}, now={self.now}, view={self.view!r}, …)"


class Lobby(Message, frozen=True, tag="lobby", omit_defaults=True):
    """The room is not open yet. The answer to ``enter``, and unasked when something changes.

    ``opens_at``: by the server's clock, of which ``now`` is the time; None: not known. ``open``: it
    has opened, so that ``enter`` is to be sent again.
    """

    room: str
    now: int
    opens_at: int | None = None
    open: bool = False
    id: int = 0


class Ok(Message, frozen=True, tag="ok"):
    """The command was done; ``number`` is that of its last event, 0 if it made none."""

    id: int
    number: int = 0


class Refused(Message, frozen=True, tag="refused", omit_defaults=True):
    """The command changed nothing. ``id`` is 0 where the message had none that can be read.

    ``template`` and ``values`` are what the sentence was made from, where it has values.
    """

    id: int
    code: Code
    sentence: str
    template: str = ""
    values: dict[str, Value] = {}


class Published(Message, frozen=True, tag="published"):
    """The SDP answer to ``publish``."""

    id: int
    sdp: str


class Update(Message, frozen=True, tag="update", omit_defaults=True):
    """The view changed: people to replace or add, ids that are gone, the room if it changed.

    ``reactions``: how many of each kind were sent up since the last ones.
    """

    number: int
    at: int
    people: list[PersonView] = []
    gone: list[str] = []
    room: RoomInfo | None = None
    happened: list[Happening] = []
    bans: list[BanView] | None = None
    polls: PollsView | None = None
    my_votes: MyVotes | None = None
    quizzes: QuizzesView | None = None
    my_quizzes: MyQuizzes | None = None
    talk: TalkView | None = None
    questions: QuestionsView | None = None
    reactions: dict[Reaction, int] = {}


class LobbyCount(Message, frozen=True, tag="lobby_count"):
    """For moderators: so many people wait in the lobby."""

    count: int


class Saving(Message, frozen=True, tag="saving"):
    """For moderators: whether the server can save what happens, when that changes.

    It can when one enters. While it cannot, all that would be kept is refused with ``not_saved``.
    """

    works: bool


class Older(Message, frozen=True, tag="older"):
    """The answer to ``older_messages``, in order; ``more``: whether there are still older ones."""

    id: int
    entries: list[ChatMessage]
    more: bool


class Speaking(Message, frozen=True, tag="speaking"):
    """Who speaks now, loudest first."""

    people: list[str]


class Track(Struct, frozen=True):
    """The m-line ``mid`` carries this person's ``kind``: "audio", "video" or "screen"."""

    mid: str
    person: str
    kind: str


class SubscribeOffered(Message, frozen=True, tag="subscribe_offer"):
    """An SDP offer for the receiving connection; ``fresh`` asks for a new one. To be answered."""

    revision: int
    fresh: bool
    sdp: str
    tracks: list[Track]


class TracksChanged(Message, frozen=True, tag="subscribe_tracks"):
    """The ``tracks`` of the ``subscribe_offer`` of that revision have changed, and nothing else.

    Nothing is to be negotiated or answered: the m-lines are the same, but others'.
    """

    revision: int
    tracks: list[Track]


class SendLayers(Message, frozen=True, tag="send_layers"):
    """What is needed of one's "video" or "screen" (``kind``) that is sent in several layers.

    ``bits``: for each, the smallest first, the bits a second that are of use at most; 0: nobody
    watches it, so do not send it.
    """

    kind: str
    bits: list[int]


class MediaRestarted(Message, frozen=True, tag="media_restarted"):
    """The media engine is a new one: send ``watch`` again and, on stage, ``publish``."""


class Closing(Message, frozen=True, tag="closing", omit_defaults=True):
    """The server is about to close this connection, and why. ``again``: come back at once.

    ``template`` and ``values`` as in ``refused``.
    """

    code: Code
    sentence: str
    again: bool
    template: str = ""
    values: dict[str, Value] = {}


def closing(why: Refusal) -> Closing:
    """The last word to somebody who is not to come back at once."""
    return Closing(why.code, why.sentence, False, why.template, why.values)


AnyMessage = (
    Welcome
    | Lobby
    | LobbyCount
    | Saving
    | Ok
    | Refused
    | Published
    | Update
    | Older
    | Speaking
    | SubscribeOffered
    | TracksChanged
    | SendLayers
    | MediaRestarted
    | Closing
)

_envelope = msgspec.json.Decoder(Envelope)
_request = msgspec.json.Decoder(AnyRequest)
_message = msgspec.json.Decoder(AnyMessage)


def decode_envelope(text: str | bytes) -> Envelope:
    """Read a client's message as far as its id and type. Raises msgspec.MsgspecError."""
    return _envelope.decode(text)


def decode_request(text: str | bytes) -> AnyRequest:
    """Read a client's message. Raises msgspec.MsgspecError."""
    request: AnyRequest = _request.decode(text)
    return request


def decode_message(text: str | bytes) -> AnyMessage:
    """Read a server's message. Raises msgspec.MsgspecError."""
    message: AnyMessage = _message.decode(text)
    return message


def encode_request(request: AnyRequest, id: int) -> str:  # noqa: A002 - the wire's own word
    """A client's message with its id, as JSON text."""
    fields: dict[str, Any] = msgspec.to_builtins(request)
    return msgspec.json.encode({**fields, "id": id}).decode()


def encode_message(message: AnyMessage) -> str:
    """A server's message as JSON text."""
    return msgspec.json.encode(message).decode()


def schema() -> dict[str, Any]:
    """The JSON schema of both directions: ``request`` (plus ``id``) and ``message``."""
    (requests, messages), components = msgspec.json.schema_components(
        [AnyRequest, AnyMessage], ref_template="#/$defs/{name}"
    )
    names = [ref["$ref"].rsplit("/", 1)[1] for ref in requests["anyOf"]]
    for name in names:
        components[name]["properties"]["id"] = {"type": "integer", "minimum": 1}
        components[name].setdefault("required", []).append("id")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Stagedoor protocol",
        "$defs": components,
        "properties": {"request": requests, "message": messages},
    }
