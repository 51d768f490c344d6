"""The outsider, knowing also who may come in, be put out and be renamed."""

from __future__ import annotations

from stagedoor.rules.base import ERASED

from .witness import Event, Somebody, Witness, must

#: What is decided under no numbered rule of the stage.
UNNUMBERED = ("entry_set", "room_renamed", "renamed")


class EventWitness(Witness):
    """Reads along as the other does; objects to what the rules of the event do not allow."""

    def __init__(self) -> None:
        super().__init__()
        self.entry = "open"
        self.opens_at: int | None = None
        self.name = ""
        self.names: dict[str, str] = {}
        self.links: dict[str, str] = {}
        self.bans: dict[str, str] = {}
        self.revoked: set[str] = set()
        self.for_one: set[str] = set()
        self.kept_hands: dict[str, tuple[int, int]] = {}
        self.spoken: dict[str, int] = {}
        self.before: Event = {}

    def read(self, event: Event) -> None:
        if event["type"] in UNNUMBERED:
            event = {"rule": 21, **event}
        super().read(event)
        self.before = event

    def deadline(self) -> int | None:
        found = [one for one in (super().deadline(), self.opens_at) if one is not None]
        return None if self.ended else min(found, default=None)

    # -- the way in

    def room_created(self, event: Event) -> None:
        super().room_created(event)
        self.name = event["name"]

    def entry_set(self, event: Event) -> None:
        if event.get("by", "") == "":
            must(self.opens_at is not None, "no time was set")
            must(self.opens_at <= event["at"], "it was not yet time")
            must(event["entry"] == "open", "the clock only opens")
        else:
            self._moderator(event)
        self.entry, self.opens_at = event["entry"], event.get("opens_at")
        must(self.opens_at is None or self.entry == "lobby", "only a lobby opens by itself")

    def entered(self, event: Event) -> None:
        link = event.get("link", "")
        self._lets_in(event["role"], link)
        must(link not in self.for_one, "their link was for one person, who had come")
        if event.get("once"):
            self.for_one.add(link)
        super().entered(event)
        self.names[event["person"]], self.links[event["person"]] = event["name"], link

    def returned(self, event: Event) -> None:
        who = event["person"]
        must(who not in self.bans, "they were banned")
        person = self.people[who]
        if person.gone:
            self._lets_in(person.role, self.links[who])
        super().returned(event)
        self.names[who] = event["name"]

    def _lets_in(self, role: str, link: str) -> None:
        must(self.entry == "open" or role != "attendee", "the room was not open")
        must(not link or link not in self.bans.values(), "their link was banned")
        must(link not in self.revoked, "their link was revoked")

    def left(self, event: Event) -> None:
        super().left(event)
        self.kept_hands.pop(event["person"], None)

    # -- out of it

    def _in_reach(self, event: Event) -> Somebody:
        by = self._moderator(event)
        person = self.people[event["person"]]
        must(event["by"] != event["person"], "nobody puts themselves out")
        must(person.role == "attendee" or by.role == "host", "rule 17")
        return person

    def _put_out(self, event: Event) -> None:
        self._in_reach(event)
        self._out(event)

    def _out(self, event: Event) -> None:
        person = self.people[event["person"]]
        if person.seat == "requested":
            self.queue.remove(event["person"])
        person.step_down()
        person.hand, person.away_until, person.gone = None, None, True
        self.kept_hands.pop(event["person"], None)

    def removed_from_room(self, event: Event) -> None:
        must(not self.people[event["person"]].gone, "they were not there")
        if event.get("by"):
            self._put_out(event)
            return
        must(self.links[event["person"]] in self.revoked, "nobody put them out")
        self._out(event)

    def links_revoked(self, event: Event) -> None:
        must(not event.get("by"), "the operator revokes links, and nobody else")
        self.revoked |= set(event.get("links", ()))

    def banned(self, event: Event) -> None:
        link = event.get("link", "")
        must(link in ("", self.links[event["person"]]), "that was not their link")
        must(not link or link != self.links[event["by"]], "nobody bans their own link")
        self._put_out(event)
        self.bans[event["person"]] = link

    def unbanned(self, event: Event) -> None:
        self._in_reach(event)
        del self.bans[event["person"]]

    # -- names

    def room_renamed(self, event: Event) -> None:
        self._moderator(event)
        must(event["name"] != self.name, "nothing would change")
        self.name = event["name"]

    def renamed(self, event: Event) -> None:
        if event["by"] == event["person"]:
            must(
                self._self(event).moderates or self.settings["may_rename"],
                "the room does not let people rename themselves",
            )
        else:
            self._in_reach(event)
            self._target(event)
        must(
            event["name"] != self.names[event["person"]] or event["name"] == ERASED,
            "nothing would change",
        )
        self.names[event["person"]] = event["name"]

    # -- hands and speaking

    def hand_raised(self, event: Event) -> None:
        super().hand_raised(event)
        must(
            self.people[event["person"]].moderates or self.settings["may_raise_hand"],
            "the room has no hands",
        )
        self.kept_hands.pop(event["person"], None)

    def spoke_for(self, event: Event) -> None:
        must(event["ms"] > 0, "they did not speak")
        self._clock(event)
        self._target(event)
        self.spoken[event["person"]] = self.spoken.get(event["person"], 0) + event["ms"]

    def hand_lowered_once_spoken(self, event: Event) -> None:
        person = self._clock(event)
        must(self.settings["lower_hand_once_spoken"], "the room does not lower hands")
        must(
            (self.before["type"], self.before["person"]) == ("spoke_for", event["person"]),
            "they had not just spoken",
        )
        must(self.before["ms"] >= 2_000, "they had not spoken long")
        must(person.hand is not None, "no hand was up")
        self.kept_hands[event["person"]] = (person.hand or 0, event["until"])
        person.hand = None

    def hand_restored(self, event: Event) -> None:
        if event["by"] != event["person"]:
            self._moderator(event)
        person = self._target(event)
        must(person.hand is None, "the hand was up")
        person.hand, until = self.kept_hands.pop(event["person"])
        must(event["at"] < until, "it was too late")
