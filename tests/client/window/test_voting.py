"""Votes, answers and reactions by the window, seen by others who use the client's Room."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from stagedoor.rules.polls import commands as polls
from stagedoor.rules.polls.values import Kind, PollForm, Showing
from stagedoor.rules.quizzes import commands as quizzes
from stagedoor.rules.quizzes.values import QuizForm, QuizQuestion
from stagedoor.rules.reactions.values import Reaction
from stagedoor_client import Options, Room, parse
from stagedoor_client.book import polls_of, quizzes_of
from stagedoor_client.window.polls.fields import Choice
from stagedoor_client.window.polls.poll_card import PollCard
from stagedoor_client.window.polls.quiz_card import QuizCard, Review
from tests.server_process import ServerProcess

from ..test_taking_part import FORMS, created, sees


async def test_one_votes_in_every_kind_of_poll_and_sees_what_came_out(
    server: ServerProcess, opened: Any
) -> None:
    links = server.create_room()["links"]
    hand = await opened()
    await hand.enters(links["attendee"])
    page = hand.view.page
    async with Room(parse(links["moderator"]), Options("Ada")) as ada:
        ids: dict[Kind, int] = {}
        for kind, (form, _) in FORMS.items():
            asked = PollForm(kind, f"{kind}?", showing=Showing.LIVE, **form)
            ids[kind] = await created(ada, polls.CreatePoll(asked))
            await ada.command(polls.OpenPoll(ids[kind]))
        await hand.reads("A poll is open: words?")
        await hand.until(lambda: page.side.row.tabText(3) == "Polls 5", "what waits")
        page.show_side("polls")

        async def votes(kind: Kind, fill: Any) -> PollCard:
            card = await hand.until(lambda: page.talk.polls.cards.get(f"poll-{ids[kind]}"), "it")
            assert isinstance(card, PollCard)
            await hand.until(lambda: card.ballot is not None, "the ballot")
            fill(card.ballot)
            await hand.sees(lambda: card.vote, "the button")
            page.talk.polls.box.ensureWidgetVisible(card.vote)
            hand.click(card.vote)
            await hand.until(lambda: card.ballot is None, "one's vote")
            return card

        await votes(Kind.SINGLE, lambda ballot: ballot.buttons[1].click())
        multiple = await votes(
            Kind.MULTIPLE, lambda it: [it.buttons[one].click() for one in (0, 2)]
        )
        rating = await votes(Kind.RATING, lambda ballot: ballot.buttons[3].click())
        await votes(Kind.TEXT, lambda ballot: QTest.keyClicks(ballot.text, "more of it"))
        words = await votes(Kind.WORDS, lambda it: QTest.keyClicks(it.words[0], "Calm"))

        def results(room: Room, kind: Kind) -> Any:
            return polls_of(room.view)[ids[kind]].results if room.view else None

        await sees(ada, lambda room: results(room, Kind.SINGLE).counts == [0, 1])
        await sees(ada, lambda room: results(room, Kind.MULTIPLE).counts == [1, 0, 1])
        await sees(ada, lambda room: results(room, Kind.RATING).counts == [0, 0, 0, 1, 0])
        await sees(ada, lambda room: results(room, Kind.TEXT).texts == ["more of it"])
        await sees(ada, lambda room: [w.word for w in results(room, Kind.WORDS).words])
        assert page.side.row.tabText(3) == "Polls"
        await hand.until(lambda: [r.value.text() for r in words.results.bars.rows], "the word")
        await hand.until(lambda: rating.results.head.text().startswith("Average 4.0 of 5"), "it")
        await hand.until(
            lambda: (
                [row.words.accessibleName() for row in multiple.results.bars.rows]
                == ["a: 1 · 100 %", "b: 0 · 0 %", "c: 1 · 100 %"]
            ),
            "the bars",
        )
        await ada.command(polls.ClosePoll(ids[Kind.SINGLE]))
        await hand.reads("The results are there: single?")


async def test_a_refused_vote_stays_to_be_mended(server: ServerProcess, opened: Any) -> None:
    links = server.create_room()["links"]
    hand = await opened()
    await hand.enters(links["attendee"])
    page = hand.view.page
    page.show_side("polls")
    async with Room(parse(links["moderator"]), Options("Ada")) as ada:
        poll = await created(ada, polls.CreatePoll(PollForm(Kind.WORDS, "In a word?")))
        await ada.command(polls.OpenPoll(poll))
        card = await hand.until(lambda: page.talk.polls.cards.get(f"poll-{poll}"), "the poll")
        await hand.presses(lambda: card.vote)
        await hand.sees(lambda: card.trouble, "why it is refused")
        QTest.keyClicks(card.ballot.words[0], "calm")
        await hand.presses(lambda: card.vote)
        await hand.until(lambda: card.ballot is None, "the vote")


async def test_a_quiz_is_answered_scored_and_looked_back_on(
    server: ServerProcess, opened: Any
) -> None:
    links = server.create_room()["links"]
    hand = await opened()
    await hand.enters(links["attendee"])
    page = hand.view.page
    page.show_side("polls")
    questions = (
        QuizQuestion("2 + 2?", ("3", "4"), (1,), 60_000),
        QuizQuestion("Even?", ("1", "2", "4"), (1, 2), 60_000),
    )
    async with Room(parse(links["moderator"]), Options("Ada")) as ada:
        quiz = await created(ada, quizzes.CreateQuiz(QuizForm("Numbers", questions)))
        await ada.command(quizzes.OpenQuizQuestion(quiz, 0))
        card = await hand.until(lambda: page.talk.polls.cards.get(f"quiz-{quiz}"), "the quiz")
        assert isinstance(card, QuizCard)
        assert card.clock.text().endswith("left")
        await hand.presses(lambda: card.answers[1])

        def answers(room: Room) -> bool:
            asked = quizzes_of(room.view)[quiz].question if room.view else None
            return asked is not None and asked.answers == 1

        await sees(ada, answers)
        await ada.command(quizzes.CloseQuizQuestion(quiz, 0))
        await hand.until(lambda: card.state.text() == "Question 1 of 2" and not card.answers, "it")
        await ada.command(quizzes.OpenQuizQuestion(quiz, 1))
        boxes = await hand.until(lambda: card.findChildren(Choice), "the options")
        for box in boxes[1:]:
            await hand.sees(lambda one=box: one, "an option")
            QTest.mouseClick(box, Qt.MouseButton.LeftButton)
        await hand.presses(lambda: card.answers[0])
        await hand.sees(lambda: card, "the quiz")
        await sees(ada, answers)
        await ada.command(quizzes.CloseQuizQuestion(quiz, 1))
        await sees(ada, lambda room: quizzes_of(room.view)[quiz].question.counts == [0, 1, 1])
        await ada.command(quizzes.EndQuiz(quiz))
        review = await hand.until(lambda: card.findChild(Review), "the way to look back")
        hand.click(review.button)
        await hand.until(review.inner.isVisible, "the questions")
        await hand.reads("The quiz is over: Numbers")


async def test_reactions_go_up_here_and_there(server: ServerProcess, opened: Any) -> None:
    links = server.create_room()["links"]
    hand = await opened()
    await hand.enters(links["attendee"])
    page, heard = hand.view.page, list[dict[Reaction, int]]()
    async with Room(parse(links["attendee"]), Options("Vera", on_reactions=heard.append)) as vera:
        page.stage.setFocus()
        QTest.keyClick(page.stage, Qt.Key.Key_R)
        picker = page.reacting.picker
        await hand.until(picker.isVisible, "the reactions")
        hand.click(picker.buttons[Reaction.PARTY])
        await sees(vera, lambda room: heard == [{Reaction.PARTY: 1}])
        QTest.keyClick(picker, Qt.Key.Key_Escape)
        await hand.until(lambda: not picker.isVisible(), "it is closed")
        shower = page.reacting.shower
        await hand.until(lambda: not shower.air, "one's own has gone")
        await vera.react(Reaction.HEART)
        await hand.until(lambda: [one.reaction for one in shower.air] == ["heart"], "a heart")
