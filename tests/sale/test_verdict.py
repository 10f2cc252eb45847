"""What is paid, and what is not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiosk.base.money import Money
from kiosk.sale.events import OrderSeen
from kiosk.sale.verdict import Standing, judge
from kiosk.sale.words import Outcome, Sale
from tests.support.play import pesos

SALE = Sale("K-1", pesos("12.50"), "caja", "ORD1")
PAID = OrderSeen("ORD1", "K-1", "processed", pesos("12.50"))


def test_paid_needs_our_id_reference_and_amount() -> None:
    assert judge(SALE, PAID) is Outcome.PAID
    assert judge(SALE, replace(PAID, order_id="ORD2")) is Standing.FOREIGN
    assert judge(SALE, replace(PAID, reference="K-2")) is Standing.FOREIGN
    assert judge(SALE, replace(PAID, reference="")) is Standing.FOREIGN
    assert judge(SALE, replace(PAID, total=None)) is Standing.FOREIGN
    assert judge(SALE, replace(PAID, total=pesos("12.51"))) is Standing.OTHER_AMOUNT
    assert judge(SALE, replace(PAID, total=Money.of("12.50", "BRL"))) is Standing.OTHER_AMOUNT


@pytest.mark.parametrize(
    ("status", "standing"),
    [
        ("created", Standing.PAYABLE),
        ("canceled", Outcome.CANCELED),
        ("expired", Outcome.EXPIRED),
        ("refunded", Outcome.REFUNDED),
        ("in_review", Standing.UNDECIDED),
        ("", Standing.UNDECIDED),
    ],
)
def test_every_other_status_needs_that_nothing_contradicts_us(
    status: str, standing: Outcome | Standing
) -> None:
    seen = replace(PAID, status=status)
    assert judge(SALE, seen) is standing
    assert judge(SALE, replace(seen, reference="", total=None)) is standing
    assert judge(SALE, replace(seen, order_id="ORD2")) is Standing.FOREIGN
    assert judge(SALE, replace(seen, reference="K-2")) is Standing.FOREIGN
    assert judge(SALE, replace(seen, total=pesos("12.51"))) is Standing.FOREIGN


def test_a_refund_made_elsewhere_is_seen_in_the_detail() -> None:
    assert judge(SALE, replace(PAID, status_detail="refunded")) is Outcome.REFUNDED
    assert judge(SALE, replace(PAID, status_detail="partially_refunded")) is Outcome.PAID
