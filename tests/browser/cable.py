"""A network that can be cut: it then says nothing, as a dead network does."""

from __future__ import annotations

import contextlib
import socket
import threading


class Cable:
    """A TCP port on localhost that leads to another one, until it is cut.

    Browsers' own emulation of being offline leaves WebSockets half open; this does not.
    """

    def __init__(self, port: int) -> None:
        self._target = port
        self._whole = threading.Event()
        self._whole.set()
        self._forwards = True
        self._open: list[socket.socket] = []
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self, *, backwards_only: bool = False, told: bool = False) -> None:
        """From now on nothing passes, and nobody is told; or no answers alone.

        ``told``: what was open is closed at both ends, and new connections are not answered.
        """
        self._forwards = backwards_only
        self._whole.clear()
        if told:
            self._forget()

    def mend(self) -> None:
        """New connections pass again; the old ones are lost."""
        self._forget()
        self._whole.set()

    def close(self) -> None:
        """End everything."""
        self._listening.close()
        self._whole.set()
        self._forget()

    def _forget(self) -> None:
        for one in self._open:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        self._open.clear()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listening.accept()
            except OSError:
                return
            self._whole.wait()
            try:
                far = socket.create_connection(("127.0.0.1", self._target))
            except OSError:
                near.close()
                continue
            self._open += [near, far]
            for one, other, forth in ((near, far, True), (far, near, False)):
                threading.Thread(target=self._pump, args=(one, other, forth), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket, forth: bool) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                if not self._whole.is_set() and not (forth and self._forwards):
                    return  # swallowed; the sockets stay open until the cable is mended
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)
