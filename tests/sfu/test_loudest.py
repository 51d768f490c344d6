"""Of many voices the loudest few are forwarded, and nobody's words are cut."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from stagedoor.sfu.stage.loudest import GONE, LINGER, MOST, Loudest

LOUD, QUIET = 20, 110
STEP = 0.02


class Talk:
    """People who send a packet every 20 ms, at the level that ``levels`` says."""

    def __init__(self, people: int, most: int = 3) -> None:
        self.voices = Loudest(most)
        self.levels: dict[str, int | None] = {f"p{index}": QUIET for index in range(people)}
        self.now = 0.0

    def run(self, seconds: float) -> set[str]:
        """Who is heard at the end of it."""
        heard: set[str] = set()
        for _ in range(round(seconds / STEP)):
            self.now += STEP
            heard = {
                who for who in self.levels if self.voices.hear(who, self.levels[who], self.now)
            }
        return heard


def test_on_a_small_stage_all_are_heard() -> None:
    talk = Talk(MOST, MOST)
    assert talk.run(5) == set(talk.levels)


def test_whoever_begins_to_speak_is_let_in_at_once() -> None:
    talk = Talk(10)
    assert talk.run(1) == {"p0", "p1", "p2"}
    talk.levels["p9"] = LOUD
    assert "p9" in talk.run(0.1)


def test_a_pause_between_words_costs_nobody_their_place() -> None:
    talk = Talk(10)
    for who in ("p7", "p8", "p9"):
        talk.levels[who] = LOUD
    talk.run(1)
    talk.levels |= {"p7": QUIET, "p6": LOUD}
    assert talk.run(LINGER - 0.2) == {"p7", "p8", "p9"}
    assert talk.run(2.0) == {"p6", "p8", "p9"}


def test_many_who_speak_at_once_do_not_flutter() -> None:
    talk = Talk(10)
    talk.levels = dict.fromkeys(talk.levels, LOUD)
    first = talk.run(1)
    talk.levels |= {who: LOUD - 5 for who in talk.levels if who not in first}
    assert talk.run(5) == first


def test_noise_is_no_speech() -> None:
    talk = Talk(10)
    first = talk.run(1)
    talk.levels["p9"] = 60
    assert talk.run(5) == first


def test_whoever_is_muted_or_gone_makes_room() -> None:
    talk = Talk(10)
    talk.levels = dict.fromkeys(talk.levels, LOUD)
    talk.run(1)
    talk.voices.leave("p0")
    del talk.levels["p0"]
    assert len(talk.run(0.1)) == 3
    gone = min(talk.voices.chosen)
    del talk.levels[gone]
    talk.run(GONE + 0.1)
    assert gone not in talk.voices.chosen
    assert len(talk.voices.chosen) == 3


def test_who_does_not_say_their_level_is_let_in_like_somebody_who_speaks() -> None:
    talk = Talk(10)
    talk.run(1)
    talk.levels["p9"] = None
    assert "p9" in talk.run(0.1)


@given(
    st.lists(
        st.tuples(st.integers(0, 9), st.none() | st.integers(0, 127), st.floats(0, 3)), max_size=80
    ),
    st.integers(1, 4),
)
def test_never_more_than_so_many(said: list[tuple[int, int | None, float]], most: int) -> None:
    voices, now = Loudest(most), 0.0
    for who, level, elapsed in said:
        now += elapsed
        assert voices.hear(f"p{who}", level, now) == (f"p{who}" in voices.chosen)
        assert len(voices.chosen) <= most
