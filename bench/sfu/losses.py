"""Where packets get lost between a publisher and its viewers, by the counters of those who drop."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .engine import Stagedoor


@dataclass(frozen=True)
class Losses:
    """Packets dropped so far: by the server as they were too late or its socket took no more;
    before it, as its socket was full; by the kernel on the way; in viewers' sockets.
    """

    unsent: int
    unread: int
    underway: int
    waiting: int

    @classmethod
    async def now(cls, server: Stagedoor) -> Losses:
        """As it stands."""
        stats: dict[str, Any] = await server.engine.stats()
        unread = sum(_unread(f"/proc/{pid}/net/snmp") for pid in server.pids)
        return cls(stats["datagrams_dropped"], unread, _underway(), _unread("/proc/net/snmp"))

    def since(self, before: Losses) -> str:
        """In words."""
        return (
            f"dropped {self.unsent - before.unsent} by the engine,"
            f" {self.unread - before.unread} before it, {self.underway - before.underway} on the"
            f" way, {self.waiting - before.waiting} in viewers' sockets"
        )


def _underway() -> int:
    """Packets that a processor's queue had no room for, of all namespaces."""
    rows = Path("/proc/net/softnet_stat").read_text().splitlines()
    return sum(int(row.split()[1], 16) for row in rows)


def _unread(path: str) -> int:
    """UDP datagrams that sockets had no room for (RcvbufErrors), of a network namespace."""
    lines = Path(path).read_text().splitlines()
    names, values = (line.split() for line in lines if line.startswith("Udp:"))
    return int(values[names.index("RcvbufErrors")])
