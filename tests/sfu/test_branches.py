"""Viewers of several layers: each sees one stream, whatever they switch to and whenever."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st

from stagedoor.sfu.packets import rtp, vp8
from stagedoor.sfu.packets.rtcp import SenderInfo
from stagedoor.sfu.packets.shift import NONE, Shift
from stagedoor.sfu.stage.branch import ALL, NOTHING
from stagedoor.sfu.stage.numbering import Arrival, Numbering
from stagedoor.sfu.stage.track import Track

from .renumbered import renumbered

TIDS = (0, 2, 1, 2)  # of a publisher's pictures, over and over
PACKETS = (1, 2, 3)  # of a picture, by layer
PEOPLE = ("ann", "ben", "cat")


@dataclass
class Sender:
    """One layer of a publisher's picture, as a browser's encoder numbers it."""

    layer: int
    source: int
    sequence: int
    offset: int
    picture: int
    tl0: int
    count: int = 0
    owner: str = ""

    def frame(self, at: int, key: bool) -> list[Arrival]:
        """The packets of a picture taken ``at`` milliseconds."""
        tid = 0 if key else TIDS[self.count % 4]
        self.count = 0 if key else self.count
        sync = key or self.count % 4 in (1, 2)
        self.tl0 = (self.tl0 + (tid == 0)) & 0xFF
        made = []
        number = PACKETS[self.layer]
        for index in range(number):
            descriptor = bytes([0x90 if index == 0 else 0x80, 0xE0])
            descriptor += (0x8000 | self.picture).to_bytes(2) + bytes([self.tl0])
            descriptor += bytes([tid << 6 | sync << 5])
            name = b"%s/%d/%d/%d" % (self.owner.encode(), self.layer, at, index)
            payload = descriptor + (b"\x50" if key else b"\x51") + name
            head = struct.pack(
                "!BBHII",
                0x80,
                96 | (0x80 if index == number - 1 else 0),
                self.sequence,
                (at * 90 + self.offset) & 0xFFFFFFFF,
                self.source,
            )
            self.sequence = (self.sequence + 1) & 0xFFFF
            packet = head + payload
            header = rtp.parse(packet)
            assert header is not None
            part = vp8.read(packet, header.payload)
            report = SenderInfo(self.source, 1000 << 32, self.offset & 0xFFFFFFFF)
            made.append(Arrival(packet, header, 96, self.source, at / 1000, part, report=report))
        self.count += 1
        self.picture = (self.picture + 1) & 0x7FFF
        return made


@dataclass
class Seen:
    """What one viewer got; ``known``: what can be asked for again."""

    packets: list[bytes] = field(default_factory=list)
    layers: list[tuple[int, bool, int]] = field(default_factory=list)
    known: dict[int, bytes] = field(default_factory=dict)

    def take(self, packet: bytes) -> None:
        """No two packets have one number, as SRTP needs it (RFC 7714, section 8)."""
        number = header_of(packet).sequence
        assert number not in self.known
        self.packets.append(packet)
        self.known[number] = packet


class Room:
    """A track, a publisher with three layers, and people who watch it."""

    def __init__(self, numbers: list[int]) -> None:
        self.track = Track("video", 99)
        self.seen = {person: Seen() for person in PEOPLE}
        self.at = 0
        self.source = 0
        for person in PEOPLE:
            self.track.admit(person)
            self.track.settle(person)
        self.sit("ada", numbers)

    def sit(self, owner: str, numbers: list[int]) -> None:
        """Another publisher, with these numbers to begin with."""
        self.senders = []
        for layer in range(3):
            self.source += 1
            first = numbers[layer % len(numbers)] + 7919 * layer
            self.senders.append(
                Sender(
                    layer,
                    self.source,
                    first & 0xFFFF,
                    (first * 65521) & 0xFFFFFFFF,
                    first & 0x7FFF,
                    first & 0xFF,
                    owner=owner,
                )
            )

    def pictures(self, key: bool, lost: frozenset[int] = frozenset()) -> None:
        """One picture in every layer; of each layer, the packets with these places are lost."""
        self.at += 40
        for sender in self.senders:
            for index, arrival in enumerate(sender.frame(self.at, key)):
                if index not in lost:
                    self.arrive(arrival, sender.layer)

    def arrive(self, arrival: Arrival, layer: int) -> None:
        for branch, out, without in self.track.forward(arrival, layer):
            for person in branch.followers - set(without):
                shift = self.track.followers[person].shift
                self.seen[person].take(renumbered(out, shift))
                assert arrival.part is not None
                self.seen[person].layers.append((layer, arrival.part.key, arrival.part.tid))

    def stop(self) -> None:
        """What is sent is taken away."""
        self.track.interrupt()
        for person, seen in self.seen.items():
            assert all(self.track.lost(person, number) is None for number in seen.known)
            seen.known.clear()

    def ask_again(self) -> None:
        """Whatever anybody got is sent again as it was, if it is remembered, and nothing else."""
        for person, seen in self.seen.items():
            numbers = [header_of(packet).sequence for packet in seen.packets]
            around = {(number + ahead) & 0xFFFF for number in numbers[-40:] for ahead in (-1, 0, 1)}
            for number in around & seen.known.keys():
                again = self.track.lost(person, number)
                if again is not None and not seen.known[number][0] & 0x20:
                    assert same(again, seen.known[number])
            for number in around - seen.known.keys():
                again = self.track.lost(person, number)
                assert again is None or again[8:] not in {one[8:] for one in seen.packets}
            if numbers and numbers[-1] in seen.known and self.track.followers[person].left is None:
                assert self.track.newest(person) is not None


def same(one: bytes, other: bytes) -> bool:
    """Whether two packets are alike but for the times they were sent at."""
    return (one[:12], one[20:]) == (other[:12], other[20:])


def header_of(packet: bytes) -> rtp.Header:
    header = rtp.parse(packet)
    assert header is not None
    return header


def check(seen: Seen) -> None:
    """No gap and no repetition, time goes on, and another layer begins with a keyframe."""
    before: rtp.Header | None = None
    number = tl0 = None
    layer = None
    for packet, (of, key, tid) in zip(seen.packets, seen.layers, strict=True):
        header = header_of(packet)
        part = vp8.read(packet, header.payload)
        assert part is not None
        if before is not None:
            assert header.sequence == (before.sequence + 1) & 0xFFFF
            ahead = (header.timestamp - before.timestamp) & 0xFFFFFFFF
            if part.start:
                assert 0 < ahead < 90 * 60_000
                assert number is not None
                assert tl0 is not None
                assert part.picture == (number + 1) & 0x7FFF
                assert part.tl0 == (tl0 + (tid == 0)) & 0xFF
            else:
                assert (ahead, part.picture, part.tl0) == (0, number, tl0)
            if of != layer:
                assert key
        before, number, tl0, layer = header, part.picture, part.tl0, of


steps = st.lists(
    st.one_of(
        st.tuples(st.just("pictures"), st.integers(1, 6), st.booleans()),
        st.tuples(
            st.just("aim"),
            st.sampled_from(PEOPLE),
            st.sampled_from([(NOTHING, ALL), (0, ALL), (1, ALL), (2, ALL), (2, 0), (1, 1), (0, 0)]),
        ),
        st.tuples(st.just("mute"), st.just(0), st.just(0)),
        st.tuples(st.just("sit"), st.integers(0, 0xFFFF), st.just(0)),
    ),
    max_size=40,
)


@settings(max_examples=150)
@given(steps, st.lists(st.integers(0, 0xFFFF), min_size=3, max_size=3))
def test_everybody_sees_one_stream_without_a_gap(
    script: list[tuple[str, object, object]], numbers: list[int]
) -> None:
    room = Room(numbers)
    room.pictures(True)
    for what, first, second in script:
        match what, first, second:
            case "pictures", int(count), bool(key):
                for index in range(count):
                    room.pictures(key and index == 0)
            case "aim", str(person), (int(layer), int(temporal)):
                room.track.aim(person, layer, temporal)
            case "mute", _, _:
                room.stop()
                room.pictures(True)
            case "sit", int(number), _:
                room.stop()
                room.sit(f"other-{number}", [number, number + 1, number + 2])
                room.pictures(True)
        room.ask_again()
    states = {(branch.layer, branch.temporal) for branch in room.track.branches}
    assert len(states) == len(room.track.branches), "who gets the same is together"
    assert len(room.track.branches) <= len(PEOPLE)
    for person, seen in room.seen.items():
        check(seen)
        follower = room.track.followers[person]
        for layer, _, tid in seen.layers[-1:]:
            assert follower.branch.layer in (layer, NOTHING)
            assert tid <= 3
    room.pictures(True)
    for person in PEOPLE:
        follower = room.track.followers[person]
        assert follower.content, "a keyframe brings everybody where they want to be"


@settings(max_examples=60)
@given(
    st.lists(st.tuples(st.integers(0, 2), st.booleans(), st.integers(0, 3)), max_size=30),
    st.integers(0, 2),
)
def test_losses_and_late_packets_show_as_what_they_are(
    script: list[tuple[int, bool, int]], temporal: int
) -> None:
    """A gap for each packet that is lost and one that comes late fits; the rest is as ever."""
    room = Room([65_000, 3, 30_000])
    track = room.track
    track.aim("ann", 2, temporal)
    room.pictures(True)
    sender = room.senders[2]
    late: list[Arrival] = []
    for lost, key, _ in script:
        room.at += 40
        for index, arrival in enumerate(sender.frame(room.at, key)):
            if index == lost:
                late.append(arrival._replace(newest=False))
            else:
                room.arrive(arrival, 2)
    for arrival in late:
        room.arrive(arrival, 2)
    mine = room.seen["ann"].packets
    numbers = [header_of(packet).sequence for packet in mine]
    assert len(set(numbers)) == len(numbers)
    if numbers:
        first = min(numbers, key=lambda one: (one - 64_990) & 0xFFFF)
        span = {(one - first) & 0xFFFF for one in numbers}
        assert span == set(range(len(span))), "what came late has filled its gap"
    for packet in mine:
        again = track.lost("ann", header_of(packet).sequence)
        if not packet[0] & 0x20:  # what took a number up is not sent again
            assert again is not None
            assert again[20:] == packet[20:]


def test_fewer_pictures_a_second_are_seen_as_a_slower_stream() -> None:
    room = Room([1, 2, 3])
    room.pictures(True)
    for _ in range(2):
        room.pictures(False)
    room.track.aim("ann", 0, 0)
    for _ in range(16):
        room.pictures(False)
    assert {tid for _, _, tid in room.seen["ann"].layers[-4:]} == {0}
    assert {tid for _, _, tid in room.seen["ben"].layers[-4:]} == {0, 1, 2}
    room.track.aim("ann", 0, ALL)
    for _ in range(8):
        room.pictures(False)
    assert {tid for _, _, tid in room.seen["ann"].layers[-4:]} == {0, 1, 2}, "without a keyframe"
    check(room.seen["ann"])


def test_a_layer_begins_at_the_time_its_picture_was_taken() -> None:
    """By the sender reports, though a picture of the other layer came a moment before."""
    room = Room([1, 500, 40_000])
    room.track.aim("ann", 0)
    room.pictures(True)
    room.track.aim("ann", 2)
    for sender in room.senders:
        for branch in room.track.branches:
            branch.translate(SenderInfo(5, 1000 << 32, sender.offset), sender.source)
    before = header_of(room.seen["ann"].packets[-1]).timestamp
    room.at += 13
    room.pictures(True)
    times = [header_of(packet).timestamp - before for packet in room.seen["ann"].packets[-3:]]
    assert times[-1] == times[-2]
    assert 53 * 90 <= times[-1] & 0xFFFFFFFF <= 53 * 90 + 90


def test_who_stays_is_not_touched_and_those_who_switch_stay_together() -> None:
    room = Room([1, 2, 3])
    room.pictures(True)
    for person in ("ann", "ben"):
        room.track.aim(person, 2)
    for _ in range(3):
        room.pictures(False)
    assert room.track.missing() == {2}
    assert len(room.track.branches) == 1
    room.pictures(True)
    assert [sorted(branch.followers) for branch in room.track.branches] == [["cat"], ["ann", "ben"]]
    for person in ("ann", "ben"):
        room.track.aim(person, 0)
    room.pictures(True)
    assert len(room.track.branches) == 1, "they get what the third got all the time"
    assert room.track.followers["cat"].shift == NONE
    for person in PEOPLE:
        room.track.aim(person, 1)
    first = room.track.branches[0]
    room.pictures(True)
    assert room.track.branches == [first], "all of a branch go: it turns"
    assert room.track.missing() == set()
    for seen in room.seen.values():
        check(seen)


def test_people_who_look_away_one_by_one_come_back_together() -> None:
    room = Room([1, 2, 3])
    room.pictures(True)
    for person in PEOPLE:
        room.track.aim(person, NOTHING)
        room.pictures(False)
    assert not room.track.branches[0].followers
    before = [len(seen.packets) for seen in room.seen.values()]
    assert before == [1, 2, 3]
    for person in PEOPLE:
        room.track.aim(person, 0)
    assert room.track.missing() == {0}
    room.pictures(False)
    room.pictures(True)
    room.pictures(False)
    assert [len(seen.packets) for seen in room.seen.values()] == [3, 4, 5]
    assert [branch.followers for branch in room.track.branches] == [set(PEOPLE)]
    assert len({room.track.followers[person].shift for person in PEOPLE}) == 3
    for seen in room.seen.values():
        check(seen)


def test_the_largest_of_the_smaller_layers_is_shown_until_the_one_that_is_wanted_begins() -> None:
    """Browsers send the largest of a picture's layers first."""
    room = Room([1, 2, 3])
    for person, layer in (("ann", 2), ("ben", 1), ("cat", NOTHING)):
        room.track.aim(person, layer)
    whole = room.senders
    room.senders = [whole[1], whole[0]]
    room.pictures(True)
    room.pictures(False)
    assert [room.track.followers[one].branch.layer for one in PEOPLE] == [1, 1, NOTHING]
    assert room.track.missing() == {2}
    assert len(room.track.branches) == 1
    room.pictures(True)
    assert [len(seen.packets) for seen in room.seen.values()] == [6, 6, 0]
    room.senders = whole[::-1]
    room.pictures(True)
    assert [room.track.followers[one].branch.layer for one in PEOPLE] == [2, 1, NOTHING]
    assert room.track.missing() == set()
    for seen in room.seen.values():
        check(seen)


def test_who_is_shown_somebody_anew_sees_what_there_is() -> None:
    room = Room([1, 2, 3])
    room.track.aim("ann", 2)
    room.pictures(True)
    room.track.show(lambda person: person != "ann")
    room.pictures(False)
    room.track.show(lambda person: True)
    room.track.aim("ann", 2)
    room.senders = room.senders[:2]
    room.pictures(True)
    assert room.track.followers["ann"].branch.layer == 0
    check(room.seen["ann"])


def test_what_comes_late_is_not_for_those_who_came_after_it() -> None:
    """Its number was another packet's for them."""
    room = Room([1, 2, 3])
    room.track.aim("ann", 2)
    room.pictures(True)
    late = room.senders[2].frame(room.at, False)[0]
    room.track.aim("ben", 2)
    room.pictures(True)
    room.arrive(late._replace(newest=False), 2)
    anns, bens = (room.seen[person].packets for person in ("ann", "ben"))
    assert header_of(anns[-1]).sequence == header_of(anns[-4]).sequence - 3
    assert late.packet[-10:] in anns[-1]
    assert late.packet[-10:] not in b"".join(bens)
    room.ask_again()


def test_numbers_of_seven_bits_go_on_where_they_begin_again() -> None:
    """All who count agree on a picture's number, however it was written."""
    numbering = Numbering(1, 0)
    numbers = []
    for index in range(300):
        narrow = struct.pack("!BBHII", 0x80, 96, index, 0, 1) + bytes([0x90, 0x80, index & 0x7F, 0])
        part = vp8.read(narrow, 12)
        header = rtp.parse(narrow)
        assert part is not None
        assert header is not None
        numbering.advance(index)
        numbering.follow(index, part)
        arrival = Arrival(narrow, header, 96, 1, 0.0, part)
        if index == 260:
            late = arrival
        again = vp8.read(numbering.write(arrival, 1, b"", Shift(picture=5)), 12)
        assert again is not None
        numbers.append(again.picture)
    assert numbers == [*range(5, 305)]
    again = vp8.read(numbering.write(late, 1, b""), 12)
    assert again is not None
    assert again.picture == 260


def test_who_looks_away_and_back_misses_nothing_that_was_meant_for_them() -> None:
    room = Room([1, 2, 3])
    room.pictures(True)
    room.track.aim("ann", NOTHING)
    for _ in range(20):
        room.pictures(False)
    room.track.aim("ann", 0)
    room.pictures(True)
    room.pictures(False)
    check(room.seen["ann"])
    assert len(room.seen["ann"].packets) == 3
    for packet in room.seen["ann"].packets:
        assert room.track.lost("ann", header_of(packet).sequence) is not None


def test_whoever_comes_is_put_where_others_are_and_needs_no_keyframe() -> None:
    room = Room([1, 2, 3])
    room.pictures(True)
    for person in ("ann", "ben"):
        room.track.aim(person, 1)
    room.pictures(True)
    room.track.admit("dan")
    room.track.aim("dan", 1)
    follower = room.track.followers["dan"]
    assert follower.branch is room.track.followers["ann"].branch
    assert len(room.track.branches) == 2
    room.track.settle("dan")
    assert follower.fresh
    room.seen["dan"] = Seen()
    room.pictures(False)
    assert not follower.fresh
    room.track.aim("dan", 0)
    assert room.track.missing() == {0}


def test_nothing_of_what_was_before_an_interruption_is_sent_again_by_any_branch() -> None:
    """Rule 14."""
    room = Room([1, 2, 3])
    room.pictures(True)
    room.track.aim("ann", 2)
    room.pictures(True)
    room.track.aim("ben", NOTHING)
    sent = [
        (person, header_of(packet).sequence)
        for person, seen in room.seen.items()
        for packet in seen.packets
    ]
    assert all(room.track.lost(*one) is not None for one in sent)
    room.track.interrupt()
    assert all(room.track.lost(*one) is None for one in sent)
