"""The room that most of the keeper's tests begin with."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from stagedoor.rules import commands as c
from stagedoor.rules.values import Device, Role

from .stage import Stage


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    stage = Stage(tmp_path / "log.db")
    await stage.open()
    yield stage
    await stage.close()


@pytest.fixture
async def crowd(stage: Stage) -> Stage:
    """A moderator, and Ann on stage with everything on, watched by Ben."""
    await stage.enter("mod", Role.MODERATOR)
    await stage.enter("ann")
    await stage.enter("ben")
    await stage.on_stage("ann")
    await stage.do("ann", c.SetDevice(Device.SCREEN, on=True))
    stage.diary.entries.clear()
    return stage
