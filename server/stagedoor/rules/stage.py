"""A person's own way to the stage and down again (rules 1 to 4, 11 and 15)."""

from __future__ import annotations

from . import commands as cmd
from . import events as ev
from .backstage import go_up, step_back
from .guards import make_room, refuse, seats_used
from .refusals import Code, marked
from .values import Mode, Person, Room, Seat

_NOT_DIRECTLY = {
    Mode.REQUEST: marked("The stage is by request: ask to join it."),
    Mode.INVITE: marked("The stage is by invitation only."),
    Mode.CLOSED: marked("The stage is closed."),
}


def join(room: Room, command: cmd.JoinStage, by: Person, now: int) -> list[ev.AnyEvent]:
    """Go up directly: in ``open`` only, and not after a removal (rules 1 and 13)."""
    _not_up_yet(by)
    if by.seat is Seat.OFFERED:
        refuse(Code.WRONG_STATE, "You hold an offer: accept it to join the stage.")
    if room.mode is not Mode.OPEN:
        refuse(Code.WRONG_MODE, _NOT_DIRECTLY[room.mode])
    if by.needs_a_word:
        refuse(Code.REMOVED, "You were removed from the stage: ask to join it again.")
    return [*make_room(room, by.id, now), go_up(room, command, by, now, rule=1)]


def _not_up_yet(by: Person) -> None:
    if by.is_backstage:
        refuse(Code.WRONG_STATE, "You are backstage already.")
    if by.has_seat:
        refuse(Code.WRONG_STATE, "You are on stage already.")


def ask(room: Room, by: Person, now: int) -> list[ev.AnyEvent]:
    """Ask for a seat; with an offer or a request in hand there is nothing to do (rule 9)."""
    _not_up_yet(by)
    if by.seat in (Seat.OFFERED, Seat.REQUESTED):
        return []
    if room.mode is Mode.OPEN and not by.needs_a_word:
        refuse(Code.WRONG_MODE, "The stage is open: join it directly.")
    if room.mode in (Mode.INVITE, Mode.CLOSED):
        refuse(Code.WRONG_MODE, _NOT_DIRECTLY[room.mode])
    if now < by.may_ask_at:
        seconds = (by.may_ask_at - now + 999) // 1000
        refuse(Code.COOL_DOWN, "Please wait {seconds} s before asking again.", seconds=seconds)
    return [ev.RequestMade(at=now, by=by.id, rule=1, person=by.id)]


def cancel(by: Person, now: int) -> list[ev.AnyEvent]:
    """Take one's request back (rule 3)."""
    if by.seat is not Seat.REQUESTED:
        refuse(Code.WRONG_STATE, "You have no request waiting.")
    return [ev.RequestCancelled(at=now, by=by.id, rule=3, person=by.id)]


def accept(room: Room, command: cmd.AcceptOffer, by: Person, now: int) -> list[ev.AnyEvent]:
    """Confirm an offer; capacity is checked again (rules 2, 7 and 11)."""
    if by.seat is not Seat.OFFERED or by.offer is None:
        refuse(Code.WRONG_STATE, "There is no offer to accept; it may have been taken back.")
    if now >= by.offer.expires_at:
        refuse(Code.WRONG_STATE, "The offer has expired.")
    if seats_used(room) >= room.settings.capacity:
        refuse(Code.STAGE_FULL, "The stage is full just now; the offer still stands.")
    return [go_up(room, command, by, now, rule=2)]


def decline_offer(by: Person, now: int) -> list[ev.AnyEvent]:
    """Decline an offer (rule 3)."""
    if by.seat is not Seat.OFFERED:
        refuse(Code.WRONG_STATE, "There is no offer to decline.")
    return [ev.OfferDeclined(at=now, by=by.id, rule=3, person=by.id)]


def leave(room: Room, by: Person, now: int) -> list[ev.AnyEvent]:
    """Step down: moderators, and others only where the room has it so (rule 4)."""
    if not by.has_seat:
        refuse(Code.WRONG_STATE, "You are not on stage.")
    if by.is_backstage:
        return step_back(by, now)
    if not by.moderates and not room.settings.may_leave_stage:
        refuse(Code.NOT_ALLOWED, "Only a moderator can take you off the stage.")
    return [ev.LeftStage(at=now, by=by.id, rule=4, person=by.id)]
