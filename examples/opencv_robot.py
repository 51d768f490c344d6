"""A robot on stage without a camera: it draws its pictures with OpenCV, and says when it moves.

    .venv/bin/python examples/opencv_robot.py http://localhost:8080/r/demo

It asks to join the stage, takes the seat it is offered, and stays until the room ends or Ctrl-C.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import math

import cv2
import numpy as np
import numpy.typing as npt

from stagedoor_client import Capture, Options, Pictures, Room, Sounds, parse

WIDTH, HEIGHT, FPS = 640, 480, 25
RATE = 48000


def picture(number: int) -> npt.NDArray[np.uint8]:
    """What the robot sees, or thinks: BGR of shape (HEIGHT, WIDTH, 3)."""
    drawn = np.full((HEIGHT, WIDTH, 3), 32, np.uint8)
    angle = number / FPS
    centre = (int(WIDTH / 2 + 200 * math.cos(angle)), int(HEIGHT / 2 + 140 * math.sin(angle)))
    cv2.circle(drawn, centre, 40, (64, 200, 255), -1)
    cv2.putText(drawn, f"step {number}", (20, 450), cv2.FONT_HERSHEY_SIMPLEX, 1, (255,) * 3, 2)
    return drawn


def beep() -> npt.NDArray[np.int16]:
    """A fifth of a second at 660 Hz."""
    times = np.arange(RATE // 5) / RATE
    return (np.sin(2 * np.pi * 660 * times) * 6000).astype(np.int16)


async def work(pictures: Pictures, sounds: Sounds) -> None:
    """The robot's own loop; it draws only while somebody may see it."""
    for number in range(2**62):
        if pictures.on:
            pictures.show(picture(number))
        if sounds.on and number % FPS == 0:
            sounds.say(beep())
        await asyncio.sleep(1 / FPS)


async def main(link: str, name: str) -> None:
    """Be in the room until it ends."""
    pictures, sounds = Pictures(), Sounds()
    options = Options(
        name,
        ask=True,
        accept=True,
        capture=Capture(camera=pictures, microphone=sounds),
        on_line=lambda line: print(line.sentence, flush=True),
    )
    async with Room(parse(link), options) as room:
        working = asyncio.create_task(work(pictures, sounds))
        try:
            await room.ended()
        finally:
            working.cancel()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("link", help="to a room, as for a browser")
    parser.add_argument("--name", default="Robot", help="how others see it")
    arguments = parser.parse_args()
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(main(arguments.link, arguments.name))
