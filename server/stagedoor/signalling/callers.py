"""Whose request it is: the address that limits go by, also behind a proxy. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

Networks = Sequence[IPv4Network | IPv6Network]

NETWORK = 64  # bits of an IPv6 address that one household or company shares (RFC 6177)
HOPS = 16  # proxies one after another that are looked at


def read_networks(texts: Iterable[str]) -> Networks:
    """Addresses or networks, as 10.0.0.1 or 10.0.0.0/8. Raises ValueError."""
    return tuple(ip_network(text, strict=False) for text in texts)


def caller(peer: str, forwarded: Sequence[str], trusted: Networks) -> str:
    """The address a request comes from: ``peer``'s, or whom it says it forwards for.

    ``forwarded`` are the X-Forwarded-For headers. They count from the end, as each proxy adds whom
    it was asked by, and only while that is one of ``trusted``: what comes before anybody may have
    written. Where something there is no address, the last one before it counts.
    """
    address = peer
    hops = [hop.strip() for line in forwarded for hop in line.split(",")]
    for hop in reversed(hops[-HOPS:]):
        if not is_trusted(address, trusted):
            break
        if _read(hop) is None:
            break
        address = hop
    return address


def is_trusted(address: str, trusted: Networks) -> bool:
    """Whether this is one of the proxies."""
    if not trusted:
        return False
    found = _read(address)
    return found is not None and any(found in one for one in trusted)


@lru_cache(maxsize=4096)
def key_of(address: str) -> str:
    """What addresses have in common that are one caller's: of IPv6 the first 64 bits."""
    found = _read(address)
    if isinstance(found, IPv6Address):
        return str(ip_network((int(found) >> NETWORK << NETWORK, NETWORK)))
    return address if found is None else str(found)


@lru_cache(maxsize=4096)
def _read(text: str) -> IPv4Address | IPv6Address | None:
    """An address, without port or brackets; an IPv4 one in IPv6's form is IPv4."""
    try:
        found = ip_address(text.strip().removeprefix("[").partition("]")[0])
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return mapped or found
