"""What a person may ask of the polls."""

from __future__ import annotations

from ..base import Command
from .values import PollForm, Showing


class CreatePoll(Command, frozen=True, tag="create_poll"):
    """Make a poll, a draft as yet. The number in ``ok`` is its id."""

    form: PollForm


class EditPoll(Command, frozen=True, tag="edit_poll"):
    """Change a draft."""

    poll: int
    form: PollForm


class OpenPoll(Command, frozen=True, tag="open_poll"):
    """Let people vote."""

    poll: int


class ClosePoll(Command, frozen=True, tag="close_poll"):
    """End the voting, for good."""

    poll: int


class SetShowing(Command, frozen=True, tag="set_showing"):
    """Change when attendees see the results."""

    poll: int
    showing: Showing


class DeletePoll(Command, frozen=True, tag="delete_poll"):
    """Take a poll and its results away."""

    poll: int


class CastVote(Command, frozen=True, tag="cast_vote"):
    """Vote, or vote anew where that is allowed. One of the four fields, by the poll's kind.

    ``choices``: numbers of options, from 0. The same vote again is answered ``ok`` and is no other.
    """

    poll: int
    choices: tuple[int, ...] = ()
    rating: int = 0
    text: str = ""
    words: tuple[str, ...] = ()


PollCommand = CreatePoll | EditPoll | OpenPoll | ClosePoll | SetShowing | DeletePoll | CastVote
