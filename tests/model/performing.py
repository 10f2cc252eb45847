"""What effects do to the journal, the wire and the people; and the promises about that."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from kiosk.sale import effects as do
from kiosk.sale.asking import NEVER
from kiosk.sale.effects import Effect, Fact
from kiosk.sale.words import Outcome, Screen, Unknown
from tests.model.abstract_journal import NO_ROW, SLOTS, Rows, fact_in_words
from tests.model.abstract_service import Call, where
from tests.model.parts import People, Question, Wire

CALL_LIMIT = 8.0  # seconds until the client gives up a call
DARK = People()

# The ends that a later end may replace: a payer finished late, and a later look found it.
REPLACED = (Outcome.CANCELED, Outcome.EXPIRED)
RESULTS = {Screen(it.value): it for it in Outcome if it is not Outcome.ABANDONED}


class Broken(Exception):
    """A promise is broken."""


class Performed(NamedTuple):
    """The parts after the effects.

    ``reached``: the orders whose QR was shown. ``paid``: the orders that were said to be paid.
    ``written``: the facts, each with the row before it. ``broken``: the promise that was broken.
    """

    rows: Rows
    wire: Wire
    people: People
    reached: tuple[tuple[int, int], ...] = ()
    paid: tuple[str, ...] = ()
    broken: str = ""
    written: tuple[tuple[str, str], ...] = ()


def perform(effects: tuple[Effect, ...], rows: Rows, wire: Wire, people: People) -> Performed:
    """Carry out the effects, one after another."""
    after = Performed(rows, wire, people)
    for effect in effects:
        try:
            after = _performed(effect, after)
        except Broken as broken:
            return after._replace(broken=str(broken))
    return after


def _performed(effect: Effect, before: Performed) -> Performed:
    match effect:
        case do.Remember(do.SaleEnded() as fact):  # that time changes nothing in the model
            return _written(replace(fact, paid_after=None), before)
        case do.Remember(fact):
            return _written(fact, before)
        case do.Show(Screen.SCAN_ME, reference=reference, qr_data=qr_data):
            order_id = before.rows.by_reference[reference].order_id if qr_data else ""
            reached = (where(order_id),) if order_id else ()
            people = before.people._replace(screen=Screen.SCAN_ME, qr=order_id)
            return before._replace(people=people, reached=(*before.reached, *reached))
        case do.Show(screen, reference=reference):
            said = _told(screen, reference, before)
            return said._replace(people=before.people._replace(screen=screen, qr=""))
        case do.Reply(reference=reference, outcome=outcome):
            return _replied(reference, outcome, before)
        case do.LookLater():
            _promise(not before.wire.looking, "one later look at a time")
            question = Question(_call(effect, before.rows), NEVER)  # however long: it runs beside
            return before._replace(wire=before.wire._replace(looking=question))
        case do.Signal() | do.Decline() | do.WarmConnection():
            return before
    _promise(not before.wire.underway, "one question at a time")
    if isinstance(effect, do.CreateOrder):
        row = before.rows.by_reference.get(effect.reference)
        _promise(row, "the sale is in the journal before its order is asked for")
        _promise(row and row.outcome is None, "no order is asked for after the sale has ended")
    return before._replace(
        wire=before.wire._replace(underway=Question(_call(effect, before.rows), CALL_LIMIT))
    )


def _written(fact: Fact, before: Performed) -> Performed:
    rows = before.rows
    if isinstance(fact, do.SaleOpened):
        _promise(fact.sale.reference not in rows.by_reference, "a reference is used once")
        written = (*before.written, (NO_ROW, fact_in_words(fact)))
        return before._replace(rows=rows.after(fact), written=written)
    row = rows.by_reference.get(fact.reference)
    if row is None:  # the model has forgotten it: it has ended, and all is told
        _promise(isinstance(fact, do.ResultTold), "a sale that is forgotten does not change")
        return before
    match fact:
        case do.SaleEnded(_, outcome):
            late = outcome not in REPLACED and row.outcome in REPLACED
            _promise(row.outcome is None or late, f"one outcome for ever: {row.outcome}, {outcome}")
        case do.SaleSetAside():
            _promise(row.outcome is None, "a sale that has ended is not set aside")
        case do.OrderKnown(_, order_id):
            _promise(row.order_id in ("", order_id), "a sale has one order")
    # What follows a person's decision is not judged: see ``facts.py``.
    written = () if row.decided else ((row.words, fact_in_words(fact)),)
    return before._replace(rows=rows.after(fact), written=(*before.written, *written))


def _told(screen: Screen, reference: str, before: Performed) -> Performed:
    """Check a result on the panel."""
    row = before.rows.by_reference.get(reference)
    if screen is Screen.HELD:
        _promise(row and (row.outcome or row.set_aside), "told after written: the sale is held")
    if screen not in RESULTS:
        return before
    _promise(row and row.outcome is RESULTS[screen], f"told after written: {screen} is shown")
    return _said(before, row.order_id) if row and screen is Screen.PAID else before


def _replied(reference: str, outcome: Outcome | Unknown, before: Performed) -> Performed:
    row = before.rows.by_reference.get(reference)
    on_its_way = (reference, outcome) in before.people.replies
    _promise(row and not row.told and not on_its_way, f"the register hears {outcome} once")
    if outcome is Unknown.UNKNOWN:
        _promise(row and row.set_aside and not row.outcome, "told after written: set aside")
    else:
        _promise(
            row and row.outcome is outcome, f"told after written: the register hears {outcome}"
        )
    replies = tuple(sorted({*before.people.replies, (reference, outcome)}))
    after = before._replace(people=before.people._replace(replies=replies))
    return _said(after, row.order_id) if row and outcome is Outcome.PAID else after


def _said(before: Performed, order_id: str) -> Performed:
    return before._replace(paid=(*before.paid, order_id))


def _promise(kept: object, what: str) -> None:
    if not kept:
        raise Broken(what)


def _call(effect: Effect, rows: Rows) -> Call:
    match effect:
        case do.CreateOrder(reference) | do.LookLater(reference, _, "create"):
            amount = rows.by_reference[reference].amount
            return Call("create", SLOTS.index(reference), amount=amount)
        case do.FetchOrder(order_id):
            return Call("fetch", *where(order_id))
        case do.CancelOrder(order_id):
            return Call("cancel", *where(order_id))
        case do.RefundOrder(order_id):
            return Call("refund", *where(order_id))
        case do.LookLater(_, order_id, ask):
            return Call(ask, *where(order_id))
    return Call("probe")
