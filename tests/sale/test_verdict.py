"""What is paid, and what is not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiosk.base.money import Money
from kiosk.sale.events import OrderSeen
from kiosk.sale.verdict import Standing, judge
from kiosk.sale.words import Outcome, Payment, Sale
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
    assert judge(SALE, replace(PAID, total=Money.of("12.50", "BRL"))) is Standing.OTHER_CURRENCY


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


@pytest.mark.parametrize("paid", ["10.00", "13.00"])
def test_a_refund_is_ours_although_a_discount_or_a_tip_had_changed_the_total(paid: str) -> None:
    seen = replace(PAID, status="refunded", total=pesos(paid), paid=pesos(paid))
    assert judge(SALE, seen) is Outcome.REFUNDED
    assert judge(SALE, replace(seen, reference="")) is Standing.FOREIGN
    assert judge(SALE, replace(seen, status="canceled")) is Standing.FOREIGN


@pytest.mark.parametrize(
    ("paid", "total", "offered", "standing"),
    [
        ("12.50", "12.50", (), Outcome.PAID),
        ("13.00", "12.50", (), Outcome.PAID),  # a tip
        ("13.00", "13.00", (), Outcome.PAID),  # the total follows the tip
        ("12.50", None, (), Outcome.PAID),  # a node that is missing contradicts nothing
        ("12.49", "12.50", (), Standing.OTHER_AMOUNT),
        ("0.00", "12.50", (), Standing.OTHER_AMOUNT),
        ("10.00", "10.00", (), Standing.OTHER_AMOUNT),  # a discount that nobody offered
        ("10.00", "10.00", ("10.00", "11.00"), Outcome.PAID),
        ("11.00", "12.50", ("10.00", "11.00"), Outcome.PAID),
        ("10.50", "10.00", ("10.00", "11.00"), Standing.OTHER_AMOUNT),
        (None, "10.00", ("10.00",), Standing.OTHER_AMOUNT),  # nothing says what was paid
    ],
)
def test_what_was_paid_must_be_what_was_asked_or_more_or_a_discount_that_was_offered(
    paid: str | None, total: str | None, offered: tuple[str, ...], standing: Outcome | Standing
) -> None:
    seen = replace(
        PAID,
        paid=pesos(paid) if paid else None,
        total=pesos(total) if total else None,
        offered=tuple(map(pesos, offered)),
    )
    assert judge(SALE, seen) is standing


@pytest.mark.parametrize(
    ("in_all", "by_payment", "standing"),
    [
        ("10.00", "10.00", Outcome.PAID),  # the cash is a transaction beside the payment
        ("12.50", "10.00", Outcome.PAID),
        ("12.50", None, Outcome.PAID),
        ("10.00", None, Outcome.PAID),
        (None, "10.00", Outcome.PAID),
        (None, "12.50", Outcome.PAID),  # older APIs: one payment has the cash in it
        (None, "9.00", Standing.OTHER_AMOUNT),
        ("12.50", "9.00", Standing.OTHER_AMOUNT),
        ("9.00", None, Standing.OTHER_AMOUNT),
    ],
)
def test_cash_that_is_handed_out_is_part_of_what_was_asked(
    in_all: str | None, by_payment: str | None, standing: Outcome | Standing
) -> None:
    seen = replace(
        PAID,
        cash=pesos("2.50"),
        paid=pesos(in_all) if in_all else None,
        payments=(payment("processed", by_payment),),
    )
    assert judge(SALE, seen) is standing
    if standing is Outcome.PAID:
        assert seen.paid_amount == SALE.amount


def test_another_currency_gives_no_verdict() -> None:
    reais = Money.of("12.50", "BRL")
    assert judge(SALE, replace(PAID, paid=reais)) is Standing.OTHER_CURRENCY
    assert judge(SALE, replace(PAID, paid=pesos("12.50"), total=reais)) is Standing.OTHER_CURRENCY


def payment(status: str, paid: str | None = None) -> Payment:
    return Payment("P", status, pesos("12.50"), pesos(paid) if paid else None)


@pytest.mark.parametrize(
    ("payments", "standing"),
    [
        ((payment("failed"),), Standing.UNPAID),
        ((payment("rejected"), payment("canceled")), Standing.UNPAID),
        ((payment("failed"), payment("processed", "12.50")), Outcome.PAID),
        ((payment("failed"), payment("of the future")), Outcome.PAID),
        ((payment("processed", "12.00"),), Standing.OTHER_AMOUNT),
        ((payment("processed", "6.50"), payment("processed", "6.00")), Outcome.PAID),
    ],
)
def test_an_order_whose_payments_all_failed_is_not_paid(
    payments: tuple[Payment, ...], standing: Outcome | Standing
) -> None:
    assert judge(SALE, replace(PAID, payments=payments)) is standing


def test_a_payment_that_is_charged_back_is_left_to_people() -> None:
    assert judge(SALE, replace(PAID, charged_back=True)) is Standing.CHARGED_BACK
