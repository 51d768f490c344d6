"""How many bits a second a viewer may be sent, from what the viewer reports. Pure.

Two things are heard of a viewer. **REMB**: the receiver's own estimate, made from how the delays of
the packets change (they carry their time of sending); it falls when a queue grows, rises by some
8 % a second otherwise, and not above 1.5 times what arrives. **Loss**: what its receiver reports
count. Each gives a bound, and the smaller of them is the budget, within MIN and MAX.

The bound by delay:

- REMB fell by more than 3 % (``FALL``), or the first one is under three quarters of what is sent:
  the bound is REMB.
- More has been sent than REMB says for 1 s (``STALL``), and it has not risen: a queue stands. The
  bound falls to 85 % of what is sent, again each second, but not under REMB.
- REMB rises, so no queue does: what has been sent for a second is allowed, and a tenth more
  (``ROOM``), even if REMB, which begins low, has not got there yet. So a probe that arrives well
  raises the budget.

The bound by loss (``LOW`` 2 %, ``HIGH`` 10 %, once a second):

- more than 10 %: it falls by half the share that was lost, from what is sent, but not by more than
  30 % (``CUT``) at once;
- more than 40 % (``FLOOD``): it falls to what arrived, at once;
- between: it stays, and nothing rises;
- less than 2 %: it rises by 8 % a second, or as by delay to what has been sent for a second and a
  tenth more, and is gone at twice what is sent.

What was lost on average in the last 6 s (up to 10 %), whatever was sent, is the link's own way, as
on a bad radio link, and does not count: sending less would not mend it.

The phases: ``increase``; ``decrease`` when a bound fell, and for a second afterwards (``HOLD``);
``hold`` between the loss's limits. The budget rises in the first alone. **Feedback lost**: after
4 s of sending without any word (``SILENCE``) the budget is halved, and every 2 s again.

The budget begins as None: all may be sent. Where it is known that the way is not known, it begins
with a **guess** (``guess``), which doubles with each report of no loss. It ends when REMB falls, or
says as much, or at GUESSED, or with what a train of padding finds (``found``; ``trains.py``). Who
says nothing at all for 3 s (``WORDLESS``) is not held back any more.
"""

from __future__ import annotations

from typing import NamedTuple

MIN, MAX = 50_000, 50_000_000
FALL = 0.97
RISE = 1.0005
FIRST = 0.75
STALL = 1.0
STEADY = 1.0
ROOM = 1.1
GROWTH = 1.08
BACK_OFF = 0.85
LOW, HIGH = 0.02, 0.10
WINDOW = 6.0
CUT = 0.7
FLOOD = 0.4
HOLD = 1.0
SILENCE, AGAIN = 4.0, 2.0
GUESS, GUESSED = 300_000, 10_000_000
WORDLESS = 3.0


class Feedback(NamedTuple):
    """What a viewer said: REMB in bits a second, and the share of packets lost in about a second.

    ``sent``: the bits a second of pictures that left for the viewer lately, repairs included.
    """

    sent: int
    remb: int | None = None
    loss: float | None = None


class State(NamedTuple):
    """What is known of a viewer's way. Times in seconds, rates in bits a second.

    ``budget``: what pictures may take; None while nothing is known. ``remb``: the last one, and
    when it rose last; ``waited``: since when it should have. ``losses``: times and shares of the
    last six seconds; ``sents``: times and rates of the last second. ``guess``: what is allowed by
    way of one.
    """

    budget: int | None = None
    phase: str = "start"
    since: float = 0.0
    heard: float = 0.0
    remb: int | None = None
    risen: float = 0.0
    waited: float = 0.0
    by_delay: float | None = None
    by_loss: float | None = None
    losses: tuple[tuple[float, float], ...] = ()
    sents: tuple[tuple[float, int], ...] = ()
    guess: float | None = None


def guess(state: State, bits: int, now: float) -> State:
    """The state where so much is allowed until something is known, if nothing is."""
    if state.budget is not None:
        return state
    return _bounded(state._replace(guess=float(bits), since=now))


def found(state: State, bits: int, now: float) -> State:
    """The state after so much has been found to arrive."""
    bound = max(float(bits), state.by_delay or 0.0)
    by_loss = None if state.by_loss is None else max(state.by_loss, bound)
    after = state._replace(by_delay=bound, by_loss=by_loss, guess=None, phase="increase")
    return _bounded(after._replace(heard=now, waited=now))


def wordless(state: State, now: float) -> State:
    """The state of whoever has not said anything yet."""
    guessed = state.phase == "start" and state.guess is not None
    return State() if guessed and now - state.since > WORDLESS else state


def estimate(state: State, feedback: Feedback, now: float) -> State:
    """The state after a feedback."""
    after, fell = state, False
    if feedback.remb is not None:
        after, fell = _by_delay(after, feedback.sent, feedback.remb, now)
        after = _guessed(after, feedback.remb, fell)
    calm = state.phase != "hold"
    if feedback.loss is not None:
        after, cut, calm = _by_loss(after, feedback.sent, feedback.loss, now)
        fell = fell or cut
        if after.guess is not None and feedback.loss < LOW:
            after = after._replace(guess=2 * after.guess)
    if fell:
        after = after._replace(phase="decrease", since=now)
    elif now - after.since < HOLD and after.phase == "decrease":
        pass
    elif feedback.loss is not None or after.phase != "hold":
        after = after._replace(phase="increase" if calm else "hold")
    return _bounded(after._replace(heard=now))


def _guessed(state: State, remb: int, fell: bool) -> State:
    """With a guess that ends by REMB, or that holds for the bound, as REMB begins with little."""
    if state.guess is None:
        return state
    if fell or remb >= state.guess:
        return state._replace(guess=None)
    guess = state.guess if state.guess < GUESSED else None
    return state._replace(by_delay=max(state.by_delay or 0.0, state.guess), guess=guess)


def _by_delay(state: State, sent: int, remb: int, now: float) -> tuple[State, bool]:
    """With a new REMB; whether the bound fell."""
    before, bound = state.remb, state.by_delay or 0.0
    sents = (*(one for one in state.sents if now - one[0] <= STEADY), (now, sent))
    if before is None:
        fell, rises = remb < FIRST * sent, True
    else:
        fell, rises = remb < FALL * before, remb > RISE * before
    state = state._replace(remb=remb, risen=now if rises else state.risen, sents=sents)
    steady = _steady(state)
    if fell:
        return state._replace(by_delay=float(remb)), True
    if rises:
        return state._replace(by_delay=max(bound, remb, steady)), False
    if sent <= remb:
        state = state._replace(waited=now)
    elif now - max(state.risen, state.waited) > STALL:
        lower = max(remb, BACK_OFF * min(sent, bound))
        return state._replace(by_delay=lower, waited=now), True
    return state._replace(by_delay=max(bound, remb)), False


def _steady(state: State) -> float:
    """A tenth more than what was sent for a second; 0 in a flood, as it did not arrive."""
    if state.losses and state.losses[-1][1] > FLOOD:
        return 0.0
    return ROOM * min((rate for _, rate in state.sents), default=0)


def _by_loss(state: State, sent: int, loss: float, now: float) -> tuple[State, bool, bool]:
    """With a new count of losses; whether the bound fell, and whether it may rise."""
    window = tuple(one for one in state.losses if now - one[0] <= WINDOW)
    full = len(window) > 1 and now - window[0][0] > 0.8 * WINDOW
    own = min(HIGH, sum(share for _, share in window) / len(window)) if full else 0.0
    state = state._replace(losses=(*window, (now, loss)))
    excess, bound = loss - own, state.by_loss
    if excess > FLOOD:
        lower = sent * (1 - loss)
        lower = lower if bound is None else min(bound, lower)
        return state._replace(by_loss=max(MIN, lower)), True, False
    if excess > HIGH:
        lower = sent * (1 - excess / 2)
        if bound is not None:
            lower = max(CUT * bound, min(bound * (1 - excess / 2), lower))
        return state._replace(by_loss=max(MIN, lower)), True, False
    if excess < LOW and bound is not None:
        elapsed = min(1.0, now - window[-1][0]) if window else 1.0
        grown = max(bound * GROWTH**elapsed, _steady(state))
        state = state._replace(by_loss=grown if grown < 2 * sent else None)
    return state, False, excess < LOW


def _bounded(state: State) -> State:
    """With the budget that follows from the bounds; it rises in the phase ``increase`` alone."""
    bounds = [one for one in (state.by_delay, state.by_loss, state.guess) if one is not None]
    if not bounds:
        return state
    budget = int(max(MIN, min(MAX, *bounds)))
    if state.phase not in ("start", "increase") and state.budget is not None:
        budget = min(budget, state.budget)
    return state._replace(budget=budget)


def unheard(state: State, sent: int, now: float) -> State:
    """The state as time passes without feedback; ``sent`` as in ``Feedback``, 0 for nothing."""
    if state.phase == "start":
        return state
    if not sent:
        return state._replace(heard=now)
    if now - state.heard < SILENCE or (state.phase == "decrease" and now - state.since < AGAIN):
        return state
    bound = max(MIN, (sent if state.budget is None else state.budget) / 2)
    after = state._replace(by_delay=bound, phase="decrease", since=now)
    return _bounded(after)
