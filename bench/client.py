"""What publishing a camera costs, here and by aiortc's own webcam example, and how late it is.

All publish the same virtual camera, 640x480 at 30 pictures a second, to the real engine, which
gives all the same leave to send; a receiver decrypts what arrives. Each runs in a process of its
own, in turn, several times. ``python -m bench.client --rounds 5 --seconds 10``

aiortc's example sends a keyframe for each picture, as FFmpeg marks raw pictures so, and that is
dear. So it is measured once more with the marks taken off: what it would cost if that were mended.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import sys
from asyncio.subprocess import PIPE, Process
from dataclasses import dataclass, field
from typing import Any

from bench.peer import Peer
from bench.viewers import Listener
from stagedoor.media.interface import Grant
from stagedoor.sfu.workers.supervisor import EmbeddedEngine
from tests.client.virtual import PACKAGES, VirtualDevices, missing

WAYS = ("stagedoor", "aiortc", "aiortc-unmarked")
ROOM, PUBLISHER, VIEWER = "bench", "publisher", "viewer"
PATIENCE = 30.0


@dataclass
class Figures:
    """What was measured of one way, a value a round."""

    cpu: list[float] = field(default_factory=list)
    pictures: list[float] = field(default_factory=list)
    kilobits: list[float] = field(default_factory=list)
    delays: list[float] = field(default_factory=list)


async def measure(way: str, devices: VirtualDevices, seconds: float, figures: Figures) -> None:
    """One round."""
    engine = EmbeddedEngine(port=0)
    listener = Listener(engine)
    await engine.start(listener)
    await engine.grant(ROOM, PUBLISHER, Grant(forward=True, microphone=True, camera=True))
    received = 0

    def count(packet: bytes) -> None:
        nonlocal received
        received += len(packet)

    viewer = listener.peers[VIEWER] = await Peer.open(count)
    listener.connected[VIEWER] = asyncio.Event()
    command = ["pw-v4l2", sys.executable, "-m", "bench.publisher", way, str(seconds)]
    process = await asyncio.create_subprocess_exec(
        *command, stdin=PIPE, stdout=PIPE, env=devices.environment
    )
    try:
        offer = await _said(process)
        answer = await engine.publish(ROOM, PUBLISHER, offer["offer"])
        assert process.stdin is not None
        process.stdin.write(json.dumps(answer).encode() + b"\n")
        await engine.subscribe(ROOM, VIEWER)
        await _said(process)
        received = 0
        result = await _said(process)
        figures.cpu.append(100 * result["cpu"] / result["wall"])
        figures.pictures.append(len(result["delays"]) / result["wall"])
        figures.kilobits.append(received * 8 / 1000 / result["wall"])
        figures.delays += result["delays"]
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
        viewer.close()
        await engine.close()


async def _said(process: Process) -> Any:
    assert process.stdout is not None
    async with asyncio.timeout(PATIENCE):
        line = await process.stdout.readline()
    if not line:
        raise RuntimeError("the publisher ended too early")
    return json.loads(line)


async def compare(rounds: int, seconds: float, pattern: str) -> None:
    """All rounds, and the lines to print."""
    devices = VirtualDevices(pattern)
    figures = {way: Figures() for way in WAYS}
    try:
        await asyncio.to_thread(devices.start)
        for number in range(rounds):
            for way in WAYS if number % 2 == 0 else WAYS[::-1]:
                await measure(way, devices, seconds, figures[way])
                # GStreamer's sink gives nothing more when its reader has gone.
                await asyncio.to_thread(devices.replug)
    finally:
        await asyncio.to_thread(devices.stop)
    print(f"640x480 at 30 pictures a second, of {pattern}, VP8, {rounds} rounds of {seconds:g} s")
    for way in WAYS:
        of = figures[way]
        print(f"{way:15}  CPU {statistics.median(of.cpu):.1f} % of a core (median)")
        print(f"{way:15}  CPU of each round {', '.join(f'{value:.1f}' for value in of.cpu)} %")
        print(
            f"{way:15}  sent {statistics.median(of.pictures):.1f} pictures a second,"
            f" {statistics.median(of.kilobits):.0f} kbit/s received"
        )
        delays = sorted(of.delays)
        last = delays[int(len(delays) * 0.99)]
        print(
            f"{way:15}  camera to first RTP packet"
            f" {statistics.median(delays) * 1000:.1f} ms median,"
            f" {last * 1000:.1f} ms 99th percentile"
        )
    ours, *theirs = (statistics.median(figures[way].cpu) for way in WAYS)
    for way, other in zip(WAYS[1:], theirs, strict=True):
        print(f"stagedoor's CPU is {ours / other:.2f} of {way}'s")


def main() -> None:
    """Measure as the command line says."""
    parser = argparse.ArgumentParser(prog="python -m bench.client", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--pattern", default="smpte", help="of GStreamer's videotestsrc")
    options = parser.parse_args()
    if missing():
        sys.exit(f"{', '.join(missing())} missing; apt-get install {PACKAGES}")
    asyncio.run(compare(options.rounds, options.seconds, options.pattern))


if __name__ == "__main__":
    main()
