"""One counter for all counters that behave alike from now on. See README.md for why that is sound.

The model's clock always says 0: when time passes, the moments in a counter move back instead. All
moments are whole seconds.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TypeVar

from kiosk.sale.asking import NEVER, Asking
from kiosk.sale.closing import MISSING_AFTER
from kiosk.sale.hints import PROMPT, Hints
from kiosk.sale.look import Look
from kiosk.sale.phases import (
    BLIND_AFTER,
    UNANSWERED,
    Closing,
    Counter,
    Creating,
    Filling,
    Finished,
    Idle,
    OutOfService,
    Paying,
    Phase,
    Refunding,
    Starting,
    Waiting,
)
from kiosk.sale.policy import Policy

GRID = 2.0  # seconds; every moment is a multiple of it
MOST_FAILURES = 5  # from then on the pauses do not grow
MOMENTS = (
    "notice_until",
    "due",
    "begun",
    "give_up_at",
    "until",
    "seen_at",
    "asked_at",
    "hinted_at",
)
FAR, BEYOND, FOREVER = 1000.0, 2000.0, 1e9  # moments of later looks: only their order counts

Asks = TypeVar("Asks", bound=Starting | Creating | Paying | Closing | Refunding | OutOfService)


def canonical(counter: Counter, policy: Policy) -> Counter:
    """Return the counter that stands for this one and for all that behave like it."""
    later = sorted((_look(look) for look in counter.later), key=lambda it: it.sale.reference)
    return replace(
        counter,
        phase=_phase(counter.phase, policy),
        waiting=_waiting(counter.waiting, policy),
        sales_made=0,
        problems=(),
        refusals=(),
        later=tuple(later),
        hints=_hints(counter.hints),
    )


def earlier(counter: Counter, seconds: float) -> Counter:
    """Return the counter after so many seconds in which it was told nothing."""
    phase = counter.phase
    known = {name: getattr(phase, name, None) for name in MOMENTS}
    changed = {name: at - seconds for name, at in known.items() if at is not None}
    if asking := getattr(phase, "asking", None):
        changed["asking"] = replace(asking, due=asking.due - seconds)
    waiting = counter.waiting and replace(counter.waiting, since=counter.waiting.since - seconds)
    hints = replace(counter.hints, until=counter.hints.until - seconds)
    return replace(counter, phase=replace(phase, **changed), waiting=waiting, hints=hints)


def _phase(phase: Phase, policy: Policy) -> Phase:
    match phase:
        case Idle(notice_until=until):
            return Idle(max(0.0, until))
        case Finished():
            return replace(phase, until=max(0.0, phase.until))
        case Filling():
            return replace(phase, due=max(0.0, phase.due))
        case Creating():
            return _asking(_creating(phase, policy))
        case Paying():
            return _asking(_paying(phase))
        case Closing():
            oldest = -(policy.expires_after + MISSING_AFTER + 1)
            return _asking(
                replace(
                    phase,
                    begun=max(phase.begun, oldest),
                    give_up_at=max(0.0, phase.give_up_at),
                    conflicts=min(phase.conflicts, 1),
                    said="",
                )
            )
        case Refunding():
            return _asking(replace(phase, give_up_at=max(0.0, phase.give_up_at), said=""))
        case Starting() | OutOfService():
            return _asking(phase)


def _paying(phase: Paying) -> Paying:
    """Forget the age of the order: the model's plan of looks does not depend on it."""
    blind, asked, hinted_at = phase.blind, phase.asked_at < NEVER, phase.hinted_at
    return replace(
        phase,
        begun=0.0,
        until=max(0.0, phase.until),
        seen_at=0.0 if blind else max(phase.seen_at, -BLIND_AFTER - GRID),
        asked_at=0.0 if blind and asked else max(phase.asked_at, -UNANSWERED - GRID),
        back_at=None,
        urged=0,
        said="",
        hinted_at=None if hinted_at is None or hinted_at < -PROMPT else hinted_at,
    )


def _creating(phase: Creating, policy: Policy) -> Creating:
    return replace(
        phase,
        begun=max(phase.begun, -policy.amount_kept_for - 1),
        give_up_at=max(0.0, phase.give_up_at),
        close_reason="closed" if phase.close_reason else "",
        said="",
        earlier=phase.earlier and _look(phase.earlier),
    )


def _asking(phase: Asks) -> Asks:
    """Round the pause to whole seconds: its jitter of a tenth allows that."""
    asking = phase.asking
    due = max(0.0, math.ceil(asking.due / GRID - 0.1) * GRID) if asking.due < NEVER else NEVER
    failures = min(asking.failures, MOST_FAILURES)
    return replace(phase, asking=Asking("", due, asking.underway, 0, failures))


def _waiting(waiting: Waiting | None, policy: Policy) -> Waiting | None:
    oldest = -policy.amount_kept_for - 1
    return waiting and replace(waiting, since=max(waiting.since, oldest))


def _hints(hints: Hints) -> Hints:
    """Forget until when a hint is awaited, unless one is."""
    return replace(hints, until=max(-GRID, hints.until) if hints.awaited else 0.0)


def _look(look: Look) -> Look:
    """Keep only whether the look is due, whether another one follows, whether looks end."""
    due = 0.0 if look.due <= 0 else NEVER if look.due == NEVER else FAR
    third = BEYOND if look.third > look.due else 0.0
    until = FOREVER if look.until > 0 else 0.0
    return replace(look, due=due, third=third, until=until, looks=0)
