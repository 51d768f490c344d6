"""What a catalogue lacks, has for nothing, or has with other placeholders than the English."""

from __future__ import annotations

import json
import re
from pathlib import Path

from .sentences import CLIENT, STATIC, Found, client_sentences, page_sentences

LOCALES = {STATIC / "locales": page_sentences, CLIENT / "locales": client_sentences}
"""Where catalogues are, and what those there must have."""
#: The plural forms that a language must have (Unicode CLDR).
PLURALS = {"de": {"one", "other"}}

Entry = str | dict[str, str]


def catalogues() -> list[Path]:
    """All that there are."""
    return [path for folder in LOCALES for path in sorted(folder.glob("*.json"))]


def needed(path: Path) -> Found:
    """What this catalogue must have."""
    return LOCALES[path.parent]()


def read(path: Path) -> dict[str, Entry]:
    """A catalogue: the English sentence, and the other language's, or one for each plural form."""
    entries: dict[str, Entry] = json.loads(path.read_text())
    return entries


def write(path: Path, entries: dict[str, Entry]) -> None:
    """Write it sorted, as it is kept."""
    in_order = dict(sorted(entries.items()))
    path.write_text(json.dumps(in_order, ensure_ascii=False, indent=2) + "\n")


def problems(path: Path, entries: dict[str, Entry], found: Found) -> list[str]:
    """All that is wrong with it, a sentence each."""
    said = [f"missing ({found.sentences[one]}): {one}" for one in found.sentences.keys() - entries]
    said += [f"said nowhere any more: {one}" for one in entries.keys() - found.sentences.keys()]
    forms = PLURALS[path.stem]
    for english in entries.keys() & found.sentences.keys():
        entry = entries[english]
        plural = english in found.plurals
        if isinstance(entry, dict) != plural or (isinstance(entry, dict) and set(entry) != forms):
            wanted = f"a sentence for each of {sorted(forms)}" if plural else "one sentence"
            said.append(f"wants {wanted}: {english}")
            continue
        for sentence in entry.values() if isinstance(entry, dict) else [entry]:
            if not sentence.strip():
                said.append(f"empty: {english}")
            elif not _fits(english, sentence, plural):
                said.append(f"has other placeholders: {english} → {sentence}")
    return sorted(said)


def _fits(english: str, sentence: str, plural: bool) -> bool:
    ours, theirs = _placeholders(english), _placeholders(sentence)
    # “One person” needs no number.
    return theirs == ours or (plural and theirs == ours - {"count"})


def _placeholders(sentence: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", sentence))
