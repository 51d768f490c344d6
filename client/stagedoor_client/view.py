"""The client's copy of what it is shown of a room. Pure."""

from __future__ import annotations

from msgspec.structs import replace

from stagedoor.messages import PersonView, Update, View
from stagedoor.rules.values import Seat

from .book import laid_polls
from .talk import laid_questions, laid_talk

UP = (Seat.ON_STAGE, Seat.BACKSTAGE)
"""The seats from which one sends: to everybody, and to moderators alone."""


def whole(view: View) -> View:
    """A view as the server sends it, with nothing left unsaid and all in order."""
    talk, questions = laid_talk(None, view.talk), laid_questions(None, view.questions)
    return laid_polls(replace(view, talk=talk, questions=questions), view)


def apply(view: View, update: Update) -> View:
    """The view after an update: people and all else replaced, added or gone."""
    people = {person.id: person for person in view.people}
    people.update((person.id, person) for person in update.people)
    for gone in update.gone:
        people.pop(gone, None)
    room = update.room or view.room
    after = replace(
        view,
        number=update.number,
        room=room,
        people=list(people.values()),
        bans=view.bans if update.bans is None else update.bans,
        talk=laid_talk(view.talk, update.talk),
        questions=laid_questions(view.questions, update.questions),
    )
    voting = (update.polls, update.my_votes, update.quizzes, update.my_quizzes)
    return after if all(one is None for one in voting) else laid_polls(after, update)


def find(view: View, person: str) -> PersonView | None:
    """A person of the view, by id."""
    return next((found for found in view.people if found.id == person), None)


def me(view: View) -> PersonView | None:
    """Oneself."""
    return find(view, view.you)
