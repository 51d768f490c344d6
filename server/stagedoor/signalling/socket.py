"""One client's WebSocket: messages in, answers and updates out."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Iterator

import msgspec
from aiohttp import WSMsgType, web
from msgspec import structs

from stagedoor.media.interface import MediaError, Tile
from stagedoor.messages import (
    AnyMessage,
    AnyRequest,
    Candidate,
    Closing,
    Enter,
    Lobby,
    Ok,
    Older,
    Ping,
    Publish,
    Published,
    Refused,
    SubscribeAnswer,
    ViewTiles,
    Watch,
    Welcome,
    closing,
)
from stagedoor.messages.talk import OlderMessages
from stagedoor.rooms import Arrival, Keeper
from stagedoor.rooms.talk import older
from stagedoor.rules.commands import AnyCommand
from stagedoor.rules.refusals import Code, Refusal, refusal
from stagedoor.rules.talk.commands import AskQuestion, Say

from .door import admit
from .limiter import Limiter
from .limits import Bucket, Buckets, Rate
from .outbox import Outbox
from .requests import read_request, readable_id
from .tokens import Tokens
from .turn import Turn

logger = logging.getLogger(__name__)

ENTER_TIMEOUT = 10.0  # seconds
REST = 0.1  # seconds without reading of whoever is over a limit
MAX_MEDIA_REQUESTS = 16  # a client's media requests that may wait for the engine

#: The WebSocket close code that goes with a Closing message (RFC 6455 section 7.4.2; 1012, for a
#: service that restarts, stands in its registry).
CLOSE_CODES = {
    Code.SHUTTING_DOWN: 1012,
    Code.SERVER_ERROR: 1011,
    Code.ALREADY_ENTERED: 4001,
    Code.NOT_ENTERED: 4003,
    Code.NO_SUCH_ROOM: 4004,
    Code.ROOM_ENDED: 4005,
    Code.REMOVED: 4006,
    Code.BANNED: 4007,
    Code.LOCKED: 4009,
    Code.TOO_MANY: 4010,
}
OTHER_CLOSE = 4000

encode = msgspec.json.Encoder().encode
_MediaRequest = Watch | SubscribeAnswer | ViewTiles | Publish


class Socket:
    """A Connection of the rooms, over one WebSocket; ``run`` it until it ends."""

    def __init__(
        self,
        socket: web.WebSocketResponse,
        transport: asyncio.Transport | None,
        keeper: Keeper,
        tokens: Tokens,
        limiter: Limiter,
        turn: Turn | None = None,
    ) -> None:
        self._socket = socket
        self._keeper = keeper
        self._tokens = tokens
        self._transport = transport
        self._outbox = Outbox(socket, transport)
        self._limiter = limiter
        self._turn = turn
        # Before they have entered, nobody knows who it is.
        self._messages = _bucket(limiter.limits.messages, limiter)
        self._patience = _bucket(limiter.limits.patience, limiter)
        self._media: asyncio.Queue[tuple[int, _MediaRequest]] = asyncio.Queue(MAX_MEDIA_REQUESTS)
        self._person = ""
        self._waits = False
        self._entering = False
        self._late: asyncio.TimerHandle | None = None
        self._ended = False

    # -- the rooms' Connection

    @property
    def closed(self) -> bool:
        """See Connection.closed."""
        return self._ended or self._outbox.closing

    def send(self, message: bytes) -> None:
        """See Connection.send."""
        self._outbox.put(message)
        if self._outbox.overflowed and not self._ended:
            self._ended = True
            logger.warning("room %s: a slow reader was dropped", self._keeper.id)

    def close(self, closing: Closing) -> None:
        """See Connection.close."""
        self._say(closing)
        self._outbox.finish(CLOSE_CODES.get(closing.code, OTHER_CLOSE))

    # -- the socket's life

    async def run(self) -> None:
        """Read until the connection ends; then the room knows, too."""
        sender = asyncio.create_task(self._outbox.run())
        media = asyncio.create_task(self._do_media())
        self._enter_in_time()
        try:
            async for message in self._socket:
                if self.closed:
                    break
                if message.type is WSMsgType.TEXT:
                    with self._reading_no_more():
                        await self._take(message.data)
                elif message.type is WSMsgType.BINARY:
                    self._refuse(0, Code.BAD_MESSAGE, "Messages are text, not binary.")
                del message  # an answer's SDP is large, and the next message may be long in coming
        finally:
            self._ended = True
            if self._late is not None:
                self._late.cancel()
            media.cancel()
            self._keeper.lost(self._person, self)
            if self._outbox.closing:
                # The last words are on their way; the outbox bounds how long that may take.
                with contextlib.suppress(asyncio.CancelledError):
                    await asyncio.wait([sender])
            sender.cancel()

    @contextlib.contextmanager
    def _reading_no_more(self) -> Iterator[None]:
        """While a message is at work, what comes after it waits where it comes from."""
        if self._transport is None:
            yield
            return
        self._transport.pause_reading()
        try:
            yield
        finally:
            self._transport.resume_reading()

    def _enter_in_time(self) -> None:
        loop = asyncio.get_running_loop()
        self._late = loop.call_later(ENTER_TIMEOUT, self._enter_late)

    def _enter_late(self) -> None:
        if self._entering:  # their turn has not come
            self._enter_in_time()
        elif not self._person and not self._waits:
            template = "Nobody entered within {seconds} seconds."
            self.close(closing(refusal(Code.NOT_ENTERED, template, seconds=round(ENTER_TIMEOUT))))

    def _say(self, message: AnyMessage) -> None:
        self.send(encode(message))

    def _refuse(self, request_id: int, code: Code, sentence: str) -> None:
        self._say(Refused(request_id, code, sentence))

    def _pass_on(self, request_id: int, no: Refusal) -> None:
        self._say(Refused(request_id, no.code, no.sentence, no.template, no.values))

    # -- messages

    async def _take(self, text: str) -> None:
        """Answer one message."""
        if not self._within(self._limiter.messages, self._messages):
            await self._slow_down(readable_id(text))
            return
        request = read_request(text)
        if isinstance(request, Refused):
            self._say(request)
            return
        try:
            await self._do(request.id, request.body)
        except Exception:
            logger.exception("room %s: a message failed", self._keeper.id)
            self._refuse(
                request.id,
                Code.SERVER_ERROR,
                "Something went wrong in the server; please try again.",
            )

    def _within(self, buckets: Buckets, before: Bucket | None = None) -> bool:
        """Whether one more is within the person's limit; ``before``: until they have entered."""
        if before is not None and not self._person:
            return before.take()
        key = (self._keeper.id, self._person)
        return not buckets.take(key, self._limiter.clock())

    async def _slow_down(self, request_id: int) -> None:
        """Refuse, and rest; whoever does not listen is not listened to any more."""
        if self._patience.take():
            self._refuse(request_id, Code.TOO_MANY, "Too many messages; please slow down.")
            await asyncio.sleep(REST)
        elif not self.closed:
            logger.warning("room %s: somebody who sent too much was cut off", self._keeper.id)
            self.close(closing(Refusal(Code.TOO_MANY, "You sent too much, so you were cut off.")))

    async def _do(self, request_id: int, body: AnyRequest) -> None:
        match body:
            case Ping() | Candidate():
                self._say(Ok(request_id))
            case Enter():
                await self._enter(request_id, body)
            case _ if not self._person:
                self._refuse(request_id, Code.NOT_ENTERED, "Please enter the room first.")
            case Say() | AskQuestion() if not self._within(self._limiter.talk):
                await self._slow_down(request_id)
            case Watch() | SubscribeAnswer() | Publish() if not self._within(self._limiter.media):
                await self._slow_down(request_id)
            case Watch() | SubscribeAnswer() | ViewTiles() | Publish():
                try:
                    self._media.put_nowait((request_id, body))
                except asyncio.QueueFull:
                    self._refuse(request_id, Code.TOO_MANY, "Too many media requests at once.")
            case OlderMessages():
                self._older(request_id, body)
            case _:
                await self._command(request_id, body)

    async def _enter(self, request_id: int, wish: Enter) -> None:
        if self._person:
            self._refuse(request_id, Code.ALREADY_ENTERED, "You have entered this room already.")
            return
        admission = admit(self._keeper.room, wish, self._tokens, self._keeper.clock())
        if isinstance(admission, Refusal):
            self._pass_on(request_id, admission)
            return

        def answer(arrival: Arrival | Lobby | Refusal) -> None:
            if isinstance(arrival, Refusal):
                self._pass_on(request_id, arrival)
                return
            if isinstance(arrival, Lobby):
                self._waits = True
                self._say(structs.replace(arrival, id=request_id))
                return
            self._person = arrival.person
            servers = self._turn.servers(self._person) if self._turn is not None else []
            self._say(
                Welcome(
                    request_id,
                    admission.session,
                    arrival.now,
                    arrival.view,
                    arrival.missed,
                    servers,
                )
            )

        self._entering = True
        try:
            await self._keeper.enter(admission.visitor, self, answer)
        finally:
            self._entering = False

    def _older(self, request_id: int, wish: OlderMessages) -> None:
        found = older(self._keeper.room, self._person, wish)
        if isinstance(found, Refusal):
            self._pass_on(request_id, found)
        else:
            self._say(Older(request_id, *found))

    async def _command(self, request_id: int, command: AnyCommand) -> None:
        def answer(outcome: int | Refusal) -> None:
            if isinstance(outcome, Refusal):
                self._pass_on(request_id, outcome)
            else:
                self._say(Ok(request_id, outcome))

        await self._keeper.command(self._person, command, answer)

    # -- media: in order, and beside the commands, so that a slow engine delays no command

    async def _do_media(self) -> None:
        while True:  # nothing here has a name, so that an answer's SDP is free once it was taken
            await self._do_one(*await self._media.get())

    async def _do_one(self, request_id: int, request: _MediaRequest) -> None:
        try:
            self._say(await self._media_answer(request_id, request))
        except MediaError as error:
            self._refuse(request_id, _media_code(error), error.sentence)
        except Exception:
            logger.exception("room %s: a media request failed", self._keeper.id)
            self._refuse(request_id, Code.SERVER_ERROR, "Something went wrong with the media.")

    async def _media_answer(self, request_id: int, request: _MediaRequest) -> AnyMessage:
        match request:
            case Publish():
                return Published(request_id, await self._keeper.publish(self._person, request.sdp))
            case SubscribeAnswer():
                await self._keeper.answer(self._person, request.revision, request.sdp)
            case ViewTiles(tiles=tiles):
                shown = [Tile(tile.person, tile.kind, tile.lines) for tile in tiles]
                await self._keeper.view(self._person, shown)
            case Watch():
                await self._keeper.watch(self._person)
        return Ok(request_id)


def _bucket(rate: Rate, limiter: Limiter) -> Bucket:
    return Bucket(rate.a_second, rate.burst, limiter.clock)


def _media_code(error: MediaError) -> Code:
    try:
        return Code(error.code)
    except ValueError:
        return Code.SERVER_ERROR
