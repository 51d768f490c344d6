"""What the handlers find in the aiohttp application."""

from __future__ import annotations

from pathlib import Path

from aiohttp import web

from stagedoor.rooms import House

from .socket import Socket
from .tokens import Tokens

HOUSE = web.AppKey("house", House)
TOKENS = web.AppKey("tokens", Tokens)
OPERATOR_KEY = web.AppKey("operator_key", str)
PUBLIC_URL = web.AppKey("public_url", str)
SOCKETS = web.AppKey("sockets", set[Socket])
STATIC = web.AppKey("static", Path)
