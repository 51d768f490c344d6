"""What the window remembers between two starts, in one small file of the person's own.

Links carry tokens, which are secrets: the file is for its owner's eyes only.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

import msgspec
from msgspec import Struct
from msgspec.structs import replace

ROOMS = 8


class Recent(Struct, frozen=True):
    """A room entered before: the link that led there, its name, and when, in Unix seconds."""

    link: str
    name: str
    at: int


class Kept(Struct, frozen=True):
    """All that is remembered. Devices are kept by name, as their numbers change.

    ``mute``: what off means for the microphone, "release" or "silence". ``talk_key``: the key to
    hold to talk as Qt names it, empty for none. ``width`` and ``height``: of the camera's picture.
    """

    name: str = ""
    rooms: tuple[Recent, ...] = ()
    camera: str = ""
    microphone: str = ""
    speaker: str = ""
    width: int = 640
    height: int = 480
    mute: str = "release"
    talk_key: str = "Space"


def entered(kept: Kept, link: str, room: str, name: str, at: int) -> Kept:
    """With this room as the most recent one. Of several links to a room the last is kept."""
    others = [one for one in kept.rooms if _door(one.link) != _door(link)]
    return replace(kept, name=name, rooms=(Recent(link, room, at), *others[: ROOMS - 1]))


def forgotten(kept: Kept, link: str) -> Kept:
    """Without this link."""
    return replace(kept, rooms=tuple(one for one in kept.rooms if one.link != link))


def _door(link: str) -> str:
    """A link without its token."""
    return link.partition("#")[0].rstrip("/")


def default_path() -> Path:
    """Where it is kept: in the system's folder for settings."""
    import platformdirs

    return platformdirs.user_config_path("stagedoor", appauthor=False) / "client.json"


def load(path: Path) -> Kept:
    """Read it. What is not there or cannot be read is empty; a broken file is set aside."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Kept)
    except OSError:
        return Kept()
    except msgspec.MsgspecError:
        with contextlib.suppress(OSError):
            path.replace(path.with_suffix(".broken"))
        return Kept()


def save(path: Path, kept: Kept) -> None:
    """Write it whole or not at all, readable by its owner alone. Raises OSError."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # mkstemp makes the file with mode 600.
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(msgspec.json.format(msgspec.json.encode(kept), indent=2))
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise
