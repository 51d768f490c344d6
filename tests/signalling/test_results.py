"""Results of polls and quizzes over HTTP: for moderators alone, safe to open, no votes linked."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from stagedoor.rules import commands as c
from stagedoor.rules.polls import commands as p
from stagedoor.rules.polls.values import Kind, PollForm
from stagedoor.rules.quizzes import commands as q
from stagedoor.rules.quizzes.values import QuizForm, QuizQuestion
from stagedoor.rules.values import Role
from stagedoor.signalling.tables import as_csv

from .conftest import Client, Server

TEA = PollForm(Kind.SINGLE, "Tea?", ("Tea", "=1+1"), anonymous=False)


def session(client: Client) -> dict[str, str]:
    assert client.welcome is not None
    return {"Authorization": f"Bearer {client.welcome.session}"}


async def fetch(server: Server, path: str, headers: dict[str, str]) -> tuple[int, str]:
    async with server.http.get(f"{server.url}/api/rooms/room/{path}", headers=headers) as answer:
        return answer.status, (await answer.read()).decode("utf-8-sig")


async def rows(server: Server, path: str, who: Client) -> list[list[str]]:
    status, text = await fetch(server, path, session(who))
    assert status == 200, text
    return list(csv.reader(io.StringIO(text)))


async def document(server: Server, path: str, who: Client) -> Any:
    async with server.http.get(f"{server.url}/api/rooms/room/{path}", headers=session(who)) as one:
        assert one.status == 200
        assert one.headers["Cache-Control"] == "no-store"
        return await one.json()


async def polled(server: Server, form: PollForm) -> tuple[Client, list[Client], int]:
    """A moderator, voters, and a closed poll in which the first chose 0, the others 1."""
    mod = await server.enter("Mo", Role.MODERATOR)
    voters = [await server.enter(name) for name in ("Ann", "=HYPERLINK(1)", "Cid")]
    poll = (await mod.do(p.CreatePoll(form))).number
    await mod.do(p.OpenPoll(poll))
    for number, voter in enumerate(voters):
        await voter.do(p.CastVote(poll, choices=(min(number, 1),)))
    await mod.do(p.ClosePoll(poll))
    return mod, voters, poll


async def test_a_poll_as_tables_and_as_a_document(server: Server) -> None:
    mod, voters, poll = await polled(server, TEA)
    assert await rows(server, f"polls/{poll}/results.csv", mod) == [
        ["answer", "votes", "share"],
        ["Tea", "1", "33.3"],
        ["'=1+1", "2", "66.7"],
    ]
    ids = [voter.me.id for voter in voters]
    assert await rows(server, f"polls/{poll}/voters.csv", mod) == [
        ["person", "name", "answer"],
        [ids[1], "'=HYPERLINK(1)", "'=1+1"],
        [ids[0], "Ann", "Tea"],
        [ids[2], "Cid", "'=1+1"],
    ]
    found = await document(server, f"polls/{poll}/results.json", mod)
    assert found["votes"] == 3
    assert found["answers"] == [{"answer": "Tea", "votes": 1}, {"answer": "=1+1", "votes": 2}]
    assert found["voters"][1] == {"person": ids[0], "name": "Ann", "answers": ["Tea"]}


async def test_an_anonymous_poll_has_no_voters(server: Server) -> None:
    form = PollForm(Kind.SINGLE, "Tea?", ("Tea", "Coffee"))
    mod, voters, poll = await polled(server, form)
    found = await document(server, f"polls/{poll}/results.json", mod)
    assert (found["votes"], found["voters"]) == (3, None)
    assert not any(voter.me.id in str(found) for voter in voters)
    status, text = await fetch(server, f"polls/{poll}/voters.csv", session(mod))
    assert (status, "not_allowed" in text) == (403, True)


async def test_texts_words_and_ratings(server: Server) -> None:
    mod = await server.enter("Mo", Role.MODERATOR)
    ann = await server.enter("Ann")
    for form, vote, expected in (
        (
            PollForm(Kind.TEXT, "What?"),
            p.CastVote(0, text="-2, or so"),
            ["'-2, or so", "1", "100.0"],
        ),
        (
            PollForm(Kind.WORDS, "Word?", most=2),
            p.CastVote(0, words=("Fun",)),
            ["fun", "1", "100.0"],
        ),
        (PollForm(Kind.RATING, "How?", most=2), p.CastVote(0, rating=1), ["1", "1", "100.0"]),
    ):
        poll = (await mod.do(p.CreatePoll(form))).number
        await mod.do(p.OpenPoll(poll))
        await ann.do(p.CastVote(poll, vote.choices, vote.rating, vote.text, vote.words))
        await mod.do(p.ClosePoll(poll))
        assert (await rows(server, f"polls/{poll}/results.csv", mod))[1] == expected


async def test_a_quiz_as_a_table_and_as_a_document(server: Server) -> None:
    mod = await server.enter("Mo", Role.MODERATOR)
    ann, ben = await server.enter("Ann"), await server.enter("Ben")
    questions = (
        QuizQuestion("One?", ("A", "B"), right=(1,)),
        QuizQuestion("Two?", ("A", "B", "C"), right=(0, 2)),
    )
    quiz = (await mod.do(q.CreateQuiz(QuizForm("Quiz", questions)))).number
    await mod.do(q.OpenQuizQuestion(quiz, 0))
    await ann.do(q.AnswerQuiz(quiz, 0, (1,)))
    await ben.do(q.AnswerQuiz(quiz, 0, (0,)))
    await mod.do(q.OpenQuizQuestion(quiz, 1))
    await ann.do(q.AnswerQuiz(quiz, 1, (0, 2)))
    open_yet = await rows(server, f"quizzes/{quiz}/results.csv", mod)
    assert open_yet[0][4:] == ["1. One?", "points 1"], "nothing of the question that is open"
    await mod.do(q.EndQuiz(quiz))
    table = await rows(server, f"quizzes/{quiz}/results.csv", mod)
    assert table[0] == [
        "place",
        "person",
        "name",
        "score",
        "1. One?",
        "points 1",
        "2. Two?",
        "points 2",
    ]
    assert [row[2] for row in table[1:]] == ["Ann", "Ben"]
    assert table[1][4] == "B"
    assert table[1][6] == "A; C"
    assert int(table[1][3]) == int(table[1][5]) + int(table[1][7])
    assert table[2][3:] == ["0", "A", "0", "", ""]
    found = await document(server, f"quizzes/{quiz}/results.json", mod)
    assert [one["right"] for one in found["questions"]] == [["B"], ["A", "C"]]
    assert found["people"][1]["answers"] == [[["A"], 0], None]


async def test_nobody_but_a_moderator_gets_them(server: Server) -> None:
    mod, voters, poll = await polled(server, TEA)
    path = f"polls/{poll}/results.csv"
    assert mod.welcome is not None
    token = mod.welcome.session
    link = server.tokens.link("room", Role.MODERATOR)
    for headers in (
        {},
        {"Authorization": token},
        {"Authorization": f"Basic {token}"},
        {"Authorization": f"Bearer {token}x"},
        {"Authorization": f"Bearer {link}"},
        {"Authorization": "Bearer"},
    ):
        assert (await fetch(server, path, headers))[0] == 401
    assert (await fetch(server, f"{path}?token={token}", {}))[0] == 401
    assert (await fetch(server, path, session(voters[0])))[0] == 403
    host = await server.enter("Hal", Role.HOST)
    await host.do(c.DemoteModerator(mod.me.id))
    assert (await fetch(server, path, session(mod)))[0] == 403, "not a moderator any more"
    assert (await fetch(server, path, session(host)))[0] == 200
    for missing in ("polls/9999/results.csv", "quizzes/1/results.json", "polls/x/results.csv"):
        assert (await fetch(server, missing, session(host)))[0] == 404
    draft = (await host.do(p.CreatePoll(TEA))).number
    assert (await fetch(server, f"polls/{draft}/results.json", session(host)))[0] == 404


@pytest.mark.parametrize("cell", ["=1", "+1", "-1", "@x", "\t=1", "\r=1", "  =1", "＝1"])
def test_no_cell_is_taken_for_a_formula(cell: str) -> None:
    (row,) = csv.reader(io.StringIO(as_csv([[cell, "plain", -3, ""]]), newline=""))
    assert row == [f"'{cell}", "plain", "-3", ""]
