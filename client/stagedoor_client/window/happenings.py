"""What happened, as notices: in the page's words. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from stagedoor.messages import AnyRequest, Happening
from stagedoor.rules.event import commands as event
from stagedoor.rules.event.values import Entry
from stagedoor.rules.values import Device, Mode

from ..view import UP
from .barstate import BACKSTAGE
from .scene import Scene

MODE_NAMES = {
    Mode.OPEN: "Stage open",
    Mode.REQUEST: "Stage by request",
    Mode.INVITE: "Stage by invitation",
    Mode.CLOSED: "Stage closed",
}
MODE_SENTENCES = {
    Mode.OPEN: "The stage is open: anyone may join it.",
    Mode.REQUEST: "The stage is by request: ask to join it.",
    Mode.INVITE: "The stage is by invitation.",
    Mode.CLOSED: "The stage is closed: nobody new comes up.",
}
HOW_TO_GET_UP = {
    Mode.OPEN: "Anyone may go up: press “Join stage” below.",
    Mode.REQUEST: (
        "Would you like to go up? Press “Ask to join stage” below; a moderator decides."
    ),
    Mode.INVITE: (
        "People come up when a moderator invites them. If you are invited, you will be asked here."
    ),
    Mode.CLOSED: "The stage is closed for now. It begins when a moderator opens it.",
}
BACK_ON_STAGE = "You are back on stage, with your microphone and camera off."
BACK_BACKSTAGE = "You are backstage again, with your microphone and camera off."
BOTH_OFF = "Your camera and microphone are off."


@dataclass(frozen=True)
class Go:
    """A button with these words that leads to a tab at the side, and to a thread or card in it."""

    words: str
    tab: str
    where: str = ""


@dataclass(frozen=True)
class Notice:
    """A sentence to show; it replaces the last one of the same ``key``.

    ``tone`` is "plain", "good" or "warning"; ``stay``: until it is closed, not for some seconds.
    ``undo``: the command of a button that takes it back. ``go``: where another one leads.
    """

    sentence: str
    key: str
    tone: str = "plain"
    stay: bool = False
    undo: AnyRequest | None = None
    go: Go | None = None


Say = Callable[[Happening, Scene], Notice | None]


@dataclass(frozen=True)
class News:
    """What to show, in order, and which keys to take away first."""

    notices: list[Notice]
    outdated: list[str]


def tell(happened: Iterable[Happening], scene: Scene) -> News:
    """The notices for what happened."""
    notices: dict[str, Notice] = {}
    outdated: list[str] = []
    for it in happened:
        said = _say(it, scene)
        if said is not None:
            notices.pop(said.key, None)
            notices[said.key] = said
        for key in _outdates(it, scene):
            notices.pop(key, None)
            outdated.append(key)
    if not scene.requests:
        notices.pop("requests", None)
        outdated.append("requests")
    if scene.me is None or scene.me.seat not in UP:
        outdated += ["off-microphone", "off-camera", "off-screen"]
    return News(list(notices.values()), outdated)


def _say(it: Happening, scene: Scene) -> Notice | None:
    if scene.view.you in (it.person, *it.people):
        words = _TO_ME.get(it.what)
    else:
        words = _TO_ALL.get(it.what) or (_TO_MODERATORS.get(it.what) if scene.i_moderate else None)
    return words(it, scene) if words else None


def _outdates(it: Happening, scene: Scene) -> list[str]:
    if it.person != scene.view.you:
        return []
    found = []
    if it.what in ("request_made", "went_on_stage"):
        found.append("mode")
    if it.what in ("offer_made", "request_made"):
        found.append("seat")
    if it.what == "device_set" and it.on:
        found.append(f"off-{it.device}")
    return found


def _who(it: Happening) -> str:
    return it.by_name or "A moderator"


def _declined(it: Happening, scene: Scene) -> Notice:
    until = scene.me.may_ask_at if scene.me else 0
    wait = max(0, -(-(until - scene.now) // 1000))
    again = f"You may ask again in {wait} s." if wait else "You may ask again later."
    return Notice(f"{_who(it)} declined your request. {again}", "seat", stay=True)


def _up(it: Happening, scene: Scene) -> Notice:
    me = scene.me
    can = ["heard"] if me and me.microphone else []
    can += ["seen"] if me and me.camera else []
    rest = f"You can be {' and '.join(can)}." if can else "Your microphone and camera are off."
    return Notice(f"You are on stage. {rest}", "seat", "good")


def _device(it: Happening, scene: Scene) -> Notice | None:
    if it.by == it.person or it.on:
        return None
    sentence = f"{_who(it)} turned your {it.device} off."
    if it.device is Device.SCREEN:
        sentence = f"{_who(it)} stopped the sharing of your screen."
    return Notice(sentence, f"off-{it.device}", "warning", stay=True)


def _hand(it: Happening, scene: Scene) -> Notice | None:
    return None if it.by == it.person else Notice(f"{_who(it)} lowered your hand.", "hand")


def _spoken(it: Happening, scene: Scene) -> Notice:
    sentence = "Your hand is down, as you have spoken."
    return Notice(sentence, "hand", undo=event.RestoreHand())


def _other_spoken(it: Happening, scene: Scene) -> Notice:
    sentence = f"{it.person_name} has spoken, and the hand is down."
    return Notice(sentence, "hands", undo=event.RestoreHand(it.person))


def _renamed(it: Happening, scene: Scene) -> Notice | None:
    if it.by == it.person:
        return None
    return Notice(f"{_who(it)} changed your name to {it.person_name}.", "name", stay=True)


def _entry(it: Happening, scene: Scene) -> Notice | None:
    if it.by == scene.view.you:
        return None
    if not it.by:
        return Notice("The room is open: the time has come.", "entry")
    deeds = {Entry.OPEN: "opened the room", Entry.LOCKED: "locked the room"}
    deed = deeds.get(it.entry or Entry.OPEN, "has new attendees wait in the lobby")
    return Notice(f"{_who(it)} {deed}.", "entry")


def _put_out(template: str) -> Say:
    def say(it: Happening, scene: Scene) -> Notice | None:
        if it.by == scene.view.you:
            return None
        return Notice(template.format(by=_who(it), name=it.person_name), "put-out")

    return say


def _role(it: Happening, scene: Scene) -> Notice:
    if scene.i_moderate:
        return Notice("You are a moderator now.", "role", "good", stay=True)
    return Notice("You are not a moderator any more.", "role", stay=True)


def _requested(it: Happening, scene: Scene) -> Notice:
    waiting = len(scene.requests)
    more = f" {waiting} requests are waiting." if waiting > 1 else ""
    return Notice(f"{it.person_name} asks to join the stage.{more}", "requests")


def _mode(it: Happening, scene: Scene) -> Notice | None:
    if it.by == scene.view.you or (scene.me and scene.me.seat in UP):
        return None
    return Notice(MODE_SENTENCES[it.mode or scene.room.mode], "mode")


def _settings(it: Happening, scene: Scene) -> Notice | None:
    if it.by == scene.view.you or not scene.i_moderate:
        return None
    return Notice(f"{_who(it)} changed the room's settings.", "settings")


def _seat(template: str, tone: str = "plain", stay: bool = True) -> Say:
    return lambda it, scene: Notice(template.format(by=_who(it)), "seat", tone, stay)


_TO_ME: dict[str, Say] = {
    "request_declined": _declined,
    "request_closed": _seat("Requests are closed, as the stage access has changed."),
    "offer_revoked": _seat("{by} took the offer of a seat back."),
    "offer_expired": _seat("The offer of a seat has expired."),
    "removed_from_stage": _seat(f"{{by}} removed you from the stage. {BOTH_OFF}", "warning"),
    "bumped": _seat(
        f"Your seat went to somebody else, as you had been silent for longest. {BOTH_OFF}",
        "warning",
    ),
    "left": _seat(
        "You were away for too long: your place on the stage or in the queue is gone.", "warning"
    ),
    "left_stage": _seat(f"You have left the stage. {BOTH_OFF}", stay=False),
    "went_on_stage": _up,
    "brought_on": _up,
    "went_backstage": lambda it, scene: Notice(BACKSTAGE, "seat", "good"),
    "sent_backstage": _seat(
        "{by} sent you backstage. Only the moderators see and hear you now.", "warning"
    ),
    "left_backstage": _seat(f"You have left backstage. {BOTH_OFF}", stay=False),
    "device_set": _device,
    "hand_lowered": _hand,
    "hand_lowered_once_spoken": _spoken,
    "renamed": _renamed,
    "role_set": _role,
}
"""To whom it happened to."""

_TO_MODERATORS: dict[str, Say] = {
    "request_made": _requested,
    "went_backstage": lambda it, scene: Notice(f"{it.person_name} is backstage.", "backstage"),
    "left_backstage": lambda it, scene: Notice(
        f"{it.person_name} has left backstage.", "backstage"
    ),
    "offer_declined": lambda it, scene: Notice(
        f"{it.person_name} declined the offer of a seat.", "offers"
    ),
    "offer_expired": lambda it, scene: Notice(
        f"The offer to {it.person_name} has expired.", "offers"
    ),
    "unmute_dismissed": lambda it, scene: Notice(
        f"{it.person_name} stays muted.", f"unmute-{it.person}"
    ),
    "hand_lowered_once_spoken": _other_spoken,
    "entry_set": _entry,
    "removed_from_room": _put_out("{by} removed {name} from the room."),
    "banned": _put_out("{by} banned {name}."),
}
"""To moderators: what others did that they would miss otherwise."""

_TO_ALL: dict[str, Say] = {"mode_set": _mode, "settings_changed": _settings}
