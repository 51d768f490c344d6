"""The chat and the questions as they are shown: the pure parts, against the page's behaviour."""

from __future__ import annotations

import json
from typing import Any

import pytest

from stagedoor.rules.talk import commands as talk
from stagedoor.rules.talk.commands import Say
from stagedoor.rules.talk.values import Answer, Channel, Standing
from stagedoor.rules.values import Role
from stagedoor_client.errors import ConnectionLostError
from stagedoor_client.outbox import Unsent
from stagedoor_client.talk import MODERATORS, QUESTIONS, ROOM
from stagedoor_client.window.chat import asked as asking
from stagedoor_client.window.chat.composing import asking as question_field
from stagedoor_client.window.chat.composing import count_note, thread_name, writing
from stagedoor_client.window.chat.items import message_items, question_items
from stagedoor_client.window.chat.links import markup, pieces
from stagedoor_client.window.chat.reading import Reading
from stagedoor_client.window.chat.rows import (
    GONE,
    DividerRow,
    MessageRow,
    UnsentRow,
    rows,
    time_of,
)
from stagedoor_client.window.chat.telling import read_out, told
from stagedoor_client.window.chat.threads import thread_rows
from stagedoor_client.window.happenings import Go
from stagedoor_client.window.modals import about_link, others_by_link

from .page import said_by
from .talking import NOW, asked, person, said, scene

ADA = person("Ada", role=Role.MODERATOR)
ROBIN = person("Robin")
BEN = person("Ben")


# -- links

TYPED = [
    "http://example.org",
    "https://example.org:8443/a/b?c=d&e=f#g",
    "HTTPS://Example.ORG/Path",
    "https://user:secret@example.org/",  # pragma: allowlist secret
    "https://example.org@evil.example/",
    "https://bücher.example/ü?q=ü",
    "https://xn--bcher-kva.example/",
    "https://example.org/a\u200bb",
    "https://",
    "https://example.org:99999/",
    "http://127.0.0.1/x",
]


def test_links_are_the_pages() -> None:
    """What leads where, and as what it is shown."""
    theirs = said_by("chat/text.js", f"{json.dumps(TYPED)}.map((one) => readLink(one))")
    for typed, link in zip(TYPED, theirs, strict=True):
        found = [part for part in pieces(typed) if part.href]
        if link is None:
            assert found == [], typed
        else:
            assert [found[0].href, found[0].text] == [link["href"], link["shown"]], typed


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("see https://example.org/a.", ["see ", "https://example.org/a", "."]),
        ("(https://example.org/a_(b))", ["(", "https://example.org/a_(b)", ")"]),
        ("javascript:alert(1) file:///etc", ["javascript:alert(1) file:///etc"]),
        ("two http://a.example http://b.example",
         ["two ", "http://a.example", " ", "http://b.example"]),
    ],
)  # fmt: skip
def test_links_in_sentences(text: str, shown: list[str]) -> None:
    found = pieces(text)
    assert [part.text for part in found] == shown
    assert all(not part.href or part.href.startswith("http") for part in found)


def test_nothing_but_links_is_markup() -> None:
    text = '<b>bold</b> & "quoted"\nhttps://example.org/?a=1&b=<i>'
    made = markup(pieces(text), "#fff")
    assert "<b>" not in made
    assert "<i>" not in made
    assert "&lt;b&gt;bold&lt;/b&gt; &amp; &quot;quoted&quot;<br>" in made
    assert '<a href="https://example.org/?a=1&amp;b=" style="color: #fff">' in made


# -- rows


def shown(found: list[Any]) -> list[Any]:
    return [row.text if isinstance(row, MessageRow) else type(row).__name__ for row in found]


def test_messages_come_in_order_with_heads_quotes_and_a_divider() -> None:
    some = scene(
        ROBIN,
        messages=[
            said(3, "Ben", "third"),
            said(1, "Ben", "first"),
            said(2, "Ben", "second"),
            said(4, "Robin", "mine", reply_to=1),
            said(5, "Robin", "more", reply_to=77),
            said(600, "Robin", "much later"),
            said(6, "Robin", "waiting", place=0, standing=Standing.WAITING),
            said(7, "Ada", "private", channel=Channel.PRIVATE, thread="robin"),
        ],
    )
    found = rows(some, ROOM, 2, 100)
    texts = ["first", "second", "DividerRow", "third", "mine", "more", "waiting", "much later"]
    assert shown(found) == texts
    messages = [row for row in found if isinstance(row, MessageRow)]
    assert [row.first for row in messages] == [True, False, True, True, True, False, True]
    assert [row.own for row in messages] == [False, False, False, True, True, True, True]
    assert messages[3].quote == "Ben: first"
    assert messages[4].quote == GONE
    assert messages[5].note == "Waiting for a moderator's approval. Others do not see it yet."
    assert not messages[5].decide
    assert shown(rows(some, "robin", None, 100)) == ["private"]
    assert rows(some, MODERATORS, None, 100) == []


def test_what_waits_is_decided_by_moderators() -> None:
    waiting = said(6, "Robin", place=0, standing=Standing.WAITING)
    (row,) = rows(scene(ADA, ROBIN, messages=[waiting]), ROOM, None, 100)
    assert isinstance(row, MessageRow)
    assert (row.note, row.decide) == ("Waiting for approval", True)
    rejected = said(6, "Robin", place=0, standing=Standing.REJECTED)
    (row,) = rows(scene(ROBIN, messages=[rejected]), ROOM, None, 100)
    assert isinstance(row, MessageRow)
    assert row.note == "The moderators have not approved this. Only you see it."


def unsent(text: str, key: str, failure: ConnectionLostError | None = None) -> Unsent:
    state = "failed" if failure else "sending"
    return Unsent(Say(text, key=key), ROOM, state, failure, done=None)  # type: ignore[arg-type]


def test_what_is_not_sent_yet_is_at_the_end_until_it_is_shown() -> None:
    mine = (
        unsent("one", "a"),
        unsent("two", "b"),
        unsent("three", "c", ConnectionLostError("No.")),
    )
    arrived = said(1, "Robin", "one", key="a")
    found = rows(scene(ROBIN, messages=[arrived], unsent=mine, online=False), ROOM, None, 100)
    assert found[1:] == [
        UnsentRow("b", "two", "Sending… It goes out as soon as you are connected again.", False),
        UnsentRow("c", "three", "Not sent. No.", True),
    ]
    assert rows(scene(unsent=mine), ROOM, None, 100)[0] == UnsentRow("a", "one", "Sending…", False)


def test_times_of_other_days_have_the_day() -> None:
    assert len(time_of(NOW, NOW)) == len("10:00")
    assert len(time_of(NOW - 3 * 86_400_000, NOW)) > len("10:00")


# -- reading


def test_what_is_unread() -> None:
    before = scene(ADA, ROBIN, messages=[said(1, "Robin"), said(2, "Robin")])
    after = scene(
        ADA,
        ROBIN,
        messages=[
            said(1, "Robin"),
            said(2, "Robin"),
            said(3, "Robin"),
            said(4, "Ada"),
            said(5, "Robin", channel=Channel.PRIVATE, thread="robin"),
            said(6, "Robin", place=0, standing=Standing.WAITING),
        ],
        questions=[asked(8, "Robin"), asked(9, "Ada")],
    )
    reading = Reading()
    reading.begin(before.view)
    reading.begin(after.view)
    assert reading.unread(before.view, ROOM) == 0
    assert reading.unread(after.view, ROOM) == 1
    assert reading.unread(after.view, "robin") == 1
    assert reading.unread_questions(after.view) == 1
    (row,) = thread_rows(after, reading)
    assert (row.person, row.name, row.last, row.unread) == ("robin", "Robin", "5", 1)
    for name in (ROOM, QUESTIONS, "robin"):
        reading.see(after.view, name)
    assert reading.unread(after.view, ROOM) == reading.unread(after.view, "robin") == 0
    assert reading.unread_questions(after.view) == 0
    assert thread_name(scene(ADA), "gone") == "Somebody who has left"


# -- writing


def test_the_field_says_to_whom_and_what_one_has_to_know() -> None:
    assert writing(scene(ROBIN), ROOM, False).label == "Write to everybody"
    assert writing(scene(ROBIN), "robin", False).hint == "Only you and the moderators read this."
    assert writing(scene(ROBIN, chat=False), ROOM, False).closed == (
        "The chat is turned off just now."
    )
    blocked = scene(ROBIN, talk={"blocked_by": "Ada"})
    assert writing(blocked, ROOM, False).closed.startswith("Ada has blocked you from writing to")
    assert writing(blocked, "robin", False).closed == ""
    assert question_field(blocked).closed == "Ada has blocked you from writing to everybody."
    slow = scene(ROBIN, messages=[said(1, "Robin")], slow_ms=30_000, now=NOW + 11_000)
    assert writing(slow, ROOM, False).wait == 20
    assert writing(slow, ROOM, False).hint == "Slow mode: you can send again in 20 s"
    assert question_field(slow).wait == 20
    assert writing(slow, "robin", False).wait == 0
    calm = scene(ROBIN, slow_ms=30_000)
    assert writing(calm, ROOM, False).hint == "Slow mode: one message every 30 s"
    assert writing(scene(ROBIN, premoderated=True), ROOM, False).hint == (
        "Moderators approve messages first."
    )
    ada = scene(ADA, ROBIN, slow_ms=30_000, messages=[said(1, "Ada")], now=NOW + 2000)
    assert (writing(ada, ROOM, False).wait, writing(ada, ROOM, False).announces) == (0, "may")
    assert writing(ada, ROOM, True).label == "Announce to everybody"
    assert writing(ada, "robin", False).label == "Write to Robin"
    off = writing(scene(ADA, chat=False), ROOM, True)
    assert (off.announces, off.hint) == ("only", "The chat is off: only announcements go out.")


def test_how_many_characters_are_left() -> None:
    assert count_note(1600, 2000) == ""
    assert count_note(1601, 2000) == "399 characters left"
    assert count_note(2003, 2000) == "3 characters too many"


# -- menus


def labels(items: list[Any]) -> list[str]:
    return [item.label for item in items]


def test_what_one_may_do_with_a_message() -> None:
    text = said(1, "Ben", "at https://example.org/a")
    assert labels(message_items(scene(ROBIN, BEN, messages=[text]), text)) == [
        "Reply",
        "Copy the text",
        "Open https://example.org/a",
    ]
    mine = said(1, "Robin")
    assert labels(message_items(scene(ROBIN, chat=False), mine)) == ["Copy the text", "Delete"]
    other = said(1, "Ben")
    ada = scene(ADA, BEN, messages=[other], talk={"pinned": [1], "blocked": ["ben"]})
    assert labels(message_items(ada, other)) == [
        "Reply",
        "Copy the text",
        "Unpin",
        "Write privately",
        "Let write again",
        "Delete",
    ]
    ada = scene(ADA, BEN, messages=[other])
    assert labels(message_items(ada, other))[2:] == [
        "Pin",
        "Write privately",
        "Block from writing",
        "Delete",
    ]
    assert labels(question_items(scene(ROBIN, BEN), asked(1, "Ben"))) == []
    assert labels(question_items(scene(ROBIN), asked(1, "Robin"))) == ["Delete"]


# -- questions


def test_questions_by_votes_or_time_and_what_has_become_of_them() -> None:
    questions = [
        asked(1, "Ben", votes=1),
        asked(2, "Ben", votes=5),
        asked(3, "Robin", standing=Standing.WAITING),
        asked(4, "Ben", answer=Answer.ANSWERED, votes=9),
    ]
    some = scene(ROBIN, questions=questions, voted=[2])
    found = asking.groups(some, by_votes=True)
    assert [row.number for row in found[Answer.OPEN]] == [2, 1, 3]
    assert [row.voted for row in found[Answer.OPEN]] == [True, False, False]
    assert [row.votable for row in found[Answer.OPEN]] == [True, True, False]
    assert [row.number for row in found[Answer.ANSWERED]] == [4]
    newest = asking.groups(some, by_votes=False)
    assert [row.number for row in newest[Answer.OPEN]] == [3, 2, 1]
    assert all(row.decisions == () for row in newest[Answer.OPEN])
    theirs = asking.groups(scene(ADA, questions=questions), by_votes=True)
    assert theirs[Answer.OPEN][0].decisions == (
        ("Answered", talk.AnswerQuestion(2)),
        ("Dismiss", talk.DismissQuestion(2)),
    )
    assert theirs[Answer.OPEN][2].decide
    assert theirs[Answer.ANSWERED][0].decisions == (("Open again", talk.ReopenQuestion(4)),)
    assert asking.waits(scene(ADA, questions=questions)) == 1
    assert asking.waits(some) == 0


# -- notices


def test_what_must_not_be_missed_is_said() -> None:
    before = scene(ROBIN, messages=[said(1, "Ben")])
    news = [
        said(1, "Ben"),
        said(2, "Ben", "hello"),
        said(3, "Ada", "now", announcement=True),
        said(4, "Ada", "psst", channel=Channel.PRIVATE, thread="robin"),
        said(5, "Robin", "mine", announcement=True),
    ]
    after = scene(ROBIN, messages=news, talk={"blocked_by": "Ada"})
    assert [one.sentence for one in told(before.view, after, "")] == [
        "Ada has blocked you from writing to everybody.",
        "Ada announces: now",
        "Ada has written to you privately.",
    ]
    assert told(before.view, after, "")[1].go == Go("Read", "chat", ROOM)
    long = scene(ROBIN, messages=[said(3, "Ada", "now " * 400, announcement=True)])
    assert len(told(before.view, long, "")[0].sentence) < 260, "the rest is in the chat"
    assert told(before.view, after, "")[2].go == Go("Read", "chat", "robin")
    assert [one.sentence for one in told(before.view, after, ROOM)][1:] == [
        "Ada has written to you privately."
    ]
    assert [one.sentence for one in told(after.view, before, "")] == ["You can write again."]
    assert read_out(before.view, after, ROOM) == "2 new messages"
    assert read_out(before.view, after, "robin") == "Ada: psst"
    assert read_out(before.view, before, ROOM) == ""


def test_what_banning_a_link_means() -> None:
    eve = person("Eve", link="a")
    assert others_by_link(eve, scene(ADA, eve, person("Fay", link="a"))) == 1
    assert others_by_link(person("Eve"), scene(ADA, eve, person("Fay"))) == 0
    assert about_link(eve, 2).startswith("2 other people in the room")
    assert about_link(eve, 0) == "Nobody else in the room came by this link."
    assert about_link(person("Eve"), 0).startswith("They came without an invitation link.")


def test_a_divider_is_before_what_is_new_only_where_somebody_else_wrote() -> None:
    some = scene(ROBIN, messages=[said(1, "Ben"), said(2, "Robin"), said(3, "Ben")])
    assert shown(rows(some, ROOM, 1, 100)) == ["1", "2", "DividerRow", "3"]
    assert DividerRow() not in rows(some, ROOM, 3, 100)
    assert shown(rows(some, ROOM, 0, 100)) == ["DividerRow", "1", "2", "3"]


def test_only_the_last_are_drawn_with_the_head_that_they_need() -> None:
    some = scene(ROBIN, messages=[said(number, "Ben") for number in range(1, 9)])
    found = rows(some, ROOM, None, 3)
    assert shown(found) == ["6", "7", "8"]
    assert isinstance(found[0], MessageRow)
    assert not found[0].first
    assert shown(rows(some, ROOM, 6, 3)) == ["6", "DividerRow", "7", "8"]
    assert shown(rows(some, ROOM, 2, 3)) == ["6", "7", "8"]
