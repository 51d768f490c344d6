"""The Stagedoor client: enters a room, and publishes camera and microphone once admitted."""

from .room import Options, Room

__all__ = ["Options", "Room"]
