"""The WebSocket's life: entering, commands, updates, resuming, being dropped."""

from __future__ import annotations

import asyncio
import socket as sockets
from collections.abc import Hashable, Sequence

import aiohttp
import msgspec
import pytest
from aiohttp import web

from stagedoor import messages as m
from stagedoor.media.interface import Grant
from stagedoor.rules import commands as c
from stagedoor.rules.events import AnyEvent
from stagedoor.rules.refusals import Code
from stagedoor.rules.values import Device, Role, Seat
from stagedoor.signalling import outbox
from stagedoor.signalling import socket as socket_module
from stagedoor.signalling.keys import GATE, LIMITER
from stagedoor.signalling.limiter import Limits

from .conftest import PATIENCE, Client, Server


@pytest.mark.parametrize("role", list(Role))
async def test_each_role_enters_by_its_link(server: Server, role: Role) -> None:
    client = await server.enter("Ann", role)
    assert client.me.name == "Ann"
    assert client.me.role is role
    assert client.room is not None
    assert client.room.name == "The room"


async def test_from_a_request_to_the_stage_and_back(server: Server) -> None:
    moderator = await server.enter("Mod", Role.MODERATOR)
    ann = await server.enter("Ann")
    ben = await server.enter("Ben")
    await ann.do(c.AskToJoinStage())
    assert ann.me.seat is Seat.REQUESTED, "the update comes before the ok"
    await moderator.until(m.Update)  # Ann, Ben, and the request
    await moderator.until(m.Update)
    await moderator.until(m.Update)
    asked = moderator.people[ann.me.id].requested_at
    assert asked
    await moderator.do(c.Approve(ann.me.id, asked))
    await ann.until(m.Update)
    assert ann.me.offer is not None
    assert ann.me.offer.by_name == "Mod"
    await ann.do(c.AcceptOffer(microphone=True))
    while ben.people.get(ann.me.id, ann.me).seat is not Seat.ON_STAGE or not ben.number:
        await ben.until(m.Update)
    seen = ben.people[ann.me.id]
    assert (seen.microphone, seen.camera) == (True, False)
    shown = [one for x in ben.heard if isinstance(x, m.Update) for one in x.people]
    assert {one.seat for one in shown if one.id == ann.me.id} == {Seat.ON_STAGE}
    await moderator.do(c.RemoveFromStage(ann.me.id))
    assert server.engine.granted == {}
    removed = await ann.until(m.Update)
    assert [one.what for one in removed.happened] == ["removed_from_stage"]
    assert removed.happened[0].by_name == "Mod"


async def test_22_a_refusal_has_a_code_and_a_sentence(server: Server) -> None:
    ann = await server.enter("Ann")
    refused = await ann.ask(c.Approve(ann.me.id))
    assert isinstance(refused, m.Refused)
    assert refused.code is Code.NOT_ALLOWED
    assert len(refused.sentence) > 10


async def test_before_entering_only_ping_is_answered(server: Server) -> None:
    client = await server.connect()
    assert isinstance(await client.ask(m.Ping()), m.Ok)
    for early in (c.RaiseHand(), m.Watch(), m.Publish("sdp")):
        refused = await client.ask(early)
        assert isinstance(refused, m.Refused)
        assert refused.code is Code.NOT_ENTERED
    assert isinstance(await client.ask(m.Enter("Ann")), m.Welcome)
    again = await client.ask(m.Enter("Ann"))
    assert again.code is Code.ALREADY_ENTERED


async def test_who_never_enters_is_told_and_closed(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket_module, "ENTER_TIMEOUT", 0.05)
    client = await server.connect()
    reason, code = await client.closing()
    assert reason is not None
    assert reason.code is Code.NOT_ENTERED
    assert code == 4003


async def test_whose_turn_has_not_come_is_not_late(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket_module, "ENTER_TIMEOUT", 0.05)
    may_write, looked, append = asyncio.Event(), asyncio.Event(), server.log.append
    late = socket_module.Socket._enter_late

    async def held(room: str, after: int, events: Sequence[AnyEvent]) -> None:
        await may_write.wait()
        await append(room, after, events)

    def noting(line: socket_module.Socket) -> None:
        late(line)
        looked.set()

    monkeypatch.setattr(server.log, "append", held)
    monkeypatch.setattr(socket_module.Socket, "_enter_late", noting)
    client = await server.connect()
    await client.socket.send_str(m.encode_request(m.Enter("Ann"), 1))
    async with asyncio.timeout(PATIENCE):
        await looked.wait()
    may_write.set()
    assert isinstance(await client.answer(1), m.Welcome)


async def test_the_door_opens_to_one_after_the_other_and_not_for_who_has_gone(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    there, counted, opened = asyncio.Semaphore(0), server.app[LIMITER].sockets, []
    enter, prepare = counted.enter, web.WebSocketResponse.prepare

    def noting(key: Hashable) -> bool:
        there.release()
        return enter(key)

    async def opening(self: web.WebSocketResponse, request: web.BaseRequest) -> object:
        opened.append(request.headers["X-Name"])
        return await prepare(self, request)

    monkeypatch.setattr(counted, "enter", noting)
    monkeypatch.setattr(web.WebSocketResponse, "prepare", opening)
    coming: dict[str, asyncio.Task[Client]] = {}
    async with asyncio.timeout(PATIENCE), server.app[GATE]:
        for name in ("ann", "gone", "ben", "cal"):
            coming[name] = asyncio.create_task(server.connect(headers={"X-Name": name}))
            await there.acquire()
        coming["gone"].cancel()
        await asyncio.wait([coming["gone"]])
        async with server.http.get(f"{server.url}/api/health"):
            pass  # by then the server has seen the end of what was closed before
    clients = [await coming[name] for name in ("ann", "ben", "cal")]
    assert opened == ["ann", "ben", "cal"]
    for one in clients:
        await one.do(m.Ping())


async def test_a_room_that_is_not_there_is_said_in_the_protocol(server: Server) -> None:
    client = await server.connect("nowhere")
    reason, code = await client.closing()
    assert reason is not None
    assert reason.code is Code.NO_SUCH_ROOM
    assert (reason.again, code) == (False, 4004)


async def test_12_a_person_resumes_and_is_told_what_was_missed(server: Server) -> None:
    moderator = await server.enter("Mod", Role.MODERATOR)
    ann = await server.enter("Ann")
    ann_id = ann.me.id
    assert ann.welcome is not None
    await ann.do(c.AskToJoinStage())
    await ann.socket.close()
    while not (seen := moderator.people.get(ann_id)) or not seen.away:
        await moderator.until(m.Update)
    await moderator.do(c.Decline(ann_id))
    again = await server.enter("Ann", session=ann.welcome.session, last_event=ann.number)
    assert again.me.id == ann_id
    assert again.me.seat is Seat.VIEWER
    assert again.welcome is not None
    missed = {one.what: one for one in again.welcome.missed}
    assert missed["request_declined"].by_name == "Mod"
    assert all(one.number > ann.number for one in again.welcome.missed)
    once_more = await server.enter(
        "Ann", session=again.welcome.session, last_event=again.welcome.view.number
    )
    assert once_more.welcome is not None
    assert not [one for one in once_more.welcome.missed if one.what == "request_declined"]


async def test_12_a_seat_survives_a_lost_connection_muted(server: Server) -> None:
    moderator = await server.enter("Mod", Role.MODERATOR)
    ann = await on_stage(server, moderator, "Ann")
    assert ann.welcome is not None
    ann.socket._writer.transport.abort()  # type: ignore[union-attr]
    again = await server.enter("Ann", session=ann.welcome.session, last_event=ann.number)
    assert (again.me.seat, again.me.microphone, again.me.camera) == (Seat.ON_STAGE, False, False)
    assert server.engine.granted["room", again.me.id] == Grant(True, False, False)


async def on_stage(server: Server, moderator: Client, name: str) -> Client:
    client = await server.enter(name)
    await moderator.do(c.Invite(client.me.id))
    await client.do(c.AcceptOffer(microphone=True, camera=True))
    return client


async def test_the_second_tab_takes_over_and_the_first_is_told(server: Server) -> None:
    moderator = await server.enter("Mod", Role.MODERATOR)
    first = await on_stage(server, moderator, "Ann")
    assert first.welcome is not None
    second = await server.enter("Ann", session=first.welcome.session)
    reason, code = await first.closing()
    assert reason is not None
    assert (reason.code, reason.again, code) == (Code.ALREADY_ENTERED, False, 4001)
    assert second.me.id == first.welcome.view.you
    number = server.keeper.room.number
    await second.do(c.RaiseHand() if second.me.seat is Seat.VIEWER else m.Ping())
    assert second.me.seat is Seat.ON_STAGE
    assert server.keeper.room.number == number, "the first one's end is no disconnection"


async def test_a_session_of_another_server_or_room_is_refused_and_one_may_enter_anew(
    server: Server,
) -> None:
    client = await server.connect()
    for session in ("x", "a.b.c", server.tokens.link("room", Role.ATTENDEE)):
        refused = await client.ask(m.Enter("Ann", session=session))
        assert isinstance(refused, m.Refused)
        assert refused.code is Code.BAD_SESSION
    assert isinstance(await client.ask(m.Enter("Ann")), m.Welcome)


async def test_a_session_does_not_outrank_the_link_that_is_shown(server: Server) -> None:
    """An attendee's session kept by the browser, then a moderator's link opened in it."""
    ann = await server.enter("Ann")
    assert ann.welcome is not None
    client = await server.connect()
    token = server.tokens.link("room", Role.MODERATOR)
    refused = await client.ask(m.Enter("Ann", token=token, session=ann.welcome.session))
    assert refused.code is Code.BAD_SESSION
    welcome = await client.ask(m.Enter("Ann", token=token))
    assert isinstance(welcome, m.Welcome)
    assert client.me.role is Role.MODERATOR
    back = await server.connect()
    expired = server.tokens.link("room", Role.MODERATOR, life=-1)
    answer = await back.ask(m.Enter("Ann", token=expired, session=welcome.session))
    assert isinstance(answer, m.Welcome), "the session outlives the link it began with"


async def test_a_slow_reader_is_dropped_and_comes_back(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "MAX_QUEUED", 8)
    slow = await server.enter("Slow")
    assert slow.welcome is not None
    you = slow.me.id
    other = await server.enter("Other")
    transport = slow.socket._writer.transport  # type: ignore[union-attr]
    assert transport is not None
    transport.get_extra_info("socket").setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 4096)
    transport.pause_reading()  # type: ignore[attr-defined]
    big = m.Speaking(["x" * 4000])
    async with asyncio.timeout(PATIENCE):
        while server.keeper.audience.inside.get(you):
            server.keeper.audience.tell_all(big)
            await asyncio.sleep(0)
            while not isinstance(await other.hear(), m.Speaking):
                pass
    while not other.people[you].away:
        await other.until(m.Update)
    back = await server.enter("Slow", session=slow.welcome.session)
    assert back.me.id == you


async def test_a_dead_connection_is_noticed_by_the_heartbeat(server: Server) -> None:
    await server.start(heartbeat=0.2)
    other = await server.enter("Other")
    dead = await server.connect(autoping=False)
    await dead.ask(m.Enter("Dead"))
    you = dead.me.id
    # Pings arrive, but nothing answers them.
    while not (seen := other.people.get(you)) or not seen.away:
        await other.until(m.Update)


async def test_media_are_relayed_for_those_who_have_a_seat(server: Server) -> None:
    moderator = await server.enter("Mod", Role.MODERATOR)
    ann = await server.enter("Ann")
    refused = await ann.ask(m.Publish("offer"))
    assert isinstance(refused, m.Refused)
    assert refused.code is Code.NO_SEAT
    await moderator.do(c.Invite(ann.me.id))
    published = await ann.ask(m.Publish("offer"))
    assert published == m.Published(published.id, "answer to offer")
    bad = await ann.ask(m.Publish("bad"))
    assert bad.code is Code.BAD_SDP
    await ann.do(m.Candidate("publish", "candidate:1 1 udp 1 127.0.0.1 9 typ host"))
    await ann.do(m.Watch())
    offer = next(one for one in ann.heard if isinstance(one, m.SubscribeOffered))
    await ann.do(m.SubscribeAnswer(offer.revision, "answer"))
    stale = await ann.ask(m.SubscribeAnswer(offer.revision - 1, "answer"))
    assert stale.code is Code.STALE_ANSWER
    server.engine.down = True
    down = await ann.ask(m.Watch())
    assert down.code is Code.MEDIA_DOWN


async def test_a_slow_engine_delays_no_command(server: Server) -> None:
    ann = await server.enter("Ann")
    server.engine.hold("subscribe")
    ids = range(100, 100 + socket_module.MAX_MEDIA_REQUESTS + 3)
    for number in ids:
        await ann.socket.send_str(m.encode_request(m.Watch(), number))
    await ann.do(c.RaiseHand())
    refused = [one for one in ann.heard if isinstance(one, m.Refused)]
    assert refused
    assert {one.code for one in refused} == {Code.TOO_MANY}
    server.engine.release("subscribe")
    answered = {getattr(one, "id", 0) for one in ann.heard}
    while not answered >= set(ids):
        answered.add(getattr(await ann.hear(), "id", 0))


async def test_13_the_media_of_a_closed_connection_are_forgotten(server: Server) -> None:
    moderator = await server.enter("Mod", Role.MODERATOR)
    ann = await on_stage(server, moderator, "Ann")
    you = ann.me.id
    await ann.do(m.Watch())
    await ann.socket.close()
    while moderator.people[you].seat is not Seat.HELD:
        await moderator.until(m.Update)
    assert server.engine.granted == {}
    assert server.engine.watching == set()


async def test_17_the_end_of_the_room_closes_everybody(server: Server) -> None:
    host = await server.enter("Host", Role.HOST)
    ann = await server.enter("Ann")
    await host.do(c.EndRoom())
    for client in (host, ann):
        reason, code = await client.closing()
        assert reason is not None
        assert (reason.code, reason.again, code) == (Code.ROOM_ENDED, False, 4005)
    assert any(
        one.what == "room_ended" for x in ann.heard if isinstance(x, m.Update) for one in x.happened
    )
    late = await server.connect()
    refused = await late.ask(m.Enter("Late"))
    assert refused.code is Code.ROOM_ENDED


async def test_shutting_down_says_come_back(server: Server) -> None:
    ann = await server.enter("Ann")
    closing = asyncio.create_task(ann.closing())
    await server.house.goodbye()
    reason, code = await closing
    assert reason is not None
    assert (reason.code, reason.again, code) == (Code.SHUTTING_DOWN, True, 1012)


async def test_too_many_messages_are_refused_one_by_one(server: Server) -> None:
    ann = await server.enter("Ann")
    ids = range(10, 20 + Limits.of().messages.burst)
    for number in ids:
        await ann.socket.send_str(m.encode_request(m.Ping(), number))
    answers = [await ann.answer(number) for number in ids]
    refused = [one for one in answers if isinstance(one, m.Refused)]
    assert {one.code for one in refused} == {Code.TOO_MANY}
    assert isinstance(answers[0], m.Ok)


async def test_pages_of_other_sites_may_not_connect(server: Server) -> None:
    for origin in ("https://evil.example", "null", "http://", "ftp://x", "http://[", ""):
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await server.connect(headers={"Origin": origin})
        assert refused.value.status == 403
    for origin in (server.url, "https://stage.example.org"):
        client = await server.connect(headers={"Origin": origin})
        assert isinstance(await client.ask(m.Ping()), m.Ok)


async def test_the_device_a_moderator_turns_off_stays_off(server: Server) -> None:
    moderator = await server.enter("Mod", Role.MODERATOR)
    ann = await on_stage(server, moderator, "Ann")
    await moderator.do(c.TurnOff(ann.me.id, Device.MICROPHONE))
    assert server.engine.granted["room", ann.me.id] == Grant(True, False, True)
    update = await ann.until(m.Update)
    assert not ann.me.microphone
    (happening,) = update.happened
    assert (happening.what, happening.by_name, happening.on) == ("device_set", "Mod", False)


async def test_what_is_sent_is_what_the_schema_says(server: Server) -> None:
    """The raw JSON of a welcome has the fields that the types name, and a type."""
    client = await server.connect()
    await client.socket.send_str(m.encode_request(m.Enter("Ann"), 1))
    raw = msgspec.json.decode(await client.socket.receive_str())
    schema = m.schema()["$defs"]["Welcome"]
    assert set(raw) == set(schema["properties"])
    assert raw["type"] == "welcome"
