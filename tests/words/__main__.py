"""Sorts the catalogues, drops what is said nowhere any more, and lists what is still missing.

python -m tests.words
"""

from __future__ import annotations

import sys

from . import catalogues
from .sentences import ROOT


def main() -> int:
    """The exit code: 1 if something is missing."""
    said: list[str] = []
    for path in catalogues.catalogues():
        found = catalogues.needed(path)
        entries = catalogues.read(path)
        kept = {english: entry for english, entry in entries.items() if english in found.sentences}
        catalogues.write(path, kept)
        name = str(path.relative_to(ROOT))
        said += found.problems
        said += [f"{name}: {one}" for one in catalogues.problems(path, kept, found)]
    print("\n".join(dict.fromkeys(said)) or "The catalogues are complete.")
    return 1 if said else 0


if __name__ == "__main__":
    sys.exit(main())
