"""Packets, checks and handshakes over UDP by those who have no right to them.

Vic watches. After each try Wes, who is on stage, sends a packet, behind which stands whatever came
before it: so it is known that nothing else came, and that it could have.
"""

from __future__ import annotations

import asyncio
import os
import re
import secrets
import socket
from collections.abc import Callable, Iterator

import aiohttp
from aioice import stun

from bench.peer import Peer
from stagedoor import messages as m
from stagedoor.rules import commands as c
from stagedoor.rules.values import Device
from stagedoor.sfu.packets import rtcp
from tests.server_process import ServerProcess
from tests.test_disobedience import AUDIO, SCREEN, VIDEO, Person, bring_up

from .score import Score

EVIL = b"EVIL"
EACH = 20  # packets of a kind
NTP = 0xE71C_0000_0000_0000
LINKS = {"mia": "moderator", "hal": "host"}
SILENCE = 0.5  # seconds without a response to a check

Send = Callable[[bytes], None]


def packets(*ssrcs: int) -> Iterator[bytes]:
    """RTP of sound and pictures that must not arrive."""
    for number in range(EACH):
        for ssrc in ssrcs:
            payload_type = 111 if ssrc == AUDIO else 96
            header = bytes([0x80, payload_type]) + number.to_bytes(2) + (number * 960).to_bytes(4)
            yield header + ssrc.to_bytes(4) + EVIL + b"%04d" % number


def reports(*ssrcs: int) -> Iterator[bytes]:
    """RTCP that must not be passed on, and some that says goodbye for others."""
    for number in range(EACH):
        for ssrc in ssrcs:
            yield rtcp.sender_report(rtcp.SenderInfo(ssrc, NTP + number, number), number, number)
            yield bytes([0x81, 203, 0, 1]) + ssrc.to_bytes(4)  # BYE
            yield rtcp.pli(ssrc, ssrc)


class Scene:
    """A room with somebody of every kind."""

    def __init__(self, server: ServerProcess, http: aiohttp.ClientSession, score: Score) -> None:
        self.server, self.http, self.score = server, http, score
        self.room = ""
        self.people: dict[str, Person] = {}
        self.passed_on = 0
        self.sent_of_wes = 0  # the SSRC under which Vic gets it
        self._number = 1000

    async def enter(self, name: str) -> Person:
        """Mia moderates, and Hal is the host."""
        token = ""
        if name in LINKS:
            links = await asyncio.to_thread(self.server.links, self.room)
            token = links[LINKS[name]].partition("#token=")[2]
        url = self.server.socket_url(self.room)
        person = Person(await self.http.ws_connect(url, origin=self.server.url))
        assert isinstance(await person.ask(m.Enter(name, token)), m.Welcome)
        self.people[name] = person
        return person

    async def open(self) -> None:
        """Wes is heard by Vic."""
        made = await asyncio.to_thread(self.server.create_room, name="Media")
        self.room = made["room"]["id"]
        mia, wes, vic = [await self.enter(name) for name in ("mia", "wes", "vic")]
        await vic.watch()
        vic.receiving.on_rtcp = self._heard
        await bring_up(mia, wes)
        await vic.watch(wes)
        assert await self.evil_heard() == 0

    def _heard(self, compound: bytes) -> None:
        self.passed_on += NTP.to_bytes(8)[:4] in compound

    def next(self) -> int:
        """The number of Wes' next packet of sound."""
        self._number += 1
        return self._number

    async def evil_heard(self, name: str = "vic") -> int:
        """How much that is evil has come to Vic, or another, before Wes' next packet."""
        wes, vic = self.people["wes"], self.people[name]
        number = self.next()
        wes.say(number)
        found = 0
        async with asyncio.timeout(30):
            while True:
                packet = await vic.packets.get()
                found += EVIL in packet
                if packet.endswith(b"%08d" % number) and EVIL not in packet:
                    self.sent_of_wes = int.from_bytes(packet[8:12])
                    return found

    async def judge(self, what: str, tried: int, accepted: int | None = None) -> None:
        """So many were tried; count what came of them."""
        if accepted is None:
            accepted = await self.evil_heard() + self.passed_on
            self.passed_on = 0
        for number in range(tried):
            self.score.judge(what, number < accepted, False, f"{accepted} of {tried}")

    async def send(self, what: str, send: Send, some: Iterator[bytes]) -> None:
        """Send these, a few at a time, and count what comes of it."""
        tried = 0
        for tried, packet in enumerate(some, 1):
            send(packet)
            if tried % 16 == 0:
                await asyncio.sleep(0.005)
        await asyncio.sleep(0.1)
        await self.judge(what, tried)


async def media(server: ServerProcess, http: aiohttp.ClientSession, score: Score) -> str:
    """Try all of it; the room's id."""
    scene = Scene(server, http, score)
    await scene.open()
    await _without_a_grant(scene)
    await _by_others_connections(scene)
    await _by_strangers(scene)
    await _handshakes(scene)
    return scene.room


async def _without_a_grant(scene: Scene) -> None:
    """Connected, and sending what is not granted."""
    mia = scene.people["mia"]
    olga, ada, hilda = [await scene.enter(name) for name in ("olga", "ada", "hilda")]
    await mia.do(c.Invite(olga.id))
    assert isinstance(await olga.publish(), m.Published)
    await bring_up(mia, ada, hilda)
    for device in (Device.MICROPHONE, Device.CAMERA):
        await mia.do(c.TurnOff(ada.id, device))
    await hilda.socket.close()
    while not mia.people[hilda.id].away:
        await mia.hear()
    everything = (AUDIO, VIDEO, SCREEN, 0xD0D0)
    for what, person in (("offered", olga), ("muted", ada), ("disconnected", hilda)):
        sending = person.sending
        await scene.send(f"RTP while {what}", sending.send_rtp, packets(*everything))
        await scene.send(f"RTCP while {what}", sending.send_rtcp, reports(*everything))
    ssrc = scene.sent_of_wes
    await scene.send("RTP under others' SSRCs", ada.sending.send_rtp, packets(ssrc, AUDIO, VIDEO))
    await scene.send("RTCP under others' SSRCs", ada.sending.send_rtcp, reports(ssrc, AUDIO))
    await mia.do(c.RemoveFromStage(ada.id))
    await scene.send("RTP after a removal", ada.sending.send_rtp, packets(*everything))
    await mia.do(c.Invite(ada.id))
    await scene.send("RTP by an old connection", ada.sending.send_rtp, packets(*everything))


async def _by_others_connections(scene: Scene) -> None:
    """A viewer's connection, and bytes that are not protected with its keys."""
    wes, vic, olga = (scene.people[name] for name in ("wes", "vic", "olga"))
    await scene.send("RTP by a viewer", vic.receiving.send_rtp, packets(AUDIO, VIDEO))
    await scene.send("RTP without protection", wes.sending.send, packets(AUDIO, VIDEO))
    session = olga.sending._sending
    assert session is not None
    foreign = (session.protect(packet) for packet in packets(AUDIO, VIDEO))
    await scene.send("RTP under others' keys", wes.sending.send, foreign)


async def _by_strangers(scene: Scene) -> None:
    """From an address that nobody has connected from."""
    remote = scene.people["wes"].sending._remote
    assert remote is not None
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
        stranger.setblocking(False)

        def send(datagram: bytes) -> None:
            stranger.sendto(datagram, remote.address)

        await scene.send("RTP of a stranger", send, packets(AUDIO, VIDEO))
        garbage = (bytes([128 + n]) + os.urandom(60) for n in range(EACH))
        await scene.send("garbage of a stranger", send, garbage)
        for what, ufrag, pwd in (
            ("STUN with a wrong ufrag", "wrong", remote.pwd),
            ("STUN with a wrong password", remote.ufrag, "w" * 32),
            ("STUN with an empty password", remote.ufrag, ""),
        ):
            for _ in range(EACH):
                send(_check(ufrag, pwd))
            await asyncio.sleep(SILENCE)
            await scene.judge(what, EACH, _responses(stranger))
            await scene.send(f"RTP after {what}", send, packets(AUDIO))


def _check(ufrag: str, pwd: str) -> bytes:
    request = stun.Message(stun.Method.BINDING, stun.Class.REQUEST, os.urandom(12))
    request.attributes["USERNAME"] = f"{ufrag}:{secrets.token_hex(4)}"
    request.attributes["PRIORITY"] = 1845501695
    request.attributes["ICE-CONTROLLING"] = secrets.randbits(64)
    request.attributes["USE-CANDIDATE"] = None
    request.add_message_integrity(pwd.encode())
    request.add_fingerprint()
    return bytes(request)


def _responses(sock: socket.socket) -> int:
    """How many datagrams have come back."""
    found = 0
    while True:
        try:
            sock.recv(2048)
        except OSError:
            return found
        found += 1


async def _handshakes(scene: Scene) -> None:
    """DTLS with another certificate than was described, and by somebody who knows a password."""
    mia, eva = scene.people["mia"], await scene.enter("eva")
    await mia.do(c.Invite(eva.id))
    await eva.do(c.AcceptOffer(microphone=True, camera=True))
    peer = await Peer.open()
    other = ":".join(f"{byte:02X}" for byte in os.urandom(32))
    offer = re.sub(r"(a=fingerprint:sha-256 )\S+", rf"\g<1>{other}", peer.offer(AUDIO, VIDEO))
    answer = await eva.ask(m.Publish(offer))
    assert isinstance(answer, m.Published), answer
    await _shake_hands(scene, "DTLS with another certificate", peer, answer.sdp)
    assert isinstance(await eva.publish(), m.Published), "with her own certificate she connects"
    thief = await Peer.open()
    theirs = eva.sending._remote
    assert theirs is not None
    stolen = re.sub(r"(a=ice-ufrag:)\S+", rf"\g<1>{theirs.ufrag}", answer.sdp)
    stolen = re.sub(r"(a=ice-pwd:)\S+", rf"\g<1>{theirs.pwd}", stolen)
    await _shake_hands(scene, "DTLS of a stranger who has the password", thief, stolen)


async def _shake_hands(scene: Scene, what: str, peer: Peer, sdp: str) -> None:
    """Try to connect; if that seems to be done on this side, send."""
    connecting = asyncio.create_task(peer.connect(sdp))
    await asyncio.wait([connecting], timeout=2)
    if peer._sending is not None:
        await scene.send(f"RTP after {what}", peer.send_rtp, packets(AUDIO, VIDEO))
    else:
        await scene.judge(what, 1)
    connecting.cancel()
    peer.close()
