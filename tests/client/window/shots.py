"""Screenshots of each page and state of the window, to be looked at.

python -m tests.client.window.shots FOLDER
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import shiboken6
from msgspec.structs import replace
from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QColor, QImage, QLinearGradient, QPainter
from PySide6.QtWidgets import QApplication, QWidget

from stagedoor.messages import OfferView, PersonView, RoomInfo, View
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
from stagedoor.rules.event.commands import RestoreHand
from stagedoor.rules.polls.values import Kind, PollState, Showing
from stagedoor.rules.quizzes.values import QuizState
from stagedoor.rules.reactions.values import Reaction
from stagedoor.rules.talk.commands import Say
from stagedoor.rules.talk.values import Answer, Channel, Message, Standing
from stagedoor.rules.values import Mode, OfferReason, Role, Seat, Settings
from stagedoor_client.devices import Device
from stagedoor_client.errors import ConnectionLostError
from stagedoor_client.outbox import Unsent
from stagedoor_client.view import whole
from stagedoor_client.window.app import make_application
from stagedoor_client.window.asked import OfferWindow, UnmuteWindow
from stagedoor_client.window.bar import Deeds
from stagedoor_client.window.choices import Choices
from stagedoor_client.window.device_form import DeviceForm
from stagedoor_client.window.endings import ENDED
from stagedoor_client.window.happenings import Notice
from stagedoor_client.window.loop import Loop
from stagedoor_client.window.memory import Kept, Recent
from stagedoor_client.window.menu import person_menu
from stagedoor_client.window.pages import EndPage, EnterPage, WaitPage
from stagedoor_client.window.polls.quiz_card import Review
from stagedoor_client.window.ready import DeviceWindow, Lit, ReadyWindow
from stagedoor_client.window.room_page import RoomPage
from stagedoor_client.window.scene import Scene

NOW = 1_000_000
NAMES = [
    "Ann Lee", "Ben Okafor", "Chloë Martin", "Dmitri", "Eun-ji Park", "Farid", "Grace Hopper",
    "Hans-Joachim von und zu Hohenstein-Waldburg", "Ines", "Jürgen Groß", "Kofi", "Łukasz", "Mei",
    "Noor", "Oksana",
]  # fmt: skip


def person(number: int, seat: Seat = Seat.VIEWER, **more: object) -> PersonView:
    """One of the people above."""
    fields = {"role": Role.ATTENDEE, **more}
    return PersonView(id=f"p{number}", name=NAMES[number], seat=seat, **fields)  # type: ignore[arg-type]


def scene(
    *people: PersonView, you: int = 0, mode: Mode = Mode.REQUEST, online: bool = True,
    speaking: tuple[str, ...] = (),
) -> Scene:  # fmt: skip
    """A scene as one of these people sees it."""
    room = RoomInfo("demo", "Autumn assembly", mode, Settings(), False)
    return Scene(View(1, f"p{you}", room, list(people)), online, NOW, speaking)


def picture(number: int, size: QSize) -> QImage:
    """Something to look at."""
    made = QImage(size, QImage.Format.Format_RGB32)
    painter = QPainter(made)
    gradient = QLinearGradient(0, 0, size.width(), size.height())
    gradient.setColorAt(0, QColor.fromHsv(number * 53 % 360, 120, 150))
    gradient.setColorAt(1, QColor.fromHsv((number * 53 + 60) % 360, 160, 70))
    painter.fillRect(made.rect(), gradient)
    painter.setPen(QColor("white"))
    painter.drawText(QPoint(20, 40), f"picture {number}")
    painter.end()
    return made


class Shots:
    """Saves what widgets look like."""

    def __init__(self, app: QApplication, folder: Path) -> None:
        self.app, self.folder = app, folder
        folder.mkdir(parents=True, exist_ok=True)

    def take(self, name: str, widget: QWidget, size: tuple[int, int] | None = None) -> None:
        """Show it, and save it."""
        if size is not None:
            widget.resize(*size)
        widget.show()
        self.settle()
        widget.grab().save(str(self.folder / f"{name}.png"))

    def settle(self, seconds: float = 0.25) -> None:
        """Let what glides arrive."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self.app.processEvents()


def deeds() -> Deeds:
    """Buttons that do nothing."""
    nothing = lambda *_: None  # noqa: E731
    return Deeds(nothing, nothing, nothing, nothing, nothing, nothing)


def enter_pages(shots: Shots) -> None:
    """The way in."""
    now = int(time.time())
    page = EnterPage(lambda link, name: None, lambda link: None)
    page.draw(Kept())
    shots.take("enter-first", page, (900, 600))
    link = "https://stage.example.org/r/autumn#token=secret"
    rooms = (
        Recent(link, "Autumn assembly", now),
        Recent("http://localhost:8080/r/demo", "Demo", now - 90000),
        Recent("https://meet.example.com/r/long", "A room with a rather long name in it", 0),
    )
    page.draw(Kept(name="Ann Lee", rooms=rooms))
    page.complain("That is no link to a room: it should look like http://HOST/r/ROOM")
    shots.take("enter-recent", page, (1100, 800))
    shots.take("waiting", WaitPage(lambda: None), (900, 600))
    end = EndPage(lambda: None, lambda: None)
    end.draw(ENDED)
    shots.take("ended", end, (900, 600))


def crowd() -> list[PersonView]:
    """A room with everything in it."""
    return [
        person(1, Seat.ON_STAGE, microphone=True, camera=True, role=Role.MODERATOR),
        person(2, Seat.ON_STAGE, camera=True),
        person(3, Seat.HELD, away=True),
        person(7, Seat.ON_STAGE, microphone=True),
        person(4, hand=7),
        person(5, hand=3),
        *(person(number) for number in (6, 8, 9, 10, 11, 12, 13, 14)),
    ]


def room_pages(shots: Shots) -> None:
    """The room in its states."""
    page = RoomPage(deeds(), lambda shown: None)
    page.draw(scene(person(0), person(1), mode=Mode.REQUEST))
    shots.take("room-empty", page, (1280, 800))
    people = crowd()

    def show(name: str, me: PersonView, size: tuple[int, int], **more: object) -> None:
        page.draw(scene(me, *people, **more))  # type: ignore[arg-type]
        page.resize(*size)
        page.show()
        shots.settle()
        for number in (0, 1, 2):
            tile = page.stage.tiles.get((f"p{number}", "camera"))
            if tile is not None:
                page.stage.set_picture(f"p{number}", "camera", picture(number, tile.pixels))
        shots.take(name, page)

    show("room-viewer", person(0), (1280, 800), speaking=("p1",))
    show("room-requested", person(0, Seat.REQUESTED, requested_at=3), (900, 600))
    up = person(0, Seat.ON_STAGE, microphone=True, camera=True)
    show("room-on-stage", up, (1280, 800), speaking=("p0",))
    page.bar.microphone.hear(0.6)
    muted = person(0, Seat.ON_STAGE, camera=True, role=Role.MODERATOR)
    people[4] = person(4, Seat.REQUESTED, requested_at=4)
    people[5] = person(5, Seat.OFFERED, offer=OfferView("Ann", OfferReason.INVITED, NOW + 42_000))
    show("room-muted", muted, (900, 600))
    page.notices.say(Notice("You are on stage. You can be seen.", "seat", "good"))
    page.notices.say(Notice("Eun-ji Park asks to join the stage.", "requests"))
    page.notices.say(
        Notice(
            "Ben Okafor removed you from the stage. Your camera and microphone are off.",
            "x",
            "warning",
            stay=True,
        )
    )
    show("room-notices", muted, (1280, 800), online=False)
    page.notices.clear()
    page.show_side("people")
    show("room-side-900", person(0, hand=3), (900, 600), mode=Mode.OPEN)
    everybody = [person(n, Seat.ON_STAGE, microphone=n % 2 == 0) for n in range(15)]
    page.draw(scene(*everybody))
    shots.take("room-fifteen", page, (900, 600))
    shared = [person(1, Seat.ON_STAGE, screen=True, microphone=True), *everybody[2:8]]
    page.draw(scene(person(0), *shared))
    shots.take("room-screen", page, (1280, 800))
    page.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    page.notices.say(Notice("Farid has spoken, and the hand is down.", "x", undo=RestoreHand("p5")))
    show("room-right-to-left", person(0, Seat.ON_STAGE, camera=True), (1280, 800))
    page.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
    menu = person_menu(page, scene(muted, *crowd(), you=0), "p1", lambda _: None)
    assert menu is not None
    shots.take("menu", menu)
    shiboken6.delete(page)  # and not when the garbage is collected, in the middle of something


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
    shiboken6.delete(page)


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
    options = ("Madrid", "Lisbon", "Rome")
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
    shiboken6.delete(page)


def asked(shots: Shots) -> None:
    """The windows that ask."""
    parent = QWidget()
    offer = OfferWindow(parent, lambda: None, lambda: None)
    made = OfferView("Ben Okafor", OfferReason.APPROVED, NOW + 42_000)
    offer.follow(scene(person(0, Seat.OFFERED, offer=made)), busy=False)
    shots.take("offer", offer)
    unmute = UnmuteWindow(parent, lambda yes: None)
    unmute.follow(scene(person(0, Seat.ON_STAGE, unmute_asked_by="p1"), person(1)))
    shots.take("unmute", unmute)


class Shelf:
    """Hardware to choose from, and to be looked at only."""

    def cameras(self) -> list[Device]:
        return [Device(0, "Integrated Camera: Integrated C"), Device(1, "Logitech BRIO")]

    def microphones(self) -> list[Device]:
        return [Device(0, "Built-in Audio Analog Stereo"), Device(1, "Blue Yeti")]

    def speakers(self) -> list[Device]:
        return [Device(0, "Headphones"), Device(1, "HDMI")]

    def screens(self) -> list[Device]:
        return []


async def look(choices: Choices, told: asyncio.Event) -> None:
    """Let the choices see what there is."""
    choices.start()
    await told.wait()
    choices.stop()


def device_windows(shots: Shots) -> None:
    """The ready window, and the devices on stage."""
    nothing = lambda *_: None  # noqa: E731
    told = asyncio.Event()
    hardware: Any = Shelf()
    choices = Choices(hardware, Kept, nothing, nothing, told.set)

    def form() -> DeviceForm:
        made = DeviceForm(choices, nothing, nothing, nothing, nothing)
        made.begin((640, 480))
        return made

    parent = QWidget()
    ready = ReadyWindow(parent, form(), nothing, nothing)
    here = scene(person(0), mode=Mode.OPEN)
    ready.draw(here, Lit(), False)
    shots.take("ready-looking", ready)
    with Loop(shots.app) as loop:
        loop.run_until_complete(look(choices, told))
    offer = OfferView("Ben Okafor", OfferReason.APPROVED, NOW + 42_000)
    offered = scene(person(0, Seat.OFFERED, offer=offer))
    ready.draw(offered, Lit(), False)
    ready.form.complain("camera", "The camera Lens cannot be opened; it may be in use elsewhere.")
    ready.form.warn_of_echo(
        "Your microphone hears your speaker: others will hear themselves. Use headphones."
    )
    shots.take("ready-trouble", ready)
    ready.form.complain("camera", "")
    ready.form.warn_of_echo("")
    ready.draw(offered, Lit(True, True, True, True), False)
    ready.form.preview.show_picture(picture(3, ready.form.preview.size()))
    ready.form.meter.hear(-18)
    shots.take("ready-on", ready)
    devices = DeviceWindow(parent, form(), nothing, nothing)
    devices.begin(Kept())
    Lit(False, True, False, True).draw(devices.form)
    shots.take("devices", devices)


def main() -> None:
    """All of them."""
    app = make_application()
    shots = Shots(app, Path(sys.argv[1]))
    enter_pages(shots)
    room_pages(shots)
    talk_pages(shots)
    polls_pages(shots)
    asked(shots)
    device_windows(shots)


if __name__ == "__main__":
    main()
