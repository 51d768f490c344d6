"""Microphones and speakers, by a fake of PortAudio at sounddevice's boundary."""

from __future__ import annotations

import asyncio
import itertools
import threading
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from stagedoor_client import portaudio, sounding
from stagedoor_client.clocks import BLOCK, RATE, Samples
from stagedoor_client.devices import Device
from stagedoor_client.errors import DeviceError
from stagedoor_client.microphone import Microphone, MicrophoneTrack
from stagedoor_client.portaudio_list import rows
from stagedoor_client.speaker import Playing, Resampled, Speaker, chime

try:
    import sounddevice
except OSError:
    pytest.skip("libportaudio2 is missing", allow_module_level=True)

DESK, HEADSET, BOX = Device(0, "Desk"), Device(7, "Headset"), Device(1, "Box")


class FakeStream:
    """sounddevice.RawInputStream and RawOutputStream."""

    def __init__(self, hardware: FakePortAudio, options: dict[str, Any]) -> None:
        self.options = options
        self.open = True
        self._hardware = hardware
        hardware.streams.append(self)

    def start(self) -> None:
        if self._hardware.error is not None:
            raise self._hardware.error

    def close(self) -> None:
        self.open = False
        self.options["finished_callback"]()

    def end(self) -> None:
        """As when the device is pulled out."""
        self.options["finished_callback"]()

    def record(self, samples: Samples, overflow: bool = False) -> None:
        """What PortAudio's thread does when a block is there."""
        status = SimpleNamespace(input_overflow=True) if overflow else None
        self.options["callback"](samples.tobytes(), len(samples), SimpleNamespace(), status)

    def play(self, count: int) -> Any:
        """What PortAudio's thread does when it needs a block."""
        data = bytearray(2 * count * self.options["channels"])
        self.options["callback"](data, count, SimpleNamespace(), None)
        return np.frombuffer(data, np.int16).reshape(count, -1)


class FakePortAudio:
    """What is plugged in, and what PortAudio knew when it was started."""

    def __init__(self) -> None:
        self.plugged = [("Desk", 1, 0), ("Box", 0, 2)]
        self.rates = {48000, 44100}
        self.streams: list[FakeStream] = []
        self.error: Exception | None = None
        self.starts = 0
        self.start()

    def start(self) -> None:
        assert not self.open, "PortAudio is started again with no stream open"
        self.starts += 1
        self.known = list(self.plugged)

    @property
    def open(self) -> list[FakeStream]:
        return [stream for stream in self.streams if stream.open]

    def devices(self, index: int | None = None, kind: str | None = None) -> Any:
        found = [
            {
                "index": index,
                "name": name,
                "hostapi": 0,
                "max_input_channels": inputs,
                "max_output_channels": outputs,
                "default_samplerate": 44100.0,
            }
            for index, (name, inputs, outputs) in enumerate(self.known)
        ]
        if kind is None:
            return found
        able = [one for one in found if one[f"max_{kind}_channels"]]
        return able[0] if index is None else found[index]

    def check(self, *_: object, samplerate: int, **__: object) -> None:
        if samplerate not in self.rates:
            raise sounddevice.PortAudioError("Invalid sample rate", -9997)


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakePortAudio]:
    fake = FakePortAudio()
    monkeypatch.setattr("stagedoor_client.microphone.microphones", lambda: [DESK, HEADSET])
    monkeypatch.setattr("stagedoor_client.speaker.speakers", lambda: [BOX])
    monkeypatch.setattr(sounddevice, "query_devices", fake.devices)
    monkeypatch.setattr(sounddevice, "query_hostapis", lambda: [{"name": "ALSA"}])
    monkeypatch.setattr(sounddevice, "check_input_settings", fake.check)
    monkeypatch.setattr(sounddevice, "check_output_settings", fake.check)
    monkeypatch.setattr(sounddevice, "RawInputStream", lambda **o: FakeStream(fake, o))
    monkeypatch.setattr(sounddevice, "RawOutputStream", lambda **o: FakeStream(fake, o))
    monkeypatch.setattr(sounddevice, "_terminate", lambda: None)
    monkeypatch.setattr(sounddevice, "_initialize", fake.start)
    yield fake
    assert not portaudio._open, "a test leaves no stream open"


def deaf(block: Samples, at: float) -> None:
    pass


def silent(count: int) -> Samples:
    return np.zeros((count, 2), np.int16)


# -- the list


def test_the_same_names_are_told_apart() -> None:
    fake = FakePortAudio()
    fake.known = [("Mic", 1, 0), ("Mic", 2, 0), ("Box", 0, 2), ("Mic", 1, 0)]
    listing = SimpleNamespace(query_devices=fake.devices, query_hostapis=lambda: [{"name": "ALSA"}])
    assert [one["name"] for one in rows(listing)] == ["Mic", "Mic (2)", "Box", "Mic (3)"]


def test_of_windows_four_ways_to_a_device_one_is_listed() -> None:
    devices = [
        {"index": index, "name": "Mic", "hostapi": index, "max_input_channels": 1,
         "max_output_channels": 0}
        for index in range(4)
    ]  # fmt: skip
    names = ["MME", "Windows DirectSound", "Windows WASAPI", "Windows WDM-KS"]
    listing = SimpleNamespace(
        query_devices=lambda: devices, query_hostapis=lambda: [{"name": name} for name in names]
    )
    assert [(one["index"], one["name"]) for one in rows(listing)] == [(2, "Mic")]


# -- opening by name


async def test_a_device_is_found_by_its_name_whatever_its_index(machine: FakePortAudio) -> None:
    machine.plugged.insert(0, ("New", 1, 0))
    machine.start()
    microphone = Microphone(DESK, deaf, pytest.fail)
    await microphone.open()
    assert machine.streams[0].options["device"] == 1
    assert machine.starts == 2, "it was listed: PortAudio is not started again"
    await microphone.close()
    assert not machine.open


async def test_what_was_plugged_in_later_is_opened_around_what_is_open(
    machine: FakePortAudio,
) -> None:
    failures: list[DeviceError] = []
    speaker = Speaker(BOX, silent, failures.append)
    await speaker.open()
    machine.plugged.insert(0, ("Headset", 1, 0))
    microphone = Microphone(HEADSET, deaf, failures.append)
    await microphone.open()
    assert machine.starts == 2
    assert [stream.options["device"] for stream in machine.open] == [2, 0]
    await asyncio.sleep(0)
    assert not failures, "nobody notices"
    await microphone.close()
    await speaker.close()
    assert not machine.open


async def test_one_that_went_meanwhile_is_told_to_its_owner(machine: FakePortAudio) -> None:
    failure: asyncio.Future[DeviceError] = asyncio.get_running_loop().create_future()
    speaker = Speaker(BOX, silent, failure.set_result)
    await speaker.open()
    machine.plugged = [("Headset", 1, 0)]
    microphone = Microphone(HEADSET, deaf, pytest.fail)
    await microphone.open()
    assert str(await failure) == "The speaker Box stopped."
    await speaker.close()
    await microphone.close()


async def test_a_device_that_is_gone_is_a_sentence(machine: FakePortAudio) -> None:
    with pytest.raises(DeviceError, match="The microphone Headset is not there any more"):
        await Microphone(HEADSET, deaf, pytest.fail).open()
    assert not machine.open


async def test_a_busy_microphone_is_a_sentence_and_is_closed(machine: FakePortAudio) -> None:
    machine.error = sounddevice.PortAudioError("Device unavailable", -9985)
    with pytest.raises(DeviceError, match="The microphone Desk cannot be opened; it may be in use"):
        await Microphone(DESK, deaf, pytest.fail).open()
    assert not machine.open


# -- the microphone


async def test_blocks_are_20_ms_and_none_comes_after_closing(machine: FakePortAudio) -> None:
    heard: list[tuple[Samples, float]] = []
    microphone = Microphone(DESK, lambda block, at: heard.append((block, at)), pytest.fail)
    await microphone.open()
    stream = machine.streams[0]
    assert (stream.options["samplerate"], stream.options["blocksize"]) == (RATE, BLOCK)
    stream.record(np.full(BLOCK, 1, np.int16))
    await asyncio.sleep(0)
    stream.record(np.full(BLOCK, 2, np.int16))
    await microphone.close()
    await asyncio.sleep(0)
    assert [block.tolist() for block, _ in heard] == [[1] * BLOCK]


async def test_a_microphone_that_ends_is_told_and_not_when_it_is_closed(
    machine: FakePortAudio,
) -> None:
    failures: list[DeviceError] = []
    microphone = Microphone(DESK, deaf, failures.append)
    await microphone.open()
    machine.streams[0].end()
    await asyncio.sleep(0)
    assert [str(error) for error in failures] == ["The microphone Desk stopped."]
    await microphone.close()
    await asyncio.sleep(0)
    assert len(failures) == 1


@pytest.mark.parametrize("there", [True, False])
async def test_after_a_gap_nothing_is_heard_until_the_microphone_was_seen_to_be_there(
    machine: FakePortAudio, monkeypatch: pytest.MonkeyPatch, there: bool
) -> None:
    """A sound system that goes on with another one leaves nobody with an open microphone."""
    monkeypatch.setattr(sounding, "GAP", 0.0)
    asked, answer = asyncio.Event(), threading.Event()
    loop = asyncio.get_running_loop()

    def listed() -> list[Device]:
        loop.call_soon_threadsafe(asked.set)
        answer.wait(30)
        return [DESK] if there else [HEADSET]

    monkeypatch.setattr("stagedoor_client.microphone.microphones", listed)
    heard: list[int] = []
    failures: asyncio.Queue[DeviceError] = asyncio.Queue()
    microphone = Microphone(
        DESK, lambda block, at: heard.append(int(block[0])), failures.put_nowait
    )
    await microphone.open()
    now = itertools.count(10, BLOCK / RATE)
    monkeypatch.setattr("stagedoor_client.microphone.time", SimpleNamespace(monotonic=now.__next__))
    machine.streams[0].record(np.full(BLOCK, 1, np.int16))
    await asked.wait()
    machine.streams[0].record(np.full(BLOCK, 2, np.int16))
    monkeypatch.setattr(sounding, "GAP", 1000.0)
    await asyncio.sleep(0)
    assert heard == []
    answer.set()
    if there:
        while microphone._doubted:  # noqa: ASYNC110 - a thread's answer, and then the loop's turn
            await asyncio.sleep(0)
        machine.streams[0].record(np.full(BLOCK, 3, np.int16))
        await asyncio.sleep(0)
        assert heard == [1, 2, 3]
    else:
        assert str(await failures.get()) == "The microphone Desk was pulled out."
        machine.streams[0].record(np.full(BLOCK, 3, np.int16))
        await asyncio.sleep(0)
        assert heard == []
    await microphone.close()
    assert failures.empty()


async def test_one_that_is_moved_without_a_gap_is_noticed(
    machine: FakePortAudio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sounding, "WATCH", 0.001)
    monkeypatch.setattr("stagedoor_client.sounding.sys.platform", "linux")
    listed = [DESK]
    monkeypatch.setattr("stagedoor_client.microphone.microphones", lambda: list(listed))
    failure: asyncio.Future[DeviceError] = asyncio.get_running_loop().create_future()
    microphone = Microphone(DESK, deaf, failure.set_result)
    await microphone.open()
    await asyncio.to_thread(lambda: None)
    assert not failure.done()
    listed.clear()
    assert str(await failure) == "The microphone Desk was pulled out."
    await microphone.close()


@pytest.mark.parametrize(
    ("name", "moved"),
    [
        ("HDA Intel PCH: ALC257 Analog (hw:0,0)", False),
        ("default", False),
        ("pulse", False),
        ("studio_mic", True),
        ("USB Audio", True),
    ],
)
def test_only_a_sound_servers_devices_are_looked_for_now_and_then(
    name: str, moved: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stagedoor_client.sounding.sys.platform", "linux")
    assert sounding.may_be_moved(Device(0, name)) is moved
    monkeypatch.setattr("stagedoor_client.sounding.sys.platform", "darwin")
    assert not sounding.may_be_moved(Device(0, name))


async def test_callbacks_that_stop_are_noticed(
    machine: FakePortAudio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sounding, "SILENCE", 0.0)
    monkeypatch.setattr(sounding, "WATCH", 0.001)
    failure: asyncio.Future[DeviceError] = asyncio.get_running_loop().create_future()
    microphone = Microphone(DESK, deaf, failure.set_result)
    await microphone.open()
    assert str(await failure) == "The microphone Desk stopped."
    await microphone.close()


async def test_lost_sound_is_noticed_and_the_time_goes_on(
    machine: FakePortAudio, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = iter([10.02, 10.04, 10.11, 10.13])
    clock = SimpleNamespace(monotonic=lambda: next(now))
    monkeypatch.setattr("stagedoor_client.microphone.time", clock)
    times: list[float] = []
    microphone = Microphone(DESK, lambda block, at: times.append(at), pytest.fail)
    await microphone.open()
    for overflow in (False, False, True, False):
        machine.streams[0].record(np.zeros(BLOCK, np.int16), overflow)
        await asyncio.sleep(0)
    assert microphone.overflows == 1
    assert times == pytest.approx([10.0, 10.02, 10.09, 10.11])
    await microphone.close()


async def test_a_device_without_48_khz_is_resampled(machine: FakePortAudio) -> None:
    machine.rates = {44100}
    track = MicrophoneTrack()
    microphone = Microphone(DESK, track.hear, pytest.fail)
    await microphone.open()
    stream = machine.streams[0]
    assert (stream.options["samplerate"], stream.options["blocksize"]) == (44100, 882)
    for _ in range(10):
        stream.record(np.zeros(882, np.int16))
    await asyncio.sleep(0)
    frame = await track.recv()
    assert (frame.sample_rate, frame.samples) == (RATE, BLOCK)
    await microphone.close()


async def test_time_stamps_count_samples_and_a_pause_sets_them_right() -> None:
    track = MicrophoneTrack()
    start = track._start
    block = np.zeros(BLOCK, np.int16)
    stamps = []
    for at in (0.02, 0.04001, 0.05999, 2.0, 2.02, 1.0):
        track.hear(block, start + at)
        stamps.append((await track.recv()).pts)
    assert stamps == [960, 1920, 2880, 96000, 96960, 97920], "and never back"


async def test_old_blocks_are_dropped_when_nobody_takes_them_and_all_when_muted() -> None:
    track = MicrophoneTrack()
    for number in range(50):
        track.hear(np.full(BLOCK, number, np.int16), track._start + number / 50)
    assert (await track.recv()).to_ndarray()[0, 0] == 40
    track.forget()
    waiting = asyncio.create_task(track.recv())
    await asyncio.sleep(0)
    assert not waiting.done()
    track.hear(np.full(BLOCK, 7, np.int16), track._start + 1)
    assert (await waiting).to_ndarray()[0, 0] == 7


# -- the speaker


@pytest.mark.parametrize(("outputs", "played"), [(2, [100, 300]), (8, [100, 300]), (1, [200])])
async def test_what_is_pulled_is_played(
    machine: FakePortAudio, outputs: int, played: list[int]
) -> None:
    machine.plugged = [("Box", 0, outputs)]
    machine.start()
    speaker = Speaker(
        BOX, lambda count: np.tile(np.array([100, 300], np.int16), (count, 1)), pytest.fail
    )
    await speaker.open()
    assert (machine.streams[0].play(480) == played).all()
    await speaker.close()
    assert not machine.open


async def test_without_a_choice_the_system_chooses(machine: FakePortAudio) -> None:
    speaker = Speaker(None, silent, pytest.fail)
    await speaker.open()
    assert machine.streams[0].options["device"] is None
    await speaker.close()


async def test_a_speaker_that_ends_is_told(machine: FakePortAudio) -> None:
    failures: list[DeviceError] = []
    speaker = Speaker(BOX, silent, failures.append)
    await speaker.open()
    machine.streams[0].end()
    await asyncio.sleep(0)
    assert [str(error) for error in failures] == ["The speaker Box stopped."]
    await speaker.close()


def test_a_speaker_without_48_khz_gets_the_same_sound() -> None:
    times = np.arange(10 * RATE) / RATE
    tone = np.rint(np.sin(2 * np.pi * 440 * times) * 8000).astype(np.int16)
    given = 0

    def pull(count: int) -> Samples:
        nonlocal given
        given += count
        return np.repeat(tone[given - count : given, None], 2, axis=1)

    resampled = Resampled(pull, 44100)
    whole = np.concatenate([resampled(441) for _ in range(200)])[:, 0].astype(float)
    assert len(whole) == 2 * 44100
    spectrum = np.abs(np.fft.rfft(whole * np.hanning(len(whole))))
    assert spectrum.argmax() * 44100 / len(whole) == pytest.approx(440, abs=1)


def test_the_chime_is_played_once_over_the_rest() -> None:
    playing = Playing(chime(), lambda count: np.full((count, 2), 5, np.int16))
    parts = []
    while not playing.done:
        parts.append(playing(480))
    assert (np.concatenate(parts)[: len(chime())] == chime() + 5).all()
    assert (playing(480) == 5).all()
    assert 0.5 < len(chime()) / RATE < 2
    assert np.abs(chime()).max() < 16384, "it frightens nobody"
