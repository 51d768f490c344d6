"""The moderator's panel: devices off, asking to unmute, two moderators, roles, the end."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from .conftest import Place
from .test_talk import SIZES
from .visitors import A_PHONE

Rooms = Callable[..., Place]


def test_muted_by_a_moderator_and_asked_to_unmute(make_place: Rooms) -> None:
    """Rule 16: off by a moderator, on by one's own yes alone."""
    place = make_place(mode="open")
    ann, mod = place.attendee("Ann"), place.moderator("Mo")
    ann.button("Join stage").click()
    ann.go_up("Camera", "Microphone")
    mod.hears("Ann")
    row = mod.row("On stage", "Ann")
    row.get_by_role("button", name="Turn Ann's camera off").click()
    ann.uses("audio")
    row.get_by_role("button", name="Turn Ann's microphone off").click()
    expect(ann.notice("Mo turned your microphone off")).to_be_visible()
    expect(ann.page.locator(".bar-status")).to_have_text("You are muted")
    mod.is_silent("Ann")

    row.get_by_role("button", name="Ask Ann to unmute").click()
    question = ann.window("Turn your microphone on?")
    expect(question).to_contain_text("Mo asks you to unmute")
    question.get_by_role("button", name="Stay muted").click()
    expect(mod.notice("Ann stays muted")).to_be_visible()
    expect(mod.tile("Ann")).to_have_attribute("data-microphone", "false")

    row.get_by_role("button", name="Ask Ann to unmute").click()
    question.get_by_role("button", name="Unmute").click()
    expect(question).to_be_hidden()
    expect(ann.notice("turned your microphone off")).to_have_count(0)
    mod.hears("Ann")


def test_everyone_is_muted_at_once_but_the_host(make_place: Rooms) -> None:
    """Rules 16 and 17: neither oneself nor the host; with a phone as well."""
    place = make_place(mode="open")
    ann, mod, host = place.attendee("Ann"), place.moderator("Mo"), place.host("Helen")
    mia = place.moderator("Mia", **A_PHONE)
    for one in (ann, mod, host):
        one.button("Join stage").click()
        one.go_up("Microphone", "Camera")
    mod.page.get_by_role("button", name="Mute everyone").click()
    expect(ann.notice("Mo turned your microphone off")).to_be_visible()
    for name, on in (("Ann", "false"), ("Mo", "true"), ("Helen", "true")):
        expect(host.tile(name)).to_have_attribute("data-microphone", on)
    mia.show("Moderate")
    mia.page.get_by_role("button", name="Cameras off").tap()
    for name, on in (("Ann", "false"), ("Mo", "false"), ("Helen", "true")):
        expect(host.tile(name)).to_have_attribute("data-camera", on)
    row = mod.row("On stage", "Helen")
    for button in row.get_by_role("button").all():
        expect(button).to_be_disabled()


def test_two_moderators_decide_on_the_same_request(make_place: Rooms) -> None:
    """Rule 8: the second is told who was first, and nothing changes."""
    place = make_place(mode="request")
    ann, mo, may = place.attendee("Ann"), place.moderator("Mo"), place.moderator("May")
    ann.button("Ask to join stage").click()
    theirs = may.row("Waiting requests", "Ann").get_by_role("button", name="Decline")
    expect(theirs).to_be_visible()
    # May decides on what she saw: her button is kept, though her page is told and takes it away.
    may.page.evaluate(
        """() => {
          const row = document.querySelector('[data-part="Waiting requests"] .person');
          window.hers = row.querySelector("button");
        }"""
    )
    mo.row("Waiting requests", "Ann").get_by_role("button", name="Approve").click()
    expect(ann.window("Your request was approved")).to_be_visible()
    expect(may.row("Open offers", "Ann")).to_be_visible()
    may.page.evaluate("() => window.hers.click()")
    expect(may.notice("Already handled by Mo")).to_be_visible()
    expect(ann.window("Your request was approved")).to_be_visible()


def test_requests_wait_in_order_and_mode_changes_tell(make_place: Rooms) -> None:
    """Rules 5 and 10: asking again goes to the back; closing tells those who waited."""
    place = make_place(mode="request")
    ann, ben, mod = place.attendee("Ann"), place.attendee("Ben"), place.moderator("Mo")
    ann.button("Ask to join stage").click()
    expect(mod.row("Waiting requests", "Ann")).to_be_visible()
    ben.button("Ask to join stage").click()
    names = mod.part("Waiting requests").locator(".person-name")
    expect(names).to_have_text(["Ann", "Ben"])
    ann.button("Cancel request").click()
    ann.button("Ask to join stage").click()
    expect(names).to_have_text(["Ben", "Ann"])
    mod.page.get_by_role("radio", name="Closed").check(force=True)
    expect(names).to_have_count(0)
    for one in (ann, ben):
        expect(one.notice("Requests are closed")).to_be_visible()
        expect(one.button("Ask to join stage")).to_be_hidden()
        expect(one.page.locator(".stage-empty")).to_contain_text("closed for now")


def test_open_mode_turns_requests_into_offers(make_place: Rooms) -> None:
    """Rule 10, and rule 11's sentence when the stage is full."""
    place = make_place(mode="request")
    ann, ben, mod = place.attendee("Ann"), place.attendee("Ben"), place.moderator("Mo")
    mod.page.get_by_label("Seats").fill("1")
    mod.page.get_by_label("Seats").blur()
    ann.button("Ask to join stage").click()
    expect(mod.row("Waiting requests", "Ann")).to_be_visible()
    mod.access("Open").check(force=True)
    ann.accept("The stage is open")
    ben.button("Join stage").click()
    ben.ready_window.get_by_role("button", name="Join stage").click()
    expect(
        ben.ready_window.get_by_role("alert").filter(has_text="The stage is full")
    ).to_be_visible()


@SIZES
def test_hands_are_in_order_for_all_and_lowered_by_their_owner_or_moderators(
    make_place: Rooms, options: dict[str, object]
) -> None:
    """Rules 19 and 20; a moderator invites straight from the list (rule 2)."""
    place = make_place(mode="invite")
    ann, ben = place.attendee("Ann", **options), place.attendee("Ben", **options)
    mod = place.moderator("Mo", **options)
    for one in (ben, ann):
        one.button("Raise hand").click()
        expect(one.button("Lower hand")).to_be_visible()
    for one in (ann, ben, mod):
        hands = one.show_people().locator('[data-group="Raised hands"] .person-name')
        expect(hands).to_have_text(["Ben", "Ann"])
    for one in (ann, ben):
        one.page.get_by_role("button", name="Close the panel").click()
    ben.button("Lower hand").click()
    expect(hands).to_have_text(["Ann"])
    ben.button("Raise hand").click()
    expect(hands).to_have_text(["Ann", "Ben"])
    opener = mod.page.locator('#bar [data-tab="moderate"]')
    expect(opener).to_have_accessible_name("Moderate 2 with a hand up")
    mod.act_on("Ann", "Lower hand")
    expect(ann.notice("Mo lowered your hand")).to_be_visible()
    expect(hands).to_have_text(["Ben"])
    ann.button("Raise hand").click()
    mod.show("Moderate")
    up = mod.part("Raised hands").locator(".person-name")
    expect(up).to_have_text(["Ben", "Ann"])
    mod.row("Raised hands", "Ann").get_by_role("button", name="Lower").click()
    expect(up).to_have_text(["Ben"])
    mod.row("Raised hands", "Ben").get_by_role("button", name="Invite").click()
    offer = ben.window("You are invited to the stage")
    expect(offer).to_be_visible()
    offer.get_by_role("button", name="Decline").click()
    ann.button("Raise hand").click()
    expect(up).to_have_text(["Ben", "Ann"])  # who does not go up keeps the place
    mod.page.get_by_role("button", name="Lower all hands").click()
    for one in (ann, ben):
        expect(one.button("Raise hand")).to_be_visible()
    expect(up).to_have_count(0)


def test_hands_roles_and_the_list_of_people(make_place: Rooms) -> None:
    """Rules 17, 19 and 20: three groups with counts; the panel comes and goes with the role."""
    place = make_place(mode="request")
    ann, ben = place.attendee("Ann", **A_PHONE), place.attendee("Ben")
    host = place.host("Helen")
    for one in (ben, ann):
        one.button("Raise hand").click()
        expect(one.button("Lower hand")).to_be_visible()
    people = ann.show_people()
    hands = people.locator('[data-group="Raised hands"]')
    expect(hands.locator(".person-name")).to_have_text(["Ben", "Ann"])
    expect(people.locator('[data-group="Viewers"] h3')).to_have_text("Viewers 1")
    expect(people.get_by_role("button", name="Actions for")).to_have_count(1)  # one's own
    host.page.get_by_role("button", name="Lower all hands").click()
    expect(hands.locator(".person")).to_have_count(0)
    expect(ann.notice("Helen lowered your hand")).to_be_visible()

    expect(ann.page.get_by_role("tab", name="Moderate")).to_be_hidden()
    host.act_on("Ann", "Make moderator")
    ann.page.get_by_role("tab", name="Moderate").click()
    expect(ann.page.get_by_role("radio", name="Request")).to_be_checked()
    expect(ann.page.get_by_role("button", name="End the room")).to_be_hidden()
    host.act_on("Ann", "Make attendee")
    expect(ann.page.get_by_role("tab", name="Moderate")).to_be_hidden()
    expect(ann.notice("not a moderator any more")).to_be_visible()


def test_people_are_found_by_name(make_place: Rooms) -> None:
    """The search is there when the list is long."""
    place = make_place(mode="request")
    mod = place.moderator("Mo")
    people = mod.show_people()
    expect(people.get_by_role("searchbox")).to_be_hidden()
    mod.bring(13)
    people.get_by_role("searchbox").fill("visitor 7")
    expect(people.locator(".person-name")).to_have_text(["Visitor 7"])
    people.get_by_role("searchbox").fill("nobody like this")
    expect(people).to_contain_text("Nobody of that name is here.")


def test_the_host_ends_the_room(make_place: Rooms) -> None:
    """Rule 17: asked once more first; then everybody sees it, and so do late comers."""
    place = make_place(mode="open")
    ann, host = place.attendee("Ann"), place.host("Helen", **A_PHONE)
    ann.button("Join stage").click()
    ann.go_up("Camera")
    expect(host.tile("Ann")).to_be_visible()
    for action, tab in (("Make moderator", 1), ("Make attendee", 0)):
        host.act_on("Ann", action)
        expect(ann.page.locator("#bar").get_by_role("button", name="Moderate")).to_have_count(tab)
    host.show("Moderate")
    host.page.get_by_role("button", name="End the room").click()
    host.window("End the room?").get_by_role("button", name="Cancel").click()
    expect(ann.tile("Ann")).to_be_visible()
    host.page.get_by_role("button", name="End the room").click()
    host.window("End the room?").get_by_role("button", name="End the room").click()
    for one in (ann, host):
        expect(one.page.get_by_role("heading", name="This room has ended")).to_be_visible()
    ann.uses()
    late = place.visitor("Late").open()
    expect(late.page.get_by_role("heading", name="This room has ended")).to_be_visible()
