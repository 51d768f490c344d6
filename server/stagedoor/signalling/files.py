"""The pages and their files, kept in memory and told apart by what is in them.

A file's address holds the version of all of them, so that whoever has them asks for none again; and
a page names every module that its scripts import, so that a browser asks for all at once and not
for one import after the other. No step comes before: the files are as they are written, and whoever
changes one sees it at the next load.
"""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import mimetypes
import os
import posixpath
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from aiohttp import web

LOOK = 1.0  # seconds between two looks at whether a file has changed
FOREVER = "public, max-age=31536000, immutable"
PACKED = {".html", ".js", ".css", ".svg", ".json"}  # what gzip makes smaller
_IMPORT = re.compile(
    r"""^(?:import|export)\b(?:[^"';]*?\bfrom)?\s*["'](\.{1,2}/[^"']+)["']""", re.MULTILINE
)
_REFUSED = re.compile(r"q\s*=\s*0(\.0*)?")
_SCRIPT = re.compile(r'<script type="module" src="/static/([^"]+)">')


@dataclass(frozen=True)
class File:
    """A file's content, and its media type."""

    body: bytes
    type: str
    packs: bool

    @cached_property
    def packed(self) -> bytes:
        """The content by gzip."""
        return gzip.compress(self.body, mtime=0)

    def answer(self, request: web.Request, **headers: str) -> web.Response:
        """The answer that carries it, smaller for whoever takes it so."""
        body, charset = self.body, "utf-8" if self.packs else None
        if self.packs:
            headers["Vary"] = "Accept-Encoding"
            if takes_gzip(request.headers.get("Accept-Encoding", "")):
                headers["Content-Encoding"], body = "gzip", self.packed
        return web.Response(body=body, content_type=self.type, charset=charset, headers=headers)


class Files:
    """A folder with pages and, below it, what they need. Times in seconds of ``clock``.

    ``version``: of all that is in it, hexadecimal. Links to elsewhere are not followed.
    """

    def __init__(self, folder: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self.version = ""
        self._folder = folder
        self._clock = clock
        self._looked_at = float("-inf")
        self._seen: dict[str, tuple[int, int]] = {}
        self._files: dict[str, File] = {}
        self._pages: dict[str, File] = {}

    def look(self) -> None:
        """Read all of it again if anything has changed since the last look."""
        now = self._clock()
        if now - self._looked_at < LOOK:
            return
        self._looked_at = now
        seen = dict(_stats(self._folder))
        if seen == self._seen:
            return
        files = {}
        for path in sorted(seen):
            with contextlib.suppress(OSError):  # not ours to read, or taken away just now
                files[path] = _read(self._folder / path)
        whole = hashlib.sha256()
        for path, file in files.items():
            whole.update(b"%s\0%d\0%s" % (path.encode(), len(file.body), file.body))
        self._seen, self._files, self._pages = seen, files, {}
        self.version = whole.hexdigest()[:12]

    def find(self, path: str) -> File | None:
        """A file by its path below the folder, as it is now."""
        self.look()
        return self._files.get(path)

    def page(self, name: str) -> File:
        """A page whose addresses are those of this version. Raises KeyError."""
        self.look()
        if name not in self._pages:
            file = self._files[name]
            text = file.body.decode()
            links = [
                f'  <link rel="modulepreload" href="/static/{path}">\n'
                for path in self._modules(_SCRIPT.findall(text))
            ]
            text = text.replace("</head>", f"{''.join(links)}</head>", 1)
            text = text.replace('"/static/', f'"/static/{self.version}/')
            self._pages[name] = File(text.encode(), file.type, file.packs)
        return self._pages[name]

    def _modules(self, scripts: list[str]) -> list[str]:
        """These and all that they import, the nearest first."""
        found = [path for path in scripts if path in self._files]
        for path in found:  # grows meanwhile
            text = self._files[path].body.decode(errors="replace")
            for name in _IMPORT.findall(text):
                other = posixpath.normpath(posixpath.join(posixpath.dirname(path), name))
                if other in self._files and other not in found:
                    found.append(other)
        return found


def takes_gzip(accepted: str) -> bool:
    """Whether an Accept-Encoding names gzip, and not to refuse it (RFC 9110, section 12.5.3)."""
    for one in accepted.lower().split(","):
        coding, _, weight = one.partition(";")
        if coding.strip() == "gzip":
            return _REFUSED.fullmatch(weight.strip()) is None
    return False


def _stats(folder: Path) -> Iterator[tuple[str, tuple[int, int]]]:
    """Every file's path, when it was changed (in ns; its rights, too) and its size."""
    for where, _, names in os.walk(folder):
        for name in names:
            path = Path(where, name)
            if path.is_symlink() or name.startswith("."):
                continue
            with contextlib.suppress(OSError):  # taken away just now, as editors do
                found = path.stat()
                yield path.relative_to(folder).as_posix(), (found.st_ctime_ns, found.st_size)


def _read(path: Path) -> File:
    kind = "text/javascript" if path.suffix == ".js" else mimetypes.guess_type(path.name)[0]
    return File(path.read_bytes(), kind or "application/octet-stream", path.suffix in PACKED)
