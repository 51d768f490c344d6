"""The three ways onto the stage, and the ways that end before it, without looking at the media."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from .conftest import Place

Rooms = Callable[..., Place]


def test_open_stage_is_joined_directly(make_place: Rooms) -> None:
    """Rules 1 and 15: both devices begin off, and one arrives muted unless one chose otherwise."""
    place = make_place(mode="open")
    ann, ben = place.attendee("Ann"), place.attendee("Ben")
    expect(ann.page.locator(".stage-empty")).to_contain_text("Nobody is on stage yet")
    expect(ann.button("Ask to join stage")).to_be_hidden()
    ann.button("Join stage").click()
    for device in ("Camera", "Microphone"):
        expect(ann.ready_window.get_by_role("switch", name=device)).not_to_be_checked()
    assert ann.never_used_devices()
    ann.go_up()
    expect(ann.page.locator(".bar-status")).to_have_text("You are muted")
    expect(ben.tile("Ann")).to_have_attribute("data-microphone", "false")
    expect(ann.button("Leave stage")).to_be_hidden()  # rule 4


def test_request_approved_leads_through_the_ready_window(make_place: Rooms) -> None:
    """Rules 2, 3 and 5: ask, be approved, choose devices, and only then be on stage."""
    place = make_place(mode="request")
    ann, mod = place.attendee("Ann"), place.moderator("Mo")
    expect(ann.button("Join stage")).to_be_hidden()
    ann.button("Ask to join stage").click()
    expect(ann.button("Cancel request")).to_be_visible()
    mod.row("Waiting requests", "Ann").get_by_role("button", name="Approve").click()
    expect(ann.window("Your request was approved")).to_contain_text("Mo approved your request")
    expect(mod.row("Open offers", "Ann")).to_contain_text("left")
    assert mod.tile("Ann").count() == 0
    ann.accept("Your request was approved", "Microphone", "Camera")
    expect(mod.tile("Ann")).to_have_attribute("data-microphone", "true")
    expect(mod.tile("Ann")).to_have_attribute("data-camera", "true")
    expect(mod.part("Open offers")).to_be_hidden()


def test_invitation_from_the_list_of_people(make_place: Rooms) -> None:
    """Rule 1: where one is invited, the attendee's bar offers no way up of its own."""
    place = make_place(mode="invite")
    ann, mod = place.attendee("Ann"), place.moderator("Mo")
    expect(ann.button("Raise hand")).to_be_visible()
    expect(ann.button("Join stage")).to_be_hidden()
    expect(ann.button("Ask to join stage")).to_be_hidden()
    mod.act_on("Ann", "Invite to the stage")
    ann.accept("You are invited to the stage", "Camera")
    expect(mod.tile("Ann")).to_have_attribute("data-camera", "true")
    expect(mod.tile("Ann")).to_have_attribute("data-microphone", "false")


def test_request_cancelled_asked_again_and_declined(make_place: Rooms) -> None:
    """Rule 3."""
    place = make_place(mode="request")
    ann, mod = place.attendee("Ann"), place.moderator("Mo")
    ann.button("Ask to join stage").click()
    expect(mod.row("Waiting requests", "Ann")).to_be_visible()
    ann.button("Cancel request").click()
    expect(mod.row("Waiting requests", "Ann")).to_have_count(0)
    ann.button("Ask to join stage").click()
    mod.row("Waiting requests", "Ann").get_by_role("button", name="Decline").click()
    expect(ann.notice("Mo declined your request")).to_be_visible()
    ann.button("Ask to join stage").click()
    expect(mod.row("Waiting requests", "Ann")).to_be_visible()


def test_offer_declined_revoked_and_expired(make_place: Rooms) -> None:
    """Rules 3 and 7: both sides are told; windows that lead nowhere close by themselves."""
    place = make_place(mode="invite", settings={"offer_ms": 5000})
    ann, mod = place.attendee("Ann"), place.moderator("Mo")
    mod.act_on("Ann", "Invite to the stage")
    ann.window("You are invited to the stage").get_by_role("button", name="Decline").click()
    expect(mod.notice("Ann declined the offer")).to_be_visible()

    mod.act_on("Ann", "Invite to the stage")
    ann.window("You are invited to the stage").get_by_role("button", name="Join").click()
    ann.switch_on("Camera")
    mod.act_on("Ann", "Revoke the offer")
    expect(ann.notice("Mo took the offer of a seat back")).to_be_visible()
    expect(ann.ready_window).to_be_hidden()
    ann.uses()

    mod.act_on("Ann", "Invite to the stage")
    expect(ann.window("You are invited to the stage")).to_contain_text("stands for 0:0")
    expect(ann.notice("The offer of a seat has expired")).to_be_visible(timeout=15_000)
    expect(ann.window("You are invited to the stage")).to_be_hidden()
    expect(mod.notice("The offer to Ann has expired")).to_be_visible()


def test_moderator_goes_up_and_down_by_themselves(make_place: Rooms) -> None:
    """Rules 2 and 4: in any mode but closed a moderator goes up through the same window."""
    place = make_place(mode="invite")
    mod = place.moderator("Mo")
    mod.button("Join stage").click()
    mod.go_up()
    mod.button("Leave stage").click()
    expect(mod.tile("Mo")).to_have_count(0)
    mod.page.get_by_role("radio", name="Closed").check(force=True)
    expect(mod.button("Join stage")).to_be_hidden()


def test_ready_window_closed_without_joining_releases_the_devices(make_place: Rooms) -> None:
    """Rule 2: nothing is left open, and nothing was sent."""
    ann = make_place(mode="open").attendee("Ann")
    ann.button("Join stage").click()
    ann.switch_on("Camera", "Microphone")
    ann.uses("audio", "video")
    level = ann.ready_window.locator(".meter")
    expect(level).not_to_have_attribute("data-level", "0.00")
    ann.page.keyboard.press("Escape")
    expect(ann.ready_window).to_be_hidden()
    ann.uses()


def test_requests_and_offers_outlive_a_reload(make_place: Rooms) -> None:
    """Rule 6: they are state, for the person and for a moderator who comes later."""
    place = make_place(mode="request")
    ann = place.attendee("Ann")
    ann.button("Ask to join stage").click()
    expect(ann.button("Cancel request")).to_be_visible()
    ann.page.reload()
    expect(ann.button("Cancel request")).to_be_visible()
    mod = place.moderator("Mo")
    mod.row("Waiting requests", "Ann").get_by_role("button", name="Approve").click()
    expect(ann.window("Your request was approved")).to_be_visible()
    ann.page.reload()
    expect(ann.window("Your request was approved")).to_be_visible()
    mod.page.reload()
    expect(mod.row("Open offers", "Ann")).to_be_visible()
