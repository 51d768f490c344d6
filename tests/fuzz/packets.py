"""RTP with its extensions and RTX, RTCP, and the codecs' payload descriptors."""

from __future__ import annotations

from stagedoor.sfu.negotiation import codecs
from stagedoor.sfu.packets import rtcp, rtp, rtx, vp8

from .target import Run, Target

CODECS = (codecs.VP8, codecs.H264, codecs.VP9, codecs.AV1)


def packet(
    payload: bytes, payload_type: int = 96, extension: bytes = b"", sequence: int = 1
) -> bytes:
    """An RTP packet; ``extension`` are elements in the one-byte form."""
    words = -(-len(extension) // 4)
    block = b"\xbe\xde" + words.to_bytes(2) + extension.ljust(4 * words, b"\0") if words else b""
    head = bytes([0x90 if block else 0x80, payload_type]) + sequence.to_bytes(2)
    return head + (3000 * sequence).to_bytes(4) + (2222).to_bytes(4) + block + payload


#: Payloads of each codec: VP8 with all fields and without, H.264 alone, together and in pieces,
#: VP9 with a picture's number, AV1 that begins a sequence.
PAYLOADS = [
    b"\x10\0\x9d\x01\x2a\x40\x01\xf0\0" + bytes(30),
    b"\x90\xf0\x81\x23\x45\x67\x60\0\0\0\x9d\x01\x2a\x40\x01\xf0\0" + bytes(30),
    b"\x90\x80\x23\x01" + bytes(30),
    b"\x67\x42\xe0\x1f" + bytes(20),
    b"\x78\0\x04\x67\x42\xe0\x1f\0\x04\x68\xce\x06\xf2\0\x04\x65\x88\x84\0",
    b"\x7c\x85\x88\x84" + bytes(30),
    b"\x8c\x81\x23\x45" + bytes(30),
    b"\xa8\x05\x10\x82" + bytes(30),
    b"\x18\x0a\x0b" + bytes(30),
]
LEVEL, MID, RID, TIME = b"\x10\xaf", b"\x40\x31", b"\x50\x68", b"\x32\x12\x34\x56"


def _rtp() -> Run:
    def run(data: bytes) -> None:
        header = rtp.parse(data)
        if header is None:
            return
        assert 12 <= header.payload <= len(data)
        for identifier in range(16):
            rtp.extension(data, identifier)
            rtp.audio_level(data, identifier)
        rtp.empty(data, header)
        for extension in (b"", rtp.send_time(12.5)):
            ours = rtp.rewrite(data, header, 96, header.sequence + 70000, 2**33, 77, extension)
            again = rtp.parse(ours)
            assert again is not None
            assert again.payload == rtp.payload_start(ours)
            rtp.age(ours, 13.0)
            assert len(rtp.sent_now(ours, 14.0)) == len(ours)
            wrapped = rtx.wrap(ours, 97, 9)
            around = rtp.parse(wrapped)
            assert around is not None
            assert rtx.original(wrapped, around) == again.sequence
            assert rtx.unwrap(wrapped, around, 96, 77) == ours
        rtp.parse(rtp.padding(data))
        if rtx.original(data, header) is not None:
            rtp.parse(rtx.unwrap(data, header, 96, 77))

    return run


RTP = Target(
    "rtp",
    _rtp,
    [
        *(packet(payload) for payload in PAYLOADS[:2]),
        packet(b"sound", 111, LEVEL + MID),
        packet(b"picture", 96, MID + RID + TIME + b"\0\0" + b"\xf1\x02\x03"),
        packet(b"\0\x07" + PAYLOADS[0], 97, MID + b"\x61\x68"),
        b"\xb2" + packet(b"")[1:] + bytes(8) + b"\x10\0\0\x01\x01\x02\x03\x04" + b"\0\0\x03",
    ],
    words=[b"\xbe\xde", b"\x10\0", LEVEL, MID, RID, TIME],
)


def _payloads() -> Run:
    def run(data: bytes) -> None:
        if not data:
            return
        codec, body = CODECS[data[0] & 3], packet(data[1:], CODECS[data[0] & 3].payload_type)
        part = codecs.part(codec.payload_type, body, 12)
        if part is not None and codec is codecs.VP8:
            vp8.size(body, part)
            moved = vp8.renumbered(body, part, 3, 5)
            assert len(moved) - len(body) in (0, 1)

    return run


PAYLOAD = Target(
    "payloads",
    _payloads,
    [bytes([index]) + payload for index in range(len(CODECS)) for payload in PAYLOADS],
    words=[vp8.START_CODE, b"\x78", b"\x7c\x85"],
)

_INFO = rtcp.SenderInfo(2222, 0xE0000000_80000000, 90000)
_BLOCK = rtcp.ReportBlock(2222, 12, -3, 70000, 5, 6, 7)
COMPOUNDS = [
    rtcp.sender_report(_INFO, 5, 500) + rtcp.source_description(2222, "someone"),
    rtcp.receiver_report(1, [_BLOCK] * 3) + rtcp.remb(1, 750_000, [2222, 3333]),
    rtcp.pli(1, 2222) + rtcp.nack(1, 2222, [1, 2, 5, 40, 65535, 0]),
    b"\x84\xce\0\x04\0\0\0\x01\0\0\0\0\0\0\x08\xae\x05\0\0\0",
]


def _rtcp() -> Run:
    def run(data: bytes) -> None:
        for one in rtcp.split(data):
            rtcp.sender_info(one)
            blocks = rtcp.report_blocks(one)
            assert len(blocks) <= 31
            rtcp.receiver_report(1, blocks)
            rate = rtcp.estimated(one)
            assert rate is None or rate >= 0
            rtcp.keyframe_wanted(one)
            ssrc, lost = rtcp.lost_packets(one)
            if lost:
                rtcp.nack(1, ssrc, lost)

    return run


RTCP = Target("rtcp", _rtcp, COMPOUNDS, words=[b"REMB", b"\x81\xce", b"\x81\xcd", b"\x80\xc8"])
