"""What came out, as rows of bars and in words. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from stagedoor.messages.polls import MyAnswer, PollView, Results
from stagedoor.rules.polls.values import Kind

from ...words import numeral, t, tn


@dataclass(frozen=True)
class Bar:
    """A row: ``share`` is from 0 to 100. ``right``: the right answer, None where there is none."""

    label: str
    count: int
    share: int
    right: bool | None = None

    @property
    def value(self) -> str:
        """The number beside it."""
        return t("{count} · {share} %", count=self.count, share=self.share)


def votes(count: int) -> str:
    """How many voted."""
    return tn(count, "{count} vote", "{count} votes")


def headline(poll: PollView, results: Results) -> str:
    """The first line above the results."""
    if poll.kind is not Kind.RATING or not results.votes:
        return votes(results.votes)
    total = sum(count * rating for rating, count in enumerate(results.counts, start=1))
    return t(
        "Average {average} of {most} · {people}",
        average=numeral(total / results.votes, 1),
        most=poll.most,
        people=votes(results.votes),
    )


def bars(poll: PollView, results: Results) -> list[Bar]:
    """A row for each option, for each rating the best first, or for each word."""
    if poll.kind is Kind.WORDS:
        return [_bar(one.word, one.count, results.votes) for one in results.words]
    if poll.kind is Kind.TEXT:
        return []
    rating = poll.kind is Kind.RATING
    labels = [str(one + 1) for one in range(poll.most)] if rating else list(poll.options)
    found = [
        _bar(label, results.counts[number] if number < len(results.counts) else 0, results.votes)
        for number, label in enumerate(labels)
    ]
    return found[::-1] if rating else found


def _bar(label: str, count: int, of: int) -> Bar:
    return Bar(label, count, _share(count, of))


def _share(count: int, of: int) -> int:
    return int(100 * count / of + 0.5) if of else 0


def more(results: Results) -> str:
    """What is not shown."""
    return (
        t("and {more} more; all of them are in the download", more=results.more)
        if results.more
        else ""
    )


def answered(
    options: Sequence[str], right: Sequence[int], counts: Sequence[int], mine: MyAnswer | None
) -> list[Bar]:
    """The options of a quiz's question that is over."""
    found = []
    everybody = max(sum(counts), 1)
    for number, option in enumerate(options):
        chosen = mine is not None and number in mine.choices
        label = _noted(option, number in right, chosen)
        count = counts[number] if number < len(counts) else 0
        found.append(Bar(label, count, _share(count, everybody), number in right))
    return found


def _noted(label: str, right: bool, chosen: bool) -> str:
    """An option, with what it was."""
    if right and chosen:
        return t("{label} (right, your answer)", label=label)
    if right:
        return t("{label} (right)", label=label)
    return t("{label} (your answer)", label=label) if chosen else label


def gained(mine: MyAnswer | None) -> str:
    """What one's answer was worth."""
    if mine is None:
        return t("You did not answer.")
    if not mine.points:
        return t("Wrong: no points")
    return tn(mine.points, "Right: {count} point for you", "Right: {count} points for you")
