"""A seat that changes hands, at the page: the next one is seen without negotiating."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from typing import Any, Self

from playwright.sync_api import expect

from bench.performer import Loop, Performer, film
from stagedoor_client import parse

from .conftest import Place
from .visitors import PATIENCE, WATCH_DEVICES

Rooms = Callable[..., Place]

#: Counts what is negotiated, and notes under whose name pictures of what width are shown.
SCRIPT = (
    WATCH_DEVICES
    + """
window.negotiated = 0;
const { setRemoteDescription } = RTCPeerConnection.prototype;
RTCPeerConnection.prototype.setRemoteDescription = function (...all) {
  window.negotiated += 1;
  return setRemoteDescription.apply(this, all);
};
window.shown = [];
const source = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, "srcObject");
Object.defineProperty(HTMLMediaElement.prototype, "srcObject", {
  ...source,
  set(stream) {
    source.set.call(this, stream);
    if (!stream || !(this instanceof HTMLVideoElement)) return;
    const note = (now, { width }) => {
      if (this.srcObject !== stream) return;
      const name = this.closest(".tile").querySelector(".tile-name").textContent;
      window.shown.push(`${name} ${width}`);
      this.requestVideoFrameCallback(note);
    };
    this.requestVideoFrameCallback(note);
  },
});
"""
)
#: By name the size of the pictures, by which they are known.
PICTURES = {"Ann": (160, 120), "Ben": (192, 144), "Cat": (128, 96)}


class Players:
    """People on stage beside this test, in a thread of their own."""

    def __enter__(self) -> Self:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()
        self._playing: asyncio.Task[None] | None = None
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(PATIENCE / 1000)

    def play(self, link: str, name: str, loop: Loop) -> None:
        """Have somebody go up and play."""

        async def begin() -> None:
            player = Performer(parse(link), name, loop)
            self._playing = asyncio.create_task(player.run())
            await player.playing.wait()

        self._do(begin())

    def stop(self) -> None:
        """Have them lose their connection."""

        async def end() -> None:
            if self._playing is not None:
                self._playing.cancel()
                await asyncio.gather(self._playing, return_exceptions=True)

        self._do(end())


def test_the_next_one_is_seen_under_their_name_without_negotiating(make_place: Rooms) -> None:
    """The third sits where the first did; rule 12: whoever has gone is shown as held meanwhile."""
    place = make_place(mode="open")
    viewer = place.attendee("Vic", script=SCRIPT)
    films = {
        name: film(width=width, height=height, seconds=2, mbit=0.15)
        for name, (width, height) in PICTURES.items()
    }
    negotiated = 0
    with Players() as players:
        for name, (width, _) in PICTURES.items():
            players.play(viewer.link, name, films[name])
            viewer.sees(name)
            viewer.page.wait_for_function(
                "(one) => shown.includes(one)", arg=f"{name} {width}", timeout=PATIENCE
            )
            negotiated = negotiated or viewer.page.evaluate("() => negotiated")
            players.stop()
            expect(viewer.tile(name)).to_have_attribute("data-seat", "held")
    assert viewer.page.evaluate("() => negotiated") == negotiated
    shown = set(viewer.page.evaluate("() => shown"))
    assert shown == {f"{name} {width}" for name, (width, _) in PICTURES.items()}
