"""Voting in words: what is asked for, and what one has voted. Pure."""

from __future__ import annotations

from stagedoor.messages.polls import MyVote, PollView
from stagedoor.rules.polls.values import Kind, PollState, Showing

STATES = {PollState.DRAFT: "Draft", PollState.OPEN: "Open", PollState.CLOSED: "Closed"}
LONGEST_TEXT, LONGEST_WORD = 500, 30


def hint(poll: PollView) -> str:
    """What is asked for."""
    least, most = poll.least, poll.most
    match poll.kind:
        case Kind.SINGLE:
            return "Choose one"
        case Kind.MULTIPLE:
            if least == most:
                return f"Choose {least}"
            free = most == len(poll.options) and least == 1
            return "Choose one or more" if free else f"Choose {least} to {most}"
        case Kind.RATING:
            return f"From 1 (worst) to {most} (best)"
        case Kind.TEXT:
            return "Your answer"
    return "A word of yours" if most == 1 else f"Up to {most} words of yours"


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
    return f"You voted: {said}" if said else "Your vote has been counted."


def may_change(poll: PollView, mine: MyVote) -> bool:
    """Whether one may vote anew."""
    counted = mine.counted and poll.anonymous
    return poll.state is PollState.OPEN and poll.may_change and not counted


def privacy(poll: PollView) -> str:
    """Who learns who voted what."""
    if poll.anonymous:
        return "Anonymous: it is never stored who voted what."
    return "With names: moderators see who voted what."


def note(poll: PollView, moderating: bool) -> str:
    """When those see the results who do not yet; empty for others."""
    if moderating:
        return ""
    if poll.showing is Showing.HIDDEN:
        return "The results go to the moderators."
    later = poll.showing is Showing.ON_CLOSE and poll.state is PollState.OPEN
    return "Results are shown when the poll is closed." if later else ""
