"""Servers whose certificate nobody vouches for: known by its fingerprint, or not entered.

A fingerprint is SHA-256 of the certificate, as the server prints it: ``AB:CD:…``. It is given with
the command line, or stands in the link, ``#token=…&fingerprint=…``, once a person has compared it.
"""

from __future__ import annotations

import asyncio
import hashlib
import ssl

import aiohttp

from .errors import ConnectionLostError, UntrustedError

_PATIENCE = 10.0


def check(fingerprint: str) -> aiohttp.Fingerprint | bool:
    """What aiohttp is to ask of the certificate: to be this one, or to be vouched for."""
    return aiohttp.Fingerprint(bytes.fromhex(fingerprint.replace(":", ""))) if fingerprint else True


async def untrusted(error: Exception) -> UntrustedError | None:
    """What is wrong with the certificate, if that is what the error is about; it is not trusted."""
    if isinstance(error, aiohttp.ServerFingerprintMismatch):
        return UntrustedError(
            "The server shows another certificate than the one you know. Somebody may be in "
            "between. If its owner has made a new one, compare the fingerprint with what the "
            "server prints: {fingerprint}",
            fingerprint=_written(error.got),
        )
    if not isinstance(error, aiohttp.ClientConnectorCertificateError):
        return None
    try:
        shown = await _shown(error.host, error.port)
    except (OSError, TimeoutError) as lost:
        raise ConnectionLostError(
            "The server cannot be reached: {error}", error=str(lost)
        ) from lost
    return UntrustedError(
        "Nobody vouches for the certificate of this server. Compare its fingerprint with what the "
        "server prints, letter by letter, before you trust it: {fingerprint}",
        fingerprint=_written(hashlib.sha256(shown).digest()),
    )


async def _shown(host: str, port: int | None) -> bytes:
    """The certificate that a server shows, whatever it is worth; nothing is said to the server."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    async with asyncio.timeout(_PATIENCE):
        _, writer = await asyncio.open_connection(host, port, ssl=context)
    certificate: bytes = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
    writer.close()
    return certificate


def _written(digest: bytes) -> str:
    return digest.hex(":").upper()
