"""The aiohttp application: routes, the WebSocket's door, and one shape for every error."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from aiohttp import web

from stagedoor.keyring import OperatorKey
from stagedoor.log import LogError
from stagedoor.messages import Closing
from stagedoor.rooms import SHUTTING_DOWN, UNSAVED, House
from stagedoor.rules.refusals import Code, Refusal, marked

from . import api, invitations, metrics, pages, people, reports, results
from .callers import Networks
from .files import Files
from .keys import (
    FILES,
    GATE,
    HOUSE,
    LIMITER,
    OPERATOR_KEY,
    ORIGINS,
    PUBLIC_URL,
    SOCKETS,
    STRICT_TRANSPORT,
    TOKENS,
    TRUSTED,
    TURN,
    caller_of,
)
from .limiter import Limiter, TooManyError
from .origins import SAFE, check_origin, read_origins
from .socket import CLOSE_CODES, Socket, encode
from .tokens import Tokens
from .turn import Turn
from .websocket import WebSocket

logger = logging.getLogger(__name__)

HEARTBEAT = 12.0  # seconds between pings; the answer may take half as long
MAX_FRAME = 1024 * 1024  # bytes; beyond MAX_MESSAGE a message is refused, beyond this the socket
MAX_BODY = 64 * 1024
WRITE_BUFFER = 64 * 1024
FULL = 30.0  # seconds until it is worth trying again where an address has all its connections

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def make_app(
    house: House,
    tokens: Tokens,
    *,
    operator_key: OperatorKey,
    public_url: str,
    static: Path | None = None,
    heartbeat: float = HEARTBEAT,
    allowed_origins: Sequence[str] = (),
    strict_transport: bool = False,
    limiter: Limiter | None = None,
    trusted: Networks = (),
    turn: Turn | None = None,
) -> web.Application:
    """The application over the rooms of ``house``. ``public_url``: as in links, without a path.

    ``allowed_origins``: of pages that may connect besides our own. ``strict_transport``: have
    browsers ask for https alone from now on (RFC 6797). ``trusted``: proxies whose word counts on
    whom they forward for. ``turn``: the TURN server that those inside may use.
    """
    app = web.Application(middlewares=[_limits, _errors], client_max_size=MAX_BODY)
    app[LIMITER] = limiter or Limiter()
    app[TRUSTED] = trusted
    if turn is not None:
        app[TURN] = turn
    app[HOUSE] = house
    app[TOKENS] = tokens
    app[GATE] = asyncio.Lock()
    app[SOCKETS] = set()
    app[OPERATOR_KEY] = operator_key
    app[PUBLIC_URL] = public_url
    app[ORIGINS] = read_origins(public_url, *allowed_origins)
    app[STRICT_TRANSPORT] = strict_transport
    folder = static or pages.static_folder()
    app[FILES] = Files(folder)
    app.on_response_prepare.append(pages.add_headers)
    app.on_shutdown.append(_close_sockets)

    async def socket(request: web.Request) -> web.StreamResponse:
        return await _socket(request, heartbeat)

    app.router.add_get("/", pages.front_page)
    app.router.add_get("/r/{room}", pages.room_page)
    app.router.add_get("/api/health", api.get_health)
    app.router.add_get("/api/schema", api.get_schema)
    app.router.add_get("/api/stats", api.get_stats)
    app.router.add_get("/api/metrics", metrics.get_metrics)
    app.router.add_get("/api/rooms", api.get_rooms)
    app.router.add_post("/api/rooms", api.post_room)
    app.router.add_get("/api/rooms/{room}", api.get_room)
    app.router.add_post("/api/rooms/{room}/links", api.post_links)
    app.router.add_get("/api/rooms/{room}/socket", socket)
    invitations.add_routes(app.router)
    results.add_routes(app.router)
    reports.add_routes(app.router)
    people.add_routes(app.router)
    app.router.add_get("/static/{version:[0-9a-f]{12}}/{path:.+}", pages.versioned_file)
    if folder.is_dir():
        app.router.add_static("/static/", folder, follow_symlinks=False)
    return app


async def _socket(request: web.Request, heartbeat: float) -> web.StreamResponse:
    """``GET /api/rooms/{room}/socket``: the protocol of docs/protocol.md."""
    foreign = check_origin(request)
    if foreign is not None:
        raise api.RefusedError(foreign)
    socket = WebSocket(
        heartbeat=heartbeat,
        timeout=3.0,
        compress=False,
        max_msg_size=MAX_FRAME,
        writer_limit=WRITE_BUFFER,
    )
    if not _asks_for_websocket(socket, request):
        raise api.RefusedError(Refusal(Code.BAD_MESSAGE, "This address is for WebSockets only."))
    limiter, caller = request.app[LIMITER], caller_of(request)
    wait = limiter.joins.take(caller, limiter.clock())
    if wait:
        raise TooManyError(wait)
    if not limiter.sockets.enter(caller):
        raise TooManyError(FULL, marked("Too many people are here from your network already."))
    try:
        return await _talk(request, socket)
    finally:
        limiter.sockets.leave(caller)


async def _talk(request: web.Request, socket: web.WebSocketResponse) -> web.StreamResponse:
    await _in_turn(request)
    keeper = request.app[HOUSE].keeper(request.match_info["room"])
    await socket.prepare(request)
    if keeper is None:
        # A browser is not shown an HTTP status here, so it is told in the protocol's own way.
        closing = Closing(Code.NO_SUCH_ROOM, "There is no such room.", again=False)
        await socket.send_str(encode(closing).decode())
        await socket.close(code=CLOSE_CODES[Code.NO_SUCH_ROOM])
        return socket
    app = request.app
    turn = app.get(TURN)
    line = Socket(socket, request.transport, keeper, app[TOKENS], app[LIMITER], turn)
    app[SOCKETS].add(line)
    try:
        await line.run()
    finally:
        app[SOCKETS].discard(line)
    return socket


async def _in_turn(request: web.Request) -> None:
    """One after the other, in order; between two the event loop does all else that waits.

    So those who are in do not wait for all who come at once. Raises ConnectionError for who has
    gone meanwhile.
    """
    async with request.app[GATE]:
        await asyncio.sleep(0)
    if request.transport is None or request.transport.is_closing():
        raise ConnectionResetError


async def _close_sockets(app: web.Application) -> None:
    """Tell those, too, whom no room has told, as they had not entered yet."""
    sockets = app[SOCKETS]
    for line in list(sockets):
        line.close(SHUTTING_DOWN)


def _asks_for_websocket(socket: web.WebSocketResponse, request: web.Request) -> bool:
    """Whether this is the handshake; aiohttp raises where its headers are not text."""
    try:
        return socket.can_prepare(request).ok
    except ValueError:
        return False


@web.middleware
async def _limits(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Whoever asks too often is told so, and when to try again; their connection is closed."""
    limiter = request.app[LIMITER]
    try:
        wait = limiter.requests.take(caller_of(request), limiter.clock())
        if wait:
            raise TooManyError(wait)
        return await handler(request)
    except TooManyError as error:
        response = api.refuse(error.refusal)
        response.headers["Retry-After"] = str(error.seconds)
        response.force_close()
        return response


@web.middleware
async def _errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Every error is ``{code, sentence}`` under /api/, and a page elsewhere."""
    try:
        if request.method not in SAFE and (foreign := check_origin(request)):
            raise api.RefusedError(foreign)
        return await handler(request)
    except TooManyError:
        raise
    except api.RefusedError as error:
        forbidden = error.refusal.code is Code.NOT_ALLOWED
        return api.refuse(error.refusal, 403 if forbidden else None)
    except web.HTTPException as error:
        if error.status < 400:
            raise
        return _http_error(request, error)
    except ConnectionError:
        # The client went away, and nobody reads this; aiohttp would log a traceback.
        return api.refuse(Refusal(Code.BAD_MESSAGE, "The connection ended too early."))
    except LogError as error:
        logger.error("%s %s: %s", request.method, request.path, error.sentence)
        return api.refuse(Refusal(Code.NOT_SAVED, UNSAVED))
    except Exception:
        logger.exception("%s %s failed", request.method, request.path)
        return api.refuse(Refusal(Code.SERVER_ERROR, "Something went wrong in the server."))


def _http_error(request: web.Request, error: web.HTTPException) -> web.StreamResponse:
    if not request.path.startswith("/api/"):
        if error.status == 404:
            return pages.missing_page(request)
        raise error
    if error.status == 413:
        sentence = f"The body is larger than {MAX_BODY // 1024} KiB."
        return api.refuse(Refusal(Code.TOO_LARGE, sentence))
    response = api.refuse(
        Refusal(Code.BAD_MESSAGE, f"{error.reason}: {request.method} is not done here."),
        error.status,
    )
    if "Allow" in error.headers:
        response.headers["Allow"] = error.headers["Allow"]
    return response
