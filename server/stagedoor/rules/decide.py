"""What the rules answer to a command: events, or a refusal that changes nothing (rule 22)."""

from __future__ import annotations

from typing import assert_never

from . import backstage, devices, hands, moderation, settings, stage
from . import commands as cmd
from .base import Repeated
from .event.commands import EventCommand
from .event.decide import decide as decide_on_event
from .events import AnyEvent
from .guards import Refuse, actor
from .polls.commands import PollCommand
from .polls.decide import decide as decide_on_polls
from .quizzes.commands import QuizCommand
from .quizzes.decide import decide as decide_on_quizzes
from .reactions.commands import ReactionCommand
from .reactions.decide import decide as decide_on_reactions
from .refusals import Refusal
from .talk.commands import TalkCommand
from .talk.decide import decide as decide_on_talk
from .values import Person, Room

Decided = list[AnyEvent] | Repeated | Refusal


def decide(room: Room, command: cmd.AnyCommand, who: str, now: int) -> Decided:
    """Decide on ``who``'s command at ``now`` (milliseconds). An empty list: nothing to do."""
    try:
        return _decide(room, command, actor(room, who), now)
    except Refuse as no:
        return no.refusal


def _decide(  # noqa: PLR0912 - one line a command
    room: Room, command: cmd.AnyCommand, by: Person, now: int
) -> list[AnyEvent] | Repeated:
    if isinstance(command, TalkCommand):
        return decide_on_talk(room, command, by, now)
    if isinstance(command, EventCommand):
        return decide_on_event(room, command, by, now)
    if isinstance(command, PollCommand):
        return [*decide_on_polls(room, command, by, now)]
    if isinstance(command, QuizCommand):
        return [*decide_on_quizzes(room, command, by, now)]
    if isinstance(command, ReactionCommand):
        return [*decide_on_reactions(room, command, by, now)]
    match command:
        case cmd.JoinStage():
            return stage.join(room, command, by, now)
        case cmd.AskToJoinStage():
            return stage.ask(room, by, now)
        case cmd.CancelRequest():
            return stage.cancel(by, now)
        case cmd.AcceptOffer():
            return stage.accept(room, command, by, now)
        case cmd.DeclineOffer():
            return stage.decline_offer(by, now)
        case cmd.LeaveStage():
            return stage.leave(room, by, now)
        case cmd.SetDevice():
            return devices.set_own(command, by, now)
        case cmd.DismissUnmute():
            return devices.dismiss_unmute(by, now)
        case cmd.TurnOff():
            return devices.turn_off(room, command, by, now)
        case cmd.TurnAllOff():
            return devices.turn_all_off(room, command, by, now)
        case cmd.AskToUnmute():
            return devices.ask_to_unmute(room, command, by, now)
        case cmd.RaiseHand():
            return hands.raise_own(room, by, now)
        case cmd.LowerHand():
            return hands.lower(room, command, by, now)
        case cmd.LowerAllHands():
            return hands.lower_all(room, by, now)
        case cmd.SetMode():
            return settings.set_mode(room, command, by, now)
        case cmd.ChangeSettings():
            return settings.change(room, command, by, now)
        case cmd.AppointModerator():
            return settings.appoint(room, command, by, now)
        case cmd.DemoteModerator():
            return settings.demote(room, command, by, now)
        case cmd.EndRoom():
            return settings.end(room, by, now)
        case cmd.Approve():
            return moderation.approve(room, command, by, now)
        case cmd.Decline():
            return moderation.decline(room, command, by, now)
        case cmd.Invite():
            return moderation.invite(room, command, by, now)
        case cmd.RevokeOffer():
            return moderation.revoke(room, command, by, now)
        case cmd.RemoveFromStage():
            return moderation.remove(room, command, by, now)
        case cmd.BringOn():
            return backstage.bring_on(room, command, by, now)
        case cmd.SendBackstage():
            return backstage.send(room, command, by, now)
        case _:
            assert_never(command)
