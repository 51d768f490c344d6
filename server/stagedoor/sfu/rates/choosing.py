"""Which layer of each picture a viewer is sent: by what is shown, and by what the way takes. Pure.

Sound is not spoken of here: it is always sent, and the budget is what is left for pictures.

A picture has **rungs**, each a layer with so many of its temporal layers, from the cheapest on.
The highest one that is of use is the smallest layer with enough lines for the size in which the
picture is shown. Where all of that does not fit the budget, every picture gets its lowest rung, the
largest first, and those that are left out are not sent; then all are raised, a rung at a time, the
largest first, while there is room. The largest, and what comes in one layer alone, is sent in any
case, and so are lowest rungs that take no more than FLOOR together: an estimate that is too low
must not take away what might arrive. But after so much was lost that the sound was, too, a picture
that takes over twice the budget (STRICT) is left out.

Nothing flaps: a rung above the present one has to fit with some room to spare, and a smaller layer
than the present one has to have more lines than it would otherwise need.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ..stage.branch import ALL, NOTHING

FLOOR = 150_000  # bits a second; a way that bears less is one for sound alone
COVERS = 0.75  # of the lines shown, a layer's lines are enough
COVERS_LESS = 0.95  # the same, for layers under the present one
ROOM = 1.15  # what a rung above the present one counts
STRICT = 2.0  # times the budget, what a picture may take that is sent in any case
STEP = 1.1  # a rung costs so much more than the one below


class Layer(NamedTuple):
    """A layer that can be had: its lines, and its bits a second up to each temporal layer."""

    lines: int
    rates: tuple[int, ...]


class Choice(NamedTuple):
    """What is sent of a picture: a layer, or NOTHING, and the temporal layers up to one."""

    layer: int
    temporal: int = ALL


class Picture(NamedTuple):
    """A picture that a viewer may be sent. ``lines``: how large it is shown, None if unknown."""

    lines: float | None
    layers: Mapping[int, Layer]
    now: Choice = Choice(NOTHING)


class Chosen(NamedTuple):
    """For each picture what to send, and what that takes, in bits a second for all together.

    ``wanted``: the same with the next rung; 0 where there is none. ``useful``: with all of them.
    """

    choices: list[Choice]
    wanted: int
    spent: int = 0
    useful: int = 0


class Rung(NamedTuple):
    """A choice and its bits a second."""

    choice: Choice
    rate: int


def choose(pictures: Sequence[Picture], budget: int | None, strict: bool = False) -> Chosen:
    """What to send of these pictures in a budget of bits a second; None is no limit.

    ``strict``: nothing is sent in any case of which it is known that it drowns the sound.
    """
    ladders = [_ladder(picture) for picture in pictures]
    useful = sum(ladder[-1].rate for ladder in ladders if ladder)
    if budget is None:
        choices = [ladder[-1].choice if ladder else Choice(NOTHING) for ladder in ladders]
        return Chosen(choices, 0, useful, useful)
    order = [index for index in _by_size(pictures) if ladders[index]]
    at = dict.fromkeys(range(len(pictures)), -1)
    spent, wanted = 0.0, 0.0
    most = STRICT * max(budget, FLOOR) if strict else float("inf")
    always = {index for index in order if len(pictures[index].layers) == 1} | {*order[:1]}
    always = {index for index in always if ladders[index][0].rate <= most}
    for index in sorted(order, key=lambda index: index not in always):
        cost = _cost(pictures[index], ladders[index], 0)
        if index in always or (not wanted and spent + cost <= max(budget, FLOOR)):
            at[index], spent = 0, spent + ladders[index][0].rate
        else:
            wanted = wanted or spent + cost
    raising = [] if wanted else order
    while raising:
        left = []
        for index in raising:
            ladder, rung = ladders[index], at[index] + 1
            if rung == len(ladder):
                continue
            cost = _cost(pictures[index], ladder, rung) - ladder[rung - 1].rate
            if spent + cost <= budget:
                at[index], spent = rung, spent + ladder[rung].rate - ladder[rung - 1].rate
                left.append(index)
            else:
                wanted = wanted or spent + cost
        raising = left
    chosen = [
        ladders[index][rung].choice if rung >= 0 else Choice(NOTHING) for index, rung in at.items()
    ]
    return Chosen(chosen, int(wanted), int(spent), useful)


def _by_size(pictures: Sequence[Picture]) -> list[int]:
    """The largest first; those of unknown size before."""

    def size(index: int) -> float:
        lines = pictures[index].lines
        return float("inf") if lines is None else lines

    return sorted(range(len(pictures)), key=size, reverse=True)


def _cost(picture: Picture, ladder: Sequence[Rung], at: int) -> float:
    """What a rung counts: more than it takes where it is above the present one."""
    rung = ladder[at]
    return rung.rate * (ROOM if rung.choice > picture.now else 1.0)


def _ladder(picture: Picture) -> list[Rung]:
    """The rungs that are of use, from the cheapest on."""
    if not picture.layers or picture.lines == 0:
        return []
    most = _enough(picture)
    found: list[Rung] = []
    for layer in sorted(picture.layers):
        if layer > most:
            break
        rates = picture.layers[layer].rates
        lowest = not found
        for temporal, rate in enumerate(rates):
            whole = temporal == len(rates) - 1
            # A quarter of the pictures of a large layer is no better than all of a smaller one's.
            if not (whole or lowest or temporal):
                continue
            choice = Choice(layer, ALL if whole else temporal)
            if not found or rate > STEP * found[-1].rate:
                found.append(Rung(choice, rate))
            elif whole:
                found[-1] = Rung(choice, rate)
    return found


def _enough(picture: Picture) -> int:
    """The smallest layer that has lines enough."""
    layers = sorted(picture.layers)
    if picture.lines is None:
        return layers[-1]
    for layer in layers:
        share = COVERS_LESS if layer < picture.now.layer else COVERS
        if picture.layers[layer].lines >= share * picture.lines:
            return layer
    return layers[-1]
