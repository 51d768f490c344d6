"""What a moderator may do with a person now (rules 2, 3, 13, 16 and 17). Pure.

The server decides; this is what the menu offers.
"""

from __future__ import annotations

from dataclasses import dataclass

from stagedoor.messages import AnyRequest, PersonView
from stagedoor.rules import commands as cmd
from stagedoor.rules.values import Device, Mode, Role, Seat

from ..view import UP
from ..words import t
from .scene import Scene, has_seat, moderates


@dataclass(frozen=True)
class Action:
    """One line of a menu: a command, or ``ask``, the name of a window that asks for more or of
    something else to do, with ``value``."""

    label: str
    icon: str
    command: AnyRequest | None = None
    danger: bool = False
    ask: str = ""
    value: str = ""


def actions_for(person: PersonView, scene: Scene) -> list[Action]:
    """The menu of a person, empty for whoever may do nothing with them."""
    me = scene.me
    if me is None:
        return []
    mine = person.id == me.id
    change = [Action(t("Change your name…"), "edit", ask="rename", value=person.id)] if mine else []
    if not moderates(me):
        return change if scene.room.settings.may_rename else []
    reach = not mine and (person.role is not Role.HOST or me.role is Role.HOST)
    return [
        *_seat_actions(person, scene, mine),
        *(_device_actions(person) if reach else []),
        *_hand(person, scene),
        *_role(person, me),
        *(
            [Action(_remove_words(person), "down", cmd.RemoveFromStage(person.id), danger=True)]
            if has_seat(person) and reach
            else []
        ),
        *change,
        *(_put_out(person) if reach and may_put_out(person, me) else []),
    ]


def _remove_words(person: PersonView) -> str:
    return t("Remove from backstage") if person.backstage else t("Remove from stage")


def may_put_out(person: PersonView, me: PersonView) -> bool:
    """Whether one may rename somebody else, or put them out of the room (rule 17)."""
    return me.role is Role.HOST or person.role is Role.ATTENDEE


def _put_out(person: PersonView) -> list[Action]:
    one = person.id
    return [
        Action(t("Rename…"), "edit", ask="rename", value=one),
        Action(t("Remove from the room…"), "out", danger=True, ask="remove", value=one),
        Action(t("Ban…"), "block", danger=True, ask="ban", value=one),
    ]


def _seat_actions(person: PersonView, scene: Scene, mine: bool) -> list[Action]:
    one = person.id
    if person.seat is Seat.REQUESTED:
        # What was seen is what is decided on: the number changes if the person asks anew.
        return [
            Action(t("Approve"), "check", cmd.Approve(one, person.requested_at)),
            Action(t("Decline"), "close", cmd.Decline(one, person.requested_at)),
        ]
    if person.seat is Seat.OFFERED:
        return [Action(t("Revoke the offer"), "close", cmd.RevokeOffer(one))]
    if person.seat is Seat.BACKSTAGE:
        return [Action(t("Bring on"), "up", cmd.BringOn((one,)))]
    if person.seat is Seat.ON_STAGE and not moderates(person) and scene.room.settings.backstage:
        return [Action(t("Send backstage"), "down", cmd.SendBackstage(one))]
    invitable = person.seat is Seat.VIEWER and not mine and not person.away
    if invitable and scene.room.mode is not Mode.CLOSED:
        return [Action(t("Invite to the stage"), "up", cmd.Invite(one))]
    return []


def _device_actions(person: PersonView) -> list[Action]:
    one, found = person.id, []
    if person.microphone:
        turn = cmd.TurnOff(one, Device.MICROPHONE)
        found.append(Action(t("Turn microphone off"), "mic-off", turn))
    if person.camera:
        found.append(Action(t("Turn camera off"), "camera-off", cmd.TurnOff(one, Device.CAMERA)))
    if person.screen:
        found.append(Action(t("Stop screen"), "screen-off", cmd.TurnOff(one, Device.SCREEN)))
    if person.seat in UP and not person.microphone:
        found.append(Action(t("Ask to unmute"), "mic", cmd.AskToUnmute(one)))
    return found


def _hand(person: PersonView, scene: Scene) -> list[Action]:
    if person.hand is None:
        return []
    found = [Action(t("Lower hand"), "hand", cmd.LowerHand(person.id))]
    if sum(one.hand is not None for one in scene.view.people) > 1:
        found.append(Action(t("Lower all hands"), "hand", cmd.LowerAllHands()))
    return found


def _role(person: PersonView, me: PersonView) -> list[Action]:
    one, found = person.id, []
    if me.role is Role.HOST and person.role is Role.ATTENDEE:
        found.append(Action(t("Make moderator"), "shield", cmd.AppointModerator(one)))
    if me.role is Role.HOST and person.role is Role.MODERATOR:
        found.append(Action(t("Make attendee"), "shield", cmd.DemoteModerator(one)))
    return found
