"""How the client's window keeps up with a full stage: pictures painted, and how long events wait.

Real people replay 640x360 at 25 pictures a second and a tone, in a process of their own, through a
real server; the client's window receives them in another one, without a screen and on a virtual
one, all on two cores. ``python -m bench.tiles --people 6,12 --seconds 10``
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from tests.server_process import ServerProcess

CORES = 2
SCREEN = "1920x1080x24"
PLATFORMS = ("offscreen", "xcb")


@contextmanager
def performing(link: str, people: int) -> Iterator[None]:
    """So many people on stage, in a process of their own."""
    command = [sys.executable, "-m", "bench.performer", link, "--people", str(people)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        if process.stdout.readline() != "playing\n":
            raise RuntimeError("the performers do not play")
        yield
    finally:
        process.terminate()
        process.wait()


@contextmanager
def screen(platform: str) -> Iterator[dict[str, str]]:
    """The environment of a program on Qt's platform; for xcb with an X server of its own."""
    environment = {**os.environ, "QT_QPA_PLATFORM": platform}
    if platform != "xcb":
        yield environment
        return
    command = ["Xvfb", "-displayfd", "1", "-screen", "0", SCREEN, "-nolisten", "tcp"]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    try:
        assert process.stdout is not None
        yield {**environment, "DISPLAY": f":{process.stdout.readline().strip()}"}
    finally:
        process.terminate()
        process.wait()


def measure(platforms: list[str], people: int, seconds: float) -> None:
    """Print a line for each platform, with so many people on stage."""
    with ServerProcess(demo=False) as server:
        link = server.create_room(mode="open")["links"]["attendee"]
        with performing(link, people):
            for platform in platforms:
                with screen(platform) as environment:
                    command = [sys.executable, "-m", "bench.watcher", link, str(seconds)]
                    subprocess.run([*command, str(people)], env=environment, check=True)


def main() -> None:
    """Measure as the command line says."""
    parser = argparse.ArgumentParser(prog="python -m bench.tiles", description=__doc__)
    parser.add_argument("--people", default="6,12", help="how many tiles, one figure each")
    parser.add_argument("--platforms", default=",".join(PLATFORMS), help="Qt's names")
    parser.add_argument("--seconds", type=float, default=10.0)
    options = parser.parse_args()
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:CORES])
    platforms = options.platforms.split(",")
    if "xcb" in platforms and shutil.which("Xvfb") is None:
        parser.error("there is no Xvfb here; apt-get install xvfb, or --platforms offscreen")
    for count in map(int, options.people.split(",")):
        measure(platforms, count, options.seconds)


if __name__ == "__main__":
    main()
