"""Cameras, microphones and speakers: listing them by name, and choosing one. Opens none."""

from __future__ import annotations

import ctypes
import glob
import json
import os
import re
import struct
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .errors import DeviceError

VIDIOC_QUERYCAP = 0x80685600
CAPTURE = 0x1
DEVICE_CAPS = 0x80000000
LISTING = 20.0  # seconds
MSMF, AVFOUNDATION = 1400, 1200  # cv2.CAP_…; listing needs no OpenCV


@dataclass(frozen=True)
class Device:
    """A device: ``index`` as OpenCV, PortAudio or mss counted it when it was listed.

    What is plugged in later can change the index; the name says which one is meant.
    """

    index: int
    name: str


def choose(devices: Sequence[Device], wanted: str, kind: str) -> Device:
    """The device meant by an index or a part of its name, whatever the case.

    A whole name wins over a part of others. Raises DeviceError, in English as the command line is.
    """
    if not devices:
        trouble = f"There is no {kind} on this machine."
        raise DeviceError(trouble)
    if wanted.isascii() and wanted.isdigit():
        found = [device for device in devices if device.index == int(wanted)]
    else:
        lower = wanted.casefold()
        found = [device for device in devices if device.name.casefold() == lower]
        found = found or [device for device in devices if lower in device.name.casefold()]
    if len(found) == 1:
        return found[0]
    if found:
        names = ", ".join(f"{device.index} {device.name}" for device in found)
        trouble = f"“{wanted}” fits several {kind}s: {names}. Say more of the name."
        raise DeviceError(trouble)
    names = ", ".join(f"{device.index} {device.name}" for device in devices)
    trouble = f"There is no {kind} “{wanted}”. There are: {names}."
    raise DeviceError(trouble)


def microphones() -> list[Device]:
    """What PortAudio can record from. Blocks a moment; raises DeviceError where it is missing."""
    return _sound("inputs")


def speakers() -> list[Device]:
    """What PortAudio can play on. Blocks a moment; raises DeviceError where it is missing."""
    return _sound("outputs")


def _sound(kind: str) -> list[Device]:
    return [Device(one["index"], one["name"]) for one in _listed() if one[kind] > 0]


def _listed() -> list[dict[str, Any]]:
    """See portaudio_list: in a process of its own, which knows what was plugged in just now."""
    program = Path(__file__).with_name("portaudio_list.py")
    try:
        done = subprocess.run(
            [sys.executable, str(program)],
            capture_output=True,
            text=True,
            check=True,
            timeout=LISTING,
        )
    except subprocess.CalledProcessError as error:
        why = error.stderr.strip().splitlines()
        last = why[-1] if why else f"code {error.returncode}"
        raise DeviceError("The sound devices cannot be listed: {error}", error=last) from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise DeviceError(
            "The sound devices cannot be listed: {error}", error=str(error)
        ) from error
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def cameras() -> list[Device]:
    """The cameras, none of them opened for pictures."""
    if sys.platform != "linux":
        return _enumerated(MSMF if sys.platform == "win32" else AVFOUNDATION)
    paths = glob.glob("/dev/video*") or [f"/dev/video{index}" for index in range(8)]
    found = []
    for path in paths:
        number = re.fullmatch(r"/dev/video(\d+)", path)
        name = _v4l2_name(path) if number else None
        if number and name is not None:
            found.append(Device(int(number.group(1)), name))
    return sorted(found, key=lambda device: device.index)


def _v4l2_name(path: str) -> str | None:
    """A capture device's card name by VIDIOC_QUERYCAP; None for what is no camera.

    Through the C library, so that PipeWire's preloaded V4L2 layer answers as well.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    handle = libc.open(path.encode(), os.O_RDWR | os.O_NONBLOCK)
    if handle < 0:
        return _sysfs_name(path) if Path(path).exists() else None
    try:
        answer = ctypes.create_string_buffer(104)
        if libc.ioctl(handle, ctypes.c_ulong(VIDIOC_QUERYCAP), answer) < 0:
            return None
    finally:
        libc.close(handle)
    _, card, _, _, capabilities, own = struct.unpack("16s32s32sIII", answer.raw[:92])
    if not (own if capabilities & DEVICE_CAPS else capabilities) & CAPTURE:
        return None
    return str(card.split(b"\0", 1)[0].decode(errors="replace")) or Path(path).name


def _sysfs_name(path: str) -> str | None:
    """The name of a camera that cannot be opened just now."""
    try:
        return Path("/sys/class/video4linux", Path(path).name, "name").read_text().strip()
    except OSError:
        return None


def places(device: Device) -> Iterator[tuple[int, int]]:
    """Where OpenCV finds a camera: its index and the backend, in the order to try."""
    import cv2

    if sys.platform == "linux":
        yield device.index, cv2.CAP_V4L2
    elif sys.platform == "darwin":
        yield device.index, cv2.CAP_AVFOUNDATION
    elif sys.platform == "win32":
        yield device.index, cv2.CAP_MSMF
        # DirectShow counts differently, and knows cameras that Media Foundation does not open.
        same = (one for one in _enumerated(cv2.CAP_DSHOW) if one.name == device.name)
        yield from ((one.index, cv2.CAP_DSHOW) for one in same)
    else:
        yield device.index, cv2.CAP_ANY


def _enumerated(backend: int) -> list[Device]:
    """The cameras of a backend of Windows or macOS, by their names, without opening them."""
    try:
        from cv2_enumerate_cameras import enumerate_cameras
    except ImportError as error:
        raise DeviceError(
            "Cameras need cv2-enumerate-cameras: {error}", error=str(error)
        ) from error
    return [Device(one.index, one.name) for one in enumerate_cameras(backend)]
