"""What a server is told when it starts, and what it keeps in its data folder."""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
import shlex
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path

import msgspec
from msgspec import Struct

from .keyring import SHORTEST, Key, KeyRing, read_ring, write_ring

DEFAULT_PORT = 8080
DEFAULT_DATA = "data"
PEOPLE = 2000  # behind one address


class StartError(Exception):
    """The server or a command cannot start; ``sentence`` says why, for a person."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True)
class ServeConfig:
    """The options of ``stagedoor serve``. Port 0 takes any free one.

    ``media_port``: UDP, the first of ``media_workers``; None takes the number of ``port``.
    ``media_workers``: None is one a core. ``announced``: addresses under which clients reach these
    ports, if they are not the machine's own. ``turn_urls``: a TURN server's, and the file with the
    secret that is shared with it. ``voices``: how many people's sound a viewer is sent
    at most, those who are loudest. ``codecs``: of "vp9" and "av1" those that are forwarded besides
    VP8 and H.264. ``public_url``: in links, if it is not this machine's own address.
    ``tls_cert`` and ``tls_key``: the operator's certificate and its key, PEM; ``self_signed``: one
    made here. ``allowed_origins``: of pages on other hosts that may connect.
    ``trusted_proxies``: whose X-Forwarded-For counts. ``people_per_address``: how many behind one
    address get in at once. ``keep_days``: how long names, messages and answers are kept of rooms
    in which nothing happens.
    """

    host: str
    port: int
    data: Path
    media_port: int | None = None
    media_workers: int | None = None
    announced: tuple[str, ...] = ()
    turn_urls: tuple[str, ...] = ()
    turn_secret_file: Path | None = None
    voices: int = 5
    codecs: tuple[str, ...] = ()
    public_url: str = ""
    tls_cert: Path | None = None
    tls_key: Path | None = None
    self_signed: bool = False
    allowed_origins: tuple[str, ...] = ()
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...] = ()
    people_per_address: int = PEOPLE
    keep_days: int | None = None
    demo: bool = False


class Running(Struct, frozen=True):
    """What ``server.json`` says of the server that runs on a data folder.

    ``fingerprint`` is that of its certificate, where it has one: the address need not be its name.
    """

    pid: int
    address: str
    public_url: str
    fingerprint: str = ""


class DataFolder:
    """The files of one server. Secrets are made at the first start, readable by the owner only."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = folder / "stagedoor.db"
        self.secret_file = folder / "secret.key"
        self.operator_file = folder / "operator.key"
        self.running_file = folder / "server.json"
        self.self_signed_file = folder / "self-signed.pem"

    def make(self) -> None:
        """Make the folder. Raises StartError."""
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise StartError(
                f"The data folder {self.folder} cannot be made: {error.strerror}."
            ) from error

    def signing_keys(self) -> KeyRing:
        """What signs the links. Raises StartError."""
        content = _kept(self.secret_file, write_ring(KeyRing((Key.new(),))))
        ring = read_ring(content)
        if ring is None:
            raise StartError(
                f"The file {self.secret_file} does not hold a key; delete it to have a new one "
                "made. All links that were given out are of no use then."
            )
        return ring

    def rotate_signing_key(self, now: int, keep: int) -> KeyRing:
        """Sign with a new key; what the old ones signed is good for ``keep`` seconds more."""
        with _alone(self.folder):
            ring = self.signing_keys().rotated(Key.new(), now, keep)
            write_private(self.secret_file, write_ring(ring))
        return ring

    def operator_key(self) -> str:
        """What the operator shows to the HTTP API. Raises StartError."""
        try:
            key = _kept(self.operator_file, _new_operator_key()).decode().strip()
        except UnicodeDecodeError:
            key = ""
        if len(key) < SHORTEST:
            raise StartError(
                f"The file {self.operator_file} does not hold a key; delete it to have a new one "
                "made."
            )
        return key

    def rotate_operator_key(self) -> None:
        """Another key for the HTTP API, in the place of the one there."""
        write_private(self.operator_file, _new_operator_key())

    def write_running(self, running: Running) -> None:
        """Note where the server is reached."""
        write_private(self.running_file, msgspec.json.encode(running))

    def read_running(self) -> Running | None:
        """Where the server is reached, if one has said so."""
        try:
            return msgspec.json.decode(self.running_file.read_bytes(), type=Running)
        except (OSError, msgspec.MsgspecError):
            return None

    def forget_running(self) -> None:
        """No server is reached any more."""
        self.running_file.unlink(missing_ok=True)


def check_private(file: Path, what: str, *, others_only: bool = False) -> None:
    """Raises StartError if others than the owner may read or write the file, if it is there.

    ``others_only``: a group may, as Debian's ssl-cert does.
    """
    try:
        mode = stat.S_IMODE(file.stat().st_mode)
    except OSError:
        return  # whoever reads it says why that does not go
    if mode & (0o007 if others_only else 0o077):
        raise StartError(
            f"The {what} {file} may be read by others (mode {mode:o}). If it is still a secret, "
            f"make it yours alone with: chmod 600 {shlex.quote(str(file))}"
        )


def write_private(file: Path, content: bytes) -> None:
    """Write the file whole or not at all, for its owner alone. Raises StartError."""
    temporary = file.with_name(f"{file.name}.{secrets.token_hex(4)}.new")
    try:
        new = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(new, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(new)
        temporary.replace(file)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise StartError(f"The file {file} cannot be written: {error.strerror}.") from error


def _kept(file: Path, new: bytes) -> bytes:
    """What is in a file that others may not read, ``new`` if it is not there yet."""
    if not file.exists():
        _put_if_missing(file, new)
    check_private(file, "key")
    try:
        return file.read_bytes()
    except OSError as error:
        raise StartError(f"The file {file} cannot be read: {error.strerror}.") from error


def _put_if_missing(file: Path, content: bytes) -> None:
    """Of two processes that do this at once, the first counts; the file is never half there."""
    temporary = file.with_name(f"{file.name}.{secrets.token_hex(4)}.new")
    write_private(temporary, content)
    try:
        with contextlib.suppress(FileExistsError):
            file.hardlink_to(temporary)
    except OSError as error:
        raise StartError(f"The file {file} cannot be made: {error.strerror}.") from error
    finally:
        temporary.unlink(missing_ok=True)


def _new_operator_key() -> bytes:
    return secrets.token_urlsafe(32).encode() + b"\n"


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Nobody else changes the folder's keys meanwhile."""
    lock = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)
