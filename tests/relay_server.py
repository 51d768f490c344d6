"""Debian's coturn in a process of its own: a TURN server for the end-to-end tests."""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Self

from tests.server_process import free_port

TURNSERVER = shutil.which("turnserver")
READY = 20.0  # seconds


class RelayServer:
    """``turnserver`` on loopback; ``arguments`` are for ``serve``."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="turn-")
        folder = Path(self._folder.name)
        self.port = free_port()
        self.url = f"turn:127.0.0.1:{self.port}"
        self.log = folder / "turn.log"
        self.secret_file = folder / "secret"
        self.secret_file.write_text(secrets.token_hex(16))
        self.secret_file.chmod(0o600)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def arguments(self) -> list[str]:
        """What ``serve`` is told of it."""
        return ["--turn-url", self.url, "--turn-secret-file", str(self.secret_file)]

    def __enter__(self) -> Self:
        assert TURNSERVER is not None
        options = {
            "listening-ip": "127.0.0.1",
            "relay-ip": "127.0.0.1",
            "listening-port": self.port,
            "realm": "stagedoor",
            "static-auth-secret": self.secret_file.read_text(),
            "pidfile": f"{self._folder.name}/pid",
            "userdb": f"{self._folder.name}/db",
            "log-file": self.log,
        }
        switches = ["-n", "--no-cli", "--no-tls", "--no-dtls", "--use-auth-secret", "--simple-log"]
        # Our media server is on this machine, too, where a TURN server lets nobody go by default.
        switches += ["--allow-loopback-peers", "--verbose", "--no-software-attribute"]
        self._process = subprocess.Popen(
            [TURNSERVER, *switches, *(f"--{name}={value}" for name, value in options.items())],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={"PATH": os.environ["PATH"]},
        )
        until = time.monotonic() + READY
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return self
            except OSError:
                if time.monotonic() > until or self._process.poll() is not None:
                    raise
                time.sleep(0.05)

    def __exit__(self, *_: object) -> None:
        assert self._process is not None
        self._process.terminate()
        self._process.wait()
        self._folder.cleanup()
