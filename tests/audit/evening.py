"""A made-up evening with ways up and down of every kind, and the engine's record of it."""

from __future__ import annotations

from msgspec.structs import replace

from stagedoor.audit.reading import Stored
from stagedoor.log import Forwarded, Stopped
from stagedoor.log.chain import GENESIS, link
from stagedoor.log.row import Row, row
from stagedoor.rules import commands as c
from stagedoor.rules.events import AnyEvent
from stagedoor.rules.talk import commands as t
from stagedoor.rules.values import Device, Mode
from tests.rules.play import START, Play


def evening() -> list[AnyEvent]:
    """The comments have the seconds since the start."""
    play = Play(Mode.REQUEST)

    def later(seconds: int) -> None:
        play.wait(1000 * seconds)

    later(10)
    play.do("cal", c.AskToJoinStage())
    play.do("cal", t.Say("I should like to say something"))
    play.do("ada", c.Approve("cal"))
    later(10)  # 20
    play.do("cal", c.AcceptOffer(microphone=True, camera=False))
    later(10)  # 30
    play.do("cal", c.SetDevice(Device.CAMERA, True))
    play.do("bob", c.Invite("dee"))
    play.do("dee", c.AcceptOffer(microphone=True, camera=True))
    later(10)  # 40
    play.do("bob", c.TurnOff("dee", Device.MICROPHONE))
    later(10)  # 50
    play.do("ada", c.RemoveFromStage("cal"))
    later(10)  # 60
    play.do("ada", c.ChangeSettings(backstage=True))
    play.do("ada", c.Invite("eve"))
    play.do("eve", c.AcceptOffer(microphone=True, camera=False))
    later(10)  # 70
    play.do("ada", c.BringOn())
    play.away("dee")
    later(10)  # 80
    play.back("dee")
    later(10)  # 90
    play.away("dee")
    later(30)  # 120
    play.do("ada", c.SetMode(Mode.OPEN))
    play.do("bob", c.JoinStage(microphone=False, camera=False))
    later(10)  # 130
    play.do("hal", c.EndRoom())
    return play.log


def chained(events: list[AnyEvent]) -> list[Row]:
    """The rows as the log has them, or as somebody does who computes the chain anew."""
    rows, previous = [], GENESIS
    for number, event in enumerate(events, 1):
        one = row("r", number, event)
        previous = link(previous, one)
        rows.append(replace(one, hash=previous))
    return rows


def at(second: float) -> int:
    """A moment of the evening."""
    return START + int(1000 * second)


def sent(person: str, kind: str, first: float, last: float) -> Forwarded:
    """A line of the engine's record."""
    return Forwarded("r", person, kind, 0, at(first), at(last), 100, backstage=False)


EVENTS = evening()
ROWS = chained(EVENTS)


def number(kind: str, place: int = 0) -> int:
    """The number of the event of this kind."""
    return [one.number for one in ROWS if one.type == kind][place]


REMOVED = number("removed_from_stage")
STOPPED = [Stopped("r", REMOVED, REMOVED - 1, at(50.3))]
SENT = [
    sent("cal", "audio", 20.5, 29.9),
    sent("cal", "audio", 30.1, 50.2),  # the removal was in force at 50.3
    replace(sent("cal", "video", 30.2, 49.0), worker=1),
    sent("dee", "audio", 30.0, 40.0),
    sent("dee", "video", 30.5, 69.9),
    replace(sent("eve", "audio", 60.4, 69.9), backstage=True),
    sent("eve", "audio", 70.2, 129.0),
]
STORED = Stored(ROWS, SENT, STOPPED)
