"""The reports: computed from a log by examples, and always in step with the room itself."""

from __future__ import annotations

from typing import get_args

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from stagedoor import rules
from stagedoor.rooms.reports import (
    attendance,
    attendance_table,
    rundown,
    rundown_table,
    stage_table,
    stage_times,
)
from stagedoor.rooms.reports.rundown import WORDS
from stagedoor.rules import commands as c
from stagedoor.rules.event import commands as e
from stagedoor.rules.event.values import Entry
from stagedoor.rules.events import AnyEvent
from stagedoor.rules.polls import commands as p
from stagedoor.rules.polls.values import Kind, PollForm
from stagedoor.rules.quizzes import commands as q
from stagedoor.rules.quizzes.values import QuizForm, QuizQuestion
from stagedoor.rules.reactions.commands import React
from stagedoor.rules.reactions.values import Reaction
from stagedoor.rules.talk import commands as t
from stagedoor.rules.values import Device, Mode, Settings
from tests.rules.play import START, Play


def test_who_was_on_stage_when_and_by_whose_decision() -> None:
    play = Play(Mode.REQUEST)
    play.ask("cal")
    play.now += 1_000
    play.do("ada", c.Approve("cal"))
    play.now += 1_000
    play.do("cal", c.AcceptOffer())
    play.now += 10_000
    play.do("bob", c.RemoveFromStage("cal"))
    play.apply(rules.spoke(play.room, "cal", 4_000, play.now + 500))
    play.do("ada", c.SetMode(Mode.OPEN))
    play.do("dee", c.JoinStage())
    play.do("hal", c.Invite("eve"))
    play.do("eve", c.AcceptOffer())
    play.now += 5_000
    play.do("eve", e.Rename("Eva"))
    play.do("hal", e.Ban("dee"))
    first, second, third = stage_times(play.log)
    assert (first.name, first.since, first.until) == ("Cal", START + 2_000, START + 12_000)
    assert (first.up, first.up_by) == ("request approved", "Ada")
    assert (first.down, first.down_by, first.spoke_ms) == ("removed from the stage", "Bob", 4_000)
    assert (second.up, second.up_by, second.down) == ("joined directly", "", "banned")
    assert (third.up, third.up_by, third.until, third.down) == ("invited", "Hal", None, "")
    table = stage_table([first, second, third], play.now)
    assert table[1][:5] == ["Cal", "1970-01-01T00:16:42+00:00", "1970-01-01T00:16:52+00:00", 10, 4]
    assert table[3][2:4] == ["", 5]
    assert {len(row) for row in table} == {len(table[0])}


def test_the_end_of_the_room_ends_every_stay() -> None:
    play = Play(Mode.OPEN)
    play.do("cal", c.JoinStage())
    play.do("dee", c.JoinStage())
    play.do("hal", c.RemoveFromStage("dee"))
    play.now += 3_000
    play.do("hal", c.EndRoom())
    cal, dee = stage_times(play.log)
    assert (cal.until, cal.down, cal.down_by) == (play.now, "the room ended", "Hal")
    assert dee.down == "removed from the stage"


def test_a_run_down_says_what_who_whom_and_by_which_rule() -> None:
    play = Play()
    play.on_stage("cal", microphone=True)
    play.do("cal", c.SetDevice(Device.CAMERA, on=True))
    play.do("ada", c.TurnOff("cal", Device.CAMERA))
    play.do("cal", c.RaiseHand())
    play.do("cal", c.LowerHand())
    play.do("ada", e.Rename("Calvin", "cal"))
    play.do("ada", e.SetEntry(Entry.LOCKED))
    play.do("ada", e.Ban("cal", "noise"))
    told = [
        (one.by_name, one.words, one.person_name, one.detail, one.rule) for one in rundown(play.log)
    ]
    assert told == [
        ("", "the room was made", "", "Room", 0),
        ("Hal", "offered a seat", "Cal", "invited", 2),
        ("Cal", "went on stage", "Cal", "", 2),
        ("Ada", "turned off", "Cal", "camera", 16),
        ("Ada", "changed the name", "Cal", "Calvin", 0),
        ("Ada", "changed the entry to the room", "", "locked", 0),
        ("Ada", "banned", "Calvin", "noise", 17),
    ]
    table = rundown_table(rundown(play.log))
    assert {len(row) for row in table} == {len(table[0])}
    assert table[1][0] == 1


def test_a_run_down_names_polls_and_quizzes_as_they_were_called() -> None:
    play = Play()
    poll = PollForm(Kind.SINGLE, "Lunch?", ("Soup", "Pasta"))
    quiz = QuizForm("Rivers", (QuizQuestion("How long?", ("1 km", "2 km"), (0,)),))
    play.do("ada", p.CreatePoll(poll))
    number = play.room.number
    play.do("ada", p.EditPoll(number, replace(poll, question="Dinner?")))
    play.do("ada", p.OpenPoll(number))
    play.do("ada", p.ClosePoll(number))
    play.do("ada", q.CreateQuiz(quiz))
    number = play.room.number
    play.do("ada", q.EditQuiz(number, replace(quiz, title="Streams")))
    play.do("ada", q.OpenQuizQuestion(number, 0))
    play.do("ada", q.EndQuiz(number))
    assert [(one.words, one.detail) for one in rundown(play.log)][1:] == [
        ("opened a poll", "Dinner?"),
        ("closed a poll", "Dinner?"),
        ("opened a question of a quiz", "Streams: How long?"),
        ("ended a quiz", "Streams"),
    ]


def test_only_events_that_there_are_have_words() -> None:
    assert WORDS.keys() <= {one.__struct_config__.tag for one in get_args(AnyEvent)}


def test_attendance_adds_up_what_people_were_there_for() -> None:
    play = Play(Mode.OPEN)
    play.do("cal", c.RaiseHand())
    play.do("cal", t.Say("Hello", key="1"))
    play.do("cal", t.AskQuestion("Why?", key="2"))
    play.do("cal", React(Reaction.CLAP))
    play.now += 10_000
    play.apply(rules.due(play.room, play.now))
    play.do("cal", c.JoinStage())
    play.apply(rules.spoke(play.room, "cal", 2_500, play.now))
    play.now += 5_000
    play.away("cal")
    play.now += 1_000
    play.back("cal")
    play.now += 4_000
    play.away("cal")
    play.wait(30_000)
    play.back("cal", "Calvin")
    play.now += 2_000
    people = {one.person: one for one in attendance(play.log, play.now)}
    cal, dee = people["cal"], people["dee"]
    assert (cal.name, cal.visits, cal.left_at) == ("Calvin", 2, None)
    assert cal.present_ms == 15_000 + 4_000 + 2_000
    assert cal.stage_ms == 5_000 + 1_000 + 4_000 + 30_000, "a held seat is a seat"
    assert (cal.spoke_ms, cal.hands, cal.messages, cal.questions) == (2_500, 1, 1, 1)
    assert (cal.reactions, dee.reactions) == (1, 0)
    assert (dee.visits, dee.present_ms) == (1, play.now - START)
    table = attendance_table([cal, dee])
    assert {len(row) for row in table} == {len(table[0])}
    assert table[1][0] == "Calvin"


DEEDS = st.sampled_from(
    [
        *(("cal", one) for one in (c.JoinStage(), c.RaiseHand(), c.LeaveStage())),
        *(("dee", one) for one in (c.JoinStage(), e.Rename("Dora"))),
        *(("ada", one) for one in (c.RemoveFromStage("cal"), c.JoinStage(), e.Unban("dee"))),
        *(("hal", one) for one in (e.RemoveFromRoom("cal"), e.Ban("dee"), c.Invite("cal"))),
        *(("cal", one) for one in ("away", "back")),
        ("dee", "back"),
        ("", 7_000),
        ("", 31_000),
    ]
)


@given(st.lists(DEEDS, max_size=40))
@settings(max_examples=150, deadline=None)
def test_reports_agree_with_the_room(deeds: list[tuple[str, c.AnyCommand | str | int]]) -> None:
    play = Play(Mode.OPEN, Settings(may_leave_stage=True))
    for who, deed in deeds:
        play.now += 1
        if isinstance(deed, int):
            play.wait(deed)
        elif deed == "away":
            play.away(who)
        elif deed == "back":
            events = rules.come_back(play.room, who, who.title(), play.now)
            play.apply(events if isinstance(events, list) else [])
        else:
            assert not isinstance(deed, str)
            answer = rules.decide(play.room, deed, who, play.now)
            play.apply(answer if isinstance(answer, list) else [])
    seated = {one.id for one in play.room.people.values() if one.has_seat}
    stays = stage_times(play.log)
    assert {one.person for one in stays if one.until is None} == seated
    assert all(one.until is None or one.until >= one.since for one in stays)
    for one in attendance(play.log, play.now):
        person = play.room.people[one.person]
        connected = person.present and person.away_until is None
        assert (one.left_at is None) == connected
        assert (one.name, one.role) == (person.name, person.role)
        assert one.present_ms <= play.now - one.entered_at
        assert one.stage_ms <= play.now - one.entered_at
