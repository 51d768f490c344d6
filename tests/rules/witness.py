"""An outsider who reads a room's log and knows the rules from their text alone.

It reads the events as they are logged (JSON), keeps its own plain account of everybody, and
objects (AssertionError) to whatever the text does not allow. Nothing of the rules' code is used.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Event = dict[str, Any]


@dataclass
class Somebody:
    """One person, as far as the log tells."""

    role: str
    seat: str = "viewer"
    gone: bool = False
    away_until: int | None = None
    offer_until: int | None = None
    hand: int | None = None
    on: set[str] = field(default_factory=set)
    silent_since: int = 0
    barred: bool = False
    may_ask_at: int = 0
    asked_to_unmute: bool = False
    backstage: bool = False

    @property
    def moderates(self) -> bool:
        return self.role in ("host", "moderator")

    @property
    def connected(self) -> bool:
        return not self.gone and self.away_until is None

    @property
    def seated(self) -> bool:
        return self.seat in ("backstage", "on_stage", "held")

    @property
    def everybody_receives(self) -> bool:
        """Rule 14: nobody else's packets go to attendees."""
        return self.seat == "on_stage" and self.connected

    def step_down(self) -> None:
        """Nothing is left of the way up; the hand is another matter."""
        self.seat = "viewer"
        self.backstage = False
        self.offer_until = None
        self.on.clear()
        self.asked_to_unmute = False


class Witness:
    """Give it every event in turn. ``queue`` and ``hands`` are in the order of the rules."""

    def __init__(self) -> None:
        self.number = 0
        self.clock = 0
        self.mode = ""
        self.settings: dict[str, Any] = {}
        self.people: dict[str, Somebody] = {}
        self.queue: list[str] = []
        self.ended = False

    def read(self, event: Event) -> None:
        assert not self.ended, "an ended room changes no more"
        assert event["at"] >= self.clock
        self.clock = event["at"]
        self.number += 1
        assert (self.number == 1) == (event["type"] == "room_created")
        if event["type"] not in ("room_created", "entered"):
            assert event["rule"] in range(1, 23), "rule 21"
        getattr(self, event["type"])(event)

    # -- what is asked of the log

    def deadline(self) -> int | None:
        """The next moment at which the clock has to decide."""
        times = [one.away_until for one in self.people.values() if one.away_until is not None]
        times += [one.offer_until for one in self.people.values() if one.offer_until is not None]
        return min(times, default=None) if not self.ended else None

    def seated(self) -> int:
        return sum(one.seated for one in self.people.values())

    def taken(self) -> int:
        return self.seated() + sum(one.seat == "offered" for one in self.people.values())

    def hands(self) -> list[str]:
        up = {key: one.hand for key, one in self.people.items() if one.hand is not None}
        return sorted(up, key=lambda key: up[key])

    # -- who may

    def _clock(self, event: Event) -> Somebody:
        assert event.get("by", "") == ""
        return self.people[event["person"]]

    def _self(self, event: Event) -> Somebody:
        assert event["by"] == event["person"]
        person = self.people[event["person"]]
        assert person.connected
        return person

    def _moderator(self, event: Event) -> Somebody:
        by = self.people[event["by"]]
        assert by.moderates
        assert by.connected
        return by

    def _target(self, event: Event) -> Somebody:
        person = self.people[event["person"]]
        assert not person.gone
        return person

    def _waits_no_more(self, event: Event) -> Somebody:
        person = self._target(event)
        assert person.seat == "requested"
        self.queue.remove(event["person"])
        person.seat = "viewer"
        return person

    def _offered_no_more(self, event: Event) -> Somebody:
        person = self._target(event)
        assert person.seat == "offered"
        person.seat = "viewer"
        person.offer_until = None
        return person

    # -- the room

    def room_created(self, event: Event) -> None:
        self.mode = event["mode"]
        self.settings = event["settings"]

    def mode_set(self, event: Event) -> None:
        self._moderator(event)
        assert event["mode"] != self.mode
        self.mode = event["mode"]

    def settings_changed(self, event: Event) -> None:
        self._moderator(event)
        assert event["settings"] != self.settings
        self.settings = event["settings"]

    def role_set(self, event: Event) -> None:
        assert self._moderator(event).role == "host", "rule 17"
        person = self._target(event)
        assert {person.role, event["role"]} == {"attendee", "moderator"}
        person.role = event["role"]
        if person.moderates:
            person.barred = False

    def room_ended(self, event: Event) -> None:
        assert self._moderator(event).role == "host", "rule 17"
        self.ended = True
        self.queue.clear()
        for person in self.people.values():
            person.step_down()
            person.hand = None

    # -- presence

    def entered(self, event: Event) -> None:
        assert event["person"] not in self.people
        self.people[event["person"]] = Somebody(event["role"])

    def disconnected(self, event: Event) -> None:
        person = self._self(event)
        assert event["away_until"] == event["at"] + self.settings["hold_ms"]
        person.away_until = event["away_until"]
        person.asked_to_unmute = False
        if person.seated:
            if "microphone" in person.on:
                person.silent_since = event["at"]
            person.seat = "held"
            person.on.clear()

    def returned(self, event: Event) -> None:
        person = self.people[event["person"]]
        assert person.away_until is None or event["at"] < person.away_until, "rule 12"
        assert person.offer_until is None or event["at"] < person.offer_until, "rule 7"
        person.gone = False
        person.away_until = None
        if person.seat == "held":
            person.seat = "backstage" if person.backstage else "on_stage"

    def left(self, event: Event) -> None:
        person = self._clock(event)
        assert person.away_until is not None
        assert person.away_until <= event["at"]
        if person.seat == "requested":
            self.queue.remove(event["person"])
        person.step_down()
        person.hand = None
        person.away_until = None
        person.gone = True

    # -- requests and offers

    def request_made(self, event: Event) -> None:
        person = self._self(event)
        assert person.seat == "viewer"
        assert event["at"] >= person.may_ask_at, "rule 3"
        must_ask = person.barred and not person.moderates
        assert self.mode == "request" or (self.mode == "open" and must_ask), "rules 1 and 13"
        person.seat = "requested"
        self.queue.append(event["person"])

    def request_cancelled(self, event: Event) -> None:
        self._self(event)
        self._waits_no_more(event)

    def request_declined(self, event: Event) -> None:
        self._moderator(event)
        wait = self.settings["cooldown_ms"]
        person = self._waits_no_more(event)
        assert event["may_ask_at"] == (event["at"] + wait if wait else 0)
        person.may_ask_at = event["may_ask_at"]

    def request_closed(self, event: Event) -> None:
        self._moderator(event)
        assert self.mode in ("invite", "closed"), "rule 10"
        assert self.queue[0] == event["person"], "in the queue's order"
        self._waits_no_more(event)

    def offer_made(self, event: Event) -> None:
        self._moderator(event)
        assert self.mode != "closed", "rule 1"
        assert self.taken() < self.settings["capacity"], "rules 7 and 11"
        assert event["expires_at"] == event["at"] + self.settings["offer_ms"], "rule 7"
        person = self._target(event)
        if person.seat == "requested":
            assert event["reason"] in ("approved", "opened")
            if event["reason"] == "opened":
                self._opened(event["person"])
            self._waits_no_more(event)
        else:
            assert event["reason"] == "invited"
            assert person.seat == "viewer"
            assert person.connected
        person.seat = "offered"
        person.offer_until = event["expires_at"]

    def _opened(self, person: str) -> None:
        assert self.mode == "open", "rule 10"
        welcome = [
            key for key in self.queue if self.people[key].moderates or not self.people[key].barred
        ]
        assert welcome[0] == person, "rules 5 and 10"

    def offer_declined(self, event: Event) -> None:
        self._self(event)
        self._offered_no_more(event)

    def offer_revoked(self, event: Event) -> None:
        self._moderator(event)
        self._offered_no_more(event)

    def offer_expired(self, event: Event) -> None:
        until = self._clock(event).offer_until
        assert until is not None
        assert until <= event["at"]
        self._offered_no_more(event)

    # -- the stage

    def went_on_stage(self, event: Event) -> None:
        person = self._goes_up(event)
        assert person.moderates or not self.settings["backstage"], "backstage first"
        person.seat = "on_stage"

    def went_backstage(self, event: Event) -> None:
        person = self._goes_up(event)
        assert self.settings["backstage"]
        assert not person.moderates, "moderators go on stage directly"
        person.seat = "backstage"
        person.backstage = True

    def brought_on(self, event: Event) -> None:
        self._moderator(event)
        assert event["people"]
        assert len(event["people"]) == len(set(event["people"]))
        for key in event["people"]:
            person = self.people[key]
            assert person.seat == "backstage"
            person.seat = "on_stage"
            person.backstage = False
            person.silent_since = event["at"]
            self._hand_goes_down(person)

    def sent_backstage(self, event: Event) -> None:
        self._moderator(event)
        person = self._target(event)
        assert self.settings["backstage"]
        assert person.seat == "on_stage"
        assert not person.moderates
        person.seat = "backstage"
        person.backstage = True

    def left_backstage(self, event: Event) -> None:
        person = self._self(event)
        assert person.seat == "backstage", "rule 3"
        person.step_down()

    def _goes_up(self, event: Event) -> Somebody:
        person = self._self(event)
        assert self.seated() < self.settings["capacity"], "rule 11"
        if person.seat == "offered":
            assert person.offer_until is not None
            assert event["at"] < person.offer_until, "rule 7"
        else:
            assert person.seat in ("viewer", "requested")
            assert self.mode == "open", "rule 1: no offer, and the stage is not open"
            assert person.moderates or not person.barred, "rule 13"
            assert self.taken() < self.settings["capacity"], "rule 7: the seat is reserved"
        if event["person"] in self.queue:
            self.queue.remove(event["person"])
        person.step_down()
        person.on = {key for key in ("microphone", "camera") if event[key]}
        person.silent_since = event["at"]
        person.barred = False
        self._hand_goes_down(person)
        return person

    def _hand_goes_down(self, person: Somebody) -> None:
        if not self.settings["lower_hand_once_spoken"]:
            person.hand = None

    def left_stage(self, event: Event) -> None:
        person = self._self(event)
        assert person.seat == "on_stage"
        assert person.moderates or self.settings["may_leave_stage"], "rule 4"
        person.step_down()

    def removed_from_stage(self, event: Event) -> None:
        by = self._moderator(event)
        person = self._target(event)
        assert person.seated
        assert person.role != "host" or by.role == "host", "rule 17"
        person.step_down()
        person.hand = None
        person.barred = True

    def bumped(self, event: Event) -> None:
        assert self.settings["bump_longest_silent"], "rule 11"
        assert self.taken() == self.settings["capacity"]
        silent = {
            key: one.silent_since
            for key, one in self.people.items()
            if one.seated
            and not (one.backstage or one.moderates or one.on & {"microphone", "screen"})
        }
        assert silent[event["person"]] == min(silent.values()), "rule 11"
        self.people[event["person"]].step_down()

    def device_set(self, event: Event) -> None:
        person = self._target(event)
        assert person.seat in ("on_stage", "backstage"), "rule 14"
        assert (event["device"] in person.on) != event["on"], "nothing would change"
        if event["by"] == event["person"]:
            self._self(event)
        else:
            by = self._moderator(event)
            assert not event["on"], "rule 16"
            assert person.role != "host" or by.role == "host", "rule 17"
        if event["on"]:
            person.on.add(event["device"])
        else:
            person.on.remove(event["device"])
        if event["device"] == "microphone":
            person.asked_to_unmute = False
            person.silent_since = person.silent_since if event["on"] else event["at"]

    def unmute_asked(self, event: Event) -> None:
        self._moderator(event)
        person = self._target(event)
        assert person.seat in ("on_stage", "backstage")
        assert "microphone" not in person.on
        person.asked_to_unmute = True

    def unmute_dismissed(self, event: Event) -> None:
        self._self(event).asked_to_unmute = False

    # -- hands

    def hand_raised(self, event: Event) -> None:
        person = self._self(event)
        assert person.hand is None
        person.hand = self.number

    def hand_lowered(self, event: Event) -> None:
        if event["by"] != event["person"]:
            self._moderator(event)
        person = self._target(event)
        assert person.hand is not None
        person.hand = None
