"""What the handlers find in the aiohttp application."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from aiohttp import web
from yarl import URL

from stagedoor.keyring import OperatorKey
from stagedoor.rooms import House

from .socket import Socket
from .tokens import Tokens

HOUSE = web.AppKey("house", House)
TOKENS = web.AppKey("tokens", Tokens)
OPERATOR_KEY = web.AppKey("operator_key", OperatorKey)
PUBLIC_URL = web.AppKey("public_url", str)
SOCKETS = web.AppKey("sockets", set[Socket])
ORIGINS: web.AppKey[Collection[URL]] = web.AppKey("origins", frozenset[URL])
STRICT_TRANSPORT = web.AppKey("strict_transport", bool)
STATIC = web.AppKey("static", Path)
