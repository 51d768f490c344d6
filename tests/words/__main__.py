"""Sorts the catalogues, drops what is said nowhere any more, and lists what is still missing.

python -m tests.words
"""

from __future__ import annotations

import sys

from . import catalogues
from .sentences import all_sentences


def main() -> int:
    """The exit code: 1 if something is missing."""
    found = all_sentences()
    said = list(found.problems)
    for path in sorted(catalogues.LOCALES.glob("*.json")):
        entries = catalogues.read(path)
        kept = {english: entry for english, entry in entries.items() if english in found.sentences}
        catalogues.write(path, kept)
        said += [f"{path.name}: {one}" for one in catalogues.problems(path, kept, found)]
    print("\n".join(said) or "The catalogues are complete.")
    return 1 if said else 0


if __name__ == "__main__":
    sys.exit(main())
