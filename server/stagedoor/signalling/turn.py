"""Credentials for the operator's TURN server, good for a while, for those who are in a room.

By the scheme of coturn's ``use-auth-secret`` ("A REST API for access to TURN services",
draft-uberti-behave-turn-rest): the name has the time of its end, and the password is its HMAC under
a secret that both servers know.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass, field

from stagedoor.messages import IceServer
from stagedoor.rooms import wall_clock

LIFE = 24 * 3600  # seconds; whoever connects again is given new ones


@dataclass(frozen=True)
class Turn:
    """The TURN server's addresses, as ``turn:turn.example.org:3478``, and the shared secret.

    ``clock``: milliseconds since 1970, which the TURN server's is compared with.
    """

    urls: tuple[str, ...]
    secret: str = field(repr=False)
    clock: Callable[[], int] = wall_clock

    def servers(self, person: str) -> list[IceServer]:
        """What a person's peer connections are to use."""
        name = f"{self.clock() // 1000 + LIFE}:{person}"
        code = hmac.new(self.secret.encode(), name.encode(), hashlib.sha1).digest()
        return [IceServer(list(self.urls), name, base64.b64encode(code).decode())]
