"""In the room: what it shows of others' doings, and how it ends."""

from __future__ import annotations

import asyncio
from typing import Any

from tests.server_process import ServerProcess

from ..people import Moderator


async def test_one_asks_cancels_and_is_declined(server: ServerProcess, opened: Any) -> None:
    """Rule 3, with the page's words."""
    links = server.create_room(mode="request")["links"]
    hand = await opened()
    async with Moderator(links["moderator"]) as ada:
        await hand.enters(links["attendee"])
        await hand.presses(lambda: hand.bar.ask)
        await ada.sees("Robin", seat="requested")
        await hand.sees(lambda: hand.bar.cancel, "the way back")
        assert hand.bar.status.text() == "● Your request is waiting for a moderator"
        assert not hand.bar.ask.isVisible()
        hand.click(hand.bar.cancel)
        await ada.sees("Robin", seat="viewer")

        await hand.presses(lambda: hand.bar.ask)
        robin = await ada.sees("Robin", seat="requested")
        await ada.do("decline", person=robin["id"])
        await hand.reads("Ada declined your request. You may ask again later.")
        await hand.sees(lambda: hand.bar.ask, "the button to ask again")


async def test_the_hand_and_the_mode(server: ServerProcess, opened: Any) -> None:
    links = server.create_room(mode="request")["links"]
    hand = await opened()
    async with Moderator(links["moderator"]) as ada:
        await hand.enters(links["attendee"])
        await hand.presses(lambda: hand.bar.hand)
        await hand.until(lambda: hand.bar.hand.text() == "Lower hand", "the raised hand")
        robin = await ada.sees("Robin")
        await ada.do("lower_hand", person=robin["id"])
        await hand.reads("Ada lowered your hand.")
        await ada.do("set_mode", mode="invite")
        await hand.reads("The stage is by invitation.")
        await hand.until(lambda: not hand.bar.ask.isVisible(), "no button to ask")
        assert not hand.bar.join.isVisible()
        assert hand.view.page.mode.text() == "Stage by invitation"


async def test_an_offer_asks_counts_down_and_is_declined(
    server: ServerProcess, opened: Any
) -> None:
    """Rules 2, 3 and 7."""
    links = server.create_room(mode="invite")["links"]
    hand = await opened()
    async with Moderator(links["moderator"]) as ada:
        await hand.enters(links["attendee"])
        robin = await ada.sees("Robin")
        await ada.do("invite", person=robin["id"])
        offer = hand.view.offer
        await hand.sees(lambda: offer, "the offer")
        assert offer.title.text() == "You are invited to the stage"
        assert offer.sentence.text() == "Ada invites you to join the stage."
        await hand.until(lambda: "stands for 0:5" in offer.clock.text(), "the countdown")
        hand.click(offer.no)
        await ada.sees("Robin", seat="viewer")
        assert not offer.isVisible()

        await ada.do("invite", person=robin["id"])
        await hand.sees(lambda: offer, "the second offer")
        await ada.do("revoke_offer", person=robin["id"])
        await hand.reads("Ada took the offer of a seat back.")
        await hand.until(lambda: not offer.isVisible(), "no offer any more")


async def test_a_room_that_ends_says_so(server: ServerProcess, opened: Any) -> None:
    links = server.create_room(mode="open")["links"]
    hand = await opened()
    async with Moderator(links["host"]) as ada:
        await hand.enters(links["attendee"])
        await ada.do("end_room")
        await hand.until(hand.window.end_page.isVisible, "the last word")
    assert hand.window.end_page.title.text() == "This room has ended"
    assert not hand.window.end_page.again.isVisible()
    await hand.presses(lambda: hand.window.end_page.back)
    assert hand.window.enter_page.isVisible()


async def test_a_server_that_restarts_is_waited_for(opened: Any) -> None:
    with ServerProcess(demo=False) as server:
        links = server.create_room(mode="request")["links"]
        hand = await opened()
        await hand.enters(links["attendee"])
        await hand.presses(lambda: hand.bar.ask)
        await hand.sees(lambda: hand.bar.cancel, "the request")
        await asyncio.to_thread(server.kill)
        await hand.until(hand.view.page.banner.isVisible, "the banner")
        assert not hand.bar.cancel.isEnabled()
        await asyncio.to_thread(server.start)
        await hand.reads("You are connected again.")
        await hand.until(lambda: not hand.view.page.banner.isVisible(), "no banner any more")
        assert hand.bar.cancel.isVisible()
