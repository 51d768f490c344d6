"""One poll: to vote, and to see what came out."""

from __future__ import annotations

from msgspec.structs import replace
from PySide6.QtWidgets import QVBoxLayout, QWidget

from stagedoor.messages.polls import MyVote, PollView, Results
from stagedoor.rules.polls.values import Kind, PollState

from ...book import votes_of
from ...words import t, told
from ..chat.row_widgets import buttons_row
from ..chat.writing_parts import Words
from ..part import Part
from ..parts import Button, drop, label, say
from ..scene import Scene
from . import ballots
from .bars import Bars
from .card import Card
from .fields import Ballot
from .results import bars, headline, more


class PollCard(Card):
    """``ballot`` is there while one may vote."""

    def __init__(self, part: Part) -> None:
        super().__init__(part)
        self._poll: PollView | None = None
        self._scene: Scene | None = None
        self._changing = False
        self.ballot: Ballot | None = None
        self.vote = Button(t("Vote"), self._vote, "primary")
        self.trouble = label("", "trouble", wrap=True)
        self.privacy = label("", "small", wrap=True)
        self.results = ResultsView()
        self.note = label("", "small", wrap=True)
        self.column.insertWidget(2, self.privacy)
        self.column.addWidget(self.results)
        self.column.addWidget(self.note)

    def draw(self, poll: PollView, scene: Scene) -> None:
        """Show this poll."""
        self._poll, self._scene = poll, scene
        mine = votes_of(scene.view).get(poll.id)
        shape = (replace(poll, results=None), mine, scene.i_moderate, self._changing)
        if self.is_new(shape):
            say(self.state, told(ballots.STATES[poll.state]))
            self.title.say(poll.question)
            say(self.privacy, ballots.privacy(poll))
            self.build(*self._way(poll, mine))
            say(self.note, ballots.note(poll, scene.i_moderate))
            self.draw_controls(poll, scene)
        self.results.setVisible(poll.results is not None)
        if poll.results is not None:
            self.results.draw(poll, poll.results)
        self.draw_clock(poll.closes_at, scene)

    def _way(self, poll: PollView, mine: MyVote | None) -> list[QWidget]:
        """What one may do with it now."""
        self.ballot = None
        if poll.state is PollState.DRAFT:
            return [Words(f"• {option}") for option in poll.options]
        if mine is not None and not self._changing:
            said: list[QWidget] = [Words(ballots.vote_in_words(poll, mine))]
            if ballots.may_change(poll, mine):
                change = Button(t("Change my vote"), lambda: self._change(True), "small")
                said.append(buttons_row(change))
            return said
        if poll.state is not PollState.OPEN:
            return []
        self.ballot = Ballot(poll, mine)
        self.trouble = label("", "trouble", wrap=True)
        self.trouble.hide()
        self.vote = Button(t("Vote"), self._vote, "primary")
        cancel = [Button(t("Cancel"), lambda: self._change(False))] if mine is not None else []
        return [self.ballot, self.trouble, buttons_row(self.vote, *cancel)]

    def _change(self, changing: bool) -> None:
        self._changing = changing
        if self._poll is not None and self._scene is not None:
            self.draw(self._poll, self._scene)
            if self.ballot is not None:
                self.ballot.begin()

    def _vote(self) -> None:
        if self.ballot is not None:
            self.vote.setEnabled(False)
            self.vote.setText(t("Sending…"))
            self._part.vote(self.ballot.read(), self._voted)

    def _voted(self, problem: str) -> None:
        if problem:
            say(self.trouble, problem)
            self.vote.setText(t("Vote"))
            self.vote.setEnabled(True)
        else:
            self._change(False)


class ResultsView(QWidget):
    """What came out: bars, or texts."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(t("Results"))
        self.head = label("", "label")
        self.bars = Bars()
        self.more = label("", "small", wrap=True)
        self.texts: list[Words] = []
        self._drawn: Results | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(6)
        for part in (self.head, self.bars, self.more):
            self._column.addWidget(part)

    def draw(self, poll: PollView, results: Results) -> None:
        """Show these."""
        if results == self._drawn:
            return
        self._drawn = results
        say(self.head, headline(poll, results))
        say(self.more, more(results))
        self.bars.draw(bars(poll, results))
        for old in self.texts:
            drop(old)
        self.texts = [Words(text) for text in results.texts] if poll.kind is Kind.TEXT else []
        for place, words in enumerate(self.texts, start=1):
            self._column.insertWidget(place, words)
