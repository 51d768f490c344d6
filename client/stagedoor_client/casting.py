"""Votes, kept until they are counted and cast again where they may have been lost."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from stagedoor.messages import View
from stagedoor.messages.polls import MyVote
from stagedoor.rules.polls.commands import CastVote
from stagedoor.rules.polls.values import PollState

from .book import polls_of, votes_of
from .errors import RefusedError

Still = Callable[[], bool]


class Casting:
    """Casts votes, again where they may have been lost: on the way, or with a server that was
    killed, which keeps anonymous votes in its memory alone until the poll closes.

    ``send`` sends until it is answered, as long as that is wanted still. The same vote twice counts
    once. ``later`` runs something in the background.
    """

    def __init__(
        self,
        send: Callable[[CastVote, Still], Awaitable[None]],
        later: Callable[[Awaitable[None]], None],
    ) -> None:
        self._send = send
        self._later = later
        self._kept: dict[int, CastVote] = {}
        self._you = ""

    async def cast(self, vote: CastVote) -> None:
        """Until it has arrived, or a later vote in this poll has taken its place.

        Raises RefusedError, ConnectionLostError.
        """
        self._kept[vote.poll] = vote
        try:
            await self._send(vote, lambda: self._kept.get(vote.poll) is vote)
        except RefusedError:
            if self._kept.get(vote.poll) is vote:
                del self._kept[vote.poll]
            raise

    def follow(self, view: View, *, entered: bool) -> None:
        """Forget what needs no keeping; just ``entered`` or back, send what the server lacks."""
        if self._you != view.you:
            self._you = view.you
            self._kept.clear()  # as somebody else one has not voted
        if not self._kept:
            return
        polls, mine = polls_of(view), votes_of(view)
        for poll, vote in list(self._kept.items()):
            seen, has = polls.get(poll), mine.get(poll)
            if seen is None or seen.state is not PollState.OPEN or (has and has.counted):
                del self._kept[poll]
            elif entered and (has is None or not _same(has, vote)):
                self._later(self.cast(vote))


def _same(mine: MyVote, vote: CastVote) -> bool:
    return (mine.choices, mine.rating, mine.text, mine.words) == (
        vote.choices,
        vote.rating,
        vote.text,
        vote.words,
    )
