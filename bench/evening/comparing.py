"""What two states, or two views, have that differs. Pure.

A view that somebody has followed for an hour has older messages than one that is fresh, and the
number of the last event that concerned them, not of the last one: both are left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import zip_longest
from typing import Any

import msgspec
from msgspec.structs import replace

from stagedoor.messages import View
from stagedoor.messages.talk import TalkView
from stagedoor.rooms.grants import grants, insiders
from stagedoor.rooms.talk import NEWEST
from stagedoor.rules.talk.values import Channel, Message
from stagedoor.rules.values import Room
from stagedoor_client.talk import talk_of

KEPT = (
    NEWEST + 50
)  # messages of the room that people keep here, as sorting thousands takes its time
NOTHING = "(nothing)"


def shortened(view: View) -> View:
    """With the newest messages to the room alone, once there are many."""
    talk = view.talk
    if talk is None or len(talk.entries) < 2 * KEPT:
        return view
    return replace(view, talk=replace(talk, entries=_newest(talk.entries, KEPT)))


def _newest(messages: list[Message], most: int) -> list[Message]:
    """The last ones of each channel."""
    found = [one for channel in Channel for one in _of(messages, channel)[-most:]]
    return sorted(found, key=lambda one: (one.place or one.number, one.number))


def _of(messages: Iterable[Message], channel: Channel) -> list[Message]:
    return [one for one in messages if one.channel is channel]


def comparable(view: View) -> View:
    """As it is whoever has followed it for however long."""
    talk, mine = talk_of(view), view.my_votes
    return replace(
        view,
        number=0,
        people=sorted(view.people, key=lambda one: one.id),
        talk=TalkView(
            whole=True,
            entries=_newest(talk.entries, NEWEST),
            pinned=talk.pinned,
            blocked_by=talk.blocked_by or "",
            blocked=sorted(talk.blocked or []),
        ),
        polls=view.polls and replace(view.polls, polls=sorted(view.polls.polls, key=_id)),
        my_votes=mine and replace(mine, votes=sorted(mine.votes, key=_poll)),
    )


def _id(one: Any) -> int:
    return int(one.id)


def _poll(one: Any) -> int:
    return int(one.poll)


def in_memory(room: Room) -> Room:
    """A still room as the server has it, without when it showed what, which no log has."""
    polls = {key: replace(one, shown_at=0) for key, one in room.polls.items()}
    return replace(room, polls=polls, reactions=replace(room.reactions, lately={}))


def by_the_log(room: Room) -> Room:
    """A room as its log has it, once it is still: by then everybody is shown all the votes."""
    polls = {key: one.show(0) for key, one in room.polls.items()}
    asked = room.talk.questions
    questions = {key: replace(one, shown_votes=len(one.votes)) for key, one in asked.items()}
    talk = replace(room.talk, questions=questions, votes_due=None)
    return in_memory(replace(room, polls=polls, talk=talk))


def receivable(room: Room, viewer: str) -> set[str]:
    """Whom somebody is to receive: all others on stage, and as a moderator those backstage."""
    allowed = grants(room)
    inside = viewer in insiders(room)
    return {
        person
        for person, grant in allowed.items()
        if person != viewer and grant.forward and (inside or grant.public)
    }


def is_still(room: Room) -> bool:
    """Whether all that is applied is in the log and is shown; see Event.logged."""
    polls = room.polls.values()
    held = any(one.form.anonymous and one.ballots for one in polls)
    showing = any(one.show_at is not None for one in polls) or room.talk.votes_due is not None
    return not (held or showing or room.reactions.kinds)


def differences(one: object, other: object) -> list[str]:
    """Where two values differ, each with both; empty if they are the same."""
    if one == other:
        return []
    return [*_differences("", msgspec.to_builtins(one), msgspec.to_builtins(other))]


def _differences(path: str, one: Any, other: Any) -> Iterator[str]:
    if one == other:
        return
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        for key in {**one, **other}:
            pair = one.get(key, NOTHING), other.get(key, NOTHING)
            yield from _differences(f"{path}.{key}", *pair)
    elif isinstance(one, list) and isinstance(other, list):
        for at, pair in enumerate(zip_longest(one, other, fillvalue=NOTHING)):
            yield from _differences(f"{path}[{at}]", *pair)
    else:
        yield f"{path.lstrip('.')}: {one!r} and {other!r}"
