"""The chat and the questions of a view: kept up to date, and looked up. Pure.

Messages are shown by thread: "room", "moderators", or the id of the person whose private one it is.
"""

from __future__ import annotations

from typing import TypeVar

from msgspec.structs import replace

from stagedoor.messages import View
from stagedoor.messages.talk import OlderMessages, QuestionsView, QuestionView, TalkView
from stagedoor.rules.memo import remembered
from stagedoor.rules.talk.values import Channel, Message, Standing

ROOM, MODERATORS, QUESTIONS = str(Channel.ROOM), str(Channel.MODERATORS), "questions"
T = TypeVar("T")

KEPT = 3_000
"""Messages kept; of more the oldest of the room are forgotten, and can be asked for again."""


def laid_talk(known: TalkView | None, news: TalkView | None) -> TalkView | None:
    """The talk with what is new; messages in the order in which everybody has them."""
    if news is None:
        return known
    old = known if known is not None and not news.whole else TalkView()
    messages = {one.number: one for one in old.entries}
    messages.update((one.number, one) for one in news.entries)
    for number in news.gone:
        messages.pop(number, None)
    return _bounded(
        TalkView(
            whole=True,
            entries=sorted(messages.values(), key=_place),
            pinned=_newer(old.pinned, news.pinned, []),
            older=_newer(old.older, news.older, []),
            blocked_by=_newer(old.blocked_by, news.blocked_by, ""),
            blocked=_newer(old.blocked, news.blocked, []),
        )
    )


def _newer(old: T | None, new: T | None, default: T) -> T:
    found = old if new is None else new
    return default if found is None else found


def _place(message: Message) -> tuple[int, int]:
    """Those that wait for approval are where they were said."""
    return message.place or message.number, message.number


def _bounded(talk: TalkView) -> TalkView:
    more = len(talk.entries) - KEPT
    if more <= 0:
        return talk
    pinned = talk.pinned or []
    ours = [one for one in talk.entries if thread_of(one) == ROOM and one.number not in pinned]
    gone = {one.number for one in ours[:more]}
    left = [one for one in talk.entries if one.number not in gone]
    return replace(talk, entries=left, older=sorted({*(talk.older or []), Channel.ROOM}))


def laid_questions(known: QuestionsView | None, news: QuestionsView | None) -> QuestionsView | None:
    """The questions with what is new, in the order in which they were asked."""
    if news is None:
        return known
    old = known if known is not None and not news.whole else QuestionsView()
    asked = {one.number: one for one in old.entries}
    asked.update((one.number, one) for one in news.entries)
    for number in news.gone:
        asked.pop(number, None)
    for number, votes in news.votes.items():
        if number in asked:
            asked[number] = replace(asked[number], votes=votes)
    voted = _newer(old.voted, news.voted, [])
    return QuestionsView(whole=True, entries=[asked[one] for one in sorted(asked)], voted=voted)


# -- looking up


def talk_of(view: View) -> TalkView:
    """The talk, be it empty."""
    return view.talk or _NO_TALK


def questions_of(view: View) -> list[QuestionView]:
    """The questions that one sees, in the order in which they were asked."""
    return view.questions.entries if view.questions is not None else []


def voted_for(view: View) -> frozenset[int]:
    """The questions that one is for."""
    return frozenset((view.questions.voted or ()) if view.questions is not None else ())


_NO_TALK = TalkView()


def thread_of(message: Message) -> str:
    """The thread that a message is shown in."""
    return message.thread if message.channel is Channel.PRIVATE else str(message.channel)


def channel_of(thread: str) -> Channel:
    """The channel that a thread is of."""
    return Channel(thread) if thread in (ROOM, MODERATORS) else Channel.PRIVATE


@remembered
def _threads(talk: TalkView) -> dict[str, list[Message]]:
    found: dict[str, list[Message]] = {}
    for one in talk.entries:
        found.setdefault(thread_of(one), []).append(one)
    return found


def thread(view: View, name: str) -> list[Message]:
    """The messages of a thread in order, those included that wait for approval."""
    return _threads(talk_of(view)).get(name, [])


def private_threads(view: View) -> list[tuple[str, Message]]:
    """The private threads that one sees, each with its last message; the latest first."""
    found = [
        (name, messages[-1])
        for name, messages in _threads(talk_of(view)).items()
        if name not in (ROOM, MODERATORS)
    ]
    return sorted(found, key=lambda one: _place(one[1]), reverse=True)


@remembered
def _by_number(talk: TalkView) -> dict[int, Message]:
    return {one.number: one for one in talk.entries}


def message(view: View, number: int) -> Message | None:
    """The message of that number, if one sees it."""
    return _by_number(talk_of(view)).get(number)


def waiting(view: View) -> list[Message]:
    """What waits for a moderator's approval, the oldest first."""
    return [one for one in thread(view, ROOM) if one.standing is Standing.WAITING]


def slowed(view: View, now: int) -> int:
    """How many seconds slow mode still has oneself wait; ``now`` by the server's clock."""
    wait = view.room.settings.slow_ms
    said: list[Message | QuestionView] = [*thread(view, ROOM), *questions_of(view)] if wait else []
    last = max((one.at for one in said if one.by == view.you), default=0)
    return max(0, -(-(last + wait - now) // 1000)) if last else 0


def own_keys(view: View) -> frozenset[str]:
    """The keys of one's own messages and questions that one is shown: they have arrived."""
    said: list[Message | QuestionView] = [*talk_of(view).entries, *questions_of(view)]
    return frozenset(one.key for one in said if one.by == view.you and one.key)


def last_place(view: View) -> int:
    """The place of the newest message that one is shown."""
    return max((one.place for one in talk_of(view).entries), default=0)


# -- older messages


def first_place(view: View, name: str) -> int:
    """The place of a thread's oldest message, but for pinned ones, which come out of order.

    Beyond the last event where there is none.
    """
    pinned = talk_of(view).pinned or []
    places = (one.place for one in thread(view, name) if one.place and one.number not in pinned)
    return next(places, view.number + 1)


def older(view: View, name: str) -> OlderMessages:
    """The question for the messages of a thread before those that are known."""
    channel = channel_of(name)
    whose = name if channel is Channel.PRIVATE else ""
    return OlderMessages(first_place(view, name), channel, whose)


def with_older(view: View, entries: list[Message]) -> View:
    """The view with older messages."""
    return replace(view, talk=laid_talk(talk_of(view), TalkView(entries=entries)))
