"""The keeper running the event: the lobby, being put out, and time spoken."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stagedoor import rules
from stagedoor.media.interface import MediaError
from stagedoor.messages import Lobby, LobbyCount, Update
from stagedoor.rooms import Arrival, Visitor
from stagedoor.rooms.speech import LONG, OFTEN, Speech
from stagedoor.rooms.views import lobby
from stagedoor.rules import commands as c
from stagedoor.rules.event import commands as e
from stagedoor.rules.event.events import SpokeFor
from stagedoor.rules.event.values import Entry, banned
from stagedoor.rules.refusals import Code, Refusal
from stagedoor.rules.values import Device, Mode, Role

from .fakes import FakeConnection
from .stage import ROOM, Stage


async def test_new_attendees_wait_and_are_told_when_it_opens(crowd: Stage) -> None:
    await crowd.do("mod", e.SetEntry(Entry.LOBBY, crowd.clock() + 5_000))
    eve, answer = await crowd.try_enter(Visitor("eve", "Eve", Role.ATTENDEE))
    assert answer == Lobby("Room", crowd.clock(), crowd.clock() + 5_000)
    assert "eve" not in crowd.keeper.room.people
    mod = crowd.keeper.audience.inside["mod"]
    assert isinstance(mod, FakeConnection)
    assert mod.messages[-1] == LobbyCount(1)
    await crowd.do("mod", e.RenameRoom("Assembly"))
    assert eve.messages == [Lobby("Assembly", crowd.clock(), crowd.clock() + 5_000)]
    await crowd.do("mod", e.SetEntry(Entry.OPEN))
    assert eve.messages[-1] == Lobby("Assembly", crowd.clock(), open=True)
    assert mod.messages[-1] == LobbyCount(0)
    await crowd.enter("eve")
    assert crowd.keeper.room.people["eve"].present


async def test_the_clock_opens_the_lobby(stage: Stage) -> None:
    await stage.enter("mod", Role.MODERATOR)
    await stage.do("mod", e.SetEntry(Entry.LOBBY, stage.clock() + 50))
    eve, _ = await stage.try_enter(Visitor("eve", "Eve", Role.ATTENDEE))
    stage.clock.now += 50
    await stage.diary.until(lambda: bool(eve.messages))
    assert eve.messages == [Lobby("Room", stage.clock(), open=True)]


async def test_a_room_opened_in_the_same_step_lets_nobody_wait(crowd: Stage) -> None:
    await crowd.do("mod", e.SetEntry(Entry.LOBBY))
    visitor = Visitor("eve", "Eve", Role.ATTENDEE)
    entering = crowd.try_enter(visitor)
    (_, answer), _ = await asyncio.gather(entering, crowd.do("mod", e.SetEntry(Entry.OPEN)))
    assert isinstance(answer, Lobby)
    assert answer.open


async def test_whoever_waits_is_sent_away_when_the_room_is_locked_or_ends(crowd: Stage) -> None:
    await crowd.do("mod", e.SetEntry(Entry.LOBBY))
    eve, _ = await crowd.try_enter(Visitor("eve", "Eve", Role.ATTENDEE))
    await crowd.do("mod", e.SetEntry(Entry.LOCKED))
    assert eve.closing is not None
    assert eve.closing.code is Code.LOCKED
    _, answer = await crowd.try_enter(Visitor("fay", "Fay", Role.ATTENDEE))
    assert isinstance(answer, Refusal)
    await crowd.do("mod", e.SetEntry(Entry.LOBBY))
    gil, _ = await crowd.try_enter(Visitor("gil", "Gil", Role.ATTENDEE))
    await crowd.enter("hal", Role.HOST)
    await crowd.do("hal", c.EndRoom())
    assert gil.closing is not None
    assert gil.closing.code is Code.ROOM_ENDED


async def test_a_connection_lost_in_the_lobby_is_counted_no_more(crowd: Stage) -> None:
    await crowd.do("mod", e.SetEntry(Entry.LOBBY))
    eve, _ = await crowd.try_enter(Visitor("eve", "Eve", Role.ATTENDEE))
    mod = crowd.keeper.audience.inside["mod"]
    assert isinstance(mod, FakeConnection)
    crowd.keeper.lost("", eve)
    await crowd.diary.until(lambda: mod.messages[-1] == LobbyCount(0))


async def test_a_moderator_who_arrives_learns_how_many_wait(crowd: Stage) -> None:
    await crowd.do("mod", e.SetEntry(Entry.LOBBY))
    await crowd.try_enter(Visitor("eve", "Eve", Role.ATTENDEE))
    may = await crowd.enter("may", Role.MODERATOR)
    assert LobbyCount(1) in may.messages


# -- the lobby leaks nothing

people = st.sampled_from(["mod", "ann", "ben", "may", "nobody"])
anything: st.SearchStrategy[c.AnyCommand] = st.one_of(
    st.builds(e.RenameRoom, st.sampled_from(["Room", "Assembly"])),
    st.builds(e.SetEntry, st.just(Entry.LOBBY), st.none() | st.integers(1_000_001, 2_000_000)),
    st.builds(e.Rename, st.sampled_from(["Secret", "Ann"]), people),
    st.builds(e.RemoveFromRoom, people),
    st.builds(e.Ban, people, st.just("secret")),
    st.builds(c.Invite, people),
    st.builds(c.AcceptOffer, st.booleans(), st.booleans()),
    st.builds(c.TurnAllOff, st.sampled_from(Device)),
    st.builds(c.SetMode, st.sampled_from(Mode)),
    st.builds(c.ChangeSettings, capacity=st.integers(2, 5)),
    st.just(c.RaiseHand()),
    st.just(c.LowerAllHands()),
)


@given(plan=st.lists(st.tuples(people, anything), max_size=20))
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_the_lobby_learns_the_name_and_the_time_alone(
    plan: list[tuple[str, c.AnyCommand]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    asyncio.run(_lobby_learns_nothing(plan, tmp_path_factory))


async def _lobby_learns_nothing(
    plan: list[tuple[str, c.AnyCommand]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    stage = Stage(tmp_path_factory.mktemp("lobby") / "log.db")
    await stage.open()
    for person, role in (("mod", Role.MODERATOR), ("ann", Role.ATTENDEE), ("ben", Role.ATTENDEE)):
        await stage.enter(person, role)
    await stage.do("mod", e.SetEntry(Entry.LOBBY))
    eve, first = await stage.try_enter(Visitor("eve", "Eve", Role.ATTENDEE))
    shown = [first]
    for person, command in plan:
        await stage.ask(person, command)
        stage.keeper.speaking(["ann"])
        shown.append(lobby(stage.keeper.room, stage.clock()))
    stage.house.restarted()
    await stage.enter("late", Role.MODERATOR)
    assert all(isinstance(message, Lobby) for message in eve.messages)
    assert all(message in shown for message in eve.messages)
    fields: dict[str, Any] = msgspec.to_builtins(Lobby("", 0, opens_at=1, open=True, id=1))
    assert fields.keys() == {"type", "room", "now", "opens_at", "open", "id"}
    await stage.close()


# -- put out


@pytest.mark.parametrize(
    ("command", "code", "words"),
    [
        (e.RemoveFromRoom("ann"), Code.REMOVED, "Mod removed you from this room."),
        (e.Ban("ann", "noise"), Code.BANNED, "Mod banned you from this room: “noise”."),
    ],
)
async def test_13_whoever_is_put_out_is_silenced_first_and_hears_nothing_more(
    crowd: Stage, command: c.AnyCommand, code: Code, words: str
) -> None:
    ann = crowd.keeper.audience.inside["ann"]
    assert isinstance(ann, FakeConnection)
    heard = len(ann.messages)
    await crowd.do("mod", command)
    assert ann.closing is not None
    assert (ann.closing.code, ann.closing.sentence, ann.closing.again) == (code, words, False)
    assert len(ann.messages) == heard, "not even that others are told"
    assert crowd.grant("ann") is None
    silenced = crowd.diary.index("engine", "leave", "ann")
    assert silenced < crowd.diary.index("ben", "told", "update")
    assert silenced < crowd.diary.index("ann", "closed")
    ben = crowd.keeper.audience.inside["ben"]
    assert isinstance(ben, FakeConnection)
    assert isinstance(ben.messages[-1], Update)
    assert ben.messages[-1].gone == ["ann"]
    with pytest.raises(MediaError):
        await crowd.keeper.watch("ann")
    with pytest.raises(MediaError):
        await crowd.keeper.publish("ann", "offer")
    refused = await crowd.ask("ann", c.RaiseHand())
    assert isinstance(refused, Refusal)


async def test_a_ban_during_a_request_to_receive_leaves_nothing_to_receive(crowd: Stage) -> None:
    crowd.engine.hold("subscribe")
    watching = asyncio.create_task(crowd.keeper.watch("ben"))
    await crowd.engine.reached["subscribe"].wait()
    await crowd.do("mod", e.Ban("ben"))
    crowd.engine.release("subscribe")
    with pytest.raises(MediaError):
        await watching
    assert (ROOM, "ben") not in crowd.engine.watching


async def test_the_removed_come_back_and_the_banned_do_not(crowd: Stage) -> None:
    await crowd.do("mod", e.RemoveFromRoom("ann"))
    await crowd.come_back("ann")
    await crowd.do("mod", e.Ban("ann", "noise"))
    visitor = Visitor("ann", "Ann", Role.ATTENDEE, resumes=True)
    _, answer = await crowd.try_enter(visitor)
    assert answer == banned("Mod", "noise")
    await crowd.close()
    crowd.engine.granted.clear()
    await crowd.open()
    _, answer = await crowd.try_enter(visitor)
    assert isinstance(answer, Refusal), "a restart forgets no ban"


async def test_removed_and_back_within_one_step(crowd: Stage) -> None:
    old = crowd.keeper.audience.inside["ann"]
    assert isinstance(old, FakeConnection)
    removing = crowd.ask("mod", e.RemoveFromRoom("ann"))
    _, (_, arrival) = await asyncio.gather(removing, crowd.come_back("ann"))
    assert isinstance(arrival, Arrival)
    assert old.closed
    assert crowd.keeper.audience.inside["ann"] is not old


async def test_moderators_see_the_bans_and_others_do_not(crowd: Stage) -> None:
    await crowd.do("mod", e.Ban("ann", "noise"))
    mod, ben = (crowd.keeper.audience.inside[one] for one in ("mod", "ben"))
    assert isinstance(mod, FakeConnection)
    assert isinstance(ben, FakeConnection)
    update = next(one for one in mod.messages[::-1] if isinstance(one, Update))
    assert update.bans is not None
    assert [(ban.name, ban.by_name, ban.reason) for ban in update.bans] == [("Ann", "Mod", "noise")]
    assert not any(isinstance(one, Update) and one.bans for one in ben.messages)
    assert not any("noise" in str(one) for one in ben.messages)
    may, arrival = await crowd.try_enter(Visitor("may", "May", Role.MODERATOR))
    assert isinstance(arrival, Arrival)
    assert [ban.person for ban in arrival.view.bans] == ["ann"]
    await crowd.do("mod", e.Unban("ann"))
    update = next(one for one in may.messages[::-1] if isinstance(one, Update))
    assert update.bans == []


async def test_who_moderates_no_more_is_shown_no_bans_any_more(crowd: Stage) -> None:
    await crowd.do("mod", e.Ban("ann", "noise"))
    await crowd.try_enter(Visitor("hal", "Hal", Role.HOST))
    await crowd.do("hal", c.DemoteModerator("mod"))
    mod = crowd.keeper.audience.inside["mod"]
    assert isinstance(mod, FakeConnection)
    assert next(one for one in mod.messages[::-1] if isinstance(one, Update)).bans == []


# -- time spoken


def test_speech_is_added_up_and_written_down_at_most_so_often() -> None:
    speech = Speech()
    assert speech.deadline() is None
    speech.heard(["ann", "ben"], 1_000)
    speech.heard(["ben"], 4_000)
    assert speech.ready(4_000) == {"ann": 3_000}
    speech.logged({"ann": 3_000}, 4_000)
    assert speech.ready(4_000) == {}
    speech.heard(["ann", "ben"], 5_000)
    speech.heard(["ben"], 6_000)
    assert speech.deadline() == 4_000 + OFTEN
    assert speech.ready(13_999) == {}
    assert speech.ready(14_000) == {"ann": 1_000}
    assert speech.ready(1_000 + LONG) == {"ann": 1_000, "ben": LONG}
    speech.logged({"ann": 1_000, "ben": LONG}, 1_000 + LONG)
    speech.heard([], 1_500 + LONG)
    assert speech.ready(1_000 + LONG + OFTEN) == {"ben": 500}


async def test_time_spoken_is_logged_and_shown_to_moderators(crowd: Stage) -> None:
    crowd.keeper.speaking(["ann"])
    crowd.clock.now += 4_000
    crowd.keeper.speaking([])
    await crowd.diary.until(lambda: crowd.keeper.room.people["ann"].spoke_ms == 4_000)
    mod, ben = (crowd.keeper.audience.inside[one] for one in ("mod", "ben"))
    assert isinstance(mod, FakeConnection)
    assert isinstance(ben, FakeConnection)
    seen = [one for one in mod.messages if isinstance(one, Update)][-1].people
    assert [(one.id, one.spoke_ms) for one in seen] == [("ann", 4_000)]
    assert not any(
        one.spoke_ms
        for update in ben.messages
        if isinstance(update, Update)
        for one in update.people
    )
    events = await crowd.log.read(ROOM)
    assert [(one.person, one.ms) for one in events if isinstance(one, SpokeFor)] == [("ann", 4_000)]


async def test_time_spoken_survives_a_disk_that_was_full(crowd: Stage) -> None:
    crowd.log.failing = True
    crowd.keeper.speaking(["ann"])
    crowd.clock.now += 4_000
    crowd.keeper.speaking([])
    await crowd.diary.until(lambda: crowd.diary.has("log", "failed"))
    crowd.log.failing = False
    await crowd.do("ben", c.RaiseHand())
    assert crowd.keeper.room.people["ann"].spoke_ms == 4_000
    assert rules.next_deadline(crowd.keeper.room) is None
