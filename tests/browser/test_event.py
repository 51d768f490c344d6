"""Running the event on the page: lobby, lock, removal and bans, names, hands, the fair queue."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import expect

from .conftest import Place
from .test_screens import SMALL, assert_fits
from .visitors import A_PHONE, Visitor

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
    mod.show("Moderate")
    mod.part("Entry").get_by_role("radio", name=way, exact=True).check(force=True)


def test_the_lobby_waits_and_opens(make_place: Rooms) -> None:
    """Name and time alone before; moderators get in; opened by hand, with a phone for a phone.

    A time that is refused stays to be mended.
    """
    place = make_place(mode="open", name="Autumn assembly")
    mod = place.moderator("Mo")
    choose(mod, "Lobby")
    ann = place.visitor("Ann", **A_PHONE).open()
    ann.page.get_by_label("Your name").fill("Ann")
    ann.page.get_by_role("button", name="Enter").click()
    lobby = ann.page.locator("#lobby")
    expect(lobby.get_by_role("heading", name="Autumn assembly")).to_be_visible()
    expect(lobby).to_contain_text("A moderator opens the room.")
    expect(ann.page.locator("#room")).to_be_hidden()
    expect(mod.part("Entry")).to_contain_text("1 person waits.")
    time_field = mod.part("Entry").get_by_label("Opens by itself at")
    time_field.fill("2020-02-02T20:00")
    mod.part("Entry").get_by_role("button", name="Set").click()
    expect(mod.notice("The opening must be in the future")).to_be_visible()
    expect(time_field).to_have_value("2020-02-02T20:00")
    may = place.moderator("May", **A_PHONE)
    may.show("Moderate")
    expect(may.part("Entry")).to_contain_text("1 person waits.")
    may.part("Entry").get_by_label("Opens by itself at").fill("2020-02-02T20:00")
    assert_fits(may)
    may.part("Entry").get_by_role("button", name="Open now").tap()
    expect(ann.page.locator("#room")).to_be_visible()
    expect(mod.notice("May opened the room.")).to_be_visible()
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
    mod, ann = place.moderator("Mo", **A_PHONE), place.attendee("Ann")
    choose(mod, "Locked")
    expect(mod.part("Entry")).to_contain_text("Nobody new comes in.")
    ben = place.visitor("Ben", **A_PHONE).open()
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
    """Rules 13 and 17: cut off at once, told who and why; the ban stands until it is lifted.

    It is lifted with a phone.
    """
    place = make_place(mode="open")
    mod, ann = place.moderator("Mo"), place.attendee("Ann")
    mia = place.moderator("Mia", **A_PHONE)
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
    expect(mod.row("Banned", "Ann")).to_contain_text("by Mo: selling things")
    mia.show("Moderate")
    mia.row("Banned", "Ann").get_by_role("button", name="Unban").tap()
    expect(mod.part("Banned")).to_be_hidden()
    ann.page.reload()
    expect(ann.page.locator("#room")).to_be_visible()


def test_a_link_is_banned_with_its_person(make_place: Rooms) -> None:
    """A link of one's own is banned by default; one that others share is not. On phones."""
    place = make_place(mode="open", open_door=False)
    mod, ben = place.moderator("Mo", **A_PHONE), place.attendee("Ben")
    ann = place.attendee("Ann", **A_PHONE)
    mod.act_on("Ann", "Ban…")
    window = mod.window("Ban Ann")
    expect(window).to_contain_text("1 other person in the room came by the same link")
    expect(window.get_by_label("Ban the link")).not_to_be_checked()
    assert_fits(mod)
    window.get_by_role("button", name="Cancel").click()
    ben.context.close()
    place.visitors.remove(ben)
    mod.act_on("Ann", "Remove from the room…")
    mod.window("Remove Ann").get_by_role("button", name="Remove").click()
    expect(ann.page.get_by_role("heading", name="You were removed from the room")).to_be_visible()
    ann.page.get_by_role("button", name="Enter again").click()
    expect(ann.page.locator("#room")).to_be_visible()


def test_names_change(make_place: Rooms) -> None:
    """One's own, an attendee's by a moderator for good, and the room's; on both kinds of screen."""
    place = make_place(mode="open", name="Assembly")
    mod, ann = place.moderator("Mo"), place.attendee("Ann", **A_PHONE)
    mia = place.moderator("Mia", **A_PHONE)
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
    for one, name in ((mod, "Assembly 2"), (mia, "Autumn assembly")):
        one.show("Moderate")
        one.page.get_by_text("More settings").click()
        one.page.get_by_role("button", name="Rename the room…").click()
        one.window("Rename the room").get_by_label("The room's name").fill(name)
        one.page.keyboard.press("Enter")
        expect(ann.page.locator("#room-name")).to_have_text(name)
    mia.page.get_by_label("Change their name").uncheck()
    expect(ann.show_people().get_by_role("button", name="Actions for")).to_have_count(0)


def test_hands_are_invited_from_the_list_and_go_down_once_spoken(make_place: Rooms) -> None:
    """Rules 19 and 20: invite from the hands; after speaking the hand is down, with undo."""
    place = make_place(mode="invite", settings={"lower_hand_once_spoken": True})
    mod, ann = place.moderator("Mo"), place.attendee("Ann", **A_PHONE)
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
    told = mod.notice("Ann has spoken, and the hand is down.")
    expect(told.get_by_role("button", name="Undo")).to_be_visible()
    ann.notice("Your hand is down").get_by_role("button", name="Undo").click()
    expect(mod.row("Raised hands", "Ann")).to_contain_text("spoke 0:")
    the_quiet_come_first(place, ann, mod)
    mod.page.get_by_text("More settings").click()
    mod.page.get_by_label("Raise a hand").uncheck()
    expect(mod.row("Raised hands", "Ann")).to_have_count(0)
    expect(ann.button("Raise hand")).to_be_hidden()


def the_quiet_come_first(place: Place, ann: Visitor, mod: Visitor) -> None:
    """Who spoke least may be shown first; each moderator chooses the order, and whom to approve."""
    ben, mia = place.attendee("Ben", **A_PHONE), place.moderator("Mia", **A_PHONE)
    mia.show("Moderate")
    mod.row("On stage", "Ann").get_by_role("button", name="Remove").click()
    mod.access("Request").check(force=True)
    for one in (ann, ben):
        one.button("Ask to join stage").click()
        one.button("Raise hand").click()
        expect(mod.row("Raised hands", one.name)).to_contain_text("waits 0:")
    lists = [
        mod.part(title).locator(".person-name") for title in ("Waiting requests", "Raised hands")
    ]
    theirs = mia.part("Waiting requests")
    for names in (*lists, theirs.locator(".person-name")):
        expect(names).to_have_text(["Ann", "Ben"])
    mod.part("Raised hands").get_by_label("Show them").select_option("who spoke least first")
    for names in lists:
        expect(names).to_have_text(["Ben", "Ann"])
    expect(theirs.locator(".person-name")).to_have_text(["Ann", "Ben"])
    theirs.get_by_label("Show them").select_option("who spoke least first")
    expect(theirs.locator(".person-name")).to_have_text(["Ben", "Ann"])
    expect(theirs.locator(".person", has_text="Ann")).to_contain_text("spoke 0:")
    mia.page.set_viewport_size(SMALL)  # type: ignore[arg-type]
    assert_fits(mia)
    mia.row("Waiting requests", "Ann").get_by_role("button", name="Approve").tap()
    expect(ann.window("Your request was approved")).to_be_visible()
    ann.window("Your request was approved").get_by_role("button", name="Decline").click()
    mia.page.get_by_role("button", name="Lower all hands").tap()
    expect(lists[1]).to_have_count(0)
    expect(ben.notice("Mia lowered your hand")).to_be_visible()


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
    with_a_phone(place)
    host.page.get_by_role("button", name="End the room…").click()
    host.window("End the room?").get_by_role("button", name="End the room").click()
    expect(host.page.get_by_role("heading", name="This room has ended")).to_be_visible()
    expect(host.notice("The connection was lost")).to_have_count(0)
    host.page.get_by_role("button", name="Run-down and attendance").click()
    expect(window.get_by_role("row", name="Ann")).to_be_visible()
    for one in (ann, host):
        one.page.reload()
        expect(one.page.get_by_role("heading", name="This room has ended")).to_be_visible()
    host.page.get_by_role("button", name="Run-down and attendance").click()
    expect(window.get_by_role("row", name="Ann")).to_be_visible()
    expect(ann.page.get_by_role("button", name="Run-down")).to_be_hidden()


def with_a_phone(place: Place) -> None:
    """All of it fits, and the table is moved within its frame."""
    mia = place.moderator("Mia", **A_PHONE)
    mia.show("Moderate").get_by_role("button", name="Run-down and attendance…").tap()
    window = mia.window("Run-down and attendance")
    for title in ("On stage", "What happened", "Attendance"):
        window.get_by_role("radio", name=title).check(force=True)
        expect(window.get_by_role("row", name="Ann").first).to_be_visible()
        assert_fits(mia)
    with mia.page.expect_download() as saved:
        window.get_by_role("button", name="Download CSV").tap()
    assert saved.value.suggested_filename == f"{place.id}-attendance.csv"
