"""The engine's process: ``python -m stagedoor.sfu``, started and spoken to by its supervisor.

Requests come by standard input, answers go by standard output. It ends with its input, so that
a server that was killed does not leave an engine behind that holds the port.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import signal
import socket
import sys

from aioice.ice import get_host_addresses

from stagedoor.garbage import spare_what_stays
from stagedoor.media.interface import MediaError

from .engine import Engine
from .negotiation.codecs import MORE, Codec
from .stage.loudest import MOST
from .transport import tcp, udp
from .workers import control

ENOUGH = 256 * 1024  # bytes that wait for the server, before more offers are made
GARBAGE = 20_000  # objects more than before, at which cycles are looked for

log = logging.getLogger("stagedoor.sfu")


def handle(engine: Engine, asked: control.Asked) -> control.Done:
    """Do what was asked; errors are answers too."""
    try:
        match asked:
            case control.SetGrant(room=room, person=person, grant=grant):
                engine.grant(room, person, grant)
            case control.ShowBackstage(room=room, people=people):
                engine.show_backstage(room, people)
            case control.Publish(room=room, person=person, offer=offer):
                return control.Done(asked.id, sdp=engine.publish(room, person, offer))
            case control.Subscribe(room=room, person=person):
                engine.subscribe(room, person)
            case control.Answer(room=room, person=person, revision=revision, sdp=sdp):
                engine.answer(room, person, revision, sdp)
            case control.ViewTiles(room=room, person=person, tiles=tiles):
                engine.view(room, person, tiles)
            case control.Leave(room=room, person=person):
                engine.leave(room, person)
            case control.CloseRoom(room=room):
                engine.close_room(room)
            case control.Relay(room=room, worker=worker, on=on):
                engine.relay(room, worker, on)
            case control.Stats():
                return control.Done(asked.id, stats=engine.stats())
    except MediaError as error:
        return control.Done(asked.id, code=error.code, sentence=error.sentence)
    except Exception:
        log.exception("%s failed", type(asked).__name__)
        return control.Done(asked.id, code="media_down", sentence="The media engine failed.")
    return control.Done(asked.id)


async def run(
    sock: socket.socket,
    addresses: list[str],
    links: dict[int, socket.socket],
    voices: int,
    more: tuple[Codec, ...],
    listener: socket.socket | None,
) -> None:
    """Serve until the server lets go of our standard input."""
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(limit=2**20)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    pipe, _ = await loop.connect_write_pipe(asyncio.BaseProtocol, sys.stdout)

    def tell(told: control.Told) -> None:
        pipe.write(control.frame(told))

    def full() -> bool:
        return pipe.get_write_buffer_size() > ENOUGH

    engine = Engine(sock, addresses, tell, links, voices, more, listener, full)
    spare_what_stays(GARBAGE)
    tell(control.Ready(sock.getsockname()[1]))
    while (asked := await control.read_asked(reader)) is not None:
        tell(handle(engine, asked))


def fail(sentence: str) -> None:
    """Say why there is no engine."""
    sys.stdout.buffer.write(control.frame(control.Failed(sentence)))
    sys.stdout.buffer.flush()


def _link(text: str) -> tuple[int, socket.socket]:
    """Another worker's number, and the socket to it, which we were started with."""
    worker, _, descriptor = text.partition(":")
    link = socket.socket(fileno=int(descriptor))
    link.setblocking(False)
    return int(worker), link


def main() -> None:
    """Bind the port and serve."""
    parser = argparse.ArgumentParser(prog="python -m stagedoor.sfu")
    parser.add_argument("--bind", default="0.0.0.0")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--tcp", type=int, help="0: the number of the UDP port")
    parser.add_argument("--announce", action="append", default=[])
    parser.add_argument("--link", action="append", default=[], type=_link, metavar="WORKER:FD")
    parser.add_argument("--voices", type=int, default=MOST)
    parser.add_argument("--codec", action="append", default=[], choices=MORE)
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(name)s: %(message)s", stream=sys.stderr)
    # The terminal's Ctrl-C is the server's to answer: the end of our input is what stops us.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        sock = udp.open_socket(options.bind, options.port)
    except OSError as error:
        fail(f"UDP port {options.port} cannot be used: {error.strerror or error}.")
        return
    addresses = options.announce or [
        *get_host_addresses(use_ipv4=True, use_ipv6=False),
        "127.0.0.1",
    ]
    listener = None
    if options.tcp is not None:
        port = options.tcp or sock.getsockname()[1]
        patience = udp.BIND_PATIENCE if options.port else 0.0
        listener = tcp.open_listener(options.bind, port, patience=patience)
        if listener is None:
            log.warning("TCP port %d cannot be had; media go by UDP alone", port)
    more = tuple(MORE[name] for name in options.codec)
    serving = run(sock, addresses, dict(options.link), options.voices, more, listener)
    try:
        import uvloop
    except ImportError:
        asyncio.run(serving)
    else:
        uvloop.run(serving)


if __name__ == "__main__":
    main()
