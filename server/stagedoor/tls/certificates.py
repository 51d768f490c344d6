"""Fingerprints of certificates: how people, and programs on this machine, know them."""

from __future__ import annotations

from cryptography import x509
from cryptography.hazmat.primitives import hashes


def fingerprint(certificate: x509.Certificate) -> str:
    """SHA-256 of the whole certificate (DER), as browsers and openssl show it: ``AB:CD:…``."""
    return certificate.fingerprint(hashes.SHA256()).hex(":").upper()
