"""What the handlers find in the aiohttp application."""

from __future__ import annotations

import asyncio
from collections.abc import Collection

from aiohttp import web
from yarl import URL

from stagedoor.keyring import OperatorKey
from stagedoor.rooms import House

from .callers import Networks, caller, key_of
from .files import Files
from .limiter import Limiter
from .socket import Socket
from .tokens import Tokens
from .turn import Turn

HOUSE = web.AppKey("house", House)
TOKENS = web.AppKey("tokens", Tokens)
OPERATOR_KEY = web.AppKey("operator_key", OperatorKey)
PUBLIC_URL = web.AppKey("public_url", str)
GATE = web.AppKey("gate", asyncio.Lock)
SOCKETS = web.AppKey("sockets", set[Socket])
ORIGINS: web.AppKey[Collection[URL]] = web.AppKey("origins", frozenset[URL])
STRICT_TRANSPORT = web.AppKey("strict_transport", bool)
TURN = web.AppKey("turn", Turn)
FILES = web.AppKey("files", Files)
LIMITER = web.AppKey("limiter", Limiter)
TRUSTED: web.AppKey[Networks] = web.AppKey("trusted", tuple)


def caller_of(request: web.Request) -> str:
    """By what the limits know whoever asks: their address, of IPv6 their network."""
    peer = request.transport.get_extra_info("peername") if request.transport else None
    address = peer[0] if isinstance(peer, tuple) else ""
    forwarded = request.headers.getall("X-Forwarded-For", [])
    return key_of(caller(address, forwarded, request.app[TRUSTED]))
