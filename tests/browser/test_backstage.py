"""Backstage: seen and heard by moderators alone, then brought on together, decoded everywhere."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from .axe import Inspection
from .conftest import Place
from .test_screens import assert_fits
from .test_sharing import SENT_AND_ARRIVED, WATCH_CONNECTIONS
from .visitors import A_PHONE, Visitor

Rooms = Callable[..., Place]

SENTENCE = "You are backstage. Only the moderators see and hear you."

#: Whose names have been on the stage's tiles at some moment, alone or beside others.
WATCH_TILES = """
window.stages = new Set();
new MutationObserver(() => {
  const people = document.querySelectorAll("#stage .tile[data-person]");
  window.stages.add([...people].map((one) => one.dataset.person).length);
}).observe(document.querySelector("#stage .tiles"), { childList: true });
"""


def wait_backstage(visitor: Visitor, *devices: str) -> None:
    """By the ready window, which says where it leads."""
    visitor.button("Join stage").click()
    expect(visitor.ready_window).to_contain_text("only the moderators see and hear you")
    visitor.switch_on(*devices)
    visitor.ready_window.get_by_role("button", name="Go backstage").click()
    expect(visitor.page.locator("#backstage-strip")).to_contain_text(SENTENCE)


def received(visitor: Visitor) -> int:
    """Octets of video that have arrived so far."""
    octets: dict[str, int] = visitor.page.evaluate(SENT_AND_ARRIVED)
    return sum(number for line, number in octets.items() if line.startswith("in "))


def test_two_wait_backstage_and_are_brought_on_together(
    make_place: Rooms, inspect: Inspection
) -> None:
    """Rules 2, 8, 14 and 15, the moderators and one of the two on phones as well."""
    place = make_place(mode="open")
    mod, mia = place.moderator("Mo"), place.moderator("Mia", **A_PHONE)
    vic = place.attendee("Vic", script=WATCH_CONNECTIONS)
    mod.page.get_by_text("More settings").click()
    mod.page.get_by_label("People wait backstage").check()
    ann, bea = place.attendee("Ann"), place.attendee("Bea", **A_PHONE)
    wait_backstage(ann, "Camera", "Microphone")
    wait_backstage(bea, "Camera")

    for moderator in (mod, mia):
        for name in ("Ann", "Bea"):
            moderator.sees(name)
        moderator.hears("Ann")
    expect(mod.page.locator("#backstage-strip h2")).to_contain_text("2")
    expect(mod.tile("Ann")).to_have_attribute("data-speaking", "true")
    expect(mod.page.locator("#stage .tile")).to_have_count(0)
    expect(bea.page.locator(".stage-empty")).to_contain_text("A moderator brings you on.")
    assert_fits(mia)
    assert_fits(bea)
    people = mod.show_people()
    expect(people.locator('[data-group="Backstage"] .person')).to_have_count(2)

    devices_work_backstage(ann, mod)
    # To Vic they are viewers, of whom nothing arrives.
    viewers = vic.show_people().locator('[data-group="Viewers"]')
    for name in ("Ann", "Bea"):
        expect(viewers).to_contain_text(name)
        expect(vic.tile(name)).to_have_count(0)
        expect(ann.page.locator("#stage .tile")).to_have_count(0)
    expect(vic.page.locator("#backstage-strip")).to_be_hidden()
    mod.sees("Ann")
    assert received(vic) == 0

    inspect.look(mod, "people wait backstage, for a moderator")
    inspect.look(ann, "oneself backstage")
    vic.page.evaluate(WATCH_TILES)
    mod.page.get_by_role("button", name="Bring all on").click()
    for other in (vic, mod, mia):
        for name in ("Ann", "Bea"):
            other.sees(name)
        other.hears("Ann")
    ann.sees("Bea")
    assert vic.page.evaluate("() => [...window.stages]") == [2], "together"
    expect(ann.page.locator("#backstage-strip")).to_be_hidden()
    expect(ann.notice("You are on stage. You can be heard and seen.")).to_be_visible()
    expect(ann.button("Leave backstage")).to_be_hidden()

    back_again(ann, bea, vic, mod, mia)


def devices_work_backstage(ann: Visitor, mod: Visitor) -> None:
    """One's own (rule 4), and what a moderator may do with them (rule 16)."""
    expect(ann.page.locator("#backstage-strip .tile")).to_have_count(1)
    ann.button("Mute").click()
    mod.is_silent("Ann")
    ann.button("Unmute").click()
    mod.hears("Ann")
    mod.act_on("Ann", "Turn microphone off")
    expect(ann.notice("Mo turned your microphone off")).to_be_visible()
    ann.button("Unmute").click()


def back_again(ann: Visitor, bea: Visitor, vic: Visitor, mod: Visitor, mia: Visitor) -> None:
    """Sent backstage by a moderator, one is brought on alone, and one steps back (rule 3)."""
    for name in ("Ann", "Bea"):
        mod.act_on(name, "Send backstage")
        expect(vic.tile(name)).to_have_count(0)
        mia.sees(name)
    expect(bea.notice("Mo sent you backstage")).to_be_visible()
    mia.page.get_by_role("button", name="Bring on Ann").tap()
    vic.sees("Ann")
    bea.button("Leave backstage").tap()
    expect(mod.page.locator("#backstage-strip")).to_be_hidden()
    bea.uses()
    expect(bea.button("Join stage")).to_be_visible()


def test_a_reload_leads_backstage_again_with_all_off(make_place: Rooms) -> None:
    """Rule 12."""
    place = make_place(mode="open", settings={"backstage": True})
    ann, mod = place.attendee("Ann"), place.moderator("Mo")
    wait_backstage(ann, "Camera")
    mod.sees("Ann")
    ann.page.reload()
    expect(
        ann.notice("You are backstage again, with your microphone and camera off.")
    ).to_be_visible()
    expect(mod.tile("Ann")).to_have_attribute("data-camera", "false")
    ann.button("Start camera").click()
    mod.sees("Ann")
