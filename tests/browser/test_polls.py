"""Polls and quizzes on the page: written, opened, answered, counted, shown, taken along."""

from __future__ import annotations

import csv
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from .conftest import Place
from .listening import hears, listen
from .test_screens import assert_fits
from .visitors import A_PHONE, DESKTOP, PHONE, Visitor

Rooms = Callable[..., Place]
SIZES = pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
WHO_SEES = {
    "live": "Everybody sees results live",
    "on_close": "Everybody sees results at the end",
    "hidden": "Moderators alone see results",
}


def screen(size: dict[str, int]) -> dict[str, Any]:
    return A_PHONE if size is PHONE else {"viewport": size}


def tab(visitor: Visitor) -> Locator:
    """The tab of polls, opened if it is not."""
    page = visitor.page.locator("#side-polls")
    if not page.is_visible():
        if not visitor.page.locator("#side").is_visible():
            visitor.page.locator("#bar").get_by_role("button", name="People").click()
        visitor.page.get_by_role("tab", name="Polls").click()
    return page


def card(visitor: Visitor, question: str) -> Locator:
    return tab(visitor).get_by_role("article", name=question)


def write(mod: Visitor, kind: str, question: str, *options: str, **more: Any) -> None:
    """Fill a new poll in, and open it unless it is to be a ``draft``."""
    tab(mod).get_by_role("button", name="New poll").click()
    window = mod.window("New poll")
    window.get_by_label("Kind").select_option(label=kind)
    window.get_by_label("Question").fill(question)
    for number, option in enumerate(options, 1):
        if number > 2:
            window.get_by_role("button", name="Add an option").click()
        window.get_by_role("textbox", name=f"Option {number}", exact=True).fill(option)
    window.get_by_label("Results").select_option(label=WHO_SEES[more.get("shown", "live")])
    if more.get("named"):
        window.get_by_label("Anonymous").uncheck()
    if most := more.get("most"):
        window.get_by_role("spinbutton").filter(visible=True).first.fill(str(most))
    assert_fits(mod)
    name = "Save as draft" if more.get("draft") else "Open now"
    # However often it is pressed, it is one poll.
    window.get_by_role("button", name=name).evaluate("(one) => { one.click(); one.click(); }")
    expect(window).to_be_hidden()


def vote(visitor: Visitor, question: str, *choices: str) -> Locator:
    poll = card(visitor, question)
    for choice in choices:
        poll.get_by_label(choice, exact=True).check()
    poll.get_by_role("button", name="Vote").click()
    expect(poll.locator(".voted")).to_be_visible()
    return poll


def values(poll: Locator) -> Locator:
    return poll.locator(".bar-value")


@SIZES
def test_a_poll_from_the_draft_to_the_results(make_place: Rooms, size: dict[str, int]) -> None:
    """Single choice, live: a draft nobody sees, opened, voted, changed, closed."""
    place = make_place(mode="request")
    mod = place.moderator("Mo", **screen(size))
    ann, ben = place.attendee("Ann", **screen(size)), place.attendee("Ben", **screen(size))
    tab(mod).get_by_role("button", name="New poll").click()
    window = mod.window("New poll")
    window.get_by_role("button", name="Open now").click()
    expect(window.get_by_text("A question needs 1 to")).to_be_in_viewport()
    window.get_by_role("button", name="Cancel").click()
    write(mod, "Single choice", "Lunch?", "Soup", "Pasta", "Salad", draft=True)
    draft = card(mod, "Lunch?")
    expect(draft).to_have_count(1)
    expect(draft).to_have_attribute("data-state", "draft")
    expect(tab(ann)).to_contain_text("No polls yet")
    draft.get_by_role("button", name="Edit").click()
    mod.window("Edit the poll").get_by_role("button", name="Remove option 3").click()
    mod.window("Edit the poll").get_by_role("button", name="Save as draft").click()
    draft.get_by_role("button", name="Open the poll").click()
    assert_fits(mod)

    poll = card(ann, "Lunch?")
    expect(poll).to_contain_text("Anonymous: it is never stored who voted what.")
    assert_fits(ann)
    poll.get_by_role("button", name="Vote").click()
    expect(poll.get_by_role("alert")).to_contain_text("Please choose 1 of the options.")
    vote(ann, "Lunch?", "Soup")
    expect(poll.locator(".voted")).to_have_text("You voted: Soup")
    vote(ben, "Lunch?", "Pasta")
    for one in (ann, ben, mod):
        expect(values(card(one, "Lunch?"))).to_have_text(["1 · 50 %", "1 · 50 %"])
    assert_fits(ann)
    card(ben, "Lunch?").get_by_role("button", name="Change my vote").click()
    vote(ben, "Lunch?", "Soup")
    expect(values(poll)).to_have_text(["2 · 100 %", "0 · 0 %"])
    card(mod, "Lunch?").get_by_role("button", name="Close the poll").click()
    expect(poll).to_have_attribute("data-state", "closed")
    expect(poll.get_by_role("button", name="Vote")).to_have_count(0)
    expect(poll.locator(".voted")).to_have_count(0)
    expect(values(poll)).to_have_text(["2 · 100 %", "0 · 0 %"])
    card(mod, "Lunch?").get_by_role("button", name="Delete").click()
    mod.window("Delete this poll?").get_by_role("button", name="Delete").click()
    expect(poll).to_have_count(0)


def test_an_open_poll_is_told_and_leads_to_its_answer(make_place: Rooms) -> None:
    """Whoever comes later is told, too; who looks at the polls is not told beside them."""
    place = make_place(mode="request")
    ann, mod = place.attendee("Ann"), place.moderator("Mo")
    write(mod, "Single choice", "Lunch?", "Soup", "Pasta")
    notice = ann.notice("A poll is open: Lunch?")
    notice.get_by_role("button", name="Answer").click()
    expect(card(ann, "Lunch?").get_by_role("heading")).to_be_focused()
    expect(ann.page.get_by_role("tab", name="Polls 1 to answer")).to_be_visible()
    for key in ("Tab", "Space", "Tab", "Enter"):
        ann.page.keyboard.press(key)
    expect(card(ann, "Lunch?").locator(".voted")).to_have_text("You voted: Soup")
    expect(ann.page.get_by_role("tab", name="Polls", exact=True)).to_be_visible()

    ben = place.attendee("Ben", **A_PHONE)
    ben.notice("A poll is open: Lunch?").get_by_role("button", name="Answer").tap()
    vote(ben, "Lunch?", "Pasta")
    write(mod, "Single choice", "Tea?", "Black", "Green")
    for one in (ann, ben):
        expect(card(one, "Tea?")).to_be_visible()
        expect(one.page.locator(".notice")).to_have_count(0)
    cat = place.attendee("Cat", **A_PHONE)
    several = cat.notice("2 polls wait for your answers.")
    several.get_by_role("button", name="Answer").tap()
    for question, choice in (("Lunch?", "Soup"), ("Tea?", "Green")):
        vote(cat, question, choice)
    cat.page.reload()
    expect(card(cat, "Tea?").locator(".voted")).to_be_visible()
    expect(cat.page.locator(".notice")).to_have_count(0)


def test_results_at_the_end_hidden_and_shown_after_all(make_place: Rooms) -> None:
    place = make_place(mode="request")
    ann, mod = place.attendee("Ann", **A_PHONE), place.moderator("Mo")
    mia = place.moderator("Mia", **A_PHONE)
    write(mod, "Several answers", "Days?", "Mon", "Tue", "Wed", shown="on_close")
    write(mod, "Single choice", "Secret?", "Yes", "No", shown="hidden")
    for question, choices in (("Days?", ("Mon", "Wed")), ("Secret?", ("Yes",))):
        poll = vote(ann, question, *choices)
        expect(poll.locator(".results")).to_be_hidden()
        expect(values(card(mod, question)).first).to_have_text("1 · 100 %")
    expect(card(ann, "Days?")).to_contain_text("Results are shown when the poll is closed.")
    expect(card(ann, "Secret?")).to_contain_text("The results go to the moderators.")
    for one, question in ((mod, "Days?"), (mia, "Secret?")):
        card(one, question).get_by_role("button", name="Close the poll").click()
    shown = ["1 · 100 %", "0 · 0 %", "1 · 100 %"]
    expect(values(card(ann, "Days?"))).to_have_text(shown)
    expect(card(ann, "Secret?")).to_have_attribute("data-state", "closed")
    expect(card(ann, "Secret?").locator(".results")).to_be_hidden()
    card(mia, "Secret?").get_by_label("Who sees the results").select_option("on_close")
    expect(values(card(ann, "Secret?"))).to_have_text(["1 · 100 %", "0 · 0 %"])
    card(mod, "Days?").get_by_label("Who sees the results").select_option("hidden")
    expect(card(ann, "Days?").locator(".results")).to_be_hidden()


@SIZES
def test_ratings_texts_and_a_word_cloud(make_place: Rooms, size: dict[str, int]) -> None:
    place = make_place(mode="request")
    mod, ann = place.moderator("Mo", **screen(size)), place.attendee("Ann", **screen(size))
    ben = place.attendee("Ben", **screen(size))
    write(mod, "Rating", "How was it?", most=5)
    write(mod, "Open text", "What else?")
    write(mod, "Word cloud", "In a word?", most=2)
    for one, rating, words in ((ann, 5, ("Lively!", "warm")), (ben, 2, ("lively", "<b>loud</b>"))):
        rated = card(one, "How was it?")
        rated.get_by_label(str(rating), exact=True).check(force=True)
        rated.get_by_role("button", name="Vote").click()
        said = card(one, "What else?")
        said.get_by_label("Your answer").fill(f"More <i>coffee</i>, says {one.name}")
        said.get_by_role("button", name="Vote").click()
        cloud = card(one, "In a word?")
        for number, word in enumerate(words, 1):
            cloud.get_by_label(f"Word {number}").fill(word)
        cloud.get_by_role("button", name="Vote").click()
        expect(cloud.locator(".voted")).to_be_visible()
    for one in (ann, mod):
        rated = card(one, "How was it?")
        expect(rated.locator(".results-head")).to_have_text("Average 3.5 of 5 · 2 votes")
        zero = "0 · 0 %"
        expect(values(rated)).to_have_text(["1 · 50 %", zero, zero, "1 · 50 %", zero])
        texts = card(one, "What else?").locator(".texts li")
        expect(texts).to_have_text([f"More <i>coffee</i>, says {name}" for name in ("Ann", "Ben")])
        cloud = card(one, "In a word?")
        expect(cloud.locator(".cloud text")).to_have_text(["lively", "<b>loud</b>", "warm"])
        cloud.get_by_text("The words as a list").click()
        expect(cloud.locator(".word-list li").first).to_have_text("lively: 2")
        assert_fits(one)
    sizes = cloud.locator(".cloud text").evaluate_all(
        "(all) => all.map((one) => one.getBBox().height)"
    )
    assert sizes[0] > sizes[1]


CLOUDS = """
async () => {
  const { placeWords } = await import("/static/js/polls/cloud.js");
  const wrong = [];
  for (const count of [1, 2, 7, 25, 60]) {
    const words = [...Array(count).keys()].map((index) => ({
      word: "abcdefghijklmnopqrstuvwxyz".slice(0, 3 + (index * 7) % 12), count: count - index,
    }));
    const place = () => placeWords(words, (word, size) => word.length * size * 0.6);
    const placed = place();
    const apart = placed.every((a, i) => placed.every((b, j) => i >= j
      || Math.abs(a.x - b.x) >= (a.width + b.width) / 2
      || Math.abs(a.y - b.y) >= (a.size + b.size) / 2));
    const inside = placed.every((one) => Math.abs(one.x) + one.width / 2 <= 160);
    const same = JSON.stringify(place()) === JSON.stringify(placed);
    if (!apart || !inside || !same || placed.length < Math.min(count, 25)) {
      wrong.push({ count, placed: placed.length, apart, inside, same });
    }
  }
  return wrong;
}
"""


def test_words_never_overlap_and_lie_the_same_each_time(make_place: Rooms) -> None:
    ann = make_place(mode="request").attendee("Ann")
    assert ann.page.evaluate(CLOUDS) == []


def test_results_are_downloaded_by_moderators(make_place: Rooms) -> None:
    """By a header that carries the session, which is in no address; with a phone as well."""
    place = make_place(mode="request")
    ann, mod, mia = place.attendee("Ann"), place.moderator("Mo"), place.moderator("Mia", **A_PHONE)
    write(mod, "Single choice", "Lunch?", "Soup", "=1+1", named=True)
    vote(ann, "Lunch?", "=1+1")
    poll = card(mod, "Lunch?")
    expect(poll).to_contain_text("With names: moderators see who voted what.")
    expect(values(poll)).to_have_text(["0 · 0 %", "1 · 100 %"])
    requests: list[str] = []
    mod.page.on("request", lambda one: requests.append(one.url))
    found = {}
    for button in ("Download CSV", "Who voted what", "JSON"):
        with mod.page.expect_download() as download:
            poll.get_by_role("button", name=button).click()
        found[button] = download.value.path().read_text(encoding="utf-8-sig")
        assert download.value.suggested_filename.startswith("poll-")
    assert list(csv.reader(found["Download CSV"].splitlines()))[1:] == [
        ["Soup", "0", "0.0"],
        ["'=1+1", "1", "100.0"],
    ]
    assert list(csv.reader(found["Who voted what"].splitlines()))[1][1:] == ["Ann", "'=1+1"]
    assert '"votes":1' in found["JSON"]
    session = mod.page.evaluate(
        "Object.entries(sessionStorage).find(([key]) => key.startsWith('stagedoor.session'))[1]"
    )
    assert session
    assert not [one for one in requests if session in one]
    expect(card(ann, "Lunch?").get_by_role("button", name="Download CSV")).to_have_count(0)
    with mia.page.expect_download() as download:
        card(mia, "Lunch?").get_by_role("button", name="Who voted what").tap()
    assert download.value.path().read_text(encoding="utf-8-sig") == found["Who voted what"]


QUESTIONS = [
    ("Capital of Norway?", ["Oslo", "Bergen"], [1]),
    ("Rivers?", ["Rhine", "Elbe"], [1, 2]),
]


def write_quiz(mod: Visitor) -> None:
    """A draft of the quiz "Geography"."""
    tab(mod).get_by_role("button", name="New quiz").click()
    window = mod.window("New quiz")
    window.get_by_label("Title").fill("Geography")
    for number, (question, options, right) in enumerate(QUESTIONS, 1):
        if number > 1:
            window.get_by_role("button", name="Add a question").click()
        fields = window.get_by_role("group", name=f"Question {number}")
        fields.get_by_label("Question", exact=True).fill(question)
        for place, option in enumerate(options, 1):
            fields.get_by_label(f"Option {place}", exact=True).fill(option)
        for one in right:
            fields.get_by_label(f"Option {one} is right").check()
        fields.get_by_label("Time to answer").fill("300")
    assert_fits(mod)
    window.get_by_role("button", name="Save the quiz").click()
    expect(window).to_be_hidden()


@SIZES
def test_a_quiz_with_a_leaderboard_and_a_look_back(make_place: Rooms, size: dict[str, int]) -> None:
    place = make_place(mode="request")
    mod, ann = place.moderator("Mo", **screen(size)), place.attendee("Ann", **screen(size))
    ben = place.attendee("Ben", **screen(size))
    write_quiz(mod)
    quiz, led = card(ann, "Geography"), card(mod, "Geography")
    expect(led).to_be_visible()
    expect(quiz).to_have_count(0)
    led.get_by_role("button", name="Start the quiz").click()

    quiz.get_by_role("button", name="Oslo").click()
    expect(quiz.locator(".voted")).to_have_text("Your answer: Oslo")
    card(ben, "Geography").get_by_role("button", name="Bergen").click()
    expect(led).to_contain_text("2 people have answered")
    expect(quiz.locator(".bars")).to_have_count(0)
    assert_fits(ann)
    listen(ann)
    led.get_by_role("button", name="End the question").click()
    expect(quiz.locator(".bar-label")).to_have_text(["Oslo (right, your answer)", "Bergen"])
    expect(quiz.locator(".voted")).to_contain_text("points for you")
    hears(ann, "points for you")
    expect(card(ben, "Geography").locator(".voted")).to_have_text("Wrong: no points")
    expect(quiz.locator(".my-score")).to_contain_text("place 1")
    expect(card(ben, "Geography").locator(".leader")).to_have_count(2)
    assert_fits(ann)

    led.get_by_role("button", name="Next question").click()
    for option in ("Rhine", "Elbe"):
        quiz.get_by_label(option).check()
    quiz.get_by_role("button", name="Answer").click()
    expect(quiz.locator(".voted")).to_have_text("Your answer: Rhine, Elbe")
    led.get_by_role("button", name="End the question").click()
    led.get_by_role("button", name="End the quiz").click()
    expect(quiz).to_have_attribute("data-state", "ended")
    expect(quiz.locator(".leader").first).to_contain_text("Ann")
    quiz.get_by_text("Look back at the questions").click()
    expect(quiz.locator(".review .voted")).to_have_count(2)
    expect(quiz.locator(".review .bar-label").nth(2)).to_have_text("Rhine (right, your answer)")
    card(ben, "Geography").get_by_text("Look back at the questions").click()
    expect(card(ben, "Geography").locator(".review .voted")).to_have_text(
        ["Wrong: no points", "You did not answer."]
    )
    assert_fits(ann)
    with mod.page.expect_download() as download:
        led.get_by_role("button", name="Download CSV").click()
    rows = list(csv.reader(download.value.path().read_text(encoding="utf-8-sig").splitlines()))
    assert [row[2] for row in rows[1:]] == ["Ann", "Ben"]


def test_a_timed_poll_closes_before_everybody_s_eyes(make_place: Rooms) -> None:
    place = make_place(mode="request")
    ann, mod = place.attendee("Ann", **A_PHONE), place.moderator("Mo")
    tab(mod).get_by_role("button", name="New poll").click()
    window = mod.window("New poll")
    window.get_by_label("Question").fill("Quick?")
    for number, option in enumerate(("Yes", "No"), 1):
        window.get_by_role("textbox", name=f"Option {number}", exact=True).fill(option)
    window.get_by_label("Closes by itself").fill("0.1")
    window.get_by_role("button", name="Open now").click()
    for one in (ann, mod):
        expect(card(one, "Quick?").get_by_role("timer")).to_contain_text("left")
    vote(ann, "Quick?", "Yes")
    for one in (ann, mod):
        expect(card(one, "Quick?")).to_have_attribute("data-state", "closed")
    expect(values(card(ann, "Quick?")).first).to_have_text("1 · 100 %")


def test_an_anonymous_vote_is_sent_again_by_itself_after_the_server_was_killed(
    make_place: Rooms,
) -> None:
    """What the server held is lost with it; the page remembers, and the vote counts once."""
    place = make_place(mode="request")
    ann, mod = place.attendee("Ann"), place.moderator("Mo")
    write(mod, "Single choice", "Lunch?", "Soup", "Pasta")
    vote(ann, "Lunch?", "Pasta")
    expect(values(card(mod, "Lunch?"))).to_have_text(["0 · 0 %", "1 · 100 %"])
    place.server.kill()
    place.server.restart()
    for one in (ann, mod):
        expect(one.notice("You are connected again.")).to_be_visible()
    expect(card(mod, "Lunch?").locator(".results-head")).to_have_text("1 vote")
    expect(values(card(mod, "Lunch?"))).to_have_text(["0 · 0 %", "1 · 100 %"])
    expect(card(ann, "Lunch?").locator(".voted")).to_have_text("You voted: Pasta")
    ann.page.reload()
    expect(card(ann, "Lunch?").locator(".voted")).to_have_text("You voted: Pasta")
    card(mod, "Lunch?").get_by_role("button", name="Close the poll").click()
    expect(card(ann, "Lunch?")).to_have_attribute("data-state", "closed")
    expect(card(ann, "Lunch?").locator(".results-head")).to_have_text("1 vote")
    kept = "() => Object.keys(sessionStorage).filter((key) => key.startsWith('stagedoor.votes'))"
    assert ann.page.evaluate(kept) == []
