"""For all tests: hypothesis judges what came out, not how long it took; and no collector."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

# Both times differ by the machine, and by what else it does.
settings.register_profile("stagedoor", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("stagedoor")


@pytest.fixture
def no_collector() -> Iterator[None]:
    """What a connection takes is too much to wait for the garbage collector, which comes seldom."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()
