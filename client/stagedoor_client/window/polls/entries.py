"""The list of polls and quizzes: their order, what waits for an answer, what to say. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from stagedoor.messages import View
from stagedoor.messages.polls import MyQuiz, PollView, QuizView
from stagedoor.rules.polls.values import PollState
from stagedoor.rules.quizzes.values import QuizState

from ...book import polls_of, quizzes_of, scores_of, votes_of
from ...words import t, tn
from ..happenings import Go, Notice
from ..scene import Scene

RANKS = {
    PollState.OPEN: 0, QuizState.ASKING: 0, QuizState.BETWEEN: 0,
    PollState.DRAFT: 1, QuizState.DRAFT: 1, PollState.CLOSED: 2, QuizState.ENDED: 2,
}  # fmt: skip


#: The key of the notice of several that are open when one comes.
SEVERAL = "open-several"


@dataclass(frozen=True)
class Entry:
    """A poll or a quiz; ``waits``: one could vote or answer, and has not."""

    item: PollView | QuizView
    waits: bool

    @property
    def key(self) -> str:
        """By which it is known again."""
        return f"{'poll' if isinstance(self.item, PollView) else 'quiz'}-{self.item.id}"


def entries(view: View) -> list[Entry]:
    """What is open first, then drafts, then what is over; of these the newest first."""
    votes, scores = votes_of(view), scores_of(view)
    found = [
        Entry(poll, poll.state is PollState.OPEN and poll.id not in votes)
        for poll in polls_of(view).values()
    ]
    found += [
        Entry(quiz, quiz.state is QuizState.ASKING and not _answered(quiz, scores.get(quiz.id)))
        for quiz in quizzes_of(view).values()
    ]
    return sorted(found, key=lambda one: (RANKS[one.item.state], -one.item.id))


def _answered(quiz: QuizView, mine: MyQuiz | None) -> bool:
    number = quiz.question.number if quiz.question is not None else -1
    return mine is not None and any(one.question == number for one in mine.answers)


def saying(item: PollView | QuizView) -> str:
    """The sentence about a poll or quiz as it is now; empty for drafts and the like."""
    if isinstance(item, PollView):
        if item.state is PollState.OPEN:
            return t("A poll is open: {question}", question=item.question)
        if item.state is PollState.CLOSED:
            if item.results is not None:
                return t("The results are there: {question}", question=item.question)
            return t("The poll is closed: {question}", question=item.question)
        return ""
    if item.state is QuizState.ASKING and item.question is not None:
        return t(
            "Quiz, question {number}: {question}",
            number=item.question.number + 1,
            question=item.question.question,
        )
    return t("The quiz is over: {title}", title=item.title) if item.state is QuizState.ENDED else ""


def told(before: View | None, scene: Scene, *, looking: bool) -> tuple[list[Notice], list[str]]:
    """Notices of what has begun or ended, and the keys of those that are out of date.

    Moderators have done it themselves. ``before`` is None when one has just come; ``looking``: the
    list is before one's eyes.
    """
    if before is None:
        return _waiting(scene, looking=looking), []
    if _same(before, scene.view):
        return [], []
    was = {one.key: saying(one.item) for one in entries(before)}
    now = entries(scene.view)
    notices, outdated = [], [f"open-{key}" for key in was if key not in {one.key for one in now}]
    if looking or not any(one.waits for one in now):
        outdated.append(SEVERAL)
    for one in reversed(now):
        sentence = saying(one.item)
        if not one.waits:
            outdated.append(f"open-{one.key}")
        if sentence and was.get(one.key) != sentence and not scene.i_moderate:
            stay = one.waits and not looking
            go = None if looking else Go(t("Answer") if one.waits else t("Look"), "polls", one.key)
            notices.append(Notice(sentence, f"open-{one.key}", stay=stay, go=go))
    return notices, outdated


def _waiting(scene: Scene, *, looking: bool) -> list[Notice]:
    """What is open already when one comes, in one notice."""
    waiting = [one for one in entries(scene.view) if one.waits]
    if not waiting or scene.i_moderate or looking:
        return []
    if len(waiting) == 1:
        key = waiting[0].key
        go = Go(t("Answer"), "polls", key)
        return [Notice(saying(waiting[0].item), f"open-{key}", stay=True, go=go)]
    sentence = tn(
        len(waiting), "{count} poll waits for your answer.", "{count} polls wait for your answers."
    )
    return [Notice(sentence, SEVERAL, stay=True, go=Go(t("Answer"), "polls"))]


def _same(before: View, after: View) -> bool:
    """Whether nothing of this has changed."""
    return before.polls is after.polls and before.quizzes is after.quizzes
