"""Results of polls and quizzes over HTTP, for moderators: with the session's token as a bearer."""

from __future__ import annotations

from aiohttp import web

from stagedoor.rooms import Keeper
from stagedoor.rooms import results as r
from stagedoor.rules.polls.values import Poll, PollState
from stagedoor.rules.quizzes.values import Quiz, QuizState
from stagedoor.rules.refusals import Code, Refusal

from . import sessions
from .api import RefusedError, answer, find
from .keys import HOUSE, LIMITER
from .limiter import TooManyError
from .tables import csv_answer


def add_routes(router: web.UrlDispatcher) -> None:
    """The addresses, under the room's."""
    number = "{id:[0-9]{1,12}}"
    polls = f"/api/rooms/{{room}}/polls/{number}"
    quizzes = f"/api/rooms/{{room}}/quizzes/{number}"
    router.add_get(f"{polls}/results.csv", get_poll_csv)
    router.add_get(f"{polls}/voters.csv", get_voters_csv)
    router.add_get(f"{polls}/results.json", get_poll_json)
    router.add_get(f"{quizzes}/results.csv", get_quiz_csv)
    router.add_get(f"{quizzes}/results.json", get_quiz_json)


def check_moderator(request: web.Request) -> Keeper:
    """The room in the path, for one who moderates it now.

    Raises RefusedError unless the request carries ``Authorization: Bearer <session>``.
    """
    keeper = find(request)
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    found = sessions.find(keeper.room, token.strip(), request.app[HOUSE].clock())
    if scheme.lower() != "bearer" or isinstance(found, Refusal):
        raise RefusedError(Refusal(Code.BAD_SESSION, "This needs the session of a moderator."))
    person, _ = found
    if not person.moderates:
        raise RefusedError(Refusal(Code.NOT_ALLOWED, "Only a moderator can do that."))
    if person.id in keeper.room.entrance.bans:
        raise RefusedError(keeper.room.entrance.bans[person.id].refusal)
    limiter = request.app[LIMITER]
    wait = limiter.reports.take((keeper.id, person.id), limiter.clock())
    if wait:
        raise TooManyError(wait)
    return keeper


async def get_poll_csv(request: web.Request) -> web.Response:
    """``GET /api/rooms/{room}/polls/{id}/results.csv``: one row an answer."""
    poll, results = _poll(request)
    return csv_answer(request, f"poll-{poll.id}.csv", r.poll_table(results))


async def get_voters_csv(request: web.Request) -> web.Response:
    """``GET /api/rooms/{room}/polls/{id}/voters.csv``: who voted what, unless it is anonymous."""
    poll, results = _poll(request)
    if results.voters is None:
        raise RefusedError(
            Refusal(Code.NOT_ALLOWED, "This poll is anonymous: nobody knows who voted what.")
        )
    return csv_answer(request, f"poll-{poll.id}-voters.csv", r.voters_table(results.voters))


async def get_poll_json(request: web.Request) -> web.Response:
    """``GET /api/rooms/{room}/polls/{id}/results.json``"""
    return answer(_poll(request)[1])


async def get_quiz_csv(request: web.Request) -> web.Response:
    """``GET /api/rooms/{room}/quizzes/{id}/results.csv``: one row a person."""
    quiz, results = _quiz(request)
    return csv_answer(request, f"quiz-{quiz.id}.csv", r.quiz_table(results))


async def get_quiz_json(request: web.Request) -> web.Response:
    """``GET /api/rooms/{room}/quizzes/{id}/results.json``"""
    return answer(_quiz(request)[1])


def _poll(request: web.Request) -> tuple[Poll, r.PollResults]:
    room = check_moderator(request).room
    poll = room.polls.get(int(request.match_info["id"]))
    if poll is None or poll.state is PollState.DRAFT:
        raise RefusedError(Refusal(Code.NO_SUCH_POLL, "There are no results of this poll."))
    return poll, r.poll_results(poll, room.people)


def _quiz(request: web.Request) -> tuple[Quiz, r.QuizResults]:
    room = check_moderator(request).room
    quiz = room.quizzes.get(int(request.match_info["id"]))
    if quiz is None or quiz.state is QuizState.DRAFT:
        raise RefusedError(Refusal(Code.NO_SUCH_POLL, "There are no results of this quiz."))
    return quiz, r.quiz_results(quiz)
