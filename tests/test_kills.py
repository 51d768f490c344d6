"""Killed under load, nothing that was acknowledged is lost; see bench/kills for a hundred times."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from bench.kills.__main__ import BOTH, report, run
from bench.kills.ledger import Ledger
from stagedoor import rules
from stagedoor.log import SqliteLog
from stagedoor.rules.talk.commands import Say
from stagedoor.rules.talk.events import Said


async def test_the_server_and_its_worker_killed_under_load() -> None:
    result = await run([BOTH], random.Random(1), again=0)
    assert result.good, report(result)
    assert result.audit.acknowledged.keys() >= {"said", "vote_cast", "offer_made", "went_on_stage"}


@pytest.mark.parametrize(("key", "lost"), [("a", 0), ("b", 1), ("", 1)])
async def test_the_audit_finds_what_is_lost_or_there_twice(
    tmp_path: Path, key: str, lost: int
) -> None:
    log = await SqliteLog.open(tmp_path / "log.db")
    said = Said(at=2, by="ann", text="hello", key="a")
    await log.append("room", 0, [rules.create("room", "Room", now=1), said, said])
    await log.close()
    ledger = Ledger()
    ledger.acknowledge(Say("hello", key=key), "ann", 2)
    audit = ledger.audit(tmp_path / "log.db", "room")
    assert (len(audit.lost), audit.gaps) == (lost, 0)
    assert audit.twice == [("ann", "said", "a")]
