"""TLS for the pages and the WebSockets: the operator's certificate, or one made here."""

from .certificates import fingerprint
from .contexts import Gate
from .self_signed import host_names, keep_certificate, lan_addresses

__all__ = ["Gate", "fingerprint", "host_names", "keep_certificate", "lan_addresses"]
