"""Links in, lines out, and the copy of the view in between."""

from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stagedoor.messages import Happening, OfferView, PersonView, RoomInfo, Update, View
from stagedoor.rules.values import Device, Mode, OfferReason, Role, Seat, Settings
from stagedoor_client import lines
from stagedoor_client.connection import DELAYS, delay
from stagedoor_client.errors import LinkError
from stagedoor_client.link import Link, parse
from stagedoor_client.view import apply, find, me

ROOM = RoomInfo(
    id="welcome", name="Welcome to Stagedoor", mode=Mode.REQUEST, settings=Settings(), ended=False
)


def person(id: str = "me", seat: Seat = Seat.VIEWER, **fields: object) -> PersonView:  # noqa: A002
    return PersonView(id=id, name=id.title(), role=Role.ATTENDEE, seat=seat, **fields)  # type: ignore[arg-type]


# -- links


@pytest.mark.parametrize(
    ("text", "link"),
    [
        (
            "https://example.org/r/hall#token=a.b-c_d",
            Link("wss://example.org/api/rooms/hall/socket", "hall", "a.b-c_d"),
        ),
        (
            "  http://localhost:8080/r/demo/ \n",
            Link("ws://localhost:8080/api/rooms/demo/socket", "demo"),
        ),
        ("localhost:8080/r/demo", Link("ws://localhost:8080/api/rooms/demo/socket", "demo")),
        ("http://[::1]:80/r/a-1", Link("ws://[::1]:80/api/rooms/a-1/socket", "a-1")),
        (
            "stagedoor://example.org/r/hall#token=a.b-c_d",
            Link("wss://example.org/api/rooms/hall/socket", "hall", "a.b-c_d"),
        ),
        (
            "stagedoor://Localhost:8080/r/demo",
            Link("ws://Localhost:8080/api/rooms/demo/socket", "demo"),
        ),
        ("stagedoor://[::1]:80/r/demo", Link("ws://[::1]:80/api/rooms/demo/socket", "demo")),
        (
            "stagedoor+http://lab.example:8080/r/demo",
            Link("ws://lab.example:8080/api/rooms/demo/socket", "demo"),
        ),
    ],
)
def test_links_as_they_are_pasted(text: str, link: Link) -> None:
    assert parse(text) == link


@pytest.mark.parametrize(
    "text",
    ["", "demo", "ftp://x/r/demo", "http:///r/demo", "http://x/demo", "http://x/r/DEMO",
     "http://x/r/a/b", "http://x:port/r/demo", "http://[::1/r/demo"],
)  # fmt: skip
def test_what_is_no_link_is_said_so(text: str) -> None:
    with pytest.raises(LinkError, match="no link to a room"):
        parse(text)


@given(st.text())
def test_any_text_is_a_link_or_a_link_error(text: str) -> None:
    with contextlib.suppress(LinkError):
        assert parse(text).room


# -- the view


def test_an_update_replaces_adds_and_takes_away() -> None:
    view = View(number=1, you="me", room=ROOM, people=[person(), person("ada"), person("ben")])
    new = person("me", Seat.REQUESTED)
    after = apply(view, Update(number=5, at=1, people=[new, person("cem")], gone=["ben", "who"]))
    assert after.number == 5
    assert [one.id for one in after.people] == ["me", "ada", "cem"]
    assert me(after) == new
    assert find(after, "ben") is None
    assert after.room is ROOM
    assert view.people[0].seat is Seat.VIEWER, "the view before is as it was"


# -- lines


def test_entering_and_coming_back() -> None:
    view = View(number=1, you="me", room=ROOM, people=[person()])
    assert lines.entered(view, again=False).sentence == "entered Welcome to Stagedoor as viewer"
    assert lines.entered(view, again=True).sentence == "back in Welcome to Stagedoor"


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        (person(), person(seat=Seat.REQUESTED), "asked to join the stage"),
        (
            person(seat=Seat.REQUESTED),
            person(seat=Seat.OFFERED, offer=OfferView("Ada", OfferReason.APPROVED, 61_000)),
            "offered a seat by Ada, 60 s to answer",
        ),
        (
            person(seat=Seat.OFFERED),
            person(seat=Seat.ON_STAGE, microphone=True, camera=True),
            "on stage, microphone on, camera on",
        ),
        (
            person(seat=Seat.ON_STAGE, microphone=True),
            person(seat=Seat.ON_STAGE),
            "on stage, microphone off, camera off",
        ),
        (None, person(seat=Seat.ON_STAGE), "on stage, microphone off, camera off"),
        (
            person(seat=Seat.OFFERED),
            person(seat=Seat.BACKSTAGE, camera=True),
            "backstage, seen and heard by moderators only, microphone off, camera on",
        ),
        (
            person(seat=Seat.BACKSTAGE, camera=True),
            person(seat=Seat.ON_STAGE, camera=True),
            "on stage, microphone off, camera on",
        ),
        (person(seat=Seat.BACKSTAGE), person(seat=Seat.BACKSTAGE, hand=3), None),
        (person(seat=Seat.ON_STAGE), person(seat=Seat.ON_STAGE, hand=3), None),
        (person(), person(), None),
        (None, person(), None),
    ],
)
def test_changes_of_the_seat(
    before: PersonView | None, after: PersonView, sentence: str | None
) -> None:
    line = lines.seat_changed(before, after, now=1_000)
    assert (line.sentence if line else None) == sentence


@pytest.mark.parametrize(
    ("what", "sentence"),
    [
        ({"what": "removed_from_stage", "by_name": "Ada"}, "removed from the stage by Ada"),
        ({"what": "sent_backstage", "by_name": "Ada"}, "sent backstage by Ada"),
        ({"what": "request_declined", "by_name": "Ada"}, "your request was declined by Ada"),
        (
            {"what": "device_set", "by": "ada", "by_name": "Ada", "device": Device.MICROPHONE,
             "on": False},
            "microphone turned off by Ada",
        ),
        ({"what": "device_set", "by": "me", "device": Device.CAMERA, "on": False}, None),
        ({"what": "offer_expired"}, "the offer expired"),
        ({"what": "hand_raised"}, None),
        ({"what": "removed_from_stage", "by_name": "Ada", "person": "ben"}, None),
    ],
)  # fmt: skip
def test_happenings(what: dict[str, object], sentence: str | None) -> None:
    """Of others' fortunes nothing is said."""
    happening = Happening(number=1, at=1, **{"person": "me", **what})  # type: ignore[arg-type]
    line = lines.happened(happening, "me")
    assert (line.sentence if line else None) == sentence


def test_a_line_as_json_has_its_state_and_fields() -> None:
    line = lines.up(person(seat=Seat.ON_STAGE, camera=True))
    assert json.loads(line.json()) == {
        "state": "on_stage",
        "sentence": "on stage, microphone off, camera on",
        "microphone": False,
        "camera": True,
    }


# -- coming back


@given(st.integers(0, 100), st.floats(0, 1))
def test_the_wait_grows_spreads_and_has_an_end(attempt: int, chance: float) -> None:
    assert delay(attempt, 0) <= delay(attempt, chance) <= delay(attempt, 1)
    assert delay(attempt, chance) <= DELAYS[-1] * 1.25
    assert delay(attempt, chance) <= delay(attempt + 1, chance)


@given(st.integers(0, 100), st.floats(0, 1))
def test_who_comes_back_to_a_server_that_restarts_asks_often_at_first(
    attempt: int, chance: float
) -> None:
    wait = delay(attempt, chance, restarting=True)
    assert wait == (round(0.75 + chance / 2, 1) if attempt < 20 else delay(attempt, chance))
