"""A lightweight WebRTC peer: real ICE, DTLS and SRTP over one socket, no codec.

It publishes whatever RTP it is told to, or receives and decrypts: cheap enough for fifty in one
process, and disobedient enough for tests, as it asks nobody whether it may send.

With a ``host`` it names its own address in its SDP, and is checked as a full ICE agent is, for
servers that are no ICE-lite ones or do not learn addresses from checks.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import secrets
import socket
from collections.abc import Callable
from dataclasses import dataclass

import pylibsrtp
from aioice import stun
from aiortc import RTCCertificate
from OpenSSL import SSL

PROFILES = {
    b"SRTP_AEAD_AES_128_GCM": (pylibsrtp.Policy.SRTP_PROFILE_AEAD_AES_128_GCM, 16, 12),
    b"SRTP_AES128_CM_SHA1_80": (pylibsrtp.Policy.SRTP_PROFILE_AES128_CM_SHA1_80, 16, 14),
}
STUN_EVERY = 2.0
WINDOW = 1024  # packets; libsrtp's own 128 go by before a repair comes to a machine under load
READS = 64  # datagrams of one socket before the event loop turns to others
BINDING_REQUEST = b"\0\1"
MID, MID_EXTENSION = "urn:ietf:params:rtp-hdrext:sdes:mid", 4
RECEIVE_BUFFER = 2 * 1024 * 1024


@dataclass(frozen=True)
class Remote:
    """What one needs of the other side's SDP to connect."""

    ufrag: str
    pwd: str
    address: tuple[str, int]
    setup: str

    @classmethod
    def parse(cls, sdp: str) -> Remote:
        """Read the first of everything; a loopback candidate is taken before others."""
        candidates = re.findall(
            r"^a=candidate:\S+ 1 udp \d+ ([\d.]+) (\d+) typ host", sdp, re.M | re.I
        )
        candidates.sort(key=lambda found: not found[0].startswith("127."))
        host, port = candidates[0]
        return cls(
            ufrag=_attribute(sdp, "ice-ufrag"),
            pwd=_attribute(sdp, "ice-pwd"),
            address=(host, int(port)),
            setup=_attribute(sdp, "setup"),
        )


def _attribute(sdp: str, name: str) -> str:
    found = re.search(rf"^a={name}:(\S+)", sdp, re.M)
    if found is None:
        raise ValueError(f"no a={name} in the SDP")
    return found.group(1)


class Peer:
    """One connection. Make it with ``await Peer.open()``, then ``offer`` or ``answer``.

    ``lose`` tells of each datagram that is no STUN or DTLS whether the network loses it.
    ``sources``: the SSRCs that the other side says it sends, the first of each m-line.
    """

    def __init__(
        self,
        sock: socket.socket,
        on_rtp: Callable[[bytes], None] | None = None,
        host: str = "",
    ) -> None:
        self.socket = sock
        self.ufrag = secrets.token_hex(4)
        self.pwd = secrets.token_hex(16)
        self.connected = asyncio.Event()
        self.on_rtp = on_rtp
        self.on_rtcp: Callable[[bytes], None] | None = None
        self.lose: Callable[[bytes], bool] | None = None
        self.received = 0
        self.dropped = 0
        self.sources: list[int] = []
        self._certificate = RTCCertificate.generateCertificate()
        self._host = host
        self._remote: Remote | None = None
        self._ssl: SSL.Connection | None = None
        self._client = False
        self._reached = False
        self._keepalive: asyncio.TimerHandle | None = None
        self._retransmit: asyncio.TimerHandle | None = None
        self._receiving: pylibsrtp.Session | None = None
        self._sending: pylibsrtp.Session | None = None

    @classmethod
    async def open(
        cls, on_rtp: Callable[[bytes], None] | None = None, host: str = "", port: int = 0
    ) -> Peer:
        """Open the socket, on a port of the system's choice if none is named."""
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        sock.setblocking(False)
        # Fifty of these share one process: what one is late for should wait, not be lost.
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
        sock.bind((host or "0.0.0.0", port))
        peer = cls(sock, on_rtp, host)
        asyncio.get_running_loop().add_reader(sock, peer._readable)
        return peer

    # -- SDP

    def offer(self, audio_ssrc: int, *video_ssrcs: int, direction: str = "sendonly") -> str:
        """An offer to publish Opus (payload type 111), and VP8 (96) once or more often.

        With the direction ``recvonly`` to receive as many.
        """
        opus = ["a=rtpmap:111 opus/48000/2"]
        vp8 = ["a=rtpmap:96 VP8/90000", "a=rtcp-fb:96 nack", "a=rtcp-fb:96 nack pli"]
        media = [("audio", 111, opus, audio_ssrc)]
        media += [("video", 96, vp8, ssrc) for ssrc in video_ssrcs]
        lines = _session_lines([str(mid) for mid in range(len(media))])
        for mid, (kind, payload_type, formats, ssrc) in enumerate(media):
            lines += [f"m={kind} 9 UDP/TLS/RTP/SAVPF {payload_type}", "c=IN IP4 0.0.0.0"]
            lines += [f"a=mid:{mid}", f"a=extmap:{MID_EXTENSION} {MID}"]
            lines += [f"a={direction}", "a=rtcp-mux", *self._transport_lines("actpass")]
            lines += [*formats, f"a=ssrc:{ssrc} cname:light"]
        return "\r\n".join(lines) + "\r\n"

    def answer(self, offer: str) -> str:
        """An answer that takes everything in ``offer``, with its own payload types."""
        sections = re.split(r"^(?=m=)", offer, flags=re.M)[1:]
        lines = _session_lines([_attribute(section, "mid") for section in sections])
        for section in sections:
            direction = "inactive" if re.search(r"^a=inactive", section, re.M) else "recvonly"
            lines += [section.splitlines()[0], "c=IN IP4 0.0.0.0"]
            lines += [f"a=mid:{_attribute(section, 'mid')}", f"a={direction}", "a=rtcp-mux"]
            lines += self._transport_lines("active")
            lines += re.findall(r"^a=(?:rtpmap|fmtp|rtcp-fb):[^\r\n]+", section, re.M)
        return "\r\n".join(lines) + "\r\n"

    def _transport_lines(self, setup: str) -> list[str]:
        fingerprint = self._certificate.getFingerprints()[0]
        port = self.socket.getsockname()[1]
        own = [f"a=candidate:1 1 udp 2130706431 {self._host} {port} typ host"]
        return [
            *(own if self._host else []),
            f"a=ice-ufrag:{self.ufrag}",
            f"a=ice-pwd:{self.pwd}",
            f"a=fingerprint:{fingerprint.algorithm} {fingerprint.value}",
            f"a=setup:{setup}",
        ]

    # -- connecting

    async def connect(self, remote_sdp: str) -> None:
        """Do ICE and DTLS with the other side's SDP; returns when SRTP's keys are there."""
        self._remote = Remote.parse(remote_sdp)
        sections = remote_sdp.split("\nm=")[1:]
        found = [re.search(r"^a=ssrc:(\d+)", section, re.M) for section in sections]
        self.sources = [int(one.group(1)) for one in found if one is not None]
        self._client = self._remote.setup != "active"
        self._ssl = SSL.Connection(self._context())
        if self._client:
            self._ssl.set_connect_state()
        else:
            self._ssl.set_accept_state()
        self._check()
        async with asyncio.timeout(20):
            await self.connected.wait()

    def close(self) -> None:
        """Fall silent, without a word to the other side."""
        for timer in (self._keepalive, self._retransmit):
            if timer is not None:
                timer.cancel()
        self.detach()
        self.socket.close()

    def detach(self) -> None:
        """Leave reading to somebody else, who hands ``datagram_received`` what is not media."""
        asyncio.get_running_loop().remove_reader(self.socket)

    def _context(self) -> SSL.Context:
        context = SSL.Context(SSL.DTLS_METHOD)
        context.set_verify(SSL.VERIFY_PEER, lambda *_: True)
        context.use_certificate(self._certificate._cert)
        context.use_privatekey(self._certificate._key)
        context.set_tlsext_use_srtp(b":".join(PROFILES))
        return context

    def _check(self) -> None:
        """Send a connectivity check (RFC 8445), and again every now and then as consent."""
        self.send(self.check(os.urandom(12)))
        delay = STUN_EVERY if self._reached else 0.2
        self._keepalive = asyncio.get_running_loop().call_later(delay, self._check)

    def check(self, transaction: bytes) -> bytes:
        """A connectivity check with this transaction id."""
        assert self._remote is not None
        request = stun.Message(stun.Method.BINDING, stun.Class.REQUEST, transaction)
        request.attributes["USERNAME"] = f"{self._remote.ufrag}:{self.ufrag}"
        request.attributes["PRIORITY"] = 1845501695
        request.attributes["ICE-CONTROLLING"] = secrets.randbits(64)
        request.attributes["USE-CANDIDATE"] = None
        request.add_message_integrity(self._remote.pwd.encode())
        request.add_fingerprint()
        return bytes(request)

    def _handshake(self) -> None:
        assert self._ssl is not None
        try:
            self._ssl.do_handshake()
        except SSL.WantReadError:
            self._flush()
            self._arm()
            return
        self._flush()
        if not self.connected.is_set():
            self._derive_keys()
            self.connected.set()

    def _arm(self) -> None:
        """Have the last flight sent again when its timer runs out (RFC 6347, section 4.2.4)."""
        assert self._ssl is not None
        if self._retransmit is not None:
            self._retransmit.cancel()
        wait = self._ssl.DTLSv1_get_timeout()
        if wait is not None:
            loop = asyncio.get_running_loop()
            self._retransmit = loop.call_later(max(wait, 0.01), self._send_again)

    def _send_again(self) -> None:
        assert self._ssl is not None
        if not self.connected.is_set():
            self._ssl.DTLSv1_handle_timeout()
            self._flush()
            self._arm()

    def _flush(self) -> None:
        assert self._ssl is not None
        while True:
            try:
                self.send(self._ssl.bio_read(1500))
            except SSL.WantReadError:
                return

    def _derive_keys(self) -> None:
        """SRTP keys and salts from the handshake (RFC 5764, section 4.2)."""
        assert self._ssl is not None
        profile, key, salt = PROFILES[self._ssl.get_selected_srtp_profile()]
        secret = self._ssl.export_keying_material(b"EXTRACTOR-dtls_srtp", 2 * (key + salt))
        salts = secret[2 * key :]
        masters = [
            secret[:key] + salts[:salt],
            secret[key : 2 * key] + salts[salt:],
        ]
        mine, theirs = masters if self._client else masters[::-1]
        policy = pylibsrtp.Policy
        outbound = policy(mine, policy.SSRC_ANY_OUTBOUND, WINDOW, profile)
        outbound.allow_repeat_tx = True  # a NACK that comes twice is answered twice
        self._sending = pylibsrtp.Session(outbound)
        inbound = policy(theirs, policy.SSRC_ANY_INBOUND, WINDOW, profile)
        self._receiving = pylibsrtp.Session(inbound)

    # -- packets

    def send(self, datagram: bytes) -> None:
        """Send a datagram as it is to the other side's address."""
        if self._remote is not None:
            with contextlib.suppress(OSError):  # it is lost, as it may be on any network
                self.socket.sendto(datagram, self._remote.address)

    def send_rtp(self, packet: bytes) -> None:
        """Protect and send an RTP packet."""
        assert self._sending is not None
        self.send(self._sending.protect(packet))

    def send_rtcp(self, packet: bytes) -> None:
        """Protect and send an RTCP packet."""
        assert self._sending is not None
        self.send(self._sending.protect_rtcp(packet))

    def _readable(self) -> None:
        for _ in range(READS):
            try:
                data = self.socket.recv(65536)
            except OSError:  # nothing more, or an ICMP error of an earlier send
                return
            self.datagram_received(data)

    def datagram_received(self, data: bytes) -> None:
        """Tell STUN, DTLS, RTP and RTCP apart (RFC 7983)."""
        first = data[0] if data else 255
        if first < 4:
            self._stun_received(data)
        elif 20 <= first < 64 and self._ssl is not None:
            self._ssl.bio_write(data)
            self._handshake()
        elif self.lose is not None and self.lose(data):
            return
        elif 128 <= first < 192 and self._receiving is not None:
            self._srtp_received(data)

    def _stun_received(self, data: bytes) -> None:
        if data[:2] == BINDING_REQUEST:
            self._checked(data)
        elif self._ssl is not None and not self._reached:
            self._reached = True
            self._handshake()

    def _checked(self, data: bytes) -> None:
        """Answer the other side's check (RFC 8489)."""
        if self._remote is None:
            return
        request = stun.parse_message(data)
        response = stun.Message(stun.Method.BINDING, stun.Class.RESPONSE, request.transaction_id)
        response.attributes["XOR-MAPPED-ADDRESS"] = self._remote.address
        response.add_message_integrity(self.pwd.encode())
        response.add_fingerprint()
        self.send(bytes(response))

    def _srtp_received(self, data: bytes) -> None:
        assert self._receiving is not None
        try:
            if 192 <= data[1] <= 223:
                rtcp = self._receiving.unprotect_rtcp(data)
                if self.on_rtcp is not None:
                    self.on_rtcp(rtcp)
                return
            packet = self._receiving.unprotect(data)
        except pylibsrtp.Error:
            self.dropped += 1
            return
        self.received += 1
        if self.on_rtp is not None:
            self.on_rtp(packet)


def _session_lines(mids: list[str]) -> list[str]:
    return [
        "v=0",
        f"o=- {secrets.randbits(48)} 2 IN IP4 127.0.0.1",
        "s=-",
        "t=0 0",
        f"a=group:BUNDLE {' '.join(mids)}",
    ]
