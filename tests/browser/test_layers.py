"""A picture comes as large as it is shown: a small tile gets a small one, an enlarged a larger."""

from __future__ import annotations

from collections.abc import Callable

from .conftest import Place
from .test_sharing import WATCH_CONNECTIONS, on_stage
from .visitors import DESKTOP, PATIENCE, Visitor

Rooms = Callable[..., Place]

SMALL = {"width": 640, "height": 420}

#: Of the pictures that arrive: width, and how many were decoded.
ARRIVING = """
async () => {
  for (const connection of window.connections) {
    for (const one of (await connection.getStats()).values()) {
      if (one.type === "inbound-rtp" && one.kind === "video" && one.framesDecoded)
        return [one.frameWidth ?? 0, one.framesDecoded];
    }
  }
  return [0, 0];
}
"""

#: The layers that are sent, the smallest first: whether each is active.
SENDING = """
() => {
  const senders = window.connections.flatMap((one) => one.getSenders());
  const layered = senders.find((one) => one.getParameters().encodings.length > 1);
  return layered?.getParameters().encodings.map((one) => one.active) ?? [];
}
"""


def arriving(visitor: Visitor) -> list[int]:
    found: list[int] = visitor.page.evaluate(ARRIVING)
    return found


def wait_for_width(visitor: Visitor, widths: str) -> None:
    """Until pictures whose width fits this arrive."""
    visitor.page.wait_for_function(
        f"async () => {{ const width = (await ({ARRIVING})())[0]; return {widths}; }}",
        timeout=PATIENCE,
    )


def test_a_tile_gets_the_layer_of_its_size(make_place: Rooms) -> None:
    place = make_place(mode="open")
    ann = on_stage(place, "Ann", "Camera", script=WATCH_CONNECTIONS)
    ben = place.attendee("Ben", script=WATCH_CONNECTIONS, viewport=SMALL)
    ben.bring(8, on_stage=True)
    ben.sees("Ann")
    wait_for_width(ben, "width === 240")
    ann.page.wait_for_function(
        f"() => ({SENDING})().join() === 'true,false,false'", timeout=PATIENCE
    )
    _, decoded = arriving(ben)
    ben.page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
    ann.page.wait_for_function(f"() => ({SENDING})().slice(1).includes(true)", timeout=PATIENCE)
    wait_for_width(ben, "width > 240")
    ben.sees("Ann")
    _, decoded_now = arriving(ben)
    assert decoded_now > decoded
