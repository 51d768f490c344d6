"""What the window remembers, and that a broken file is not its end."""

from __future__ import annotations

import stat
import sys
from pathlib import Path

import pytest
from msgspec.structs import replace

from stagedoor_client.window import memory
from stagedoor_client.window.memory import ROOMS, Kept


def test_it_is_kept_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "new" / "client.json"
    kept = memory.entered(Kept(camera="Lens"), "https://host/r/a#token=secret", "A", "Robin", 7)
    memory.save(path, kept)
    assert memory.load(path) == kept
    assert kept.name == "Robin"
    if sys.platform != "win32":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [one.name for one in path.parent.iterdir()] == ["client.json"]


def test_what_is_missing_or_broken_is_empty_and_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "client.json"
    assert memory.load(path) == Kept()
    path.write_text('{"name": "Robin", "rooms": [{"li')
    assert memory.load(path) == Kept()
    assert path.with_suffix(".broken").read_text().startswith('{"name"')
    memory.save(path, Kept(name="Robin"))
    assert memory.load(path).name == "Robin"


def test_fields_of_a_newer_version_do_not_matter(tmp_path: Path) -> None:
    path = tmp_path / "client.json"
    path.write_text('{"name": "Robin", "colour": "green"}')
    assert memory.load(path) == Kept(name="Robin")


def test_a_file_that_cannot_be_written_stays_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "client.json"
    memory.save(path, Kept(name="Robin"))

    def full(*_: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(memory.os, "fsync", full)
    with pytest.raises(OSError, match="full"):
        memory.save(path, Kept(name="Kim"))
    assert memory.load(path).name == "Robin"
    assert [one.name for one in tmp_path.iterdir()] == ["client.json"]


def test_the_last_rooms_are_remembered_each_once() -> None:
    kept = Kept()
    for number in range(ROOMS + 3):
        kept = memory.entered(kept, f"https://host/r/{number}", str(number), "Robin", number)
    assert len(kept.rooms) == ROOMS
    kept = memory.entered(kept, "https://host/r/9#token=new", "9", "Robin", 99)
    assert [one.name for one in kept.rooms].count("9") == 1
    assert kept.rooms[0].link.endswith("#token=new")
    forgotten = memory.forgotten(kept, kept.rooms[0].link)
    assert [one.name for one in forgotten.rooms].count("9") == 0
    assert replace(forgotten, rooms=()) == replace(kept, rooms=())
