"""Packets as Wireshark's tshark reads them, which knows nothing of ours: capture and dissection."""

from __future__ import annotations

import asyncio
import csv
import itertools
import shutil
import struct
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import pytest

RTP_PORT, RTCP_PORT = 5004, 5005
VP8, H264, OPUS = 96, 102, 111
DECODED = {VP8: "VP8", H264: "H.264", OPUS: "OPUS"}
WARNING, ERROR = 0x600000, 0x800000  # of Wireshark's severities of what it finds odd
FIELDS = (
    *("frame.number", "udp.length", "_ws.col.Protocol"),
    *("_ws.malformed", "_ws.expert.severity", "_ws.expert.message"),
    *("rtp.p_type", "rtp.ssrc", "rtp.seq", "rtp.timestamp", "rtp.marker"),
    *("rtp.ext.len", "rtp.padding.count"),
    *("vp8.keyframe.width", "h264.profile_idc", "rtcp.pt"),
)


class Packet(NamedTuple):
    """A packet of one of ours: whether it is RTCP, and its bytes without encryption."""

    control: bool
    data: bytes


def capture(packets: Iterable[Packet]) -> bytes:
    """A pcap file (LINKTYPE_RAW) with each packet in UDP and IPv4, a millisecond apart."""
    found = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 101)
    for number, (control, data) in enumerate(packets):
        port = RTCP_PORT if control else RTP_PORT
        udp = struct.pack("!HHHH", port, port, 8 + len(data), 0) + data
        size = 20 + len(udp)
        addresses = bytes([127, 0, 0, 1, 127, 0, 0, 1])
        datagram = struct.pack("!BBHHHBBH", 0x45, 0, size, number & 0xFFFF, 0, 64, 17, 0)
        datagram += addresses + udp
        seconds, rest = divmod(number, 1000)
        found += struct.pack("<IIII", seconds, 1000 * rest, size, size) + datagram
    return found


async def dissect(packets: Iterable[Packet], folder: Path) -> list[dict[str, str]]:
    """What tshark reads, a packet each: its fields by name, those it has not empty."""
    if not shutil.which("tshark"):
        pytest.skip("there is no tshark")
    path = folder / "packets.pcap"
    path.write_bytes(capture(packets))
    command = ["tshark", "-n", "-r", str(path), "-T", "fields", "-E", "header=y", "-E", "quote=d"]
    command += ["-d", f"udp.port=={RTP_PORT},rtp", "-d", f"udp.port=={RTCP_PORT},rtcp"]
    for payload_type, name in DECODED.items():
        command += ["-d", f"rtp.pt=={payload_type},{name.lower().replace('.', '')}"]
    for field in FIELDS:
        command += ["-e", field]
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, stdout=pipe, stderr=pipe)
    async with asyncio.timeout(60):
        out, errors = await process.communicate()
    assert process.returncode == 0, errors.decode()
    return list(csv.DictReader(out.decode().splitlines(), delimiter="\t"))


def faults(rows: Iterable[dict[str, str]]) -> list[str]:
    """What tshark holds against packets: broken ones, those it gave up, whatever it warns of."""
    found = []
    for row in rows:
        severities = [int(text) for text in row["_ws.expert.severity"].split(",") if text]
        # It warns of every H.264 picture that it does not read it to its end.
        bound = ERROR if row["rtp.p_type"] == str(H264) else WARNING
        odd = row["_ws.malformed"] or any(severity >= bound for severity in severities)
        if odd or row["_ws.col.Protocol"] not in _expected(row):
            words = (row["frame.number"], row["_ws.col.Protocol"], row["_ws.expert.message"])
            found.append(" ".join(words))
    return found


def _expected(row: dict[str, str]) -> tuple[str, ...]:
    """How far the reading must have gone: to the codec, where there is anything but padding."""
    name = DECODED.get(int(row["rtp.p_type"] or 0))
    if name is None:
        return "RTP", "RTCP"
    extension = 4 + 4 * int(row["rtp.ext.len"]) if row["rtp.ext.len"] else 0
    padding = int(row["rtp.padding.count"] or 0)
    empty = int(row["udp.length"]) == 8 + 12 + extension + padding
    return ("RTP",) if empty and padding else (name,)


def breaks(rows: Iterable[dict[str, str]]) -> list[str]:
    """Where a stream's numbers do not go on: a gap or a repetition, time that runs back or leaps.

    The rows are of one SSRC, and may be out of order as they are when packets were sent again. Time
    may leap by five seconds at most; pictures end with the marker, and nowhere else.
    """
    numbered: dict[int, tuple[int, bool]] = {}
    last, found, rate = -1, [], 90000
    for row in rows:
        rate = 48000 if row["rtp.p_type"] == str(OPUS) else 90000
        sequence = int(row["rtp.seq"])
        last = sequence if last < 0 else last + ((sequence - last + 0x8000) & 0xFFFF) - 0x8000
        if last in numbered:
            found.append(f"{last} twice")
        numbered[last] = int(row["rtp.timestamp"]), row["rtp.marker"] in ("1", "True")
    ordered = sorted(numbered)
    for before, after in itertools.pairwise(ordered):
        if after != before + 1:
            found.append(f"nothing between {before} and {after}")
            continue
        (earlier, end), (later, _) = numbered[before], numbered[after]
        passed = (later - earlier) & 0xFFFFFFFF
        if passed > 5 * rate:
            found.append(f"time leaps by {passed} at {after}")
        if rate == 90000 and end != (passed > 0):
            found.append(f"a picture ends at {before}, or does not")
    return found
