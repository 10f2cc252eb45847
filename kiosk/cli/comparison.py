"""Compares sales in the journal with their orders at the service."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from kiosk.base.errors import CallError
from kiosk.base.frozen import frozen
from kiosk.base.language import _, mark
from kiosk.cli.patience import PatientOrders, ServiceSilent
from kiosk.cli.sale_records import (
    CHARGED_BACK,
    SET_ASIDE,
    UNDERWAY,
    Takings,
    state_of,
    takings_of,
)
from kiosk.journal import SaleRecord
from kiosk.orders import Orders
from kiosk.orders.answers.failures import as_event
from kiosk.sale.events import Failure, OrderSeen
from kiosk.sale.verdict import Standing, judge
from kiosk.sale.words import Outcome

# Outcomes without a payment. The older APIs do not distinguish the first two.
_NOTHING_PAID = {Outcome.CANCELED, Outcome.EXPIRED, Outcome.REFUSED, Outcome.ABANDONED}
# Sales with these outcomes may have no order in the journal: none was shown.
_NO_ORDER = {Outcome.REFUSED, Outcome.ABANDONED}
_MONEY = {Outcome.PAID, Standing.OTHER_AMOUNT, Standing.OTHER_CURRENCY}

_LOOK = mark("look at it: kiosk orders show {reference}")
DECIDE = mark("decide it: kiosk orders settle {reference} --as OUTCOME --note TEXT")
_LATE = mark("hand over the goods, or give the money back: kiosk orders refund {reference}")
_LATER = mark("run the report again later")
_CLAIM = mark("answer the claim in the account at Mercado Pago")
_WAIT = mark("the kiosk settles it while it runs; run the report again later")
_CANCEL = mark("cancel it before somebody pays it: kiosk orders cancel {reference}")


@frozen
class Difference:
    """A difference between the journal and the service: what it is, and what to do about it.

    ``paid_late``: the service has money for a sale that ended here without a payment.
    """

    reference: str
    order_id: str
    what: str
    to_do: str = ""
    paid_late: bool = False


@frozen
class Comparison:
    """What a comparison found. ``not_compared`` sales were not asked for, for this ``reason``."""

    differences: Sequence[Difference] = ()
    not_compared: int = 0
    reason: str = ""

    @property
    def is_well(self) -> bool:
        """Whether journal and service agree on every sale."""
        return not self.differences and not self.not_compared


async def compare_all(
    orders: Orders, records: Iterable[SaleRecord], note: Callable[[str], None]
) -> Comparison:
    """Fetch the order of every sale, in their order. A fetch that fails is a difference.

    Every sale is looked at, also one that ended: it may have been paid or refunded since then.
    ``note`` is called with a sentence when the service has to be asked again.
    """
    patient = PatientOrders(orders, note)
    found: list[Difference] = []
    left = iter(records)
    for record in left:
        try:
            difference = await _compared(patient, record)
        except ServiceSilent as silent:
            return Comparison(_late_first(found), 1 + sum(1 for _ in left), str(silent))
        if difference.what:
            found.append(difference)
    return Comparison(_late_first(found))


def _late_first(found: Sequence[Difference]) -> Sequence[Difference]:
    return tuple(sorted(found, key=lambda difference: not difference.paid_late))


async def _compared(orders: PatientOrders, record: SaleRecord) -> Difference:
    """Return the difference of a sale from its order; an empty one if they agree."""
    sale = record.sale
    if not sale.order_id:
        return _without_order(record)
    try:
        seen = await orders.fetch(sale.order_id)
    except CallError as error:
        if record.note and as_event(error).failure is Failure.MISSING:
            return _difference(record, "")
        what = _("the order can't be fetched: {error}", error=error)
        return _difference(record, what, _LOOK)
    return compare(record, seen)


def _without_order(record: SaleRecord) -> Difference:
    if record.outcome in _NO_ORDER or record.note:
        return _difference(record, "")
    if state_of(record) == SET_ASIDE:
        what = _("the journal has no order for this sale, which is set aside")
        return _difference(record, what, DECIDE)
    what = _("the journal has no order for this sale")
    return _difference(record, what, _LOOK if record.outcome else _WAIT)


def compare(record: SaleRecord, seen: OrderSeen) -> Difference:
    """Return the difference between a sale and its order; an empty one if they agree."""
    at_service = judge(record.sale, seen)
    if record.note and at_service in _decided(record):
        return _difference(record, "")
    if _is_same_end(record, at_service):
        return _difference(record, *_difference_of_money(record, seen))
    if at_service is Standing.FOREIGN:
        return _difference(record, _foreign(record, seen), _LOOK)
    what = _two_ends(record, seen, at_service)
    if seen.refund_underway and record.outcome in _NOTHING_PAID:
        return _difference(record, f"{what}; {_(UNDERWAY)}", _LATER)
    late = record.outcome in _NOTHING_PAID and at_service in _MONEY
    return _difference(record, what, _to_do(record, at_service, late=late), late=late)


def _decided(record: SaleRecord) -> set[Standing]:
    """Return the standings of an order that tell nothing new after a person's decision."""
    if record.outcome in _NOTHING_PAID:
        return {Standing.UNDECIDED, Standing.UNPAID}
    return {Standing.UNDECIDED, Standing.UNPAID, Standing.OTHER_AMOUNT, Standing.OTHER_CURRENCY}


def _foreign(record: SaleRecord, seen: OrderSeen) -> str:
    return _(
        "the order is not this sale's: {reference}, {total} instead of {wanted}",
        reference=seen.reference or _("no reference"),
        total=seen.total or _("no amount"),
        wanted=record.sale.amount,
    )


def _two_ends(record: SaleRecord, seen: OrderSeen, at_service: Outcome | Standing) -> str:
    """Return what the journal says, and what the service says."""
    state = state_of(record)
    match at_service:
        case Standing.OTHER_AMOUNT | Standing.OTHER_CURRENCY:
            return _(
                "the journal says {state}, but {paid} was paid instead of {wanted}",
                state=state,
                paid=seen.paid_amount or seen.total,
                wanted=record.sale.amount,
            )
        case Standing.UNPAID:
            return _("the journal says {state}, but each payment of the order failed", state=state)
        case Standing.CHARGED_BACK:
            return _(
                "the journal says {state}, but the payer's bank takes the money back", state=state
            )
        case Standing():
            return _(
                "the journal says {state}, but the order is still {status}",
                state=state,
                status=seen.status or _("without a status"),
            )
    return _("the journal says {state}, the service says {end}", state=state, end=at_service)


def _to_do(record: SaleRecord, at_service: Outcome | Standing, *, late: bool) -> str:
    if late:
        return _LATE
    if at_service is Standing.CHARGED_BACK:
        return _CLAIM
    if state_of(record) == SET_ASIDE:
        return _WAIT if isinstance(at_service, Outcome) else DECIDE
    if record.outcome is None:
        return _WAIT
    if at_service is Standing.PAYABLE:
        return _CANCEL
    return _LOOK


def _difference(
    record: SaleRecord, what: str, to_do: str = "", *, late: bool = False
) -> Difference:
    sale = record.sale
    advice = _(to_do, reference=sale.reference) if to_do else ""
    return Difference(sale.reference, sale.order_id, what, advice, paid_late=late)


def _is_same_end(record: SaleRecord, at_service: Outcome | Standing) -> bool:
    """Whether both sides tell the same end. A sale keeps its outcome when all of it is refunded."""
    if record.outcome and at_service is Outcome.REFUNDED:
        known = takings_of(record)
        return known.refunded is not None and known.refunded == known.paid
    return at_service == record.outcome or {at_service, record.outcome} <= _NOTHING_PAID


def _difference_of_money(record: SaleRecord, seen: OrderSeen) -> tuple[str, str]:
    """Return what is different about the money, and what to do about it."""
    what = "; ".join(_differences_of_money(takings_of(record), seen))
    if seen.charged_back:
        return what, _CLAIM
    if seen.refund_underway:
        return what, _LATER
    return what, _LOOK if what else ""


def _differences_of_money(known: Takings, seen: OrderSeen) -> Iterator[str]:
    """Yield what is different about the money. Where the service tells no amount, nothing is."""
    if seen.refunded and seen.refunded.amount and seen.refunded != known.refunded:
        yield _(
            "a part of it was refunded ({refunded}); the journal says {known}",
            refunded=seen.refunded,
            known=known.refunded or _("nothing"),
        )
    elif seen.status_detail == "partially_refunded" and not known.refunded:
        yield _("a part of it was refunded")
    elif known.paid and seen.paid_amount not in (None, known.paid):
        yield _(
            "the journal says {known} was paid, the service says {paid}",
            known=known.paid,
            paid=seen.paid_amount,
        )
    if seen.refund_underway:
        yield _(UNDERWAY)
    if seen.charged_back:
        yield _(CHARGED_BACK)
