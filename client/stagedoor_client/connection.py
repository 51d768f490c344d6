"""The socket to the server: commands and their answers, and coming back after a loss."""

from __future__ import annotations

import asyncio
import itertools
import random
import secrets
from collections.abc import Callable
from typing import TypeVar, cast

import aiohttp
import msgspec

from stagedoor.messages import (
    MAX_MESSAGE,
    AnyMessage,
    AnyRequest,
    Closing,
    Enter,
    Lobby,
    Ok,
    Older,
    Published,
    Refused,
    Update,
    Welcome,
    decode_message,
    encode_request,
)
from stagedoor.rules.refusals import Code

from .errors import ConnectionLostError, EndedError, RefusedError
from .link import Link
from .trust import check, untrusted

OPENING = 10.0
ANSWER = 15.0
PING = 10.0
DELAYS = (0.5, 1.0, 2.0, 4.0, 8.0)
RESTART = (*[1.0] * 20, DELAYS[-1])
"""Of a server that said it restarts: it is back within seconds, whoever was there."""
PASSING = (
    Code.SHUTTING_DOWN,
    Code.NOT_SAVED,
    Code.SERVER_ERROR,
    Code.TOO_MANY,
    Code.MEDIA_DOWN,
)
"""Refusals that have to do with the moment only: the same may go well a little later."""

M = TypeVar("M", bound=Ok | Published | Older)


def delay(attempt: int, chance: float, *, restarting: bool = False) -> float:
    """Seconds before the try number ``attempt`` (from 0); ``chance`` is from 0 to 1.

    Spread by half, so that those whom one server lost do not all come back at the same time.
    """
    delays = RESTART if restarting else DELAYS
    return round(delays[min(attempt, len(delays) - 1)] * (0.75 + chance / 2), 1)


class Connection:
    """One session in a room, over as many sockets as it takes.

    ``on_message`` gets each unasked message and each welcome; ``on_lost`` the seconds until the
    next try to reconnect, each time there is no connection (any more). ``restarting``: that is for
    the server having said so.
    """

    def __init__(
        self,
        link: Link,
        name: str,
        on_message: Callable[[AnyMessage], None],
        on_lost: Callable[[float], None],
    ) -> None:
        self.restarting = False
        self._link = link
        self._name = name
        self._on_message = on_message
        self._on_lost = on_lost
        self._session = ""
        self._key = secrets.token_urlsafe(32)
        self._reached = False
        self._number = 0
        self._attempt = 0
        self._opened = asyncio.Event()
        self._ids = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[AnyMessage]] = {}
        self._socket: aiohttp.ClientWebSocketResponse | None = None

    async def run(self) -> None:
        """Stay connected until cancelled.

        Raises ConnectionLostError if the first try fails, UntrustedError if the server's
        certificate is not trusted, RefusedError if the server does not let
        one in, EndedError if it closed the session for good.
        """
        async with aiohttp.ClientSession() as http:
            while True:
                try:
                    await self._connect(http)
                except BrokenPipeError:
                    raise  # of the program's own output, as sockets tell it otherwise
                except (aiohttp.ClientError, OSError, ConnectionLostError) as error:
                    if (refused := await untrusted(error)) is not None:
                        raise refused from error
                    if not self._reached:
                        raise _unreachable(error) from error
                except RefusedError as refused:
                    if not self._reached or refused.code not in PASSING:
                        raise
                seconds = delay(self._attempt, random.random(), restarting=self.restarting)
                self._attempt += 1
                self._on_lost(seconds)
                await asyncio.sleep(seconds)

    async def _connect(self, http: aiohttp.ClientSession) -> None:
        """Enter, and read until the connection is lost."""
        async with asyncio.timeout(OPENING):
            socket = await http.ws_connect(
                self._link.socket_url,
                max_msg_size=8 * MAX_MESSAGE,
                heartbeat=PING,
                ssl=check(self._link.fingerprint),
            )
        async with socket:
            self._socket = socket
            reading = asyncio.create_task(self._read(socket))
            reading.add_done_callback(lambda _: self._lose())
            try:
                try:
                    await self._enter()
                except ConnectionLostError:
                    if not reading.done() or reading.exception() is None:
                        raise
                await reading
            finally:
                reading.cancel()

    async def _enter(self) -> None:
        # The key is for an invitation whose answer is lost: by it one is known again.
        key = "" if self._session else self._key
        enter = Enter(self._name, self._link.token, self._session, self._number, key)
        try:
            while isinstance(await self._ask(enter), Lobby):
                await self._opened.wait()
        except RefusedError as refused:
            if refused.code is not Code.BAD_SESSION or not self._session:
                raise
            self._session, self._number = "", 0  # the server has forgotten us: enter anew
            await self._enter()
        self._attempt = 0

    async def _read(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        async for frame in socket:
            if frame.type is aiohttp.WSMsgType.TEXT:
                self._take(frame.data)

    def _take(self, text: str) -> None:
        try:
            message = decode_message(text)
        except msgspec.MsgspecError:
            return  # a newer server's message; what we know of keeps working
        match message:
            case Welcome():
                self._reached, self.restarting = True, False
                self._session, self._number = message.session, message.view.number
                self._on_message(message)
                self._resolve(message.id, message)
            case Ok() | Refused() | Published() | Older():
                self._resolve(message.id, message)
            case Lobby():
                self._reached = True
                self._on_message(message)
                if message.open:
                    self._opened.set()
                else:
                    self._opened.clear()
                self._resolve(message.id, message)
            case Closing(code=Code.SHUTTING_DOWN):
                self.restarting = True
            case Closing(again=False):
                raise EndedError(message.code, message.sentence, message.template, message.values)
            case Update():
                self._number = message.number
                self._on_message(message)
            case _:
                self._on_message(message)

    def _resolve(self, number: int, message: AnyMessage) -> None:
        waiting = self._waiting.pop(number, None)
        if waiting is not None and not waiting.done():
            waiting.set_result(message)

    def _lose(self) -> None:
        self._socket = None
        for waiting in self._waiting.values():
            if not waiting.done():
                waiting.set_exception(ConnectionLostError("The connection was lost."))
        self._waiting.clear()
        self._opened.set()  # nobody waits in the lobby of a connection that is gone

    async def request(self, request: AnyRequest, answer: type[M]) -> M:
        """Send a command and wait for its answer.

        Raises RefusedError, or ConnectionLostError where there is none.
        """
        return cast(M, await self._ask(request))

    async def _ask(self, request: AnyRequest) -> AnyMessage:
        socket = self._socket
        if socket is None or socket.closed:
            raise ConnectionLostError("There is no connection to the server just now.")
        number = next(self._ids)
        waiting: asyncio.Future[AnyMessage] = asyncio.get_running_loop().create_future()
        self._waiting[number] = waiting
        try:
            async with asyncio.timeout(ANSWER):
                await socket.send_str(encode_request(request, number))
                message = await waiting
        except (TimeoutError, ConnectionError, aiohttp.ClientError) as error:
            raise ConnectionLostError("The server does not answer.") from error
        finally:
            self._waiting.pop(number, None)
        if isinstance(message, Refused):
            raise RefusedError(message.code, message.sentence, message.template, message.values)
        return message

    async def command(self, request: AnyRequest) -> None:
        """Send a command that is answered ``ok``. Raises as ``request`` does."""
        await self.request(request, Ok)


def _unreachable(error: BaseException) -> ConnectionLostError:
    if isinstance(error, ConnectionLostError):
        return error
    if not str(error):
        return ConnectionLostError("The server cannot be reached: it does not answer.")
    return ConnectionLostError("The server cannot be reached: {error}", error=str(error))
