"""For all tests: hypothesis judges what came out, and not how long it took."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

# Both times differ by the machine, and by what else it does.
settings.register_profile("stagedoor", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("stagedoor")
