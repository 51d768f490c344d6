"""Seen and heard: pictures decoded and changing, and sound, in another browser."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from tests.server_process import ServerProcess

from .conftest import Place
from .lossy import LossyWay
from .visitors import WATCH_DEVICES

Rooms = Callable[..., Place]


def test_open_stage_is_seen_and_heard(make_place: Rooms) -> None:
    """Rules 1, 4 and 15; a late joiner sees it, too, and what is turned off is gone at once."""
    place = make_place(mode="open")
    ann, ben = place.attendee("Ann"), place.attendee("Ben")
    ann.button("Join stage").click()
    ann.go_up("Camera", "Microphone")
    ben.sees("Ann")
    ben.hears("Ann")
    expect(ben.tile("Ann")).to_have_attribute("data-speaking", "true")
    late = place.attendee("Late")
    late.sees("Ann")
    late.hears("Ann")

    ann.button("Stop camera").click()
    ann.uses("audio")
    expect(ben.tile("Ann").locator("video")).to_be_hidden()
    ann.button("Mute").click()
    expect(ben.tile("Ann").locator(".tile-muted")).to_be_visible()
    ben.is_silent("Ann")
    ann.page.keyboard.press("v")
    ben.sees("Ann")
    ann.page.keyboard.press("m")
    ben.hears("Ann")


def test_approved_request_is_seen_and_heard(make_place: Rooms) -> None:
    """Rule 2."""
    place = make_place(mode="request")
    ann, mod = place.attendee("Ann"), place.moderator("Mo")
    ann.button("Ask to join stage").click()
    mod.row("Waiting requests", "Ann").get_by_role("button", name="Approve").click()
    ann.accept("Your request was approved", "Microphone", "Camera")
    mod.sees("Ann")
    mod.hears("Ann")


def test_invited_pair_see_and_hear_each_other(make_place: Rooms) -> None:
    """Rules 1 and 2, and renegotiation of what is received as the stage changes."""
    place = make_place(mode="invite")
    ann, mod = place.attendee("Ann"), place.moderator("Mo")
    mod.act_on("Ann", "Invite to the stage")
    ann.accept("You are invited to the stage", "Microphone", "Camera")
    mod.sees("Ann")
    mod.button("Join stage").click()
    mod.go_up("Camera", "Microphone")
    ann.sees("Mo")
    ann.hears("Mo")
    mod.hears("Ann")


def test_sound_that_the_browser_blocks_waits_for_a_click(make_place: Rooms) -> None:
    """Browsers play nothing by themselves on a page that nobody has touched."""
    blocking = (
        WATCH_DEVICES
        + """
    const play = HTMLMediaElement.prototype.play;
    HTMLMediaElement.prototype.play = function () {
      if (this instanceof HTMLVideoElement || window.allowed) return play.call(this);
      return Promise.reject(new DOMException("not touched yet", "NotAllowedError"));
    };
    addEventListener("click", (event) => {
      if (event.target.closest(".hear")) window.allowed = true;
    }, true);
    """
    )
    place = make_place(mode="open")
    ann, ben = place.attendee("Ann"), place.attendee("Ben", script=blocking)
    ann.button("Join stage").click()
    ann.go_up("Microphone")
    hear = ben.page.get_by_role("button", name="Click to hear the stage")
    hear.click()
    expect(hear).to_be_hidden()
    ben.hears("Ann")


def test_devices_are_changed_without_leaving(make_place: Rooms) -> None:
    """Another camera and another microphone take the place of the first."""
    place = make_place(mode="open")
    ann, ben = place.attendee("Ann"), place.attendee("Ben")
    ann.button("Join stage").click()
    ann.go_up("Camera", "Microphone")
    ben.sees("Ann")
    ann.button("Devices").click()
    window = ann.window("Camera, microphone and speaker")
    for label in ("Camera", "Microphone"):
        select = window.get_by_label(label, exact=True).and_(ann.page.locator("select"))
        others = select.locator("option:not(:checked)")
        value = others.last.get_attribute("value")
        assert value
        select.select_option(value)
        expect(select).to_have_value(value)
    ann.uses("audio", "video")
    window.get_by_role("button", name="Done").click()
    ben.sees("Ann")
    ben.hears("Ann")


def test_removal_stops_everything(make_place: Rooms) -> None:
    """Rule 13: the tile goes, and the person's own devices are released."""
    place = make_place(mode="open")
    ann, mod = place.attendee("Ann"), place.moderator("Mo")
    ann.button("Join stage").click()
    ann.go_up("Camera", "Microphone")
    mod.hears("Ann")
    mod.row("On stage", "Ann").get_by_role("button", name="Remove").click()
    expect(mod.tile("Ann")).to_have_count(0)
    expect(ann.notice("Mo removed you from the stage")).to_be_visible()
    expect(ann.tile("Ann")).to_have_count(0)
    ann.uses()
    # Open though the stage is, the way up now leads through a moderator.
    expect(ann.button("Join stage")).to_be_hidden()
    ann.button("Ask to join stage").click()
    mod.row("Waiting requests", "Ann").get_by_role("button", name="Approve").click()
    ann.accept("Your request was approved", "Microphone")
    mod.hears("Ann")


#: Sums of what has come of pictures, over all connections of the page.
PICTURES_CAME = """async () => {
  const sum = { again: 0, decoded: 0, lost: 0 };
  for (const connection of window.connections) {
    for (const one of (await connection.getStats()).values()) {
      if (one.type !== "inbound-rtp" || one.kind !== "video") continue;
      sum.again += one.retransmittedPacketsReceived ?? 0;
      sum.decoded += one.framesDecoded ?? 0;
      sum.lost += one.packetsLost ?? 0;
    }
  }
  return sum;
}"""


def test_lost_packets_come_again_and_the_picture_goes_on(
    make_place: Rooms, server: ServerProcess
) -> None:
    """On the stream that is for that (RFC 4588), while one packet of twenty is lost."""
    with LossyWay(server.media_port, lose=0.05, seed=5) as way:
        place = make_place(mode="open")
        ann, ben = place.attendee("Ann"), place.attendee("Ben", script=WATCH_DEVICES + way.script)
        ann.button("Join stage").click()
        ann.go_up("Camera")
        ben.sees("Ann")
        ben.page.wait_for_function(f"async () => (await ({PICTURES_CAME})()).again >= 5")
        before = ben.page.evaluate(PICTURES_CAME)
        ben.page.wait_for_function(
            f"async (before) => (await ({PICTURES_CAME})()).decoded >= before + 40",
            arg=before["decoded"],
        )
