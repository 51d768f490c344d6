"""A slot: one device, open exactly while wanted, whatever happens in between."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stagedoor_client.errors import DeviceError
from stagedoor_client.slot import Slot


class Fake:
    """A device that opens when told to, and knows how often it is open."""

    open_now = 0
    opened = 0

    def __init__(self, gate: asyncio.Event, error: Exception | None = None) -> None:
        self._gate = gate
        self._error = error

    async def open(self) -> None:
        await self._gate.wait()
        if self._error is not None:
            raise self._error
        Fake.open_now += 1
        Fake.opened += 1
        assert Fake.open_now == 1, "two at the same time"

    async def close(self) -> None:
        await asyncio.sleep(0)
        Fake.open_now -= 1


@pytest.fixture(autouse=True)
def fresh() -> None:
    Fake.open_now = Fake.opened = 0


def slot_of(
    gate: asyncio.Event, errors: list[Exception], failures: list[DeviceError]
) -> tuple[Slot, list[Callable[[DeviceError], None]]]:
    """A slot whose devices fail to open as ``errors`` say, and how to fail them when open."""
    fail: list[Callable[[DeviceError], None]] = []

    def make(failed: Callable[[DeviceError], None]) -> Fake:
        fail.append(failed)
        return Fake(gate, errors.pop(0) if errors else None)

    return Slot(make, failures.append), fail


async def test_unwanted_while_opening_it_never_opens() -> None:
    slot, _ = slot_of(asyncio.Event(), [], [])
    slot.want(True)
    await asyncio.sleep(0)
    slot.want(False)
    await slot.settled()
    assert Fake.opened == 0
    await slot.close()


async def test_a_device_that_cannot_be_opened_is_told_and_tried_again_only_when_asked_anew() -> (
    None
):
    gate, failures = asyncio.Event(), list[DeviceError]()
    gate.set()
    slot, _ = slot_of(gate, [DeviceError("busy"), OSError("strange")], failures)
    slot.want(True)
    with pytest.raises(DeviceError, match="busy"):
        await slot.settled()
    slot.want(True)
    assert Fake.opened == 0
    slot.want(False)
    slot.want(True)
    with pytest.raises(DeviceError, match="strange"):
        await slot.settled()
    slot.want(False)
    slot.want(True)
    await slot.settled()
    assert Fake.open_now == 1
    assert [str(error)[:4] for error in failures] == ["busy", "The "]
    await slot.close()
    assert Fake.open_now == 0


async def test_a_device_that_fails_while_open_is_closed() -> None:
    gate, failures = asyncio.Event(), list[DeviceError]()
    gate.set()
    slot, fail = slot_of(gate, [], failures)
    slot.want(True)
    await slot.settled()
    fail[0](DeviceError("unplugged"))
    fail[0](DeviceError("unplugged again"))
    with pytest.raises(DeviceError, match="unplugged"):
        await slot.settled()
    assert Fake.open_now == 0
    assert [str(error) for error in failures] == ["unplugged"]
    await slot.close()


async def test_a_device_that_fails_as_it_opens_is_told_and_closed() -> None:
    """After it is open, but before the slot has had its turn to know."""
    failures: list[DeviceError] = []

    class Brittle(Fake):
        def __init__(self, failed: Callable[[DeviceError], None]) -> None:
            super().__init__(gate)
            self._failed = failed

        async def open(self) -> None:
            await super().open()
            self._failed(DeviceError("pulled out"))

    gate = asyncio.Event()
    gate.set()
    slot = Slot(Brittle, failures.append)
    slot.want(True)
    with pytest.raises(DeviceError, match="pulled out"):
        await slot.settled()
    assert (Fake.opened, Fake.open_now) == (1, 0)
    assert [str(error) for error in failures] == ["pulled out"]
    assert not slot.usable
    await slot.close()


async def test_renewed_while_opening_only_the_new_one_counts() -> None:
    """Neither an opening that ends badly nor a failure of the old one is told."""
    gates = [asyncio.Event(), asyncio.Event()]
    failures: list[DeviceError] = []
    fail: list[Callable[[DeviceError], None]] = []

    class Stubborn(Fake):
        async def open(self) -> None:
            try:
                await super().open()
            except asyncio.CancelledError:
                raise DeviceError("interrupted") from None

    def make(failed: Callable[[DeviceError], None]) -> Fake:
        fail.append(failed)
        return Stubborn(gates[len(fail) - 1])

    slot = Slot(make, failures.append)
    slot.renew()
    assert not slot.wanted
    slot.want(True)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    slot.renew()
    gates[1].set()
    await slot.settled()
    fail[0](DeviceError("the old one was pulled out"))
    await slot.settled()
    assert slot.is_open
    assert slot.usable
    assert (Fake.opened, failures) == (1, [])
    await slot.close()


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 3)), max_size=12))
def test_in_the_end_it_is_as_wanted_last(wishes: list[tuple[bool, int]]) -> None:
    """However the wishes fall between the steps of opening and closing."""

    async def run() -> None:
        Fake.open_now = 0
        gate = asyncio.Event()
        gate.set()
        slot, _ = slot_of(gate, [], [])
        for on, turns in wishes:
            slot.want(on)
            for _ in range(turns):
                await asyncio.sleep(0)
        await slot.settled()
        assert Fake.open_now == int(slot.wanted)
        await slot.close()
        assert Fake.open_now == 0

    asyncio.run(run())
