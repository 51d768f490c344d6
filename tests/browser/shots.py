"""Pictures of every page, window and state, to be looked at.

python -m tests.browser.shots FOLDER [PART-OF-A-NAME]
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, expect, sync_playwright

from tests.server_process import ServerProcess

from .conftest import Place
from .test_polls import card, tab, vote, write, write_quiz
from .test_reactions import react
from .test_talk import ask, choose, message, open_thread, question, say
from .visitors import ARGUMENTS, CHROMIUM, DESKTOP, PHONE, Visitor, failing_devices

SIZES = {"desktop": DESKTOP, "phone": PHONE, "lying": {"width": 844, "height": 390}}
CROWD = ["Ann Lee", "Ben Okafor", "Chloë Martin", "Dmitri", "Eun-ji Park", "Farid", "Grace Hopper"]


class Photographer:
    """Takes one person's page at one size after the other."""

    def __init__(self, folder: Path, wanted: str) -> None:
        self.folder = folder
        self.wanted = wanted

    def take(self, visitor: Visitor, name: str, sizes: str = "desktop phone") -> None:
        """Write ``NAME-SIZE.png``."""
        for size in sizes.split():
            visitor.page.set_viewport_size(SIZES[size])  # type: ignore[arg-type]
            visitor.page.wait_for_timeout(500)  # transitions are over
            visitor.page.screenshot(path=self.folder / f"{name}-{size}.png")
        visitor.page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]

    def scene(self, act: Callable[[Photographer, ServerProcess, Browser], None]) -> None:
        """Run a scene if it is wanted; what was made is closed."""
        if self.wanted not in act.__name__:
            return
        print(act.__name__, flush=True)
        with sync_playwright() as playwright, ServerProcess() as server:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
            act(self, server, browser)
            browser.close()


def pages(camera: Photographer, server: ServerProcess, browser: Browser) -> None:
    """What is seen without entering."""
    place = Place(server, browser, name="Autumn assembly", mode="request", open_door=False)
    someone = place.visitor("Ann Lee")
    someone.page.goto(server.url)
    camera.take(someone, "front")
    someone.open()
    camera.take(someone, "door")
    someone.page.goto(f"{server.url}/r/{place.id}")
    expect(someone.page.locator("#end")).to_be_visible()
    camera.take(someone, "no-token")
    someone.page.goto(f"{server.url}/r/nowhere")
    camera.take(someone, "no-such-room")
    host = place.host("Helen")
    host.page.locator("#side").get_by_role("button", name="End the room").click()
    camera.take(host, "end-room-window")
    host.window("End the room?").get_by_role("button", name="End the room").click()
    expect(host.page.locator("#end")).to_be_visible()
    camera.take(host, "ended")


def viewers(camera: Photographer, server: ServerProcess, browser: Browser) -> None:
    """An attendee's way up, in each mode."""
    place = Place(server, browser, name="Autumn assembly", mode="open")
    ann, mod = place.attendee("Ann Lee"), place.moderator("Mo Farah")
    for mode in ("closed", "invite", "request", "open"):
        mod.access(mode.title()).check(force=True)
        ann.page.wait_for_timeout(400)
        camera.take(ann, f"viewer-{mode}")
    ann.button("Join stage").click()
    camera.take(ann, "ready-off", "desktop phone lying")
    ann.switch_on("Camera", "Microphone")
    camera.take(ann, "ready-on", "desktop phone lying")
    ann.ready_window.get_by_role("button", name="Cancel").click()
    mod.page.get_by_role("radio", name="Request").check(force=True)
    ann.button("Ask to join stage").click()
    camera.take(ann, "waiting")
    mod.row("Waiting requests", "Ann").get_by_role("button", name="Decline").click()
    camera.take(ann, "declined")
    ann.button("Ask to join stage").click()
    mod.row("Waiting requests", "Ann").get_by_role("button", name="Approve").click()
    expect(ann.window("Your request was approved")).to_be_visible()
    camera.take(ann, "approved")
    ann.accept("Your request was approved", "Camera")
    camera.take(ann, "on-stage-muted", "desktop phone lying")
    ann.button("Devices").click()
    camera.take(ann, "devices")
    ann.window("Camera, microphone").get_by_role("button", name="Done").click()
    mod.row("On stage", "Ann").get_by_role("button", name="Ask Ann Lee to unmute").click()
    camera.take(ann, "asked-to-unmute")
    ann.window("Turn your microphone on?").get_by_role("button", name="Unmute").click()
    mod.page.get_by_role("button", name="Mute everyone").click()
    expect(ann.notice("turned your microphone off")).to_be_visible()
    camera.take(ann, "muted-by-moderator")
    mod.row("On stage", "Ann").get_by_role("button", name="Remove").click()
    expect(ann.notice("removed you")).to_be_visible()
    camera.take(ann, "removed")


def moderators(camera: Photographer, server: ServerProcess, browser: Browser) -> None:
    """The panel with something in every part."""
    place = Place(server, browser, name="Autumn assembly", mode="open")
    host = place.host("Helen Mirza")
    crowd = [place.attendee(name) for name in CROWD]
    for one in crowd[:3]:
        one.button("Join stage").click()
        one.go_up(*(["Camera", "Microphone"] if one is crowd[0] else ["Camera"]))
    host.page.get_by_role("radio", name="Request").check(force=True)
    for one in crowd[3:6]:
        one.button("Ask to join stage").click()
    crowd[6].button("Raise hand").click()
    host.row("Waiting requests", "Dmitri").get_by_role("button", name="Approve").click()
    camera.take(host, "panel", "desktop lying")
    host.page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    camera.take(host, "panel", "phone")
    host.page.locator("details").first.evaluate(
        "(one) => { one.open = true; one.scrollIntoView(); }"
    )
    camera.take(host, "panel-settings")
    host.show_people()
    camera.take(host, "people")
    host.page.get_by_role("button", name="Actions for Ann Lee").click()
    camera.take(host, "person-menu")
    host.page.keyboard.press("Escape")
    host.page.get_by_role("button", name="Close the panel").click()
    camera.take(host, "host-stage", "desktop phone lying")
    host.button("Join stage").click()
    host.go_up("Microphone")
    camera.take(host, "host-on-stage", "desktop phone lying")


def talks(camera: Photographer, server: ServerProcess, browser: Browser) -> None:
    """The chat and private threads, of an attendee and a moderator."""
    place = Place(server, browser, name="Autumn assembly", mode="open")
    ann, ben, mod = place.attendee("Ann Lee"), place.attendee("Ben Okafor"), place.moderator("Mo")
    say(ann, "Good morning! The programme is at https://example.org/programme/2026")
    say(ben, "שלום! A longer message, which runs over several lines.\n\nWith an empty line.")
    mod.show("Chat")
    choose(mod, message(mod, "Good morning"), "Reply")
    say(mod, "Coffee is at 10:30 in the hall")
    choose(mod, message(mod, "Coffee"), "Pin")
    mod.page.get_by_role("button", name="Announcement to everybody").click()
    say(mod, "We begin in five minutes")
    ann.page.get_by_role("button", name="Close the panel").click()
    say(ben, "great")
    camera.take(ann, "chat-closed")
    ann.show("Chat")
    camera.take(ann, "chat", "desktop phone lying")
    camera.take(mod, "chat-moderator")
    message(mod, "great").locator(".message-menu").click()
    camera.take(mod, "chat-menu")
    mod.page.keyboard.press("Escape")
    open_thread(ann, "Moderators")
    say(ann, "I hear nothing")
    camera.take(ann, "chat-private")
    open_thread(mod, "Private")
    camera.take(mod, "chat-threads")
    mod.page.locator(".thread").click()
    say(mod, "Please reload the page")
    camera.take(mod, "chat-thread")
    part = mod.show("Moderate").locator('[data-part="Chat, questions, reactions"]')
    part.locator("summary").click()
    part.get_by_label("Moderators approve first").check()
    camera.take(mod, "chat-settings")
    ben.show("Chat")
    say(ben, "May I say something?")
    camera.take(ben, "chat-waiting")
    mod.show("Chat")
    open_thread(mod, "Everybody")
    camera.take(mod, "chat-approve")
    choose(mod, message(mod, "May I say"), "Block from writing")
    mod.window("Block Ben").get_by_role("button", name="Block").click()
    camera.take(ben, "chat-blocked")
    server.kill()
    expect(ann.page.locator("#reconnecting")).to_be_visible()
    open_thread(ann, "Moderators")
    say(ann, "Are you there?")
    camera.take(ann, "chat-unsent")


def reactions(camera: Photographer, server: ServerProcess, browser: Browser) -> None:
    """The row, pictures in the air, and the quiet counter."""
    place = Place(server, browser, name="Autumn assembly", mode="open")
    mod, ann = place.moderator("Mo"), place.attendee("Ann Lee")
    still = place.attendee("Ben Okafor", reduced_motion="reduce")
    mod.button("Join stage").click()
    mod.go_up()
    mod.page.get_by_role("button", name="Close the panel").click()
    for size, viewport in SIZES.items():
        for sender, watcher in ((mod, ann), (ann, mod)):
            sender.page.set_viewport_size(viewport)  # type: ignore[arg-type]
            for label in ("Applause", "Heart", "Celebration"):
                react(sender, label, 3)
            expect(watcher.page.locator(".reaction-rising").first).to_be_visible()
            camera.take(sender, f"reactions-{sender.name.split()[0].lower()}", size)
            camera.take(watcher, "reactions-watched", size)
            sender.page.keyboard.press("Escape")
    for label in ("Laughter", "Surprise", "Thumbs up"):
        react(ann, label)
        camera.take(still, "reactions-still")


def questions(camera: Photographer, server: ServerProcess, browser: Browser) -> None:
    """Questions with votes."""
    place = Place(server, browser, name="Autumn assembly", mode="open")
    ann, ben, mod = place.attendee("Ann Lee"), place.attendee("Ben Okafor"), place.moderator("Mo")
    ask(ann, "When is lunch, and is there something for vegetarians?")
    ask(ben, "Who pays?")
    mod.show("Q&A")
    question(mod, "Who pays?").locator(".vote").click()
    expect(question(ann, "Who pays?").locator(".vote-count")).to_have_text("1")
    camera.take(ann, "questions")
    camera.take(mod, "questions-moderator")


def event(camera: Photographer, server: ServerProcess, browser: Browser) -> None:
    """Running the event: the lobby on both sides, bans, names, the fair queue."""
    opens_at = int(time.time() * 1000) + 3_600_000
    place = Place(server, browser, name="Autumn assembly", mode="request", opens_at=opens_at)
    host = place.host("Helen Mirza")
    early = place.visitor("Ann Lee").open()
    early.page.get_by_label("Your name").fill("Ann Lee")
    early.page.get_by_role("button", name="Enter").click()
    expect(early.page.locator("#lobby")).to_be_visible()
    camera.take(early, "lobby")
    host.part("Entry").scroll_into_view_if_needed()
    camera.take(host, "entry-lobby")
    host.part("Entry").get_by_role("button", name="Open now").click()
    expect(early.page.locator("#room")).to_be_visible()
    crowd = [early, *(place.attendee(name) for name in CROWD[1:5])]
    for one in crowd[:2]:
        one.button("Ask to join stage").click()
    for one in crowd[1:4]:
        one.button("Raise hand").click()
    expect(host.part("Raised hands").locator(".person")).to_have_count(3)
    host.page.locator("#side-moderate").evaluate("(one) => { one.scrollTop = 0; }")
    camera.take(host, "fair-queue")
    host.show_people()
    host.page.get_by_role("button", name=f"Actions for {CROWD[4]}").click()
    camera.take(host, "menu-of-an-attendee")
    host.page.get_by_role("menuitem", name="Ban…").click()
    host.window(f"Ban {CROWD[4]}").get_by_label("Reason").fill("selling things")
    camera.take(host, "ban-window")
    host.window(f"Ban {CROWD[4]}").get_by_role("button", name="Ban", exact=True).click()
    expect(crowd[4].page.locator("#end")).to_be_visible()
    camera.take(crowd[4], "banned")
    host.page.get_by_role("tab", name="Moderate").click()
    host.part("Banned").scroll_into_view_if_needed()
    camera.take(host, "bans")
    host.page.get_by_text("More settings").click()
    host.page.get_by_text("More settings").evaluate("(one) => one.scrollIntoView()")
    camera.take(host, "settings")
    host.page.get_by_role("button", name="Run-down and attendance…").click()
    window = host.window("Run-down and attendance")
    for title in ("Attendance", "What happened"):
        window.get_by_role("radio", name=title).check(force=True)
        expect(window.get_by_role("row")).not_to_have_count(0)
        camera.take(host, f"report-{title.split()[0].lower()}")


def shares(camera: Photographer, server: ServerProcess, browser: Browser) -> None:
    """One screen and two of them, for a viewer, a moderator, and whoever shares."""
    place = Place(server, browser, name="Autumn assembly", mode="open")
    host, ben = place.host("Helen Mirza"), place.attendee("Ben Okafor")
    crowd = [place.attendee(name) for name in CROWD[:5] if name != ben.name]
    for one in crowd:
        one.button("Join stage").click()
        one.go_up("Camera")
    for one in crowd[:2]:
        one.button("Share screen").click()
        ben.sees_screen(one.name)
        number = crowd.index(one) + 1
        camera.take(ben, f"screens-{number}", "desktop phone lying")
        camera.take(host, f"screens-{number}-moderator", "desktop phone")
    camera.take(crowd[0], "screens-own", "desktop phone lying")
    host.show_people()
    camera.take(host, "screens-people")
    host.page.get_by_role("tab", name="Moderate").click()
    host.row("On stage", crowd[0].name).get_by_role("button", name="screen").click()
    expect(crowd[0].notice("stopped the sharing")).to_be_visible()
    camera.take(crowd[0], "screens-stopped")


def backstage(camera: Photographer, server: ServerProcess, browser: Browser) -> None:
    """Two who wait, for a moderator with somebody on stage and for one of them; then all on."""
    settings = {"backstage": True}
    place = Place(server, browser, name="Autumn assembly", mode="open", settings=settings)
    host = place.host("Helen Mirza")
    host.button("Join stage").click()
    host.go_up("Camera")
    crowd = [place.attendee(name) for name in CROWD[:3]]
    for one, devices in zip(crowd, (["Camera", "Microphone"], ["Microphone"]), strict=False):
        one.button("Join stage").click()
        one.switch_on(*devices)
        if one is crowd[0]:
            camera.take(one, "backstage-ready")
        one.ready_window.get_by_role("button", name="Go backstage").click()
        expect(one.page.locator("#backstage-strip")).to_be_visible()
    host.sees(crowd[0].name)
    camera.take(host, "backstage-moderator", "desktop")
    host.page.get_by_role("button", name="Close the panel").click()
    camera.take(host, "backstage-moderator", "phone lying")
    camera.take(crowd[0], "backstage-own", "desktop phone lying")
    host.show_people()
    camera.take(host, "backstage-people")
    camera.take(crowd[2], "backstage-viewer")
    host.page.get_by_role("tab", name="Moderate").click()
    host.page.get_by_role("button", name="Bring all on").click()
    crowd[2].sees(crowd[0].name)
    camera.take(crowd[2], "backstage-brought-on")
    camera.take(crowd[0], "backstage-on-stage")


def troubles(camera: Photographer, server: ServerProcess, browser: Browser) -> None:
    """Devices that are denied, a server that is gone, another tab."""
    place = Place(server, browser, name="Autumn assembly", mode="open")
    poor = place.visitor("Ann Lee", script=failing_devices("NotAllowedError")).enter()
    poor.button("Join stage").click()
    for device in ("Camera", "Microphone"):
        poor.ready_window.get_by_role("switch", name=device).click()
    camera.take(poor, "denied")
    poor.ready_window.get_by_role("button", name="Join stage").click()
    ben = place.attendee("Ben Okafor")
    server.kill()
    expect(ben.page.locator("#reconnecting")).to_be_visible()
    camera.take(ben, "reconnecting")
    server.start()
    expect(poor.notice("You are back on stage")).to_be_visible()
    camera.take(poor, "back-on-stage")
    expect(ben.page.locator("#reconnecting")).to_be_hidden()
    other = ben.context.new_page()
    session = ben.page.evaluate("() => ({ ...sessionStorage })")
    other.add_init_script(
        f"for (const [k, v] of Object.entries({session})) sessionStorage.setItem(k, v)"
    )
    other.goto(ben.link)
    expect(ben.page.locator("#end")).to_be_visible()
    camera.take(ben, "another-tab")


def crowds(camera: Photographer, server: ServerProcess, browser: Browser) -> None:
    """Full stages."""
    place = Place(server, browser, name="Autumn assembly", mode="open", settings={"capacity": 16})
    last = None
    for number in range(1, 17):
        last = place.attendee(f"{CROWD[number % len(CROWD)]} {number}")
        last.button("Join stage").click()
        last.go_up()
        if number in (2, 3, 5, 9, 16):
            camera.take(last, f"stage-of-{number:02}", "desktop phone lying")


def polls(camera: Photographer, server: ServerProcess, browser: Browser) -> None:
    """Polls of every kind and a quiz, for a moderator and an attendee."""
    place = Place(server, browser, name="Autumn assembly", mode="request")
    mod, ann = place.moderator("Mo Farah"), place.attendee("Ann Lee")
    tab(mod)
    camera.take(mod, "polls-none")
    tab(mod).get_by_role("button", name="New poll").click()
    mod.window("New poll").get_by_label("Kind").select_option(label="Several answers")
    camera.take(mod, "poll-editor")
    mod.window("New poll").get_by_role("button", name="Cancel").click()
    write(mod, "Single choice", "What shall we have for lunch on Friday?", "Soup", "Pasta", "Salad")
    expect(ann.notice("A poll is open")).to_be_visible()
    camera.take(ann, "poll-notice")
    write(mod, "Rating", "How was the morning?", most=5)
    write(mod, "Open text", "What did you miss?", named=True)
    write(mod, "Word cloud", "The day in a word?", most=3)
    tab(ann)
    camera.take(ann, "polls-open")
    people = [place.attendee(name) for name in CROWD[1:]]
    words = "inspiring warm loud inspiring long coffee inspiring friends coffee ideas warm new"
    for number, one in enumerate([ann, *people]):
        vote(one, "What shall we have", ["Soup", "Pasta", "Soup", "Salad"][number % 4])
        rated = card(one, "How was the morning?")
        rated.get_by_label(str(5 - number % 3), exact=True).check(force=True)
        rated.get_by_role("button", name="Vote").click()
        said = card(one, "What did you miss?")
        said.get_by_label("Your answer").fill(
            f"More time for questions, and a break at {number + 9}."
        )
        said.get_by_role("button", name="Vote").click()
        cloud = card(one, "The day in a word?")
        for place_of in range(3):
            word = words.split()[(number * 3 + place_of * 5) % 12]
            cloud.get_by_label(f"Word {place_of + 1}").fill(word)
        cloud.get_by_role("button", name="Vote").click()
        expect(cloud.locator(".voted")).to_be_visible()
    for one, name in ((ann, "attendee"), (mod, "moderator")):
        for asked in ("What shall we have", "How was the morning?", "The day in a word?"):
            card(one, asked).scroll_into_view_if_needed()
            camera.take(one, f"poll-{name}-{asked.split()[0].lower()}-{len(asked)}")


def quizzes(camera: Photographer, server: ServerProcess, browser: Browser) -> None:
    """A quiz from its editor to the look back."""
    place = Place(server, browser, name="Autumn assembly", mode="request")
    mod, ann = place.moderator("Mo Farah"), place.attendee("Ann Lee")
    people = [place.attendee(name) for name in CROWD[1:]]
    write_quiz(mod)
    card(mod, "Geography").get_by_role("button", name="Edit").click()
    camera.take(mod, "quiz-editor")
    mod.window("Edit the quiz").get_by_role("button", name="Cancel").click()
    card(mod, "Geography").get_by_role("button", name="Start the quiz").click()
    expect(card(ann, "Geography").get_by_role("button", name="Oslo")).to_be_visible()
    tab(ann).evaluate("(one) => one.scrollTo(0, 0)")
    camera.take(ann, "quiz-question")
    for number, one in enumerate([ann, *people]):
        card(one, "Geography").get_by_role(
            "button", name=["Oslo", "Bergen"][number % 3 // 2]
        ).click()
    expect(card(mod, "Geography")).to_contain_text("7 people")
    card(mod, "Geography").scroll_into_view_if_needed()
    camera.take(mod, "quiz-leading")
    card(mod, "Geography").get_by_role("button", name="End the question").click()
    expect(card(ann, "Geography").locator(".leader").first).to_be_visible()
    camera.take(ann, "quiz-answer")
    card(mod, "Geography").get_by_role("button", name="Next question").click()
    card(ann, "Geography").get_by_label("Rhine").check()
    camera.take(ann, "quiz-several")
    card(ann, "Geography").get_by_role("button", name="Answer").click()
    card(mod, "Geography").get_by_role("button", name="End the quiz").click()
    card(ann, "Geography").get_by_text("Look back").click()
    card(ann, "Geography").scroll_into_view_if_needed()
    camera.take(ann, "quiz-over")


def main() -> None:
    """See the module."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    camera = Photographer(folder, sys.argv[2] if len(sys.argv) > 2 else "")
    for scene in (
        pages,
        viewers,
        moderators,
        shares,
        backstage,
        event,
        talks,
        reactions,
        questions,
        troubles,
        crowds,
        polls,
        quizzes,
    ):
        camera.scene(scene)


if __name__ == "__main__":
    main()
