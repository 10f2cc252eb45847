"""What can happen to a call between the kiosk and the service."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from kiosk.sale.events import CallFailed, Event, Failure, LookedLater, OrderSeen
from tests.model.abstract_journal import SLOTS
from tests.model.abstract_service import Call, Orders
from tests.model.parts import Parts, Question, Wire

# How a call can fail that the service does not carry out: the word of the variant, and the answer.
FAILURES = {
    "lost": CallFailed(Failure.UNKNOWN, "lost"),
    "not sent": CallFailed(Failure.NOT_SENT, "no network"),
    "busy": CallFailed(Failure.UNKNOWN, "503", retry_after=3600.0),
    "limited": CallFailed(Failure.UNKNOWN, "429", retry_after=3600.0, rate_limited=True),
    "token": CallFailed(Failure.TOKEN, "401"),
    "refused": CallFailed(Failure.REFUSED, "400"),
    "setup": CallFailed(Failure.SETUP, "pos_not_found"),
    "conflict": CallFailed(Failure.CONFLICT, "409"),
    "missing": CallFailed(Failure.MISSING, "404"),
    "no journal": CallFailed(Failure.JOURNAL, "the disk is full"),
}
# The calls that the service, or the kiosk itself, can refuse in this way; all calls if not named.
REFUSES = {
    "refused": ("create", "refund"),
    "setup": ("create", "probe"),
    "conflict": ("create", "cancel", "refund"),
    "missing": ("fetch",),
    "no journal": ("create", "probe"),
}
LAPSED = CallFailed(Failure.LAPSED, "the request is a day old")
# After these a create may have made an order.
UNANSWERED = ("lost", "busy", "limited")
MOST_LATE = 1  # requests that arrive after the kiosk has given them up


class Choice(NamedTuple):
    """One thing that can happen: the wire and the service after it, and what the kiosk hears."""

    what: str
    wire: Wire
    service: Orders
    event: Event | None = None


def choices(
    wire: Wire, service: Orders, may: frozenset[str], events: Parts[Event]
) -> Iterator[Choice]:
    """Yield what can happen to the calls underway; the truth of the sale's own call first."""
    if wire.underway:
        for what, question, after, event, late in _of(wire.underway, service, may, events):
            yield Choice(what, _with(wire._replace(underway=question), late), after, event)
    if wire.looking:
        reference = SLOTS[wire.looking.call.slot]
        # A later look is made when every part of the service knows the order.
        known = may - {"missing"}
        for what, question, after, answer, late in _of(wire.looking, service, known, events):
            event = _looked(reference, answer)
            later = _with(wire._replace(looking=question), late)
            yield Choice(f"{what} (a later look)", later, after, event)
    for call in wire.late:
        others = tuple(it for it in wire.late if it != call)
        after, _ = service.carry_out(call)
        yield Choice(f"a late {call.words} arrives", wire._replace(late=others), after)


Fate = tuple[str, Question | None, Orders, Event | None, Call | None]


def _of(
    question: Question, service: Orders, may: frozenset[str], events: Parts[Event]
) -> Iterator[Fate]:
    call, words = question.call, question.call.words
    if question.reply is not None:
        answer = events.values[question.reply]
        yield f"the answer to the {words} comes", None, service, answer, None
        if "lost" in may and _can_fail("lost", call, service, may):
            lost = FAILURES["lost"]
            yield f"the answer to the {words} is lost", None, service, lost, None
        if "strange" in may and isinstance(answer, OrderSeen):
            for said, strange in _strange(call, answer):
                yield f"the {words} is answered with {said}", None, service, strange, None
        return
    if call.ask == "create" and service.printed and service.slots[call.slot].lapsed:
        yield f"the {words} is too old to be sent", None, service, LAPSED, None
        return
    after, answer = service.carry_out(call)
    asked = question._replace(reply=events.number(answer))
    yield f"the {words} arrives at the service", asked, after, None, None
    for word, failure in FAILURES.items():
        if word in may and _can_fail(word, call, service, may):
            yield f"the {words} fails: {word}", None, service, failure, None
    if "late" in may and call.ask != "probe" and _can_fail("lost", call, service, may):
        what = f"the {words} is given up, and still travels"
        yield what, None, service, FAILURES["lost"], call


def _can_fail(word: str, call: Call, service: Orders, may: frozenset[str]) -> bool:
    """Return whether the call can fail like this, so that what the kiosk hears is true."""
    if call.ask == "create" and word in UNANSWERED and "unanswered create" not in may:
        return False
    if call.ask not in REFUSES.get(word, call.ask):
        return False
    if call.ask == "create" and word in ("refused", "setup"):
        return not service.slots[call.slot].orders  # else the key brings the order
    if call.ask == "fetch" and word == "missing":
        return service.order(call.slot, call.order).status == "created"
    return True


def _strange(call: Call, answer: OrderSeen) -> Iterator[tuple[str, OrderSeen]]:
    yield "an unknown status", replace(answer, status="at_terminal")
    if call.ask != "create":  # what answers a create is our order
        yield "another paid order", replace(answer, order_id="ORDX", status="processed")


def _looked(reference: str, answer: Event | None) -> Event | None:
    if answer is None:
        return None
    assert isinstance(answer, OrderSeen | CallFailed)
    return LookedLater(reference, answer)


def _with(wire: Wire, late: Call | None) -> Wire:
    if late is None or len(wire.late) >= MOST_LATE:
        return wire
    return wire._replace(late=(*wire.late, late))
