"""The sale's state diagram, found by running the machine itself, so that it is always true.

``python -m kiosk.sale.diagram`` prints it as the list in ``kiosk/manual/why/machine.md``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from kiosk.base.money import Money
from kiosk.sale import events as on
from kiosk.sale.asking import NEVER, Asking
from kiosk.sale.events import CallFailed, Event, Failure, OrderSeen
from kiosk.sale.machine import Machine
from kiosk.sale.phases import Closing, Counter, Creating, Filling, Finished, Idle, Paying, Phase
from kiosk.sale.policy import Policy
from kiosk.sale.words import Fault, Sale

Edge = tuple[str, str]

LONG = 1000.0  # seconds after which everything that can be too old or too late is so

_AMOUNT = Money.of("1.00", "ARS")
_OPEN = Sale("open-1", _AMOUNT, "register", "ORD1")
_STATUSES = ("created", "processed", "canceled", "expired", "refunded", "in_review")
_MACHINE = Machine(Policy(prefix="K"))


def edges() -> dict[Edge, set[str]]:
    """Return what leads from one state to another: (from, to) → the events' names."""
    found: dict[Edge, set[str]] = defaultdict(set)
    seen: set[object] = set()
    ahead = [(Counter(), 0.0)]
    while ahead:
        counter, now = ahead.pop()
        for event in _events(counter):
            for later in (now, now + LONG):
                if isinstance(event, on.TimePassed) and counter.wake == NEVER:
                    continue
                at = max(later, _wake(counter)) if isinstance(event, on.TimePassed) else later
                after, _ = _MACHINE.step(counter, event, at)
                if after.state != counter.state:
                    found[counter.state, after.state].add(_name(event))
                if _key(after, at) not in seen:
                    seen.add(_key(after, at))
                    ahead.append((after, at))
    return dict(found)


def _wake(counter: Counter) -> float:
    """Return when the phase is due; else when a later look is."""
    return counter.phase_wake if counter.phase_wake < NEVER else counter.later_wake


def _asking(phase: Phase) -> Asking | None:
    return None if isinstance(phase, (Idle, Filling, Finished)) else phase.asking


def _events(counter: Counter) -> Iterator[Event]:
    """Yield a sample of everything that may happen to a counter in this state."""
    yield from (on.Started(), on.Started((_OPEN,))) if counter == Counter() else ()
    yield from (on.AmountRead(_AMOUNT, "register"), on.ReadingRejected("noise", "register"))
    yield from (on.CancelPressed("button"), on.TimePassed())
    yield from (on.DeviceFailed(Fault.PANEL, "gone"), on.DeviceRecovered(Fault.PANEL))
    if counter.looking:
        for status in ("processed", "expired"):
            (sale,) = (it.sale for it in counter.later if it.sale.reference == counter.looking)
            order_id = sale.order_id or "ORD2"
            seen = OrderSeen(order_id, sale.reference, status, sale.amount, qr_data="QR")
            yield on.LookedLater(sale.reference, seen)
    asking = _asking(counter.phase)
    if not asking or not asking.underway:
        return
    if not counter.sale:
        yield on.ReadyToSell()
    yield from (CallFailed(failure, "") for failure in Failure)
    if counter.sale:
        order_id, reference = counter.sale.order_id or "ORD2", counter.sale.reference
        for status in _STATUSES:
            yield OrderSeen(order_id, reference, status, counter.sale.amount, qr_data="QR")


def _name(event: Event) -> str:
    match event:
        case on.LookedLater(answer=OrderSeen(status=status)):
            return f"LookedLater {status}"
        case OrderSeen(status=status):
            return f"OrderSeen {status}"
        case CallFailed(failure):
            return f"CallFailed: {failure.value}"
        case _:
            return type(event).__name__


def _key(counter: Counter, now: float) -> object:
    """Return what tells one situation from another, leaving out clock readings and counts."""
    asking = _asking(counter.phase)
    return (
        type(counter.phase),
        counter.faults,
        counter.waiting is not None,
        len(counter.unsettled),
        bool(counter.looking),
        asking and (asking.underway, min(asking.failures, 3)),
        *_details(counter.phase, now),
    )


def _details(phase: Phase, now: float) -> tuple[object, ...]:
    """Return what the phase itself adds to the key."""
    match phase:
        case Creating():
            given_up = now >= phase.give_up_at
            return phase.maybe_sent, bool(phase.close_reason), _too_old(phase.begun, now), given_up
        case Paying():
            return (phase.blind,)
        case Closing():
            return phase.look, _too_old(phase.begun, now), now >= phase.give_up_at
        case Finished():
            return (phase.outcome,)
        case _:
            return ()


def _too_old(begun: float, now: float) -> bool:
    return now - begun > _MACHINE.policy.amount_kept_for


def ways() -> list[str]:
    """Return the ways from state to state, in Markdown; all events of one are on one line."""
    return [
        f"- **{start} → {end}**: {_label(names)}" for (start, end), names in sorted(edges().items())
    ]


def _label(names: set[str]) -> str:
    """Join the names, each kind once: ``OrderSeen canceled, expired``."""
    kinds: dict[str, list[str]] = defaultdict(list)
    for name in sorted(names):
        kind, _, detail = name.partition(" ")
        kinds[kind.rstrip(":")].append(detail)
    labels = (f"{kind} {', '.join(details)}".rstrip() for kind, details in kinds.items())
    return "; ".join(labels)


if __name__ == "__main__":
    print("\n".join(ways()))
