"""The keeper: one order for everything, and media revoked before anybody hears of it."""

from __future__ import annotations

import asyncio

import pytest

from stagedoor import rules
from stagedoor.media.interface import Grant, MediaError, TrackMap
from stagedoor.messages import (
    MediaRestarted,
    Saving,
    Speaking,
    SubscribeOffered,
    Track,
    TracksChanged,
    Update,
)
from stagedoor.rooms import Keeper, Visitor, wall_clock
from stagedoor.rooms import media as media_module
from stagedoor.rules import commands as c
from stagedoor.rules.events import AnyEvent, HandRaised
from stagedoor.rules.refusals import Code, Refusal
from stagedoor.rules.values import Device, Mode, Role, Seat, Settings

from .fakes import FakeConnection
from .stage import ROOM, Stage

REVOCATIONS = [
    (c.RemoveFromStage("ann"), "removed_from_stage", None),
    (c.TurnOff("ann", Device.MICROPHONE), "device_set", Grant(True, False, True, True)),
    (c.TurnOff("ann", Device.CAMERA), "device_set", Grant(True, True, False, True)),
    (c.TurnAllOff(Device.CAMERA), "device_set", Grant(True, True, False, True)),
    (c.TurnOff("ann", Device.SCREEN), "device_set", Grant(True, True, True, False)),
    (c.TurnAllOff(Device.SCREEN), "device_set", Grant(True, True, True, False)),
]


@pytest.mark.parametrize(("command", "event", "grant"), REVOCATIONS, ids=lambda one: str(one)[:30])
async def test_13_log_then_engine_then_everybody_then_the_answer(
    crowd: Stage, command: c.AnyCommand, event: str, grant: Grant | None
) -> None:
    await crowd.do("mod", command)
    diary = crowd.diary
    revoked = diary.index("engine", "grant", "ann", grant)
    assert diary.index("log", event) < revoked
    for person in ("mod", "ann", "ben"):
        assert revoked < diary.index(person, "told", "update")
    assert revoked < diary.index("mod", "answered")


@pytest.mark.parametrize(("command", "event", "grant"), REVOCATIONS, ids=lambda one: str(one)[:30])
async def test_13_nobody_is_told_while_the_engine_still_forwards(
    crowd: Stage, command: c.AnyCommand, event: str, grant: Grant | None
) -> None:
    crowd.engine.hold("grant")
    wish = asyncio.create_task(crowd.do("mod", command))
    await crowd.engine.reached["grant"].wait()
    assert crowd.diary.has("log", event)
    assert not any(entry[1] in ("told", "answered") for entry in crowd.diary.entries)
    crowd.engine.release("grant")
    await wish
    assert crowd.diary.has("ben", "told", "update")


async def test_14_publishing_needs_an_offer_or_a_seat(crowd: Stage) -> None:
    with pytest.raises(MediaError) as refused:
        await crowd.keeper.publish("ben", "sdp")
    assert refused.value.code == Code.NO_SEAT
    assert not crowd.diary.has("engine", "publish")
    await crowd.do("mod", c.Invite("ben"))
    assert crowd.grant("ben") == Grant.prepare()
    assert await crowd.keeper.publish("ben", "sdp") == "answer to sdp"
    await crowd.do("ben", c.AcceptOffer(microphone=True))
    assert crowd.grant("ben") == Grant(True, True, False)
    assert await crowd.keeper.publish("ben", "sdp 2") == "answer to sdp 2"


async def test_14_a_seat_taken_while_the_engine_answers_is_noticed(crowd: Stage) -> None:
    crowd.engine.hold("publish")
    publishing = asyncio.create_task(crowd.keeper.publish("ann", "sdp"))
    await crowd.engine.reached["publish"].wait()
    # An engine that answers late and by an old grant, to see that the room looks itself.
    crowd.engine.granted[ROOM, "ann"] = Grant(True, True, True)
    await crowd.do("mod", c.RemoveFromStage("ann"))
    crowd.engine.granted[ROOM, "ann"] = Grant(True, True, True)
    crowd.engine.release("publish")
    with pytest.raises(MediaError) as refused:
        await publishing
    assert refused.value.code == Code.NO_SEAT


async def test_22_a_refused_command_leaves_no_trace(crowd: Stage) -> None:
    before = crowd.keeper.room
    outcome = await crowd.ask("ben", c.RemoveFromStage("ann"))
    assert isinstance(outcome, Refusal)
    assert outcome.code is Code.NOT_ALLOWED
    assert outcome.sentence
    assert crowd.keeper.room is before
    assert [entry[:2] for entry in crowd.diary.entries] == [("ben", "answered")]


async def test_8_of_two_moderators_the_first_decides(crowd: Stage) -> None:
    await crowd.enter("mod2", Role.MODERATOR)
    await crowd.do("ben", c.AskToJoinStage())
    asked = crowd.keeper.room.people["ben"].requested_at
    outcomes = await asyncio.gather(
        crowd.ask("mod", c.Decline("ben", asked)), crowd.ask("mod2", c.Approve("ben", asked))
    )
    assert isinstance(outcomes[0], int)
    assert isinstance(outcomes[1], Refusal)
    assert outcomes[1].code is Code.ALREADY_HANDLED
    assert "Mod" in outcomes[1].sentence


async def test_12_a_lost_connection_holds_the_seat_and_stops_the_media(crowd: Stage) -> None:
    connection = crowd.keeper.audience.inside["ann"]
    crowd.keeper.lost("ann", connection)
    await crowd.diary.until(lambda: crowd.seat("ann") is Seat.HELD)
    await crowd.diary.until(lambda: crowd.diary.has("ben", "told"))
    assert crowd.diary.index("engine", "leave", "ann") < crowd.diary.index("ben", "told")
    assert crowd.grant("ann") is None
    _, arrival = await crowd.come_back("ann")
    ann = next(one for one in arrival.view.people if one.id == "ann")
    assert (ann.seat, ann.microphone, ann.camera) == (Seat.ON_STAGE, False, False)
    assert crowd.grant("ann") == Grant(True, False, False)


async def test_12_the_grace_ends_by_the_clock_alone(crowd: Stage) -> None:
    crowd.keeper.lost("ann", crowd.keeper.audience.inside["ann"])
    await crowd.diary.until(lambda: crowd.seat("ann") is Seat.HELD)
    crowd.clock.now += crowd.keeper.room.settings.hold_ms + 1
    # Anything that happens now comes after what is due.
    await crowd.do("ben", c.RaiseHand())
    assert not crowd.keeper.room.people["ann"].present
    assert crowd.diary.index("log", "left") < crowd.diary.index("log", "hand_raised")


async def test_7_an_offer_expires_with_nobody_doing_anything(stage: Stage) -> None:
    """With the real clock: the timer is the keeper's own."""
    stage.house.clock = wall_clock
    created = rules.create("quick", "Quick", now=wall_clock(), settings=Settings(offer_ms=1000))
    keeper = await stage.house.create(created)
    assert isinstance(keeper, Keeper)
    for person, role in (("mod", Role.MODERATOR), ("ann", Role.ATTENDEE)):
        connection = FakeConnection(person, stage.diary)
        await keeper.enter(Visitor(person, person, role), connection, lambda _: None)
    await keeper.command("mod", c.Invite("ann"), lambda _: None)
    assert keeper.room.people["ann"].seat is Seat.OFFERED
    await stage.diary.until(lambda: keeper.room.people["ann"].seat is Seat.VIEWER)
    await stage.diary.until(lambda: stage.diary.has("log", "offer_expired"))


async def test_a_second_connection_takes_the_place_of_the_first(crowd: Stage) -> None:
    old = crowd.keeper.audience.inside["ann"]
    assert isinstance(old, FakeConnection)
    new, arrival = await crowd.come_back("ann")
    assert old.closing is not None
    assert old.closing.code is Code.ALREADY_ENTERED
    assert not old.closing.again
    assert arrival.view.you == "ann"
    number = crowd.keeper.room.number
    crowd.keeper.lost("ann", old)  # the old socket ends after it was replaced
    await crowd.do("ben", c.RaiseHand())
    assert crowd.keeper.room.number == number + 1, "no disconnection was logged"
    assert crowd.seat("ann") is Seat.ON_STAGE
    assert isinstance(new.messages[-1], Update)


@pytest.mark.parametrize("call", ["leave", "grant"])
async def test_a_connection_that_ends_while_another_takes_over_is_no_disconnection(
    crowd: Stage, call: str
) -> None:
    old = crowd.keeper.audience.inside["ann"]
    crowd.engine.hold(call)
    entering = asyncio.create_task(crowd.come_back("ann"))
    await crowd.engine.reached[call].wait()
    crowd.keeper.lost("ann", old)
    crowd.engine.release(call)
    await entering
    number = crowd.keeper.room.number
    await crowd.do("ben", c.RaiseHand())
    assert crowd.keeper.room.number == number + 1
    assert crowd.seat("ann") is Seat.ON_STAGE
    assert crowd.grant("ann") == Grant(True, False, False)


async def test_a_connection_that_dies_while_entering_is_noticed(stage: Stage) -> None:
    connection = FakeConnection("ann", stage.diary)
    connection.closed = True
    await stage.keeper.enter(Visitor("ann", "Ann", Role.ATTENDEE), connection, lambda _: None)
    await stage.diary.until(lambda: stage.keeper.room.people["ann"].away_until is not None)
    assert stage.keeper.connections == 0


async def test_what_was_missed_is_told_to_whom_it_concerns(crowd: Stage) -> None:
    await crowd.do("ben", c.AskToJoinStage())
    seen = crowd.keeper.room.number
    asked = crowd.keeper.room.people["ben"].requested_at
    crowd.keeper.lost("ben", crowd.keeper.audience.inside["ben"])
    await crowd.diary.until(lambda: crowd.keeper.room.people["ben"].away_until is not None)
    await crowd.do("mod", c.TurnOff("ann", Device.CAMERA))
    await crowd.do("mod", c.Decline("ben", asked))
    await crowd.do("mod", c.SetMode(Mode.INVITE))
    _, arrival = await crowd.come_back("ben", seen)
    told = [one.what for one in arrival.missed]
    assert "request_declined" in told
    assert "mode_set" in told
    assert "device_set" not in told
    assert all(one.number > seen for one in arrival.missed)


async def test_a_disk_that_is_full_refuses_and_changes_nothing(crowd: Stage) -> None:
    before = crowd.keeper.room
    crowd.log.failing = True
    outcome = await crowd.ask("mod", c.RemoveFromStage("ann"))
    assert isinstance(outcome, Refusal)
    assert outcome.code is Code.NOT_SAVED
    assert crowd.keeper.room is before
    assert crowd.grant("ann") == Grant(True, True, True, True)
    told = [entry for entry in crowd.diary.entries if entry[1] == "told"]
    assert told == [("mod", "told", "saving", Saving(False))], "moderators alone"
    await crowd.ask("mod", c.RemoveFromStage("ann"))
    assert told == [entry for entry in crowd.diary.entries if entry[1] == "told"], "once"
    crowd.log.failing = False
    await crowd.diary.until(lambda: crowd.diary.has("mod", "told", "saving", Saving(True)))
    await crowd.do("mod", c.RemoveFromStage("ann"))


async def test_a_disconnection_that_could_not_be_logged_is_tried_again(crowd: Stage) -> None:
    crowd.log.failing = True
    crowd.keeper.lost("ann", crowd.keeper.audience.inside["ann"])
    await crowd.diary.until(lambda: crowd.diary.has("log", "failed"))
    assert crowd.seat("ann") is Seat.ON_STAGE
    crowd.log.failing = False
    await crowd.diary.until(lambda: crowd.seat("ann") is Seat.HELD)


async def test_an_engine_that_is_down_delays_nothing(crowd: Stage) -> None:
    crowd.engine.down = True
    await crowd.do("mod", c.RemoveFromStage("ann"))
    assert crowd.seat("ann") is Seat.VIEWER
    with pytest.raises(MediaError) as refused:
        await crowd.keeper.watch("ben")
    assert refused.value.code == Code.MEDIA_DOWN


async def test_a_new_engine_gets_all_grants_then_people_are_told(crowd: Stage) -> None:
    crowd.engine.granted.clear()
    crowd.house.restarted()
    await crowd.diary.until(lambda: crowd.diary.has("ben", "told", "media_restarted"))
    assert crowd.grant("ann") == Grant(True, True, True, True)
    granted = crowd.diary.index("engine", "grant", "ann")
    assert granted < crowd.diary.index("ann", "told", "media_restarted")


async def test_grants_refused_by_an_engine_that_is_down_are_given_later(crowd: Stage) -> None:
    await crowd.do("mod", c.Invite("ben"))
    crowd.engine.down = True
    await crowd.do("ben", c.AcceptOffer(microphone=True))
    crowd.engine.down = False
    await crowd.do("ben", c.SetDevice(Device.CAMERA, on=True))
    assert crowd.grant("ben") == Grant(True, True, True)


async def test_a_hung_engine_is_ended_before_anybody_is_told(
    crowd: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(media_module, "GRANT_TIMEOUT", 0.05)
    crowd.engine.hold("grant")
    await crowd.do("mod", c.RemoveFromStage("ann"))
    crowd.engine.release("grant")
    ended = crowd.diary.index("engine", "close")
    assert ended < crowd.diary.index("engine", "start") < crowd.diary.index("mod", "answered")
    assert ended < crowd.diary.index("ben", "told", "update")
    await crowd.diary.until(lambda: crowd.diary.has("ben", "told", "media_restarted"))
    assert crowd.grant("ann") is None
    assert crowd.engine.starts == 2


async def test_13_who_moderates_no_more_is_shown_no_backstage_before_anybody_is_told(
    crowd: Stage,
) -> None:
    await crowd.enter("host", Role.HOST)
    assert crowd.engine.insiders[ROOM] == ["host", "mod"]
    await crowd.do("host", c.AppointModerator("ben"))
    assert crowd.engine.insiders[ROOM] == ["ben", "host", "mod"]
    crowd.diary.entries.clear()
    await crowd.do("host", c.DemoteModerator("ben"))
    shown = crowd.diary.index("engine", "show_backstage", "host", "mod")
    assert shown < min(crowd.diary.index(one, "told") for one in ("ann", "ben", "host", "mod"))
    assert shown < crowd.diary.index("host", "answered")


async def test_a_new_engine_is_told_to_whom_the_backstage_is_shown(crowd: Stage) -> None:
    crowd.engine.insiders.clear()
    crowd.house.restarted()
    await crowd.diary.until(lambda: crowd.diary.has("ben", "told", "media_restarted"))
    assert crowd.engine.insiders[ROOM] == ["mod"]


async def test_17_the_end_is_told_to_all_and_ends_the_media(crowd: Stage) -> None:
    host = await crowd.enter("host", Role.HOST)
    crowd.diary.entries.clear()
    await crowd.do("host", c.EndRoom())
    assert crowd.diary.has("engine", "close_room", ROOM)
    told = crowd.diary.index("ben", "told", "update")
    assert crowd.diary.index("engine", "grant", "ann", None) < told
    assert told < crowd.diary.index("ben", "closed", Code.ROOM_ENDED)
    answered = crowd.diary.index("host", "answered")
    assert answered < crowd.diary.index("host", "closed", Code.ROOM_ENDED)
    assert host.closing is not None
    _, refused = await crowd.try_enter(Visitor("new", "New", Role.ATTENDEE))
    assert isinstance(refused, Refusal)
    assert refused.code is Code.ROOM_ENDED


async def test_news_of_the_engine_reach_their_people(crowd: Stage) -> None:
    ann, ben = (crowd.keeper.audience.inside[name] for name in ("ann", "ben"))
    assert isinstance(ann, FakeConnection)
    assert isinstance(ben, FakeConnection)
    await crowd.keeper.watch("ben")
    offer = ben.messages[-1]
    assert isinstance(offer, SubscribeOffered)
    assert offer.fresh
    assert not any(isinstance(one, SubscribeOffered) for one in ann.messages)
    tracks = [TrackMap("0", "cat", "audio")]
    crowd.house.tracks_changed(ROOM, {"ann": 1, "ben": 2, "whoever has gone": 2}, tracks)
    crowd.house.tracks_changed("another room", {"ann": 1}, tracks)
    for person, revision in ((ann, 1), (ben, 2)):
        assert person.messages[-1] == TracksChanged(revision, [Track("0", "cat", "audio")])
    crowd.house.speaking(ROOM, ["ann"])
    assert ann.messages[-1] == ben.messages[-1] == Speaking(["ann"])
    crowd.house.speaking("another room", ["ann"])


async def test_the_room_comes_back_after_a_kill_with_seats_held(crowd: Stage) -> None:
    """No goodbye: the log says they are connected, so the grace runs from the new start."""
    await crowd.do("ben", c.AskToJoinStage())
    await crowd.log.close()  # what the process was doing ends with it
    killed = crowd.keeper.room
    again = Stage(crowd.path)
    again.clock.now = crowd.clock.now + 5000
    await again.open()
    await again.diary.until(lambda: again.seat("ann") is Seat.HELD)
    ann = again.keeper.room.people["ann"]
    assert ann.away_until == again.clock.now + again.keeper.room.settings.hold_ms
    assert again.seat("ben") is Seat.REQUESTED
    assert again.keeper.room.people["ben"].requested_at == killed.people["ben"].requested_at
    assert again.grant("ann") is None
    _, arrival = await again.come_back("ann", killed.number)
    assert next(one for one in arrival.view.people if one.id == "ann").seat is Seat.ON_STAGE
    await again.close()


async def test_many_at_once_are_one_after_the_other(crowd: Stage) -> None:
    people = [f"p{number}" for number in range(60)]
    await asyncio.gather(*(crowd.enter(person) for person in people))
    numbers = await asyncio.gather(*(crowd.do(person, c.RaiseHand()) for person in people))
    assert numbers == sorted(numbers)
    assert len(set(numbers)) == len(people)
    hands = [crowd.keeper.room.people[person].hand_at for person in people]
    assert hands == sorted(hands, key=lambda one: one or 0)
    events: list[AnyEvent] = await crowd.log.read(ROOM)
    assert len(events) == crowd.keeper.room.number


async def test_a_decision_that_fails_harms_nobody_else(
    crowd: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = rules.decide

    def decide(*arguments):  # type: ignore[no-untyped-def]
        if isinstance(arguments[1], c.LowerAllHands):
            raise ZeroDivisionError
        return original(*arguments)

    monkeypatch.setattr(rules, "decide", decide)
    bad, good = await asyncio.gather(
        crowd.ask("mod", c.LowerAllHands()), crowd.ask("ben", c.RaiseHand())
    )
    assert isinstance(bad, Refusal)
    assert bad.code is Code.SERVER_ERROR
    assert isinstance(good, int)
    assert good == crowd.keeper.room.number


async def test_another_writer_is_caught_up_with(crowd: Stage) -> None:
    """The log may have several writers one day; the number decides, not luck."""
    other = HandRaised(at=crowd.clock(), by="ann", rule=20, person="ann")
    await crowd.log.log.append(ROOM, crowd.keeper.room.number, [other])
    number = await crowd.do("ben", c.RaiseHand())
    assert number == crowd.keeper.room.number
    assert crowd.keeper.room.people["ann"].hand_at == number - 1
    assert len(await crowd.log.read(ROOM)) == number


async def test_a_room_id_is_taken_once(stage: Stage) -> None:
    again = await stage.house.create(rules.create(ROOM, "Again", now=1))
    assert isinstance(again, Refusal)
    assert again.code is Code.ROOM_EXISTS
    assert stage.keeper.room.name == "Room"


async def test_a_goodbye_refuses_what_comes_later_and_logs_no_disconnections(crowd: Stage) -> None:
    number = crowd.keeper.room.number
    await crowd.house.goodbye()
    for name in ("mod", "ann", "ben"):
        connection = crowd.keeper.audience.inside[name]
        assert isinstance(connection, FakeConnection)
        assert connection.closing is not None
        assert connection.closing.again
        assert connection.closing.code is Code.SHUTTING_DOWN
    outcome = await crowd.ask("ben", c.RaiseHand())
    assert isinstance(outcome, Refusal)
    assert outcome.code is Code.SHUTTING_DOWN
    assert len(await crowd.log.read(ROOM)) == number


async def test_media_restarted_is_a_message(crowd: Stage) -> None:
    crowd.house.restarted()
    ben = crowd.keeper.audience.inside["ben"]
    assert isinstance(ben, FakeConnection)
    await crowd.diary.until(lambda: MediaRestarted() in ben.messages)


async def test_what_is_not_logged_is_applied_and_shown_and_forgotten(
    crowd: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if hands were of the kind of events that are never kept."""
    monkeypatch.setattr(HandRaised, "logged", False)
    number = crowd.keeper.room.number
    both = (crowd.ask("ben", c.RaiseHand()), crowd.ask("mod", c.SetMode(Mode.INVITE)))
    hand, mode = await asyncio.gather(*both)
    assert (hand, mode) == (0, number + 1)
    assert crowd.keeper.room.people["ben"].hand_at is not None
    shown = crowd.diary.entries[crowd.diary.index("ann", "told", "update")][3]
    assert [one.id for one in shown.people] == ["ben"]
    assert [one.number for one in shown.happened] == [number + 1], "told under its own number"
    assert await crowd.do("ben", c.LowerHand()) == number + 2
    assert await crowd.do("ben", c.RaiseHand()) == 0
    await crowd.close()
    crowd.engine.granted.clear()
    await crowd.open()
    assert crowd.keeper.room.people["ben"].hand_at is None


async def test_a_step_that_cannot_be_logged_leaves_nothing_of_what_is_not_logged(
    crowd: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(HandRaised, "logged", False)
    crowd.log.failing = True
    both = (crowd.ask("ben", c.RaiseHand()), crowd.ask("mod", c.SetMode(Mode.INVITE)))
    assert all(isinstance(one, Refusal) for one in await asyncio.gather(*both))
    assert crowd.keeper.room.people["ben"].hand_at is None
    crowd.log.failing = False
