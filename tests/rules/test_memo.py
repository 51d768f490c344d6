"""Results that are remembered are those that would be worked out again."""

from __future__ import annotations

import pickle

from stagedoor.rules.memo import KEPT, Lasting, remembered, worked_out


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


def test_what_is_worked_out_of_a_lasting_dict_lasts_as_long_as_it_does() -> None:
    asked: list[dict[str, int]] = []

    @worked_out
    def total(value: dict[str, int]) -> int:
        asked.append(value)
        return sum(value.values())

    first = Lasting({"a": 1})
    second = first.with_({"b": 2})
    for _ in range(2):
        assert (total(first), total(second)) == (1, 3)
    assert (dict(first), dict(second)) == ({"a": 1}, {"a": 1, "b": 2})
    assert asked == [first, second], "each once"
    assert len(first.results) == len(second.results) == 1
    copied = pickle.loads(pickle.dumps(first))
    assert (type(copied), copied, copied.results) == (Lasting, first, {})
    assert total({"a": 1}) == total({"a": 1}) == 1
    assert len(asked) == 4, "of any other mapping it is worked out every time"
