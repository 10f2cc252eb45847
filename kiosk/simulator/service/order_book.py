"""The order book: every order of the fake service, moved on by calls, payers and time.

Pure: no HTTP, no clock, no chance of its own. Time comes with each call, in Unix seconds; what is
due by then, a payment or an expiry, happens first, at the moment it was due.
"""

from __future__ import annotations

from decimal import Decimal
from random import Random

from kiosk.simulator.service.accounts import Account
from kiosk.simulator.service.error_codes import Problem
from kiosk.simulator.service.ids import ulid, uuid4
from kiosk.simulator.service.options import ServiceOptions
from kiosk.simulator.service.order import (
    PRINTED_CODE_LIVES,
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

READABLE_FOR = 90 * 86_400.0  # older orders can't be fetched


class UnknownOrder(LookupError):
    """There is no such order."""


class NotPayable(Exception):
    """A payer tried, and his app said no. The message says why."""


class OrderBook:
    """All orders. ``rng`` makes their ids, so that a seed gives the same ones again."""

    def __init__(self, rng: Random, setup: ServiceOptions = ServiceOptions()) -> None:  # noqa: B008 - it is frozen
        self.setup = setup
        self.chance = rng
        self._orders: dict[str, Order] = {}
        self._live: dict[str, Order] = {}  # those still created, so that time has few to visit
        self.points_of_sale = PointsOfSale(setup.points_of_sale)

    # --- what the API does ------------------------------------------------------------------

    def create(self, account: Account, request: Body, now: float) -> Order:
        """Add the order that a valid request asks for.

        Raises Problem ``pos_not_found`` or ``seller_configuration``.
        """
        self._advance_live(now)
        order = self._make(account, request, now)
        if not self.points_of_sale.known_to(account, order.pos):
            raise Problem.of("pos_not_found", f"'$.config.qr.external_pos_id' - {order.pos}")
        if order.cash_out and not self.setup.cash_out:
            raise Problem.of("seller_configuration")
        self._put(order)
        return order

    def publish(
        self, account: Account, request: Body, older: Body, lives: float, now: float
    ) -> Order:
        """Add an order of the older APIs; one on the same point of sale's printed code goes."""
        self._advance_live(now)
        order = self._make(account, request, now)
        order.id, order.older = uuid4(self.chance), older
        order.expires_at = now + lives
        before = self.points_of_sale.held(order.pos)
        if order.mode != "dynamic" and before and not before.paying:
            self._move(before, OrderStatus.CANCELED, "replaced", now)
        self._put(order)
        if self.setup.found_at_once:
            order.scans.append(self._number())
        return order

    def held(self, pos: str, now: float) -> Order | None:
        """Return the order that the printed code of a point of sale leads to now, if any."""
        self._advance_live(now)
        return self.points_of_sale.held(pos)

    def fetch(self, account: Account, order_id: str, now: float) -> Order:
        """Return the order as it is by now."""
        order = self._of(account, order_id, now)
        if now - order.created_at > READABLE_FOR:
            raise Problem.of("order_not_found", order_id)
        return order

    def cancel(self, account: Account, order_id: str, now: float) -> Order:
        """Cancel an order that nobody has paid or is paying."""
        order = self._of(account, order_id, now)
        if order.status is not OrderStatus.CREATED:
            raise Problem.of("order_already_canceled", f"current status: {order.status}")
        if order.paying:
            raise Problem.of("instore_order_locked_error", order_id)
        self._move(order, OrderStatus.CANCELED, "canceled", now)
        return order

    def refund(self, account: Account, order_id: str, part: Body | None, now: float) -> Order:
        """Give back a part of the payment (its transaction's id and an amount) or all there is."""
        order = self._known(order_id, now)
        if order.account.user_id != account.user_id:
            raise Problem.of("invalid_order_owner", order_id)
        amount = amount_to_refund(order, part, self.setup.partial_refunds, now)
        done_at = now + self.setup.refund_takes
        order.refunds.append(Refund(self._id("REF", now), amount, self._number(), now, done_at))
        order.updated_at = now
        self._finish_refund(order, now)
        return order

    # --- what a payer does ------------------------------------------------------------------

    def pay(
        self, order_id: str, now: float, takes: float = 0.0, method: str = "account_money"
    ) -> Order:
        """Pay as a payer who scanned the order's own QR, or, in static mode, the printed one.

        He holds the order locked for ``takes`` seconds, then has paid. Raises UnknownOrder or
        NotPayable.
        """
        if order_id not in self._orders:
            raise UnknownOrder(order_id)
        order = self._known(order_id, now)
        if order.status is not OrderStatus.CREATED:
            raise NotPayable(f"the order is {order.status}")
        if order.paying:
            raise NotPayable("somebody is paying it already")
        if not self.points_of_sale.shows(order):
            raise NotPayable(f"the printed code of {order.pos} leads to a newer order")
        order.scans.append(self._number())
        order.paying = PaymentUnderWay(method, until=now + takes)
        self._advance(order, now)
        return order

    def look_at(self, order_id: str, now: float, *, rejected: bool = False) -> Order:
        """Scan it as a payer who walks away, or whose payment is refused: it stays as it is."""
        if order_id not in self._orders:
            raise UnknownOrder(order_id)
        order = self._known(order_id, now)
        if order.status is not OrderStatus.CREATED:
            raise NotPayable(f"the order is {order.status}")
        order.scans.append(self._number())
        if rejected:
            order.rejections.append(self._number())
        return order

    def scan(self, pos: str, now: float, takes: float = 0.0) -> Order:
        """Pay as a payer who scanned the printed code of a point of sale: its latest order.

        A hybrid order leaves the printed code after ten minutes, though its own QR may live on.
        """
        order = self.points_of_sale.latest(pos)
        if order is None:
            raise UnknownOrder(pos)
        if now >= order.created_at + PRINTED_CODE_LIVES:
            raise NotPayable(f"the printed code of {pos} has no order any more")
        return self.pay(order.id, now, takes)

    # --- what a spectator sees --------------------------------------------------------------

    def orders(self, now: float) -> list[Order]:
        """Return all orders as they are by now, newest first."""
        for order in self._orders.values():
            self._advance(order, now)
        return list(reversed(self._orders.values()))

    def payable(self, now: float) -> list[Order]:
        """Return the orders that somebody could pay now, or is paying."""
        self._advance_live(now)
        return list(self._live.values())

    def orders_as_they_were(self) -> list[Order]:
        """Return all orders as they were when they were last looked at, newest first."""
        return list(reversed(self._orders.values()))

    # --- time ------------------------------------------------------------------------------

    def _advance_live(self, now: float) -> None:
        for order in list(self._live.values()):
            self._advance(order, now)

    def _advance(self, order: Order, now: float) -> None:
        """Let happen what is due by now."""
        if order.status is OrderStatus.CREATED:
            self._let_payer_come(order, now)
        if order.status is OrderStatus.CREATED:
            self._let_time_run_out(order, now)
        if order.status is OrderStatus.PROCESSED and order.refunds:
            self._finish_refund(order, now)

    def _let_payer_come(self, order: Order, now: float) -> None:
        """A payer who has begun may finish, whatever the order's validity."""
        if order.paying is None:
            order.paying = self._visitor(order, now)
        if order.paying and order.paying.until <= now:
            self._process(order, order.paying)

    def _visitor(self, order: Order, now: float) -> PaymentUnderWay | None:
        """Return the setup's own payer, if he has come to this order by now."""
        if self.setup.pay_after is None or not self.points_of_sale.shows(order):
            return None
        comes_at = order.created_at + self.setup.pay_after
        if comes_at > now or comes_at >= order.expires_at:
            return None
        order.scans.append(self._number())
        return PaymentUnderWay("account_money", until=comes_at + self.setup.paying_takes)

    def _let_time_run_out(self, order: Order, now: float) -> None:
        if order.paying is None and order.expires_at <= now:
            self._move(order, OrderStatus.EXPIRED, "expired", order.expires_at)

    def _finish_refund(self, order: Order, now: float) -> None:
        if order.payment is None or now < max(refund.done_at for refund in order.refunds):
            return
        if order.refunded == Decimal(order.payment.amount):
            self._move(order, OrderStatus.REFUNDED, "refunded", order.refunds[-1].done_at)
        else:
            order.detail = "partially_refunded"

    # --- steps ------------------------------------------------------------------------------

    def _make(self, account: Account, request: Body, now: float) -> Order:
        country = account.country
        assert country is not None, "rules.read_create lets no other through"
        mode = request["config"]["qr"].get("mode", "static")
        shape = self.setup.qr_shape or country.code.lower()
        return Order(
            id=self._id("ORDTST" if account.test else "ORD", now),
            payment_id=self._id("PAY", now),
            account=account,
            request=request,
            created_at=now,
            updated_at=now,
            expires_at=now + expiry(request),
            qr_data="" if mode == "static" else qr_data(shape, self.chance),
        )

    def _put(self, order: Order) -> None:
        self._orders[order.id] = self._live[order.id] = order
        self.points_of_sale.lead_to(order)

    def _process(self, order: Order, paying: PaymentUnderWay) -> None:
        amount = order.price_for(paying.method)
        order.payment = SimulatedPayment(paying.until, paying.method, amount, self._number())
        order.paying = None
        self._move(order, OrderStatus.PROCESSED, "accredited", paying.until)

    def _move(self, order: Order, to: OrderStatus, detail: str, at: float) -> None:
        assert to in TRANSITIONS[order.status], f"{order.status} -> {to}"
        order.status, order.detail, order.updated_at = to, detail, at
        self._live.pop(order.id, None)

    def _of(self, account: Account, order_id: str, now: float) -> Order:
        order = self._known(order_id, now)
        if order.account.user_id != account.user_id:
            raise Problem.of("order_not_found", order_id)
        return order

    def _known(self, order_id: str, now: float) -> Order:
        order = self._orders.get(order_id)
        if order is None:
            raise Problem.of("order_not_found", order_id)
        self._advance(order, now)
        return order

    def _id(self, prefix: str, now: float) -> str:
        return ulid(prefix, now, self.chance)

    def _number(self) -> str:
        return str(self.chance.randrange(10**11, 10**12))
