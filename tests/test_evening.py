"""A short evening, and that what must be noticed in a long one is; see bench/evening."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any, cast

from msgspec.structs import replace

from bench.evening.__main__ import spend, unlike
from bench.evening.comparing import (
    by_the_log,
    comparable,
    differences,
    in_memory,
    is_still,
    receivable,
)
from bench.evening.media import Watching
from bench.evening.tally import Refused, Tally
from stagedoor import rules
from stagedoor.messages import SubscribeOffered, Track, TracksChanged
from stagedoor.rooms.views import updates, view
from stagedoor.rules import commands as c
from stagedoor.rules.base import Command
from stagedoor.rules.events import AnyEvent
from stagedoor.rules.reactions.commands import React
from stagedoor.rules.reactions.values import Reaction
from stagedoor.rules.refusals import Code
from stagedoor.rules.talk.commands import AskQuestion, VoteForQuestion
from stagedoor.rules.values import Role, Room, Seat
from stagedoor_client.view import apply, whole


async def test_everybody_sees_what_the_log_says() -> None:
    result = await spend(people=12, seconds=2, seed=3, rate=25, times=2)
    assert result.wrong == []
    assert any("back as they were" in line for line in result.lines)


def room(*commands: tuple[str, Command]) -> tuple[Room, list[tuple[Room, AnyEvent]]]:
    """A room with Mia, who moderates, and Ann, after these; each event with the room before it."""
    now = rules.evolve(None, rules.create("room", "Room", now=1))
    steps: list[tuple[Room, AnyEvent]] = []

    def happen(events: object) -> None:
        nonlocal now
        assert isinstance(events, list), events
        for event in events:
            steps.append((now, event))
            now = rules.evolve(now, event)

    happen(rules.enter(now, "mia", "Mia", Role.MODERATOR, 2))
    happen(rules.enter(now, "ann", "Ann", Role.ATTENDEE, 3))
    for number, (who, command) in enumerate(commands, 1):
        happen(rules.decide(now, command, who, 100 * number))  # type: ignore[arg-type]
    return now, steps


def judged(code: Code, *, sent: int, answered: int) -> list[str]:
    """What is unexpected if Ann's "cancel" was refused, who had a request from 100 to 200."""
    last, steps = room(("ann", c.AskToJoinStage()), ("ann", c.CancelRequest()))
    tally = Tally()
    tally.refuse(Refused("ann", c.CancelRequest(), code, "No.", sent, answered))
    tally.judge(steps, last)
    return tally.unexpected


def test_a_refusal_is_judged_by_the_states_of_its_time() -> None:
    for sent, answered in ((50, 90), (50, 150), (150, 250), (210, 300), (50, 300)):
        assert judged(Code.WRONG_STATE, sent=sent, answered=answered) == []
    assert len(judged(Code.WRONG_STATE, sent=110, answered=190)) == 1


def test_a_refusal_by_another_code_is_unexpected() -> None:
    assert len(judged(Code.STAGE_FULL, sent=50, answered=300)) == 1


def test_a_state_that_lacks_an_event_is_told_from_the_right_one() -> None:
    last, steps = room(("ann", c.RaiseHand()))
    assert differences(in_memory(last), by_the_log(last)) == []
    before_the_hand = steps[-1][0]
    assert any("hand_at" in one for one in differences(last, before_the_hand))


def test_a_room_is_still_once_everything_is_counted_and_shown() -> None:
    asked, _ = room(("ann", AskQuestion("Is it?")))
    voted, _ = room(("ann", AskQuestion("Is it?")), ("ann", VoteForQuestion(asked.number)))
    reacted, _ = room(("ann", React(Reaction.HEART)))
    assert is_still(asked)
    assert not is_still(voted)
    assert not is_still(reacted)
    for event in rules.due(voted, 10_000):
        voted = rules.evolve(voted, event)
    assert is_still(voted)
    assert differences(in_memory(voted), by_the_log(voted)) == []


def test_a_view_that_was_followed_is_like_a_fresh_one() -> None:
    last, steps = room(("ann", c.AskToJoinStage()), ("mia", c.Approve("ann")))
    seen = whole(view(steps[1][0], "mia"))
    missed = comparable(seen)
    for at, (before, event) in enumerate(steps[1:], 1):
        after = steps[at + 1][0] if at + 1 < len(steps) else last
        shown = updates(before, after, [], [event]).persons.get("mia")
        shown = shown or updates(before, after, [], [event]).moderators
        if shown is not None:
            seen = apply(seen, shown)
    wanted = comparable(whole(view(last, "mia")))
    assert differences(comparable(seen), wanted) == []
    assert differences(missed, wanted) != []


def test_who_is_to_be_received_is_told_from_the_room() -> None:
    """Rule 14, and nobody receives themselves."""
    up = [
        ("ann", c.AskToJoinStage()),
        ("mia", c.Approve("ann")),
        ("ann", c.AcceptOffer(True, True)),
    ]
    assert [receivable(room(*up)[0], who) for who in ("mia", "ann")] == [{"ann"}, set()]
    waiting, _ = room(("mia", c.ChangeSettings(backstage=True)), *up)
    assert [receivable(waiting, who) for who in ("mia", "somebody")] == [{"ann"}, set()]


async def test_tracks_of_another_offer_are_unexpected_but_for_those_of_the_last_connection() -> (
    None
):
    tally = Tally()
    guest: Any = SimpleNamespace(name="Ann", tally=tally, ask=lambda _: asyncio.sleep(0))
    watching = Watching(guest, cast(Any, None))
    watching.begin()
    watching.changed(TracksChanged(7, [Track("0", "ben", "audio")]))
    watching.offered(SubscribeOffered(8, fresh=True, sdp="", tracks=[]))
    watching.changed(TracksChanged(8, [Track("0", "cat", "audio")]))
    assert (watching.people, tally.unexpected) == ({"cat"}, [])
    watching.changed(TracksChanged(7, [Track("0", "ben", "audio")]))
    assert watching.people == {"cat"}
    assert len(tally.unexpected) == 1
    watching.stop()


def test_a_restart_that_loses_a_seat_is_noticed() -> None:
    last, _ = room(
        ("ann", c.AskToJoinStage()), ("mia", c.Approve("ann")), ("ann", c.AcceptOffer(True, True))
    )
    back = replace(last.people["ann"].with_all_off(), seat=Seat.ON_STAGE)
    lost = replace(back, seat=Seat.VIEWER)
    assert unlike(last, replace(last, people={**last.people, "ann": back})) == []
    assert len(unlike(last, replace(last, people={**last.people, "ann": lost}))) == 1
    assert unlike(last, replace(last, name="Another")) == ["the room's name is not what it was"]
