"""How far one has read."""

from __future__ import annotations

from stagedoor.messages import View

from ...talk import MODERATORS, QUESTIONS, ROOM, private_threads, questions_of, thread
from ...words import t


def badge(unread: int, waiting: int) -> tuple[int, str]:
    """A tab's number, and the number in words: what is unread, and what waits for approval."""
    words = (
        t("{unread} unread, {waiting} waiting for approval", unread=unread, waiting=waiting)
        if waiting
        else t("{number} unread", number=unread)
    )
    return unread + waiting, words


class Reading:
    """The last place seen of each thread, for as long as one stays in the room."""

    def __init__(self) -> None:
        self._seen: dict[str, int] = {}
        self._entered = False

    def begin(self, view: View) -> None:
        """Who enters has missed nothing."""
        if not self._entered:
            self._entered = True
            for name in (ROOM, MODERATORS, QUESTIONS, *(one for one, _ in private_threads(view))):
                self.see(view, name)

    def seen(self, name: str) -> int:
        """The last place that one has seen of a thread."""
        return self._seen.get(name, 0)

    def unread(self, view: View, name: str) -> int:
        """How many messages of others one has not seen."""
        count, after = 0, self.seen(name)
        for one in reversed(thread(view, name)):
            if one.place and one.place <= after:
                break
            count += one.place > after and one.by != view.you
        return count

    def unread_questions(self, view: View) -> int:
        """How many questions of others one has not seen."""
        after = self.seen(QUESTIONS)
        return sum(one.number > after and one.by != view.you for one in questions_of(view))

    def see(self, view: View, name: str) -> None:
        """All of a thread is before one's eyes."""
        if name == QUESTIONS:
            places = [one.number for one in questions_of(view)]
        else:
            places = [one.place for one in thread(view, name)]
        self._seen[name] = max([self.seen(name), *places])
