"""Screenshots of each page and state of the window, to be looked at.

python -m tests.client.window.shots FOLDER [LANGUAGE]
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from stagedoor.messages import OfferView, PersonView
from stagedoor.rules.event.commands import RestoreHand
from stagedoor.rules.values import Mode, OfferReason, Role, Seat
from stagedoor_client import words
from stagedoor_client.devices import Device
from stagedoor_client.window.app import make_application
from stagedoor_client.window.asked import OfferWindow, UnmuteWindow
from stagedoor_client.window.choices import Choices
from stagedoor_client.window.device_form import DeviceForm
from stagedoor_client.window.endings import ending
from stagedoor_client.window.happenings import Notice
from stagedoor_client.window.loop import Loop
from stagedoor_client.window.memory import Kept, Recent
from stagedoor_client.window.menu import person_menu
from stagedoor_client.window.pages import EndPage, EnterPage, WaitPage
from stagedoor_client.window.ready import DeviceWindow, Lit, ReadyWindow
from stagedoor_client.window.room_page import RoomPage

from .scenes import NOW, Shots, crowd, deeds, person, picture, scene
from .talk_shots import polls_pages, talk_pages


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
    end.draw(ending(None))
    shots.take("ended", end, (900, 600))


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
    words.use(words.first_of(sys.argv[2:]))
    app = make_application()
    shots = Shots(app, Path(sys.argv[1]))
    enter_pages(shots)
    room_pages(shots)
    talk_pages(shots)
    polls_pages(shots)
    asked(shots)
    device_windows(shots)
    shots.close()


if __name__ == "__main__":
    main()
