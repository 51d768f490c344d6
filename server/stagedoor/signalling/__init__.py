"""WebSocket sessions, HTTP routes, tokens and the static pages."""

from .app import make_app
from .links import Links, room_links
from .noise import http_logger
from .tokens import Tokens

__all__ = ["Links", "Tokens", "http_logger", "make_app", "room_links"]
