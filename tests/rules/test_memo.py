"""Results remembered by identity are those that would be worked out again."""

from __future__ import annotations

from stagedoor.rules.memo import KEPT, remembered


def test_the_last_few_are_remembered_by_identity_alone() -> None:
    asked: list[dict[str, int]] = []

    @remembered
    def total(value: dict[str, int]) -> int:
        asked.append(value)
        return sum(value.values())

    values = [{"a": number} for number in range(KEPT)]
    for _ in range(2):
        assert [total(one) for one in values] == [*range(KEPT)]
    assert len(asked) == KEPT
    assert total({"a": 0}) == 0
    assert len(asked) == KEPT + 1, "an equal one is another one"
    assert total(values[0]) == 0
    assert len(asked) == KEPT + 2, "the oldest was forgotten"
