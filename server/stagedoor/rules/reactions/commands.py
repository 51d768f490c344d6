"""What a person may ask of the reactions."""

from __future__ import annotations

from ..base import Command
from .values import Reaction


class React(Command, frozen=True, tag="react"):
    """Send one up for everybody to see, without one's name."""

    reaction: Reaction


ReactionCommand = React
