"""What a client may say beside the commands: by every role, in every seat state, as the table says.

The commands' part is in tests/rules/test_permissions.py.
"""

from __future__ import annotations

from typing import get_args

import pytest

from stagedoor import messages as m
from stagedoor.messages.talk import OlderMessages
from stagedoor.rules import commands as c
from stagedoor.rules.permissions import TABLE, Situation
from stagedoor.rules.talk.commands import Say
from stagedoor.rules.talk.values import Channel
from stagedoor.rules.values import Mode, Role, Seat
from stagedoor.signalling.permissions import AMONG_MODERATORS, BEFORE, REQUESTS

from .conftest import Client, Server

SEATS = tuple(seat for seat in Seat if seat is not Seat.HELD)


def test_the_tables_have_every_request_of_the_schema_and_no_other() -> None:
    requests = {*TABLE, *(one.command for one in REQUESTS)}
    assert requests == set(get_args(m.AnyRequest))
    assert len(requests) == len(TABLE) + len(REQUESTS)
    schema = m.schema()
    names = [one["$ref"].rpartition("/")[2] for one in schema["properties"]["request"]["anyOf"]]
    tags = {schema["$defs"][name]["properties"]["type"]["enum"][0] for name in names}
    assert tags == {str(one.__struct_config__.tag) for one in requests}


def made(kind: type[c.Command], case: str, revision: int) -> m.AnyRequest:
    """A request of this kind that is in order."""
    channel = Channel.MODERATORS if case == AMONG_MODERATORS else Channel.ROOM
    requests: tuple[m.AnyRequest, ...] = (
        *(m.Enter("Ann"), m.Ping(), m.Candidate("publish"), m.Watch(), m.Publish("offer")),
        *(m.SubscribeAnswer(revision, "answer"), m.ViewTiles([]), OlderMessages(1, channel)),
    )
    (request,) = (one for one in requests if type(one) is kind)
    return request


async def seated(server: Server, host: Client, role: Role, seat: Seat) -> Client:
    """Somebody in this state; who moderates backstage has become a moderator there."""
    waits = seat is Seat.BACKSTAGE and role is Role.MODERATOR
    person = await server.enter("Ann", Role.ATTENDEE if waits else role)
    await host.do(c.ChangeSettings(backstage=seat is Seat.BACKSTAGE))
    you = person.me.id
    if seat is Seat.REQUESTED:
        await person.do(c.AskToJoinStage())
    elif seat is not Seat.VIEWER:
        await host.do(c.Invite(you))
        if seat is not Seat.OFFERED:
            await person.do(c.AcceptOffer())
        if waits:
            await host.do(c.AppointModerator(you))
    them = server.keeper.room.people[you]
    assert (them.role, them.seat) == (role, seat)
    return person


@pytest.mark.parametrize("role", Role)
async def test_22_every_request_is_answered_as_the_table_says(server: Server, role: Role) -> None:
    host = await server.enter("Hal", Role.HOST)
    await host.do(c.SetMode(Mode.REQUEST))
    for seat in SEATS:
        if (role, seat) == (Role.HOST, Seat.BACKSTAGE):
            continue  # nobody becomes host
        person = await seated(server, host, role, seat)
        await person.do(m.Watch())
        for permission in REQUESTS:
            for case in permission.cases:
                who = await server.connect() if case == BEFORE else person
                offers = [one for one in person.heard if isinstance(one, m.SubscribeOffered)]
                answer = await who.ask(made(permission.command, case, offers[-1].revision))
                situation = Situation(
                    by=role, seat=seat, mode=Mode.REQUEST, of=role, at=seat, case=case
                )
                code = answer.code if isinstance(answer, m.Refused) else None
                assert code == permission.answer(situation), (permission.command, situation)
                if who is not person:
                    await who.socket.close()


async def test_an_attendee_s_older_private_messages_are_one_s_own(server: Server) -> None:
    ann, ben = await server.enter("Ann"), await server.enter("Ben")
    await ben.do(Say("for the moderators", channel=Channel.PRIVATE))
    wish = OlderMessages(2**50, Channel.PRIVATE, ben.me.id)
    assert (await ann.ask(wish)).entries == []
    assert [one.text for one in (await ben.ask(wish)).entries] == ["for the moderators"]
