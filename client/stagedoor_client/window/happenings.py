"""What happened, as notices: in the page's words. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from stagedoor.messages import AnyRequest, Happening
from stagedoor.rules.event import commands as event
from stagedoor.rules.event.values import Entry
from stagedoor.rules.values import Device, Mode

from ..view import UP
from ..words import marked, t, tn, told
from .barstate import BACKSTAGE
from .scene import Scene

MODE_NAMES = {
    Mode.OPEN: marked("Stage open"),
    Mode.REQUEST: marked("Stage by request"),
    Mode.INVITE: marked("Stage by invitation"),
    Mode.CLOSED: marked("Stage closed"),
}
MODE_SENTENCES = {
    Mode.OPEN: marked("The stage is open: anyone may join it."),
    Mode.REQUEST: marked("The stage is by request: ask to join it."),
    Mode.INVITE: marked("The stage is by invitation."),
    Mode.CLOSED: marked("The stage is closed: nobody new comes up."),
}
HOW_TO_GET_UP = {
    Mode.OPEN: marked("Anyone may go up: press “Join stage” below."),
    Mode.REQUEST: (
        marked("Would you like to go up? Press “Ask to join stage” below; a moderator decides.")
    ),
    Mode.INVITE: (
        marked(
            "People come up when a moderator invites them. "
            "If you are invited, you will be asked here."
        )
    ),
    Mode.CLOSED: marked("The stage is closed for now. It begins when a moderator opens it."),
}
BACK_ON_STAGE = marked("You are back on stage, with your microphone and camera off.")
BACK_BACKSTAGE = marked("You are backstage again, with your microphone and camera off.")


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
    return it.by_name or t("A moderator")


def _declined(it: Happening, scene: Scene) -> Notice:
    until = scene.me.may_ask_at if scene.me else 0
    wait = max(0, -(-(until - scene.now) // 1000))
    if wait:
        said = t(
            "{by} declined your request. You may ask again in {wait} s.", by=_who(it), wait=wait
        )
    else:
        said = t("{by} declined your request. You may ask again later.", by=_who(it))
    return Notice(said, "seat", stay=True)


def _up(it: Happening, scene: Scene) -> Notice:
    me = scene.me
    sentences = {
        (False, False): marked("You are on stage. Your microphone and camera are off."),
        (True, False): marked("You are on stage. You can be heard."),
        (False, True): marked("You are on stage. You can be seen."),
        (True, True): marked("You are on stage. You can be heard and seen."),
    }
    on = (bool(me and me.microphone), bool(me and me.camera))
    return Notice(told(sentences[on]), "seat", "good")


def _device(it: Happening, scene: Scene) -> Notice | None:
    if it.by == it.person or it.on:
        return None
    if it.device is Device.MICROPHONE:
        sentence = t("{name} turned your microphone off.", name=_who(it))
    elif it.device is Device.CAMERA:
        sentence = t("{name} turned your camera off.", name=_who(it))
    else:
        sentence = t("{name} stopped the sharing of your screen.", name=_who(it))
    return Notice(sentence, f"off-{it.device}", "warning", stay=True)


def _hand(it: Happening, scene: Scene) -> Notice | None:
    return None if it.by == it.person else Notice(t("{by} lowered your hand.", by=_who(it)), "hand")


def _spoken(it: Happening, scene: Scene) -> Notice:
    sentence = t("Your hand is down, as you have spoken.")
    return Notice(sentence, "hand", undo=event.RestoreHand())


def _other_spoken(it: Happening, scene: Scene) -> Notice:
    sentence = t("{name} has spoken, and the hand is down.", name=it.person_name)
    return Notice(sentence, "hands", undo=event.RestoreHand(it.person))


def _renamed(it: Happening, scene: Scene) -> Notice | None:
    if it.by == it.person:
        return None
    return Notice(
        t("{by} changed your name to {name}.", by=_who(it), name=it.person_name), "name", stay=True
    )


_ENTRIES = {
    Entry.OPEN: marked("{by} opened the room."),
    Entry.LOCKED: marked("{by} locked the room."),
    Entry.LOBBY: marked("{by} has new attendees wait in the lobby."),
}


def _entry(it: Happening, scene: Scene) -> Notice | None:
    if it.by == scene.view.you:
        return None
    if not it.by:
        return Notice(t("The room is open: the time has come."), "entry")
    return Notice(told(_ENTRIES[it.entry or Entry.OPEN], {"by": _who(it)}), "entry")


def _put_out(template: str) -> Say:
    def say(it: Happening, scene: Scene) -> Notice | None:
        if it.by == scene.view.you:
            return None
        return Notice(told(template, {"by": _who(it), "name": it.person_name}), "put-out")

    return say


def _role(it: Happening, scene: Scene) -> Notice:
    if scene.i_moderate:
        return Notice(t("You are a moderator now."), "role", "good", stay=True)
    return Notice(t("You are not a moderator any more."), "role", stay=True)


def _requested(it: Happening, scene: Scene) -> Notice:
    waiting = len(scene.requests)
    name = it.person_name
    said = t("{name} asks to join the stage.", name=name)
    if waiting > 1:
        said = tn(
            waiting,
            "{name} asks to join the stage. {count} request is waiting.",
            "{name} asks to join the stage. {count} requests are waiting.",
            name=name,
        )
    return Notice(said, "requests")


def _mode(it: Happening, scene: Scene) -> Notice | None:
    if it.by == scene.view.you or (scene.me and scene.me.seat in UP):
        return None
    return Notice(told(MODE_SENTENCES[it.mode or scene.room.mode]), "mode")


def _settings(it: Happening, scene: Scene) -> Notice | None:
    if it.by == scene.view.you or not scene.i_moderate:
        return None
    return Notice(t("{by} changed the room's settings.", by=_who(it)), "settings")


def _seat(template: str, tone: str = "plain", stay: bool = True) -> Say:
    return lambda it, scene: Notice(told(template, {"by": _who(it)}), "seat", tone, stay)


_TO_ME: dict[str, Say] = {
    "request_declined": _declined,
    "request_closed": _seat(marked("Requests are closed, as the stage access has changed.")),
    "offer_revoked": _seat(marked("{by} took the offer of a seat back.")),
    "offer_expired": _seat(marked("The offer of a seat has expired.")),
    "removed_from_stage": _seat(
        marked("{by} removed you from the stage. Your camera and microphone are off."), "warning"
    ),
    "bumped": _seat(
        marked(
            "Your seat went to somebody else, as you had been silent for longest. "
            "Your camera and microphone are off."
        ),
        "warning",
    ),
    "left": _seat(
        marked("You were away for too long: your place on the stage or in the queue is gone."),
        "warning",
    ),
    "left_stage": _seat(
        marked("You have left the stage. Your camera and microphone are off."), stay=False
    ),
    "went_on_stage": _up,
    "brought_on": _up,
    "went_backstage": lambda it, scene: Notice(told(BACKSTAGE), "seat", "good"),
    "sent_backstage": _seat(
        marked("{by} sent you backstage. Only the moderators see and hear you now."), "warning"
    ),
    "left_backstage": _seat(
        marked("You have left backstage. Your camera and microphone are off."), stay=False
    ),
    "device_set": _device,
    "hand_lowered": _hand,
    "hand_lowered_once_spoken": _spoken,
    "renamed": _renamed,
    "role_set": _role,
}
"""To whom it happened to."""

_TO_MODERATORS: dict[str, Say] = {
    "request_made": _requested,
    "went_backstage": lambda it, scene: Notice(
        t("{name} is backstage.", name=it.person_name), t("backstage")
    ),
    "left_backstage": lambda it, scene: Notice(
        t("{name} has left backstage.", name=it.person_name), t("backstage")
    ),
    "offer_declined": lambda it, scene: Notice(
        t("{name} declined the offer of a seat.", name=it.person_name), "offers"
    ),
    "offer_expired": lambda it, scene: Notice(
        t("The offer to {name} has expired.", name=it.person_name), "offers"
    ),
    "unmute_dismissed": lambda it, scene: Notice(
        t("{name} stays muted.", name=it.person_name), f"unmute-{it.person}"
    ),
    "hand_lowered_once_spoken": _other_spoken,
    "entry_set": _entry,
    "removed_from_room": _put_out(marked("{by} removed {name} from the room.")),
    "banned": _put_out(marked("{by} banned {name}.")),
}
"""To moderators: what others did that they would miss otherwise."""

_TO_ALL: dict[str, Say] = {"mode_set": _mode, "settings_changed": _settings}
