"""The certificate made here, what is served with, and files that change."""

from __future__ import annotations

import ipaddress
import os
import ssl
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from stagedoor.config import StartError
from stagedoor.reloading import Watched
from stagedoor.tls import Gate, fingerprint, keep_certificate


def made(folder: Path, name: str = "self-signed.pem", now: datetime | None = None) -> Path:
    file = folder / name
    keep_certificate(file, ["studio", "localhost"], ["192.168.7.5"], now)
    return file


def split(file: Path) -> tuple[Path, Path]:
    """Its certificate and its key in files of their own, as others are given."""
    key, certificate = file.read_text().split("-----BEGIN CERTIFICATE")
    cert_file, key_file = file.with_suffix(".crt"), file.with_suffix(".key")
    cert_file.write_text("-----BEGIN CERTIFICATE" + certificate)
    key_file.write_text(key)
    key_file.chmod(0o600)
    return cert_file, key_file


def test_it_names_the_machine_and_is_no_authority(tmp_path: Path) -> None:
    file = made(tmp_path)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    leaf = x509.load_pem_x509_certificate(file.read_bytes())
    names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["studio", "localhost"]
    addresses = names.get_values_for_type(x509.IPAddress)
    assert ipaddress.ip_address("192.168.7.5") in addresses
    assert ipaddress.ip_address("127.0.0.1") in addresses
    assert not leaf.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    assert leaf.not_valid_after_utc - leaf.not_valid_before_utc < timedelta(days=398)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["self-signed.pem"]


def test_it_is_kept_until_its_end_is_near(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    first = made(tmp_path, now=now).read_bytes()
    assert made(tmp_path, now=now + timedelta(days=300)).read_bytes() == first
    later = made(tmp_path, now=now + timedelta(days=380)).read_bytes()
    assert later != first


def test_one_that_others_may_read_is_not_used(tmp_path: Path) -> None:
    made(tmp_path).chmod(0o640)
    with pytest.raises(StartError, match="chmod 600"):
        made(tmp_path)


def handshake(gate: Gate, minimum: ssl.TLSVersion, maximum: ssl.TLSVersion) -> ssl.SSLObject:
    """A client's connection, without a socket between."""
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.check_hostname = False
    client.verify_mode = ssl.CERT_NONE
    client.minimum_version, client.maximum_version = minimum, maximum
    client.set_ciphers("ALL:@SECLEVEL=0")
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    ours = client.wrap_bio(to_client, to_server)
    theirs = gate.context.wrap_bio(to_server, to_client, server_side=True)
    waiting = [ours, theirs]
    for _ in range(10):
        for one in [*waiting]:
            try:
                one.do_handshake()
            except ssl.SSLWantReadError:
                continue
            waiting.remove(one)
        if not waiting:
            break
    return ours


def shown(gate: Gate) -> str:
    der = handshake(gate, ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3).getpeercert(True)
    assert der is not None
    return fingerprint(x509.load_der_x509_certificate(der))


def test_old_versions_and_old_ciphers_are_refused(tmp_path: Path) -> None:
    file = made(tmp_path)
    gate = Gate(file, file, own=False)
    for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        connection = handshake(gate, version, version)
        assert connection.version() == version.name.replace("v1_", "v1.")
        assert connection.cipher() is not None
    with pytest.warns(DeprecationWarning, match="deprecated"), pytest.raises(ssl.SSLError):
        handshake(gate, ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1)
    names = [cipher["name"] for cipher in gate.context.get_ciphers()]
    assert all("GCM" in name or "CHACHA20" in name for name in names), names


def test_a_new_certificate_is_shown_without_a_restart(tmp_path: Path) -> None:
    cert, key = split(made(tmp_path))
    gate = Gate(cert, key, own=True)
    watched = Watched(gate.files, gate.load)
    first = gate.fingerprint
    assert shown(gate) == first
    assert not watched.look(), "nothing has changed"

    new_cert, new_key = split(made(tmp_path, "other.pem"))
    os.replace(new_cert, cert)
    assert not watched.look(), "the key is still another one's"
    assert shown(gate) == first, "what was served with before is served with still"
    os.replace(new_key, key)
    assert watched.look()
    assert shown(gate) == gate.fingerprint != first

    key.unlink()
    assert not watched.look(anyway=True)
    assert shown(gate) == gate.fingerprint


def test_what_cannot_be_served_with_is_one_sentence(tmp_path: Path) -> None:
    cert, key = split(made(tmp_path))
    other, _ = split(made(tmp_path, "other.pem"))
    rubbish = tmp_path / "rubbish"
    rubbish.write_text("rubbish")
    rubbish.chmod(0o600)
    for one, its_key, sentence in (
        (other, key, "do not belong together"),
        (rubbish, key, "no certificate and key"),
        (cert, rubbish, "no certificate and key"),
        (tmp_path / "nowhere", key, "cannot be read"),
    ):
        with pytest.raises(StartError, match=sentence):
            Gate(one, its_key, own=True)
    key.chmod(0o644)
    with pytest.raises(StartError, match="read by others"):
        Gate(cert, key, own=True)
    key.chmod(0o640)
    assert Gate(cert, key, own=True).name == "studio"
