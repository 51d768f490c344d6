"""Datagrams before they are media: STUN, DTLS, SRTP."""

from __future__ import annotations

import contextlib
import hmac
import struct
import zlib

from aioice import stun
from OpenSSL import SSL

from stagedoor.sfu.transport import ice, srtp
from stagedoor.sfu.transport.dtls import MTU, Dtls, DtlsError, datagrams, identity
from stagedoor.sfu.transport.runs import STEP

from .target import Run, Target, join, split

UFRAG, PWD = "0123456789ab", "fedcba9876543210fedcba9876543210"  # pragma: allowlist secret
ADDRESS = ("192.0.2.1", 40000)
SEALED = b"\x01"


def check(**more: object) -> bytes:
    """A connectivity check as browsers send it."""
    message = stun.Message(stun.Method.BINDING, stun.Class.REQUEST, b"transaction!")
    message.attributes["USERNAME"] = f"{UFRAG}:abcd"
    message.attributes["PRIORITY"] = 1845501695
    message.attributes["ICE-CONTROLLING"] = 2**63 + 5
    message.attributes.update(more)
    message.add_message_integrity(PWD.encode())
    message.add_fingerprint()
    return bytes(message)


def seal(data: bytes) -> bytes:
    """A message of these attributes whose integrity is right, whatever else is not."""
    length = struct.pack("!H", (len(data) - 20 + 24) & 0xFFFF)
    head = data[:2] + length + data[4:]
    digest = hmac.digest(PWD.encode(), head, "sha1")
    sealed = head + struct.pack("!HH", 8, 20) + digest
    longer = sealed[:2] + struct.pack("!H", (len(sealed) - 20 + 8) & 0xFFFF) + sealed[4:]
    return longer + struct.pack("!HHI", 0x8028, 4, zlib.crc32(longer) ^ 0x5354554E)


def _stun() -> Run:
    key = ice.key(PWD)

    def run(data: bytes) -> None:
        message = seal(data[1:]) if data[:1] == SEALED and len(data) > 20 else data[1:]
        found = ice.read(message)
        if found is not None and found.local_ufrag == UFRAG:  # as the engine asks
            answer = ice.respond(found, key, ADDRESS)
            assert answer is None or len(answer) <= len(message), "amplified"
            assert found.nominates in (True, False)

    return run


_ATTRIBUTES = check(**{"USE-CANDIDATE": None})[:-32]  # without integrity and fingerprint
STUN = Target(
    "stun",
    _stun,
    [
        b"\0" + check(),
        b"\0" + check(**{"USE-CANDIDATE": None}),
        SEALED + _ATTRIBUTES,
        SEALED + check()[:20],
        b"\0" + check()[:40],
    ],
    words=[UFRAG.encode(), b"\x21\x12\xa4\x42", b"\0\x06", b"\0\x08\0\x14", b"\x80\x28\0\x04"],
)


def _hello() -> bytes:
    """A ClientHello of OpenSSL's, with the extension for SRTP."""
    context = SSL.Context(SSL.DTLS_METHOD)
    context.set_tlsext_use_srtp(b"SRTP_AEAD_AES_128_GCM:SRTP_AES128_CM_SHA1_80")
    client = SSL.Connection(context)
    client.set_ciphertext_mtu(MTU)
    client.set_connect_state()
    with contextlib.suppress(SSL.WantReadError):
        client.do_handshake()
    return datagrams(client.bio_read(4096))[0]


def _dtls() -> Run:
    ours = identity()

    def run(data: bytes) -> None:
        association = Dtls(ours)
        try:
            for piece in split(data, 4):
                if len(piece) >= 12:  # as the engine looks at each datagram
                    association.receive(piece)
            association.wait()
        except DtlsError:
            return
        assert not association.done

    return run


HELLO = _hello()
DTLS = Target(
    "dtls",
    _dtls,
    [join([HELLO]), join([HELLO, HELLO]), join([HELLO[:60], HELLO]), join([b"\x15" + HELLO[1:]])],
    words=[b"\xfe\xfd", b"\xfe\xff", b"\x16", b"\x14", b"\x15", b"\x17", b"\x02\x28"],
)


def _srtp() -> Run:
    keys = srtp.Keys(srtp.PROFILES[0].libsrtp, bytes(28), bytes(28))
    receiver, sender = srtp.Receiver(keys), srtp.Sender(srtp.Keys(keys.profile, *[bytes(28)] * 2))
    buffers, octets = srtp.buffers(1)
    sizes, lengths = srtp.lengths(1)

    def run(data: bytes) -> None:
        for take in (receiver.rtp, receiver.rtcp, sender.rtcp):
            try:
                take(data)
            except srtp.Error:
                continue
        octets[: len(data)] = data
        lengths[0] = len(data)
        srtp.protect(sender.handle, buffers[0], sizes[0])
        assert lengths[0] <= STEP

    return run


SRTP = Target(
    "srtp",
    _srtp,
    [
        b"\x80\x60\0\x01\0\0\0\x01\0\0\x08\xae" + bytes(40),
        b"\x90\x6f\0\x01\0\0\0\x01\0\0\x08\xae\xbe\xde\0\x01\x10\xff\0\0" + bytes(40),
        b"\x80\xc8\0\x06\0\0\x08\xae" + bytes(20) + b"\x80\0\0\x01" + bytes(16),
        b"\x81\xce\0\x02\0\0\x08\xae\0\0\x08\xae\x80\0\0\x01" + bytes(16),
    ],
)
