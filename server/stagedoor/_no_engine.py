"""Stands in until the embedded engine is there."""

from __future__ import annotations

from .media.interface import Grant, Listener, MediaError


class NoEngine:
    """Always down."""

    async def start(self, listener: Listener) -> None: ...
    async def close(self) -> None: ...
    async def grant(self, room: str, person: str, grant: Grant | None) -> None:
        raise MediaError("media_down", "There is no media engine.")

    async def publish(self, room: str, person: str, offer: str) -> str:
        raise MediaError("media_down", "There is no media engine.")

    async def subscribe(self, room: str, person: str) -> None:
        raise MediaError("media_down", "There is no media engine.")

    async def answer(self, room: str, person: str, revision: int, sdp: str) -> None:
        raise MediaError("media_down", "There is no media engine.")

    async def leave(self, room: str, person: str) -> None: ...
    async def close_room(self, room: str) -> None: ...
    async def stats(self) -> dict[str, object]:
        return {}
