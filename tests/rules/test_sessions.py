"""Which secrets lead back: lost answers lose nobody, and old copies lead nowhere."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from stagedoor.rules.sessions import FRESH, LIFE, Exchange, Sessions

NOW = 1_000_000


def begun(key: str = "") -> Sessions:
    return Sessions().exchanged(Exchange(key, "s1"), NOW)


def good(sessions: Sessions, *secrets: str, now: int = NOW) -> list[str]:
    return [one for one in secrets if sessions.refusal(one, now) is None]


def test_the_old_secret_is_good_until_the_new_one_is_used() -> None:
    sessions = begun()
    assert good(sessions, "", "s1", "s2", "key") == ["s1"]
    sessions = sessions.exchanged(Exchange("s1", "s2"), NOW)
    assert good(sessions, "s1", "s2") == ["s1", "s2"], "the answer with s2 may be lost"
    sessions = sessions.exchanged(Exchange("s1", "s3"), NOW)
    assert good(sessions, "s1", "s2", "s3") == ["s1", "s2", "s3"], "or only late"
    sessions = sessions.exchanged(Exchange("s3", "s4"), NOW)
    assert good(sessions, "s1", "s2", "s3", "s4") == ["s3", "s4"]


def test_an_invitations_key_is_good_until_the_session_is_used() -> None:
    sessions = begun("key")
    assert good(sessions, "key", "s1") == ["key", "s1"]
    assert good(sessions.exchanged(Exchange("s1", "s2"), NOW), "key", "s1") == ["s1"]


def test_a_session_that_nobody_uses_ends() -> None:
    sessions = begun()
    assert good(sessions, "s1", now=NOW + LIFE - 1) == ["s1"]
    assert good(sessions, "s1", now=NOW + LIFE) == []
    assert sessions.refusal("s1", NOW + LIFE, here=True) is None, "who stays for weeks comes back"
    assert sessions.refusal("s2", NOW, here=True) is not None


@given(st.lists(st.booleans(), max_size=40))
def test_whoever_keeps_what_they_got_is_never_locked_out(answers: list[bool]) -> None:
    """Answers are lost at will; the owner shows the newest that arrived."""
    sessions, mine = begun(), "s1"
    for number, arrives in enumerate(answers, 2):
        assert sessions.refusal(mine, NOW) is None
        sessions = sessions.exchanged(Exchange(mine, f"s{number}"), NOW)
        assert len(sessions.fresh) <= FRESH
        if arrives:
            mine = f"s{number}"
    assert sessions.refusal(mine, NOW) is None


def test_a_copy_is_dead_once_its_owner_is_two_steps_ahead() -> None:
    copied = "s1"
    sessions = begun().exchanged(Exchange("s1", "s2"), NOW).exchanged(Exchange("s2", "s3"), NOW)
    assert sessions.refusal(copied, NOW) is not None
