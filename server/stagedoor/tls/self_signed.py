"""A certificate that nobody vouches for, for rooms on a local network.

Browsers give a page the camera on https alone. They warn of this certificate once; who compares
its fingerprint with what the server prints knows that it is the server's.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aioice.ice import get_host_addresses
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from stagedoor.config import StartError, check_private, write_private

LIFE = timedelta(days=397)  # what browsers take of any certificate
NEAR = timedelta(days=30)
EARLIER = timedelta(days=1)  # for machines whose clocks are behind


def keep_certificate(
    file: Path, names: Iterable[str], addresses: Iterable[str], now: datetime | None = None
) -> None:
    """Have a certificate and its key in ``file``: the one there, unless its end is near.

    ``names`` and ``addresses`` are those it is for. Raises StartError.
    """
    now = now or datetime.now(UTC)
    if file.exists():
        check_private(file, "certificate with its key")
        if _end(file) - now > NEAR:
            return
    write_private(file, _made([*names], [*addresses], now))


def lan_addresses() -> list[str]:
    """This machine's IPv4 addresses, that of the way to the others first."""
    found: list[str] = get_host_addresses(use_ipv4=True, use_ipv6=False)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as way:
        try:
            way.connect(("192.0.2.1", 9))  # nothing is sent; RFC 5737's address is nobody's
            first: str = way.getsockname()[0]
        except OSError:
            return found
    return sorted(found, key=lambda one: one != first)


def host_names() -> list[str]:
    """What this machine is called, on itself and by multicast DNS (RFC 6762)."""
    name = socket.gethostname().partition(".")[0].lower()
    if not name.isascii() or not name.replace("-", "").isalnum():
        return ["localhost"]
    return list(dict.fromkeys([name, f"{name}.local", "localhost"]))


def _end(file: Path) -> datetime:
    try:
        return x509.load_pem_x509_certificate(file.read_bytes()).not_valid_after_utc
    except (OSError, ValueError) as error:
        raise StartError(
            f"The file {file} does not hold a certificate; delete it to have a new one made."
        ) from error


def _made(names: list[str], addresses: list[str], now: datetime) -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Stagedoor on {names[0]}"[:64])])
    local = [ipaddress.ip_address(one) for one in (*addresses, "127.0.0.1", "::1")]
    alternatives = [
        *(x509.DNSName(one) for one in names),
        *(x509.IPAddress(one) for one in dict.fromkeys(local)),
    ]
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - EARLIER)
        .not_valid_after(now - EARLIER + LIFE)
        .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        # No authority: whoever trusts it trusts this server alone.
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return private + certificate.public_bytes(serialization.Encoding.PEM)
