"""The order book: every order of the fake service. Calls, payers and time change the orders.

It is pure: it has no HTTP, no clock and no random numbers of its own. Each call brings the time, in
Unix seconds. A payment or an expiry that is due by then happens first, at the moment it was due.
"""

from __future__ import annotations

from decimal import Decimal
from random import Random

from kiosk.simulator.service.accounts import Account
from kiosk.simulator.service.error_codes import Problem
from kiosk.simulator.service.ids import ulid, uuid4
from kiosk.simulator.service.options import ServiceOptions
from kiosk.simulator.service.order import (
    PRINTED_CODE_VALID_FOR,
    TRANSITIONS,
    Order,
    OrderStatus,
    PaymentUnderWay,
    Refund,
    SimulatedPayment,
    expiry,
)
from kiosk.simulator.service.points_of_sale import PointsOfSale
from kiosk.simulator.service.qr_strings import qr_data
from kiosk.simulator.service.refunds import amount_to_refund
from kiosk.simulator.service.request_rules import Body

READABLE_FOR = 90 * 86_400.0  # seconds; older orders can't be fetched


class UnknownOrder(LookupError):
    """There is no order with this id."""


class NotPayable(Exception):
    """A payer can't pay this order. The message says why."""


class OrderBook:
    """All orders. ``rng`` makes their ids: the same seed gives the same ids."""

    def __init__(self, rng: Random, options: ServiceOptions = ServiceOptions()) -> None:  # noqa: B008 - it is frozen
        self.options = options
        self.rng = rng
        self._orders: dict[str, Order] = {}
        self._created: dict[str, Order] = {}  # only these change as time passes
        self.points_of_sale = PointsOfSale(options.points_of_sale)

    # --- what the API does ------------------------------------------------------------------

    def create(self, account: Account, request: Body, now: float) -> Order:
        """Add the order of a valid request.

        Raises Problem ``pos_not_found`` or ``seller_configuration``.
        """
        self._advance_all(now)
        order = self._new_order(account, request, now)
        if not self.points_of_sale.has(account, order.pos):
            raise Problem.of("pos_not_found", f"'$.config.qr.external_pos_id' - {order.pos}")
        if order.cash_out and not self.options.cash_out:
            raise Problem.of("seller_configuration")
        self._add(order)
        return order

    def create_older(
        self, account: Account, request: Body, older: Body, valid_for: float, now: float
    ) -> Order:
        """Add an order of the older APIs. It replaces the one on the same printed code, if any."""
        self._advance_all(now)
        order = self._new_order(account, request, now)
        order.id, order.older = uuid4(self.rng), older
        order.expires_at = now + valid_for
        before = self.points_of_sale.unpaid_order(order.pos)
        if order.mode != "dynamic" and before and not before.paying:
            self._set_status(before, OrderStatus.CANCELED, "replaced", now)
        self._add(order)
        if self.options.found_at_once:
            order.scans.append(self._new_number())
        return order

    def printed_order(self, pos: str, now: float) -> Order | None:
        """Return the unpaid order behind the printed code of a point of sale, if there is one."""
        self._advance_all(now)
        return self.points_of_sale.unpaid_order(pos)

    def fetch(self, account: Account, order_id: str, now: float) -> Order:
        """Return the order as it is now."""
        order = self._owned_by(account, order_id, now)
        if now - order.created_at > READABLE_FOR:
            raise Problem.of("order_not_found", order_id)
        return order

    def cancel(self, account: Account, order_id: str, now: float) -> Order:
        """Cancel an order that is neither paid nor being paid."""
        order = self._owned_by(account, order_id, now)
        if order.status is not OrderStatus.CREATED:
            raise Problem.of("order_already_canceled", f"current status: {order.status}")
        if order.paying:
            raise Problem.of("instore_order_locked_error", order_id)
        self._set_status(order, OrderStatus.CANCELED, "canceled", now)
        return order

    def refund(self, account: Account, order_id: str, part: Body | None, now: float) -> Order:
        """Refund a part of the payment (its transaction's id and an amount), or the whole rest."""
        order = self._find(order_id, now)
        if order.account.user_id != account.user_id:
            raise Problem.of("invalid_order_owner", order_id)
        amount = amount_to_refund(order, part, self.options.partial_refunds, now)
        done_at = now + self.options.refund_takes
        order.refunds.append(
            Refund(self._new_id("REF", now), amount, self._new_number(), now, done_at)
        )
        order.updated_at = now
        self._finish_refund(order, now)
        return order

    # --- what a payer does ------------------------------------------------------------------

    def pay(
        self, order_id: str, now: float, takes: float = 0.0, method: str = "account_money"
    ) -> Order:
        """Pay as a payer who scanned the order's own QR or, in static mode, the printed one.

        The order is locked for ``takes`` seconds, then it is paid. Raises UnknownOrder or
        NotPayable.
        """
        if order_id not in self._orders:
            raise UnknownOrder(order_id)
        order = self._find(order_id, now)
        if order.status is not OrderStatus.CREATED:
            raise NotPayable(f"the order is {order.status}")
        if order.paying:
            raise NotPayable("another payer is paying it already")
        if not self.points_of_sale.leads_to(order):
            raise NotPayable(f"the printed code of {order.pos} leads to a newer order")
        order.scans.append(self._new_number())
        order.paying = PaymentUnderWay(method, until=now + takes)
        self._advance(order, now)
        return order

    def scan_only(self, order_id: str, now: float, *, rejected: bool = False) -> Order:
        """Scan it as a payer who walks away or whose payment is refused. Its status stays."""
        if order_id not in self._orders:
            raise UnknownOrder(order_id)
        order = self._find(order_id, now)
        if order.status is not OrderStatus.CREATED:
            raise NotPayable(f"the order is {order.status}")
        order.scans.append(self._new_number())
        if rejected:
            order.rejections.append(self._new_number())
        return order

    def pay_printed_code(self, pos: str, now: float, takes: float = 0.0) -> Order:
        """Pay as a payer who scanned the printed code of a point of sale: its latest order.

        The printed code leads to a hybrid order for ten minutes only, even if its own QR is valid
        longer.
        """
        order = self.points_of_sale.latest_order(pos)
        if order is None:
            raise UnknownOrder(pos)
        if now >= order.created_at + PRINTED_CODE_VALID_FOR:
            raise NotPayable(f"the printed code of {pos} no longer has an order")
        return self.pay(order.id, now, takes)

    # --- what tests and the bench see --------------------------------------------------------

    def orders(self, now: float) -> list[Order]:
        """Return all orders as they are now, newest first."""
        for order in self._orders.values():
            self._advance(order, now)
        return list(reversed(self._orders.values()))

    def payable(self, now: float) -> list[Order]:
        """Return the orders that can be paid now or are being paid."""
        self._advance_all(now)
        return list(self._created.values())

    def stored_orders(self) -> list[Order]:
        """Return all orders as they were at the last call, newest first."""
        return list(reversed(self._orders.values()))

    # --- time ------------------------------------------------------------------------------

    def _advance_all(self, now: float) -> None:
        for order in list(self._created.values()):
            self._advance(order, now)

    def _advance(self, order: Order, now: float) -> None:
        """Do what is due by now: a payment, an expiry, the end of a refund."""
        if order.status is OrderStatus.CREATED:
            self._advance_payment(order, now)
        if order.status is OrderStatus.CREATED:
            self._expire_if_due(order, now)
        if order.status is OrderStatus.PROCESSED and order.refunds:
            self._finish_refund(order, now)

    def _advance_payment(self, order: Order, now: float) -> None:
        """Make a payment that is due. A payer who has begun may finish after the validity."""
        if order.paying is None:
            order.paying = self._scheduled_payment(order, now)
        if order.paying and order.paying.until <= now:
            self._process(order, order.paying)

    def _scheduled_payment(self, order: Order, now: float) -> PaymentUnderWay | None:
        """Return the setup's own payer, if he has come to this order by now."""
        if self.options.pay_after is None or not self.points_of_sale.leads_to(order):
            return None
        comes_at = order.created_at + self.options.pay_after
        if comes_at > now or comes_at >= order.expires_at:
            return None
        order.scans.append(self._new_number())
        return PaymentUnderWay("account_money", until=comes_at + self.options.paying_takes)

    def _expire_if_due(self, order: Order, now: float) -> None:
        if order.paying is None and order.expires_at <= now:
            self._set_status(order, OrderStatus.EXPIRED, "expired", order.expires_at)

    def _finish_refund(self, order: Order, now: float) -> None:
        if order.payment is None or now < max(refund.done_at for refund in order.refunds):
            return
        if order.refunded == Decimal(order.payment.amount):
            self._set_status(order, OrderStatus.REFUNDED, "refunded", order.refunds[-1].done_at)
        else:
            order.detail = "partially_refunded"

    # --- steps ------------------------------------------------------------------------------

    def _new_order(self, account: Account, request: Body, now: float) -> Order:
        country = account.country
        assert country is not None, "read_create has checked the country"
        mode = request["config"]["qr"].get("mode", "static")
        shape = self.options.qr_shape or country.code.lower()
        return Order(
            id=self._new_id("ORDTST" if account.test else "ORD", now),
            payment_id=self._new_id("PAY", now),
            account=account,
            request=request,
            created_at=now,
            updated_at=now,
            expires_at=now + expiry(request),
            qr_data="" if mode == "static" else qr_data(shape, self.rng),
        )

    def _add(self, order: Order) -> None:
        self._orders[order.id] = self._created[order.id] = order
        self.points_of_sale.assign(order)

    def _process(self, order: Order, paying: PaymentUnderWay) -> None:
        amount = order.price_for(paying.method)
        order.payment = SimulatedPayment(paying.until, paying.method, amount, self._new_number())
        order.paying = None
        self._set_status(order, OrderStatus.PROCESSED, "accredited", paying.until)

    def _set_status(self, order: Order, to: OrderStatus, detail: str, at: float) -> None:
        assert to in TRANSITIONS[order.status], f"{order.status} -> {to}"
        order.status, order.detail, order.updated_at = to, detail, at
        self._created.pop(order.id, None)

    def _owned_by(self, account: Account, order_id: str, now: float) -> Order:
        order = self._find(order_id, now)
        if order.account.user_id != account.user_id:
            raise Problem.of("order_not_found", order_id)
        return order

    def _find(self, order_id: str, now: float) -> Order:
        order = self._orders.get(order_id)
        if order is None:
            raise Problem.of("order_not_found", order_id)
        self._advance(order, now)
        return order

    def _new_id(self, prefix: str, now: float) -> str:
        return ulid(prefix, now, self.rng)

    def _new_number(self) -> str:
        return str(self.rng.randrange(10**11, 10**12))
