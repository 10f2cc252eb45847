"""When a payment can be refunded, and how much of it. ``order_book`` makes the refund.

Sources: the migration guide (360 days; 72 hours with a cash withdrawal) and the refund-errors page.
"""

from __future__ import annotations

from decimal import Decimal

from kiosk.simulator.service.error_codes import Problem
from kiosk.simulator.service.options import ServiceOptions
from kiosk.simulator.service.order import Order, OrderStatus, SimulatedPayment
from kiosk.simulator.service.request_rules import Body

_DAY = 86_400.0
REFUNDABLE_FOR = 360 * _DAY
REFUNDABLE_FOR_WITH_CASH_OUT = 3 * _DAY


def amount_to_refund(
    order: Order, part: Body | None, options: ServiceOptions, now: float
) -> Decimal:
    """Return the amount of a refund of ``part`` (None: of the whole rest), or raise Problem."""
    payment = _payment(order, now)
    if now < payment.at + options.refundable_after:
        raise Problem.of("unprocessable_entity", "the payment is too young")
    left = Decimal(payment.amount) - order.refunded
    if part is None:
        return left
    if part["id"] != order.payment_id:
        raise Problem.of("transaction_not_found", part["id"])
    amount = Decimal(part["amount"])
    if amount > left:
        raise Problem.of("refund_amount_exceeds", f"{left:f} is left")
    if amount < left and order.cash_out:
        raise Problem.of("partial_refund_not_allowed_with_cashout")
    if amount < left and not options.partial_refunds:
        raise Problem.of("unsupported_partially_refunds")
    return amount


def _payment(order: Order, now: float) -> SimulatedPayment:
    """Return the payment of an order that can be refunded now, or raise Problem."""
    if order.status is OrderStatus.REFUNDED:
        raise Problem.of("order_already_refunded", order.id)
    if order.payment is None:
        raise Problem.of("cannot_refund_order", f"current status: {order.status}")
    if any(now < refund.done_at for refund in order.refunds):
        raise Problem.of("refund_in_progress", order.id)
    limit = REFUNDABLE_FOR_WITH_CASH_OUT if order.cash_out else REFUNDABLE_FOR
    if now - order.payment.at > limit:
        raise Problem.of("in_store_payment_refund_order", f"paid over {limit / _DAY:g} days ago")
    return order.payment
