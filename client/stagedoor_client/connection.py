"""The socket to the server: commands and their answers, and coming back after a loss."""

from __future__ import annotations

import asyncio
import itertools
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
    Ok,
    Ping,
    Published,
    Refused,
    Welcome,
    decode_message,
    encode_request,
)
from stagedoor.rules.refusals import Code

from .link import Link

ANSWER = 15.0
PING = 10.0
DELAYS = (0.5, 1.0, 2.0, 4.0, 8.0)

M = TypeVar("M", bound=Ok | Published | Welcome)


class RefusedError(Exception):
    """The server refused; ``code`` is from its closed list, the message is for people."""

    def __init__(self, code: Code, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


class ConnectionLostError(Exception):
    """There is no connection to the server just now."""


class EndedError(Exception):
    """The server closed this session for good."""


class Connection:
    """One session in a room, over as many sockets as it takes.

    ``on_message`` gets each unasked message and each welcome; ``on_wait`` the seconds until the
    next try to reconnect.
    """

    def __init__(
        self,
        link: Link,
        name: str,
        on_message: Callable[[AnyMessage], None],
        on_wait: Callable[[float], None],
    ) -> None:
        self._link = link
        self._name = name
        self._on_message = on_message
        self._on_wait = on_wait
        self._session = ""
        self._number = 0
        self._ids = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[AnyMessage]] = {}
        self._socket: aiohttp.ClientWebSocketResponse | None = None

    async def run(self) -> None:
        """Stay connected until cancelled.

        Raises ConnectionLostError if the first try fails, RefusedError if the server does not let
        one in, EndedError if it closed the session for good.
        """
        async with aiohttp.ClientSession() as http:
            attempt = 0
            while True:
                try:
                    await self._connect(http)
                    attempt = 0
                except (aiohttp.ClientError, OSError, ConnectionLostError) as error:
                    if not self._session:
                        raise ConnectionLostError(
                            f"The server cannot be reached: {error}"
                        ) from error
                delay = DELAYS[min(attempt, len(DELAYS) - 1)]
                attempt += 1
                self._on_wait(delay)
                await asyncio.sleep(delay)

    async def _connect(self, http: aiohttp.ClientSession) -> None:
        async with http.ws_connect(
            self._link.socket_url, max_msg_size=4 * MAX_MESSAGE, heartbeat=PING
        ) as socket:
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
        enter = Enter(self._name, self._link.token, self._session, self._number)
        try:
            await self.request(enter, Welcome)
        except RefusedError as refused:
            if refused.code is not Code.BAD_SESSION or not self._session:
                raise
            self._session, self._number = "", 0  # the server has forgotten us: enter anew
            await self._enter()

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
                self._session, self._number = message.session, message.view.number
                self._on_message(message)
                self._resolve(message.id, message)
            case Ok() | Refused() | Published():
                self._resolve(message.id, message)
            case Closing(again=False):
                raise EndedError(message.sentence)
            case _:
                self._number = getattr(message, "number", self._number)
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

    async def request(self, request: AnyRequest, answer: type[M]) -> M:
        """Send a command and wait for its answer.

        Raises RefusedError, or ConnectionLostError where there is none.
        """
        socket = self._socket
        if socket is None or socket.closed:
            raise ConnectionLostError("There is no connection to the server just now.")
        number = next(self._ids)
        waiting: asyncio.Future[AnyMessage] = asyncio.get_running_loop().create_future()
        self._waiting[number] = waiting
        try:
            await socket.send_str(encode_request(request, number))
            async with asyncio.timeout(ANSWER):
                message = await waiting
        except (TimeoutError, ConnectionError, aiohttp.ClientError) as error:
            raise ConnectionLostError("The server does not answer.") from error
        finally:
            self._waiting.pop(number, None)
        if isinstance(message, Refused):
            raise RefusedError(message.code, message.sentence)
        return cast(M, message)

    async def command(self, request: AnyRequest) -> None:
        """Send a command that is answered ``ok``. Raises as ``request`` does."""
        await self.request(request, Ok)

    async def alive(self) -> bool:
        """Whether the server answers."""
        try:
            await self.command(Ping())
        except (RefusedError, ConnectionLostError):
            return False
        return True
