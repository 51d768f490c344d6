"""Chat, reactions and votes at the desktop client, with people in Chromium."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser import test_polls as polls
from tests.browser import test_reactions as reactions
from tests.browser import test_talk as talk
from tests.browser.visitors import Visitor
from tests.server_process import ServerProcess

from .conftest import Sit, Visit
from .person import Person


def test_one_writes_reacts_and_votes_with_people_in_a_browser(
    server: ServerProcess, visitor: Visit, person: Sit
) -> None:
    """Each sees what the other does; and a message that waits for a server arrives once."""
    links = server.create_room(name="Autumn assembly", mode="open")["links"]
    ada = visitor("Ada", links["moderator"])
    robin = person(links["attendee"])
    robin.enter("Robin")
    they_write(robin, ada)
    a_message_waits_for_the_server(robin, ada, server)
    they_ask_and_react(robin, ada)
    one_raises_a_hand(robin, ada)
    they_vote(robin, ada)
    robin.close()


def they_write(robin: Person, ada: Visitor) -> None:
    """Said, replied to, pinned."""
    robin.press("Chat")
    robin.write("Write to everybody", "hello from the desktop")
    robin.key("Return")
    robin.sees("Robin: hello from the desktop")
    ada.show("Chat")
    expect(talk.message(ada, "hello from the desktop")).to_contain_text("Robin")
    talk.choose(ada, talk.message(ada, "hello from the desktop"), "Reply")
    talk.say(ada, "hello to the desktop https://example.org/a")
    robin.sees("Ada: hello to the desktop https://example.org/a")
    robin.sees("In reply to Robin: hello from the desktop")
    talk.choose(ada, talk.message(ada, "hello from the desktop"), "Pin")
    robin.sees("Pinned message of Robin")
    robin.photograph("20-chat")


def a_message_waits_for_the_server(robin: Person, ada: Visitor, server: ServerProcess) -> None:
    """It is sent once, and what is only typed stays."""
    server.kill()
    robin.sees("Reconnecting…")
    robin.write("Write to everybody", "said while it was away")
    robin.key("Return")
    robin.sees("It goes out as soon as you are connected again.")
    robin.write("Write to everybody", "not sent yet")
    robin.photograph("21-waiting")
    server.start()
    robin.sees("Robin: said while it was away")
    robin.sees_no("Sending…")
    expect(talk.message(ada, "said while it was away")).to_have_count(1)
    assert robin.sees("Write to everybody", "text").value == "not sent yet"
    robin.key("Return")
    expect(talk.message(ada, "not sent yet")).to_have_count(1)
    assert talk.texts(ada)[-2:] == ["said while it was away", "not sent yet"]


def they_ask_and_react(robin: Person, ada: Visitor) -> None:
    """A question that is voted for, and pictures on both sides."""
    robin.press("Q&A", "page tab")
    robin.write("Ask a question", "When is the break?")
    robin.key("Return")
    ada.show("Q&A")
    talk.question(ada, "When is the break?").locator(".vote").click()
    robin.sees("Vote for the question of Robin, 1 vote")

    reactions.watch(ada)
    robin.press("React")
    robin.press("Celebration")
    robin.key("Escape")
    reactions.has_risen(ada, "🎉")
    rest = robin.picture("Stage")
    reactions.react(ada, "Heart")
    robin.sees_change("Stage", rest)
    robin.photograph("22-reactions")


def one_raises_a_hand(robin: Person, ada: Visitor) -> None:
    """Seen in the list, lowered by its owner, and by a moderator."""
    hands = ada.show_people().locator('[data-group="Raised hands"] .person-name')
    robin.press("Raise hand")
    expect(hands).to_have_text(["Robin"])
    robin.press("Lower hand")
    expect(hands).to_have_count(0)
    robin.press("Raise hand")
    ada.act_on("Robin", "Lower hand")
    robin.sees("Ada lowered your hand.")
    robin.sees("Raise hand")


def they_vote(robin: Person, ada: Visitor) -> None:
    """In a poll that opens meanwhile."""
    polls.write(ada, "Single choice", "Lunch?", "Soup", "Pasta")
    robin.sees("A poll is open: Lunch?")
    robin.press("Answer")
    robin.press("Pasta", "radio button")
    robin.photograph("23-ballot")
    robin.press("Vote")
    robin.sees("You voted: Pasta")
    robin.sees("Pasta: 1 · 100 %")
    expect(polls.values(polls.card(ada, "Lunch?"))).to_have_text(["0 · 0 %", "1 · 100 %"])
    robin.photograph("24-voted")
