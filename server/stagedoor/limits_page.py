"""docs/limits.md, made from the limits themselves: ``python -m stagedoor.limits_page``."""

from __future__ import annotations

from pathlib import Path

from .config import PEOPLE
from .messages import MAX_MESSAGE, MAX_SDP
from .rooms import step
from .rules.refusals import Code
from .sfu import engine
from .sfu.negotiation import sdp
from .sfu.stage import publisher
from .sfu.transport import admission, peer, stream, tcp, udp
from .signalling import app, callers, guard, limits, outbox, socket
from .signalling.limiter import Limits
from .signalling.limits import Rate

PAGE = Path("docs/limits.md")

_HEAD = """# Limits

This page is made from the code by `make docs`; a test finds exactly what is written here.

Whoever is over a limit is refused with the code `too_many` and a sentence: over HTTP with status 429
and `Retry-After`, over a WebSocket in the answer to the message, which changed nothing. Whoever goes
on is cut off. The limits protect the server; those of rooms, such as slow mode, are the moderators'.

A rate is so many a second in the long run, and so many at once.
"""

_ADDRESSES = """
## Of an address

Behind one address there may be a whole school. With the usual `--people-per-address {people}` so many
people get in at the same moment, each with a page, its files and a WebSocket; a larger or a smaller
number moves these limits in proportion:

| what | limit |
|---|---|
| HTTP requests, files among them | {requests} |
| WebSockets opened | {joins} |
| WebSockets at once | {sockets:,} |
| TCP connections at once | {connections:,} |
| wrong operator keys, then no key is looked at | {wrong_keys} |

Whoever comes takes turns with those who are in: WebSockets are opened one after the other, in order, and
a step of a room lets in {newcomers} people at most and does all commands of the others. So many who come
at once wait, in their order, and the chat of those who are in goes on.

Of IPv6 an address is its network of {network} bits. Behind a proxy all would have the proxy's address:
name it with `--trusted-proxy`, and what it says in `X-Forwarded-For` counts, read from the end up to
the first address that is no trusted proxy's; what anybody else says there does not. A proxy's TCP
connections are not counted. Of each limit {kept:,} addresses or people are remembered, and whoever asked
longest ago is forgotten first.
"""

_PEOPLE = """
## Of a person in a room

However often they connect. Before somebody has entered, the limit for messages is the connection's.

| what | limit |
|---|---|
| messages of any kind | {messages} |
| of these, chat messages and questions | {talk} |
| of these, offers, answers and wishes to watch | {media} |
| media requests that wait for the engine | {waiting} |
| reports and results, over HTTP | {reports} |
| refusals for being over a limit, then the WebSocket is closed ({close}) | {patience} |
| after each of these, nothing is read for | {rest:g} s |

Nothing is read either while a message is at work: what is sent meanwhile waits with its sender.

One person has one connection: a second takes the place of the first.

## Sizes and times

| what | limit |
|---|---|
| a message | {message} KiB |
| a WebSocket's frame, then it is closed | {frame} KiB |
| a session description in a message | {sdp} KiB, and {m_lines} m-lines |
| the body of an HTTP request | {body} KiB |
| messages that wait for a client that does not take them, then it is cut off | {queued}, or {bytes} KiB |
| a connection without a whole HTTP request, also between two | {idle:g} s; {proxy:g} s with `--trusted-proxy` |
| a TLS handshake | {handshake:g} s |
| sent data that a client does not acknowledge | {unacknowledged:g} s |
| a WebSocket without having entered, but for the lobby | {enter:g} s |
| a WebSocket that answers no ping | {heartbeat:g} s, and half of that |
| rooms created on the server | {rooms} |
"""

_MEDIA = """
## Of the media ports

Whoever has not been let into a room knows no ufrag of the engine's, and gets no answer, whatever they
send; nothing is remembered of them. A STUN check is answered if it names a ufrag and proves to know its
password; the answer is no larger than the check. DTLS and SRTP are read of addresses alone that have
sent such a check. For a peer that keeps to it, these are far away:

| what | limit |
|---|---|
| checks of one peer that are looked at | {checks} |
| DTLS datagrams of one peer that are looked at | {dtls} |
| addresses of one peer | {addresses} |
| until its handshake is done, bytes sent to a peer for each that it sent | {amplified} |
| a peer that sends no check | {consent:g} s |
| an address that is another peer's, until it may be taken over | {taken:g} s of silence |
| TCP connections of a worker at once | {streams} |
| of these without a check that proves whose they are, then the oldest is closed | {nameless} |
| a TCP connection without such a check, or that takes nothing of what is sent | {patience:g} s |
| pictures that wait for a TCP connection, then they are dropped | {pictures} KiB |
| sound and all else that waits for a TCP connection, then it is closed | {urgent} KiB |
| SSRCs of a publisher | {sources} |
| tiles that a viewer names | {tiles} |

Datagrams are read {reads} at a time, and media go out in between.
`make bench-floods` measures what floods do to those who watch.
"""


def page() -> str:
    """The whole page."""
    usual = Limits.of()
    return (
        _HEAD
        + _ADDRESSES.format(
            people=PEOPLE,
            requests=_rate(usual.requests),
            joins=_rate(usual.joins),
            sockets=usual.sockets,
            connections=usual.connections,
            wrong_keys=_rate(usual.wrong_keys),
            network=callers.NETWORK,
            kept=limits.KEPT,
            newcomers=step.NEWCOMERS,
        )
        + _people(usual)
        + _MEDIA.format(
            checks=_rate(admission.CHECKS),
            dtls=_rate(admission.HANDSHAKE),
            addresses=peer.MAX_ADDRESSES,
            amplified=admission.AMPLIFIED,
            consent=peer.CONSENT,
            taken=admission.SILENT,
            sources=publisher.MAX_SOURCES,
            streams=tcp.MOST,
            nameless=tcp.NAMELESS,
            patience=tcp.PATIENCE,
            pictures=stream.PICTURES // 1024,
            urgent=stream.URGENT // 1024,
            tiles=engine.MAX_TILES,
            reads=udp.READS,
        )
    )


def _people(usual: Limits) -> str:
    return _PEOPLE.format(
        messages=_rate(usual.messages),
        talk=_rate(usual.talk),
        media=_rate(usual.media),
        waiting=socket.MAX_MEDIA_REQUESTS,
        reports=_rate(usual.reports),
        patience=_rate(usual.patience),
        rest=socket.REST,
        close=socket.CLOSE_CODES[Code.TOO_MANY],
        message=MAX_MESSAGE // 1024,
        frame=app.MAX_FRAME // 1024,
        sdp=MAX_SDP // 1024,
        m_lines=sdp.MAX_MEDIA,
        body=app.MAX_BODY // 1024,
        queued=outbox.MAX_QUEUED,
        bytes=outbox.MAX_QUEUED_BYTES // 1024,
        idle=guard.IDLE,
        proxy=guard.BEHIND_PROXY,
        handshake=guard.HANDSHAKE,
        unacknowledged=guard.UNACKNOWLEDGED,
        enter=socket.ENTER_TIMEOUT,
        heartbeat=app.HEARTBEAT,
        rooms=_rate(usual.rooms),
    )


def _rate(rate: Rate | admission.Rate) -> str:
    return f"{rate.a_second:g} a second, {rate.burst:,} at once"


if __name__ == "__main__":
    PAGE.write_text(page())
