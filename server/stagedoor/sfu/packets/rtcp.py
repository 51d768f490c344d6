"""RTCP packets: those that an SFU reads and writes (RFC 3550, 4585, 5104; REMB's draft)."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

SR, RR, SDES, RTPFB, PSFB = 200, 201, 202, 205, 206
NACK, PLI, FIR, REMB = 1, 1, 4, 15
_BLOCK = struct.Struct("!IIIIII")


class Packet(NamedTuple):
    """One packet of a compound: ``format`` is the report count or feedback format."""

    type: int
    format: int
    body: bytes


class SenderInfo(NamedTuple):
    """The sender's part of an SR (RFC 3550, section 6.4.1)."""

    ssrc: int
    ntp: int
    timestamp: int


class ReportBlock(NamedTuple):
    """Reception of one source (RFC 3550, section 6.4.1). ``lost_fraction`` is in 1/256."""

    ssrc: int
    lost_fraction: int
    lost: int
    highest: int
    jitter: int
    last_sr: int
    delay: int


def split(data: bytes) -> Iterator[Packet]:
    """The packets of a compound or reduced-size packet; stops quietly at the first broken one."""
    offset = 0
    while offset + 4 <= len(data):
        first, kind, words = struct.unpack_from("!BBH", data, offset)
        end = offset + 4 + 4 * words
        if first >> 6 != 2 or end > len(data):
            return
        yield Packet(kind, first & 0x1F, data[offset + 4 : end])
        offset = end


def sender_info(packet: Packet) -> SenderInfo | None:
    """What an SR says of its sender; None where it is too short."""
    if len(packet.body) < 24:
        return None
    ssrc, ntp, timestamp = struct.unpack_from("!IQI", packet.body)
    return SenderInfo(ssrc, ntp, timestamp)


def report_blocks(packet: Packet) -> list[ReportBlock]:
    """The report blocks of an RR or SR."""
    start = {RR: 4, SR: 24}.get(packet.type)
    if start is None:
        return []
    ends = range(start, len(packet.body) - 23, 24)
    return [_block(*_BLOCK.unpack_from(packet.body, at)) for at in ends][: packet.format]


def _block(
    ssrc: int, loss: int, highest: int, jitter: int, last_sr: int, delay: int
) -> ReportBlock:
    lost = ((loss & 0xFFFFFF) ^ 0x800000) - 0x800000
    return ReportBlock(ssrc, loss >> 24, lost, highest, jitter, last_sr, delay)


def estimated(packet: Packet) -> int | None:
    """The bits a second of a REMB; None for anything else."""
    body = packet.body
    if packet.type != PSFB or packet.format != REMB or len(body) < 16 or body[8:12] != b"REMB":
        return None
    rate = int.from_bytes(body[13:16])
    return (rate & 0x3FFFF) << (rate >> 18)


def keyframe_wanted(packet: Packet) -> list[int]:
    """The media SSRCs of a PLI or FIR (RFC 4585, 6.3.1; RFC 5104, 4.3.1), else nothing."""
    if packet.type != PSFB or len(packet.body) < 8:
        return []
    if packet.format == PLI:
        return [int.from_bytes(packet.body[4:8])]
    if packet.format == FIR:
        ends = range(8, len(packet.body) - 7, 8)
        return [int.from_bytes(packet.body[at : at + 4]) for at in ends]
    return []


def lost_packets(packet: Packet) -> tuple[int, list[int]]:
    """Media SSRC and lost sequence numbers of a generic NACK (RFC 4585, section 6.2.1)."""
    if packet.type != RTPFB or packet.format != NACK or len(packet.body) < 8:
        return 0, []
    found = []
    for offset in range(8, len(packet.body) - 3, 4):
        first, mask = struct.unpack_from("!HH", packet.body, offset)
        found.append(first)
        found += [(first + 1 + bit) & 0xFFFF for bit in range(16) if mask >> bit & 1]
    return int.from_bytes(packet.body[4:8]), found


def _packet(kind: int, count: int, body: bytes) -> bytes:
    return struct.pack("!BBH", 0x80 | count, kind, len(body) // 4) + body


def pli(sender: int, media: int) -> bytes:
    """Picture loss indication (RFC 4585, section 6.3.1)."""
    return _packet(PSFB, PLI, struct.pack("!II", sender, media))


def nack(sender: int, media: int, lost: Iterable[int]) -> bytes:
    """Generic NACK (RFC 4585, section 6.2.1) of at least one sequence number."""
    entries: list[list[int]] = []
    for sequence in lost:
        ahead = (sequence - entries[-1][0] - 1) & 0xFFFF if entries else 16
        if ahead < 16:
            entries[-1][1] |= 1 << ahead
        else:
            entries.append([sequence, 0])
    body = struct.pack("!II", sender, media)
    return _packet(RTPFB, NACK, body + b"".join(struct.pack("!HH", *entry) for entry in entries))


def remb(sender: int, bits: int, sources: Sequence[int]) -> bytes:
    """Receiver estimated maximum bitrate, in bits a second (draft-alvestrand-rmcat-remb)."""
    exponent = max(0, bits.bit_length() - 18)
    rate = exponent << 18 | bits >> exponent
    body = struct.pack("!II4s", sender, 0, b"REMB") + bytes([len(sources)]) + rate.to_bytes(3)
    return _packet(PSFB, REMB, body + struct.pack(f"!{len(sources)}I", *sources))


def receiver_report(sender: int, blocks: Sequence[ReportBlock]) -> bytes:
    """An RR with up to 31 report blocks (RFC 3550, section 6.4.2)."""
    body = struct.pack("!I", sender)
    for block in blocks:
        lost = max(-0x800000, min(0x7FFFFF, block.lost)) & 0xFFFFFF
        body += struct.pack(
            "!IIIIII",
            block.ssrc,
            block.lost_fraction << 24 | lost,
            block.highest,
            block.jitter,
            block.last_sr,
            block.delay,
        )
    return _packet(RR, len(blocks), body)


def sender_report(info: SenderInfo, packets: int, octets: int) -> bytes:
    """An SR without report blocks (RFC 3550, section 6.4.1)."""
    fields = (info.ssrc, info.ntp, info.timestamp & 0xFFFFFFFF)
    counts = (packets & 0xFFFFFFFF, octets & 0xFFFFFFFF)
    return _packet(SR, 0, struct.pack("!IQIII", *fields, *counts))


def source_description(ssrc: int, cname: str) -> bytes:
    """An SDES chunk with a CNAME (RFC 3550, section 6.5.1)."""
    name = cname.encode()
    item = struct.pack("!IBB", ssrc, 1, len(name)) + name + b"\0"
    return _packet(SDES, 1, item + b"\0" * (-len(item) % 4))
