"""A second host on this machine: a network namespace, joined to ours by a veth pair. Needs root."""

from __future__ import annotations

import ctypes
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

CLONE_NEWNET = 0x40000000  # setns(2)


class Namespace:
    """Made on entering, gone on leaving. ``host`` is its address, ``ours`` that of this side."""

    def __init__(self, name: str = "stagedoor-bench") -> None:
        self.host = "10.78.0.2"
        self.ours = "10.78.0.1"
        self.interface = f"sdp{os.getpid() % 100000}"
        self._peer = f"sdo{os.getpid() % 100000}"
        self._name = f"{name}-{os.getpid()}"

    def __enter__(self) -> Self:
        inside = ("ip", "-n", self._name)
        try:
            _run("ip", "netns", "add", self._name)
            _run("ip", "link", "add", self._peer, "type", "veth", "peer", "name", self.interface)
            _run("ip", "link", "set", self.interface, "netns", self._name)
            _run("ip", "addr", "add", f"{self.ours}/24", "dev", self._peer)
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


def _run(*command: str) -> None:
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr.strip()}")
