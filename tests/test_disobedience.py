"""The whole server against clients that send what they may not (rules 13 and 14).

Real server, real engine, real sockets; the clients are lightweight peers that ask nobody.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator

import aiohttp
import pytest
import pytest_asyncio

from bench.peer import Peer
from stagedoor import messages as m
from stagedoor.rules import commands as cmd
from stagedoor.rules.refusals import Code
from stagedoor.rules.values import Device, Mode
from stagedoor.sfu.packets import rtcp
from tests.server_process import ServerProcess
from tests.signalling.conftest import Client

AUDIO, VIDEO, SCREEN = 0xA0A0, 0xB0B0, 0xC0C0
PATIENCE = 30.0
TRACKS = (m.SubscribeOffered, m.TracksChanged)  # what says whose the m-lines are


@pytest.fixture(scope="module")
def server() -> Iterator[ServerProcess]:
    with ServerProcess() as process:
        yield process


class Person(Client):
    """Somebody in the room, with the connections that they may, or may not, have."""

    packets: asyncio.Queue[bytes]
    tracks: list[m.Track]
    receiving: Peer
    sending: Peer

    @property
    def id(self) -> str:
        assert self.welcome is not None
        return self.welcome.view.you

    async def watch(self, *people: Person, screen: Person | None = None) -> None:
        """Receive the stage, with these people on it, and the screen of one."""
        if not hasattr(self, "packets"):
            self.packets = asyncio.Queue()
            self.receiving = await Peer.open(self.packets.put_nowait)
            await self.do(m.Watch())
        wanted = {(person.id, "audio") for person in people}
        if screen is not None:
            wanted.add((screen.id, "screen"))
        answered = 0
        while True:
            told = [one for one in self.heard if isinstance(one, TRACKS)]
            offers = [one for one in told if isinstance(one, m.SubscribeOffered)]
            if offers and offers[-1].revision > answered:
                offer, answered = offers[-1], offers[-1].revision
                await self.ask(m.SubscribeAnswer(answered, self.receiving.answer(offer.sdp)))
                if not self.receiving.connected.is_set():
                    await self.receiving.connect(offer.sdp)
            elif told and wanted <= {(one.person, one.kind) for one in told[-1].tracks}:
                self.tracks = told[-1].tracks
                return
            else:
                await self.hear()

    async def publish(self) -> m.AnyMessage:
        """Offer to publish, and connect if the answer says so."""
        self.sending = await Peer.open()
        answer: m.AnyMessage = await self.ask(m.Publish(self.sending.offer(AUDIO, VIDEO, SCREEN)))
        if isinstance(answer, m.Published):
            await self.sending.connect(answer.sdp)
        return answer

    def say(self, number: int, ssrc: int = AUDIO, payload_type: int = 111) -> None:
        """Send one packet, of sound if nothing else is said, that carries a number."""
        header = bytes([0x80, payload_type]) + (number & 0xFFFF).to_bytes(2)
        header += (number * 960).to_bytes(4) + ssrc.to_bytes(4)
        self.sending.send_rtp(header + b"%08d" % number)

    def show(self, number: int, ssrc: int) -> None:
        """Send one video packet that carries a number."""
        self.say(number, ssrc, 96)

    async def hears(self) -> int:
        """The number in the next packet that arrives, of sound or a picture."""
        async with asyncio.timeout(PATIENCE):
            return int((await self.packets.get())[-8:])

    async def chatter(self) -> None:
        """Go on sending, whatever happens."""
        for number in range(100_000):
            self.say(number)
            await asyncio.sleep(0.005)


@pytest_asyncio.fixture
async def people(server: ServerProcess) -> AsyncIterator[dict[str, Person]]:
    """A moderator and three attendees, each over a WebSocket of their own."""
    async with aiohttp.ClientSession() as http:
        found = {}
        room = server.create_room(name="A room")["room"]["id"]
        token = server.links(room)["moderator"].partition("#token=")[2]
        for name in ("mia", "ada", "wes", "vic"):
            person = Person(await http.ws_connect(server.socket_url(room), origin=server.url))
            enter = m.Enter(name, token if name == "mia" else "")
            assert isinstance(await person.ask(enter), m.Welcome)
            found[name] = person
        yield found


@pytest_asyncio.fixture
async def hal(server: ServerProcess, people: dict[str, Person]) -> AsyncIterator[Person]:
    """The host of their room."""
    room = people["mia"].room
    assert room is not None
    token = server.links(room.id)["host"].partition("#token=")[2]
    async with aiohttp.ClientSession() as http:
        person = Person(await http.ws_connect(server.socket_url(room.id), origin=server.url))
        assert isinstance(await person.ask(m.Enter("hal", token)), m.Welcome)
        yield person


async def bring_up(mia: Person, *others: Person) -> None:
    """By invitation, with both devices on, publishing."""
    for person in others:
        await mia.do(cmd.Invite(person.id))
        await person.do(cmd.AcceptOffer(microphone=True, camera=True))
        assert isinstance(await person.publish(), m.Published)


async def test_a_viewer_cannot_publish(people: dict[str, Person]) -> None:
    ada = people["ada"]
    refused = await ada.publish()
    assert isinstance(refused, m.Refused)
    assert refused.code is Code.NO_SEAT
    await ada.do(cmd.AskToJoinStage())
    refused = await ada.publish()
    assert isinstance(refused, m.Refused)
    assert refused.code is Code.NO_SEAT


async def test_whose_seat_was_taken_meanwhile_cannot_publish(people: dict[str, Person]) -> None:
    mia, ada = people["mia"], people["ada"]
    await mia.do(cmd.Invite(ada.id))
    await ada.do(cmd.AcceptOffer(microphone=True, camera=True))
    await mia.do(cmd.RemoveFromStage(ada.id))
    refused = await ada.publish()
    assert isinstance(refused, m.Refused)
    assert refused.code is Code.NO_SEAT


async def test_an_offer_of_a_seat_connects_but_is_not_heard(people: dict[str, Person]) -> None:
    mia, ada, wes, vic = people.values()
    await vic.watch()
    await bring_up(mia, wes)
    await vic.watch(wes)
    await mia.do(cmd.Invite(ada.id))
    assert isinstance(await ada.publish(), m.Published)
    for number in range(50):
        ada.say(number)
    wes.say(1000)
    assert await vic.hears() == 1000
    await ada.do(cmd.AcceptOffer(microphone=True))
    await vic.watch(ada, wes)
    ada.say(2000)
    assert await vic.hears() == 2000


@pytest.mark.parametrize("end", ["remove", "mute", "mute all"])
async def test_after_the_acknowledgement_nothing_more_arrives(
    people: dict[str, Person], end: str
) -> None:
    """Whoever goes on sending is not forwarded from the acknowledgement on."""
    mia, ada, wes, vic = people.values()
    await vic.watch()
    await bring_up(mia, ada, wes)
    await vic.watch(ada, wes)
    chatter = asyncio.create_task(ada.chatter())
    for _ in range(20):
        await vic.hears()
    await mia.do(
        {
            "remove": cmd.RemoveFromStage(ada.id),
            "mute": cmd.TurnOff(ada.id, Device.MICROPHONE),
            "mute all": cmd.TurnAllOff(Device.MICROPHONE),
        }[end]
    )
    if end == "mute all":
        await wes.do(cmd.SetDevice(Device.MICROPHONE, True))
    # A witness' packet, sent after the acknowledgement, stands behind all that came before it.
    wes.say(700_000)
    while await vic.hears() != 700_000:
        pass
    await asyncio.sleep(0.4)  # some eighty packets of Ada's
    wes.say(700_001)
    assert await vic.hears() == 700_001
    assert vic.packets.empty()
    chatter.cancel()


async def test_who_does_not_share_gets_no_second_picture_through(
    people: dict[str, Person],
) -> None:
    """Rules 14 and 16: the camera is on; the screen is the person's to share, and then stopped."""
    mia, ada, _, vic = people.values()
    await vic.watch()
    await bring_up(mia, ada)
    await vic.watch(ada)
    for number in range(20):
        ada.show(number, SCREEN)
        ada.show(number, 0xD0D0)
        ada.show(1000 + number, VIDEO)
        assert await vic.hears() == 1000 + number
    await ada.do(cmd.SetDevice(Device.SCREEN, True))
    await vic.watch(ada, screen=ada)
    ada.show(2000, SCREEN)
    assert await vic.hears() == 2000
    await mia.do(cmd.TurnOff(ada.id, Device.SCREEN))
    for number in range(20):
        ada.show(2001 + number, SCREEN)
        ada.show(3000 + number, VIDEO)
        assert await vic.hears() == 3000 + number
    assert vic.packets.empty()
    refused = await mia.ask(cmd.SetDevice(Device.SCREEN, True))
    assert isinstance(refused, m.Refused)


async def test_a_muted_person_who_unmutes_is_heard_again(people: dict[str, Person]) -> None:
    mia, ada, _, vic = people.values()
    await vic.watch()
    await bring_up(mia, ada)
    ada.say(1)
    assert await vic.hears() == 1
    await ada.do(cmd.SetDevice(Device.MICROPHONE, False))
    for number in range(2, 30):
        ada.say(number)
    await ada.do(cmd.SetDevice(Device.MICROPHONE, True))
    ada.say(30)
    assert await vic.hears() == 30


async def test_a_lost_connection_is_not_heard_until_it_is_back(people: dict[str, Person]) -> None:
    """Rule 12: held seats send nothing, and come back muted."""
    mia, ada, wes, vic = people.values()
    await vic.watch()
    await bring_up(mia, ada, wes)
    await vic.watch(ada, wes)
    ada.say(1)
    assert await vic.hears() == 1
    await ada.socket.close()
    while not (mia.people[ada.id].away):
        await mia.hear()
    for number in range(2, 30):
        ada.say(number)
    wes.say(5000)
    assert await vic.hears() == 5000
    assert not mia.people[ada.id].microphone


async def test_backstage_one_is_seen_and_heard_by_moderators_alone(
    people: dict[str, Person],
) -> None:
    """Rule 14, and afterwards nothing from before by asking for what was lost."""
    mia, ada, wes, vic = people.values()
    await bring_up(mia, wes)
    await mia.do(cmd.ChangeSettings(backstage=True))
    await bring_up(mia, ada)
    await mia.watch(wes, ada)
    await vic.watch(wes)
    assert {track.person for track in vic.tracks} == {wes.id}
    for number in range(30):
        ada.say(number)
        assert await mia.hears() == number
        ada.show(1000 + number, VIDEO)
        assert await mia.hears() == 1000 + number
    wes.say(5000)
    assert await vic.hears() == 5000
    await mia.do(cmd.BringOn())
    await vic.watch(wes, ada)
    ada.say(6000)
    assert await mia.hears() == 5000
    assert await mia.hears() == 6000
    first = await vic.packets.get()
    assert int(first[-8:]) == 6000
    before = [(int.from_bytes(first[2:4]) - back) & 0xFFFF for back in range(1, 31)]
    vic.receiving.send_rtcp(rtcp.nack(1, int.from_bytes(first[8:12]), before))
    wes.say(7000)
    assert await vic.hears() == 7000


async def test_who_moderates_no_more_hears_no_backstage_after_the_acknowledgement(
    people: dict[str, Person], hal: Person
) -> None:
    mia, ada, wes, _ = people.values()
    await bring_up(mia, wes)
    await mia.do(cmd.ChangeSettings(backstage=True))
    await bring_up(mia, ada)
    await mia.watch(wes, ada)
    chatter = asyncio.create_task(ada.chatter())
    for _ in range(20):
        await mia.hears()
    await hal.do(cmd.DemoteModerator(mia.id))
    wes.say(700_000)
    while await mia.hears() != 700_000:
        pass
    await asyncio.sleep(0.4)
    wes.say(700_001)
    assert await mia.hears() == 700_001
    chatter.cancel()


async def test_join_directly_and_after_a_removal_not_again(people: dict[str, Person]) -> None:
    """Rules 1 and 13."""
    mia, ada, _, vic = people.values()
    await vic.watch()
    await mia.do(cmd.SetMode(Mode.OPEN))
    await ada.do(cmd.JoinStage(microphone=True))
    assert isinstance(await ada.publish(), m.Published)
    ada.say(1)
    assert await vic.hears() == 1
    await mia.do(cmd.RemoveFromStage(ada.id))
    refused = await ada.ask(cmd.JoinStage(microphone=True))
    assert isinstance(refused, m.Refused)
    assert refused.code is Code.REMOVED
    assert isinstance(await ada.publish(), m.Refused)


@pytest.mark.parametrize(
    "sdp",
    ["", "v=0", "v=0\r\n" * 20_000, "m=audio", "v=0\r\nm=video x y z\r\n", "\0" * 100, "💥"],
    ids=["empty", "bare", "long", "unframed", "no numbers", "zeroes", "no text"],
)
async def test_broken_sdp_is_refused_and_loses_nothing(people: dict[str, Person], sdp: str) -> None:
    mia, ada, _, vic = people.values()
    await vic.watch()
    await bring_up(mia, ada)
    for request in (m.Publish(sdp), m.SubscribeAnswer(1, sdp)):
        refused = await ada.ask(request)
        assert isinstance(refused, m.Refused)
        assert refused.code in (Code.BAD_SDP, Code.STALE_ANSWER, Code.TOO_LARGE)
        assert refused.sentence.endswith(".")
    ada.say(1)
    assert await vic.hears() == 1
