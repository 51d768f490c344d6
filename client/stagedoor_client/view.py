"""The client's copy of what it is shown of a room. Pure."""

from __future__ import annotations

from msgspec.structs import replace

from stagedoor.messages import PersonView, Update, View


def apply(view: View, update: Update) -> View:
    """The view after an update: people replaced, added or gone, the room if it changed."""
    people = {person.id: person for person in view.people}
    people.update((person.id, person) for person in update.people)
    for gone in update.gone:
        people.pop(gone, None)
    room = update.room or view.room
    return replace(view, number=update.number, room=room, people=list(people.values()))


def find(view: View, person: str) -> PersonView | None:
    """A person of the view, by id."""
    return next((found for found in view.people if found.id == person), None)


def me(view: View) -> PersonView | None:
    """Oneself."""
    return find(view, view.you)
