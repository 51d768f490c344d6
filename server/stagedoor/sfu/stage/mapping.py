"""Whose the m-lines are, as viewers are told it: worked out once for all who are told the same."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from stagedoor.media.interface import TrackMap

from ..negotiation.descriptions import Line


class TrackMaps:
    """A stage's at one moment. ``public`` and ``everybody``: who is at which stream (Stage.people).

    The one is for all, the other for the ``insiders``, to whom people backstage are shown, too.
    """

    def __init__(
        self,
        lines: Sequence[Line],
        public: Mapping[str, str],
        everybody: Mapping[str, str],
        insiders: Collection[str],
    ) -> None:
        self._lines = lines
        self._public = public
        self._everybody = everybody
        self._insiders = insiders
        self._made: dict[tuple[bool, str, int], list[TrackMap]] = {}

    def of(self, viewer: str, count: int) -> list[TrackMap]:
        """Whose the first ``count`` m-lines are, without those of the viewer's own place.

        It is the same list for all who are told the same.
        """
        inside = viewer in self._insiders
        people = self._everybody if inside else self._public
        own = viewer if viewer in people.values() else ""
        key = inside, own, count
        if key not in self._made:
            self._made[key] = [
                TrackMap(line.mid, person, line.kind)
                for line in self._lines[:count]
                if (person := people.get(line.stream)) is not None and person != own
            ]
        return self._made[key]
