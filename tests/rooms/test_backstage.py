"""Who waits backstage: what moderators are told, attendees are not, and the engine is granted."""

from __future__ import annotations

from typing import Any

import pytest

from stagedoor import rules
from stagedoor.media.interface import Grant
from stagedoor.messages import PersonView, Speaking, Update
from stagedoor.rooms.reports import attendance, rundown, stage_table, stage_times
from stagedoor.rooms.views import view
from stagedoor.rules import commands as c
from stagedoor.rules.values import Role, Seat, Settings
from tests.rules.play import START, Play

from .fakes import FakeConnection
from .stage import Stage

BACKSTAGE = Grant(True, True, True, backstage=True)


@pytest.fixture
async def crowd(stage: Stage) -> Stage:
    """A moderator, Ann and Cat backstage with everything on, and Ben who watches."""
    await stage.enter("mod", Role.MODERATOR)
    await stage.do("mod", c.ChangeSettings(backstage=True))
    for person in ("ann", "ben", "cat"):
        await stage.enter(person)
    stage.diary.entries.clear()
    for person in ("ann", "cat"):
        await stage.on_stage(person)
    return stage


def connection(stage: Stage, person: str) -> FakeConnection:
    found = stage.keeper.audience.inside[person]
    assert isinstance(found, FakeConnection)
    return found


def updates(stage: Stage, person: str) -> list[Update]:
    return [one for one in connection(stage, person).messages if isinstance(one, Update)]


def seen(stage: Stage, viewer: str, person: str) -> PersonView:
    people = {one.id: one for one in view(stage.keeper.room, viewer).people}
    return people[person]


async def test_14_and_19_attendees_are_told_nothing_of_it(crowd: Stage) -> None:
    assert crowd.grant("ann") == BACKSTAGE
    assert not crowd.diary.has("ben", "told", "update"), "not so much as an empty update"
    for viewer in ("ben", "cat"):
        ann = seen(crowd, viewer, "ann")
        assert ann == PersonView("ann", "Ann", Role.ATTENDEE, Seat.VIEWER)
    for viewer in ("ann", "mod"):
        ann = seen(crowd, viewer, "ann")
        assert (ann.seat, ann.backstage) == (Seat.BACKSTAGE, True)
        assert (ann.microphone, ann.camera) == (True, True)
    crowd.keeper.lost("ann", connection(crowd, "ann"))
    await crowd.diary.until(lambda: crowd.grant("ann") is None)
    held = seen(crowd, "mod", "ann")
    assert (held.seat, held.backstage) == (Seat.HELD, True)
    assert seen(crowd, "ben", "ann") == PersonView("ann", "Ann", Role.ATTENDEE, Seat.VIEWER, True)


async def test_brought_on_together_is_one_update_and_each_is_told(crowd: Stage) -> None:
    before = len(updates(crowd, "ben"))
    await crowd.do("mod", c.BringOn())
    assert crowd.grant("ann") == crowd.grant("cat") == Grant(True, True, True)
    (told,) = updates(crowd, "ben")[before:]
    assert {(one.id, one.seat, one.camera) for one in told.people} == {
        ("ann", Seat.ON_STAGE, True),
        ("cat", Seat.ON_STAGE, True),
    }
    assert told.happened == []
    for person in ("ann", "cat", "mod"):
        (happening,) = updates(crowd, person)[-1].happened
        assert (happening.what, happening.by_name) == ("brought_on", "Mod")
        assert happening.people == ["ann", "cat"]


async def test_13_sent_back_one_is_not_forwarded_when_anybody_is_told(crowd: Stage) -> None:
    await crowd.do("mod", c.BringOn())
    crowd.diary.entries.clear()
    await crowd.do("mod", c.SendBackstage("ann"))
    taken = crowd.diary.index("engine", "grant", "ann", BACKSTAGE)
    told = [crowd.diary.index(one, "told", "update") for one in ("ann", "ben", "cat", "mod")]
    assert taken < min(told)


async def test_who_speaks_backstage_is_told_to_moderators_alone(crowd: Stage) -> None:
    def last(person: str) -> Any:
        found = [one for one in connection(crowd, person).messages if isinstance(one, Speaking)]
        return found[-1].people if found else None

    crowd.house.speaking("room", ["ann", "cat"])
    assert (last("mod"), last("ben"), last("ann")) == (["ann", "cat"], [], [])
    crowd.clock.now += 5_000
    await crowd.do("mod", c.BringOn(("ann",)))
    assert (last("mod"), last("ben"), last("cat")) == (["ann", "cat"], ["ann"], ["ann"])
    crowd.clock.now += 3_000
    crowd.house.speaking("room", [])
    assert (last("mod"), last("ben")) == ([], [])
    await crowd.diary.until(lambda: crowd.keeper.room.people["ann"].spoke_ms > 0)
    people = crowd.keeper.room.people
    assert (people["ann"].spoke_ms, people["cat"].spoke_ms) == (3_000, 0), "on stage, that is"


def test_the_reports_tell_waiting_from_being_on_stage() -> None:
    play = Play(settings=Settings(backstage=True))
    play.on_stage("cal", "dee")
    play.now += 5_000
    play.do("ada", c.BringOn())
    play.now += 10_000
    play.do("bob", c.SendBackstage("dee"))
    play.now += 2_000
    play.do("dee", c.LeaveStage())
    stays = [
        (one.name, one.backstage, one.since - START, one.up, one.up_by, one.down, one.down_by)
        for one in stage_times(play.log)
    ]
    assert stays == [
        ("Cal", True, 0, "invited", "Hal", "brought on", "Ada"),
        ("Dee", True, 0, "invited", "Hal", "brought on", "Ada"),
        ("Cal", False, 5_000, "brought on", "Ada", "", ""),
        ("Dee", False, 5_000, "brought on", "Ada", "sent backstage", "Bob"),
        ("Dee", True, 15_000, "sent backstage", "Bob", "left backstage", ""),
    ]
    table = stage_table(stage_times(play.log), play.now)
    assert [row[5] for row in table[1:4]] == ["backstage", "backstage", "on stage"]
    times = {one.person: one.stage_ms for one in attendance(play.log, play.now)}
    assert (times["cal"], times["dee"]) == (12_000, 10_000)
    told = [(one.by_name, one.words, one.person_name) for one in rundown(play.log)]
    assert ("Ada", "brought on", "Cal, Dee") in told
    assert told[-1] == ("Dee", "left backstage", "Dee")


def test_a_log_with_a_backstage_gives_the_room_again() -> None:
    play = Play(settings=Settings(backstage=True))
    play.on_stage("cal", "dee")
    play.away("cal")
    play.do("ada", c.BringOn())
    again = None
    for event in play.log:
        again = rules.evolve(again, event)
    assert again == play.room
