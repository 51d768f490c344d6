"""A second host on this machine: a network namespace, joined to ours by a veth pair. Needs root.

Over a veth pair the sender's system call goes through the receiver's network stack as well, up to
the socket, and pays for it. ``lose`` has packets end where they would have left a machine of their
own: they are sent to an address whose hardware address nobody has, so that this side drops them as
somebody else's before it has looked at them (PACKET_OTHERHOST).
"""

from __future__ import annotations

import ctypes
import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

CLONE_NEWNET = 0x40000000  # setns(2)
NOBODY = "02:00:00:00:00:01"


class Left(NamedTuple):
    """What the interface inside has sent: packets, where a message that is cut up later is one."""

    packets: int
    dropped: int


class Namespace:
    """Made on entering, gone on leaving.

    ``host`` is its address, ``ours`` that of this side, and ``away`` another one of this side, of
    which ``lose`` says whether packets arrive there.
    """

    def __init__(self, name: str = "stagedoor-bench") -> None:
        pid = os.getpid()
        net = f"10.{100 + (pid >> 8) % 100}.{pid % 256}"  # two may run at the same time
        self.ours, self.host, self.away = (f"{net}.{number}" for number in (1, 2, 3))
        self.interface = f"sdp{pid % 100000}"
        self._peer = f"sdo{pid % 100000}"
        self._name = f"{name}-{pid}"

    def __enter__(self) -> Self:
        inside = ("ip", "-n", self._name)
        try:
            _run("ip", "netns", "add", self._name)
            _run("ip", "link", "add", self._peer, "type", "veth", "peer", "name", self.interface)
            _run("ip", "link", "set", self.interface, "netns", self._name)
            _run("ip", "addr", "add", f"{self.ours}/24", "dev", self._peer)
            _run("ip", "addr", "add", f"{self.away}/32", "dev", self._peer)
            _run("ip", "link", "set", self._peer, "up")
            _run(*inside, "addr", "add", f"{self.host}/24", "dev", self.interface)
            _run(*inside, "link", "set", self.interface, "up")
            _run(*inside, "link", "set", "lo", "up")
        except BaseException:
            self._remove()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._remove()

    def _remove(self) -> None:
        subprocess.run(["ip", "link", "del", self._peer], check=False, capture_output=True)
        subprocess.run(["ip", "netns", "del", self._name], check=False, capture_output=True)

    def lose(self, on: bool) -> None:
        """Whether what is sent from inside to ``away`` is gone once it has left."""
        mac = Path(f"/sys/class/net/{self._peer}/address").read_text().strip()
        neighbour = (self.away, "lladdr", NOBODY if on else mac, "dev", self.interface)
        _run("ip", "-n", self._name, "neigh", "replace", *neighbour, "nud", "permanent")

    def cut(self, on: bool) -> None:
        """Whether the kernel cuts messages into packets, or leaves that to the interface."""
        feature = ("tx-udp-segmentation", "off" if on else "on")
        _run("ip", "netns", "exec", self._name, "ethtool", "-K", self.interface, *feature)

    def left(self) -> Left:
        """What has left so far."""
        shown = _run("ip", "-n", self._name, "-s", "-j", "link", "show", "dev", self.interface)
        sent = json.loads(shown)[0]["stats64"]["tx"]
        return Left(sent["packets"], sent["dropped"])

    def start(self, *command: str) -> subprocess.Popen[bytes]:
        """Start a program inside; its process is the program itself."""
        return subprocess.Popen(
            ["ip", "netns", "exec", self._name, *command],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    @contextmanager
    def inside(self) -> Iterator[None]:
        """What this thread starts and opens meanwhile is inside."""
        with Path("/proc/thread-self/ns/net").open() as home:
            with Path(f"/run/netns/{self._name}").open() as there:
                _enter(there.fileno())
            try:
                yield
            finally:
                _enter(home.fileno())


def _enter(descriptor: int) -> None:
    if ctypes.CDLL(None, use_errno=True).setns(descriptor, CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), "the network namespace cannot be entered")


def _run(*command: str) -> str:
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr.strip()}")
    return done.stdout
