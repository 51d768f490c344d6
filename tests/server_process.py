"""A real server in a process of its own, for the end-to-end tests.

    with ServerProcess(demo=True) as server:
        page.goto(server.attendee_link)
        server.kill()      # SIGKILL
        server.restart()   # same ports, same data

Everything is synchronous; from asyncio tests wrap the slow ones in ``asyncio.to_thread``.
"""

from __future__ import annotations

import json
import os
import resource
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import Any, Self

READY = 60.0  # seconds
STOPPED = 30.0
TRIES = 5


class ServerProcess:
    """``python -m stagedoor serve --demo`` on free ports with a data folder of its own.

    After ``start``: ``url``, ``port`` (TCP), ``media_port`` (UDP), ``data`` (the folder), ``ready``
    (the lines that were printed), and the links to the room ``demo``. ``arguments`` go to
    ``serve``, ``environment`` is added to the process's.
    """

    def __init__(
        self,
        data: Path | None = None,
        *,
        arguments: list[str] | None = None,
        environment: dict[str, str] | None = None,
        demo: bool = True,
        host: str = "127.0.0.1",
    ) -> None:
        self._temporary = None if data else tempfile.TemporaryDirectory(prefix="stagedoor-")
        self.data = data or Path(self._temporary.name)  # type: ignore[union-attr]
        self.host = host
        self.port = 0
        self.media_port = 0
        self.ready: list[str] = []
        self.process: subprocess.Popen[bytes] | None = None
        self._arguments = arguments or []
        self._environment = environment or {}
        self._demo = demo

    # -- life

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()
        if kind is not None:
            print(f"--- the server's stderr\n{self.stderr()}", file=sys.stderr)
        if self._temporary is not None:
            self._temporary.cleanup()

    def start(self) -> None:
        """Start, and return once the server is ready. Raises RuntimeError with its stderr."""
        assert self.process is None, "it runs already"
        for left in reversed(range(TRIES)):
            chosen = self.port or free_port()
            if self._start(chosen):
                return
            # Somebody else may have taken the port between choosing and using it.
            if self.port or not left or "in use" not in self.stderr():
                break
        raise RuntimeError(f"the server did not start:\n{self.stderr()}")

    def stop(self) -> int | None:
        """SIGTERM, and wait; the exit code. SIGKILL if it does not end."""
        if self.process is None:
            return None
        self.process.terminate()
        try:
            code = self.process.wait(STOPPED)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            self.process = None
            raise RuntimeError(f"the server did not stop:\n{self.stderr()}") from None
        self.process = None
        return code

    def kill(self) -> None:
        """SIGKILL: no goodbye."""
        assert self.process is not None
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process = None

    def restart(self) -> None:
        """Start again on the same ports and data, stopping first if it runs."""
        self.stop()
        self.start()

    def limit_files(self, size: int | None) -> None:
        """Have the server write no file beyond so many bytes, as on a full disk; None lifts it."""
        assert self.process is not None
        most = resource.RLIM_INFINITY
        limit = (most if size is None else size, most)
        resource.prlimit(self.process.pid, resource.RLIMIT_FSIZE, limit)

    # -- where things are

    @property
    def url(self) -> str:
        """As people use it; localhost is a secure context for browsers."""
        return f"http://localhost:{self.port}"

    def socket_url(self, room: str = "demo") -> str:
        """The WebSocket of a room."""
        return f"ws://127.0.0.1:{self.port}/api/rooms/{room}/socket"

    @property
    def attendee_link(self) -> str:
        """The open door of the room ``demo``."""
        return f"{self.url}/r/demo"

    def moderator_link(self, room: str = "demo") -> str:
        """A moderator's link, with its token."""
        return str(self.links(room)["moderator"])

    @property
    def host_link(self) -> str:
        """The host's link of the room ``demo``."""
        return str(self.links("demo")["host"])

    @property
    def operator_key(self) -> str:
        """What the HTTP API asks for."""
        return (self.data / "operator.key").read_text().strip()

    def stderr(self) -> str:
        """All that was logged, over all starts."""
        file = self.data / "stderr.txt"
        return file.read_text(errors="replace") if file.exists() else ""

    # -- the operator's API

    def create_room(self, **body: Any) -> dict[str, Any]:
        """``POST /api/rooms``: {room, links: {host, moderator, attendee}}."""
        return self.api("POST", "/api/rooms", {"name": "A room", **body})

    def links(self, room: str = "demo", **body: Any) -> dict[str, str]:
        """New links to a room: {host, moderator, attendee}."""
        links: dict[str, str] = self.api("POST", f"/api/rooms/{room}/links", body)["links"]
        return links

    def api(self, method: str, path: str, body: Any = None) -> Any:
        """Ask the API with the operator's key. Raises urllib.error.HTTPError."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}",
            data=None if body is None else json.dumps(body).encode(),
            method=method,
            headers={"Authorization": f"Bearer {self.operator_key}"},
        )
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=30) as response:
            return json.load(response)

    # -- inside

    def _start(self, port: int) -> bool:
        command = [sys.executable, "-m", "stagedoor", "serve", "--host", self.host]
        command += ["--port", str(port), "--media-port", str(self.media_port or port)]
        command += ["--media-workers", "1"]  # the port next to a free one need not be free
        command += ["--data", str(self.data), *(["--demo"] if self._demo else [])]
        environment = {k: v for k, v in os.environ.items() if not k.startswith("STAGEDOOR_")}
        self.data.mkdir(parents=True, exist_ok=True)
        with (self.data / "stderr.txt").open("ab") as stderr:
            self.process = subprocess.Popen(
                [*command, *self._arguments],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=stderr,
                env=environment | self._environment,
                start_new_session=True,  # a Ctrl-C at the tests is not the server's
            )
        if self._wait_ready():
            self.port, self.media_port = port, self.media_port or port
            return True
        self.process.kill()
        self.process.wait()
        self.process = None
        return False

    def _wait_ready(self) -> bool:
        """Whether the ready lines came: one, and two with links for the demo room."""
        assert self.process is not None
        assert self.process.stdout is not None
        until = time.monotonic() + READY
        output = b""
        lines = 3 if self._demo else 1
        while output.count(b"\n") < lines:
            left = until - time.monotonic()
            if left <= 0 or not select.select([self.process.stdout], [], [], left)[0]:
                return False
            some = os.read(self.process.stdout.fileno(), 4096)
            if not some:
                return False
            output += some
        self.ready = output.decode().splitlines()
        return self.ready[0].startswith("Stagedoor is ready on ")


def free_port() -> int:
    """A number that is free now, as a TCP port and as a UDP port."""
    while True:
        with (
            socket.socket(socket.AF_INET, socket.SOCK_STREAM) as tcp,
            socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp,
        ):
            tcp.bind(("127.0.0.1", 0))
            port: int = tcp.getsockname()[1]
            try:
                udp.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
