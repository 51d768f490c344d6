"""Microphones, cameras and shared screens on stage (rules 4, 16 and 17)."""

from __future__ import annotations

from . import commands as cmd
from . import events as ev
from .guards import handled, moderator, not_on_stage, not_the_host, refuse, target
from .refusals import Code, marked
from .values import Device, Matter, Person, Role, Room, Seat

_ON_STAGE_ONLY = {
    Device.MICROPHONE: marked("Your microphone is used on stage only."),
    Device.CAMERA: marked("Your camera is used on stage only."),
    Device.SCREEN: marked("Your screen is shared on stage only."),
}


def is_on(person: Person, device: Device) -> bool:
    """Whether the person's device is on."""
    match device:
        case Device.MICROPHONE:
            return person.microphone
        case Device.CAMERA:
            return person.camera
        case Device.SCREEN:
            return person.screen


def set_own(command: cmd.SetDevice, by: Person, now: int) -> list[ev.AnyEvent]:
    """Turn one's own on or off, at any time on stage and backstage (rule 4)."""
    if by.seat not in (Seat.ON_STAGE, Seat.BACKSTAGE):
        refuse(Code.WRONG_STATE, _ON_STAGE_ONLY[command.device])
    if is_on(by, command.device) == command.on:
        return []
    return [
        ev.DeviceSet(at=now, by=by.id, rule=4, person=by.id, device=command.device, on=command.on)
    ]


def turn_off(room: Room, command: cmd.TurnOff, by: Person, now: int) -> list[ev.AnyEvent]:
    """Turn somebody's off; there is no command that turns on (rule 16)."""
    moderator(by)
    person = target(room, command.person)
    not_the_host(by, person, marked("mute"))
    if not person.has_seat:
        not_on_stage(by, person)
    if not is_on(person, command.device):
        handled(by, person, Matter(command.device))
        return []
    return [_off(person, command.device, by, now)]


def turn_all_off(room: Room, command: cmd.TurnAllOff, by: Person, now: int) -> list[ev.AnyEvent]:
    """Turn all others' off; the host's is out of a moderator's reach (rules 16 and 17)."""
    moderator(by)
    return [
        _off(person, command.device, by, now)
        for person in room.people.values()
        if is_on(person, command.device)
        and person.id != by.id
        and (person.role is not Role.HOST or by.role is Role.HOST)
    ]


def _off(person: Person, device: Device, by: Person, now: int) -> ev.DeviceSet:
    return ev.DeviceSet(at=now, by=by.id, rule=16, person=person.id, device=device, on=False)


def ask_to_unmute(room: Room, command: cmd.AskToUnmute, by: Person, now: int) -> list[ev.AnyEvent]:
    """Ask; the person's own command turns it on, or nothing does (rule 16)."""
    moderator(by)
    person = target(room, command.person)
    if not person.has_seat:
        not_on_stage(by, person)
    if person.seat is Seat.HELD:
        refuse(Code.AWAY, "{name} is not connected just now.", name=person.name)
    if person.microphone:
        refuse(Code.WRONG_STATE, "{name}'s microphone is on already.", name=person.name)
    if person.unmute_asked_by is not None:
        return []
    return [ev.UnmuteAsked(at=now, by=by.id, rule=16, person=person.id)]


def dismiss_unmute(by: Person, now: int) -> list[ev.AnyEvent]:
    """Stay muted (rule 16)."""
    if by.unmute_asked_by is None:
        return []
    return [ev.UnmuteDismissed(at=now, by=by.id, rule=16, person=by.id)]
