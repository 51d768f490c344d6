"""Running the event: the way in, names, removal and bans (rules 13 and 17)."""

from __future__ import annotations

import pytest

from stagedoor import rules
from stagedoor.rules import commands as c
from stagedoor.rules.event import commands as e
from stagedoor.rules.event.values import Entry
from stagedoor.rules.events import AnyEvent
from stagedoor.rules.refusals import Code, Refusal
from stagedoor.rules.values import Mode, Role, Seat, Settings

from .play import START, Play, kinds


def entering(play: Play, role: Role = Role.ATTENDEE, link: str = "") -> Code | None:
    """The code with which somebody new is turned away, or None."""
    answer = rules.enter(play.room, "new", "New", role, play.now, link)
    return answer.code if isinstance(answer, Refusal) else None


def returning(play: Play, who: str) -> Refusal | None:
    answer = rules.come_back(play.room, who, who.title(), play.now)
    return answer if isinstance(answer, Refusal) else None


# -- the way in


@pytest.mark.parametrize(
    ("entry", "code"), [(Entry.LOBBY, Code.NOT_OPEN), (Entry.LOCKED, Code.LOCKED)]
)
def test_new_attendees_wait_or_are_turned_away_and_moderators_get_in(
    entry: Entry, code: Code
) -> None:
    play = Play()
    play.do("ada", e.SetEntry(entry))
    assert entering(play) is code
    assert entering(play, Role.MODERATOR) is None
    assert entering(play, Role.HOST) is None
    play.do("bob", e.SetEntry(Entry.OPEN))
    assert entering(play) is None


@pytest.mark.parametrize("entry", [Entry.LOBBY, Entry.LOCKED])
def test_those_inside_and_within_their_grace_come_back(entry: Entry) -> None:
    play = Play()
    play.on_stage("cal")
    play.away("cal")
    play.do("ada", e.SetEntry(entry))
    play.wait(29_999)
    play.back("cal")
    assert play.seat("cal") is Seat.ON_STAGE
    play.away("cal")
    play.wait(30_000)
    assert returning(play, "cal") is not None, "the grace is over"
    play.away("ada")
    play.wait(30_000)
    assert returning(play, "ada") is None, "a moderator"


def test_a_grace_that_is_over_is_over_even_if_its_timer_has_not_run() -> None:
    play = Play()
    play.away("cal")
    play.do("ada", e.SetEntry(Entry.LOCKED))
    play.now += 30_000
    refusal = returning(play, "cal")
    assert refusal is not None
    assert refusal.code is Code.LOCKED


def test_the_lobby_opens_by_the_clock() -> None:
    play = Play()
    play.do("ada", e.SetEntry(Entry.LOBBY, play.now + 5_000))
    assert rules.next_deadline(play.room) == play.now + 5_000
    assert play.wait(4_999) == []
    assert entering(play) is Code.NOT_OPEN
    (opened,) = play.wait(1)
    assert (kinds([opened]), opened.by) == (["entry_set"], "")
    assert entering(play) is None
    assert rules.next_deadline(play.room) is None


def test_open_now_and_lock_end_the_waiting_for_the_clock() -> None:
    play = Play()
    for entry in (Entry.OPEN, Entry.LOCKED):
        play.do("ada", e.SetEntry(Entry.LOBBY, play.now + 5_000))
        play.do("bob", e.SetEntry(entry))
        assert rules.next_deadline(play.room) is None
        assert play.do("bob", e.SetEntry(entry)) == []


def test_a_time_of_opening_is_in_the_future_and_a_lobbys() -> None:
    play = Play()
    for entry, at in (
        (Entry.LOBBY, play.now),
        (Entry.LOBBY, play.now - 1),
        (Entry.LOBBY, play.now + 400 * 24 * 3_600_000),
        (Entry.OPEN, play.now + 1),
        (Entry.LOCKED, play.now + 1),
    ):
        play.no("ada", e.SetEntry(entry, at), Code.BAD_VALUE)
    play.do("ada", e.SetEntry(Entry.LOBBY, play.now + 5_000))
    play.do("ada", e.SetEntry(Entry.LOBBY, play.now + 9_000))
    play.do("ada", e.SetEntry(Entry.LOBBY))
    assert play.room.entrance.opens_at is None


def test_a_room_may_begin_with_a_lobby() -> None:
    created = rules.create("r", "Room", now=START, entry=Entry.LOBBY, opens_at=START + 10)
    room = rules.evolve(None, created)
    assert isinstance(rules.enter(room, "cal", "Cal", Role.ATTENDEE, START), Refusal)
    assert rules.next_deadline(room) == START + 10


# -- out of the room


@pytest.mark.parametrize("command", [e.RemoveFromRoom("cal"), e.Ban("cal")])
def test_13_whoever_is_put_out_has_no_seat_no_request_no_offer_and_no_hand(
    command: e.RemoveFromRoom | e.Ban,
) -> None:
    for way in ("stage", "request", "offer", "away"):
        play = Play()
        if way == "stage":
            play.on_stage("cal", microphone=True, camera=True)
        elif way == "request":
            play.ask("cal")
        elif way == "offer":
            play.do("ada", c.Invite("cal"))
        play.do("cal", c.RaiseHand())
        if way == "away":
            play.away("cal")
        play.do("ada", command)
        person = play.person("cal")
        assert (person.present, person.seat, person.hand_at) == (False, Seat.VIEWER, None)
        assert (person.offer, person.requested_at, person.away_until) == (None, None, None)
        assert not person.microphone
        assert not person.camera
        play.no("cal", c.RaiseHand(), Code.NO_SUCH_PERSON)
        assert rules.next_deadline(play.room) is None


def test_whoever_was_removed_may_enter_again_as_anybody_new() -> None:
    play = Play()
    play.do("ada", e.RemoveFromRoom("cal"))
    play.no("bob", e.RemoveFromRoom("cal"), Code.NO_SUCH_PERSON)
    play.do("ada", e.SetEntry(Entry.LOCKED))
    assert returning(play, "cal") is not None
    play.do("ada", e.SetEntry(Entry.OPEN))
    play.back("cal")
    assert play.person("cal").present


def test_the_banned_are_told_who_and_why_until_the_ban_is_lifted() -> None:
    play = Play()
    play.do("ada", e.Ban("cal", "selling\n  things"))
    for _ in range(2):
        refusal = returning(play, "cal")
        assert refusal is not None
        assert refusal.code is Code.BANNED
        assert refusal.sentence == "Ada banned you from this room: “selling things”."
        play.wait(1_000_000)
    assert "Ada" in play.no("bob", e.Ban("cal"), Code.ALREADY_HANDLED)
    assert play.do("ada", e.Ban("cal")) == []
    play.do("bob", e.Unban("cal"))
    assert play.do("bob", e.Unban("cal")) == []
    play.back("cal")
    assert play.person("cal").present


def test_who_has_left_before_can_be_banned() -> None:
    play = Play()
    play.away("cal")
    play.wait(30_000)
    play.do("ada", e.Ban("cal"))
    refusal = returning(play, "cal")
    assert refusal is not None
    assert refusal.sentence == "Ada banned you from this room."


def test_a_link_is_banned_for_newcomers_and_those_who_are_back_too_late() -> None:
    play = Play()
    for name in ("Fay", "Gil"):
        play.apply(entered(play, name, "the-link"))
    play.do("ada", e.Ban("fay", "spam"))
    assert entering(play, link="the-link") is Code.BANNED
    assert entering(play, Role.MODERATOR, link="the-link") is Code.BANNED
    assert entering(play, link="another") is None
    assert entering(play) is None, "an open door has no link to ban"
    play.away("gil")
    play.back("gil")
    play.away("gil")
    play.wait(30_000)
    refusal = returning(play, "gil")
    assert refusal is not None
    assert refusal.sentence == "Ada banned this link from the room: “spam”."
    play.do("ada", e.Unban("fay"))
    assert entering(play, link="the-link") is None


def entered(play: Play, name: str, link: str, role: Role = Role.ATTENDEE) -> list[AnyEvent]:
    events = rules.enter(play.room, name.lower(), name, role, play.now, link)
    assert not isinstance(events, Refusal)
    return events


def test_a_ban_may_leave_the_link_alone() -> None:
    play = Play()
    play.apply(entered(play, "Fay", "the-link"))
    play.do("ada", e.Ban("fay", link=False))
    assert entering(play, link="the-link") is None


def test_17_a_link_of_moderators_is_the_hosts_affair_and_nobodys_own_is_banned() -> None:
    play = Play()
    play.apply(entered(play, "Fay", "moderators", Role.MODERATOR))
    play.apply(entered(play, "Gil", "moderators", Role.MODERATOR))
    play.do("hal", c.DemoteModerator("fay"))
    play.no("ada", e.Ban("fay"), Code.NOT_ALLOWED)
    play.no("gil", e.Ban("fay"), Code.NOT_ALLOWED)
    play.do("gil", e.Ban("fay", link=False))
    play.apply(entered(play, "Ivo", "hosts", Role.HOST))
    play.apply(entered(play, "Jan", "hosts", Role.HOST))
    play.no("ivo", e.Ban("jan"), Code.WRONG_STATE)
    play.do("ivo", e.Ban("jan", link=False))


@pytest.mark.parametrize("command", [e.RemoveFromRoom, e.Ban])
def test_17_only_the_host_acts_on_moderators_and_nobody_on_the_host(
    command: type[e.RemoveFromRoom] | type[e.Ban],
) -> None:
    play = Play()
    play.no("ada", command("hal"), Code.NOT_ALLOWED)
    play.no("ada", command("bob"), Code.NOT_ALLOWED)
    play.no("cal", command("dee"), Code.NOT_ALLOWED)
    for who in ("ada", "hal"):
        play.no(who, command(who), Code.WRONG_STATE)
    play.no("ada", command("nobody"), Code.NO_SUCH_PERSON)
    play.do("hal", command("bob"))


def test_17_a_ban_on_a_moderator_is_the_hosts_to_lift() -> None:
    play = Play()
    play.do("hal", e.Ban("bob"))
    play.no("ada", e.Unban("bob"), Code.NOT_ALLOWED)
    play.no("cal", e.Unban("bob"), Code.NOT_ALLOWED)
    play.no("ada", e.Unban("nobody"), Code.NO_SUCH_PERSON)
    play.do("hal", e.Unban("bob"))


def test_a_reason_is_one_short_line() -> None:
    play = Play()
    play.no("ada", e.Ban("cal", "x" * 201), Code.BAD_VALUE)
    play.no("ada", e.Ban("cal", "a\u202eb"), Code.BAD_VALUE)


# -- names


def test_moderators_rename_the_room() -> None:
    play = Play()
    play.do("ada", e.RenameRoom("  The  assembly "))
    assert play.room.name == "The assembly"
    assert play.do("ada", e.RenameRoom("The assembly")) == []
    play.no("ada", e.RenameRoom(" "), Code.BAD_NAME)
    play.no("ada", e.RenameRoom("x" * 121), Code.BAD_NAME)
    play.no("cal", e.RenameRoom("Mine"), Code.NOT_ALLOWED)


def test_people_rename_themselves_and_moderators_attendees() -> None:
    play = Play()
    play.do("cal", e.Rename("Carl"))
    play.do("ada", e.Rename("Calvin", "cal"))
    play.do("ada", e.Rename("Adele", "ada"))
    assert [play.person(who).name for who in ("cal", "ada")] == ["Calvin", "Adele"]
    play.no("cal", e.Rename("Dora", "dee"), Code.NOT_ALLOWED)
    play.no("ada", e.Rename("Bobby", "bob"), Code.NOT_ALLOWED)
    play.no("ada", e.Rename("Hallo", "hal"), Code.NOT_ALLOWED)
    play.do("hal", e.Rename("Bobby", "bob"))
    play.no("cal", e.Rename("a\u202eb"), Code.BAD_NAME)
    play.no("ada", e.Rename("Nobody", "nobody"), Code.NO_SUCH_PERSON)
    assert play.do("bob", e.Rename("Bobby")) == []


def test_coming_back_does_not_undo_a_moderators_choice_of_name() -> None:
    play = Play()
    play.do("ada", e.Rename("Calvin", "cal"))
    play.away("cal")
    play.back("cal", "Cal")
    assert play.person("cal").name == "Calvin"
    play.do("cal", e.Rename("Cal"))
    play.away("cal")
    play.back("cal", "Carl")
    assert play.person("cal").name == "Carl"


def test_where_renaming_is_turned_off_names_stay() -> None:
    play = Play(settings=Settings(may_rename=False))
    play.no("cal", e.Rename("Carl"), Code.TURNED_OFF)
    play.away("cal")
    play.back("cal", "Carl")
    assert play.person("cal").name == "Cal"
    play.do("ada", e.Rename("Carl", "cal"))
    play.do("ada", e.Rename("Adele"))


# -- hands


def test_20_hands_are_turned_off_for_attendees_and_those_up_go_down() -> None:
    play = Play()
    for who in ("cal", "ada", "dee"):
        play.do(who, c.RaiseHand())
    events = play.do("ada", c.ChangeSettings(may_raise_hand=False))
    assert kinds(events) == ["settings_changed", "hand_lowered", "hand_lowered"]
    assert play.person("ada").hand_at is not None
    play.no("cal", c.RaiseHand(), Code.TURNED_OFF)
    play.do("bob", c.RaiseHand())
    play.do("ada", c.ChangeSettings(may_raise_hand=True))
    play.do("cal", c.RaiseHand())


def spoken(play: Play, who: str, ms: int = 4_000) -> list[str]:
    return kinds(play.apply(rules.spoke(play.room, who, ms, play.now)))


def test_time_spoken_adds_up() -> None:
    play = Play()
    play.on_stage("cal", microphone=True)
    assert spoken(play, "cal", 1_500) == ["spoke_for"]
    play.do("ada", c.RemoveFromStage("cal"))
    spoken(play, "cal", 2_500)
    assert play.person("cal").spoke_ms == 4_000
    assert spoken(play, "nobody") == []
    assert spoken(play, "cal", 0) == []
    play.do("hal", c.EndRoom())
    assert spoken(play, "cal") == []


def keeping_hands() -> Play:
    return Play(Mode.OPEN, Settings(lower_hand_once_spoken=True))


def test_a_hand_goes_down_once_its_owner_has_spoken_and_comes_back_in_its_place() -> None:
    play = keeping_hands()
    for who in ("cal", "dee"):
        play.do(who, c.RaiseHand())
    place, since = play.person("cal").hand_at, play.person("cal").hand_since
    play.on_stage("cal", microphone=True)
    assert play.person("cal").hand_at == place, "going up is not speaking"
    assert spoken(play, "cal", 1_999) == ["spoke_for"], "a cough"
    assert spoken(play, "cal") == ["spoke_for", "hand_lowered_once_spoken"]
    assert play.person("cal").hand_at is None
    play.wait(59_999)
    play.do("cal", e.RestoreHand())
    assert (play.person("cal").hand_at, play.person("cal").hand_since) == (place, since)
    assert play.do("cal", e.RestoreHand()) == []


def test_a_moderator_may_put_the_hand_up_again() -> None:
    play = keeping_hands()
    play.on_stage("cal", microphone=True)
    play.do("cal", c.RaiseHand())
    spoken(play, "cal")
    play.no("dee", e.RestoreHand("cal"), Code.NOT_ALLOWED)
    play.no("dee", e.RestoreHand(), Code.WRONG_STATE)
    play.do("ada", e.RestoreHand("cal"))


def test_a_hand_is_restored_in_time_or_not_at_all() -> None:
    play = keeping_hands()
    play.on_stage("cal", microphone=True)
    play.do("cal", c.RaiseHand())
    spoken(play, "cal")
    play.wait(60_000)
    play.no("cal", e.RestoreHand(), Code.WRONG_STATE)
    play.do("cal", c.RaiseHand())
    play.do("cal", c.LowerHand())
    play.no("cal", e.RestoreHand(), Code.WRONG_STATE)


def test_by_default_a_hand_goes_down_on_going_up() -> None:
    play = Play(Mode.OPEN)
    play.do("cal", c.RaiseHand())
    play.on_stage("cal", microphone=True)
    assert play.person("cal").hand_at is None
    play.do("cal", c.RaiseHand())
    assert spoken(play, "cal") == ["spoke_for"]


@pytest.mark.parametrize(
    "command",
    [e.SetEntry(Entry.LOCKED), e.RenameRoom("X"), e.RemoveFromRoom("dee"), e.Ban("dee")],
    ids=lambda one: type(one).__name__,
)
def test_22_attendees_are_refused_with_a_sentence(command: c.AnyCommand) -> None:
    assert Play().no("cal", command, Code.NOT_ALLOWED).endswith(".")
