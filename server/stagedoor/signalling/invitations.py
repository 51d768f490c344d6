"""Links for one person, and the end of links, over HTTP: with the operator's key."""

from __future__ import annotations

import time

from aiohttp import web
from msgspec import Struct

from stagedoor.rules.names import clean_name
from stagedoor.rules.refusals import Code, Refusal
from stagedoor.rules.values import Role, Room

from .api import RefusedError, answer, check_key, check_life, find, read_body
from .keys import PUBLIC_URL, TOKENS
from .links import page_url
from .tokens import LINK_LIFE, Tokens, new_id, token_id

MOST = 1000  # links revoked at once


class InvitationWanted(Struct, frozen=True, forbid_unknown_fields=True):
    """The body of ``POST /api/rooms/{room}/invitations``.

    ``once``: good for the first who comes by it. ``name``: what they are called, if given.
    """

    role: Role = Role.ATTENDEE
    name: str = ""
    once: bool = True
    expires_in_s: int = LINK_LIFE


class Invitation(Struct, frozen=True):
    """The answer. ``id`` is for revoking it; ``expires_at`` in seconds since 1970."""

    id: str
    room: str
    role: Role
    name: str
    once: bool
    expires_at: int
    link: str


class RevocationWanted(Struct, frozen=True, forbid_unknown_fields=True):
    """The body of ``POST /api/rooms/{room}/revocations``.

    ``links``: links, their tokens or ids; ``role``: all links of it that were made until now.
    ``put_out``: whoever came by them is put out as well.
    """

    links: list[str] = []
    role: Role | None = None
    put_out: bool = False

    @property
    def ids(self) -> list[str]:
        """The ids of the links."""
        return [token_id(link) for link in self.links]


class Revoked(Struct, frozen=True):
    """The answer: the number of the event in the room's log."""

    room: str
    number: int


def add_routes(router: web.UrlDispatcher) -> None:
    """The addresses, under the room's."""
    router.add_post("/api/rooms/{room}/invitations", post_invitation)
    router.add_post("/api/rooms/{room}/revocations", post_revocation)


async def post_invitation(request: web.Request) -> web.Response:
    """``POST /api/rooms/{room}/invitations``"""
    check_key(request)
    wanted = await read_body(request, InvitationWanted)
    check_life(wanted.expires_in_s)
    made = invite(find(request).room, wanted, request.app[PUBLIC_URL], request.app[TOKENS])
    if isinstance(made, Refusal):
        raise RefusedError(made)
    return answer(made, status=201)


async def post_revocation(request: web.Request) -> web.Response:
    """``POST /api/rooms/{room}/revocations``"""
    check_key(request)
    wanted = await read_body(request, RevocationWanted)
    refusal = check_revocation(wanted)
    if refusal is not None:
        raise RefusedError(refusal)
    keeper = find(request)
    done = await keeper.revoke(wanted.ids, wanted.role, wanted.put_out)
    if isinstance(done, Refusal):
        raise RefusedError(done)
    return answer(Revoked(keeper.id, done))


def invite(room: Room, wanted: InvitationWanted, url: str, tokens: Tokens) -> Invitation | Refusal:
    """An invitation to a room at the server ``url``."""
    name = clean_name(wanted.name) if wanted.name else ""
    if isinstance(name, Refusal):
        return name
    made = new_id()
    life = wanted.expires_in_s
    token = tokens.link(room.id, wanted.role, life, once=wanted.once, name=name, token_id=made)
    return Invitation(
        id=made,
        room=room.id,
        role=wanted.role,
        name=name,
        once=wanted.once,
        expires_at=int(time.time()) + life,
        link=f"{page_url(url, room.id)}#token={token}",
    )


def check_revocation(wanted: RevocationWanted) -> Refusal | None:
    """Why that cannot be revoked."""
    if not wanted.links and wanted.role is None:
        return Refusal(Code.BAD_VALUE, "Say which links, or of which role.")
    if len(wanted.links) > MOST or any(not 1 <= len(one) <= 100 for one in wanted.ids):
        return Refusal(Code.BAD_VALUE, "That is no link, nor the id of one.")
    return None
