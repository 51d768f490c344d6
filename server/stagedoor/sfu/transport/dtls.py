"""DTLS over datagrams that somebody else carries (RFC 6347, 5764, 8122). No I/O."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from OpenSSL import SSL

from ..negotiation.sdp import Fingerprint
from .srtp import PROFILES, Keys

MTU = 1200
HASHES: dict[str, hashes.HashAlgorithm] = {
    "sha-256": hashes.SHA256(),
    "sha-384": hashes.SHA384(),
    "sha-512": hashes.SHA512(),
}


@dataclass(frozen=True)
class Identity:
    """Our certificate for a process's life, ready for use."""

    context: SSL.Context
    fingerprint: Fingerprint


def identity() -> Identity:
    """Make a self-signed ECDSA certificate and a context that negotiates SRTP."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "stagedoor")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=365))
        .sign(key, hashes.SHA256())
    )
    context = SSL.Context(SSL.DTLS_METHOD)
    context.set_options(SSL.OP_NO_QUERY_MTU | SSL.OP_NO_TICKET)
    # Certificates are self-signed on both sides; the fingerprint in the SDP is what counts.
    context.set_verify(SSL.VERIFY_PEER | SSL.VERIFY_FAIL_IF_NO_PEER_CERT, lambda *_: True)
    context.use_certificate(certificate)
    context.use_privatekey(key)
    context.set_cipher_list(
        b"ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-ECDSA-AES128-SHA"
        b":ECDHE-RSA-AES128-GCM-SHA256"
    )
    context.set_tlsext_use_srtp(b":".join(profile.openssl for profile in PROFILES))
    return Identity(context, Fingerprint("sha-256", _digest(certificate, "sha-256")))


def _digest(certificate: x509.Certificate, algorithm: str) -> str:
    return certificate.fingerprint(HASHES[algorithm]).hex(":").upper()


class DtlsError(Exception):
    """The handshake or the connection failed; nothing more will come of it."""


class Dtls:
    """The passive side of one DTLS association."""

    def __init__(self, ours: Identity) -> None:
        self._ssl = SSL.Connection(ours.context)
        self._ssl.set_ciphertext_mtu(MTU)
        self._ssl.set_accept_state()
        self.done = False

    def receive(self, datagram: bytes) -> list[bytes]:
        """Take a datagram; what to send back. Raises DtlsError when it fails or is closed."""
        self._ssl.bio_write(datagram)
        try:
            if self.done:
                self._ssl.recv(2048)
            else:
                self._ssl.do_handshake()
                self.done = True
        except SSL.WantReadError:
            pass
        except SSL.Error as error:
            raise DtlsError(f"DTLS failed: {type(error).__name__}") from error
        return self._outgoing()

    def wait(self) -> float | None:
        """Seconds until ``retransmit`` is to be called; None when nothing is under way."""
        return None if self.done else self._ssl.DTLSv1_get_timeout()

    def retransmit(self) -> list[bytes]:
        """Send the last flight again, as its timer ran out."""
        try:
            self._ssl.DTLSv1_handle_timeout()
        except SSL.Error as error:
            raise DtlsError("DTLS was given up") from error
        return self._outgoing()

    def close(self) -> list[bytes]:
        """A goodbye to send, if the association stands."""
        if not self.done:
            return []
        try:
            self._ssl.shutdown()
        except SSL.Error:
            return []
        return self._outgoing()

    def verify(self, expected: Fingerprint) -> bool:
        """Whether the other side's certificate is the one its SDP named (RFC 8122)."""
        certificate = self._ssl.get_peer_certificate(as_cryptography=True)
        if certificate is None or expected.algorithm not in HASHES:
            return False
        return _digest(certificate, expected.algorithm) == expected.value

    def keys(self) -> Keys:
        """SRTP keys of both directions. Raises DtlsError where no profile was agreed on."""
        chosen = self._ssl.get_selected_srtp_profile()
        for profile in PROFILES:
            if profile.openssl == chosen:
                size = 2 * (profile.key + profile.salt)
                secret = self._ssl.export_keying_material(b"EXTRACTOR-dtls_srtp", size)
                return profile.split(secret)
        raise DtlsError("no SRTP profile in common")

    def _outgoing(self) -> list[bytes]:
        data = b""
        while True:
            try:
                data += self._ssl.bio_read(65536)
            except SSL.WantReadError:
                return datagrams(data)


def datagrams(records: bytes) -> list[bytes]:
    """DTLS records, as they come out of a stream, in datagrams of at most MTU bytes.

    A record is never cut: its length stands in bytes 11 and 12 (RFC 6347, section 4.1).
    """
    found: list[bytes] = []
    offset = 0
    while offset + 13 <= len(records):
        end = offset + 13 + int.from_bytes(records[offset + 11 : offset + 13])
        record = records[offset:end]
        if found and len(found[-1]) + len(record) <= MTU:
            found[-1] += record
        else:
            found.append(record)
        offset = end
    return found
