"""The order book: every order of the fake service. Calls, payers and time change the orders.

It is pure: it has no HTTP, no clock and no random numbers of its own. Each call brings the time, in
Unix seconds. A payment or an expiry that is due by then happens first, at the moment it was due.
"""

from __future__ import annotations

from decimal import Decimal
from random import Random

from kiosk.simulator.service.accounts import Account
from kiosk.simulator.service.error_codes import Problem
from kiosk.simulator.service.ids import random_number, ulid, uuid4
from kiosk.simulator.service.options import ServiceOptions
from kiosk.simulator.service.order import (
    PRINTED_CODE_VALID_FOR,
    Order,
    OrderStatus,
    PaymentUnderWay,
    Quirk,
    Refund,
    expiry,
)
from kiosk.simulator.service.order_progress import OrderProgress
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
        self._created: dict[str, Order] = {}  # the orders that may still be paid
        self.points_of_sale = PointsOfSale(options.points_of_sale)
        self._progress = OrderProgress(rng, options, self.points_of_sale)

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
            before.set_status(OrderStatus.CANCELED, "replaced", now)
        self._add(order)
        if self.options.found_at_once:
            order.scans.append(random_number(self.rng))
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
        order.set_status(OrderStatus.CANCELED, "canceled", now)
        return order

    def refund(self, account: Account, order_id: str, part: Body | None, now: float) -> Order:
        """Refund a part of the payment (its transaction's id and an amount), or the whole rest."""
        order = self._find(order_id, now)
        if order.account.user_id != account.user_id:
            raise Problem.of("invalid_order_owner", order_id)
        amount = amount_to_refund(order, part, self.options, now)
        return self._refund(order, amount, now, self.options.refund_takes)

    def _refund(self, order: Order, amount: Decimal, now: float, takes: float) -> Order:
        done_at = now + takes
        order.refunds.append(
            Refund(ulid("REF", now, self.rng), amount, random_number(self.rng), now, done_at)
        )
        order.updated_at = now
        self._progress.advance(order, now)
        return order

    # --- what a payer does ------------------------------------------------------------------

    def pay(
        self,
        order_id: str,
        now: float,
        takes: float = 0.0,
        method: str = "account_money",
        quirks: frozenset[Quirk] = frozenset(),
        amount: str = "",
    ) -> Order:
        """Pay as a payer who scanned the order's own QR or, in static mode, the printed one.

        The order is locked for ``takes`` seconds, then it is paid: its price, or another
        ``amount``. Raises UnknownOrder or NotPayable.
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
        order.scans.append(random_number(self.rng))
        order.quirks = quirks
        order.paying = PaymentUnderWay(method, now + takes, amount)
        self._progress.advance(order, now)
        return order

    def scan_only(self, order_id: str, now: float, *, rejected: bool = False) -> Order:
        """Scan it as a payer who walks away or whose payment is refused. Its status stays."""
        if order_id not in self._orders:
            raise UnknownOrder(order_id)
        order = self._find(order_id, now)
        if order.status is not OrderStatus.CREATED:
            raise NotPayable(f"the order is {order.status}")
        order.scans.append(random_number(self.rng))
        if rejected:
            order.rejections.append(random_number(self.rng))
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

    # --- what testers and the seller do -------------------------------------------------------

    def fail(self, order_id: str, now: float, detail: str = "insufficient_amount") -> Order:
        """Set an unpaid order to ``failed``, as testers do. Raises UnknownOrder or NotPayable."""
        if order_id not in self._orders:
            raise UnknownOrder(order_id)
        order = self._find(order_id, now)
        if order.status is not OrderStatus.CREATED:
            raise NotPayable(f"the order is {order.status}")
        order.set_status(OrderStatus.FAILED, detail, now)
        return order

    def refund_elsewhere(
        self, order_id: str, now: float, takes: float = 0.0, part: Decimal | None = None
    ) -> Order:
        """Refund a part, or the whole rest, in the seller's own app.

        It is under way for ``takes`` seconds. Raises UnknownOrder, or Problem if it can't be
        refunded.
        """
        if order_id not in self._orders:
            raise UnknownOrder(order_id)
        order = self._find(order_id, now)
        wanted = {"id": order.payment_id, "amount": f"{part:f}"} if part else None
        return self._refund(order, amount_to_refund(order, wanted, self.options, now), now, takes)

    # --- what tests and the bench see --------------------------------------------------------

    def orders(self, now: float) -> list[Order]:
        """Return all orders as they are now, newest first."""
        for order in self._orders.values():
            self._progress.advance(order, now)
        return list(reversed(self._orders.values()))

    def payable(self, now: float) -> list[Order]:
        """Return the orders that can be paid now or are being paid."""
        self._advance_all(now)
        return list(self._created.values())

    def stored_orders(self) -> list[Order]:
        """Return all orders as they were at the last call, newest first."""
        return list(reversed(self._orders.values()))

    # --- helpers ----------------------------------------------------------------------------

    def _advance_all(self, now: float) -> None:
        for order in self._created.values():
            self._progress.advance(order, now)
        self._created = {
            order_id: order
            for order_id, order in self._created.items()
            if order.status is OrderStatus.CREATED
        }

    def _new_order(self, account: Account, request: Body, now: float) -> Order:
        country = account.country
        assert country is not None, "read_create has checked the country"
        mode = request["config"]["qr"].get("mode", "static")
        shape = self.options.qr_shape or country.code.lower()
        return Order(
            id=ulid("ORDTST" if account.test else "ORD", now, self.rng),
            payment_id=ulid("PAY", now, self.rng),
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

    def _owned_by(self, account: Account, order_id: str, now: float) -> Order:
        order = self._find(order_id, now)
        if order.account.user_id != account.user_id:
            raise Problem.of("order_not_found", order_id)
        return order

    def _find(self, order_id: str, now: float) -> Order:
        order = self._orders.get(order_id)
        if order is None:
            raise Problem.of("order_not_found", order_id)
        self._progress.advance(order, now)
        return order
