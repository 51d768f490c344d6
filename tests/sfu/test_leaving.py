"""What is left of somebody who has gone: nothing, and that at once."""

from __future__ import annotations

import weakref
from typing import cast

from stagedoor.media.interface import Grant
from stagedoor.sfu.workers.supervisor import EmbeddedEngine

from .conftest import Told
from .inside import Inside
from .light import Light, light_publisher


async def test_a_connection_that_has_ended_is_freed_at_once(told: Told, no_collector: None) -> None:
    inside = Inside(told)
    engine = inside.engine
    engine.grant("room", "ada", Grant(forward=True, microphone=True, camera=True))
    publisher = await light_publisher(cast(EmbeddedEngine, inside), "ada")
    viewer = await Light(cast(EmbeddedEngine, inside), told, "vic").open()
    stage = engine.stages["room"]
    ended = [
        weakref.ref(found)
        for found in (
            stage.viewers["vic"],
            stage.viewers["vic"].peer,
            stage.viewers["vic"].peer._dtls._ssl,  # type: ignore[union-attr]
            stage.publishers["ada"],
            stage.publishers["ada"].peer,
        )
    ]
    engine.leave("room", "vic")
    engine.grant("room", "ada", None)
    assert [ref() for ref in ended] == [None] * 5
    del stage
    viewer.peer.close()
    publisher.close()
    inside.close()
