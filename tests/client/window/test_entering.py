"""The way in: links, names, what is remembered, and what goes wrong."""

from __future__ import annotations

import asyncio
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from stagedoor_client.window import memory
from tests.server_process import ServerProcess, free_port

from ..people import Moderator


async def test_one_enters_by_link_and_name(server: ServerProcess, opened: Any) -> None:
    links = server.create_room(name="Autumn assembly", mode="request")["links"]
    hand = await opened()
    async with Moderator(links["moderator"]) as ada:
        await hand.enters(links["attendee"])
        await ada.sees("Robin", seat="viewer")
        page = hand.view.page
        await hand.until(lambda: page.name.whole == "Autumn assembly", "the room's name")
        assert page.mode.text() == "Stage by request"
        assert page.stage.empty.isVisible()
        assert hand.window.windowTitle() == "Autumn assembly · Stagedoor"
        words = [page.side.people.rows.data(page.side.people.rows.index(n)) for n in range(5)]
        assert words == [
            "On stage 0",
            "Raised hands 0",
            "Viewers 2",
            "Robin, you",
            "Ada, moderator",
        ]


async def test_what_is_missing_or_wrong_is_said_in_a_sentence(
    server: ServerProcess, opened: Any
) -> None:
    hand = await opened()
    page = hand.window.enter_page
    hand.click(page.button)
    assert page.trouble.text() == "Please paste the link to the room."
    hand.types(page.link, "this is no link")
    hand.click(page.button)
    assert page.trouble.text() == "Please enter your name."
    hand.types(page.name, "Robin")
    QTest.keyClick(page.name, Qt.Key.Key_Return)
    await hand.until(lambda: "That is no link to a room" in page.trouble.text(), "the sentence")

    wrong = {
        f"{server.url}/r/nowhere": "There is no room at this address. Look at the link again.",
        f"{server.url}/r/{server.create_room()['room']['id']}#token=made-up": (
            "Ask whoever invited you for a new one."
        ),
        f"http://127.0.0.1:{free_port()}/r/demo": "The server cannot be reached",
    }
    for link, sentence in wrong.items():
        hand.types(page.link, link)
        hand.click(page.button)
        await hand.until(lambda part=sentence: part in page.trouble.text(), sentence)
        assert page.isVisible()
    assert hand.window.kept.rooms == ()


async def test_rooms_are_remembered_and_forgotten(server: ServerProcess, opened: Any) -> None:
    links = server.create_room(name="Autumn assembly")["links"]
    hand = await opened()
    await hand.enters(links["attendee"])
    hand.window.close()
    await hand.window.finish()

    again = await opened()
    page = again.window.enter_page
    assert page.name.text() == "Robin"
    assert len(page.recent) == 1
    again.click(page.recent[0])
    await again.until(lambda: again.window.view is not None, "the room")
    again.window.leave()
    await again.until(page.isVisible, "the first page")
    again.window._forget(links["attendee"])
    assert page.recent == []
    saved = await asyncio.to_thread(memory.load, again.window._path)
    await again.until(lambda: memory.load(again.window._path).rooms == (), "the file")
    assert saved.name == "Robin"


async def test_one_who_enters_again_at_once_can_leave_again(
    server: ServerProcess, opened: Any
) -> None:
    link = server.create_room()["links"]["attendee"]
    hand = await opened()
    for _ in range(3):
        await hand.enters(link)
        hand.window.leave()
        await hand.until(hand.window.enter_page.isVisible, "the way in, while the stay still ends")


async def test_a_link_on_the_command_line_leads_straight_in(
    server: ServerProcess, opened: Any
) -> None:
    link = server.create_room()["links"]["attendee"].replace("http://", "stagedoor://")
    hand = await opened(link=link, name="Robin")
    await hand.until(lambda: hand.window.view is not None, "the room")


async def test_one_may_stop_waiting_for_a_server_that_is_silent(opened: Any) -> None:
    silent = await asyncio.start_server(lambda reader, writer: None, "127.0.0.1", 0)
    async with silent:
        port = silent.sockets[0].getsockname()[1]
        hand = await opened(link=f"http://127.0.0.1:{port}/r/demo", name="Robin")
        await hand.presses(lambda: hand.window.wait_page.cancel)
        await hand.until(hand.window.enter_page.isVisible, "the first page")
