"""A conversation by the window, with others who use the client's Room."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu, QTabBar

from stagedoor.rules.talk import commands as talk
from stagedoor.rules.talk.values import Channel, Message
from stagedoor_client import Options, Room, parse
from stagedoor_client.talk import ROOM, questions_of, thread
from stagedoor_client.window.chat import writing_parts
from stagedoor_client.window.chat.row_widgets import MessageWidget, UnsentWidget
from stagedoor_client.window.modals import Decision
from stagedoor_client.window.part import keep_unsent
from tests.server_process import ServerProcess

from ..test_taking_part import crowd, sees, texts
from .test_moderating import chosen


def tab(side: Any, words: str) -> None:
    """Click on a tab, as a person does."""
    row: QTabBar = side.row
    (place,) = [one for one in range(row.count()) if row.tabText(one).startswith(words)]
    QTest.mouseClick(row, Qt.MouseButton.LeftButton, pos=row.tabRect(place).center())


def message(chat: Any, text: str) -> MessageWidget | None:
    """The row of a message that says this."""
    rows = [one for one in chat.list.box.widgets.values() if isinstance(one, MessageWidget)]
    return next((one for one in rows if one.words.written == text and one.isVisible()), None)


async def test_a_conversation_by_the_window(
    server: ServerProcess, opened: Any, monkeypatch: Any
) -> None:
    """Written, read, replied to, pinned, private, announced; blocked; and links opened outside."""
    links = server.create_room()["links"]
    hand = await opened()
    await hand.enters(links["attendee"])
    side, chat, bar = hand.view.page.side, hand.view.page.talk.chat, hand.bar
    went: list[str] = []
    monkeypatch.setattr(
        writing_parts.QDesktopServices, "openUrl", lambda url: went.append(url.toString())
    )
    async with Room(parse(links["moderator"]), Options("Ada")) as ada:
        await ada.say("hello, see https://example.org/a")
        await hand.until(lambda: bar.chat.accessibleName() == "Chat, 1 unread", "the news")
        assert side.row.tabText(1) == "Chat 1"
        tab(side, "Chat")
        row = await hand.until(lambda: message(chat, "hello, see https://example.org/a"), "it")
        assert row.words.accessibleName() == "Ada: hello, see https://example.org/a"
        await hand.until(lambda: side.row.tabText(1) == "Chat", "all is read")
        row.words.linkActivated.emit("https://example.org/a")
        row.words.linkActivated.emit("file:///etc/passwd")
        assert went == ["https://example.org/a"]

        hand.click(row.more)
        menu = await hand.until(lambda: hand.view.page.findChild(QMenu), "the menu")
        chosen(menu, "Reply")
        field = chat.composer.field
        QTest.keyClicks(field, "two")
        QTest.keyClick(field, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
        QTest.keyClicks(field, "lines")
        QTest.keyClick(field, Qt.Key.Key_Return)
        (reply,) = await sees(ada, lambda room: thread(room.view, ROOM)[1:])
        assert (reply.text, reply.by_name) == ("two\nlines", "Robin")
        assert ada.view is not None
        assert reply.reply_to == thread(ada.view, ROOM)[0].number
        own = await hand.until(lambda: message(chat, "two\nlines"), "one's own")
        assert own.quote.accessibleName().startswith("In reply to Ada: hello")
        assert field.toPlainText() == ""

        await ada.say("private", Channel.PRIVATE, to=reply.by)
        await hand.reads("Ada has written to you privately.")
        hand.click(chat.tabs.buttons[reply.by])
        await hand.until(lambda: message(chat, "private"), "the private word")
        QTest.keyClicks(field, "thanks")
        hand.click(chat.composer.button)
        await sees(ada, lambda room: texts(room, reply.by) == ["private", "thanks"])
        await ada.say("to all", announcement=True)
        await hand.reads("Ada announces: to all")
        hand.click(chat.tabs.buttons[ROOM])
        await what_moderators_do(hand, ada, reply)


async def what_moderators_do(hand: Any, ada: Room, reply: Message) -> None:
    """Pin a message, take it away, and block who wrote it."""
    chat = hand.view.page.talk.chat
    await ada.command(talk.PinMessage(reply.number))
    await hand.until(lambda: len(chat.pins.rows) == 1 and chat.pins.isVisible(), "the pin")
    await ada.command(talk.DeleteMessage(reply.number))
    await hand.until(lambda: message(chat, reply.text) is None, "it is gone")
    assert not chat.pins.isVisible()
    await ada.command(talk.BlockFromChat(reply.by))
    await hand.until(chat.closed.isVisible, "why one cannot write")
    assert chat.closed.text().startswith("Ada has blocked you from writing to everybody.")
    assert not chat.composer.isVisible()


async def test_a_long_thread_begins_with_what_is_new(server: ServerProcess, opened: Any) -> None:
    """Only what is before one's eyes is read, and older messages come page by page."""
    links = server.create_room()["links"]
    async with crowd(links["attendee"], 4) as people:
        for number in range(110):
            await people[number % 4].say(f"early {number}")
        hand = await opened()
        await hand.enters(links["attendee"])
        page = hand.view.page
        for number in range(30):
            await people[number % 4].say(f"late {number}")
        chat, bar = page.talk.chat, hand.bar
        await hand.until(lambda: bar.chat.accessibleName() == "Chat, 30 unread", "the news")
        page.show_side("chat")
        divider = await hand.until(lambda: chat.list.box.widgets.get("divider"), "the divider")
        await hand.until(lambda: not divider.visibleRegion().isEmpty(), "the divider in sight")
        assert bar.chat.accessibleName() == "Chat, 30 unread"
        await hand.presses(lambda: chat.list.newest)
        await hand.until(lambda: bar.chat.accessibleName() == "Chat", "all is read")
        assert message(chat, "early 0") is None
        chat.list.older.click()
        await hand.until(lambda: message(chat, "early 0"), "the oldest")
        await hand.until(lambda: not chat.list.older.isVisible(), "that there are no others")


async def test_what_is_typed_and_sent_outlives_a_server_that_is_killed(
    mortal: ServerProcess, opened: Any
) -> None:
    links = mortal.create_room()["links"]
    hand = await opened()
    await hand.enters(links["attendee"])
    page = hand.view.page
    page.show_side("chat")
    chat = page.talk.chat
    field = chat.composer.field
    mortal.kill()
    await hand.until(page.banner.isVisible, "that there is no connection")
    QTest.keyClicks(field, "sent meanwhile")
    QTest.keyClick(field, Qt.Key.Key_Return)
    QTest.keyClicks(field, "typed only")

    def waiting() -> list[str]:
        rows = [one for one in chat.list.box.widgets.values() if isinstance(one, UnsentWidget)]
        return [f"{one.words.written}: {one.note.text()}" for one in rows]

    expected = "sent meanwhile: Sending… It goes out as soon as you are connected again."
    await hand.until(lambda: waiting() == [expected], "what waits")
    kept: dict[str, str] = {ROOM: "typed only"}
    keep_unsent(hand.window.visit.room, kept)
    assert kept == {ROOM: "typed only\nsent meanwhile"}, "for the next stay, if this one ends"
    mortal.start()
    await hand.until(lambda: message(chat, "sent meanwhile"), "it has arrived")
    await hand.until(lambda: waiting() == [], "nothing waits")
    assert field.toPlainText() == "typed only"
    keep_unsent(hand.window.visit.room, kept := {})
    assert kept == {}
    hand.window.leave()
    await hand.until(hand.window.enter_page.isVisible, "the way in")
    await hand.enters(links["attendee"])
    hand.view.page.show_side("chat")
    again = hand.view.page.talk.chat.composer.field
    await hand.until(lambda: again.toPlainText() == "typed only", "what was typed")
    async with Room(parse(links["attendee"]), Options("Vera")) as vera:
        assert texts(vera) == ["sent meanwhile"]


async def test_questions_and_a_moderators_decisions(server: ServerProcess, opened: Any) -> None:
    links = server.create_room(settings={"premoderated": True})["links"]
    hand = await opened()
    await hand.enters(links["moderator"], "Ada")
    page = hand.view.page
    side, questions, chat = page.side, page.talk.questions, page.talk.chat
    async with Room(parse(links["attendee"]), Options("Robin")) as robin:
        await robin.ask_question("Why?")
        await robin.say("May I?")
        await hand.until(lambda: side.row.tabText(2) == "Q&&A 2", "the question")
        tab(side, "Q&&A")
        row = await hand.until(lambda: next(iter(questions.rows.values()), None), "its row")
        await hand.until(lambda: row._decision is not None, "the decision")
        await hand.presses(lambda: row._decision.approve)
        await hand.presses(lambda: row.vote)
        await sees(robin, lambda room: questions_of(room.view)[0].votes == 1)
        await hand.until(lambda: row.vote.isChecked() and row.vote.text() == "1", "one's vote")
        QTest.keyClicks(questions.composer.field, "And how?")
        QTest.keyClick(questions.composer.field, Qt.Key.Key_Return)
        await sees(robin, lambda room: len(questions_of(room.view)) == 2)

        tab(side, "Chat")
        waiting = await hand.until(lambda: message(chat, "May I?"), "what waits")
        await hand.presses(lambda: waiting._decision.reject)
        await hand.until(lambda: message(chat, "May I?") is None, "it is rejected")


async def test_people_are_renamed_put_out_and_banned_by_their_menu(
    server: ServerProcess, opened: Any
) -> None:
    """Rule 17."""
    links = server.create_room()["links"]
    hand = await opened()
    await hand.enters(links["moderator"], "Ada")
    page = hand.view.page

    def windows() -> list[Decision]:
        return [one for one in page.findChildren(Decision) if one.isVisible()]

    async def choose(person: str, words: str) -> Any:
        await hand.until(lambda: not windows(), "the last window is gone")
        await hand.until(lambda: page.side.people.rows.place(person).isValid(), "the person")
        page.side.people.open_menu(person)
        menu = await hand.until(lambda: page.findChild(QMenu), "the menu")
        chosen(menu, words)
        (window,) = await hand.until(windows, "the window")
        return window

    async with Room(parse(links["attendee"]), Options("Robin")) as robin:
        assert robin.view is not None
        window = await choose(robin.view.you, "Rename…")
        window.field.setText("Kim")
        hand.click(window.yes)
        await sees(robin, lambda room: room.me.name == "Kim")
        window = await choose(robin.view.you, "Remove from the room…")
        hand.click(window.yes)
        await sees(robin, lambda room: room.over)
    async with Room(parse(links["attendee"]), Options("Robin")) as robin:
        assert robin.view is not None
        window = await choose(robin.view.you, "Ban…")
        window.reason.setText("noise")
        hand.click(window.yes)
        await sees(robin, lambda room: room.over)
    ada = hand.window.visit.room
    await hand.until(lambda: [one.reason for one in ada.view.bans] == ["noise"], "the ban")
