"""A screen is shared beside the camera: seen by others, stopped by oneself and by moderators."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from .conftest import Place
from .test_screens import LYING, OVERLAPS, SMALL, TABLET, assert_fits
from .visitors import DESKTOP, PHONE, WATCH_DEVICES, Visitor

Rooms = Callable[..., Place]

#: Kept for the tests: every connection that the page makes.
WATCH_CONNECTIONS = (
    WATCH_DEVICES
    + """
window.connections = [];
window.RTCPeerConnection = class extends RTCPeerConnection {
  constructor(...all) { super(...all); window.connections.push(this); }
};
"""
)

#: A page that goes on sending what it once began to send.
DISOBEDIENT = (
    WATCH_CONNECTIONS
    + """
const replace = RTCRtpSender.prototype.replaceTrack;
RTCRtpSender.prototype.replaceTrack = function (track) {
  return track ? replace.call(this, track) : Promise.resolve();
};
MediaStreamTrack.prototype.stop = () => {};
RTCRtpSender.prototype.setParameters = () => Promise.resolve();
"""
)

#: Video packets of a page so far, by the kind of report and the m-line; of all layers together.
#: Packets of video sent so far, and octets of it that arrived: padding is none of them.
SENT_AND_ARRIVED = """
async () => {
  const found = {};
  const add = (line, number) => { found[line] = (found[line] ?? 0) + number; };
  for (const connection of window.connections) {
    if (connection.connectionState !== "connected") continue;
    for (const one of (await connection.getStats()).values()) {
      if (one.kind !== "video") continue;
      if (one.type === "inbound-rtp") add(`in ${one.mid}`, one.bytesReceived);
      if (one.type === "outbound-rtp") add(`out ${one.mid}`, one.packetsSent);
    }
  }
  return found;
}
"""


def on_stage(place: Place, name: str, *devices: str, **options: str) -> Visitor:
    """Somebody who has gone up by themselves."""
    visitor = place.attendee(name, **options)
    visitor.button("Join stage").click()
    visitor.go_up(*devices)
    return visitor


def area(visitor: Visitor, selector: str) -> list[float]:
    """The areas of what is found, in pixels, the biggest first."""
    boxes = visitor.page.locator(selector).evaluate_all(
        "(all) => all.map((one) => one.clientWidth * one.clientHeight)"
    )
    return sorted(boxes, reverse=True)


def test_screen_and_camera_are_seen_at_once(make_place: Rooms) -> None:
    """Rule 4: begun and ended by oneself, while the camera goes on; and a late joiner sees both."""
    place = make_place(mode="open")
    ann, ben = on_stage(place, "Ann", "Camera", "Microphone"), place.attendee("Ben")
    ben.sees("Ann")
    camera = ben.tile("Ann").locator("video").evaluate("(one) => one.srcObject.id")
    ann.button("Share screen").click()
    ben.sees_screen("Ann")
    ben.sees("Ann")
    assert ben.tile("Ann").locator("video").evaluate("(one) => one.srcObject.id") == camera
    sizes = [
        tile.locator("video").evaluate("(one) => [one.videoWidth, one.videoHeight]")
        for tile in (ben.tile("Ann"), ben.screen("Ann"))
    ]
    assert sizes[0] != sizes[1], "these are two pictures"
    late = place.attendee("Late")
    late.sees_screen("Ann")
    late.sees("Ann")
    late.hears("Ann")
    expect(ann.page.locator(".tile-screen")).to_have_attribute("aria-label", "Your screen")
    ann.uses("audio", "video", "video")

    ann.button("Stop sharing").click()
    expect(ben.screen("Ann")).to_have_count(0)
    ann.uses("audio", "video")
    ben.sees("Ann")
    ann.page.keyboard.press("s")
    ben.sees_screen("Ann")


def test_nothing_more_of_a_stopped_screen_arrives(make_place: Rooms) -> None:
    """Rules 13, 14 and 16, with a page of Ann's that goes on sending all of it."""
    place = make_place(mode="open")
    ann = on_stage(place, "Ann", "Camera", script=DISOBEDIENT)
    mod = place.moderator("Mo", script=WATCH_CONNECTIONS)
    ann.button("Share screen").click()
    mod.sees_screen("Ann")
    mod.sees("Ann")
    mod.act_on("Ann", "Stop screen")
    expect(mod.screen("Ann")).to_have_count(0)
    expect(ann.notice("Mo stopped the sharing of your screen")).to_be_visible()
    mod.page.wait_for_timeout(300)  # what was under way has arrived
    sent, arrived = (one.page.evaluate(SENT_AND_ARRIVED) for one in (ann, mod))
    (screen,) = set(arrived) - {"in 1"}
    for _ in range(150):
        ann.page.wait_for_timeout(200)
        sent_now, arrived_now = (one.page.evaluate(SENT_AND_ARRIVED) for one in (ann, mod))
        both_go_on = all(sent_now[line] > sent[line] + 30 for line in ("out 1", "out 2"))
        if both_go_on and arrived_now["in 1"] > arrived["in 1"] + 30_000:
            break
    else:
        pytest.fail(f"not all goes on: {sent} {sent_now}, {arrived} {arrived_now}")
    assert arrived_now[screen] == arrived[screen]


def test_moderators_see_who_shares_and_stop_it(make_place: Rooms) -> None:
    """Rules 16 and 17: one by one and all at once, but not the host's."""
    place = make_place(mode="open")
    ann, ben = on_stage(place, "Ann"), on_stage(place, "Ben", "Camera")
    mod, host = place.moderator("Mo"), place.host("Helen")
    host.button("Join stage").click()
    host.go_up()
    stop = mod.row("On stage", "Ann").get_by_role("button", name="Stop Ann's screen")
    expect(stop).to_be_hidden()
    for one in (ann, ben, host):
        one.button("Share screen").click()
        mod.sees_screen(one.name)
    people = mod.show_people()
    expect(people.locator(".person", has_text="Ann")).to_contain_text("shares a screen")
    mod.page.get_by_role("tab", name="Moderate").click()
    stop.click()
    expect(ann.notice("Mo stopped the sharing of your screen")).to_be_visible()
    expect(ann.button("Share screen")).to_be_visible()
    ann.uses()
    theirs = mod.row("On stage", "Helen").get_by_role("button", name="Stop Helen's screen")
    expect(theirs).to_be_disabled()
    mod.page.get_by_role("button", name="Stop screens").click()
    expect(mod.screen("Ben")).to_have_count(0)
    ben.uses("video")
    mod.sees_screen("Helen")
    ann.page.keyboard.press("s")
    mod.sees_screen("Ann")
    expect(ann.notice("stopped the sharing")).to_have_count(0)
    host.page.get_by_role("button", name="Close the panel").click()
    assert_fits(host)


def test_the_browser_s_own_control_ends_it(make_place: Rooms) -> None:
    """The track ends by itself, be it that its window was closed; the room is told."""
    place = make_place(mode="open")
    ann, ben = on_stage(place, "Ann"), place.attendee("Ben")
    ann.button("Share screen").click()
    ben.sees_screen("Ann")
    ann.page.evaluate(
        """() => {
          captured[0].stop();
          captured[0].dispatchEvent(new Event("ended"));
        }"""
    )
    expect(ben.screen("Ann")).to_have_count(0)
    expect(ann.notice("Your screen is not shared any more")).to_be_visible()
    expect(ann.button("Share screen")).to_be_visible()


def test_a_removal_ends_it(make_place: Rooms) -> None:
    """Rule 13: what was shared is released."""
    place = make_place(mode="open")
    ann, mod = on_stage(place, "Ann", "Camera"), place.moderator("Mo")
    ann.button("Share screen").click()
    mod.sees_screen("Ann")
    mod.row("On stage", "Ann").get_by_role("button", name="Remove").click()
    expect(mod.page.locator(".tile")).to_have_count(0)
    expect(ann.button("Share screen")).to_be_hidden()
    ann.uses()


@pytest.mark.parametrize(
    ("message", "said"),
    [("Permission denied", 0), ("Permission denied by system", 1)],
    ids=["nothing chosen", "not allowed"],
)
def test_nothing_is_shared_unless_something_is_chosen(
    make_place: Rooms, message: str, said: int
) -> None:
    """Who closes the picker knows it; what the system forbids is said."""
    picker = f"""
    navigator.mediaDevices.getDisplayMedia = async () => {{
      window.asked = true;
      throw new DOMException("{message}", "NotAllowedError");
    }};
    """
    place = make_place(mode="open")
    ann = on_stage(place, "Ann", script=WATCH_DEVICES + picker)
    ann.button("Share screen").click()
    ann.page.wait_for_function("() => window.asked")
    expect(ann.notice("Your system does not let the browser share")).to_have_count(said)
    expect(ann.button("Share screen")).to_be_enabled()
    expect(ann.page.locator(".tile-screen")).to_have_count(0)


def test_without_a_picker_there_is_no_button(make_place: Rooms) -> None:
    """As on phones; the key does nothing either."""
    place = make_place(mode="open")
    script = WATCH_DEVICES + "delete MediaDevices.prototype.getDisplayMedia;"
    script = script.replace('"getUserMedia", "getDisplayMedia"', '"getUserMedia"')
    ann = on_stage(place, "Ann", script=script)
    expect(ann.button("Unmute")).to_be_visible()
    expect(ann.button("Share screen")).to_be_hidden()
    ann.page.keyboard.press("s")
    ann.page.keyboard.press("v")
    ann.uses("video")


ALL_STAGES = """
async () => {
  const { placeStage } = await import("/static/js/layout.js");
  const wrong = [];
  for (const [w, h] of [[1280, 640], [390, 600], [844, 250], [1920, 950], [320, 380], [600, 600]]) {
    for (let screens = 1; screens <= 4; screens++) {
      for (let people = 1; people <= 16; people++) {
        const tiles = placeStage(screens, people, w, h, 8);
        const inside = tiles.every((one) => one.x >= 0 && one.y >= 0 && one.x + one.width <= w
          && one.y + one.height <= h);
        const apart = tiles.every((a, i) => tiles.every((b, j) => i === j
          || a.x + a.width <= b.x || b.x + b.width <= a.x
          || a.y + a.height <= b.y || b.y + b.height <= a.y));
        const areas = tiles.map((one) => one.width * one.height);
        const large = Math.min(...areas.slice(0, screens)) > (screens < 2 ? areas[screens] : 0);
        if (tiles.length !== screens + people || !inside || !apart || !large) {
          wrong.push({ w, h, screens, people, inside, apart, large });
        }
      }
    }
  }
  return wrong;
}
"""


def test_screens_are_large_and_people_a_strip_on_any_screen(make_place: Rooms) -> None:
    """By the rule that places them, and one, two and three screens on the page itself."""
    place = make_place(mode="open")
    ben = place.attendee("Ben")
    assert ben.page.evaluate(ALL_STAGES) == []
    sharing = [on_stage(place, name) for name in ("Ann", "Cal", "Dee")]
    for number, one in enumerate(sharing, 1):
        one.button("Share screen").click()
        expect(ben.page.locator(".tile-screen")).to_have_count(number)
        expect(ben.page.locator(".tile")).to_have_count(number + 3)
        for size in (DESKTOP, TABLET, PHONE, LYING, SMALL):
            for visitor in (ben, sharing[0]):
                visitor.page.set_viewport_size(size)  # type: ignore[arg-type]
                visitor.page.wait_for_function(f"() => ({OVERLAPS})() === 0")
                assert_fits(visitor)
            screens, people = area(ben, ".tile-screen"), area(ben, ".tile:not(.tile-screen)")
            assert screens[-1] > people[0], size
