"""What is shown, and what can be done: the pure parts, against the page's own behaviour."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from stagedoor.messages import Happening, OfferView, PersonView, RoomInfo, View
from stagedoor.rules import commands as cmd
from stagedoor.rules.refusals import Code
from stagedoor.rules.values import Device, Mode, OfferReason, Role, Seat, Settings
from stagedoor_client.devices import Device as Machine
from stagedoor_client.errors import ConnectionLostError, EndedError, RefusedError
from stagedoor_client.window.actions import actions_for
from stagedoor_client.window.barstate import BACKSTAGE, MUTED, WAITING, bar_state
from stagedoor_client.window.choices import named, pick
from stagedoor_client.window.endings import Ending, ending, trouble
from stagedoor_client.window.happenings import tell
from stagedoor_client.window.people import Title, rows
from stagedoor_client.window.room_page import banner
from stagedoor_client.window.scene import (
    Scene,
    find,
    hue,
    initials,
    marks_on,
    note_on,
    time_left,
)

from .page import said_by

NOW = 50_000


def person(name: str, seat: Seat = Seat.VIEWER, **more: object) -> PersonView:
    fields = {"role": Role.ATTENDEE, **more}
    return PersonView(name.lower(), name, seat=seat, **fields)  # type: ignore[arg-type]


def scene(
    *people: PersonView, mode: Mode = Mode.REQUEST, online: bool = True, **settings: object
) -> Scene:
    """The first of the people sees it."""
    room = RoomInfo("demo", "Demo", mode, Settings(**settings), False)  # type: ignore[arg-type]
    return Scene(View(1, people[0].id, room, list(people)), online, NOW)


def words(some: Scene) -> list[str]:
    """The names of the bar's buttons that are there."""
    state = bar_state(some)
    there = {
        "join": state.join,
        "ask": state.ask,
        "cancel": state.cancel,
        "devices": state.devices,
        "leave": state.leave,
        "hand": state.hand,
    }
    return [name for name, is_there in there.items() if is_there]


@pytest.mark.parametrize(
    ("mode", "barred", "role", "buttons"),
    [
        (Mode.OPEN, False, Role.ATTENDEE, ["join", "hand"]),
        (Mode.OPEN, True, Role.ATTENDEE, ["ask", "hand"]),
        (Mode.REQUEST, False, Role.ATTENDEE, ["ask", "hand"]),
        (Mode.INVITE, False, Role.ATTENDEE, ["hand"]),
        (Mode.CLOSED, False, Role.ATTENDEE, ["hand"]),
        (Mode.INVITE, False, Role.MODERATOR, ["join", "hand"]),
        (Mode.CLOSED, False, Role.HOST, ["hand"]),
    ],
)
def test_a_viewer_is_offered_what_the_mode_allows(
    mode: Mode, barred: bool, role: Role, buttons: list[str]
) -> None:
    """Rules 1 and 13."""
    assert words(scene(person("Robin", barred=barred, role=role), mode=mode)) == buttons


def test_the_bar_of_somebody_with_a_seat_or_a_request() -> None:
    """Rules 3, 4 and 15."""
    assert words(scene(person("Robin", Seat.ON_STAGE))) == ["devices"]
    assert words(scene(person("Robin", Seat.ON_STAGE), may_leave_stage=True)) == [
        "devices",
        "leave",
    ]
    assert words(scene(person("Robin", Seat.ON_STAGE, role=Role.HOST))) == ["devices", "leave"]
    assert words(scene(person("Robin", Seat.REQUESTED))) == ["cancel", "hand"]
    assert words(scene(person("Robin", Seat.REQUESTED), may_raise_hand=False)) == ["cancel"]
    assert words(scene(person("Robin", Seat.ON_STAGE), lower_hand_once_spoken=True)) == [
        "devices",
        "hand",
    ]
    assert bar_state(scene(person("Robin", Seat.REQUESTED))).status == WAITING
    assert bar_state(scene(person("Robin", Seat.ON_STAGE))).status == MUTED
    assert bar_state(scene(person("Robin", Seat.ON_STAGE, microphone=True))).status == ""


def test_one_may_ask_again_after_the_cool_down() -> None:
    """Rule 3."""
    state = bar_state(scene(person("Robin", may_ask_at=NOW + 4100)))
    assert (state.seconds, state.ask_words) == (5, "Ask again in 5 s")
    assert bar_state(scene(person("Robin", may_ask_at=NOW))).ask_words == "Ask to join stage"


def test_people_come_in_three_groups_in_order() -> None:
    """Rules 5 and 19."""
    some = scene(
        person("Zoë", role=Role.MODERATOR),
        person("Ben", Seat.ON_STAGE),
        person("émile"),
        person("Dora", hand=7),
        person("Carl", Seat.HELD, hand=1),
        person("Fay", hand=3),
        person("Eve", Seat.REQUESTED, requested_at=9),
        person("Max", Seat.REQUESTED, requested_at=2),
    )
    assert [one.name for one in some.on_stage] == ["Ben", "Carl"]
    assert [one.name for one in some.hands] == ["Fay", "Dora"]
    assert [one.name for one in some.viewers] == ["Zoë", "émile", "Eve", "Max"]
    assert [one.name for one in some.requests] == ["Max", "Eve"]
    assert [one.name for one in find(some.viewers, " EMI ")] == ["émile"]


def test_notes_and_marks() -> None:
    moderator = person("Zoë", Seat.ON_STAGE, role=Role.MODERATOR, microphone=True, screen=True)
    assert note_on(moderator, own=True) == "you · moderator · shares a screen"
    assert marks_on(moderator) == ["mic", "camera-off", "screen"]
    assert note_on(person("Eve", Seat.REQUESTED, away=True), own=False) == (
        "asks to join the stage · reconnecting"
    )
    assert marks_on(person("Eve", hand=2)) == ["hand"]
    assert note_on(person("Eve"), own=False, blocked=True) == "blocked from writing"


def test_faces_are_the_pages() -> None:
    """The same person has the same letters and colour in the window and on the page."""
    names = ["Ann Lee", "chloë", "Hans-Joachim von Hohenstein", "  ", "Łukasz  Żak"]
    theirs = said_by("tile.js", f"{json.dumps(names)}.map((one) => [initials(one), hue(one)])")
    assert theirs == [[initials(name), str(hue(name))] for name in names]


def test_time_that_is_left_counts_whole_seconds_up() -> None:
    assert time_left(NOW + 60_000, NOW) == "1:00"
    assert time_left(NOW + 8_001, NOW) == "0:09"
    assert time_left(NOW - 5, NOW) == "0:00"


def labels(one: PersonView, some: Scene) -> list[str]:
    return [action.label for action in actions_for(one, some)]


def test_what_moderators_may_do_with_people() -> None:
    """Rules 2, 3, 13, 16 and 17."""
    asks = person("Eve", Seat.REQUESTED, requested_at=5)
    up = person("Ben", Seat.ON_STAGE, microphone=True, screen=True)
    host = person("Ada", Seat.ON_STAGE, role=Role.HOST, microphone=True)
    me = person("Zoë", role=Role.MODERATOR)
    mine = scene(me, asks, up, host)
    out = ["Rename…", "Remove from the room…", "Ban…"]
    assert labels(asks, mine) == ["Approve", "Decline", *out]
    assert actions_for(asks, mine)[0].command == cmd.Approve("eve", 5)
    assert labels(up, mine) == ["Turn microphone off", "Stop screen", "Remove from stage", *out]
    assert actions_for(up, mine)[1].command == cmd.TurnOff("ben", Device.SCREEN)
    assert labels(host, mine) == []
    assert labels(person("Fay"), mine) == ["Invite to the stage", *out]
    assert labels(me, mine) == ["Change your name…"]
    asked = scene(host, me)
    assert labels(person("Fay"), asked) == ["Invite to the stage", "Make moderator", *out]
    assert labels(me, asked) == ["Invite to the stage", "Make attendee", *out]
    raised, too = person("Fay", hand=1), person("Eve", hand=2)
    assert labels(raised, scene(me, raised)) == ["Invite to the stage", "Lower hand", *out]
    both = scene(me, raised, too)
    assert labels(raised, both)[1:3] == ["Lower hand", "Lower all hands"]
    assert actions_for(raised, both)[2].command == cmd.LowerAllHands()
    other = person("Kim", role=Role.MODERATOR)
    assert labels(other, mine) == ["Invite to the stage"]
    robin = person("Robin")
    assert labels(up, scene(robin, up)) == []
    assert labels(robin, scene(robin, up)) == ["Change your name…"]
    assert labels(robin, scene(robin, up, may_rename=False)) == []


def test_backstage_one_is_up_but_not_on_stage() -> None:
    """Rule 14: who waits is shown apart, has the devices and may step back (rules 3 and 4)."""
    robin = person("Robin", Seat.BACKSTAGE, backstage=True, camera=True)
    held = person("Eve", Seat.HELD, backstage=True)
    some = scene(robin, held, person("Ben", Seat.ON_STAGE))
    assert [one.name for one in some.on_stage] == ["Ben"]
    assert [one.name for one in some.backstage] == ["Robin", "Eve"]
    assert (some.viewers, some.i_am_up) == ([], True)
    assert [row.words for row in rows(some, "") if isinstance(row, Title)] == [
        *("On stage", "Backstage", "Raised hands", "Viewers"),
    ]
    assert words(some) == ["devices", "leave"]
    assert (bar_state(some).status, bar_state(some).leave_words) == (BACKSTAGE, "Leave backstage")
    assert said(some, Happening(1, 1, "went_backstage", "robin")) == [BACKSTAGE]
    brought = Happening(2, 1, "brought_on", by="ada", by_name="Ada", people=["eve", "robin"])
    up = scene(person("Robin", Seat.ON_STAGE, camera=True))
    assert said(up, brought) == ["You are on stage. You can be seen."]


def test_what_moderators_may_do_with_people_backstage() -> None:
    waits = person("Eve", Seat.BACKSTAGE, backstage=True, camera=True)
    up = person("Ben", Seat.ON_STAGE, microphone=True)
    mine = scene(person("Zoë", role=Role.MODERATOR), waits, up, backstage=True)
    bring, off, ask, down = actions_for(waits, mine)[:4]
    assert (bring.label, bring.command) == ("Bring on", cmd.BringOn(("eve",)))
    assert (off.label, ask.label) == ("Turn camera off", "Ask to unmute")
    assert down.label == "Remove from backstage"
    assert actions_for(up, mine)[0].command == cmd.SendBackstage("ben")


def said(some: Scene, *happened: Happening) -> list[str]:
    return [notice.sentence for notice in tell(happened, some).notices]


def test_what_happened_is_said_in_the_pages_words() -> None:
    robin = person("Robin", may_ask_at=NOW + 30_000)
    some = scene(robin)
    ada = {"by": "ada", "by_name": "Ada"}
    declined = Happening(1, 1, "request_declined", "robin", "Robin", **ada)
    assert said(some, declined) == ["Ada declined your request. You may ask again in 30 s."]
    up = scene(person("Robin", Seat.ON_STAGE, microphone=True, camera=True))
    assert said(up, Happening(1, 1, "went_on_stage", "robin")) == [
        "You are on stage. You can be heard and seen."
    ]
    off = Happening(1, 1, "device_set", "robin", device=Device.CAMERA, on=False, **ada)
    assert said(up, off) == ["Ada turned your camera off."]
    own = Happening(1, 1, "device_set", "robin", by="robin", device=Device.CAMERA, on=False)
    assert said(up, own) == []
    asked = Happening(1, 1, "request_made", "eve", "Eve", by="eve", by_name="Eve")
    assert said(some, asked) == []


def test_a_storm_of_requests_is_one_notice() -> None:
    crowd = [person(f"P{n}", Seat.REQUESTED, requested_at=n) for n in range(20)]
    some = scene(person("Zoë", role=Role.MODERATOR), *crowd)
    happened = [Happening(n, 1, "request_made", f"p{n}", f"P{n}") for n in range(20)]
    assert said(some, *happened) == ["P19 asks to join the stage. 20 requests are waiting."]


def test_a_notice_that_is_out_of_date_is_taken_away() -> None:
    robin = scene(person("Robin", Seat.OFFERED, offer=OfferView("A", OfferReason.INVITED, 1)))
    assert "seat" in tell([Happening(1, 1, "offer_made", "robin")], robin).outdated
    assert {"requests", "off-microphone"} <= set(tell([], robin).outdated)


def test_the_last_word_is_plain() -> None:
    the_end = Ending("This room has ended", "Thank you for being here.")
    assert ending(None) == the_end
    assert ending(EndedError(Code.ROOM_ENDED, "")) == the_end
    assert ending(EndedError(Code.ALREADY_ENTERED, "")).again == "Use here"
    assert ending(EndedError(Code.BANNED, "No.")).title == "You are banned from this room"
    assert ending(ConnectionLostError("Gone.")).sentence == "Gone."
    assert trouble(RefusedError(Code.BAD_TOKEN, "No.")) == (
        "No. Ask whoever invited you for a new one."
    )


def test_devices_are_told_apart_and_found_again_by_name() -> None:
    there = named([Machine(0, "Cam"), Machine(1, "Mic"), Machine(2, "Cam")])
    assert [one.name for one in there] == ["Cam", "Mic", "Cam (2)"]
    found = pick(there, "Cam (2)")
    assert found is not None
    assert found.device.index == 2
    assert pick(there, "Gone") == there[0]
    assert pick([], "Gone") is None


def test_the_banner_says_what_is_wrong_and_nothing_otherwise() -> None:
    now = scene(person("Ann"))
    assert banner(now) == ""
    assert "cannot save" in banner(replace(now, saving=False))
    assert banner(replace(now, online=False, saving=False)) == "Reconnecting…"
    assert "server restarts" in banner(replace(now, online=False, restarting=True))
