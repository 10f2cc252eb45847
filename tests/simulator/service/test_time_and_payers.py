"""Validity in the three modes, and payers who pay early, late, or with the printed code."""

from __future__ import annotations

import pytest

from kiosk.simulator.service.options import ServiceOptions
from kiosk.simulator.service.order_book import NotPayable, UnknownOrder
from tests.simulator.counter import DAY, GONE, MINUTE, NOON, Counter, codes, order

VALIDITY = [
    # mode, the duration sent, the duration shown, seconds of validity
    ("dynamic", GONE, "PT15M", 15 * MINUTE),
    ("dynamic", "PT30S", "PT30S", 30.0),
    ("dynamic", "PT16M", "PT16M", 16 * MINUTE),
    ("dynamic", "P2M", "P2M", 60 * DAY),
    ("static", GONE, "PT10M", 10 * MINUTE),
    ("static", "PT5M", "PT5M", 5 * MINUTE),
    ("static", "PT16M", "PT16M", 10 * MINUTE),  # shown as sent, but limited
    ("hybrid", GONE, "PT15M", 15 * MINUTE),
    ("hybrid", "PT16M", "PT16M", 16 * MINUTE),
    (GONE, GONE, "PT10M", 10 * MINUTE),
]


@pytest.mark.parametrize(("mode", "sent", "shown", "lives"), VALIDITY)
def test_an_order_is_valid_as_long_as_its_mode_allows(
    mode: object, sent: object, shown: str, lives: float
) -> None:
    counter = Counter()
    order_id = counter.created(order(config__qr__mode=mode, expiration_time=sent))
    assert counter.seen(order_id)["expiration_time"] == shown
    counter.now = NOON + lives - 0.001
    assert counter.seen(order_id)["status"] == "created"
    counter.now = NOON + lives
    assert counter.seen(order_id)["status"] == "expired"


def test_what_expired_while_nobody_looked_cannot_be_paid_or_canceled() -> None:
    counter = Counter()
    order_id = counter.created()
    counter.now += 5 * MINUTE
    with pytest.raises(NotPayable, match="expired"):
        counter.pay(order_id)
    assert codes(counter.cancel(order_id)) == ["order_already_canceled"]


def test_a_payer_who_began_in_time_may_finish() -> None:
    counter = Counter()
    order_id = counter.created()
    counter.now += 5 * MINUTE - 1
    counter.pay(order_id, takes=4.0)
    counter.now += 3
    assert counter.seen(order_id)["status"] == "created"
    assert codes(counter.cancel(order_id)) == ["instore_order_locked_error"]
    counter.now += 1
    assert counter.seen(order_id)["status"] == "processed"


@pytest.mark.parametrize("status", ["processed", "canceled"])
def test_an_order_that_has_ended_cannot_be_paid(status: str) -> None:
    counter = Counter()
    order_id = counter.created()
    if status == "canceled":
        counter.cancel(order_id)
    else:
        counter.pay(order_id)
    with pytest.raises(NotPayable, match=status):
        counter.pay(order_id)


def test_two_payers_cannot_pay_at_the_same_time() -> None:
    counter = Counter()
    order_id = counter.created()
    counter.pay(order_id, takes=3.0)
    with pytest.raises(NotPayable, match="another payer is paying"):
        counter.pay(order_id)


def test_an_unknown_order_cannot_be_paid() -> None:
    with pytest.raises(UnknownOrder):
        Counter().pay("ORD" + "0" * 26)


def test_the_printed_code_leads_to_the_latest_order_of_its_counter() -> None:
    counter = Counter(ServiceOptions(points_of_sale=frozenset({"COUNTER1", "COUNTER2"})))
    body = order(config__qr__mode="static")
    first, second = counter.created(body), counter.created(body)
    elsewhere = order(config__qr__mode="static", config__qr__external_pos_id="COUNTER2")
    other = counter.created(elsewhere)
    with pytest.raises(NotPayable, match="COUNTER1 leads to a newer order"):
        counter.pay(first)
    assert counter.book.pay_printed_code("COUNTER1", counter.now).id == second
    assert [counter.seen(each)["status"] for each in (first, second, other)] == [
        "created",
        "processed",
        "created",
    ]


def test_a_dynamic_order_is_not_behind_the_printed_code() -> None:
    counter = Counter()
    counter.created()
    with pytest.raises(UnknownOrder, match="COUNTER1"):
        counter.book.pay_printed_code("COUNTER1", counter.now)


def test_a_hybrid_order_can_be_paid_by_either_code_and_only_once() -> None:
    counter = Counter()
    body = order(config__qr__mode="hybrid")
    by_panel, by_print = counter.created(body), counter.created(body)
    counter.pay(by_panel)
    assert counter.book.pay_printed_code("COUNTER1", counter.now).id == by_print
    with pytest.raises(NotPayable, match="processed"):
        counter.pay(by_print)


def test_a_hybrid_order_leaves_the_printed_code_before_it_expires() -> None:
    counter = Counter()
    order_id = counter.created(order(config__qr__mode="hybrid", expiration_time="PT16M"))
    counter.now += 10 * MINUTE
    with pytest.raises(NotPayable, match="no longer has an order"):
        counter.book.pay_printed_code("COUNTER1", counter.now)
    counter.pay(order_id)
    assert counter.seen(order_id)["status"] == "processed"


def test_the_payer_of_pay_after_pays_every_order_and_locks_it_first() -> None:
    counter = Counter(ServiceOptions(pay_after=20.0, paying_takes=5.0))
    order_id = counter.created()
    counter.now = NOON + 19
    assert counter.cancel(counter.created()).status == 200
    counter.now = NOON + 20
    assert codes(counter.cancel(order_id)) == ["instore_order_locked_error"]
    counter.now = NOON + 400
    assert counter.seen(order_id)["status"] == "processed"
    assert counter.seen(order_id)["last_updated_date"] == "2026-09-21T14:13:45.000Z"


def test_a_payer_who_comes_too_late_does_not_pay() -> None:
    counter = Counter(ServiceOptions(pay_after=300.0))
    order_id = counter.created()
    counter.now += 300
    assert counter.seen(order_id)["status"] == "expired"


def test_the_payer_of_pay_after_pays_a_printed_order_before_the_next_one_replaces_it() -> None:
    counter = Counter(ServiceOptions(pay_after=20.0))
    body = order(config__qr__mode="static")
    first = counter.created(body)
    counter.now += 30
    second = counter.created(body)
    counter.now += 5
    third = counter.created(body)
    counter.now += 60
    states = [counter.seen(each)["status"] for each in (first, second, third)]
    assert states == ["processed", "created", "processed"]


def test_payable_orders_are_listed() -> None:
    counter = Counter()
    first, second = counter.created(), counter.created()
    counter.cancel(first)
    assert [each.id for each in counter.book.payable(counter.now)] == [second]
    counter.now += 5 * MINUTE
    assert counter.book.payable(counter.now) == []
