"""The audit of a room's log and of the engine's record: clean, and doctored in every way."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import replace as altered
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from stagedoor.audit.audit import Audit, audit
from stagedoor.audit.reading import Stored
from stagedoor.audit.table import lines
from stagedoor.cli import main
from stagedoor.log import Forwarded, SqliteLog
from stagedoor.log.chain import Head
from stagedoor.rules.events import AnyEvent, OfferMade, RemovedFromStage, WentOnStage
from stagedoor.rules.values import OfferReason

from .evening import EVENTS, REMOVED, ROWS, SENT, STOPPED, STORED, at, chained, number, sent

HEAD = audit("r", STORED).head


def found(stored: Stored, *heads: str) -> list[tuple[str, str, int]]:
    findings = audit("r", stored, [Head.parse(one) for one in heads]).findings
    assert all(one.sentence.endswith(".") for one in findings)
    return [(one.about, one.what, one.number) for one in findings]


def test_an_evening_by_the_rules_is_clean() -> None:
    done = audit("r", STORED, [Head.parse(HEAD)])
    assert done.findings == []
    assert done.packets == 100 * len(SENT)
    assert done.slowest_stop_ms == 300


def test_it_says_who_was_on_stage_when_and_by_whose_decision() -> None:
    stays = [
        (one.name, one.backstage, one.since, one.until, one.up, one.up_by, one.down, one.down_by)
        for one in audit("r", STORED).stays
    ]
    assert stays == [
        ("Cal", False, at(20), at(50), "request approved", "Ada", "removed from the stage", "Ada"),
        ("Dee", False, at(30), at(120), "invited", "Bob", "was away too long", ""),
        ("Eve", True, at(60), at(70), "invited", "Ada", "brought on", "Ada"),
        ("Eve", False, at(70), at(130), "brought on", "Ada", "the room ended", "Hal"),
        ("Bob", False, at(120), at(130), "joined directly", "", "the room ended", "Hal"),
    ]


def test_it_says_what_was_on_and_when_a_seat_was_held() -> None:
    devices = [
        (one.name, one.device, one.backstage, one.since, one.until, one.packets)
        for one in audit("r", STORED).devices
    ]
    assert devices == [
        ("Cal", "microphone", False, at(20), at(50), 200),
        ("Cal", "camera", False, at(30), at(50), 100),
        ("Dee", "microphone", False, at(30), at(40), 100),
        ("Dee", "camera", False, at(30), at(70), 100),
        ("Eve", "microphone", True, at(60), at(70), 100),
        ("Eve", "microphone", False, at(70), at(130), 100),
        ("Dee", "(seat held)", False, at(70), at(80), 0),
        ("Dee", "(seat held)", False, at(90), at(120), 0),
    ]


def with_record(*lines: Forwarded) -> Stored:
    return altered(STORED, forwarded=[*SENT, *lines])


@pytest.mark.parametrize(
    "line",
    [
        sent("cal", "audio", 10.0, 19.9),  # offered, not yet on stage
        sent("cal", "audio", 30.2, 50.4),  # after the removal was in force
        sent("cal", "video", 25.0, 31.0),  # before the camera was on
        sent("cal", "screen", 31.0, 32.0),  # never shared
        sent("dee", "audio", 35.0, 40.1),  # after a moderator had turned it off
        sent("dee", "video", 75.0, 76.0),  # held
        sent("dee", "video", 85.0, 86.0),  # back, with all off
        sent("eve", "audio", 61.0, 65.0),  # backstage, sent to everybody
        sent("bob", "audio", 125.0, 126.0),  # on stage, muted
        sent("eve", "audio", 129.0, 130.5),  # after the end of the room
        sent("", "audio", 25.0, 26.0),  # from a place where nobody sits
        sent("mallory", "video", 25.0, 26.0),  # of somebody who was never there
        replace(sent("cal", "audio", 22.0, 23.0), packets=0),
    ],
    ids=lambda line: f"{line.person or 'nobody'} {line.kind} {line.first}",
)
def test_what_was_forwarded_outside_a_seat_is_found(line: Forwarded) -> None:
    what = "record" if not line.packets else "outside_a_seat"
    assert found(with_record(line)) == [("forwarded", what, 0)]


def test_the_record_may_not_say_that_the_engine_stopped_when_it_cannot_have() -> None:
    later = replace(STOPPED[0], at=at(61))
    assert ("forwarded", "stopped", REMOVED) in found(altered(STORED, stopped=[later]))
    before = replace(STOPPED[0], at=at(49))
    assert ("forwarded", "stopped", REMOVED) in found(altered(STORED, stopped=[before]))
    assert found(altered(STORED, stopped=[])) == [("forwarded", "outside_a_seat", 0)]


def without(kind: type[AnyEvent]) -> list[AnyEvent]:
    return [one for one in EVENTS if not isinstance(one, kind)]


def another(old: AnyEvent, **fields: object) -> list[AnyEvent]:
    return [replace(one, **fields) if one is old else one for one in EVENTS]


MADE = next(one for one in EVENTS if isinstance(one, OfferMade))
WENT = next(one for one in EVENTS if isinstance(one, WentOnStage))
TAKEN = next(one for one in EVENTS if isinstance(one, RemovedFromStage))


@pytest.mark.parametrize(
    ("events", "place", "why"),
    [
        (without(OfferMade), number("went_on_stage") - 1, "rule 1: no offer"),
        (another(MADE, by="eve"), number("offer_made"), "only moderators"),
        (another(MADE, reason=OfferReason.INVITED), number("offer_made"), "approved"),
        (another(WENT, at=WENT.at + 3_600_000), number("went_on_stage"), "rule 7"),
        (another(TAKEN, person="bob"), REMOVED, "they had no seat"),
        (another(TAKEN, at=0), REMOVED, "backwards"),
        (another(TAKEN, person="nobody"), REMOVED, "cannot have happened"),
        (EVENTS[1:], 1, "cannot have happened"),
    ],
)
def test_a_chain_computed_anew_does_not_help_against_the_rules(
    events: list[AnyEvent], place: int, why: str
) -> None:
    """And with a head that was kept it does not help at all."""
    stored = altered(STORED, rows=chained(events))
    findings = [one for one in audit("r", stored).findings if one.about == "rules"]
    assert findings[0].number == place
    assert why in findings[0].sentence
    assert {"rewritten", "cut_off"} & {what for _, what, _ in found(stored, HEAD)}


def test_what_was_erased_makes_no_difference_to_the_rest() -> None:
    erased = altered(STORED, rows=[replace(one, salt=None, personal=None) for one in ROWS])
    done = audit("r", erased, [Head.parse(HEAD)])
    assert done.findings == []
    assert done.erased == 8
    assert {one.name for one in done.stays} == {"—"}


def test_an_event_that_cannot_be_read_is_named() -> None:
    rows = [replace(one, event="{") if one.number == 9 else one for one in ROWS]
    assert found(altered(STORED, rows=rows))[:2] == [
        ("chain", "changed", 9),
        ("rules", "unreadable", 9),
    ]


# -- the command


@pytest.fixture
async def data(tmp_path: Path) -> Path:
    """A data folder with the evening."""
    log = await SqliteLog.open(tmp_path / "stagedoor.db")
    await log.append("r", 0, EVENTS)
    await log.record(SENT, STOPPED)
    await log.close()
    return tmp_path


Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(data: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """``stagedoor audit``: its exit code and what it printed."""

    def run(*arguments: str) -> tuple[int, str]:
        code = main(["audit", *arguments, "--data", str(data)])
        return code, capsys.readouterr().out

    return run


def test_the_command_prints_a_table_and_the_head(run: Run) -> None:
    code, text = run("r")
    assert code == 0
    head = text.partition("kept elsewhere: ")[2].split()[0]
    assert f"{len(EVENTS)}:" in head
    assert "Cal   on stage   1970-01-01T00:17:00+00:00" in text
    assert "request approved by Ada" in text
    assert text.endswith("Nothing is wrong.\n")
    assert run("r", "--head", head)[0] == 0
    code, text = run("r", "--head", f"99:{'a' * 64}", head)
    assert code == 1
    assert "cut off" in text
    code, text = run("r", "--json")
    assert code == 0
    assert msgspec.json.decode(text, type=Audit).head == head


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE events SET \"by\" = 'bob' WHERE number = 9", "Event 9 was changed"),
        ("UPDATE events SET event = replace(event, '\"cal\"', '\"dee\"') WHERE number = 8",
         "Event 8 was changed"),
        ("UPDATE events SET personal = '{\"name\":\"Mallory\"}' WHERE number = 5",
         "personal part of event 5"),
        ("DELETE FROM events WHERE number = 12", "Event 12 was removed"),
        ("UPDATE forwarded SET last = last + 60000 WHERE person = 'cal'", "outside a seat"),
        ("UPDATE forwarded SET person = 'ada'", "outside a seat"),
        ("UPDATE forwarded SET kind = 'screen'", "outside a seat"),
        ("UPDATE forwarded SET backstage = 0", "forwarded to everybody outside a seat"),
        ("INSERT INTO forwarded VALUES ('r', 'ada', 'audio', 3, 1020000, 1021000, 7, 0)",
         "worker 3 counted 7 packets"),
        ("UPDATE stopped SET at = at + 600000", "cannot have been then"),
    ],
)  # fmt: skip
def test_a_doctored_file_is_found(run: Run, data: Path, statement: str, words: str) -> None:
    with sqlite3.connect(data / "stagedoor.db") as file:
        assert file.execute(statement).rowcount > 0
    file.close()
    code, text = run("r")
    assert code == 1
    assert words in text


def test_what_cannot_be_audited_is_another_matter(
    run: Run, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("nowhere")[0] == 2
    assert main(["audit", "r", "--data", str(data / "no")]) == 2
    (data / "stagedoor.db").write_bytes(b"rubbish " * 1000)
    assert run("r")[0] == 2
    with pytest.raises(SystemExit) as wrong:
        run("r", "--head", "rubbish")
    assert wrong.value.code == 2


def test_the_table_is_for_people() -> None:
    text = "\n".join(lines(audit("r", with_record(sent("cal", "audio", 51.0, 52.0)))))
    assert "! From 1970-01-01T00:17:31.000+00:00 to 1970-01-01T00:17:32.000+00:00 the sound" in text
    assert text.endswith("Findings: 1")
