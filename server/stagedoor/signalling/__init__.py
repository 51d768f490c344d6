"""WebSocket sessions, HTTP routes, tokens and the static pages."""

from .app import make_app
from .links import Links, room_links
from .tokens import Tokens

__all__ = ["Links", "Tokens", "make_app", "room_links"]
