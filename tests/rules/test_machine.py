"""Everybody does anything in any order, and the rules hold: properties over whole histories."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import msgspec
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from stagedoor import rules
from stagedoor.audit.witness import Witness
from stagedoor.media.interface import Grant
from stagedoor.rooms.grants import grants, insiders
from stagedoor.rules import commands as c
from stagedoor.rules.events import AnyEvent
from stagedoor.rules.refusals import Code, Refusal
from stagedoor.rules.values import Device, Mode, Role, Room, Seat, Settings

from .play import START

HOST, MODERATORS, ATTENDEES = "hal", ("ada", "bob"), ("cal", "dee", "eve", "fay")
CAST = {
    HOST: Role.HOST,
    **dict.fromkeys(MODERATORS, Role.MODERATOR),
    **dict.fromkeys(ATTENDEES, Role.ATTENDEE),
}

_events = msgspec.json.Decoder(AnyEvent)

anyone = st.sampled_from(list(CAST))
attendee = st.sampled_from(ATTENDEES)
decider = st.sampled_from([HOST, *MODERATORS])
anybody_named = st.sampled_from([*CAST, "nobody", ""])
modes = st.sampled_from([Mode.REQUEST, Mode.OPEN, Mode.INVITE, Mode.CLOSED])
devices = st.sampled_from(Device)
changes = st.builds(
    c.ChangeSettings,
    capacity=st.none() | st.integers(0, 4),
    offer_ms=st.none() | st.sampled_from([4_999, 5_000, 9_000]),
    hold_ms=st.none() | st.sampled_from([4_999, 5_000, 12_000]),
    cooldown_ms=st.none() | st.sampled_from([-1, 0, 3_000]),
    may_leave_stage=st.none() | st.booleans(),
    bump_longest_silent=st.none() | st.booleans(),
    backstage=st.none() | st.booleans(),
)
requests = st.none() | st.integers(1, 60)
on_a_person = st.one_of(
    st.builds(c.Approve, anybody_named, requests),
    st.builds(c.Decline, anybody_named, requests),
    st.builds(c.Invite, anybody_named),
    st.builds(c.RevokeOffer, anybody_named),
    st.builds(c.RemoveFromStage, anybody_named),
    st.builds(c.BringOn, st.lists(anybody_named, max_size=3).map(tuple)),
    st.builds(c.SendBackstage, anybody_named),
    st.builds(c.TurnOff, anybody_named, devices),
    st.builds(c.AskToUnmute, anybody_named),
    st.builds(c.AppointModerator, anybody_named),
    st.builds(c.DemoteModerator, anybody_named),
    st.builds(c.LowerHand, anybody_named),
)
on_oneself = st.one_of(
    st.builds(c.JoinStage, st.booleans(), st.booleans()),
    st.just(c.AskToJoinStage()),
    st.just(c.CancelRequest()),
    st.builds(c.AcceptOffer, st.booleans(), st.booleans()),
    st.just(c.DeclineOffer()),
    st.just(c.LeaveStage()),
    st.builds(c.SetDevice, devices, st.booleans()),
    st.just(c.DismissUnmute()),
    st.just(c.RaiseHand()),
    st.just(c.LowerHand()),
)
on_the_room = st.one_of(
    st.builds(c.SetMode, modes),
    changes,
    st.builds(c.TurnAllOff, devices),
    st.just(c.LowerAllHands()),
)


class Rooms(RuleBasedStateMachine):
    """One room. Every step goes through ``rules`` as the server does it; a witness reads along."""

    room: Room

    def __init__(self) -> None:
        super().__init__()
        self.now = START
        self.log: list[bytes] = []
        self.witness = Witness()

    @initialize(
        mode=modes,
        capacity=st.integers(1, 3),
        bump=st.booleans(),
        leave=st.booleans(),
        backstage=st.booleans(),
        cooldown=st.sampled_from([0, 3_000]),
        absent=st.sets(anyone, max_size=1),
    )
    def begin(
        self,
        mode: Mode,
        capacity: int,
        bump: bool,
        leave: bool,
        backstage: bool,
        cooldown: int,
        absent: set[str],
    ) -> None:
        created = rules.create(
            "r",
            "Room",
            now=self.now,
            mode=mode,
            settings=Settings(
                capacity=capacity,
                offer_ms=6_000,
                hold_ms=5_000,
                cooldown_ms=cooldown,
                may_leave_stage=leave,
                bump_longest_silent=bump,
                backstage=backstage,
            ),
        )
        self.room = rules.evolve(None, created)
        self.note(created)
        for who in CAST:
            if who not in absent:
                self.enter(who)

    # -- what the server does

    def note(self, event: AnyEvent) -> None:
        encoded = msgspec.json.encode(event)
        assert _events.decode(encoded) == event, "an event is logged as it is"
        self.log.append(encoded)
        self.witness.read(msgspec.json.decode(encoded))

    def apply(self, events: list[AnyEvent]) -> list[AnyEvent]:
        for event in events:
            before, frozen = self.room, msgspec.json.encode(self.room)
            self.room = rules.evolve(before, event)
            assert self.room.number == before.number + 1
            assert msgspec.json.encode(before) == frozen, "the old room is as it was"
            self.note(event)
        return events

    def command(self, who: str, command: c.AnyCommand) -> list[AnyEvent] | Refusal:
        frozen = msgspec.json.encode(self.room)
        answer = rules.decide(self.room, command, who, self.now)
        assert msgspec.json.encode(self.room) == frozen, "deciding changes nothing (rule 22)"
        assert rules.decide(self.room, command, who, self.now) == answer, "nor is it by chance"
        if isinstance(answer, Refusal):
            assert answer.sentence.endswith(".")
            return answer
        for event in answer:
            assert (event.by, event.at) == (who, self.now)
        return self.apply(answer)

    # -- anything

    @rule(who=anybody_named, command=st.one_of(on_a_person, on_oneself, on_the_room))
    def anybody_wants_anything(self, who: str, command: c.AnyCommand) -> None:
        self.command(who, command)

    @rule(who=anyone, command=on_oneself)
    def somebody_acts(self, who: str, command: c.AnyCommand) -> None:
        self.command(who, command)

    @rule(who=decider, command=on_a_person)
    def a_moderator_decides_on_somebody(self, who: str, command: c.AnyCommand) -> None:
        self.command(who, command)

    @rule(who=decider, command=on_the_room)
    def a_moderator_decides_on_the_room(self, who: str, command: c.AnyCommand) -> None:
        self.command(who, command)

    # -- what is possible just now, so that histories become long and go far

    @rule(data=st.data())
    def somebody_does_what_is_possible(self, data: st.DataObject) -> None:
        self.does_something(data, list(self.witness.people))

    @rule(data=st.data())
    def somebody_on_the_way_does_what_is_possible(self, data: st.DataObject) -> None:
        people = self.witness.people.items()
        self.does_something(data, [key for key, one in people if one.seat != "viewer"])

    @rule(data=st.data())
    def a_moderator_does_what_is_possible(self, data: st.DataObject) -> None:
        people = self.witness.people.items()
        self.does_something(data, [key for key, one in people if one.moderates])

    def does_something(self, data: st.DataObject, among: list[str]) -> None:
        """One of these people does any of the kinds of things that change the room just now."""
        connected = [key for key in among if self.witness.people[key].connected]
        if not connected or self.room.ended:
            return
        who = data.draw(st.sampled_from(connected), label="who")
        possible: dict[type[c.Command], list[c.AnyCommand]] = {}
        for command in self.wishes(who):
            answer = rules.decide(self.room, command, who, self.now)
            if answer and not isinstance(answer, Refusal):
                possible.setdefault(type(command), []).append(command)
        if possible:
            kind = data.draw(st.sampled_from(list(possible)), label="kind")
            command = data.draw(st.sampled_from(possible[kind]), label="command")
            assert not isinstance(self.command(who, command), Refusal)

    def wishes(self, who: str) -> Iterator[c.AnyCommand]:
        """All that a person could sensibly wish for, possible or not."""
        for microphone, camera in product((True, False), (True, False)):
            yield c.AcceptOffer(microphone, camera)
            yield c.JoinStage(microphone, camera)
        yield from (c.AskToJoinStage(), c.CancelRequest(), c.DeclineOffer(), c.LeaveStage())
        yield from (c.DismissUnmute(), c.RaiseHand(), c.LowerHand())
        yield from (c.SetDevice(device, on) for device in Device for on in (True, False))
        if self.room.people[who].moderates:
            for person in self.room.people:
                number = self.room.people[person].requested_at
                yield from (c.Approve(person, number), c.Decline(person, number))
                yield from (c.Invite(person), c.RevokeOffer(person), c.RemoveFromStage(person))
                yield from (c.TurnOff(person, device) for device in Device)
                yield from (c.AskToUnmute(person), c.LowerHand(person))
                yield from (c.AppointModerator(person), c.DemoteModerator(person))
                yield from (c.BringOn((person,)), c.SendBackstage(person))
            yield from (c.SetMode(mode) for mode in Mode)
            yield from (c.TurnAllOff(device) for device in Device)
            yield from (c.ChangeSettings(capacity=capacity) for capacity in (1, 2, 3))
            yield c.ChangeSettings(bump_longest_silent=not self.room.settings.bump_longest_silent)
            yield c.ChangeSettings(backstage=not self.room.settings.backstage)
            yield from (c.LowerAllHands(), c.BringOn())

    @rule(data=st.data())
    def somebody_who_is_away_comes_back(self, data: st.DataObject) -> None:
        away = [key for key, one in self.witness.people.items() if not one.connected]
        if away:
            self.come_back(data.draw(st.sampled_from(away), label="who"), 0)

    # -- the ways that people go on purpose

    @rule(who=attendee, mode=modes)
    def everybody_asks_and_the_mode_changes(self, who: str, mode: Mode) -> None:
        self.command(who, c.AskToJoinStage())
        for other in ATTENDEES:
            self.command(other, c.AskToJoinStage())
        self.command(HOST, c.SetMode(mode))

    @rule(who=anyone)
    def somebody_asks(self, who: str) -> None:
        self.command(who, c.AskToJoinStage())

    @rule(who=decider, place=st.integers(0, 2), no=st.booleans(), stale=st.integers(0, 3))
    def a_moderator_answers_a_request(self, who: str, place: int, no: bool, stale: int) -> None:
        if not self.witness.queue:
            return
        person = self.witness.queue[place % len(self.witness.queue)]
        number = (self.room.people[person].requested_at or 0) - stale
        answer = self.command(who, c.Decline(person, number) if no else c.Approve(person, number))
        if stale:
            assert isinstance(answer, Refusal), "that was another request (rule 8)"

    @rule(who=decider, other=decider, person=attendee, no=st.booleans())
    def two_moderators_answer_at_once(self, who: str, other: str, person: str, no: bool) -> None:
        seen = self.room.people[person].requested_at if person in self.room.people else None
        first = self.command(who, c.Approve(person, seen))
        second = self.command(other, c.Decline(person, seen) if no else c.Approve(person, seen))
        if isinstance(first, list):
            assert isinstance(second, Refusal)
            if who != other and second.code not in (Code.AWAY, Code.NO_SUCH_PERSON):
                moderates = self.room.people[other].moderates
                expected = Code.ALREADY_HANDLED if moderates else Code.NOT_ALLOWED
                assert second.code is expected
                assert not moderates or self.room.people[who].name in second.sentence

    @rule(who=decider, person=anyone)
    def somebody_is_brought_up(self, who: str, person: str) -> None:
        self.command(who, c.Invite(person))
        self.command(person, c.AcceptOffer(microphone=True))

    @rule(who=decider, other=decider, people=st.sets(attendee, min_size=1, max_size=2))
    def people_wait_backstage_and_two_moderators_bring_them_on(
        self, who: str, other: str, people: set[str]
    ) -> None:
        self.command(who, c.ChangeSettings(backstage=True))
        for person in people:
            self.somebody_is_brought_up(who, person)
        waiting = tuple(sorted(people))
        first, second = (self.command(one, c.BringOn(waiting)) for one in (who, other))
        if isinstance(first, list):
            assert len(first) == 1, "together"
            assert all(self.witness.people[one].everybody_receives for one in waiting)
            assert isinstance(second, Refusal)
            by = self.witness.people.get(other)
            if who != other and by is not None and by.moderates:
                assert second.code in (Code.ALREADY_HANDLED, Code.AWAY, Code.NO_SUCH_PERSON)

    @rule(who=anyone, other=anyone)
    def somebody_shares_and_somebody_wants_up(self, who: str, other: str) -> None:
        shares = isinstance(self.command(who, c.SetDevice(Device.SCREEN, on=True)), list)
        self.command(other, c.JoinStage())
        assert not shares or self.room.people[who].screen, "rule 11"

    @rule(who=decider, person=attendee)
    def somebody_is_removed_and_tries_again(self, who: str, person: str) -> None:
        removed = self.command(who, c.RemoveFromStage(person))
        again = self.command(person, c.JoinStage())
        if isinstance(removed, list) and not self.room.people[person].moderates:
            assert isinstance(again, Refusal)

    @precondition(lambda self: self.room.number > 40)
    @rule(who=anyone, sure=st.integers(0, 5))
    def the_room_ends(self, who: str, sure: int) -> None:
        if sure == 0:
            self.command(who, c.EndRoom())

    # -- connections and the clock

    @rule(who=anyone, role=st.none() | st.sampled_from(Role))
    def enter(self, who: str, role: Role | None = None) -> None:
        events = rules.enter(self.room, who, who.title(), role or CAST[who], self.now)
        if isinstance(events, Refusal):
            assert self.room.ended or who in self.room.people
        else:
            self.apply(events)

    @rule(who=anybody_named)
    def disconnect(self, who: str) -> None:
        self.apply(rules.disconnect(self.room, who, self.now))
        assert rules.disconnect(self.room, who, self.now) == [], "once is enough"

    @rule(who=anybody_named, late=st.sampled_from([0, 0, 0, 4_999, 5_000, 6_000]))
    def come_back(self, who: str, late: int) -> None:
        """Perhaps so late that timers should have run, which have not."""
        self.now += late
        events = rules.come_back(self.room, who, who.title(), self.now)
        if isinstance(events, Refusal):
            assert self.room.ended or who not in self.room.people
        else:
            self.apply(events)
            assert self.witness.people[who].connected
            again = rules.come_back(self.room, who, who.title(), self.now)
            assert again == [], "once is enough"
        self.timers_run()

    @rule(ms=st.sampled_from([1, 1_000, 2_999, 5_000, 6_000, 20_000]))
    def time_passes(self, ms: int) -> None:
        self.now += ms
        self.timers_run()

    @rule(late=st.integers(0, 1))
    def time_passes_up_to_the_next_deadline(self, late: int) -> None:
        deadline = rules.next_deadline(self.room)
        if deadline is None:
            return
        assert deadline > self.now, "nothing is overdue"
        assert rules.due(self.room, deadline - 1) == []
        assert rules.due(self.room, deadline) != []
        self.now = deadline + late
        self.timers_run()

    def timers_run(self) -> None:
        events = rules.due(self.room, self.now)
        times = []
        for event in events:
            person = self.room.people[event.person]
            expiry = person.offer.expires_at if person.offer else 0
            left = isinstance(event, rules.events.Left)
            times.append(((person.away_until or 0) if left else expiry, event.person))
        assert times == sorted(times), "in the order of their time, then of the person"
        self.apply(events)
        assert rules.due(self.room, self.now) == [], "once is enough"

    # -- what is always so

    @invariant()
    def nobody_is_on_stage_beyond_capacity(self) -> None:
        seated = [one for one in self.room.people.values() if one.has_seat]
        assert len(seated) <= self.room.settings.capacity

    @invariant()
    def a_person_is_of_one_piece(self) -> None:
        for one in self.room.people.values():
            assert (one.offer is not None) == (one.seat is Seat.OFFERED)
            assert (one.requested_at is not None) == (one.seat is Seat.REQUESTED)
            if one.microphone or one.camera or one.screen or one.unmute_asked_by:
                assert one.seat in (Seat.ON_STAGE, Seat.BACKSTAGE), "rule 14"
            assert one.seat is Seat.HELD or not one.held_backstage
            assert not (one.microphone and one.unmute_asked_by)
            if one.has_seat:
                assert (one.seat is Seat.HELD) == (one.away_until is not None), "rule 12"
            if not one.present:
                assert one.seat is Seat.VIEWER
                assert (one.away_until, one.hand_at) == (None, None)

    @invariant()
    def the_mode_leaves_no_requests_or_offers_where_there_are_none(self) -> None:
        seats = [one.seat for one in self.room.people.values()]
        if self.room.mode in (Mode.INVITE, Mode.CLOSED):
            assert Seat.REQUESTED not in seats
        if self.room.mode is Mode.CLOSED:
            assert Seat.OFFERED not in seats

    @invariant()
    def the_room_is_what_the_log_tells(self) -> None:
        witness = self.witness
        assert (self.room.number, self.room.mode, self.room.ended) == (
            witness.number,
            witness.mode,
            witness.ended,
        )
        assert msgspec.structs.asdict(self.room.settings) == witness.settings
        assert self.room.people.keys() == witness.people.keys()
        for key, told in witness.people.items():
            one = self.room.people[key]
            assert (one.id, one.role, one.seat, one.present) == (
                key,
                told.role,
                told.seat,
                not told.gone,
            )
            assert one.away_until == told.away_until
            assert one.is_backstage == told.backstage
            assert (one.offer.expires_at if one.offer else None) == told.offer_until
            assert {device for device in Device if getattr(one, device)} == told.on
            assert (one.barred, one.may_ask_at) == (told.barred, told.may_ask_at)
            assert (one.unmute_asked_by is not None) == told.asked_to_unmute

    @invariant()
    def attendees_receive_those_on_stage_and_nobody_else(self) -> None:
        """Rule 14: a grant that is public is the only way to an attendee."""
        granted = grants(self.room)
        for key, told in self.witness.people.items():
            grant = granted.get(key, Grant())
            assert grant.public == told.everybody_receives
            assert grant.forward == (told.connected and told.seat in ("on_stage", "backstage"))
            assert {device for device in Device if getattr(grant, device)} == told.on
        moderators = {key for key, one in self.witness.people.items() if one.moderates}
        assert insiders(self.room) <= moderators

    @invariant()
    def queue_and_hands_are_in_order(self) -> None:
        people = self.room.people.values()
        waiting = {one.requested_at: one.id for one in people if one.requested_at is not None}
        assert [waiting[number] for number in sorted(waiting)] == self.witness.queue, "rule 5"
        raised = {one.hand_at: one.id for one in people if one.hand_at is not None}
        assert [raised[number] for number in sorted(raised)] == self.witness.hands(), "rule 19"

    @invariant()
    def the_next_deadline_follows_from_the_state(self) -> None:
        assert rules.next_deadline(self.room) == self.witness.deadline()

    def teardown(self) -> None:
        if not self.log:
            return
        again: Room | None = None
        for encoded in self.log:
            again = rules.evolve(again, _events.decode(encoded))
        assert again == self.room, "replaying the log gives the same room"


Rooms.TestCase.settings = settings(
    max_examples=150,
    stateful_step_count=150,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
TestRooms = Rooms.TestCase
