"""Everybody does anything while the room is locked, opened and cleared, and the rules hold."""

from __future__ import annotations

from collections.abc import Iterator

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from stagedoor import rules
from stagedoor.audit.event_witness import EventWitness
from stagedoor.rules import commands as c
from stagedoor.rules.event import commands as e
from stagedoor.rules.event.values import Entry
from stagedoor.rules.refusals import Code, Refusal
from stagedoor.rules.values import Role

from .test_machine import CAST, HOST, Rooms, anybody_named, anyone, decider

#: Some come by a link of their own, some share one, some come without.
LINKS = {"hal": "hosts", "ada": "moderators", "bob": "moderators", "cal": "one", "dee": "one"}
NAMES = st.sampled_from(["Ann", "Cal", "Dr. Who", " ", "x" * 61])
TURNED_AWAY = (Code.BANNED, Code.LOCKED, Code.NOT_OPEN)

on_the_event = st.one_of(
    st.builds(e.SetEntry, st.sampled_from(Entry)),
    st.builds(e.RenameRoom, NAMES),
    st.builds(e.Rename, NAMES, st.none() | anybody_named),
    st.builds(e.RemoveFromRoom, anybody_named),
    st.builds(e.Ban, anybody_named, st.sampled_from(["", "noise"]), st.booleans()),
    st.builds(e.Unban, anybody_named),
    st.builds(e.RestoreHand, st.none() | anybody_named),
    st.builds(
        c.ChangeSettings,
        may_raise_hand=st.none() | st.booleans(),
        may_rename=st.none() | st.booleans(),
        lower_hand_once_spoken=st.none() | st.booleans(),
    ),
)


class Events(Rooms):
    """The room of the other machine, with all that is done to run an event."""

    witness: EventWitness

    def __init__(self) -> None:
        super().__init__()
        self.witness = EventWitness()

    @rule(who=anyone, command=on_the_event)
    def anybody_runs_the_event(self, who: str, command: c.AnyCommand) -> None:
        self.command(who, command)

    @rule(who=decider, command=on_the_event)
    def a_moderator_runs_the_event(self, who: str, command: c.AnyCommand) -> None:
        self.command(who, command)

    @rule(who=decider, ms=st.sampled_from([1, 5_000]))
    def the_room_is_to_open(self, who: str, ms: int) -> None:
        self.command(who, e.SetEntry(Entry.LOBBY, self.now + ms))

    @rule(who=anybody_named, ms=st.sampled_from([0, 500, 2_000, 9_000]))
    def somebody_is_heard(self, who: str, ms: int) -> None:
        self.apply(rules.spoke(self.room, who, ms, self.now))

    @rule(who=anyone, late=st.sampled_from([0, 59_999, 60_000]))
    def a_hand_goes_down_by_itself_and_up_again(self, who: str, late: int) -> None:
        self.command(HOST, c.ChangeSettings(lower_hand_once_spoken=True))
        self.command(who, c.RaiseHand())
        self.apply(rules.spoke(self.room, who, 3_000, self.now))
        self.now += late
        self.timers_run()
        self.command(who, e.RestoreHand())

    @rule(who=anyone, way=st.sampled_from([Entry.LOBBY, Entry.LOCKED]), late=st.booleans())
    def somebody_is_lost_while_nobody_new_comes_in(self, who: str, way: Entry, late: bool) -> None:
        self.command(HOST, e.SetEntry(way))
        self.disconnect(who)
        self.come_back(who, 30_000 if late else 0)

    @rule(link=st.booleans())
    def somebody_is_banned_by_one_of_the_same_link(self, link: bool) -> None:
        self.command(HOST, c.AppointModerator("cal"))
        self.command("cal", e.Ban("dee", link=link))

    def wishes(self, who: str) -> Iterator[c.AnyCommand]:
        yield from super().wishes(who)
        yield from (e.Rename("Ann"), e.RestoreHand())
        if self.room.people[who].moderates:
            yield from (e.SetEntry(entry) for entry in Entry)
            for person in self.room.people:
                yield from (e.RemoveFromRoom(person), e.Ban(person), e.Unban(person))
                yield from (e.Rename("Another", person), e.RestoreHand(person))

    # -- connections and the clock, where one may be turned away

    @rule(who=anyone, role=st.none() | st.sampled_from(Role))
    def enter(self, who: str, role: Role | None = None) -> None:
        role, link = role or CAST[who], LINKS.get(who, "")
        events = rules.enter(self.room, who, who.title(), role, self.now, link)
        if isinstance(events, Refusal):
            known = self.room.ended or who in self.room.people
            assert known or events.code in TURNED_AWAY
            assert known or role is Role.ATTENDEE or events.code is Code.BANNED
        else:
            self.apply(events)

    @rule(who=anybody_named, late=st.sampled_from([0, 0, 0, 4_999, 5_000, 6_000]))
    def come_back(self, who: str, late: int) -> None:
        self.now += late
        inside = who in self.witness.people and not self._is_gone(who)
        events = rules.come_back(self.room, who, who.title(), self.now)
        if isinstance(events, Refusal):
            unknown = self.room.ended or who not in self.room.people
            assert unknown or events.code in TURNED_AWAY
            assert unknown or not inside, "those inside, and in their grace, come back"
        else:
            self.apply(events)
            assert self.witness.people[who].connected
        self.timers_run()

    def _is_gone(self, who: str) -> bool:
        person = self.witness.people[who]
        return person.gone or (person.away_until is not None and person.away_until <= self.now)

    def timers_run(self) -> None:
        self.apply(rules.due(self.room, self.now))
        assert rules.due(self.room, self.now) == [], "once is enough"

    # -- what is always so

    @invariant()
    def the_way_in_is_what_the_log_tells(self) -> None:
        entrance, witness = self.room.entrance, self.witness
        assert (entrance.entry, entrance.opens_at) == (witness.entry, witness.opens_at)
        assert {key: ban.link for key, ban in entrance.bans.items()} == witness.bans
        assert self.room.name == witness.name
        assert {key: one.name for key, one in self.room.people.items()} == witness.names
        spoken = {key: one.spoke_ms for key, one in self.room.people.items() if one.spoke_ms}
        assert spoken == witness.spoken

    @invariant()
    def nobody_banned_is_inside(self) -> None:
        for person in self.room.entrance.bans:
            assert not self.room.people[person].present
            refused = rules.come_back(self.room, person, "X", self.now)
            assert isinstance(refused, Refusal)

    @invariant()
    def the_host_is_out_of_reach(self) -> None:
        """Rule 17: in this cast nobody else is a host, unless they entered as one."""
        for ban in self.room.entrance.bans.values():
            if self.room.people[ban.person].role is not Role.ATTENDEE:
                assert self.room.people[ban.by].role is Role.HOST


Events.TestCase.settings = settings(
    max_examples=100,
    stateful_step_count=100,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
TestEvents = Events.TestCase
