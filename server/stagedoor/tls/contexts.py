"""What a listener encrypts with; its certificate may be changed while it listens."""

from __future__ import annotations

import logging
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509

from stagedoor.config import StartError, check_private

from .certificates import fingerprint

logger = logging.getLogger(__name__)

#: Of TLS 1.2 what has forward secrecy and authenticated encryption (RFC 9325 section 4.2).
CIPHERS = "ECDHE+AESGCM:ECDHE+CHACHA20"
SOON = timedelta(days=14)


class Gate:
    """Serves with the certificate in ``cert`` and the key in ``key``, PEM; the same file has both.

    ``context`` is for the listener. ``load`` reads the files again: connections from then on get
    what is in them, and if that is of no use, what they got before.
    """

    def __init__(self, cert: Path, key: Path, *, own: bool) -> None:
        """``own``: of the operator's. Raises StartError if it cannot be served with."""
        self.files = tuple(dict.fromkeys((cert, key)))
        self.own = own
        self.context = _context(cert, key)
        self.context.sni_callback = self._choose
        self._cert, self._key = cert, key
        self._current = self.context
        self._leaf = _leaf(cert)
        self._tell()

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the certificate, as people compare it: ``AB:CD:…``."""
        return fingerprint(self._leaf)

    @property
    def name(self) -> str:
        """The first host that the certificate names, if it names one."""
        try:
            names = self._leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName)
        except x509.ExtensionNotFound:
            return ""
        found: list[str] = names.value.get_values_for_type(x509.DNSName)
        return next((name for name in found if "*" not in name), "")

    def load(self) -> None:
        """Read the files again. Raises StartError, and then nothing has changed."""
        context, leaf = _context(self._cert, self._key), _leaf(self._cert)
        self._current, self._leaf = context, leaf
        self._tell()

    def _choose(self, connection: ssl.SSLObject, name: str | None, context: ssl.SSLContext) -> None:
        """Called for each connection before it is shown a certificate, whether it names a host."""
        connection.context = self._current

    def _tell(self) -> None:
        ends = self._leaf.not_valid_after_utc
        left = ends - datetime.now(UTC)
        level = logging.WARNING if left < SOON else logging.INFO
        state = "has ended" if left < timedelta() else "is good until"
        logger.log(level, "the certificate %s %s %s", self._cert, state, f"{ends:%Y-%m-%d}")


def _context(cert: Path, key: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(CIPHERS)
    context.options |= ssl.OP_NO_COMPRESSION | ssl.OP_NO_RENEGOTIATION
    context.set_alpn_protocols(["http/1.1"])
    check_private(key, "key of the certificate", others_only=True)

    def no_passphrase() -> str:
        raise StartError(f"The key {key} is locked by a passphrase; give one that is not.")

    try:
        context.load_cert_chain(cert, key, no_passphrase)
    except ssl.SSLError as error:
        matches = "VALUES_MISMATCH" in str(error)
        why = "do not belong together" if matches else "are no certificate and key in PEM"
        raise StartError(f"The files {cert} and {key} {why}.") from error
    except OSError as error:
        raise StartError(f"The files {cert} and {key} cannot be read: {error.strerror}.") from error
    return context


def _leaf(cert: Path) -> x509.Certificate:
    """The first certificate of the file, which is the server's own."""
    try:
        return x509.load_pem_x509_certificate(cert.read_bytes())
    except (OSError, ValueError) as error:
        raise StartError(f"The certificate {cert} cannot be read: {error}.") from error
