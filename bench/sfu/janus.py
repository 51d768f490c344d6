"""Janus, the media server from Debian's package, as a peer to measure beside: its VideoRoom.

Janus ignores loopback interfaces, so it runs in a network namespace of its own (see ``Namespace``).
By default it has a thread for every viewer; with ``event_loops`` a few threads share them.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import shutil
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import aiohttp

from bench.peer import Peer

from .engine import Offer
from .namespace import Namespace
from .stream import AUDIO_SSRC, VIDEO_SSRC

PORT = 8088
PATIENCE = 20.0
FOLDERS = Path("/usr/lib/x86_64-linux-gnu/janus")

_MAIN = """
general: {{
    configs_folder = "{folder}"
    plugins_folder = "{lib}/plugins"
    transports_folder = "{lib}/transports"
    events_folder = "{lib}/events"
    loggers_folder = "{lib}/loggers"
    debug_level = 2
    session_timeout = 0
    event_loops = {loops}
}}
nat: {{ ice_lite = true, ice_enforce_list = "{interface}" }}
plugins: {{ disable = "{plugins}" }}
transports: {{ disable = "{transports}" }}
"""
_HTTP = (
    'general: {{ json = "compact", http = true, port = {port}, ip = "{host}", https = false }}\n'
)
_ROOM = 'room-1: {{ publishers = 10, audiocodec = "opus", videocodec = "vp8", bitrate = 0 }}\n'


class Janus:
    """A Janus of our own with one room, in the namespace; an async context manager."""

    def __init__(self, namespace: Namespace, loops: int = 0) -> None:
        self.name = f"Janus, {loops} event loops" if loops else "Janus"
        self._namespace = namespace
        self._loops = loops
        self._port = PORT + loops
        self._folder = Path(tempfile.mkdtemp(prefix="stagedoor-janus-"))
        self._process: subprocess.Popen[bytes] | None = None
        self._http: aiohttp.ClientSession | None = None
        self._feed = 0

    @property
    def pids(self) -> set[int]:
        """Its process."""
        return set() if self._process is None else {self._process.pid}

    async def __aenter__(self) -> Self:
        self._configure()
        self._process = self._namespace.start(
            "janus", "-C", str(self._folder / "janus.jcfg"), "-F", str(self._folder)
        )
        self._http = aiohttp.ClientSession()
        async with asyncio.timeout(PATIENCE):
            while not await self._answers():  # noqa: ASYNC110 - it has no event to wait on
                await asyncio.sleep(0.1)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._http is not None:
            await self._http.close()
        if self._process is not None:
            self._process.terminate()
            self._process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _configure(self) -> None:
        def others(kind: str, keep: str) -> str:
            return ",".join(
                one.name for one in (FOLDERS / kind).glob("*.so") if keep not in one.name
            )

        host = self._namespace.host
        texts = {
            "janus.jcfg": _MAIN.format(
                folder=self._folder,
                loops=self._loops,
                lib=FOLDERS,
                interface=self._namespace.interface,
                plugins=others("plugins", "videoroom"),
                transports=others("transports", "http"),
            ),
            "janus.transport.http.jcfg": _HTTP.format(port=self._port, host=host),
            "janus.plugin.videoroom.jcfg": _ROOM.format(),
        }
        for name, text in texts.items():
            (self._folder / name).write_text(text)

    async def _answers(self) -> bool:
        with contextlib.suppress(aiohttp.ClientError):
            async with self._get("/info") as response:
                return response.status == 200
        return False

    # -- its HTTP API

    def _url(self, path: str) -> str:
        return f"http://{self._namespace.host}:{self._port}/janus{path}"

    def _get(self, path: str) -> Any:
        assert self._http is not None
        return self._http.get(self._url(path))

    async def _post(self, path: str, **body: Any) -> dict[str, Any]:
        assert self._http is not None
        body["transaction"] = secrets.token_hex(6)
        async with self._http.post(self._url(path), json=body) as response:
            answer: dict[str, Any] = await response.json()
        if answer["janus"] == "error":
            raise RuntimeError(f"Janus: {answer['error']}")
        return answer

    async def publish(self, peer: Peer) -> None:
        """Join the room as its publisher, and connect."""
        handle = await Handle.attach(self)
        await handle.say({"request": "join", "ptype": "publisher", "room": 1})
        joined = (await handle.event())["plugindata"]["data"]
        offer = peer.offer(AUDIO_SSRC, VIDEO_SSRC)
        await handle.say({"request": "publish"}, {"type": "offer", "sdp": offer})
        await peer.connect((await handle.event(with_sdp=True))["jsep"]["sdp"])
        await handle.event("webrtcup")  # nobody can subscribe before
        self._feed = joined["id"]

    async def subscribe(self, peer: Peer) -> None:
        """Subscribe to the publisher, and connect."""
        offer = await self.offer()
        await offer.answer(peer.answer(offer.sdp))
        await peer.connect(offer.sdp)

    async def offer(self) -> Offer:
        """Have somebody subscribe."""
        handle = await Handle.attach(self)
        streams = [{"feed": self._feed}]
        await handle.say({"request": "join", "ptype": "subscriber", "room": 1, "streams": streams})
        offered = str((await handle.event(with_sdp=True))["jsep"]["sdp"])

        async def answer(sdp: str) -> None:
            await handle.say({"request": "start", "room": 1}, {"type": "answer", "sdp": sdp})

        return Offer(offered, answer, handle.leave)


class Handle:
    """A session with one handle of the VideoRoom."""

    def __init__(self, janus: Janus, session: int, handle: int) -> None:
        self._janus = janus
        self._session = f"/{session}"
        self._path = f"/{session}/{handle}"

    @classmethod
    async def attach(cls, janus: Janus) -> Self:
        """Make the session and the handle."""
        session = (await janus._post("", janus="create"))["data"]["id"]
        plugin = "janus.plugin.videoroom"
        attached = await janus._post(f"/{session}", janus="attach", plugin=plugin)
        return cls(janus, session, attached["data"]["id"])

    async def say(self, body: dict[str, Any], jsep: dict[str, str] | None = None) -> None:
        """Send a request; its outcome is an event."""
        more = {} if jsep is None else {"jsep": jsep}
        await self._janus._post(self._path, janus="message", body=body, **more)

    async def leave(self) -> None:
        """End the session."""
        await self._janus._post(self._session, janus="destroy")

    async def event(self, kind: str = "event", *, with_sdp: bool = False) -> dict[str, Any]:
        """The next event of this kind; "event" is the plugin's."""
        async with asyncio.timeout(PATIENCE):
            while True:
                async with self._janus._get(self._session) as response:
                    event: dict[str, Any] = await response.json()
                data = event.get("plugindata", {}).get("data", {})
                if "error" in data:
                    raise RuntimeError(f"Janus: {data['error']}")
                if event["janus"] == kind and ("jsep" in event or not with_sdp):
                    return event
