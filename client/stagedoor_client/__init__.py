"""The Stagedoor client: enters a room, and publishes camera and microphone once admitted."""

from .capture import Capture
from .link import Link, parse
from .room import Options, Room

__all__ = ["Capture", "Link", "Options", "Room", "parse"]
