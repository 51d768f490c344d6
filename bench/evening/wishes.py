"""What people want next, by what they see and by chance. Pure.

Now and then it is something that the rules refuse, as people try things, too.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

from stagedoor.messages import AnyRequest, PersonView, View
from stagedoor.messages.polls import PollView
from stagedoor.rules import commands as c
from stagedoor.rules.event import commands as e
from stagedoor.rules.polls import commands as p
from stagedoor.rules.polls.values import Kind, PollForm, PollState, Showing
from stagedoor.rules.reactions.commands import React
from stagedoor.rules.reactions.values import Reaction
from stagedoor.rules.talk import commands as t
from stagedoor.rules.talk.values import Answer, Channel
from stagedoor.rules.values import Device, Mode, Role, Seat
from stagedoor_client.talk import questions_of, talk_of

Dice = random.Random
Wish = AnyRequest | None
MODES = (Mode.REQUEST, Mode.REQUEST, Mode.OPEN, Mode.INVITE, Mode.CLOSED)
POLLS = 6  # that there are at most
SEATED = (Seat.ON_STAGE, Seat.BACKSTAGE)


def pick(dice: Dice, *choices: tuple[float, Callable[[], Wish]]) -> Wish:
    """One of these by their weights; the next best if it is not possible just now."""
    left = [*choices]
    while left:
        weights = [weight for weight, _ in left]
        one = dice.choices(range(len(left)), weights)[0]
        if (wish := left.pop(one)[1]()) is not None:
            return wish
    return None


# -- everybody


def wish(view: View, me: PersonView, dice: Dice) -> Wish:
    """What somebody does for themselves."""
    if dice.random() < 0.4:
        return _talk(view, dice)
    match me.seat:
        case Seat.OFFERED:
            return pick(
                dice,
                (7, lambda: c.AcceptOffer(dice.random() < 0.7, dice.random() < 0.5)),
                (2, c.DeclineOffer),
                (3, lambda: _talk(view, dice)),  # the offer may expire meanwhile
            )
        case Seat.REQUESTED:
            return pick(dice, (2, c.CancelRequest), (2, lambda: _talk(view, dice)))
        case Seat.ON_STAGE | Seat.BACKSTAGE:
            return _on_stage(me, dice)
    return pick(
        dice,
        (5, lambda: _up(view.room.mode, dice)),
        (2, lambda: c.LowerHand() if me.hand is not None else c.RaiseHand()),
        (0.3, lambda: e.Rename(f"{me.name.split(' the ')[0]} the {dice.randrange(100)}th")),
        (0.2, c.AskToJoinStage),
        (0.1, lambda: c.Approve(dice.choice(view.people).id)),
    )


def _up(mode: Mode, dice: Dice) -> Wish:
    if mode is Mode.OPEN:
        return c.JoinStage(dice.random() < 0.7, dice.random() < 0.5)
    return c.AskToJoinStage() if mode is Mode.REQUEST else None


def _on_stage(me: PersonView, dice: Dice) -> Wish:
    if me.unmute_asked_by is not None:
        return dice.choice([c.SetDevice(Device.MICROPHONE, True), c.DismissUnmute()])
    on = {Device.MICROPHONE: me.microphone, Device.CAMERA: me.camera, Device.SCREEN: me.screen}
    device = dice.choices([*on], [5, 4, 1])[0]
    return pick(dice, (10, lambda: c.SetDevice(device, not on[device])), (0.5, c.LeaveStage))


def _talk(view: View, dice: Dice) -> Wish:
    open_ones = [one for one in polls(view) if one.state is PollState.OPEN]
    asked = [one.number for one in questions_of(view) if one.answer is Answer.OPEN]
    key = f"{view.you}-{dice.getrandbits(64):x}"
    return pick(
        dice,
        (4, lambda: t.Say(f"What I wanted to say: {key}", key=key)),
        (0.3, lambda: t.Say(f"For moderators: {key}", Channel.PRIVATE, key=key)),
        (2, lambda: React(dice.choice([*Reaction]))),
        (0.6, lambda: t.AskQuestion(f"Is it {key}?", key=key)),
        (2, lambda: t.VoteForQuestion(dice.choice(asked), dice.random() < 0.8) if asked else None),
        (4, lambda: _vote(dice.choice(open_ones), dice) if open_ones else None),
    )


def _vote(poll: PollView, dice: Dice) -> Wish:
    return p.CastVote(poll.id, (dice.randrange(len(poll.options)),))


def polls(view: View) -> Sequence[PollView]:
    """All that one sees."""
    return view.polls.polls if view.polls is not None else ()


# -- moderators


def decision(view: View, me: PersonView, dice: Dice) -> Wish:
    """What a moderator decides."""
    return pick(
        dice,
        (12, lambda: about_the_queue(view, dice)),
        (5, lambda: _about_the_stage(view, dice)),
        (2.5, lambda: _about_polls(view, dice)),
        (2.5, lambda: _about_the_talk(view, dice)),
        (0.8, lambda: _about_the_room(view, dice)),
        (0.5, lambda: _about_people(view, me, dice)),
    )


def _some(view: View, dice: Dice, *seats: Seat) -> str | None:
    found = [one.id for one in view.people if one.seat in seats]
    return dice.choice(found) if found else None


def _on(view: View, dice: Dice, make: Callable[[str], Wish], *seats: Seat) -> Callable[[], Wish]:
    """A decision on somebody in one of these seats, if there is anybody."""

    def made() -> Wish:
        person = _some(view, dice, *seats)
        return None if person is None else make(person)

    return made


def about_the_queue(view: View, dice: Dice) -> Wish:
    """A request, an offer or an invitation."""
    return pick(
        dice,
        (7, _on(view, dice, c.Approve, Seat.REQUESTED)),
        (2.5, _on(view, dice, c.Decline, Seat.REQUESTED)),
        (2, _on(view, dice, c.Invite, Seat.VIEWER, Seat.REQUESTED)),
        (0.7, _on(view, dice, c.RevokeOffer, Seat.OFFERED)),
    )


def _about_the_stage(view: View, dice: Dice) -> Wish:
    up = len([one for one in view.people if one.seat in (*SEATED, Seat.HELD)])
    full = up >= view.room.settings.capacity - 2
    return pick(
        dice,
        (8 if full else 1, _on(view, dice, c.RemoveFromStage, *SEATED, Seat.HELD)),
        (3, _on(view, dice, lambda one: c.TurnOff(one, dice.choice([*Device])), *SEATED)),
        (1.5, _on(view, dice, c.AskToUnmute, *SEATED)),
        (4, _on(view, dice, lambda one: c.BringOn((one,)), Seat.BACKSTAGE)),
        (1, _on(view, dice, lambda one: c.BringOn(), Seat.BACKSTAGE)),
        (0.7, _on(view, dice, c.SendBackstage, Seat.ON_STAGE)),
        (0.3, lambda: c.TurnAllOff(dice.choice([*Device]))),
    )


def _about_polls(view: View, dice: Dice) -> Wish:
    def made(kind: type[p.OpenPoll | p.ClosePoll | p.DeletePoll], state: PollState) -> Wish:
        found = [one.id for one in polls(view) if one.state is state]
        return kind(dice.choice(found)) if found else None

    many = len(polls(view)) >= POLLS
    return pick(
        dice,
        (0 if many else 1, lambda: p.CreatePoll(_form(dice))),
        (4, lambda: made(p.OpenPoll, PollState.DRAFT)),
        (0.5, lambda: made(p.ClosePoll, PollState.OPEN)),
        (3 if many else 0.1, lambda: made(p.DeletePoll, PollState.CLOSED)),
    )


def _form(dice: Dice) -> PollForm:
    options = ("Yes", "No", "Perhaps")
    asked = f"Question {dice.randrange(10**6)}?"
    showing = dice.choice([*Showing])
    return PollForm(Kind.SINGLE, asked, options, anonymous=dice.random() < 0.5, showing=showing)


def _about_the_talk(view: View, dice: Dice) -> Wish:
    said = [one.number for one in talk_of(view).entries if one.channel is Channel.ROOM]
    pinned = talk_of(view).pinned
    asked = [one.number for one in questions_of(view) if one.answer is Answer.OPEN]
    blocked = talk_of(view).blocked
    deal = dice.choice([t.AnswerQuestion, t.DismissQuestion])
    hands = [one.id for one in view.people if one.hand is not None]
    return pick(
        dice,
        (3, lambda: deal(dice.choice(asked)) if asked else None),
        (1, lambda: t.DeleteMessage(dice.choice(said)) if said else None),
        (1, lambda: t.PinMessage(dice.choice(said[-50:])) if said else None),
        (2, lambda: t.UnpinMessage(dice.choice(pinned)) if pinned else None),
        (3, lambda: c.LowerHand(dice.choice(hands)) if hands else None),
        (0.3, _on(view, dice, t.BlockFromChat, Seat.VIEWER)),
        (2, lambda: t.UnblockFromChat(dice.choice(blocked)) if blocked else None),
        (1, lambda: t.Say(f"Among us: {dice.random()}", Channel.MODERATORS)),
    )


def _about_the_room(view: View, dice: Dice) -> Wish:
    return pick(
        dice,
        (4, lambda: c.SetMode(dice.choice(MODES))),
        (1, lambda: c.ChangeSettings(backstage=not view.room.settings.backstage)),
        (0.5, lambda: c.ChangeSettings(capacity=dice.randrange(8, 13))),
        (0.3, lambda: c.ChangeSettings(lower_hand_once_spoken=dice.random() < 0.5)),
        (0.2, c.LowerAllHands),
        (0.2, lambda: e.RenameRoom(f"Evening {dice.randrange(1000)}")),
    )


def _about_people(view: View, me: PersonView, dice: Dice) -> Wish:
    if me.role is Role.HOST:
        appointed = [
            one.id
            for one in view.people
            if one.role is Role.MODERATOR and one.name.startswith("Guest")
        ]
        if appointed:
            return c.DemoteModerator(dice.choice(appointed))
        return _on(view, dice, c.AppointModerator, Seat.VIEWER)()
    attendees = [one.id for one in view.people if one.role is Role.ATTENDEE]
    return pick(
        dice,
        (3, lambda: e.RemoveFromRoom(dice.choice(attendees)) if attendees else None),
        (1, lambda: e.Ban(dice.choice(attendees)) if attendees else None),
        (2, lambda: e.Unban(dice.choice(view.bans).person) if view.bans else None),
    )
