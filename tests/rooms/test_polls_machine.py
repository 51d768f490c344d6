"""Everybody votes, answers and changes roles in any order; a plain model counts along.

Votes count once, the totals are the model's, polls and questions end on time, everybody's copy of
the view is what a newcomer would be shown, and nobody is shown what they may not see.
"""

from __future__ import annotations

from typing import Any

import msgspec
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from stagedoor import rules
from stagedoor.messages.polls import PollView
from stagedoor.rooms.draft import Draft
from stagedoor.rooms.views import updates, view
from stagedoor.rules.commands import AnyCommand, AppointModerator, DemoteModerator
from stagedoor.rules.events import AnyEvent
from stagedoor.rules.polls import commands as p
from stagedoor.rules.polls.values import Kind, PollForm, PollState, Showing
from stagedoor.rules.quizzes import commands as q
from stagedoor.rules.quizzes.values import QuizForm, QuizQuestion, QuizState
from stagedoor.rules.refusals import Refusal
from stagedoor.rules.values import Role, Room

from .follower import Follower

PEOPLE = ["hal", "ada", "ann", "ben", "cid", "dee", "eve", "fay"]
START = 1_000_000
_events = msgspec.json.Decoder(AnyEvent)

forms = st.builds(
    PollForm,
    kind=st.sampled_from(Kind),
    question=st.just("Well?"),
    options=st.just(("A", "B", "C")),
    least=st.just(1),
    most=st.sampled_from([2, 3]),
    anonymous=st.booleans(),
    showing=st.sampled_from(Showing),
    may_change=st.booleans(),
    open_ms=st.sampled_from([0, 0, 6_000]),
)
questions = st.builds(
    QuizQuestion,
    question=st.just("Which?"),
    options=st.just(("A", "B", "C")),
    right=st.sampled_from([(0,), (1,), (0, 2)]),
    time_ms=st.sampled_from([5_000, 9_000]),
)
quizzes = st.builds(
    QuizForm,
    title=st.just("Quiz"),
    questions=st.lists(questions, min_size=1, max_size=3).map(tuple),
    leaderboard=st.booleans(),
)
who = st.sampled_from(PEOPLE)
choices = st.sampled_from([(0,), (1,), (0, 2), (1, 2), (2,)])
votes = st.builds(
    p.CastVote,
    poll=st.just(0),
    choices=choices,
    rating=st.integers(0, 4),
    text=st.sampled_from(["yes", "No", "maybe", ""]),
    words=st.sampled_from([("Yes!",), ("no", "yes"), ("YES", "so", "no")]),
)


def key(vote: p.CastVote, kind: Kind) -> tuple[str, ...]:
    """What the model says a vote is counted as."""
    match kind:
        case Kind.SINGLE | Kind.MULTIPLE:
            return tuple(str(one) for one in vote.choices)
        case Kind.RATING:
            return (str(vote.rating),)
        case Kind.TEXT:
            return (vote.text,)
        case Kind.WORDS:
            return tuple(sorted({word.strip("!").lower() for word in vote.words}))


class Voters(RuleBasedStateMachine):
    """One room, the copies of all its people, and who voted what by the model."""

    room: Room

    def __init__(self) -> None:
        super().__init__()
        self.now = START
        self.log: list[bytes] = []
        self.votes: dict[int, dict[str, tuple[str, ...]]] = {}
        self.locked: dict[int, set[str]] = {}
        self.copies: dict[str, Follower] = {}

    @initialize()
    def begin(self) -> None:
        created = rules.create("r", "Room", now=self.now)
        self.room = rules.evolve(None, created)
        self.log.append(msgspec.json.encode(created))
        for name in PEOPLE:
            role = Role.HOST if name == "hal" else Role.ATTENDEE
            role = Role.MODERATOR if name == "ada" else role
            entered = rules.enter(self.room, name, name.title(), role, self.now)
            assert not isinstance(entered, Refusal)
            self.step(entered)
        self.copies = {name: Follower(view(self.room, name)) for name in PEOPLE}

    # -- what the server does

    def step(self, events: list[AnyEvent]) -> None:
        """Log, apply and show."""
        draft = Draft(self.room)
        draft.add(events)
        for event in draft.logged:
            encoded = msgspec.json.encode(event)
            assert _events.decode(encoded) == event
            self.log.append(encoded)
        changed = updates(self.room, draft.room, [], draft.events)
        self.room = draft.room
        for name, copy in self.copies.items():
            moderates = self.room.people[name].moderates
            common = changed.moderators if moderates else changed.attendees
            update = changed.persons.get(name, common)
            if update is not None:
                copy.apply(update)

    def command(self, name: str, command: AnyCommand) -> list[AnyEvent] | Refusal:
        frozen = msgspec.json.encode(self.room)
        answer = rules.decide(self.room, command, name, self.now)
        assert msgspec.json.encode(self.room) == frozen, "deciding changes nothing"
        if not isinstance(answer, Refusal):
            self.step(answer)
        return answer

    # -- polls

    @rule(form=forms)
    def the_host_opens_a_poll(self, form: PollForm) -> None:
        if len(self.room.polls) < 4:
            assert not isinstance(self.command("hal", p.CreatePoll(form)), Refusal)
            self.votes[self.room.number] = {}
            self.locked[self.room.number] = set()
            assert not isinstance(self.command("hal", p.OpenPoll(self.room.number)), Refusal)

    @rule(name=who, form=forms, data=st.data())
    def somebody_does_anything_to_a_poll(
        self, name: str, form: PollForm, data: st.DataObject
    ) -> None:
        poll = data.draw(st.sampled_from([*self.votes, 99]))
        kinds: list[AnyCommand] = [
            p.CreatePoll(form),
            p.EditPoll(poll, form),
            p.OpenPoll(poll),
            p.ClosePoll(poll),
            p.SetShowing(poll, form.showing),
            p.DeletePoll(poll),
        ]
        command = data.draw(st.sampled_from(kinds))
        before = self.room.number
        answer = self.command(name, command)
        allowed = self.room.people[name].moderates
        assert allowed or isinstance(answer, Refusal)
        if isinstance(command, p.CreatePoll) and not isinstance(answer, Refusal):
            self.votes[before + 1] = {}
            self.locked[before + 1] = set()

    @precondition(lambda self: self.room.polls)
    @rule(name=who, vote=votes, data=st.data())
    def somebody_votes(self, name: str, vote: p.CastVote, data: st.DataObject) -> None:
        poll = self.room.polls[data.draw(st.sampled_from([*self.room.polls]))]
        answer = self.command(name, msgspec.structs.replace(vote, poll=poll.id))
        old = self.votes[poll.id].get(name)
        open_now = poll.state is PollState.OPEN and (poll.closes_at or self.now + 1) > self.now
        if isinstance(answer, Refusal):
            return
        assert open_now
        assert name not in self.locked[poll.id], "counted votes stay"
        new = key(vote, poll.form.kind)
        assert old is None or old == new or poll.form.may_change
        self.votes[poll.id][name] = new

    @rule(names=st.lists(who, min_size=5, unique=True), data=st.data())
    def many_vote(self, names: list[str], data: st.DataObject) -> None:
        if self.room.polls:
            for name in names:
                self.somebody_votes(name, data.draw(votes), data)

    # -- quizzes

    @rule(form=quizzes)
    def the_host_begins_a_quiz(self, form: QuizForm) -> None:
        if len(self.room.quizzes) < 2:
            assert not isinstance(self.command("hal", q.CreateQuiz(form)), Refusal)
            self.command("hal", q.OpenQuizQuestion(self.room.number, 0))

    @precondition(lambda self: self.room.quizzes)
    @rule(name=who, chosen=choices, form=quizzes, data=st.data())
    def somebody_does_something_in_a_quiz(
        self, name: str, chosen: tuple[int, ...], form: QuizForm, data: st.DataObject
    ) -> None:
        quiz = self.room.quizzes[data.draw(st.sampled_from([*self.room.quizzes]))]
        place = max(quiz.place + data.draw(st.sampled_from([0, 0, 0, 1])), 0)
        kinds: list[AnyCommand] = [
            q.AnswerQuiz(quiz.id, place, chosen),
            q.OpenQuizQuestion(quiz.id, quiz.place + 1),
            q.CloseQuizQuestion(quiz.id, place),
            q.EndQuiz(quiz.id),
            q.EditQuiz(quiz.id, form),
            q.DeleteQuiz(quiz.id),
        ]
        command = data.draw(st.sampled_from([kinds[0], *kinds]))
        answer = self.command(name, command)
        may = isinstance(command, q.AnswerQuiz) or self.room.people[name].moderates
        assert may or isinstance(answer, Refusal)

    # -- all else

    @rule(ms=st.sampled_from([0, 10, 250, 1_000, 4_999, 9_000]))
    def time_passes(self, ms: int) -> None:
        self.now += ms
        self.step(rules.due(self.room, self.now))
        deadline = rules.next_deadline(self.room)
        assert deadline is None or deadline > self.now

    @rule(name=who)
    def a_role_changes(self, name: str) -> None:
        moderates = self.room.people[name].moderates
        self.command("hal", DemoteModerator(name) if moderates else AppointModerator(name))

    @rule(polite=st.booleans())
    def the_server_ends_and_returns(self, polite: bool) -> None:
        """What is not logged is forgotten; people come back and see what there is."""
        if polite:
            for event in rules.before_the_end(self.room, self.now):
                self.log.append(msgspec.json.encode(event))
        room: Room | None = None
        for encoded in self.log:
            room = rules.evolve(room, _events.decode(encoded))
        assert room is not None
        for poll in room.polls.values():
            if poll.form.anonymous and poll.state is PollState.OPEN:
                kept = set(poll.counted)
                forgotten = set(self.votes[poll.id]) - kept
                self.votes[poll.id] = {
                    name: vote for name, vote in self.votes[poll.id].items() if name in kept
                }
                self.locked[poll.id] = kept
                assert polite or not forgotten & self.locked[poll.id]
        self.room = room
        self.step(rules.after_a_return(self.room, self.now))
        self.step(rules.due(self.room, self.now))
        self.copies = {name: Follower(view(self.room, name)) for name in PEOPLE}

    # -- what always holds

    @invariant()
    def votes_are_counted_once(self) -> None:
        for poll in self.room.polls.values() if hasattr(self, "room") else ():
            model = self.votes[poll.id]
            counts: dict[str, int] = {}
            for ballot in model.values():
                for one in ballot:
                    counts[one] = counts.get(one, 0) + 1
            assert poll.tally.votes == len(model)
            assert poll.tally.counts == counts

    @invariant()
    def copies_are_what_a_newcomer_sees(self) -> None:
        for name, copy in self.copies.items():
            assert copy.all == Follower(view(self.room, name)).all

    @invariant()
    def nobody_sees_what_they_may_not(self) -> None:
        for name, copy in self.copies.items():
            if self.room.people[name].moderates:
                continue
            for poll in copy.polls.values():
                self.check_poll(poll)
            for quiz in copy.quizzes.values():
                assert quiz.form is None
                assert quiz.leaderboard or not quiz.leaders
                if quiz.state is QuizState.ASKING:
                    assert quiz.question is not None
                    assert (quiz.question.right, quiz.question.counts) == (None, None)
                    assert quiz.review == []

    def check_poll(self, poll: PollView) -> None:
        assert poll.state is not PollState.DRAFT
        match poll.showing:
            case Showing.HIDDEN:
                assert poll.results is None
            case Showing.ON_CLOSE:
                assert (poll.results is not None) == (poll.state is PollState.CLOSED)
            case Showing.LIVE:
                assert poll.results is not None

    @invariant()
    def no_anonymous_vote_is_logged(self) -> None:
        for encoded in self.log[-8:]:
            event: dict[str, Any] = msgspec.json.decode(encoded)
            assert event["type"] not in ("vote_held", "results_shown", "quiz_answers_shown")
            if event["type"] == "vote_cast" and event["poll"] in self.room.polls:
                assert not self.room.polls[event["poll"]].form.anonymous


TestVoters = Voters.TestCase
TestVoters.settings = settings(
    max_examples=100,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
