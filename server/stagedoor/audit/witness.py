"""An outsider who reads a room's log and knows the rules from their text alone.

It reads the events as they are logged (JSON), keeps its own plain account of everybody, and
objects to whatever the text does not allow. Nothing of the rules' code is used: the tests have it
read along with random histories, and the audit with a room's log.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Event = dict[str, Any]


class ObjectionError(Exception):
    """What an event says cannot have happened by the rules."""


def must(condition: object, otherwise: str) -> None:
    """Raises ObjectionError with what is wrong otherwise."""
    if not condition:
        raise ObjectionError(otherwise)


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
        must(not self.ended, "an ended room changes no more")
        must(event["at"] >= self.clock, "time does not run backwards")
        self.clock = event["at"]
        self.number += 1
        must(
            (self.number == 1) == (event["type"] == "room_created"),
            "a room is created once, at first",
        )
        witnessed = getattr(self, event["type"], None)
        if witnessed is None:
            return  # of what is said, asked and voted, it knows no more than when
        if event["type"] not in ("room_created", "entered"):
            must(event["rule"] in range(1, 23), "rule 21: every decision is under a rule")
        witnessed(event)

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
        must(event.get("by", "") == "", "the clock alone decides this")
        return self.people[event["person"]]

    def _self(self, event: Event) -> Somebody:
        must(event["by"] == event["person"], "people decide this themselves")
        person = self.people[event["person"]]
        must(person.connected, "they are not connected")
        return person

    def _moderator(self, event: Event) -> Somebody:
        by = self.people[event["by"]]
        must(by.moderates, "only moderators may decide this")
        must(by.connected, "whoever decided was not connected")
        return by

    def _target(self, event: Event) -> Somebody:
        person = self.people[event["person"]]
        must(not person.gone, "the person is not in the room")
        return person

    def _waits_no_more(self, event: Event) -> Somebody:
        person = self._target(event)
        must(person.seat == "requested", "there was no request")
        self.queue.remove(event["person"])
        person.seat = "viewer"
        return person

    def _offered_no_more(self, event: Event) -> Somebody:
        person = self._target(event)
        must(person.seat == "offered", "there was no offer")
        person.seat = "viewer"
        person.offer_until = None
        return person

    # -- the room

    def room_created(self, event: Event) -> None:
        self.mode = event["mode"]
        self.settings = event["settings"]

    def mode_set(self, event: Event) -> None:
        self._moderator(event)
        must(event["mode"] != self.mode, "nothing would change")
        self.mode = event["mode"]

    def settings_changed(self, event: Event) -> None:
        self._moderator(event)
        must(event["settings"] != self.settings, "nothing would change")
        self.settings = event["settings"]

    def role_set(self, event: Event) -> None:
        must(self._moderator(event).role == "host", "rule 17")
        person = self._target(event)
        must(
            {person.role, event["role"]} == {"attendee", "moderator"},
            "rule 17: this is no appointment or demotion",
        )
        person.role = event["role"]
        if person.moderates:
            person.barred = False

    def room_ended(self, event: Event) -> None:
        must(self._moderator(event).role == "host", "rule 17")
        self.ended = True
        self.queue.clear()
        for person in self.people.values():
            person.step_down()
            person.hand = None

    # -- presence

    def entered(self, event: Event) -> None:
        must(event["person"] not in self.people, "nobody enters twice")
        self.people[event["person"]] = Somebody(event["role"])

    def disconnected(self, event: Event) -> None:
        person = self._self(event)
        must(
            event["away_until"] == event["at"] + self.settings["hold_ms"],
            "rule 12: a seat is held as long as the room has it",
        )
        person.away_until = event["away_until"]
        person.asked_to_unmute = False
        if person.seated:
            if "microphone" in person.on:
                person.silent_since = event["at"]
            person.seat = "held"
            person.on.clear()

    def returned(self, event: Event) -> None:
        person = self.people[event["person"]]
        must(person.away_until is None or event["at"] < person.away_until, "rule 12")
        must(person.offer_until is None or event["at"] < person.offer_until, "rule 7")
        person.gone = False
        person.away_until = None
        if person.seat == "held":
            person.seat = "backstage" if person.backstage else "on_stage"

    def left(self, event: Event) -> None:
        person = self._clock(event)
        must(person.away_until is not None, "rule 12: they were not away")
        must(person.away_until <= event["at"], "rule 12: the grace had not passed")
        if person.seat == "requested":
            self.queue.remove(event["person"])
        person.step_down()
        person.hand = None
        person.away_until = None
        person.gone = True

    # -- requests and offers

    def request_made(self, event: Event) -> None:
        person = self._self(event)
        must(person.seat == "viewer", "they were no viewer")
        must(event["at"] >= person.may_ask_at, "rule 3")
        must_ask = person.barred and not person.moderates
        must(self.mode == "request" or (self.mode == "open" and must_ask), "rules 1 and 13")
        person.seat = "requested"
        self.queue.append(event["person"])

    def request_cancelled(self, event: Event) -> None:
        self._self(event)
        self._waits_no_more(event)

    def request_declined(self, event: Event) -> None:
        self._moderator(event)
        wait = self.settings["cooldown_ms"]
        person = self._waits_no_more(event)
        must(
            event["may_ask_at"] == (event["at"] + wait if wait else 0),
            "rule 3: not the cool-down that the room has",
        )
        person.may_ask_at = event["may_ask_at"]

    def request_closed(self, event: Event) -> None:
        self._moderator(event)
        must(self.mode in ("invite", "closed"), "rule 10")
        must(self.queue[0] == event["person"], "in the queue's order")
        self._waits_no_more(event)

    def offer_made(self, event: Event) -> None:
        self._moderator(event)
        must(self.mode != "closed", "rule 1")
        must(self.taken() < self.settings["capacity"], "rules 7 and 11")
        must(event["expires_at"] == event["at"] + self.settings["offer_ms"], "rule 7")
        person = self._target(event)
        if person.seat == "requested":
            must(event["reason"] in ("approved", "opened"), "rule 9: a request is approved")
            if event["reason"] == "opened":
                self._opened(event["person"])
            self._waits_no_more(event)
        else:
            must(event["reason"] == "invited", "rule 9: who has not asked is invited")
            must(person.seat == "viewer", "they were no viewer")
            must(person.connected, "they are not connected")
        person.seat = "offered"
        person.offer_until = event["expires_at"]

    def _opened(self, person: str) -> None:
        must(self.mode == "open", "rule 10")
        welcome = [
            key for key in self.queue if self.people[key].moderates or not self.people[key].barred
        ]
        must(welcome[0] == person, "rules 5 and 10")

    def offer_declined(self, event: Event) -> None:
        self._self(event)
        self._offered_no_more(event)

    def offer_revoked(self, event: Event) -> None:
        self._moderator(event)
        self._offered_no_more(event)

    def offer_expired(self, event: Event) -> None:
        until = self._clock(event).offer_until
        must(until is not None, "there was no offer")
        must(until <= event["at"], "rule 7: the offer still stood")
        self._offered_no_more(event)

    # -- the stage

    def went_on_stage(self, event: Event) -> None:
        person = self._goes_up(event)
        must(person.moderates or not self.settings["backstage"], "backstage first")
        person.seat = "on_stage"

    def went_backstage(self, event: Event) -> None:
        person = self._goes_up(event)
        must(self.settings["backstage"], "the room has no backstage")
        must(not person.moderates, "moderators go on stage directly")
        person.seat = "backstage"
        person.backstage = True

    def brought_on(self, event: Event) -> None:
        self._moderator(event)
        must(event["people"], "nobody was brought on")
        must(len(event["people"]) == len(set(event["people"])), "nobody is brought on twice")
        for key in event["people"]:
            person = self.people[key]
            must(person.seat == "backstage", "they were not backstage")
            person.seat = "on_stage"
            person.backstage = False
            person.silent_since = event["at"]
            self._hand_goes_down(person)

    def sent_backstage(self, event: Event) -> None:
        self._moderator(event)
        person = self._target(event)
        must(self.settings["backstage"], "the room has no backstage")
        must(person.seat == "on_stage", "they were not on stage")
        must(not person.moderates, "moderators are not backstage")
        person.seat = "backstage"
        person.backstage = True

    def left_backstage(self, event: Event) -> None:
        person = self._self(event)
        must(person.seat == "backstage", "rule 3")
        person.step_down()

    def _goes_up(self, event: Event) -> Somebody:
        person = self._self(event)
        must(self.seated() < self.settings["capacity"], "rule 11")
        if person.seat == "offered":
            must(person.offer_until is not None, "there was no offer")
            must(event["at"] < person.offer_until, "rule 7")
        else:
            must(person.seat in ("viewer", "requested"), "they had a seat")
            must(self.mode == "open", "rule 1: no offer, and the stage is not open")
            must(person.moderates or not person.barred, "rule 13")
            must(self.taken() < self.settings["capacity"], "rule 7: the seat is reserved")
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
        must(person.seat == "on_stage", "they were not on stage")
        must(person.moderates or self.settings["may_leave_stage"], "rule 4")
        person.step_down()

    def removed_from_stage(self, event: Event) -> None:
        by = self._moderator(event)
        person = self._target(event)
        must(person.seated, "they had no seat")
        must(person.role != "host" or by.role == "host", "rule 17")
        person.step_down()
        person.hand = None
        person.barred = True

    def bumped(self, event: Event) -> None:
        must(self.settings["bump_longest_silent"], "rule 11")
        must(self.taken() == self.settings["capacity"], "rule 11: the stage was not full")
        silent = {
            key: one.silent_since
            for key, one in self.people.items()
            if one.seated
            and not (one.backstage or one.moderates or one.on & {"microphone", "screen"})
        }
        must(silent[event["person"]] == min(silent.values()), "rule 11")
        self.people[event["person"]].step_down()

    def device_set(self, event: Event) -> None:
        person = self._target(event)
        must(person.seat in ("on_stage", "backstage"), "rule 14")
        must((event["device"] in person.on) != event["on"], "nothing would change")
        if event["by"] == event["person"]:
            self._self(event)
        else:
            by = self._moderator(event)
            must(not event["on"], "rule 16")
            must(person.role != "host" or by.role == "host", "rule 17")
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
        must(person.seat in ("on_stage", "backstage"), "they had no seat")
        must("microphone" not in person.on, "rule 16: the microphone was on")
        person.asked_to_unmute = True

    def unmute_dismissed(self, event: Event) -> None:
        self._self(event).asked_to_unmute = False

    # -- hands

    def hand_raised(self, event: Event) -> None:
        person = self._self(event)
        must(person.hand is None, "the hand was up")
        person.hand = self.number

    def hand_lowered(self, event: Event) -> None:
        if event["by"] != event["person"]:
            self._moderator(event)
        person = self._target(event)
        must(person.hand is not None, "no hand was up")
        person.hand = None
