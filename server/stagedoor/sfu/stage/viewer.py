"""A person who watches: the connection that the stage is sent on, and its negotiation."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence

from stagedoor.media.interface import MediaError, SubscribeOffer, TrackMap

from ..negotiation.codecs import KNOWN, REPAIRS
from ..negotiation.descriptions import Line, Local
from ..negotiation.descriptions import offer as write_offer
from ..negotiation.sdp import ARRIVALS, Description, SdpError, payload_type
from ..packets import arrivals
from ..rates.downlink import Downlink
from ..transport.peer import Peer
from .mapping import TrackMaps
from .repair import Repair

PATIENCE = 15.0


class Viewer:
    """One subscription. One offer at a time: m-lines added meanwhile are offered afterwards.

    Whose the m-lines are that have been offered is told at any time, as no SDP changes by it.

    ``wanted``: how many bits a second pictures would take if the next better layer that the viewer
    shows were sent, 0 where there is none, and ``useful`` if all of them were; set by whoever
    chooses layers. ``padding``: octets of it that are due. ``sizes``: in how many lines pictures
    are shown, by person and kind; 0 is not at all. ``nacks``, ``plis``: how many packets and
    keyframes were asked for. ``reporting``: by m-line the payload type of padding whose arrival the
    viewer reports. ``spent``: the bits a second of the pictures that were chosen.
    """

    def __init__(self, person: str, first_revision: int) -> None:
        self.person = person
        self.peer: Peer | None = None
        self.accepted: dict[str, frozenset[int]] = {}
        self.downlink = Downlink()
        self.repair = Repair()
        self.nacks = self.plis = 0
        self.reporting: dict[str, int] = {}
        self.wanted = self.useful = self.spent = 0
        self.padding = 0.0
        self.asked = False
        self.sizes: dict[tuple[str, str], float] = {}
        self.revision = first_revision
        self._answered = first_revision
        self._offered_at = 0.0
        self._known = 0  # how many m-lines the last offer has
        self._told: list[TrackMap] = []
        self._stale = True
        self._short = False
        self._session = secrets.randbits(48)

    def renew(self, peer: Peer) -> None:
        """Begin again with a new connection."""
        self.peer = peer
        self.accepted = {}
        self.reporting = {}
        self.asked = False
        self.downlink = Downlink()
        self.repair = Repair()
        self._answered = self.revision
        self._known, self._told = 0, []
        self._stale = True
        self._session = secrets.randbits(48)

    @property
    def budget(self) -> int | None:
        """The bits a second that pictures may take on the way to this viewer; None: unknown.

        Sound is not part of it: it is always sent.
        """
        return self.downlink.budget

    @property
    def tries(self) -> bool:
        """Whether padding is to be sent, or waited for."""
        return self.wanted > 0 or self.downlink.trains.train is not None

    @property
    def takes_padding(self) -> bool:
        """Whether padding, which nobody sees, can tell if more would reach the viewer."""
        return any(number in REPAIRS.values() for one in self.accepted.values() for number in one)

    def change(self) -> None:
        """The stage changed: what this viewer has been told may be so no more."""
        self._stale = True

    @property
    def _out(self) -> bool:
        """Whether an offer is unanswered."""
        return self._answered < self.revision

    @property
    def owed(self) -> bool:
        """Whether there may be something to tell: an offer, or whose the m-lines are."""
        return self.peer is not None and (self._stale or (self._short and not self._out))

    def next(
        self, lines: Sequence[Line], maps: TrackMaps, local: Callable[[Peer], Local], now: float
    ) -> SubscribeOffer | list[TrackMap] | None:
        """What is to be told now, if anything.

        An offer, if there are m-lines that this viewer does not know, and none is out. Otherwise
        whose those are that the last offer has, if they have been told anything else.
        """
        if self.peer is None or not self.owed:
            return None
        self._stale = False
        self._short = self._short or len(lines) > self._known
        if self._short and not self._out:
            return self._offer(lines, maps, local(self.peer), now)
        tracks = maps.of(self.person, self._known)
        if tracks == self._told:
            return None
        self._told = tracks
        return tracks

    def _offer(
        self, lines: Sequence[Line], maps: TrackMaps, local: Local, now: float
    ) -> SubscribeOffer:
        fresh = not self._known
        self.revision += 1
        self._offered_at = now
        self._short, self._known = False, len(lines)
        self._told = maps.of(self.person, self._known)
        sdp = write_offer(lines, local, self._session, self.revision)
        return SubscribeOffer(self.revision, fresh, sdp, self._told)

    def overdue(self, now: float) -> bool:
        """Whether an offer has been out for too long: the client may never have got it."""
        return self._out and now - self._offered_at > PATIENCE

    def answer(self, revision: int, answer: Description) -> None:
        """Take an answer. Raises MediaError("stale_answer") and SdpError."""
        if revision != self.revision or self._answered >= revision or self.peer is None:
            raise MediaError("stale_answer", "This answer is to an offer that no longer stands.")
        remote = answer.transport()
        if remote.setup != "active":
            raise SdpError("the answer's a=setup must be active")
        known = self.peer.remote
        if known is not None and known.fingerprint != remote.fingerprint:
            raise SdpError("the answer names another certificate than before")
        ours = {codec.payload_type: codec.kind for codec in KNOWN}
        ours |= dict.fromkeys(REPAIRS.values(), "video")
        self.accepted, self.reporting = {}, {}
        for media in answer.media:
            takes = not media.rejected and media.direction in ("recvonly", "sendrecv")
            named = map(payload_type, media.formats if takes else ())
            mine = (one for one in named if one is not None and ours.get(one) == media.kind)
            self.accepted[media.mid] = frozenset(mine)
            repairs = self.accepted[media.mid] & {*REPAIRS.values()}
            if repairs and media.extensions.get(ARRIVALS) == arrivals.EXTENSION:
                self.reporting[media.mid] = min(repairs)
        self._answered = revision
        if known is None:
            self.peer.connect(remote)
