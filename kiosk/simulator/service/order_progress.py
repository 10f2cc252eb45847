"""How an order changes as time passes: payments, expiry and refunds that are due.

Pure: the caller brings the time, in Unix seconds. Each change happens at the moment it was due.
"""

from __future__ import annotations

from decimal import Decimal
from random import Random

from kiosk.simulator.service.ids import random_number
from kiosk.simulator.service.options import ServiceOptions
from kiosk.simulator.service.order import (
    Order,
    OrderStatus,
    PaymentUnderWay,
    SimulatedPayment,
)
from kiosk.simulator.service.points_of_sale import PointsOfSale


class OrderProgress:
    """Brings orders up to date. ``options.pay_after`` makes a payer pay every order."""

    def __init__(self, rng: Random, options: ServiceOptions, points_of_sale: PointsOfSale) -> None:
        self._rng = rng
        self._options = options
        self._points_of_sale = points_of_sale

    def advance(self, order: Order, now: float) -> None:
        """Do what is due by now: a payment, an expiry, the end of a refund."""
        if order.status is OrderStatus.CREATED:
            self._advance_payment(order, now)
        if order.status is OrderStatus.CREATED:
            _expire_if_due(order, now)
        if order.status is OrderStatus.PROCESSED and order.refunds:
            _finish_refund(order, now)

    def _advance_payment(self, order: Order, now: float) -> None:
        """Make a payment that is due. A payer who has begun may finish after the validity."""
        if order.paying is None:
            order.paying = self._scheduled_payment(order, now)
        if order.paying and order.paying.until <= now:
            self._process(order, order.paying)

    def _scheduled_payment(self, order: Order, now: float) -> PaymentUnderWay | None:
        """Return the payment of the option ``pay_after``, if it has begun by now."""
        if self._options.pay_after is None or not self._points_of_sale.leads_to(order):
            return None
        begins_at = order.created_at + self._options.pay_after
        if begins_at > now or begins_at >= order.expires_at:
            return None
        order.scans.append(random_number(self._rng))
        return PaymentUnderWay("account_money", until=begins_at + self._options.paying_takes)

    def _process(self, order: Order, paying: PaymentUnderWay) -> None:
        amount = paying.amount or order.price_for(paying.method)
        number = random_number(self._rng)
        order.payment = SimulatedPayment(paying.until, paying.method, amount, number)
        order.paying = None
        order.set_status(OrderStatus.PROCESSED, "accredited", paying.until)


def _expire_if_due(order: Order, now: float) -> None:
    if order.paying is None and order.expires_at <= now:
        order.set_status(OrderStatus.EXPIRED, "expired", order.expires_at)


def _finish_refund(order: Order, now: float) -> None:
    if order.payment is None or now < max(refund.done_at for refund in order.refunds):
        return
    if order.refunded == Decimal(order.payment.amount):
        order.set_status(OrderStatus.REFUNDED, "refunded", order.refunds[-1].done_at)
    else:
        order.detail = "partially_refunded"
