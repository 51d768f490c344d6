"""The Stagedoor client: enters a room, and publishes camera and microphone once admitted."""

from .capture import Capture
from .link import Link, parse
from .options import Options
from .room import Room
from .sources import Pictures, Sounds

__all__ = ["Capture", "Link", "Options", "Pictures", "Room", "Sounds", "parse"]
