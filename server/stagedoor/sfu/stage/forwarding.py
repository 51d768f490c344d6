"""The packets' way through a stage: from a publisher to its viewers, and feedback back again."""

from __future__ import annotations

from collections.abc import Sequence

from ..negotiation import codecs
from ..packets import arrivals, rtcp, rtp
from ..packets.shift import NONE, Numbered, Shift
from ..transport.batch import Batch
from ..transport.runs import Run, runs
from ..transport.srtp import SENT
from ..workers import links
from .branch import Branch
from .catching import STEP
from .numbering import Arrival
from .outgoing import Outgoing
from .pacing import Pacing
from .publisher import Publisher, Source
from .stage import Place, Stage
from .track import Track
from .viewer import Viewer

MOMENT = 0.2  # seconds of sound before it was loud enough that are sent after all
MAX_PADDING = 32  # packets at once
HOLD = 0.25  # seconds in which to learn what a way bears, before the first picture by it
REPORTS = 512  # that are remembered, to tell round trips by
OVERHEAD = 20 + 8 + 12 + 8 + 16  # octets of IPv4, UDP, RTP with an extension, and SRTP


class Forwarder:
    """Carries packets within stages and counts them. Times in seconds of the caller's clock."""

    def __init__(self, batch: Batch, outgoing: Outgoing) -> None:
        self._batch = batch
        self._outgoing = outgoing
        self.received = 0
        self.refused = 0
        self.forwarded = 0
        self.resent = 0
        self.withheld = 0
        self.padding = 0
        self.caught_up = 0
        self._passed_on: dict[tuple[int, int], float] = {}  # sender reports, by SSRC and time
        self._numbers = [0]  # sources ever seen, so that each has a number of its own

    def rtp(self, stage: Stage, publisher: Publisher, packet: bytes, now: float) -> None:
        """Forward one RTP packet, if its sender may be heard or seen now (rule 14)."""
        header = rtp.parse(packet)
        if header is None:
            return
        recovered = None
        if header.payload_type in publisher.repairing:
            recovered = publisher.recovered(packet, header)
            header = rtp.parse(recovered) if recovered is not None else None
            if recovered is None or header is None:
                return
            packet = recovered
        source = publisher.source(packet, header, self._numbers)
        if source is None:
            return
        payload_type = source.line.payload_types.get(header.payload_type)
        if payload_type is None:
            return
        self.received += 1
        if recovered is None:
            publisher.count(source, packet, header, now)
            if source.reception.arrived(header.sequence, header.timestamp, now):
                publisher.losing = True
        grant = stage.grants.get(publisher.person)
        place = stage.place_of(publisher.person)
        if (
            grant is None
            or place is None
            or not grant.allows(source.kind)
            or (publisher.backstage and grant.public)
        ):
            self.refused += 1
            return
        kind = links.RTP if grant.public else links.BACKSTAGE
        for link in stage.relays.values():
            link.put(kind, publisher.number, packet)
        track = place.tracks[source.kind]
        arrival = _arrival(packet, header, payload_type, source, now)
        source.count(packet, arrival.part, now)
        if source.kind != "audio":
            publisher.begun(source, arrival.part)
            self._forward(stage, place, track, arrival, source.layer)
            return
        extension = publisher.published.level_extension
        level = rtp.audio_level(packet, extension) if extension is not None else None
        if level is not None:
            stage.speakers.heard(publisher.person, level, now)
        heard = stage.loudest[grant.public].hear(publisher.person, level, now)
        for one in self._voice(source, track, arrival, heard):
            self._forward(stage, place, track, one, source.layer)

    def _forward(
        self, stage: Stage, place: Place, track: Track, arrival: Arrival, layer: int
    ) -> None:
        for branch, out, without in track.forward(arrival, layer):
            receivers = stage.receivers(place, track, branch, without)
            if receivers:
                self.forwarded += len(receivers)
                track.tally.add(len(receivers), arrival.now)
            self._outgoing.put(track, out, receivers.prompt, arrival.now)
            if receivers.shifted:
                self._outgoing.put(track, out, receivers.shifted, arrival.now)
            for pacing, shift in receivers.slow:
                mine = Numbered.of(out, codecs.part).shifted(shift) if shift != NONE else out
                pacing.put(track, mine)
                self._spread(pacing, arrival.now)

    def pace(self, stage: Stage, now: float) -> None:
        """Send what is due of what waits for those whose way is narrow."""
        for person, pacing in list(stage.pacing.items()):
            self._spread(pacing, now)
            if pacing.ends and pacing.empty:
                stage.paced(person)

    def _spread(self, pacing: Pacing, now: float) -> None:
        for packet in pacing.due(now):
            self._batch.fan_out(Run([packet]), [pacing.peer])

    def _voice(
        self, source: Source, track: Track, arrival: Arrival, heard: bool
    ) -> Sequence[Arrival]:
        """A packet of sound, if the voice is heard; after a pause the moment before it, too.

        After a pause it counts as another source's, so that its numbers follow on without a gap.
        """
        if not heard:
            source.withheld.append((track.era, arrival))
            self.withheld += 1
            return ()
        if not source.withheld:
            return (arrival,)
        self._numbers[0] += 1
        source.number = self._numbers[0]
        moment = [
            one
            for era, one in source.withheld
            if era == track.era and arrival.now - one.now < MOMENT and one.newest
        ]
        source.withheld.clear()
        return [one._replace(source=source.number) for one in (*moment, arrival)]

    def publisher_rtcp(
        self, stage: Stage, publisher: Publisher, compound: bytes, now: float
    ) -> None:
        """A publisher's sender reports go on to its viewers, in the track's numbering."""
        place = stage.place_of(publisher.person)
        for link in stage.relays.values():
            link.put(links.RTCP, publisher.number, compound)
        for packet in rtcp.split(compound):
            info = rtcp.sender_info(packet) if packet.type == rtcp.SR else None
            source = publisher.sources.get(info.ssrc) if info else None
            if info is None or source is None:
                continue
            source.reception.sender_report(info.ntp, now)
            source.reported = info
            track = place.tracks.get(source.kind) if place is not None else None
            if place is not None and track is not None:
                self._pass_on(stage, place, track, source, info, now)

    def _pass_on(
        self,
        stage: Stage,
        place: Place,
        track: Track,
        source: Source,
        info: rtcp.SenderInfo,
        now: float,
    ) -> None:
        for branch in track.branches:
            translated = branch.translate(info, source.number)
            if translated is None:
                continue
            receivers = stage.receivers(place, track, branch)
            report = _report(translated, branch, NONE, place.stream)
            for peer, shift in receivers:
                mine = _report(translated, branch, shift, place.stream) if shift != NONE else report
                peer.send_rtcp(mine)
        self._passed_on[track.ssrc, info.ntp >> 16 & 0xFFFFFFFF] = now
        if len(self._passed_on) > REPORTS:
            del self._passed_on[next(iter(self._passed_on))]

    def viewer_rtcp(self, stage: Stage, viewer: Viewer, compound: bytes, now: float) -> None:
        """What a viewer says: how it arrives, and what is wanted, keyframes and lost packets."""
        remb = None
        for packet in rtcp.split(compound):
            for block in rtcp.report_blocks(packet):
                self._arrived(stage, viewer, block, now)
            remb = rtcp.estimated(packet) or remb
            viewer.downlink.trains.heard(arrivals.arrived(packet))
            for ssrc in rtcp.keyframe_wanted(packet):
                viewer.plis += 1
                found = stage.place_with(ssrc)
                if found is not None and stage.shows(found[0], viewer.person):
                    branch = found[1].followers[viewer.person].branch
                    stage.ask_for_keyframe(*found, branch.layer)
            ssrc, lost = rtcp.lost_packets(packet)
            viewer.nacks += len(lost)
            found = stage.place_with(ssrc) if lost else None
            if found is not None:
                if viewer.downlink.asked(ssrc, lost, viewer.spent, now):
                    stage.director.stem(viewer)
                self._resend(stage, viewer, found, lost[: viewer.repair.looks(len(lost), now)], now)
        viewer.downlink.hear(remb, now)
        if viewer.downlink.trains.train is not None:
            self._learn(stage, viewer, now)

    def _arrived(self, stage: Stage, viewer: Viewer, block: rtcp.ReportBlock, now: float) -> None:
        """How one track arrived at a viewer; sound takes no part in what pictures may take."""
        found = stage.place_with(block.ssrc)
        if found is None:
            return
        _, track = found
        passed_on = self._passed_on.get((block.ssrc, block.last_sr))
        if passed_on is not None:
            viewer.downlink.trip(now - passed_on - block.delay / 65536)
        branch = track.followers[viewer.person].branch
        if track.kind != "audio" and branch.packets:
            viewer.downlink.report(block, branch.size + OVERHEAD)

    def _resend(
        self,
        stage: Stage,
        viewer: Viewer,
        found: tuple[Place, Track],
        lost: list[int],
        now: float,
    ) -> None:
        """Send lost packets again, within limits; on a stream of their own if that was taken.

        Else it is the very same packet, as one number must not protect two different ones; SRTP
        refuses one that is too far back.
        """
        place, track = found
        peer, downlink = viewer.peer, viewer.downlink
        if peer is None or not stage.sent(place, track, viewer):
            return
        if downlink.stemming(now):
            return
        accepted = viewer.accepted[stage.mid(track)]
        rate = downlink.budget or downlink.sent
        newest = track.followers[viewer.person].position().sequence
        for sequence in lost:
            packet = track.lost(viewer.person, sequence)
            wraps = packet is not None and codecs.REPAIRS.get(packet[1] & 0x7F) in accepted
            if packet is None or not (wraps or newest - sequence & 0xFFFF < SENT):
                continue
            if not viewer.repair.again(packet, rate, downlink.rtt, now):
                continue
            again = viewer.repair.wrapped(packet, now) if wraps else packet
            downlink.repaired(len(again) + OVERHEAD)
            self._batch.fan_out(Run([again]), [peer])
            track.tally.add(1, now)
            self.resent += 1

    def catch_up(self, stage: Stage, now: float) -> None:
        """Send whoever has just come some more of what there is since the last keyframes."""
        for person, tracks in list(stage.catching.items()):
            peer = stage.viewers[person].peer
            receivers = [peer] if peer is not None else []
            left = STEP
            for track in [one.track for one in tracks.values()]:
                caught, follower = tracks[track.ssrc], track.followers[person]
                place = stage.place_with(track.ssrc)
                shown = place is not None and stage.shows(place[0], person)
                if not receivers or not shown or not caught.stands(follower.branch):
                    stage.caught_up(person, track)
                    continue
                packets, done = caught.step()
                follower.begun = follower.begun or bool(packets)
                left -= len(packets)
                for packet in packets:
                    self._outgoing.put(track, packet, receivers, now)
                    track.tally.add(1, now)
                self.caught_up += len(packets)
                if done:
                    stage.caught_up(person, track)
                if left <= 0:
                    break

    def settle(self, stage: Stage, viewer: Viewer, now: float) -> None:
        """A viewer connected, or took more m-lines: send them what there is.

        It is asked first what their way bears, which takes a moment. Where there are layers to
        choose from, no picture is sent before the answer, but after HOLD seconds in any case.
        """
        downlink = viewer.downlink
        if viewer.peer is not None and viewer.peer.ready and not viewer.asked:
            viewer.asked = True
            if not viewer.reporting:
                downlink.guess(now)
            else:
                downlink.trains.begin(now)
                self._train(stage, viewer, 0.0, now)
                if stage.director.layered:
                    stage.holding[viewer.person] = now + HOLD
        stage.settle(viewer, now)
        self.catch_up(stage, now)

    def release(self, stage: Stage, now: float) -> None:
        """Send pictures to those who have waited for long enough."""
        for person in [one for one, until in stage.holding.items() if now >= until]:
            viewer = stage.viewers[person]
            viewer.downlink.guess(now)
            self._release(stage, viewer, now)

    def _release(self, stage: Stage, viewer: Viewer, now: float) -> None:
        del stage.holding[viewer.person]
        stage.settle(viewer, now)
        self.catch_up(stage, now)

    def _learn(self, stage: Stage, viewer: Viewer, now: float) -> None:
        """See whether a train of padding has told something."""
        if viewer.downlink.learn(now):
            stage.director.due[viewer.person] = None
        if viewer.person in stage.holding and viewer.downlink.trains.train is None:
            self._release(stage, viewer, now)

    def _train(self, stage: Stage, viewer: Viewer, seconds: float, now: float) -> None:
        """Send what is due of a train of padding."""
        peer, downlink = viewer.peer, viewer.downlink
        line = next((one for one in stage.lines if one.mid in viewer.reporting), None)
        count = downlink.train(viewer.wanted, viewer.useful, seconds, now)
        if peer is None or line is None or not count:
            return
        payload_type, number = viewer.reporting[line.mid], downlink.trains.number
        packets = [
            viewer.repair.padding(line.ssrc, payload_type, number(now), now) for _ in range(count)
        ]
        for run in runs(packets, self._batch.segments):
            self._batch.fan_out(run, [peer])
        self.padding += count

    def pad(self, stage: Stage, viewer: Viewer, seconds: float, now: float) -> None:
        """Try whether more would reach a viewer: a time's padding, if there is any to be sent now.

        It is the newest picture's packet, sent again and again on the stream for that.
        """
        peer, downlink = viewer.peer, viewer.downlink
        if peer is None or not peer.ready:
            return
        if viewer.reporting:
            self._learn(stage, viewer, now)
            self._train(stage, viewer, seconds, now)
            return
        rate = downlink.try_more(viewer.wanted, viewer.useful, now)
        packet = self._newest(stage, viewer) if rate else None
        if packet is None:
            return
        size = len(packet) + OVERHEAD
        viewer.padding = min(viewer.padding + rate * seconds / 8, MAX_PADDING * size)
        while viewer.padding >= size:
            viewer.padding -= size
            downlink.repaired(size)
            self._batch.fan_out(Run([viewer.repair.wrapped(packet, now)]), [peer])
            self.padding += 1

    def _newest(self, stage: Stage, viewer: Viewer) -> bytes | None:
        """The newest packet of a picture that the viewer is sent, and takes again."""
        for line in stage.lines:
            found = stage.place_with(line.ssrc)
            if found is None or line.kind == "audio":
                continue
            place, track = found
            branch = track.followers[viewer.person].branch
            if codecs.REPAIRS.get(branch.payload_type) not in viewer.accepted.get(line.mid, ()):
                continue
            packet = track.newest(viewer.person)
            if packet is not None and stage.sent(place, track, viewer):
                return packet
        return None


def _report(info: rtcp.SenderInfo, branch: Branch, shift: Shift, cname: str) -> bytes:
    """A branch's sender report for those whose numbers are so far ahead."""
    shifted = rtcp.SenderInfo(info.ssrc, info.ntp, info.timestamp + shift.timestamp)
    counts = branch.packets + shift.packets, branch.octets + shift.octets
    return rtcp.sender_report(shifted, *counts) + rtcp.source_description(info.ssrc, cname)


def _arrival(
    packet: bytes, header: rtp.Header, payload_type: int, source: Source, now: float
) -> Arrival:
    return Arrival(
        packet,
        header,
        payload_type,
        source.number,
        now,
        codecs.part(payload_type, packet, header.payload),
        rtp.empty(packet, header),
        source.reception.newest(header.sequence),
        source.reported,
    )
