"""The client's sentences in the language of who uses it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from stagedoor.rules.refusals import Code, refusal
from stagedoor_client import words
from stagedoor_client.cli import main
from stagedoor_client.errors import DeviceError, RefusedError
from stagedoor_client.words import numeral, t, tn, told, why


@pytest.fixture
def german() -> Iterator[None]:
    """Speak German, for one test."""
    words.use("de")
    yield
    words.use("en")


def test_english_is_what_stands_in_the_code() -> None:
    assert t("{name} stays muted.", name="Ann") == "Ann stays muted."
    assert tn(1, "{count} vote", "{count} votes") == "1 vote"
    assert tn(1200, "{count} vote", "{count} votes") == "1,200 votes"
    assert t("{missing} stays", name="Ann") == "{missing} stays"


@pytest.mark.usefixtures("german")
def test_sentences_numbers_and_plurals_are_german() -> None:
    assert t("{name} stays muted.", name="Ann") == "Ann bleibt stumm."
    assert tn(1, "{count} vote", "{count} votes") == "1 Stimme"
    assert tn(1200, "{count} vote", "{count} votes") == "1.200 Stimmen"
    assert numeral(3.25, 1) == "3,2"
    assert told("Never said anywhere") == "Never said anywhere"


@pytest.mark.usefixtures("german")
def test_a_refusal_is_translated_by_its_template_and_values() -> None:
    said = refusal(Code.AWAY, "{name} is not connected just now.", name="{what}")
    error = RefusedError(said.code, said.sentence, said.template, said.values)
    assert str(error) == "{what} is not connected just now."
    assert why(error) == "{what} ist gerade nicht verbunden."
    role = refusal(Code.WRONG_STATE, "{name} is a {what} already.", name="Ann", what="moderator")
    error = RefusedError(role.code, role.sentence, role.template, role.values)
    assert why(error) == "Ann hat schon diese Rolle: Moderation."
    assert why(RefusedError(Code.LOCKED, "The stage is closed.")) == "Die Bühne ist geschlossen."


@pytest.mark.usefixtures("german")
def test_errors_of_the_clients_own_are_translated() -> None:
    error = DeviceError("{device} is not there any more.", device="Lens")
    assert str(error) == "Lens is not there any more."
    assert why(error) == "Lens ist nicht mehr da."
    assert why(OSError("no sentence of ours")) == "no sentence of ours"


def test_a_name_of_the_other_direction_is_kept_apart() -> None:
    assert t("{name} stays muted.", name="דנה") == "\u2068דנה\u2069 stays muted."


def test_the_first_language_that_there_is_is_taken() -> None:
    assert words.first_of(["", "de-AT", "en"]) == "de"
    assert words.first_of(["nl-NL", "en-GB", "de"]) == "en"
    assert words.first_of(["C"]) == "en"
    assert words.first_of(["en-XB"]) == "en-XB"


def test_the_made_up_language_is_longer() -> None:
    words.use("en-XB")
    try:
        assert t("{name} stays", name="Ann") == "⟦\u2068Ann\u2069 staays⟧"
    finally:
        words.use("en")


def test_the_window_is_asked_for_a_language_without_its_command(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit):
        main(["--lang", "xx"])
    assert "stagedoor-client window" in capsys.readouterr().err
