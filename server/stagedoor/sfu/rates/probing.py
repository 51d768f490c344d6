"""Whether a viewer's way would bear more than it is sent: tried out with padding. Pure.

Only while there is something to gain: a better layer that the viewer shows needs ``wanted`` bits a
second, and the budget does not allow it. Then padding fills up what is sent to twice as much, or,
after a try that failed, to half as much again (``STEPS``), and to what is ``useful`` at most, for
three seconds (``LENGTH``). If no queue grows and nothing is lost, the estimator allows what
arrived: the padding ends, and the next step may follow after half a second (``NEXT``). If the
budget falls meanwhile, or REMB does not rise within 1.2 s (``SIGN``), the padding ends at once, and
the next try waits: 5 s, and 10 s after another that failed.
"""

from __future__ import annotations

from typing import NamedTuple

from .estimator import State

LENGTH = 3.0
NEXT = 0.5
PAUSE = 1.0
SIGN = 1.2
STEPS = 2.0, 1.5
FIRST_WAIT, LONGEST_WAIT = 5.0, 10.0


class Probe(NamedTuple):
    """``padding``: bits a second to send besides; ``until`` it ends, or when the next may begin.

    ``goal``: what is sent with it, in bits a second.
    """

    padding: int = 0
    until: float = 0.0
    wait: float = FIRST_WAIT
    goal: int = 0


def probe(state: Probe, estimate: State, sent: int, wanted: int, useful: int, now: float) -> Probe:
    """The state after a look at the estimate. ``sent``: bits a second without padding."""
    budget = estimate.budget
    if state.padding:
        started = state.until - LENGTH
        silent = now - started > SIGN and estimate.risen < started
        if silent or estimate.phase != "increase":
            return Probe(0, now + state.wait, min(LONGEST_WAIT, 2 * state.wait))
        proved = budget is not None and budget >= state.goal
        if proved or now >= state.until or not wanted:
            return Probe(0, now + NEXT, FIRST_WAIT)
        return state
    if budget is None or not sent or wanted <= budget or estimate.phase != "increase":
        return state
    if now < max(state.until, estimate.since + PAUSE):
        return state
    step = STEPS[state.wait > FIRST_WAIT]
    goal = min(max(wanted, useful), int(step * max(sent, budget)))
    return Probe(max(0, goal - sent), now + LENGTH, state.wait, goal)
