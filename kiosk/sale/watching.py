"""When the order on the panel is looked at next. Pure: each function returns the phase after it."""

from __future__ import annotations

from dataclasses import replace

from kiosk.sale.asking import NEVER, jitter
from kiosk.sale.events import CallFailed
from kiosk.sale.look_times import LONGEST_GAP, SHORTEST_GAP, LookTimes
from kiosk.sale.payment_times import EARLIEST
from kiosk.sale.phases import Paying

EAGER_LOOKS, EAGER_GAP = 2, 1.0  # the looks after one that was asked for, and seconds between them
MOST_URGED = 20  # times that an order is looked at early; more requests change nothing
LONGEST_GUESS = 1.5 * LONGEST_GAP  # seconds between two looks; a payment in more has no known time


def sent(phase: Paying, now: float) -> Paying:
    """Send a look."""
    asked_at = now if phase.asked_at == NEVER else phase.asked_at
    return replace(phase, asking=phase.asking.sent(), asked_at=asked_at)


def answered(phase: Paying, looks: LookTimes, now: float) -> Paying:
    """Plan the next look: the service described the order, and it can still be paid.

    The gap is counted from the moment at which the look was sent, so that a slow network does not
    make the looks fewer.
    """
    asked_at = min(phase.asked_at, now)
    phase = replace(
        phase,
        asking=phase.asking.answered(now),
        seen_at=now,
        asked_at=NEVER,
        eager=max(phase.eager - 1, 0),
        blind=False,
        back_at=now if phase.blind else phase.back_at,
    )
    gap = _gap(phase, looks, asked_at)
    if phase.eager:
        gap = min(gap, EAGER_GAP)
    due = max(asked_at + gap, now + SHORTEST_GAP)
    return replace(phase, asking=phase.asking.at(due))


def failed(phase: Paying, looks: LookTimes, now: float, event: CallFailed) -> Paying:
    """Look again: in seconds, because a payer waits, or after the pause that the service asks for.

    One failed look is repeated no later than the plan has the next one.
    """
    asking = phase.asking.failed(now, event)
    if event.retry_after is None:
        asking = asking.soon(now)
        if asking.failures == 1:
            asking = asking.at(min(asking.due, now + _gap(phase, looks, now)))
    return replace(phase, asking=asking)


def shown(phase: Paying, looks: LookTimes, now: float) -> Paying:
    """Plan the next look: the QR is on the panel, for the first time or again."""
    if phase.back_at is not None:
        phase = replace(phase, back_at=now)
    elif phase.shown_at is None:
        phase = replace(phase, shown_at=now)
    if phase.asking.underway or phase.asking.failures:
        return phase
    return replace(phase, asking=phase.asking.at(now + _gap(phase, looks, now)))


def urged(phase: Paying, now: float) -> Paying:
    """Look now, because somebody has a reason; and early twice more: the service may be late.

    A look that is underway may have been answered before the reason; the eager ones follow it.
    """
    if phase.urged >= MOST_URGED:
        return phase
    phase = replace(phase, urged=phase.urged + 1, eager=EAGER_LOOKS + 1)
    if phase.asking.failures:
        return phase  # the service needs the pause, or the look is repeated soon
    return replace(phase, asking=phase.asking.at(max(now, phase.seen_at + SHORTEST_GAP)))


def hinted(phase: Paying, now: float) -> Paying:
    """Look now, because of a hint."""
    return replace(urged(phase, now), hinted_at=now)


def replanned(phase: Paying, looks: LookTimes, now: float) -> Paying:
    """Plan the next look by another plan, but not later than it is due already."""
    if phase.asking.underway or phase.asking.failures:
        return phase
    due = min(phase.asking.due, now + _gap(phase, looks, now))
    return replace(phase, asking=phase.asking.at(due))


def paid_after(phase: Paying, now: float) -> float | None:
    """Return the seconds from the QR to the payment that is seen now; None if it is not known.

    It is taken for the middle between the look before, or the hint, and now. Where there was
    neither, it is nearer to now, because few pay fast. A payer who waited while the kiosk was blind
    is not like others.
    """
    since = _since(phase)
    before = max(phase.seen_at, since, phase.hinted_at or since)
    if before == since and now > since + EARLIEST:
        before = (since + EARLIEST + now) / 2
    if phase.blind or phase.back_at is not None or now - before > LONGEST_GUESS:
        return None
    seconds = round((before + now) / 2 - since, 1)
    return seconds if seconds > 0 else None


def _since(phase: Paying) -> float:
    """Return when payers could begin to pay."""
    return phase.begun if phase.shown_at is None else phase.shown_at


def _gap(phase: Paying, looks: LookTimes, now: float) -> float:
    """Return the seconds between a look now and the next one.

    After blindness there are two kinds of payers: who had begun before, and who begin now.
    """
    begun = [_since(phase), *([] if phase.back_at is None else [phase.back_at])]
    gap = min(looks.gap(max(0.0, now - since)) for since in begun)
    return gap * jitter(phase.asking.seed, phase.asking.asked)
