"""Noticing what is plugged in and pulled out."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

from stagedoor_client.devices import Device
from stagedoor_client.errors import DeviceError
from stagedoor_client.watching import Found, Watcher, found

MIC, HEADSET, CAMERA = Device(0, "Mic"), Device(1, "Headset"), Device(0, "Lens")


def machine(microphones: list[Device]) -> Any:
    """Hardware with these microphones, a camera, no screen, and a broken list of speakers."""

    def broken() -> list[Device]:
        raise DeviceError("The sound devices cannot be listed: no reason.")

    return SimpleNamespace(
        cameras=lambda: [CAMERA],
        microphones=lambda: list(microphones),
        speakers=broken,
        screens=list,
    )


def test_what_cannot_be_listed_is_said_and_hides_nothing_else() -> None:
    seen = found(machine([MIC]))
    assert (seen.cameras, seen.microphones, seen.speakers) == ((CAMERA,), (MIC,), ())
    assert seen.errors == {"speakers": "The sound devices cannot be listed: no reason."}


async def test_changes_are_told_and_nothing_else_and_nothing_after_the_end() -> None:
    microphones = [MIC]
    told: asyncio.Queue[Found] = asyncio.Queue()
    watcher = Watcher(machine(microphones), told.put_nowait, every=0.0)
    watcher.start()
    watcher.start()
    assert (await told.get()).microphones == (MIC,)
    microphones.append(HEADSET)
    assert (await told.get()).microphones == (MIC, HEADSET)
    microphones.remove(MIC)
    assert (await told.get()).microphones == (HEADSET,)
    watcher.stop()
    microphones.clear()
    await asyncio.gather(*(asyncio.to_thread(lambda: None) for _ in range(20)))
    assert told.empty()
    watcher.start()
    assert (await told.get()).microphones == (), "it can be started again"
    watcher.stop()
