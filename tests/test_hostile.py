"""A part of what ``python -m bench.hostile`` tries: nothing that is forbidden is accepted."""

from __future__ import annotations

from bench.hostile.__main__ import attack
from stagedoor.rules.permissions import Situation, stage, talk
from tests.server_process import ServerProcess


async def test_nothing_is_accepted_that_the_table_forbids() -> None:
    with ServerProcess(demo=False) as server:
        score = await attack(server, 160, seed=7)
    assert score.forbidden == []
    assert score.allowed.total() > 20, "people who may do something can"
    for tried in ("before entering", "a banned session", "an old connection", "after the end"):
        assert score.refused[tried]
    cases = {one.case for key in score.situations for one in key if isinstance(one, Situation)}
    assert cases >= {stage.FULL, stage.DECLINED, talk.TOO_SOON}
    for tried in ("a used invitation: the link", "a revoked link: the link", "after a ban"):
        assert score.refused[tried]
    assert score.refused["accept_offer after the offer's end"] == 24
    assert score.allowed["a keyframe for a viewer"] == 1
    for tried in ("NACK by a viewer", "BYE by a viewer", "REMB by a viewer"):
        assert score.refused[tried] > 100
    for tried in ("RTP while offered", "RTP while muted", "RTP after a removal"):
        assert score.refused[tried] == 80
    assert score.refused["STUN with a wrong password"] == 20
