"""The client's peer connections and a TURN server."""

from __future__ import annotations

import asyncio

import pytest

from stagedoor.signalling.turn import Turn
from stagedoor_client.peer import connection
from tests.relay_server import TURNSERVER, RelayServer


@pytest.mark.skipif(TURNSERVER is None, reason="coturn is not installed")
async def test_it_has_a_way_by_the_turn_server_that_it_was_told_of() -> None:
    with RelayServer() as relay:
        turn = Turn((relay.url,), relay.secret_file.read_text())
        for servers, way in ((turn.servers("p1"), True), ([], False)):
            made = connection(servers)
            made.addTransceiver("audio")
            async with asyncio.timeout(30):
                await made.setLocalDescription(await made.createOffer())
            assert ("typ relay" in made.localDescription.sdp) is way
            await made.close()


@pytest.mark.skipif(TURNSERVER is None, reason="coturn is not installed")
async def test_another_secret_opens_nothing() -> None:
    with RelayServer() as relay:
        made = connection(Turn((relay.url,), "another secret").servers("p1"))
        made.addTransceiver("audio")
        async with asyncio.timeout(30):
            await made.setLocalDescription(await made.createOffer())
        assert "typ relay" not in made.localDescription.sdp
        await made.close()
