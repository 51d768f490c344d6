"""One server from start to end: log, media engine, rooms, HTTP."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import logging
import os
import signal
import socket
from collections.abc import AsyncIterator, Callable, Coroutine
from functools import partial
from typing import Any

from aiohttp import web

from . import rules
from .config import DataFolder, Running, ServeConfig, StartError
from .keyring import OperatorKey
from .log import LogError, SqliteLog
from .media.interface import MediaEngine, MediaError
from .reloading import Watched, watch
from .rooms import House
from .rules.refusals import Refusal
from .sfu.workers.supervisor import EmbeddedEngine
from .signalling import Tokens, http_logger, make_app, room_links
from .signalling.guard import listen
from .signalling.keys import LIMITER, TRUSTED
from .signalling.limiter import Limiter, Limits
from .signalling.turn import Turn
from .tls import Gate, host_names, keep_certificate, lan_addresses

logger = logging.getLogger(__name__)

DEMO = "demo"
DEMO_NAME = "Welcome to Stagedoor"
EVERYWHERE = ("0.0.0.0", "::", "")
ENGINE_GONE = 3.0  # seconds
DAY = 24 * 3600 * 1000  # milliseconds
FORGETTING = 3600.0  # seconds between looks for what is to be erased
GOODBYE = 2.0  # seconds for connections that do not close; the others take none of it


async def serve(config: ServeConfig) -> None:
    """Run a server until SIGTERM or SIGINT. Raises StartError if it cannot start."""
    stopped = asyncio.Event()
    _set_on_signal(stopped)
    data = DataFolder(config.data)
    data.make()
    turn = _turn(config)
    keys, operator_key = data.signing_keys(), OperatorKey(data.operator_key())
    async with contextlib.AsyncExitStack() as stack:
        listener = stack.enter_context(_bind(config.host, config.port, socket.SOCK_STREAM))
        port: int = listener.getsockname()[1]
        gate = _gate(config, data)
        url = config.public_url or _own_url(config.host, port, gate)
        log = await stack.enter_async_context(_log(data))
        data.forget_running()  # the lock of the log is ours, so that it is of an earlier server
        house = await stack.enter_async_context(_house(log, config, port))
        tokens = Tokens(keys, house.clock)
        if config.demo:
            await _make_demo(house)
        app = make_app(
            house,
            tokens,
            operator_key=operator_key,
            public_url=url,
            allowed_origins=config.allowed_origins,
            strict_transport=gate is not None and gate.own,
            limiter=Limiter(Limits.of(config.people_per_address)),
            trusted=config.trusted_proxies,
            turn=turn,
        )
        await stack.enter_async_context(_site(app, listener, house, gate))
        note = partial(_note, data, config.host, port, url, gate)
        note()
        stack.callback(data.forget_running)
        watched = [
            Watched([data.secret_file], lambda: tokens.use(data.signing_keys())),
            Watched([data.operator_file], lambda: operator_key.use(data.operator_key())),
        ]
        if gate is not None:
            watched.append(Watched(gate.files, lambda: _renew(gate, note)))
        await stack.enter_async_context(_during(watch(watched)))
        await stack.enter_async_context(_during(_forgetting(house, config.keep_days)))
        _say_ready(config, url, tokens, gate)
        await stopped.wait()
        logger.info("shutting down")
    logger.info("stopped")


def _turn(config: ServeConfig) -> Turn | None:
    """The TURN server, if there is one. Raises StartError."""
    file = config.turn_secret_file
    if not config.turn_urls and file is None:
        return None
    if not config.turn_urls or file is None:
        raise StartError("--turn-url and --turn-secret-file go together: one of them is missing.")
    try:
        secret = file.read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise StartError(f"The file {file} cannot be read: {error}.") from error
    if not secret:
        raise StartError(f"The file {file} has no secret in it.")
    return Turn(config.turn_urls, secret)


def _set_on_signal(stopped: asyncio.Event) -> None:
    """Set at the first SIGTERM or SIGINT; at the second the system ends the process at once.

    Nothing that was acknowledged is lost by that, and the engine ends with the pipe to it.
    """
    loop = asyncio.get_running_loop()
    both = (signal.SIGTERM, signal.SIGINT)

    def stop() -> None:
        stopped.set()
        for one in both:
            loop.remove_signal_handler(one)
            signal.signal(one, signal.SIG_DFL)

    for one in both:
        loop.add_signal_handler(one, stop)


def _gate(config: ServeConfig, data: DataFolder) -> Gate | None:
    """What the listener encrypts with, if it does. Raises StartError."""
    cert, key = config.tls_cert, config.tls_key
    if (cert is None) != (key is None):
        raise StartError("--tls-cert and --tls-key go together.")
    if cert is not None and key is not None:
        if config.self_signed:
            raise StartError("Give a certificate with --tls-cert, or --self-signed, not both.")
        return Gate(cert, key, own=True)
    if not config.self_signed:
        return None
    file = data.self_signed_file
    keep_certificate(file, host_names(), _reached_at(config.host))
    return Gate(file, file, own=False)


def _own_url(host: str, port: int, gate: Gate | None) -> str:
    """Where people reach a server that was not told."""
    if gate is None:
        return f"http://{_shown(host)}:{port}"
    if gate.own:
        return f"https://{gate.name or _shown(host)}:{port}"
    reached = _reached_at(host)
    return f"https://{_local(reached[0]) if reached else 'localhost'}:{port}"


def _reached_at(host: str) -> list[str]:
    """The addresses that a server on ``host`` has on its network; none if it is the machine's."""
    if host in EVERYWHERE:
        return lan_addresses()
    address: str = _resolve(host, 0, socket.SOCK_STREAM)[1][0]
    return [address]


def _note(data: DataFolder, host: str, port: int, url: str, gate: Gate | None) -> None:
    """Say in the data folder where this machine's programs reach the server."""
    scheme, mark = ("http", "") if gate is None else ("https", gate.fingerprint)
    data.write_running(Running(os.getpid(), f"{scheme}://{_local(host)}:{port}", url, mark))


def _renew(gate: Gate, note: Callable[[], None]) -> None:
    gate.load()
    note()


@contextlib.asynccontextmanager
async def _during(work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Have something done beside the rest, until the end."""
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])


async def _forgetting(house: House, days: int | None) -> None:
    """Erase what is older than it may be, at the start and from then on."""
    while days is not None:
        try:
            await house.forget_quiet(house.clock() - days * DAY)
        except LogError as error:
            logger.error("what is older than %d days is not erased: %s", days, error.sentence)
        await asyncio.sleep(FORGETTING)


def _say_ready(config: ServeConfig, url: str, tokens: Tokens, gate: Gate | None) -> None:
    lines = [f"Stagedoor is ready on {url}"]
    if config.demo:
        links = room_links(url, DEMO, tokens, open_door=True)
        lines += [f"  Moderators: {links.moderator}", f"  Attendees:  {links.attendee}"]
    if gate is not None and not gate.own:
        lines.append(f"  Certificate: SHA-256 {gate.fingerprint}")
    print("\n".join(lines), flush=True)


async def _make_demo(house: House) -> None:
    if house.keeper(DEMO) is None:
        made = await house.create(rules.create(DEMO, DEMO_NAME, now=house.clock()))
        assert not isinstance(made, Refusal)


@contextlib.asynccontextmanager
async def _log(data: DataFolder) -> AsyncIterator[SqliteLog]:
    try:
        log = await SqliteLog.open(data.log)
    except LogError as error:
        raise StartError(error.sentence) from error
    try:
        yield log
    finally:
        await log.close()


@contextlib.asynccontextmanager
async def _house(log: SqliteLog, config: ServeConfig, port: int) -> AsyncIterator[House]:
    media_port = port if config.media_port is None else config.media_port
    workers = config.media_workers or os.cpu_count() or 1
    if media_port + workers > 65536:
        raise StartError(
            f"There are no {workers} UDP ports from {media_port} on for the media; choose another "
            "with --media-port, or fewer with --media-workers."
        )
    for taken in range(media_port, media_port + workers) if media_port else ():
        await _media_port_free(config.host, taken)
    engine = _engine(media_port, workers, config, port)
    try:
        house = await House.open(log, engine)
    except LogError as error:
        raise StartError(error.sentence) from error
    except MediaError as error:
        raise StartError(f"The media engine does not start: {error.sentence}") from error
    try:
        yield house
    finally:
        await house.close()


@contextlib.asynccontextmanager
async def _site(
    app: web.Application, listener: socket.socket, house: House, gate: Gate | None
) -> AsyncIterator[None]:
    runner = web.AppRunner(app, shutdown_timeout=GOODBYE)
    await runner.setup()
    try:
        server = await listen(
            runner,
            listener,
            app[LIMITER].connections,
            app[TRUSTED],
            logger=http_logger(),
            ssl_context=gate.context if gate else None,
        )
    except OSError as error:
        await runner.cleanup()
        raise StartError(_in_use("TCP", listener.getsockname()[1])) from error
    try:
        yield
    finally:
        server.close()
        await house.goodbye()
        await runner.cleanup()


def _engine(media_port: int, workers: int, config: ServeConfig, pages: int) -> MediaEngine:
    bind = _resolve(config.host, media_port, socket.SOCK_DGRAM)[1][0]
    return EmbeddedEngine(
        media_port,
        bind,
        config.announced,
        workers,
        voices=config.voices,
        codecs=config.codecs,
        pages=pages,
    )


async def _media_port_free(host: str, port: int) -> None:
    """Wait a little for the engine of a server that was killed just now to let the port go."""
    loop = asyncio.get_running_loop()
    until = loop.time() + ENGINE_GONE
    while True:
        try:
            _bind(host, port, socket.SOCK_DGRAM).close()
        except StartError:
            if loop.time() > until:
                raise
            await asyncio.sleep(0.1)
        else:
            return


def _bind(host: str, port: int, kind: socket.SocketKind) -> socket.socket:
    """A socket bound to the port. Raises StartError with what a person can do about it."""
    protocol = "TCP" if kind is socket.SOCK_STREAM else "UDP"
    family, address = _resolve(host, port, kind)
    listener = socket.socket(family, kind)
    try:
        if kind is socket.SOCK_STREAM:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise StartError(_in_use(protocol, port)) from error
        raise StartError(
            f"{protocol} port {port} on {host} cannot be used: {error.strerror}."
        ) from error
    return listener


def _resolve(
    host: str, port: int, kind: socket.SocketKind
) -> tuple[socket.AddressFamily, tuple[Any, ...]]:
    """The first address of a host. Raises StartError."""
    try:
        family, _, _, _, address = socket.getaddrinfo(
            host or None, port, type=kind, flags=socket.AI_PASSIVE
        )[0]
    except OSError as error:
        raise StartError(f"The address {host} is not known: {error.strerror}.") from error
    return family, address


def _in_use(protocol: str, port: int) -> str:
    option = "--port" if protocol == "TCP" else "--media-port"
    return (
        f"{protocol} port {port} is in use by another program; "
        f"stop that one, or choose another port with {option}."
    )


def _shown(host: str) -> str:
    return "localhost" if host in (*EVERYWHERE, "127.0.0.1", "::1") else _local(host)


def _local(host: str) -> str:
    if host in EVERYWHERE:
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host
