"""What is new in the talk, the polls and the quizzes, told in lines. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from stagedoor.messages import View
from stagedoor.messages.polls import PollView, QuizView
from stagedoor.rules.polls.values import PollState
from stagedoor.rules.quizzes.values import QuizState
from stagedoor.rules.reactions.values import Reaction
from stagedoor.rules.talk.values import Standing

from .book import polls_of, quizzes_of, scores_of
from .lines import Line
from .talk import last_place, questions_of, talk_of


def news(before: View | None, after: View) -> list[Line]:
    """The lines for a change of the view; none on entering, when all that is there is old."""
    if before is None or before is after:
        return []
    found: list[Line] = []
    if before.talk is not after.talk:
        found += _messages(before, after)
        found += _blocks(before, after)
    if before.questions is not after.questions:
        found += _questions(before, after)
    if before.polls is not after.polls:
        found += _polls(before, after)
    if before.quizzes is not after.quizzes:
        found += _quizzes(before, after)
    return [Line(one.state, _one_line(one.sentence), one.fields) for one in found]


def reactions(counts: dict[Reaction, int]) -> Line:
    """The line for reactions, those of all people together."""
    said = ", ".join(f"{number} × {kind}" for kind, number in counts.items())
    return Line("reactions", said, {"reactions": {str(kind): counts[kind] for kind in counts}})


def _messages(before: View, after: View) -> Iterator[Line]:
    last = last_place(before)
    for one in talk_of(after).entries:
        if one.place > last and one.by != after.you:
            fields = {
                "number": one.number,
                "channel": str(one.channel),
                "by": one.by,
                "by_name": one.by_name,
                "text": one.text,
                **({"thread": one.thread} if one.thread else {}),
                **({"reply_to": one.reply_to} if one.reply_to else {}),
                **({"announcement": True} if one.announcement else {}),
            }
            yield Line("message", f"{one.by_name}: {one.text}", fields)


def _one_line(text: str) -> str:
    """Nobody's text looks like a line of the program's own."""
    return " ".join(text.split())


def _blocks(before: View, after: View) -> Iterator[Line]:
    was, now = talk_of(before).blocked_by or "", talk_of(after).blocked_by or ""
    if now and now != was:
        yield Line("blocked", f"blocked from writing by {now}", {"by": now})
    elif was and not now:
        yield Line("unblocked", "may write again")


def _questions(before: View, after: View) -> Iterator[Line]:
    known = {one.number for one in questions_of(before) if one.standing is Standing.SHOWN}
    last = max((one.number for one in questions_of(before)), default=0)
    for one in questions_of(after):
        new = one.number > last or one.number not in known
        if new and one.standing is Standing.SHOWN and one.by != after.you:
            fields = {"number": one.number, "by": one.by, "by_name": one.by_name, "text": one.text}
            yield Line("question", f"{one.by_name} asks: {one.text}", fields)


def _polls(before: View, after: View) -> Iterator[Line]:
    known = polls_of(before)
    for poll in polls_of(after).values():
        was = known.get(poll.id)
        if was is not None and was.state is poll.state:
            continue
        if poll.state is PollState.OPEN:
            yield Line("poll_opened", f"a poll is open: {poll.question}", _poll(poll))
        elif poll.state is PollState.CLOSED and was is not None:
            yield Line("poll_closed", f"the poll is closed: {poll.question}", _poll(poll))


def _poll(poll: PollView) -> dict[str, Any]:
    fields = {
        "poll": poll.id,
        "kind": str(poll.kind),
        "question": poll.question,
        "options": list(poll.options),
        "least": poll.least,
        "most": poll.most,
    }
    if poll.state is PollState.CLOSED and poll.results is not None:
        fields["results"] = msgspec.to_builtins(poll.results)
    return fields


def _quizzes(before: View, after: View) -> Iterator[Line]:
    known = quizzes_of(before)
    for quiz in quizzes_of(after).values():
        was = known.get(quiz.id)
        if was is None or _stage(was) != _stage(quiz):
            yield from _quiz(quiz, after)


def _stage(quiz: QuizView) -> tuple[QuizState, int]:
    return quiz.state, quiz.question.number if quiz.question is not None else -1


def _quiz(quiz: QuizView, view: View) -> Iterator[Line]:
    asked, mine = quiz.question, scores_of(view).get(quiz.id)
    fields: dict[str, Any] = {"quiz": quiz.id, "title": quiz.title}
    if quiz.state is QuizState.ENDED:
        score = {"score": mine.score, "place": mine.place} if mine is not None else {}
        yield Line("quiz_ended", f"the quiz is over: {quiz.title}", {**fields, **score})
    elif asked is not None and quiz.state is QuizState.ASKING:
        fields |= {"question": asked.number, "text": asked.question}
        fields |= {"options": list(asked.options), "several": asked.several}
        sentence = f"question {asked.number + 1} of the quiz: {asked.question}"
        yield Line("quiz_question", sentence, {**fields, "seconds": asked.time_ms // 1000})
    elif asked is not None and quiz.state is QuizState.BETWEEN:
        fields |= {"question": asked.number, "right": list(asked.right or ())}
        answers = mine.answers if mine is not None else []
        points = next((one.points for one in answers if one.question == asked.number), None)
        right = ", ".join(asked.options[one] for one in asked.right or ())
        yield Line("quiz_answer", f"right is: {right}", {**fields, "points": points or 0})
