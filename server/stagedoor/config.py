"""What a server is told when it starts, and what it keeps in its data folder."""

from __future__ import annotations

import os
import secrets
import shlex
import stat
from dataclasses import dataclass
from pathlib import Path

import msgspec
from msgspec import Struct

DEFAULT_PORT = 8080
DEFAULT_DATA = "data"


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
    ports, if they are not the machine's own. ``voices``: how many people's sound a viewer is sent
    at most, those who are loudest. ``codecs``: of "vp9" and "av1" those that are forwarded besides
    VP8 and H.264. ``public_url``: in links, if it is not this machine's own address.
    ``tls_cert`` and ``tls_key``: the operator's certificate and its key, PEM; ``self_signed``: one
    made here. ``allowed_origins``: of pages on other hosts that may connect.
    """

    host: str
    port: int
    data: Path
    media_port: int | None = None
    media_workers: int | None = None
    announced: tuple[str, ...] = ()
    voices: int = 5
    codecs: tuple[str, ...] = ()
    public_url: str = ""
    tls_cert: Path | None = None
    tls_key: Path | None = None
    self_signed: bool = False
    allowed_origins: tuple[str, ...] = ()
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

    def secret(self) -> bytes:
        """What signs the tokens."""
        return _kept(self.secret_file).encode()

    def operator_key(self) -> str:
        """What the operator shows to the HTTP API."""
        return _kept(self.operator_file)

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


def _kept(file: Path) -> str:
    """The secret in a file, made if the file is not there. Raises StartError."""
    try:
        new = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _read(file)
    except OSError as error:
        raise StartError(f"The file {file} cannot be made: {error.strerror}.") from error
    secret = secrets.token_urlsafe(32)
    with os.fdopen(new, "w") as stream:
        stream.write(secret + "\n")
    return secret


def _read(file: Path) -> str:
    check_private(file, "key")
    try:
        secret = file.read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise StartError(f"The file {file} cannot be read: {error}.") from error
    if len(secret) < 32:
        raise StartError(f"The file {file} does not hold a key; delete it to have a new one made.")
    return secret
