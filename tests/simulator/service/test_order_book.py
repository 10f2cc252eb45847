"""What stays true in the order book after any sequence of calls, payers and time."""

from __future__ import annotations

from decimal import Decimal

import hypothesis.strategies as st
from hypothesis import HealthCheck, settings
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule

from kiosk.simulator.service.options import ServiceOptions
from kiosk.simulator.service.order import TRANSITIONS, Order, OrderStatus
from kiosk.simulator.service.order_book import NotPayable
from tests.simulator.counter import Counter, codes, order, read
from tests.support.examples import examples

MODES = st.sampled_from(["static", "dynamic", "hybrid"])
SETUPS = st.builds(
    ServiceOptions,
    pay_after=st.sampled_from([None, 5.0, 100.0]),
    paying_takes=st.sampled_from([0.0, 4.0]),
    refund_takes=st.sampled_from([0.0, 10.0]),
)
CONFLICTS = {"order_already_canceled", "instore_order_locked_error"}
REFUSED_REFUNDS = {"cannot_refund_order", "order_already_refunded", "refund_in_progress"}


def reachable(status: OrderStatus) -> set[OrderStatus]:
    """Every status that an order may have since it was last fetched."""
    return {status}.union(*(reachable(after) for after in TRANSITIONS[status]))


class BookForEver(RuleBasedStateMachine):
    orders: Bundle[str] = Bundle("orders")

    def __init__(self) -> None:
        super().__init__()
        self.counter = Counter()
        self.last: dict[str, OrderStatus] = {}
        self.keys: dict[str, str] = {}

    @rule(setup=SETUPS)
    def begin_again(self, setup: ServiceOptions) -> None:
        if not self.last:
            self.counter = Counter(setup)

    @rule(target=orders, mode=MODES, seconds=st.integers(30, 900))
    def create(self, mode: str, seconds: int) -> str:
        body = order(config__qr__mode=mode, expiration_time=f"PT{seconds}S")
        key = f"machine-{len(self.keys)}"
        order_id = self.counter.created(body, key=key)
        assert order_id not in self.last
        assert self.counter.created(body, key=key) == order_id
        self.last[order_id] = OrderStatus.CREATED
        self.keys[order_id] = key
        return order_id

    @rule(seconds=st.sampled_from([0.5, 3.0, 20.0, 200.0, 700.0]))
    def time_passes(self, seconds: float) -> None:
        self.counter.now += seconds

    @rule(order_id=orders, takes=st.sampled_from([0.0, 2.0, 30.0]))
    def pay(self, order_id: str, takes: float) -> None:
        payable = order_id in {each.id for each in self.counter.book.payable(self.counter.now)}
        try:
            paid = self.counter.pay(order_id, takes=takes)
        except NotPayable:
            return
        assert payable
        assert paid.status is (OrderStatus.CREATED if takes else OrderStatus.PROCESSED)

    @rule(order_id=orders)
    def cancel(self, order_id: str) -> None:
        before = self.counter.seen(order_id)["status"]
        answer = self.counter.cancel(order_id)
        if answer.status == 200:
            assert before == "created"
            assert read(answer)["status"] == "canceled"
        else:
            assert codes(answer)[0] in CONFLICTS
            assert self.counter.seen(order_id)["status"] == before

    @rule(order_id=orders, cents=st.none() | st.integers(1, 6000))
    def refund(self, order_id: str, cents: int | None) -> None:
        before = self.counter.seen(order_id)
        payment_id = before["transactions"]["payments"][0]["id"]
        part = {"id": payment_id, "amount": f"{Decimal(cents or 0) / 100:.2f}"}
        body = b"" if cents is None else {"transactions": [part]}
        answer = self.counter.refund(order_id, body)
        if answer.status == 201:
            assert before["status"] == "processed"
        else:
            assert codes(answer)[0] in REFUSED_REFUNDS | {"refund_amount_exceeds"}

    @invariant()
    def an_order_goes_only_where_it_may(self) -> None:
        for each in self.counter.book.orders(self.counter.now):
            assert each.status in reachable(self.last[each.id])
            self.last[each.id] = each.status

    @invariant()
    def paid_means_that_money_moved_and_only_then(self) -> None:
        for each in self.counter.book.orders(self.counter.now):
            moved = each.status in {OrderStatus.PROCESSED, OrderStatus.REFUNDED}
            assert (each.payment is not None) == moved
            assert each.refunded <= (Decimal(each.payment.amount) if each.payment else 0)
            assert (each.status is OrderStatus.REFUNDED) <= (each.refunded == Decimal("50.00"))

    @invariant()
    def what_is_payable_is_created_and_in_time_or_being_paid(self) -> None:
        now = self.counter.now
        payable = {each.id for each in self.counter.book.payable(now)}
        for each in self.counter.book.orders(now):
            assert (each.id in payable) == (each.status is OrderStatus.CREATED)
            assert each.status is not OrderStatus.CREATED or each.paying or now < each.expires_at

    @invariant()
    def what_get_shows_is_what_the_book_holds(self) -> None:
        for each in self.counter.book.orders(self.counter.now):
            assert self.counter.seen(each.id)["status"] == each.status

    @invariant()
    def no_two_orders_share_an_id_or_a_qr(self) -> None:
        held: list[Order] = self.counter.book.orders(self.counter.now)
        shown = [each.qr_data for each in held if each.qr_data]
        assert len({each.id for each in held}) == len(held) == len(self.keys)
        assert len(set(shown)) == len(shown)


BookForEver.TestCase.settings = settings(
    max_examples=examples(60),
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
TestBookForEver = BookForEver.TestCase
