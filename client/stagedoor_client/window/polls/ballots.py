"""Voting in words: what is asked for, and what one has voted. Pure."""

from __future__ import annotations

from stagedoor.messages.polls import MyVote, PollView
from stagedoor.rules.polls.values import Kind, PollState, Showing

from ...words import marked, t

STATES = {
    PollState.DRAFT: marked("Draft"),
    PollState.OPEN: marked("Open"),
    PollState.CLOSED: marked("Closed"),
}
LONGEST_TEXT, LONGEST_WORD = 500, 30


def hint(poll: PollView) -> str:
    """What is asked for."""
    least, most = poll.least, poll.most
    match poll.kind:
        case Kind.SINGLE:
            return t("Choose one")
        case Kind.MULTIPLE:
            if least == most:
                return t("Choose {least}", least=least)
            free = most == len(poll.options) and least == 1
            return (
                t("Choose one or more")
                if free
                else t("Choose {least} to {most}", least=least, most=most)
            )
        case Kind.RATING:
            return t("From 1 (worst) to {most} (best)", most=most)
        case Kind.TEXT:
            return t("Your answer")
    return t("A word of yours") if most == 1 else t("Up to {most} words of yours", most=most)


def vote_in_words(poll: PollView, mine: MyVote) -> str:
    """One's own vote."""
    match poll.kind:
        case Kind.SINGLE | Kind.MULTIPLE:
            said = ", ".join(poll.options[one] for one in mine.choices)
        case Kind.RATING:
            said = str(mine.rating or "")
        case Kind.TEXT:
            said = mine.text
        case _:
            said = ", ".join(mine.words)
    return t("You voted: {vote}", vote=said) if said else t("Your vote has been counted.")


def may_change(poll: PollView, mine: MyVote) -> bool:
    """Whether one may vote anew."""
    counted = mine.counted and poll.anonymous
    return poll.state is PollState.OPEN and poll.may_change and not counted


def privacy(poll: PollView) -> str:
    """Who learns who voted what."""
    if poll.anonymous:
        return t("Anonymous: it is never stored who voted what.")
    return t("With names: moderators see who voted what.")


def note(poll: PollView, moderating: bool) -> str:
    """When those see the results who do not yet; empty for others."""
    if moderating:
        return ""
    if poll.showing is Showing.HIDDEN:
        return t("The results go to the moderators.")
    later = poll.showing is Showing.ON_CLOSE and poll.state is PollState.OPEN
    return t("Results are shown when the poll is closed.") if later else ""
