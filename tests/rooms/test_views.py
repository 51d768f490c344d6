"""What each person sees: rule 19 by example, and updates that always add up to the snapshot."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import get_args

from hypothesis import given, settings
from hypothesis import strategies as st

from stagedoor import rules
from stagedoor.messages import PersonView, RoomInfo, Update, View, encode_message
from stagedoor.rooms.happenings import Told, tell
from stagedoor.rooms.views import Updates, updates, view
from stagedoor.rules import commands as c
from stagedoor.rules.events import AnyEvent
from stagedoor.rules.refusals import Refusal
from stagedoor.rules.values import Device, Mode, Role, Room, Seat, Settings

PEOPLE = ["host", "mod", "mod2", "ann", "ben", "cid", "dee"]
ROLES = {"host": Role.HOST, "mod": Role.MODERATOR, "mod2": Role.MODERATOR}

person = st.sampled_from(PEOPLE)
commands = st.one_of(
    st.builds(c.JoinStage, st.booleans(), st.booleans()),
    st.builds(c.AcceptOffer, st.booleans(), st.booleans()),
    st.builds(c.SetDevice, st.sampled_from(Device), st.booleans()),
    st.builds(c.SetMode, st.sampled_from(Mode)),
    st.builds(
        c.ChangeSettings,
        capacity=st.integers(1, 4),
        may_leave_stage=st.booleans(),
        backstage=st.booleans(),
    ),
    st.builds(c.BringOn, st.lists(person, max_size=2).map(tuple)),
    st.builds(c.SendBackstage, person),
    st.sampled_from(
        [
            c.AskToJoinStage(),
            c.CancelRequest(),
            c.DeclineOffer(),
            c.LeaveStage(),
            c.DismissUnmute(),
            c.RaiseHand(),
            c.LowerHand(),
            c.LowerAllHands(),
        ]
    ),
    st.builds(c.LowerHand, person),
    *(
        st.builds(one, person)
        for one in (c.Approve, c.Decline, c.Invite, c.RevokeOffer, c.RemoveFromStage)
    ),
    *(st.builds(one, person) for one in (c.AskToUnmute, c.AppointModerator, c.DemoteModerator)),
    st.builds(c.TurnOff, person, st.sampled_from(Device)),
    st.builds(c.TurnAllOff, st.sampled_from(Device)),
)
#: What a person does: a command, or entering, being lost, coming back; and how much time passes.
deeds = st.tuples(
    person,
    st.one_of(commands, st.sampled_from(["enter", "lost", "back", "renamed"])),
    st.sampled_from([0, 0, 0, 1000, 40_000, 70_000]),
)
#: Several deeds may share one step, as they do when commands queue up.
steps = st.lists(st.lists(deeds, min_size=1, max_size=4), max_size=25)


class Client:
    """A viewer's copy of the room, kept as docs/protocol.md says."""

    def __init__(self, snapshot: View) -> None:
        self.you = snapshot.you
        self.room: RoomInfo = snapshot.room
        self.people: dict[str, PersonView] = {one.id: one for one in snapshot.people}
        self.number = snapshot.number

    def apply(self, update: Update) -> None:
        assert update.number >= self.number
        self.number = update.number
        self.people.update({one.id: one for one in update.people})
        for gone in update.gone:
            del self.people[gone]
        self.room = update.room or self.room


class World:
    """A room and a client a person who is connected."""

    def __init__(self) -> None:
        self.now = 1_000_000
        created = rules.create("room", "Room", now=self.now, settings=Settings(capacity=2))
        self.room: Room = rules.evolve(None, created)
        self.clients: dict[str, Client] = {}

    def step(self, together: list[tuple[str, c.AnyCommand | str, int]]) -> list[AnyEvent]:
        """Do the deeds, update the clients once, and give snapshots to those who entered."""
        before, events, entered = self.room, [], set()
        for who, deed, wait in together:
            self.now += wait
            events += self._take(rules.due(self.room, self.now))
            new = self._take(self._decide(who, deed))
            events += new
            if deed in ("enter", "back") and new:
                entered.add(who)
            if deed == "lost":
                self.clients.pop(who, None)
                entered.discard(who)
        told = numbered(before.number, events, self.room)
        changed = updates(before, self.room, told, events)
        for client in self.clients.values():
            if client.you not in entered:
                update = chosen(changed, self.room, client.you)
                if update is not None:
                    client.apply(update)
        for who in entered:
            self.clients[who] = Client(view(self.room, who))
        return events

    def _decide(self, who: str, deed: c.AnyCommand | str) -> list[AnyEvent] | Refusal:
        here = self.room.people.get(who)
        connected = here is not None and here.present and here.away_until is None
        match deed:
            case "enter":
                role = ROLES.get(who, Role.ATTENDEE)
                return [] if here else rules.enter(self.room, who, who.title(), role, self.now)
            case "back" | "renamed":
                if here is None or (connected and deed == "back"):
                    return []
                name = f"{who} {self.room.number}" if deed == "renamed" else here.name
                # Within one step: lost and back, as when a second connection takes over.
                lost = rules.disconnect(self.room, who, self.now) if connected else []
                if deed == "renamed" and not connected:
                    return []
                self._take(lost)
                back = rules.come_back(self.room, who, name, self.now)
                return _Taken(lost, back)
            case "lost":
                return rules.disconnect(self.room, who, self.now) if connected else []
            case _:
                assert isinstance(deed, get_args(c.AnyCommand))
                return rules.decide(self.room, deed, who, self.now) if connected else []

    def _take(self, decision: list[AnyEvent] | Refusal) -> list[AnyEvent]:
        if isinstance(decision, Refusal):
            return []
        if isinstance(decision, _Taken):
            return decision.first + self._take(decision.rest)
        for event in decision:
            self.room = rules.evolve(self.room, event)
        return list(decision)


class _Taken(list):  # type: ignore[type-arg]
    """Events of which the first are applied already."""

    def __init__(self, first: list[AnyEvent], rest: list[AnyEvent] | Refusal) -> None:
        super().__init__()
        self.first = first
        self.rest = rest


def numbered(after: int, events: Iterable[AnyEvent], room: Room) -> list[Told]:
    told = (tell(number, event, room.people) for number, event in enumerate(events, after + 1))
    return [one for one in told if one is not None]


def chosen(changed: Updates, room: Room, viewer: str) -> Update | None:
    """Which of the updates the keeper sends to this viewer."""
    if viewer in changed.persons:
        return changed.persons[viewer]
    return changed.moderators if room.people[viewer].moderates else changed.attendees


@given(steps)
@settings(max_examples=200, deadline=None)
def test_19_updates_add_up_to_a_fresh_snapshot_for_every_viewer(
    plan: list[list[tuple[str, c.AnyCommand | str, int]]],
) -> None:
    world = World()
    world.step([(who, "enter", 0) for who in PEOPLE[:5]])
    for together in plan:
        world.step(together)
        for client in world.clients.values():
            fresh = view(world.room, client.you)
            assert client.people == {one.id: one for one in fresh.people}
            assert client.room == fresh.room


@given(steps)
@settings(max_examples=100, deadline=None)
def test_19_attendees_learn_nothing_of_others_requests_and_offers(
    plan: list[list[tuple[str, c.AnyCommand | str, int]]],
) -> None:
    world = World()
    world.step([(who, "enter", 0) for who in PEOPLE[:5]])
    for together in plan:
        before = world.room
        events = world.step(together)
        told = numbered(before.number, events, world.room)
        changed = updates(before, world.room, told)
        for viewer, seen in shown_to_attendees(world, changed):
            for one in seen.people:
                if one.id != viewer:
                    hidden = (one.requested_at, one.offer, one.unmute_asked_by, one.may_ask_at)
                    assert hidden == (None, None, None, 0)
                    assert one.seat not in (Seat.REQUESTED, Seat.OFFERED)
                    assert not one.barred
            for happening in seen.happened:
                for_all = happening.what in ("mode_set", "settings_changed", "room_ended")
                assert for_all or happening.person == viewer


def shown_to_attendees(world: World, changed: Updates) -> Iterator[tuple[str, Update]]:
    for viewer, one in world.room.people.items():
        if not one.moderates and one.present:
            update = chosen(changed, world.room, viewer)
            if update is not None:
                yield viewer, update


def small_world() -> World:
    world = World()
    world.step([(who, "enter", 0) for who in ("host", "mod", "ann", "ben")])
    return world


def after(world: World, who: str, command: c.AnyCommand) -> Updates:
    before = world.room
    events = world.step([(who, command, 0)])
    assert events, "the command was refused"
    told = numbered(before.number, events, world.room)
    return updates(before, world.room, told, events)


def test_19_a_request_is_shown_to_moderators_and_to_its_person_alone() -> None:
    world = small_world()
    changed = after(world, "ann", c.AskToJoinStage())
    assert changed.attendees is None
    assert changed.moderators is not None
    (seen,) = changed.moderators.people
    assert (seen.id, seen.seat, seen.requested_at) == ("ann", Seat.REQUESTED, world.room.number)
    own = changed.persons["ann"]
    assert own is not None
    assert own.people == [seen]
    (happening,) = own.happened
    assert (happening.what, happening.person_name) == ("request_made", "Ann")


def test_6_a_moderator_who_arrives_sees_requests_and_offers() -> None:
    world = small_world()
    after(world, "ann", c.AskToJoinStage())
    after(world, "mod", c.Invite("ben"))
    world.step([("mod2", "enter", 0)])
    people = world.clients["mod2"].people
    assert people["ann"].seat is Seat.REQUESTED
    assert people["ben"].offer is not None
    assert people["ben"].offer.by_name == "Mod"
    other = world.clients["ann"].people["ben"]
    assert (other.seat, other.offer) == (Seat.VIEWER, None)


def test_a_mode_change_is_told_to_everybody() -> None:
    changed = after(small_world(), "mod", c.SetMode(Mode.INVITE))
    for update in (changed.attendees, changed.moderators):
        assert update is not None
        assert update.room is not None
        assert update.room.mode is Mode.INVITE
        assert [(one.what, one.by_name) for one in update.happened] == [("mode_set", "Mod")]


def test_a_new_moderator_sees_everybody_again_and_a_former_one_no_longer() -> None:
    world = small_world()
    after(world, "ann", c.AskToJoinStage())
    changed = after(world, "host", c.AppointModerator("ben"))
    update = changed.persons["ben"]
    assert update is not None
    assert {one.id for one in update.people} == {"host", "mod", "ann", "ben"}
    assert world.clients["ben"].people["ann"].seat is Seat.REQUESTED
    after(world, "host", c.DemoteModerator("ben"))
    assert world.clients["ben"].people["ann"].seat is Seat.VIEWER


def test_whoever_is_gone_for_good_is_taken_from_the_view() -> None:
    world = small_world()
    world.step([("ben", "lost", 0)])
    assert world.clients["ann"].people["ben"].away
    world.step([("ann", c.RaiseHand(), world.room.settings.hold_ms + 1)])
    assert "ben" not in world.clients["ann"].people
    assert "ben" not in {one.id for one in view(world.room, "mod").people}


def test_an_update_leaves_out_what_is_empty() -> None:
    changed = after(small_world(), "ann", c.RaiseHand())
    assert changed.attendees is not None
    text = encode_message(changed.attendees)
    assert '"gone"' not in text
    assert '"room"' not in text
    assert '"happened"' not in text


def test_of_those_who_do_not_listen_no_update_is_made() -> None:
    world = small_world()
    before = world.room
    events = world.step([("cid", "enter", 0), ("ann", c.RaiseHand(), 0)])
    told = numbered(before.number, events, world.room)
    everybody = updates(before, world.room, told, events)
    listening = updates(before, world.room, told, events, {"ann", "ben"})
    assert {*everybody.persons} == {"ann", "cid"}
    assert listening.persons == {"ann": everybody.persons["ann"]}
    assert listening.attendees == everybody.attendees
    assert listening.attendees is not None
    assert {one.id for one in listening.attendees.people} == {"ann", "cid"}


def test_those_who_enter_together_each_see_themselves_whole() -> None:
    world = small_world()
    world.step([("ann", c.AskToJoinStage(), 0), ("cid", "enter", 0), ("mod2", "enter", 0)])
    for viewer in ("ann", "ben", "cid", "mod", "mod2"):
        people = {one.id: one for one in view(world.room, viewer).people}
        sees_it = viewer in ("ann", "mod", "mod2")
        assert people["ann"].seat is (Seat.REQUESTED if sees_it else Seat.VIEWER), viewer
        assert {*people} == {"host", "mod", "mod2", "ann", "ben", "cid"}
