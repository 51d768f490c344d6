"""One connection of the engine: its ICE credentials, DTLS association and SRTP sessions."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

from ..negotiation.sdp import Transport
from . import ice, srtp
from .addresses import Address
from .admission import CHECKS, HANDSHAKE, Allowance, Unproven
from .batch import Batch
from .dtls import Dtls, DtlsError, Identity
from .stream import Stream

CONSENT = 30.0
MAX_ADDRESSES = 8


class Peer:
    """A publisher's or a viewer's transport. Times are seconds of the event loop's clock.

    It is ``ready`` when DTLS is done and the certificate is the one that its SDP named, in
    whatever order these came. ``on_ready``, ``on_rtp`` and ``on_rtcp`` are its owner's. ``target``
    is where to fan RTP out to, as soon as that is known.
    """

    def __init__(self, batch: Batch, identity: Identity, now: float) -> None:
        self.ufrag = secrets.token_hex(6)
        self.pwd = secrets.token_hex(16)
        self.remote: Transport | None = None
        self.addresses: set[Address | Stream] = set()
        self.target: tuple[Any, Any] | None = None
        self.ready = False
        self.failed = False
        self.heard_at = now
        self.retransmit_at: float | None = None
        self.on_ready: Callable[[], None] = _nothing
        self.on_rtp: Callable[[bytes], None] = _ignore
        self.on_rtcp: Callable[[bytes], None] = _ignore
        self.checks = Allowance(CHECKS, now)
        self._key = ice.key(self.pwd)
        self._handshakes = Allowance(HANDSHAKE, now)
        self._unproven = Unproven()
        self._address: Address | Stream | None = None
        self._batch = batch
        self._dtls = Dtls(identity)
        self._destination: Any = None
        self._sender: srtp.Sender | None = None
        self._receiver: srtp.Receiver | None = None

    def checked(
        self, check: ice.Check, address: Address, now: float, stream: Stream | None = None
    ) -> bytes | None:
        """Answer a connectivity check; None where it is not proven (RFC 8445, section 7.3).

        ``stream``: the TCP connection that it came by, if it came by one.
        """
        response = ice.respond(check, self._key, address)
        if response is None:
            return None
        way = stream or address
        if way not in self.addresses and len(self.addresses) >= MAX_ADDRESSES:
            return None
        self.addresses.add(way)
        self.heard_at = now
        self._unproven.heard(len(check.data))
        if way != self._address and (self._address is None or check.nominates):
            self._address = way
            self._destination = stream or self._batch.destination(address)
            self._aim()
        return response

    def left(self, stream: Stream) -> None:
        """A TCP connection is gone; another way is taken at the next check that comes by one."""
        self.addresses.discard(stream)
        if self._address is stream:
            self._address = self._destination = self.target = None

    @property
    def reachable(self) -> bool:
        """Whether what is sent to it now is on its way."""
        return self._sender is not None and self._destination is not None

    def lost(self, now: float) -> bool:
        """Whether consent to send has run out (RFC 7675), or DTLS has failed."""
        return self.failed or now - self.heard_at > CONSENT

    def connect(self, remote: Transport) -> None:
        """Take the other side's SDP; the certificate is checked as soon as there is one."""
        self.remote = remote
        self._become_ready()

    def dtls(self, datagram: bytes, now: float) -> None:
        """Take a DTLS datagram, if there were not too many."""
        if not self._handshakes.take(now):
            return
        self._unproven.heard(len(datagram))
        try:
            self._send(self._dtls.receive(datagram))
            self._become_ready()
        except DtlsError:
            self.failed = True
        self._arm(now)

    def tick(self, now: float) -> None:
        """Retransmit a handshake's flight when it is time."""
        if self.retransmit_at is None or now < self.retransmit_at:
            return
        try:
            self._send(self._dtls.retransmit())
        except DtlsError:
            self.failed = True
        self._arm(now)

    def _arm(self, now: float) -> None:
        wait = None if self.failed else self._dtls.wait()
        self.retransmit_at = None if wait is None else now + max(wait, 0.01)

    def _become_ready(self) -> None:
        if self.ready or self.failed or self.remote is None or not self._dtls.done:
            return  # keys are taken once: a second session would count from the beginning again
        if not self._dtls.verify(self.remote.fingerprint):
            self.failed = True
            return
        keys = self._dtls.keys()
        self._receiver, self._sender = srtp.Receiver(keys), srtp.Sender(keys)
        self.ready = True
        self._aim()
        self.on_ready()

    def _aim(self) -> None:
        if self._sender is not None and self._destination is not None:
            self.target = (self._sender.handle, self._destination)

    def srtp(self, datagram: bytes) -> None:
        """Unprotect RTP or RTCP (RFC 5761, section 4) and hand it on. Raises srtp.Error."""
        if self._receiver is None or not self.ready:
            return
        if 192 <= datagram[1] <= 223:
            self.on_rtcp(self._receiver.rtcp(datagram))
        else:
            self.on_rtp(self._receiver.rtp(datagram))

    def send_rtcp(self, packet: bytes) -> None:
        """Protect RTCP and put it into the batch."""
        if self._sender is not None and self._destination is not None:
            self._batch.add(self._sender.rtcp(packet), self._destination)

    def close(self) -> None:
        """Say goodbye, and send nothing any more.

        Its owner, whom it knows and who knows it, is let go: what keys and buffers take is free at
        once, and not when the garbage collector has looked at everything there is.
        """
        self._send(self._dtls.close())
        self.ready = False
        self.failed = True
        self._sender = self._receiver = self._destination = self.target = None
        self.on_ready, self.on_rtp, self.on_rtcp = _nothing, _ignore, _ignore

    def _send(self, datagrams: list[bytes]) -> None:
        if self._destination is not None:
            for datagram in datagrams:
                if self._dtls.done or self._unproven.may_send(len(datagram)):
                    self._batch.add(datagram, self._destination)


def _nothing() -> None:
    pass


def _ignore(packet: bytes) -> None:
    pass
