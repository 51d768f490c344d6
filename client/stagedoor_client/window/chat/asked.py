"""What the list of questions shows. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from stagedoor.messages import AnyRequest
from stagedoor.messages.talk import QuestionView
from stagedoor.rules.talk import commands as talk
from stagedoor.rules.talk.values import Answer, Standing

from ...talk import questions_of, voted_for
from ...words import marked, t
from ..scene import Scene
from .items import question_items
from .rows import standing_words, time_of

TITLES = {
    Answer.OPEN: marked("Open"),
    Answer.ANSWERED: marked("Answered"),
    Answer.DISMISSED: marked("Dismissed"),
}


@dataclass(frozen=True)
class QuestionRow:
    """A question. ``votable``: one may be for it now, ``decide``: it waits for one's approval,
    ``decisions`` are what a moderator may do with it: words and command."""

    number: int
    name: str
    time: str
    text: str
    votes: int
    voted: bool
    votable: bool
    own: bool
    note: str
    decide: bool
    decisions: tuple[tuple[str, AnyRequest], ...]
    menu: bool

    @property
    def key(self) -> str:
        """By which it is known again."""
        return str(self.number)


def groups(scene: Scene, by_votes: bool) -> dict[Answer, list[QuestionRow]]:
    """The questions by what has become of them; of each most votes or the newest first."""
    every = questions_of(scene.view)
    if by_votes:
        every = sorted(every, key=lambda one: (-one.votes, one.number))
    else:
        every = sorted(every, key=lambda one: -one.number)
    voted = voted_for(scene.view)
    return {
        answer: [_row(scene, one, one.number in voted) for one in every if one.answer is answer]
        for answer in TITLES
    }


def _row(scene: Scene, one: QuestionView, voted: bool) -> QuestionRow:
    shown, own = one.standing is Standing.SHOWN, one.by == scene.view.you
    return QuestionRow(
        number=one.number,
        name=one.by_name,
        time=time_of(one.at, scene.now),
        text=one.text,
        votes=one.votes,
        voted=voted,
        votable=shown and one.answer is not Answer.DISMISSED and scene.online,
        own=own,
        note=standing_words(one.standing, own),
        decide=one.standing is Standing.WAITING and scene.i_moderate,
        decisions=_decisions(one) if scene.i_moderate and shown else (),
        menu=bool(question_items(scene, one)),
    )


def _decisions(one: QuestionView) -> tuple[tuple[str, AnyRequest], ...]:
    if one.answer is not Answer.OPEN:
        return ((t("Open again"), talk.ReopenQuestion(one.number)),)
    return (
        (t("Answered"), talk.AnswerQuestion(one.number)),
        (t("Dismiss"), talk.DismissQuestion(one.number)),
    )


def waits(scene: Scene) -> int:
    """How many questions wait for one's approval."""
    every = questions_of(scene.view) if scene.i_moderate else []
    return sum(one.standing is Standing.WAITING for one in every)
