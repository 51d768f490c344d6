"""A moderator's window: who waits, and each person's menu."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu

from stagedoor.rules.event.commands import SetEntry
from stagedoor.rules.event.values import Entry
from stagedoor.rules.values import Seat
from stagedoor_client import Options, Room, parse
from stagedoor_client.window.people import Title
from tests.server_process import ServerProcess


def chosen(menu: QMenu, words: str) -> None:
    """Choose a line of an open menu, as a person does."""
    (line,) = [action for action in menu.actions() if action.text() == words]
    place = menu.actionGeometry(line).center()
    QTest.mouseClick(menu, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)


async def test_requests_are_decided_at_the_side_and_people_by_their_menu(
    server: ServerProcess, opened: Any
) -> None:
    """Rules 2, 3 and 13."""
    links = server.create_room(mode="request")["links"]
    hand = await opened()
    await hand.enters(links["moderator"], "Ada")
    side = hand.view.page.side
    async with Room(parse(links["attendee"]), Options("Robin")) as robin:

        async def becomes(seat: Seat) -> None:
            await robin.until(lambda room: True if room.me and room.me.seat is seat else None)

        await robin.ask()
        await hand.reads("Robin asks to join the stage.")
        await hand.sees(lambda: side.queue, "who waits")
        (row,) = side.queue.rows.values()
        assert row.name.whole == "Robin"
        await hand.presses(lambda: next(iter(side.queue.rows.values())).buttons[0])
        await becomes(Seat.VIEWER)
        await hand.until(lambda: not side.queue.isVisible(), "nobody waits")

        await robin.ask()
        await hand.until(lambda: side.queue.rows, "the new request")
        (row,) = side.queue.rows.values()
        await hand.until(lambda: len(row.buttons) == 2, "buttons")
        await hand.presses(lambda: row.buttons[1])
        await becomes(Seat.OFFERED)

        def offered() -> bool:
            rows = list(side.queue.rows.values())
            return [one.text() for row in rows for one in row.buttons] == ["Revoke"]

        await hand.until(offered, "the offer")
        assert "left" in next(iter(side.queue.rows.values())).note.whole
        robin.get_ready()
        await robin.go_up()
        await becomes(Seat.ON_STAGE)

        people = side.people
        await hand.until(lambda: people.rows.rows[0] == Title("On stage", 1), "Robin on stage")
        assert robin.me is not None
        place = people.rows.place(robin.me.id)
        await hand.until(lambda: people.visualRect(place).isValid(), "the row")
        more = people.visualRect(people.rows.place(robin.me.id))
        at = QPoint(more.right() - 20, more.center().y())
        QTest.mouseClick(
            people.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at
        )
        menu = await hand.until(lambda: hand.view.page.findChild(QMenu), "the menu")
        assert [action.text() for action in menu.actions() if action.isEnabled()] == [
            "",
            "Ask to unmute",
            "Rename…",
            "Write privately",
            "Remove from stage",
            "Remove from the room…",
            "Ban…",
            "Block from writing",
        ]
        chosen(menu, "Remove from stage")
        await becomes(Seat.VIEWER)


async def test_a_moderator_goes_up_where_the_stage_is_by_invitation(
    server: ServerProcess, opened: Any
) -> None:
    """By an offer to oneself, which needs no question."""
    links = server.create_room(mode="invite")["links"]
    hand = await opened()
    await hand.enters(links["moderator"], "Ada")
    await hand.presses(lambda: hand.bar.join)
    await hand.presses(lambda: hand.view.preparing.ready.yes)
    assert not hand.view.offer.isVisible()
    await hand.presses(lambda: hand.bar.leave)
    await hand.reads("You have left the stage.")


async def test_one_waits_in_the_lobby(server: ServerProcess, opened: Any) -> None:
    links = server.create_room(name="Premiere", entry="lobby")["links"]
    hand = await opened(link=links["attendee"], name="Robin")
    page = hand.window.wait_page
    await hand.until(lambda: "lobby of Premiere" in page.words.text(), "the lobby")
    async with Room(parse(links["moderator"]), Options("Ada")) as ada:
        await ada.command(SetEntry(Entry.OPEN))
        await hand.until(lambda: hand.window.view is not None, "the room")
