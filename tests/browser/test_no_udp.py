"""A network that lets no UDP through: seen and heard all the same."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.relay_server import TURNSERVER, RelayServer
from tests.server_process import ServerProcess, free_port

from .conftest import Place
from .visitors import Visitor

Rooms = Callable[..., Place]

#: Leaves a page's connections nothing but the server's TCP candidates, and keeps the connections.
TCP_ONLY = """
window.connections = [];
const take = RTCPeerConnection.prototype.setRemoteDescription;
RTCPeerConnection.prototype.setRemoteDescription = function (given) {
  window.connections.push(this);
  const sdp = given.sdp.replace(/^a=candidate:\\S+ 1 udp .*\\r\\n/gm, "");
  return take.call(this, { type: given.type, sdp });
};
"""

#: Has a page's connections use the TURN server and nothing else.
RELAY_ONLY = """
window.connections = [];
window.RTCPeerConnection = class extends RTCPeerConnection {
  constructor(given) {
    super({ ...given, iceTransportPolicy: "relay" });
    window.connections.push(this);
  }
};
"""

#: The protocol and the type of both ends of each connection's way.
WAYS = """async () => {
  const ways = [];
  for (const one of new Set(window.connections)) {
    const stats = [...(await one.getStats()).values()];
    const pair = stats.find((each) => each.type === "candidate-pair" && each.nominated);
    if (!pair) continue;
    const [local, remote] = [pair.localCandidateId, pair.remoteCandidateId]
      .map((id) => stats.find((each) => each.id === id));
    ways.push(`${local.candidateType} ${remote.protocol}`);
  }
  return ways;
}"""


@pytest.fixture(scope="module")
def server() -> Iterator[ServerProcess]:
    """A server whose media have a port of their own, for UDP and for TCP, and a TURN server's."""
    with contextlib.ExitStack() as stack:
        relay = [] if TURNSERVER is None else stack.enter_context(RelayServer()).arguments
        server = ServerProcess(arguments=relay)
        server.media_port = free_port()
        yield stack.enter_context(server)


def ways(visitor: Visitor) -> set[str]:
    found: Any = visitor.page.evaluate(WAYS)
    return set(found)


def ways_of_two(place: Place, script: str) -> list[set[str]]:
    """The ways of two people's media, once the one has been seen and heard by the other."""
    ann, ben = (place.attendee(name, script=script) for name in ("Ann", "Ben"))
    ann.button("Join stage").click()
    ann.go_up("Camera", "Microphone")
    ben.sees("Ann")
    ben.hears("Ann")
    return [ways(ann), ways(ben)]


def test_seen_and_heard_by_tcp(make_place: Rooms) -> None:
    for found in ways_of_two(make_place(mode="open"), TCP_ONLY):
        assert found
        assert all(way.endswith(" tcp") for way in found), found


@pytest.mark.skipif(TURNSERVER is None, reason="coturn is not installed")
def test_seen_and_heard_by_turn(make_place: Rooms) -> None:
    for found in ways_of_two(make_place(mode="open"), RELAY_ONLY):
        assert found
        assert all(way.startswith("relay ") for way in found), found
