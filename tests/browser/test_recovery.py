"""Everything breaks once: the server, the engine, the network, the tab."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, Route, expect

from tests.server_process import ServerProcess

from .axe import Inspection
from .cable import Cable
from .conftest import Place
from .listening import heard, hears, listen

Rooms = Callable[..., Place]


def children(pid: int) -> list[int]:
    """The processes that this one has started."""
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(child) for child in found.split()]


def engine_of(server: ServerProcess) -> int:
    """The media engine's process."""
    assert server.process is not None
    for child in children(server.process.pid):
        if b"stagedoor.sfu" in Path(f"/proc/{child}/cmdline").read_bytes():
            return child
    raise AssertionError("the server has no engine process")


def test_killed_server_comes_back_with_everybody_on_stage(
    make_place: Rooms, server: ServerProcess
) -> None:
    """Rule 12: back on stage by themselves, microphone and camera off, and that is said."""
    place = make_place(mode="open")
    ann, ben = place.attendee("Ann"), place.moderator("Ben")
    for one in (ann, ben):
        one.button("Join stage").click()
        one.go_up("Camera", "Microphone")
    ben.sees("Ann")
    server.kill()
    for one in (ann, ben):
        expect(one.page.locator("#reconnecting")).to_be_visible(timeout=30_000)
        one.uses()
    server.start()
    for one in (ann, ben):
        expect(one.page.locator("#reconnecting")).to_be_hidden(timeout=30_000)
        expect(one.notice("You are back on stage")).to_be_visible()
        expect(one.page.locator(".bar-status")).to_have_text("You are muted")
        expect(one.page.locator(".tile")).to_have_count(2)
        expect(one.page.locator('.tile[data-seat="on_stage"]')).to_have_count(2)
    ann.button("Unmute").click()
    ann.button("Start camera").click()
    ben.hears("Ann")
    ben.sees("Ann")


def test_a_server_that_restarts_is_no_alarm(make_place: Rooms, server: ServerProcess) -> None:
    place = make_place(mode="open")
    ann = place.attendee("Ann")
    listen(ann)
    server.stop()
    banner = ann.page.locator("#reconnecting")
    expect(banner).to_contain_text("The server restarts. You will be back in a moment.")
    hears(ann, "The server restarts.", "alert")
    server.start()
    expect(banner).to_be_hidden(timeout=30_000)
    server.kill()
    expect(banner).to_contain_text("Reconnecting…", timeout=30_000)
    hears(ann, "The connection is lost. Reconnecting…", "alert")
    server.start()
    expect(banner).to_be_hidden(timeout=30_000)
    assert len(heard(ann, "alert")) == 2, "each is said once"


def test_killed_engine_is_replaced_and_media_flow_again(
    make_place: Rooms, server: ServerProcess
) -> None:
    """Nobody does anything: the pages negotiate anew."""
    place = make_place(mode="open")
    ann, ben = place.attendee("Ann"), place.attendee("Ben")
    ann.button("Join stage").click()
    ann.go_up("Camera", "Microphone")
    ben.sees("Ann")
    old = engine_of(server)
    os.kill(old, signal.SIGKILL)
    ben.receives_anew("Ann")
    ben.sees("Ann")
    ben.hears("Ann")
    assert engine_of(server) != old
    expect(ann.page.locator("#reconnecting")).to_be_hidden()


def test_lost_network_is_seen_and_mended(
    make_place: Rooms, server: ServerProcess, inspect: Inspection
) -> None:
    """The others see the seat held; whoever comes back goes on (rule 12)."""
    place = make_place(mode="open")
    with contextlib.closing(Cable(server.port)) as cable:
        ann, ben = place.visitor("Ann"), place.attendee("Ben")
        ann.link = f"http://localhost:{cable.port}/r/{place.id}"
        ann.enter()
        ann.button("Join stage").click()
        ann.go_up("Camera")
        cable.cut()
        expect(ann.page.locator("#reconnecting")).to_be_visible(timeout=60_000)
        expect(ben.tile("Ann")).to_have_attribute("data-seat", "held", timeout=60_000)
        expect(ben.tile("Ann")).to_contain_text("Reconnecting")
        inspect.look(ben, "a held seat", ["desktop"])
        cable.mend()
        expect(ann.notice("You are back on stage")).to_be_visible()
        expect(ben.tile("Ann")).to_have_attribute("data-seat", "on_stage")


def test_the_same_session_in_another_tab(make_place: Rooms) -> None:
    """The newer tab counts; the older says so and does not fight, but can be used again."""
    ann = make_place(mode="open").attendee("Ann")
    with ann.context.expect_page() as opened:
        ann.page.evaluate("() => { window.open(location.href); }")
    other = opened.value
    expect(other.locator("#room")).to_be_visible()
    expect(ann.page.get_by_role("heading", name="Open in another tab")).to_be_visible()
    ann.page.get_by_role("button", name="Use here").click()
    expect(ann.page.locator("#room")).to_be_visible()
    expect(other.get_by_role("heading", name="Open in another tab")).to_be_visible()


def test_unreachable_server_is_named_and_waited_for(
    make_place: Rooms, server: ServerProcess, inspect: Inspection
) -> None:
    """Before one has entered."""
    ann = make_place(mode="open").visitor("Ann").open()
    expect(ann.page.get_by_label("Your name")).to_be_visible()
    server.kill()
    ann.page.get_by_label("Your name").fill("Ann")
    ann.page.get_by_role("button", name="Enter").click()
    expect(ann.page.locator("#loading")).to_contain_text("cannot be reached")
    inspect.look(ann, "loading, unreachable")
    server.start()
    expect(ann.page.locator("#room")).to_be_visible(timeout=30_000)


def fails_once(page: Page, address: str) -> list[str]:
    """Have the first request for an address fail; what was asked for is in the list."""
    failed: list[str] = []

    def fail(route: Route) -> None:
        failed.append(route.request.url)
        route.abort()

    page.route(address, fail, times=1)
    return failed


def test_a_page_that_did_not_come_whole_is_loaded_again(make_place: Rooms) -> None:
    """By itself; and where that is of no use, the person is told, and has a button."""
    ann = make_place(mode="open").visitor("Ann")
    failed = fails_once(ann.page, "**/js/notices.js")
    ann.enter()
    assert failed

    ann.page.route("**/js/notices.js", lambda route: route.abort())
    ann.page.evaluate("sessionStorage.setItem('stagedoor.loading', '3')")
    ann.page.reload()
    expect(ann.page.get_by_text("This page could not be loaded whole.")).to_be_visible()
    expect(ann.page.locator(".spinner").first).to_be_hidden()
    ann.page.unroute("**/js/notices.js")
    ann.page.get_by_role("button", name="Try again").click()
    expect(ann.page.locator("#stage")).to_be_visible()


def test_the_front_page_says_that_it_did_not_come_whole(make_place: Rooms) -> None:
    """It is not blank, and takes no link that nothing would read."""
    place = make_place(mode="open")
    ann = place.visitor("Ann")
    ann.page.route("**/js/landing.js", lambda route: route.abort())
    ann.page.add_init_script("sessionStorage.setItem('stagedoor.loading', '3')")
    ann.page.goto(place.server.url)
    expect(ann.page.get_by_text("This page could not be loaded whole.")).to_be_visible()
    expect(ann.page.get_by_label("Your link to a room")).to_be_hidden()
    ann.page.unroute("**/js/landing.js")
    ann.page.get_by_role("button", name="Try again").click()
    expect(ann.page.get_by_label("Your link to a room")).to_be_visible()


def test_a_page_of_two_versions_is_loaded_again(make_place: Rooms) -> None:
    """Once the server itself answers, and not a proxy before it that finds none."""
    ann = make_place(mode="open").visitor("Ann")
    down, asked = ["down"], list[str]()

    def other(route: Route) -> None:
        route.fulfill(content_type="text/javascript", body="export const none = 0;")

    def page(route: Route) -> None:
        asked.append(route.request.method)
        if route.request.method == "HEAD" and down:
            down.pop()
            route.fulfill(status=502)
        else:
            route.continue_()

    ann.page.route("**/js/notices.js", other, times=1)
    ann.page.route("**/r/*", page)
    ann.enter()
    assert asked == ["GET", "HEAD", "HEAD", "GET"]
    told = [any(word in error for error in ann.errors) for word in ("export named", "502")]
    assert (told, len(ann.errors)) == ([True, True], 2)
    ann.errors.clear()


def test_a_stylesheet_that_did_not_come_is_loaded_alone(make_place: Rooms) -> None:
    ann = make_place(mode="open").visitor("Ann")
    fails_once(ann.page, "**/css/reactions.css")
    ann.open().page.get_by_label("Your name").fill("Ann")
    expect(ann.page.locator("link[data-tries='1']")).to_be_attached()
    links = "document.querySelectorAll('link[rel=stylesheet]')"
    ann.page.wait_for_function(f"[...{links}].every((link) => link.sheet)")
    expect(ann.page.get_by_label("Your name")).to_have_value("Ann")
