"""The tokens in links: JSON Web Tokens (RFC 7519), HS256, with the server's keys."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

import jwt
from msgspec import Struct

from stagedoor.keyring import KeyRing
from stagedoor.rooms.clock import wall_clock
from stagedoor.rules.names import clean_name
from stagedoor.rules.refusals import Code, Refusal
from stagedoor.rules.values import Role

_ALGORITHM = "HS256"

LINK_LIFE = 30 * 24 * 3600  # seconds
LONGEST_LIFE = 366 * 24 * 3600
SKEW = 60  # seconds that a token may be from the future, as clocks are set
MAX_TOKEN = 4096


class Link(Struct, frozen=True):
    """What a link's token says: enter this room in this role. ``id``: the token's own (jti).

    ``made_at`` in milliseconds. ``once``: it is an invitation, good for one person; ``name``: what
    whoever comes by it is called.
    """

    room: str
    role: Role
    id: str
    made_at: int = 0
    once: bool = False
    name: str = ""


class Tokens:
    """Makes and reads the tokens of one server.

    By the rooms' clock, in milliseconds: a machine's that is set back or forward makes no token
    that is not good yet, nor one that is over before its time.
    """

    def __init__(self, keys: KeyRing, clock: Callable[[], int] = wall_clock) -> None:
        self._keys = keys
        self._clock = clock

    def use(self, keys: KeyRing) -> None:
        """Sign and read with these from now on."""
        self._keys = keys

    def link(
        self,
        room: str,
        role: Role,
        life: int = LINK_LIFE,
        *,
        once: bool = False,
        name: str = "",
        token_id: str = "",
    ) -> str:
        """A token for a link, good for ``life`` seconds; its id is made up if none is given."""
        claims: dict[str, Any] = {"kind": "link", "room": room, "role": role.value}
        claims["jti"] = token_id or new_id()
        if once:
            claims["once"] = True
        if name:
            claims["name"] = name
        return self._sign(claims, life)

    def read_link(self, token: str, room: str) -> Link | Refusal:
        """The link's token, if it is ours, still good and for this room."""
        claims = self._verify(token, "link", ["role", "jti"], room)
        if claims is None:
            return Refusal(
                Code.BAD_TOKEN, "This link is not valid for this room; please ask for a new one."
            )
        if isinstance(claims, Refusal):
            return claims
        name = clean_name(claims.get("name", "")) if claims.get("name") else ""
        return Link(
            room,
            Role(claims["role"]),
            claims["jti"],
            made_at=round(claims["iat"] * 1000),
            once=claims.get("once") is True,
            name=name if isinstance(name, str) else "",
        )

    def _sign(self, claims: dict[str, Any], life: int) -> str:
        now = self._clock()
        claims |= {"iat": now / 1000, "exp": now // 1000 + life}
        key = self._keys.signing
        named = {"kid": key.id} if key.id else None
        return jwt.encode(claims, key.secret, algorithm=_ALGORITHM, headers=named)

    def _verify(
        self, token: str, kind: str, needed: list[str], room: str
    ) -> dict[str, Any] | Refusal | None:
        """The claims; a refusal if they were good once; None if they never were.

        Neither the algorithm nor the key are of the token's choice: it names one of our keys, and
        what is signed with another algorithm, or with none, is not ours (RFC 8725 section 3.1).
        """
        if len(token) > MAX_TOKEN:
            return None
        now = self._clock() / 1000
        try:
            key = self._keys.find(jwt.get_unverified_header(token).get("kid", ""), now)
            if key is None:
                return None
            claims: dict[str, Any] = jwt.decode(
                token,
                key.secret,
                algorithms=[_ALGORITHM],
                options={
                    "require": ["exp", "iat", "kind", "room", *needed],
                    "verify_exp": False,  # by another clock than ours
                    "verify_iat": False,
                },
            )
            over = int(claims["exp"]) <= now
        except (jwt.PyJWTError, ValueError, TypeError, OverflowError):
            return None
        if over:
            return Refusal(Code.EXPIRED_TOKEN, "This link has expired; please ask for a new one.")
        good = claims["kind"] == kind and claims["room"] == room and _in_time(claims, now)
        if not good or claims["role"] not in list(Role):
            return None
        return claims


def new_id() -> str:
    """The id of a token, by which it is revoked. It opens nothing."""
    return secrets.token_hex(8)


def token_id(text: str) -> str:
    """The id of a link, of its token, or an id as it is; whether it is ours is not looked at."""
    token = text.strip().partition("#token=")[2] or text.strip()
    try:
        return str(jwt.decode(token, options={"verify_signature": False})["jti"])
    except (jwt.PyJWTError, ValueError, KeyError):
        return token


def _in_time(claims: dict[str, Any], now: float) -> bool:
    """Whether it is from the past, give or take a clock's error, and not meant to last for ever."""
    issued, end = claims["iat"], claims["exp"]
    if not isinstance(issued, int | float) or not isinstance(end, int):
        return False
    return issued <= now + SKEW and end - issued <= LONGEST_LIFE
