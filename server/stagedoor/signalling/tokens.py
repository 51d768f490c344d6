"""The tokens in links and sessions: JSON Web Tokens (RFC 7519), HS256, with the server's keys."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

import jwt
from msgspec import Struct

from stagedoor.keyring import KeyRing
from stagedoor.rooms.clock import wall_clock
from stagedoor.rules.refusals import Code, Refusal
from stagedoor.rules.values import Role

_ALGORITHM = "HS256"

LINK_LIFE = 30 * 24 * 3600  # seconds
SESSION_LIFE = 7 * 24 * 3600
LONGEST_LIFE = 366 * 24 * 3600
SKEW = 60  # seconds that a token may be from the future, as clocks are set
MAX_TOKEN = 4096


class Link(Struct, frozen=True):
    """What a link's token says: enter this room in this role. ``id``: the token's own (jti)."""

    room: str
    role: Role
    id: str


class Session(Struct, frozen=True):
    """What a session's token says: come back as this person, who entered with ``role``."""

    room: str
    person: str
    role: Role


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

    def link(self, room: str, role: Role, life: int = LINK_LIFE) -> str:
        """A token for a link, good for ``life`` seconds."""
        return self._sign({"kind": "link", "room": room, "role": role.value}, life)

    def session(self, session: Session, life: int = SESSION_LIFE) -> str:
        """A token with which a person comes back, good for ``life`` seconds."""
        return self._sign(
            {
                "kind": "session",
                "room": session.room,
                "person": session.person,
                "role": session.role.value,
            },
            life,
        )

    def read_link(self, token: str, room: str) -> Link | Refusal:
        """The link's token, if it is ours, still good and for this room."""
        claims = self._verify(token, "link", ["role", "jti"], room)
        if claims is None:
            return Refusal(
                Code.BAD_TOKEN, "This link is not valid for this room; please ask for a new one."
            )
        if isinstance(claims, Refusal):
            return claims
        return Link(room, Role(claims["role"]), claims["jti"])

    def read_session(self, token: str, room: str) -> Session | Refusal:
        """The session's token, if it is ours, still good and for this room."""
        claims = self._verify(token, "session", ["person", "role"], room)
        if claims is None or isinstance(claims, Refusal):
            return Refusal(Code.BAD_SESSION, "Your earlier session has ended; please enter again.")
        return Session(room, claims["person"], Role(claims["role"]))

    def _sign(self, claims: dict[str, Any], life: int) -> str:
        now = self._clock() // 1000
        claims |= {"iat": now, "exp": now + life, "jti": secrets.token_urlsafe(9)}
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


def _in_time(claims: dict[str, Any], now: float) -> bool:
    """Whether it is from the past, give or take a clock's error, and not meant to last for ever."""
    issued, end = claims["iat"], claims["exp"]
    if not isinstance(issued, int) or not isinstance(end, int):
        return False
    return issued <= now + SKEW and end - issued <= LONGEST_LIFE
