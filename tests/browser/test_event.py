"""Running the event on the page: lobby, lock, removal and bans, names, hands, the fair queue."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import expect

from .conftest import Place
from .visitors import PHONE, Visitor

Rooms = Callable[..., Place]

#: Somebody's tile has shown speaking for a while, taken together.
SPEAKS_FOR_LONG = """
() => {
  const speaks = document.querySelector('.tile[data-speaking="true"]');
  window.spokenTicks = (window.spokenTicks ?? 0) + (speaks ? 1 : 0);
  return window.spokenTicks >= 40;
}
"""


def choose(mod: Visitor, way: str) -> None:
    """Open, lobby or locked."""
    mod.part("Entry").get_by_role("radio", name=way, exact=True).check(force=True)


def test_the_lobby_waits_and_opens(make_place: Rooms) -> None:
    """Name and time alone before; moderators get in; opened by hand; a phone is let in."""
    place = make_place(mode="open", name="Autumn assembly")
    mod = place.moderator("Mo")
    choose(mod, "Lobby")
    ann = place.visitor("Ann", viewport=PHONE).open()
    ann.page.get_by_label("Your name").fill("Ann")
    ann.page.get_by_role("button", name="Enter").click()
    lobby = ann.page.locator("#lobby")
    expect(lobby.get_by_role("heading", name="Autumn assembly")).to_be_visible()
    expect(lobby).to_contain_text("A moderator opens the room.")
    expect(ann.page.locator("#room")).to_be_hidden()
    expect(mod.part("Entry")).to_contain_text("1 person waits.")
    may = place.moderator("May")
    expect(may.part("Entry")).to_contain_text("1 person waits.")
    mod.part("Entry").get_by_role("button", name="Open now").click()
    expect(ann.page.locator("#room")).to_be_visible()
    expect(may.notice("Mo opened the room.")).to_be_visible()
    expect(mod.show_people()).to_contain_text("Ann")


def test_the_clock_opens_the_lobby(make_place: Rooms) -> None:
    """The countdown is the server's, and nobody has to press anything."""
    place = make_place(mode="open", opens_at=int(time.time() * 1000) + 6_000)
    ann = place.visitor("Ann").open()
    ann.page.get_by_label("Your name").fill("Ann")
    ann.page.get_by_role("button", name="Enter").click()
    expect(ann.page.locator("#lobby-clock")).to_have_text(re.compile(r"^0:0\d$"))
    expect(ann.page.locator("#room")).to_be_visible()


def test_a_locked_room_lets_nobody_new_in(make_place: Rooms) -> None:
    """Those inside come back with a reload; the new are told why; unlocking helps."""
    place = make_place(mode="open")
    mod, ann = place.moderator("Mo"), place.attendee("Ann")
    choose(mod, "Locked")
    expect(mod.part("Entry")).to_contain_text("Nobody new comes in.")
    ben = place.visitor("Ben").open()
    ben.page.get_by_label("Your name").fill("Ben")
    ben.page.get_by_role("button", name="Enter").click()
    expect(ben.page.get_by_role("heading", name="This room is locked")).to_be_visible()
    ann.page.reload()
    expect(ann.page.locator("#room")).to_be_visible()
    choose(mod, "Open")
    ben.page.get_by_role("button", name="Try again").click()
    ben.page.get_by_role("button", name="Enter").click()
    expect(ben.page.locator("#room")).to_be_visible()


def test_banned_with_a_reason_and_let_in_again(make_place: Rooms) -> None:
    """Rules 13 and 17: cut off at once, told who and why; the ban stands until it is lifted."""
    place = make_place(mode="open")
    mod, ann = place.moderator("Mo"), place.attendee("Ann")
    ann.button("Join stage").click()
    ann.go_up("Camera", "Microphone")
    mod.hears("Ann")
    mod.act_on("Ann", "Ban…")
    window = mod.window("Ban Ann")
    expect(window).to_contain_text("without an invitation link")
    window.get_by_label("Reason").fill("selling things")
    window.get_by_role("button", name="Ban", exact=True).click()
    expect(window).to_be_hidden()
    expect(ann.page.get_by_role("heading", name="You are banned from this room")).to_be_visible()
    expect(ann.page.locator("#end-text")).to_have_text(
        "Mo banned you from this room: “selling things”."
    )
    ann.uses()
    expect(mod.tile("Ann")).to_have_count(0)
    ann.page.reload()
    expect(ann.page.get_by_role("heading", name="You are banned from this room")).to_be_visible()
    mod.page.get_by_role("tab", name="Moderate").click()
    row = mod.row("Banned", "Ann")
    expect(row).to_contain_text("by Mo: selling things")
    row.get_by_role("button", name="Unban").click()
    expect(mod.part("Banned")).to_be_hidden()
    ann.page.reload()
    expect(ann.page.locator("#room")).to_be_visible()


def test_a_link_is_banned_with_its_person(make_place: Rooms) -> None:
    """A link of one's own is banned by default; one that others share is not."""
    place = make_place(mode="open", open_door=False)
    mod, ann, ben = place.moderator("Mo"), place.attendee("Ann"), place.attendee("Ben")
    mod.act_on("Ann", "Ban…")
    window = mod.window("Ban Ann")
    expect(window).to_contain_text("1 other person in the room came by the same link")
    expect(window.get_by_label("Ban the link")).not_to_be_checked()
    window.get_by_role("button", name="Cancel").click()
    ben.context.close()
    place.visitors.remove(ben)
    mod.act_on("Ann", "Remove from the room…")
    mod.window("Remove Ann").get_by_role("button", name="Remove").click()
    expect(ann.page.get_by_role("heading", name="You were removed from the room")).to_be_visible()
    ann.page.get_by_role("button", name="Enter again").click()
    expect(ann.page.locator("#room")).to_be_visible()


def test_names_change(make_place: Rooms) -> None:
    """One's own, an attendee's by a moderator for good, and the room's."""
    place = make_place(mode="open", name="Assembly")
    mod, ann = place.moderator("Mo"), place.attendee("Ann")
    ann.act_on("Ann", "Change your name…")
    window = ann.window("Change your name")
    window.get_by_label("Name, as others see it").fill(" ")
    ann.page.keyboard.press("Enter")
    expect(window.locator(".trouble")).to_have_text("Please give a name.")
    window.get_by_label("Name, as others see it").fill("Anna")
    ann.page.keyboard.press("Enter")
    expect(window).to_be_hidden()
    mod.act_on("Anna", "Rename…")
    mod.window("Rename Anna").get_by_label("Name, as others see it").fill("Dr. Ann")
    mod.page.keyboard.press("Enter")
    expect(ann.notice("Mo changed your name to Dr. Ann.")).to_be_visible()
    ann.page.reload()
    expect(ann.show_people()).to_contain_text("Dr. Ann")
    mod.page.get_by_role("tab", name="Moderate").click()
    mod.page.get_by_text("More settings").click()
    mod.page.get_by_role("button", name="Rename the room…").click()
    mod.window("Rename the room").get_by_label("The room's name").fill("Autumn assembly")
    mod.page.keyboard.press("Enter")
    expect(ann.page.locator("#room-name")).to_have_text("Autumn assembly")
    mod.page.get_by_label("Change their name").uncheck()
    expect(ann.show_people().get_by_role("button", name="Actions for")).to_have_count(0)


def test_hands_are_invited_from_the_list_and_go_down_once_spoken(make_place: Rooms) -> None:
    """Rules 19 and 20: invite from the hands; after speaking the hand is down, with undo."""
    place = make_place(mode="invite", settings={"lower_hand_once_spoken": True})
    mod, ann = place.moderator("Mo"), place.attendee("Ann")
    ann.button("Raise hand").click()
    row = mod.row("Raised hands", "Ann")
    expect(row).to_contain_text("not spoken yet")
    row.get_by_role("button", name="Invite").click()
    ann.accept("You are invited to the stage", "Microphone")
    mod.hears("Ann")
    expect(ann.button("Lower hand")).to_be_visible()
    mod.page.wait_for_function(SPEAKS_FOR_LONG, polling=100)
    ann.button("Mute").click()
    expect(ann.notice("Your hand is down, as you have spoken.")).to_be_visible()
    expect(mod.row("Raised hands", "Ann")).to_have_count(0)
    ann.notice("Your hand is down").get_by_role("button", name="Undo").click()
    expect(mod.row("Raised hands", "Ann")).to_contain_text("spoke 0:")
    mod.page.get_by_text("More settings").click()
    mod.page.get_by_label("Raise a hand").uncheck()
    expect(mod.row("Raised hands", "Ann")).to_have_count(0)
    expect(ann.button("Raise hand")).to_be_hidden()


def test_reports_are_shown_and_saved(make_place: Rooms) -> None:
    """Who was on stage, what happened, who was there: as a page and as CSV, after the end, too."""
    place = make_place(mode="open")
    host, ann = place.host("Helen"), place.attendee("Ann")
    ann.button("Join stage").click()
    ann.go_up()
    host.act_on("Ann", "Remove from stage")
    host.page.get_by_role("tab", name="Moderate").click()
    host.page.get_by_role("button", name="Run-down and attendance…").click()
    window = host.window("Run-down and attendance")
    row = window.get_by_role("row", name="Ann")
    expect(row).to_contain_text("joined directly")
    expect(row).to_contain_text("removed from the stage by Helen")
    window.get_by_role("radio", name="What happened").check(force=True)
    expect(window.get_by_role("row", name="removed from the stage")).to_contain_text("Helen")
    window.get_by_role("radio", name="Attendance").check(force=True)
    expect(window.get_by_role("row", name="Ann")).to_contain_text("is here")
    with host.page.expect_download() as saved:
        window.get_by_role("button", name="Download CSV").click()
    assert saved.value.suggested_filename == f"{place.id}-attendance.csv"
    assert "Ann,attendee" in Path(saved.value.path()).read_text("utf-8-sig")
    window.get_by_role("button", name="Close").click()
    host.page.get_by_role("button", name="End the room…").click()
    host.window("End the room?").get_by_role("button", name="End the room").click()
    expect(host.page.get_by_role("heading", name="This room has ended")).to_be_visible()
    host.page.get_by_role("button", name="Run-down and attendance").click()
    expect(window.get_by_role("row", name="Ann")).to_be_visible()
    for one in (ann, host):
        one.page.reload()
        expect(one.page.get_by_role("heading", name="This room has ended")).to_be_visible()
    host.page.get_by_role("button", name="Run-down and attendance").click()
    expect(window.get_by_role("row", name="Ann")).to_be_visible()
    expect(ann.page.get_by_role("button", name="Run-down")).to_be_hidden()
