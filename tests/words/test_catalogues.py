"""Every sentence is in every catalogue, with its placeholders, and nothing else is."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from . import catalogues
from .sentences import ROOT, Found, client_sentences, page_sentences, read_client, read_script

CATALOGUES = catalogues.catalogues()


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_all_sentences_are_literals() -> None:
    assert not page_sentences().problems
    assert not client_sentences().problems


@pytest.mark.parametrize("path", CATALOGUES, ids=_name)
def test_a_catalogue_has_exactly_what_is_said(path: Path) -> None:
    wrong = catalogues.problems(path, catalogues.read(path), catalogues.needed(path))
    assert not wrong, "see `make words`:\n" + "\n".join(wrong)


@pytest.mark.parametrize("path", CATALOGUES, ids=_name)
def test_a_catalogue_is_sorted(path: Path, tmp_path: Path) -> None:
    copy = tmp_path / path.name
    catalogues.write(copy, catalogues.read(path))
    assert path.read_text() == copy.read_text(), "`make words` sorts it"


def test_how_sentences_are_found() -> None:
    found = Found()
    script = """
    // t("in a comment")
    say(t("With a {name}, and \\"quotes\\"", { name }), at("not this"));
    tn(count(a, b), "{count} thing", "{count} things");
    t(variable);
    """
    read_script(script, "a.js", found)
    assert found.sentences == {
        'With a {name}, and "quotes"': "a.js:3",
        "{count} things": "a.js:4",
    }
    assert found.plurals == {"{count} things"}
    assert found.problems == ["a.js:5: t() wants its sentence as a literal"]


def test_how_sentences_of_the_client_are_found() -> None:
    found = Found()
    module = """
        say(t("With a {name}", name=name), told(ELSEWHERE), part.t(variable))
        ELSEWHERE = marked("Said elsewhere")
        tn(count(a, b), "{count} thing", "{count} things")
        raise DeviceError("{device} broke.", device=self._what)
        raise DeviceError(self._why)
        t(f"{count} things")
    """
    read_client(dedent(module), "a.py", found)
    assert found.sentences == {
        "With a {name}": "a.py:2",
        "Said elsewhere": "a.py:3",
        "{count} things": "a.py:4",
        "{device} broke.": "a.py:5",
    }
    assert found.plurals == {"{count} things"}
    assert found.problems == ["a.py:7: a sentence for people has to be a literal"]


def test_what_is_wrong_with_a_catalogue_is_said() -> None:
    found = Found({"Hello {name}": "a.js:1", "{count} things": "a.js:2", "Gone": "a.js:3"})
    found.plurals.add("{count} things")
    entries: dict[str, catalogues.Entry] = {
        "Hello {name}": "Hallo {Name}",
        "{count} things": "{count} Dinge",
        "Old": "Alt",
    }
    assert catalogues.problems(Path("de.json"), entries, found) == [
        "has other placeholders: Hello {name} → Hallo {Name}",
        "missing (a.js:3): Gone",
        "said nowhere any more: Old",
        "wants a sentence for each of ['one', 'other']: {count} things",
    ]
