"""The chat: who may write where, exactly once, and what moderators do with it (rules 8, 17, 20)."""

from __future__ import annotations

import pytest

from stagedoor import rules
from stagedoor.rules.base import Repeated
from stagedoor.rules.commands import AppointModerator, ChangeSettings
from stagedoor.rules.refusals import Code, Refusal
from stagedoor.rules.talk import commands as c
from stagedoor.rules.talk.values import KEPT, KEYS, MAX_PINNED, MAX_TEXT, Channel, Standing
from stagedoor.rules.values import Settings

from .play import Play, kinds


def say(play: Play, who: str, text: str = "hello", **fields: object) -> int:
    """Say it; the message's number."""
    play.do(who, c.Say(text, **fields))  # type: ignore[arg-type]
    return play.room.number


def texts(play: Play, channel: Channel = Channel.ROOM) -> list[str]:
    return [one.text for one in play.room.talk.messages(channel).values()]


@pytest.mark.parametrize("who", ["cal", "ada", "hal"])
def test_20_everybody_writes_to_the_room(who: str) -> None:
    play = Play()
    number = say(play, who, "hello\nall")
    message = play.room.talk.room[number]
    assert (message.text, message.by, message.by_name) == ("hello\nall", who, who.title())
    assert message.by_moderator == (who != "cal")
    assert message.place == message.number == number


def test_names_stay_as_they_were_when_it_was_said() -> None:
    play = Play()
    number = say(play, "cal")
    play.away("cal")
    play.back("cal", "Somebody else")
    play.do("hal", AppointModerator("cal"))
    message = play.room.talk.room[number]
    assert (message.by_name, message.by_moderator) == ("Cal", False)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  a \r\nb\rc\u2028d ", "a \nb\nc\nd"),
        ("a\x00\x07\x1b[31mb\x7f\x9f", "a[31mb"),
        ("tab\there", "tab\there"),
        ("\u202egpj.exe", "gpj.exe"),
        ("שלום עולם", "שלום עולם"),
        ("👩‍👧", "👩‍👧"),
    ],
)
def test_text_is_cleaned_and_its_newlines_are_kept(typed: str, kept: str) -> None:
    play = Play()
    say(play, "cal", typed)
    assert texts(play) == [kept]


@pytest.mark.parametrize("typed", ["", "  \n\t", "\u200b\u200d", "\x00\x01", "\u202e"])
def test_what_says_nothing_is_refused(typed: str) -> None:
    Play().no("cal", c.Say(typed), Code.BAD_VALUE)


def test_a_text_has_a_longest_length_in_characters() -> None:
    play = Play()
    say(play, "cal", "😀" * MAX_TEXT)
    sentence = play.no("cal", c.Say("x" * (MAX_TEXT + 1)), Code.TOO_LARGE)
    assert "2,000 characters" in sentence


def test_the_same_key_is_said_once_and_answered_alike() -> None:
    play = Play()
    number = say(play, "cal", "hello", key="k")
    say(play, "dee", "mine", key="k")
    play.do("ada", ChangeSettings(chat=False))
    play.do("ada", c.DeleteMessage(number))
    play.do("ada", c.BlockFromChat("cal"))
    again = rules.decide(play.room, c.Say("hello", key="k"), "cal", play.now)
    assert again == Repeated(number), "whatever has happened meanwhile"
    assert texts(play) == ["mine"]
    play.no("cal", c.Say("another", key="l"), Code.BLOCKED)


def test_a_refused_message_is_decided_anew() -> None:
    play = Play(settings=Settings(chat=False))
    play.no("cal", c.Say("hello", key="k"), Code.TURNED_OFF)
    play.do("ada", ChangeSettings(chat=True))
    assert kinds(play.do("cal", c.Say("hello", key="k"))) == ["said"]


def test_keys_are_remembered_for_the_last_messages_and_after_a_return() -> None:
    play = Play()
    numbers = [say(play, "cal", str(one), key=str(one)) for one in range(KEYS + 1)]
    play.away("cal")
    play.wait(play.room.settings.hold_ms)
    play.back("cal")
    again = rules.decide(play.room, c.Say("1", key="1"), "cal", play.now)
    assert again == Repeated(numbers[1])
    assert isinstance(rules.decide(play.room, c.Say("0", key="0"), "cal", play.now), list)
    play.no("cal", c.Say("x", key="k" * 41), Code.BAD_VALUE)


def test_messages_without_a_key_are_all_said() -> None:
    play = Play()
    say(play, "cal")
    say(play, "cal")
    assert texts(play) == ["hello", "hello"]


def test_the_newest_messages_are_kept_and_the_pinned_ones() -> None:
    play = Play()
    first = say(play, "ada", "first")
    play.do("ada", c.PinMessage(first))
    for number in range(KEPT + 1):
        say(play, "cal", str(number))
    kept = texts(play)
    assert len(kept) == KEPT
    assert (kept[0], kept[1], kept[-1]) == ("first", "2", str(KEPT))


# -- channels


def test_the_backchannel_is_the_moderators_own() -> None:
    play = Play()
    say(play, "ada", "a word", channel=Channel.MODERATORS)
    say(play, "hal", "yes?", channel=Channel.MODERATORS)
    assert texts(play, Channel.MODERATORS) == ["a word", "yes?"]
    play.no("cal", c.Say("me, too", channel=Channel.MODERATORS), Code.NOT_ALLOWED)
    assert texts(play) == []


def test_a_private_thread_is_between_one_person_and_the_moderators() -> None:
    play = Play()
    say(play, "cal", "help", channel=Channel.PRIVATE)
    say(play, "ada", "coming", channel=Channel.PRIVATE, to="cal")
    say(play, "bob", "may I?", channel=Channel.PRIVATE, to="dee")
    threads = [(one.thread, one.text) for one in play.room.talk.private.values()]
    assert threads == [("cal", "help"), ("cal", "coming"), ("dee", "may I?")]
    play.no("cal", c.Say("hi", channel=Channel.PRIVATE, to="dee"), Code.NOT_ALLOWED)
    play.no("cal", c.Say("hi", channel=Channel.PRIVATE, to="ada"), Code.NOT_ALLOWED)
    play.no("ada", c.Say("hi", channel=Channel.PRIVATE), Code.BAD_VALUE)
    play.no("ada", c.Say("hi", channel=Channel.PRIVATE, to="nobody"), Code.NO_SUCH_PERSON)


def test_help_can_be_asked_for_with_the_chat_off_and_slow() -> None:
    play = Play(settings=Settings(chat=False, slow_ms=60_000, premoderated=True))
    for _ in range(2):
        say(play, "cal", "help", channel=Channel.PRIVATE)
    say(play, "ada", "see the backchannel", channel=Channel.MODERATORS)
    play.no("cal", c.Say("hello"), Code.TURNED_OFF)
    play.no("ada", c.Say("hello"), Code.TURNED_OFF)


def test_announcements_are_the_moderators_and_go_out_with_the_chat_off() -> None:
    play = Play(settings=Settings(chat=False, premoderated=True))
    number = say(play, "ada", "we begin at ten", announcement=True)
    assert play.room.talk.room[number].announcement
    play.no("cal", c.Say("me, too", announcement=True), Code.NOT_ALLOWED)
    wrong = c.Say("x", channel=Channel.MODERATORS, announcement=True)
    play.no("ada", wrong, Code.BAD_VALUE)


def test_a_reply_is_to_what_is_there_in_the_same_place() -> None:
    play = Play()
    first = say(play, "cal")
    private = say(play, "cal", channel=Channel.PRIVATE)
    reply = say(play, "dee", "yes", reply_to=first)
    assert play.room.talk.room[reply].reply_to == first
    for gone in (private, 9_999, -1):
        number = say(play, "dee", "no", reply_to=gone)
        assert play.room.talk.room[number].reply_to == 0, "said all the same"
    other = say(play, "dee", "me", channel=Channel.PRIVATE, reply_to=private)
    assert play.room.talk.private[other].reply_to == 0, "another's thread"


# -- deleting, clearing, pinning


def test_one_deletes_ones_own_and_moderators_anybodys() -> None:
    play = Play()
    own, other, third = say(play, "cal"), say(play, "dee"), say(play, "eve")
    play.do("cal", c.DeleteMessage(own))
    play.no("cal", c.DeleteMessage(other), Code.NOT_ALLOWED)
    play.no("cal", c.DeleteMessage(9_999), Code.NOT_ALLOWED)
    play.do("ada", c.DeleteMessage(other))
    assert "Ada" in play.no("bob", c.DeleteMessage(other), Code.ALREADY_HANDLED)
    play.no("ada", c.DeleteMessage(other), Code.WRONG_STATE)
    assert list(play.room.talk.room) == [third]


def test_clearing_takes_all_to_the_room_and_nothing_else() -> None:
    play = Play()
    assert play.do("ada", c.ClearChat()) == []
    play.do("ada", c.PinMessage(say(play, "cal")))
    say(play, "ada", channel=Channel.MODERATORS)
    say(play, "cal", channel=Channel.PRIVATE)
    play.do("ada", ChangeSettings(premoderated=True))
    say(play, "dee")
    play.no("cal", c.ClearChat(), Code.NOT_ALLOWED)
    play.do("ada", c.ClearChat())
    talk = play.room.talk
    assert (talk.room, talk.waiting, talk.pinned) == ({}, {}, ())
    assert len(talk.moderators) == len(talk.private) == 1


def test_some_few_messages_are_pinned() -> None:
    play = Play()
    numbers = [say(play, "cal") for _ in range(MAX_PINNED + 1)]
    for number in numbers[:-1]:
        play.do("ada", c.PinMessage(number))
    assert play.do("ada", c.PinMessage(numbers[0])) == []
    play.no("ada", c.PinMessage(numbers[-1]), Code.WRONG_STATE)
    play.do("ada", c.UnpinMessage(numbers[0]))
    play.do("ada", c.DeleteMessage(numbers[1]))
    assert play.room.talk.pinned == tuple(numbers[2:-1])
    play.no("cal", c.PinMessage(numbers[2]), Code.NOT_ALLOWED)
    play.no("cal", c.UnpinMessage(numbers[2]), Code.NOT_ALLOWED)
    play.no("bob", c.PinMessage(numbers[1]), Code.ALREADY_HANDLED)
    private = say(play, "cal", channel=Channel.PRIVATE)
    play.no("ada", c.PinMessage(private), Code.WRONG_STATE)
    assert play.do("ada", c.UnpinMessage(private)) == []


# -- approving first


def test_moderators_approve_first_where_the_room_has_it_so() -> None:
    play = Play(settings=Settings(premoderated=True))
    first, second = say(play, "cal", "first"), say(play, "dee", "second")
    say(play, "ada", "mine")
    assert texts(play) == ["mine"]
    assert list(play.room.talk.waiting) == [first, second]
    play.no("cal", c.ApproveMessage(first), Code.NOT_ALLOWED)
    play.do("ada", c.ApproveMessage(first))
    message = play.room.talk.room[first]
    assert (message.number, message.place) == (first, play.room.number), "as of its approval"
    assert texts(play) == ["mine", "first"]
    play.do("ada", c.RejectMessage(second))
    assert play.room.talk.waiting[second].standing is Standing.REJECTED
    play.do("dee", c.DeleteMessage(second))
    assert play.room.talk.waiting == {}


def test_8_of_two_moderators_the_first_approves_or_rejects() -> None:
    play = Play(settings=Settings(premoderated=True))
    for first in (c.ApproveMessage, c.RejectMessage):
        for second in (c.ApproveMessage, c.RejectMessage):
            number = say(play, "cal")
            play.do("ada", first(number))
            assert "Ada" in play.no("bob", second(number), Code.ALREADY_HANDLED)
            play.no("ada", second(number), Code.WRONG_STATE)
    play.no("ada", c.ApproveMessage(9_999), Code.WRONG_STATE)


def test_so_many_may_wait() -> None:
    play = Play(settings=Settings(premoderated=True))
    numbers = [say(play, "cal") for _ in range(200)]
    play.no("dee", c.Say("one more"), Code.TOO_MANY)
    play.no("dee", c.AskQuestion("one more?"), Code.TOO_MANY)
    play.do("ada", c.RejectMessage(numbers[0]))
    say(play, "dee", "one more")
    assert numbers[0] not in play.room.talk.waiting, "rejected ones give way"


# -- slow mode, blocks


def test_slow_mode_is_for_all_but_moderators() -> None:
    play = Play(settings=Settings(slow_ms=10_000))
    say(play, "cal")
    play.now += 5_001
    assert "5 s" in play.no("cal", c.Say("again"), Code.SLOW_MODE)
    play.no("cal", c.AskQuestion("again?"), Code.SLOW_MODE)
    say(play, "dee")
    for _ in range(2):
        say(play, "ada")
    play.now += 4_999
    say(play, "cal")
    play.do("hal", AppointModerator("cal"))
    say(play, "cal")


def test_a_block_is_told_plainly_and_leaves_the_way_to_the_moderators() -> None:
    play = Play()
    play.no("cal", c.BlockFromChat("dee"), Code.NOT_ALLOWED)
    play.do("ada", c.BlockFromChat("cal"))
    assert play.do("ada", c.BlockFromChat("cal")) == []
    assert "Ada" in play.no("bob", c.BlockFromChat("cal"), Code.ALREADY_HANDLED)
    sentence = play.no("cal", c.Say("let me"), Code.BLOCKED)
    assert sentence == "Ada has blocked you from writing to everybody."
    play.no("cal", c.AskQuestion("why?"), Code.BLOCKED)
    play.no("cal", c.Say("let me", announcement=True), Code.NOT_ALLOWED)
    play.do("cal", c.Say("why?", channel=Channel.PRIVATE))
    assert [one.text for one in play.room.talk.private.values()] == ["why?"]
    play.away("cal")
    play.wait(play.room.settings.hold_ms)
    play.back("cal")
    play.no("cal", c.Say("back"), Code.BLOCKED)
    play.no("cal", c.UnblockFromChat("cal"), Code.NOT_ALLOWED)
    play.do("bob", c.UnblockFromChat("cal"))
    assert play.do("bob", c.UnblockFromChat("cal")) == []
    say(play, "cal", "thank you")


@pytest.mark.parametrize("who", ["hal", "bob", "ada"])
def test_17_nobody_blocks_the_host_or_a_moderator(who: str) -> None:
    play = Play()
    play.no("ada", c.BlockFromChat(who), Code.NOT_ALLOWED)
    play.no("ada", c.BlockFromChat("nobody"), Code.NO_SUCH_PERSON)


def test_a_moderator_is_not_held_by_an_old_block() -> None:
    play = Play()
    play.do("ada", c.BlockFromChat("cal"))
    play.do("hal", AppointModerator("cal"))
    say(play, "cal", "as a moderator")


def test_the_wait_of_slow_mode_has_limits() -> None:
    play = Play()
    for wrong in (-1, 3_600_001):
        answer = rules.decide(play.room, ChangeSettings(slow_ms=wrong), "ada", play.now)
        assert isinstance(answer, Refusal)
        assert answer.code is Code.BAD_VALUE
