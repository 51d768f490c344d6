"""A phone on the local network: https with a certificate made here, and so a camera."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser, expect

from tests.server_process import ServerProcess

from .visitors import PHONE, Visitor

SESSION = "Object.entries(sessionStorage).find(([key]) => key.startsWith('stagedoor.session'))[1]"


def test_a_page_on_the_local_network_has_the_camera(chromium: Browser, tmp_path: Path) -> None:
    arguments = ["--self-signed"]
    with ServerProcess(tmp_path / "data", arguments=arguments, host="0.0.0.0") as server:
        link = server.ready[2].split()[-1]
        assert link.startswith("https://")
        ann = Visitor(chromium, "Ann", link, viewport=PHONE, ignore_https_errors=True).enter()
        page = ann.page
        assert page.evaluate("isSecureContext")
        wish = "navigator.mediaDevices.getUserMedia({ video: true, audio: true })"
        assert page.evaluate(f"{wish}.then((stream) => stream.getTracks().length)") == 2

        # A reload comes back as the same person, with another secret each time.
        seen = [page.evaluate(SESSION)]
        for _ in range(2):
            page.reload()
            expect(page.locator("#room")).to_be_visible()
            seen.append(page.evaluate(SESSION))
        assert len(set(seen)) == 3
        assert len({one.partition(".")[0] for one in seen}) == 1
        assert not ann.errors
        ann.context.close()
