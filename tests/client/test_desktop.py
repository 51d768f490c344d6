"""The entry for a Linux desktop."""

from __future__ import annotations

import shutil
import subprocess
import sys
from configparser import RawConfigParser
from pathlib import Path

import pytest

from stagedoor_client import desktop


@pytest.mark.skipif(sys.platform != "linux", reason="of Linux desktops")
def test_the_entry_starts_this_program_with_a_link(tmp_path: Path) -> None:
    entry, icon = desktop.install(tmp_path / "with space")
    parsed = RawConfigParser(interpolation=None)
    parsed.optionxform = str  # type: ignore[assignment,method-assign]
    parsed.read(entry, "utf-8")
    fields = parsed["Desktop Entry"]
    assert fields["Exec"] == f"{desktop.program()} window %u"
    assert fields["MimeType"] == "x-scheme-handler/stagedoor;"
    assert icon.read_text().startswith("<svg")
    started = fields["Exec"].split('"')[1]
    assert Path(started).exists()
    if shutil.which("desktop-file-validate"):
        subprocess.run(["desktop-file-validate", str(entry)], check=True)


def test_a_path_with_odd_letters_is_quoted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    odd = tmp_path / 'a "b" 100% $c'
    odd.mkdir()
    (odd / desktop.NAME).touch()
    monkeypatch.setattr(sys, "executable", str(odd / "python"))
    assert desktop.program().endswith('/a \\"b\\" 100%% \\$c/stagedoor-client"')
