"""Who was there, for how long, and what they took part in. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from msgspec import Struct

from stagedoor.rooms.tables import Ours, Row, said
from stagedoor.rules.event.events import Banned, RemovedFromRoom, SpokeFor
from stagedoor.rules.events import (
    AnyEvent,
    Disconnected,
    Entered,
    HandRaised,
    Left,
    RequestMade,
    Returned,
    RoleSet,
    RoomEnded,
)
from stagedoor.rules.polls.events import PollClosed, VoteCast, VotesCounted
from stagedoor.rules.quizzes.events import QuizAnswered
from stagedoor.rules.reactions.events import ReactionsCounted
from stagedoor.rules.talk.events import QuestionAsked, Said
from stagedoor.rules.values import Role

from .names import Names, seconds, written
from .stage import stage_times


class Attended(Struct, frozen=True):
    """One person. Times in milliseconds; ``left_at`` is None while connected.

    ``visits``: how often they came, not counting those who came back within their grace.
    ``votes``: polls taken part in, never what was voted.
    """

    person: str
    name: str
    role: Role
    entered_at: int
    left_at: int | None
    visits: int
    present_ms: int
    stage_ms: int
    spoke_ms: int
    requests: int
    hands: int
    messages: int
    questions: int
    votes: int
    quiz_answers: int
    reactions: int


@dataclass
class _Account:
    """What is known of a person so far."""

    role: Role
    entered_at: int
    since: int | None = None
    left_at: int | None = None
    inside: bool = False
    visits: int = 0
    present_ms: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    polls: set[int] = field(default_factory=set)

    def comes(self, at: int) -> None:
        """Connected, be it anew or again."""
        self.visits += not self.inside
        self.inside = True
        self.left_at = None
        self.since = at if self.since is None else self.since

    def goes(self, at: int) -> None:
        """The connection is gone."""
        if self.since is not None:
            self.present_ms += at - self.since
            self.since, self.left_at = None, at

    def count(self, what: str, by: int = 1) -> None:
        """One more of something."""
        self.counts[what] = self.counts.get(what, 0) + by


def attendance(events: Sequence[AnyEvent], now: int) -> list[Attended]:
    """Everybody who was ever there, in the order in which they came."""
    names = Names()
    accounts: dict[str, _Account] = {}
    for event in events:
        names.read(event)
        if isinstance(event, Entered):
            accounts[event.person] = _Account(event.role, event.at)
        _come_and_go(event, accounts)
        _take_part(event, accounts)
    stage: dict[str, int] = {}
    for stay in (one for one in stage_times(events) if not one.backstage):
        until = now if stay.until is None else stay.until
        stage[stay.person] = stage.get(stay.person, 0) + until - stay.since
    return [
        _attended(person, names[person], account, stage.get(person, 0), now)
        for person, account in accounts.items()
    ]


def _come_and_go(event: AnyEvent, accounts: dict[str, _Account]) -> None:
    match event:
        case Entered() | Returned():
            accounts[event.person].comes(event.at)
        case Disconnected():
            accounts[event.person].goes(event.at)
        case Left() | RemovedFromRoom() | Banned():
            accounts[event.person].goes(event.at)
            accounts[event.person].inside = False
        case RoleSet():
            accounts[event.person].role = event.role
        case RoomEnded():
            for account in accounts.values():
                account.goes(event.at)


def _take_part(event: AnyEvent, accounts: dict[str, _Account]) -> None:
    """What is counted. One line a kind."""
    match event:
        case SpokeFor():
            accounts[event.person].count("spoke_ms", event.ms)
        case RequestMade():
            accounts[event.person].count("requests")
        case HandRaised():
            accounts[event.person].count("hands")
        case Said():
            accounts[event.by].count("messages")
        case QuestionAsked():
            accounts[event.by].count("questions")
        case QuizAnswered():
            accounts[event.person].count("quiz_answers")
        case ReactionsCounted():
            for sender, number in event.people.items():
                accounts[sender].count("reactions", number)
        case VoteCast():
            accounts[event.person].polls.add(event.poll)
        case VotesCounted() | PollClosed():
            for voter in event.voters:
                accounts[voter].polls.add(event.poll)


def _attended(person: str, name: str, account: _Account, stage_ms: int, now: int) -> Attended:
    running = now - account.since if account.since is not None else 0
    counts = account.counts
    return Attended(
        person=person,
        name=name,
        role=account.role,
        entered_at=account.entered_at,
        left_at=account.left_at,
        visits=account.visits,
        present_ms=account.present_ms + running,
        stage_ms=stage_ms,
        spoke_ms=counts.get("spoke_ms", 0),
        requests=counts.get("requests", 0),
        hands=counts.get("hands", 0),
        messages=counts.get("messages", 0),
        questions=counts.get("questions", 0),
        votes=len(account.polls),
        quiz_answers=counts.get("quiz_answers", 0),
        reactions=counts.get("reactions", 0),
    )


def attendance_table(people: Sequence[Attended]) -> list[Row]:
    """The report as a table, its head first."""
    head = [
        *said("Name", "Role", "Came", "Left", "Visits", "Present (s)", "On stage (s)", "Spoke (s)"),
        *said("Requests", "Hands", "Messages", "Questions", "Votes", "Quiz answers", "Reactions"),
    ]
    rows: list[Row] = [
        [
            one.name,
            Ours(one.role),
            written(one.entered_at),
            written(one.left_at),
            one.visits,
            *(seconds(ms) for ms in (one.present_ms, one.stage_ms, one.spoke_ms)),
            *(one.requests, one.hands, one.messages, one.questions),
            *(one.votes, one.quiz_answers, one.reactions),
        ]
        for one in people
    ]
    return [head, *rows]
