"""Screenshots of the chat, the questions, the polls and the reactions."""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from msgspec.structs import replace
from PySide6.QtCore import Qt

from stagedoor.messages import PersonView
from stagedoor.messages.polls import (
    AskedNow,
    Leader,
    MyAnswer,
    MyQuiz,
    MyQuizzes,
    MyVote,
    MyVotes,
    PollsView,
    PollView,
    QuizView,
    QuizzesView,
    Results,
    Reviewed,
    WordCount,
)
from stagedoor.messages.talk import QuestionsView, QuestionView, TalkView
from stagedoor.rules.polls.values import Kind, PollState, Showing
from stagedoor.rules.quizzes.values import QuizState
from stagedoor.rules.reactions.values import Reaction
from stagedoor.rules.talk.commands import Say
from stagedoor.rules.talk.values import Answer, Channel, Message, Standing
from stagedoor.rules.values import Role
from stagedoor_client.errors import ConnectionLostError
from stagedoor_client.outbox import Unsent
from stagedoor_client.view import whole
from stagedoor_client.window.polls.quiz_card import Review
from stagedoor_client.window.room_page import RoomPage
from stagedoor_client.window.scene import Scene

from .scenes import NAMES, Shots, crowd, deeds, person, scene

LATER = 1_790_000_000_000  # milliseconds since 1970


def said(number: int, by: int, text: str, **more: object) -> Message:
    """A message of one of the people above."""
    fields = {"place": number, **more}
    at = LATER + number * 60_000
    return Message(number, at, f"p{by}", NAMES[by], text, **fields)  # type: ignore[arg-type]


def talk_scene(me: PersonView, **more: object) -> Scene:
    """A room in which people write, ask and vote."""
    messages = [
        said(1, 1, "Good morning, everybody.", by_moderator=True),
        said(2, 2, "Good morning! The slides are at https://example.org/slides?page=3, I think."),
        said(3, 2, "And a rather long message, which goes over more than one line of the panel."),
        said(4, 0, "Thank you", reply_to=2),
        said(5, 1, "We begin in five minutes.", announcement=True, by_moderator=True),
        said(6, 7, "x" * 90),
        said(7, 2, "Is this seen yet?", standing=Standing.WAITING, place=0),
        said(8, 3, "A word to you alone", channel=Channel.PRIVATE, thread="p3"),
    ]
    questions = [
        QuestionView(11, LATER, "p2", NAMES[2], "How is the stage kept free of echo?", 12),
        QuestionView(12, LATER, "p0", NAMES[0], "When is the break?", 3),
        QuestionView(13, LATER, "p4", NAMES[4], "Is it recorded?", 1, Answer.ANSWERED),
    ]
    here = scene(me, *crowd())
    talk = TalkView(True, messages, pinned=[2], older=[Channel.ROOM])
    view = replace(here.view, talk=talk, questions=QuestionsView(True, questions, voted=[11]))
    sending = Unsent(Say("Not there yet", key="a"), "room", done=MISSING)  # type: ignore[arg-type]
    refused = Unsent(Say("Too soon", key="b"), "room", "failed", done=MISSING)  # type: ignore[arg-type]
    refused.failure = ConnectionLostError("Slow mode: please wait 5 s, then send again.")
    fields = {"online": True, "unsent": (sending, refused), **more}
    return Scene(whole(view), now=LATER + 600_000, **fields)  # type: ignore[arg-type]


MISSING = object()


def talk_pages(shots: Shots) -> None:
    """The chat and the questions at the side."""
    page = RoomPage(deeds(), lambda shown: None)
    page.resize(1280, 800)
    page.draw(talk_scene(person(0)))
    page.show()
    shots.settle()
    shots.take("chat-badges", page)
    page.show_side("chat")
    page.talk.chat.composer.write("What I am writing")
    shots.take("chat", page)
    page.show_side("questions")
    shots.take("questions", page)
    moderator = person(0, role=Role.MODERATOR)
    page.draw(talk_scene(moderator))
    shots.take("questions-moderator", page)
    page.show_side("chat")
    shots.take("chat-moderator", page)
    page.talk.chat.open("threads")
    shots.take("chat-threads", page)
    page.talk.chat.open("p3")
    shots.take("chat-private", page)
    page.talk.chat.open("room")
    page.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    shots.take("chat-right-to-left", page)
    page.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
    page.resize(900, 600)
    shots.take("chat-900", page)


def polls_view() -> list[PollView]:
    """A poll of each kind, open and closed."""
    options = ("Tea, as always", "Coffee", "A very long answer that needs more than one line here")
    common = {"state": PollState.OPEN, "anonymous": True, "showing": Showing.LIVE}
    common |= {"may_change": True}
    over = {**common, "state": PollState.CLOSED}
    counts = Results(7, [4, 2, 1])
    words = Results(5, words=[WordCount("calm", 4), WordCount("kind", 2), WordCount("loud", 1)])
    return [
        PollView(30, Kind.SINGLE, "What will you drink?", options=options, **common),  # type: ignore[arg-type]
        PollView(29, Kind.MULTIPLE, "Which of these?", options=options, most=3, **common),  # type: ignore[arg-type]
        PollView(28, Kind.RATING, "How was it?", most=5, closes_at=LATER + 642_000, **common),  # type: ignore[arg-type]
        PollView(27, Kind.TEXT, "What is missing?", **common),  # type: ignore[arg-type]
        PollView(26, Kind.WORDS, "In two words?", most=2, **common),  # type: ignore[arg-type]
        PollView(25, Kind.SINGLE, "Voted already", options=options, results=counts, **common),  # type: ignore[arg-type]
        PollView(20, Kind.WORDS, "In a word?", results=words, **over),  # type: ignore[arg-type]
        PollView(19, Kind.RATING, "And yesterday?", most=3, results=counts, **over),  # type: ignore[arg-type]
        PollView(18, Kind.TEXT, "Anything else?", results=Results(2, texts=["No", "Yes"]), **over),  # type: ignore[arg-type]
    ]


def quiz_view(state: QuizState) -> tuple[QuizView, MyQuiz]:
    """A quiz in this state, and how one does in it."""
    options = ("Madrid", "Lisbon", "Rome, which is a long answer that goes over two lines here")
    asked = AskedNow(1, "The capital of Portugal?", options, False, 20_000, answers=3)
    if state is QuizState.ASKING:
        asked = replace(asked, closes_at=LATER + 612_000)
    else:
        asked = replace(asked, right=(1,), counts=[1, 2, 0])
    review = [Reviewed("The capital of Portugal?", options, (1,), [1, 2, 0])]
    leaders = [Leader(1, "p2", NAMES[2], 1890), Leader(2, "p0", NAMES[0], 950)]
    answers = [MyAnswer(0, (1,), 950)]
    answers += [] if state is QuizState.ASKING else [MyAnswer(1, (0,), 0)]
    over = state is QuizState.ENDED
    quiz = QuizView(
        40, "Capitals", state, 2, True, None if over else asked, leaders, review if over else []
    )
    return quiz, MyQuiz(40, 950, 2, answers)


def polls_pages(shots: Shots) -> None:
    """Polls and quizzes at the side."""
    page = RoomPage(deeds(), lambda shown: None)
    page.resize(1280, 800)
    page.show_side("polls")
    page.show()
    base = scene(person(0), *crowd())
    mine = MyVotes([MyVote(25, held=True, choices=(0,))], whole=True)
    for name, polls in {"open": slice(0, 3), "more": slice(3, 6), "over": slice(6, 9)}.items():
        view = replace(base.view, polls=PollsView(polls_view()[polls], whole=True), my_votes=mine)
        page.draw(Scene(whole(view), online=True, now=LATER + 600_000))
        shots.take(f"polls-{name}", page)
    for state in (QuizState.ASKING, QuizState.BETWEEN, QuizState.ENDED):
        quiz, mine_too = quiz_view(state)
        quizzes = QuizzesView([quiz], whole=True)
        view = replace(base.view, quizzes=quizzes, my_quizzes=MyQuizzes([mine_too], whole=True))
        page.draw(Scene(whole(view), online=True, now=LATER + 600_000))
        for review in page.findChildren(Review):
            review.button.click()
        shots.take(f"quiz-{state}", page)
    page.reacting.turn()
    shots.take("picker", page)
    page.reacting.turn()
    page.reacting.shower.show_counts({Reaction.CLAP: 9, Reaction.HEART: 4, Reaction.PARTY: 6})
    shots.settle(1.2)
    page.grab().save(str(shots.folder / "reactions.png"))
    os.environ["STAGEDOOR_REDUCED_MOTION"] = "1"
    page.reacting.shower.show_counts({Reaction.CLAP: 9, Reaction.HEART: 4, Reaction.PARTY: 6})
    shots.take("reactions-still", page)
    del os.environ["STAGEDOOR_REDUCED_MOTION"]
