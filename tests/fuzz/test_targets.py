"""Every target with some inputs that hypothesis makes of its seeds; ``make fuzz`` tries more."""

from __future__ import annotations

from functools import lru_cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .target import Run, Target, join, split
from .targets import TARGETS

EXAMPLES = {"dtls": 40, "http": 40, "stage": 60, "messages": 300}

# Where it is, in thousandths of the input; what it is; a length, a byte or a word's number.
_CHANGE = st.tuples(st.integers(0, 999), st.integers(0, 4), st.integers(0, 255))


@lru_cache(maxsize=1)
def made(name: str) -> Run:
    """A target's function, which the next examples use, too."""
    return TARGETS[name].make()


def changed(target: Target, seed: bytes, changes: list[tuple[int, int, int]]) -> bytes:
    """A seed with bytes replaced, cut out, doubled, words put in, or cut off."""
    data = bytearray(seed)
    for place, kind, value in changes:
        at = place * len(data) // 1000
        if kind == 0 and data:
            data[at] = value
        elif kind == 1:
            del data[at : at + 1 + value % 16]
        elif kind == 2:
            data[at:at] = data[at : at + 1 + value]
        elif kind == 3 and target.words:
            data[at:at] = target.words[value % len(target.words)]
        elif kind == 4 and value < 64:
            del data[at:]
    return bytes(data[: target.longest])


@pytest.mark.parametrize("name", TARGETS)
def test_whatever_comes_is_taken_or_refused(name: str) -> None:
    target, run = TARGETS[name], made(name)
    for seed in target.seeds:
        run(seed)

    @settings(
        max_examples=EXAMPLES.get(name, 120),
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.sampled_from(target.seeds), st.lists(_CHANGE, min_size=1, max_size=6))
    def try_it(seed: bytes, changes: list[tuple[int, int, int]]) -> None:
        run(changed(target, seed, changes))

    try_it()


def test_a_target_that_raises_is_seen() -> None:
    def run(data: bytes) -> None:
        assert data != b"ac"

    target = Target("broken", lambda: run, [b"abc"])
    with pytest.raises(AssertionError):
        target.make()(changed(target, b"abc", [(400, 1, 0)]))


def test_pieces_that_are_joined_are_split() -> None:
    assert list(split(join([b"a", b"", b"bcd"]))) == [b"a", b"", b"bcd"]
    assert list(split(b"\xff\xffabc")) == [b"abc"]
