"""What the live service was seen to do beyond its documents, and what testers and sellers do."""

from __future__ import annotations

import pytest

from kiosk.simulator.service.options import ServiceOptions
from kiosk.simulator.service.order import OrderStatus, Quirk
from kiosk.simulator.service.order_book import NotPayable, UnknownOrder
from tests.simulator.counter import DISCOUNTS, Counter, codes, order

NOBODY = "ORD" + "0" * 26


def test_a_failed_payment_stands_before_the_good_one() -> None:
    counter = Counter()
    order_id = counter.created()
    counter.pay(order_id, quirks=frozenset({Quirk.REFUSED_FIRST}))
    refused, good = counter.seen(order_id)["transactions"]["payments"]
    assert (refused["status"], good["status"]) == ("failed", "processed")
    assert refused["id"] != good["id"]
    assert "paid_amount" not in refused


@pytest.mark.parametrize(("quirks", "total"), [((), "50.00"), ((Quirk.NEW_TOTAL,), "45.00")])
def test_a_discounted_total_may_replace_the_total(quirks: tuple[Quirk, ...], total: str) -> None:
    counter = Counter()
    order_id = counter.created(order(discounts=DISCOUNTS))
    counter.pay(order_id, quirks=frozenset(quirks))
    seen = counter.seen(order_id)
    assert (seen["total_amount"], seen["total_paid_amount"]) == (total, "45.00")
    assert seen["discounts"] == DISCOUNTS


def test_a_tester_sets_an_unpaid_order_to_failed() -> None:
    counter = Counter()
    order_id = counter.created()
    counter.book.fail(order_id, counter.now)
    seen = counter.seen(order_id)
    assert (seen["status"], seen["status_detail"]) == ("failed", "insufficient_amount")
    assert codes(counter.cancel(order_id)) == ["order_already_canceled"]
    assert codes(counter.refund(order_id)) == ["cannot_refund_order"]
    with pytest.raises(NotPayable, match="failed"):
        counter.pay(order_id)
    with pytest.raises(NotPayable, match="failed"):
        counter.book.fail(order_id, counter.now)
    with pytest.raises(UnknownOrder):
        counter.book.fail(NOBODY, counter.now)


def test_a_seller_refunds_an_order_in_another_app() -> None:
    counter = Counter()
    order_id = counter.paid()
    counter.book.refund_elsewhere(order_id, counter.now, takes=60)
    seen = counter.seen(order_id)
    assert (seen["status"], seen["transactions"]["refunds"][0]["status"]) == (
        "processed",
        "processing",
    )
    counter.now += 61
    assert counter.book.orders(counter.now)[0].status is OrderStatus.REFUNDED
    with pytest.raises(UnknownOrder):
        counter.book.refund_elsewhere(NOBODY, counter.now)


def test_a_refund_seconds_after_the_payment_is_refused_and_good_later() -> None:
    counter = Counter(ServiceOptions(refundable_after=5.0))
    order_id = counter.paid()
    answer = counter.refund(order_id, key="one")
    assert (answer.status, codes(answer)) == (422, ["unprocessable_entity"])
    counter.now += 5
    assert counter.refund(order_id, key="one").status == 201
