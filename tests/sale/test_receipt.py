"""What an order says was paid, and what the journal keeps of it."""

from __future__ import annotations

import pytest

from kiosk.base.money import Money
from kiosk.sale.effects import Receipt, Remember, SaleEnded
from kiosk.sale.events import PAID_TWICE, OrderSeen
from kiosk.sale.words import Outcome, Payment
from tests.support.play import SHOWN, perform


def ars(text: str) -> Money:
    return Money.of(text, "ARS")


def payment(status: str, paid: str | None, name: str = "1", code: str = "ARS") -> Payment:
    return Payment(name, status, ars("50.00"), Money.of(paid, code) if paid else None, "debit_card")


def seen(*payments: Payment, paid: str | None = None) -> OrderSeen:
    told = ars(paid) if paid else None
    return OrderSeen("ORD1", "sale-1", "processed", ars("50.00"), payments=payments, paid=told)


@pytest.mark.parametrize(
    ("order", "amount"),
    [
        (seen(), None),
        (seen(paid="45.00"), "45.00"),
        (seen(payment("processed", "50.00"), paid="45.00"), "45.00"),
        (seen(payment("processed", "50.00")), "50.00"),
        (seen(payment("failed", "50.00"), payment("approved", "20.00")), "20.00"),
        (seen(payment("processed", "30.00"), payment("approved", "20.00")), "50.00"),
        (seen(payment("refunded", "30.00")), "30.00"),
        (seen(payment("processed", "30.00"), payment("processed", None)), None),
        (seen(payment("processed", "30.00"), payment("processed", "1.00", code="BRL")), None),
        (seen(payment("failed", None)), None),
        (seen(payment("of the future", "50.00")), None),
    ],
)
def test_what_was_paid_is_the_orders_word_else_the_sum_of_its_payments(
    order: OrderSeen, amount: str | None
) -> None:
    assert order.paid_amount == (ars(amount) if amount else None)


def test_the_receipt_names_the_payment_that_took_the_money() -> None:
    order = seen(payment("failed", None, "A"), payment("processed", "50.00", "B"))
    assert order.receipt == Receipt(ars("50.00"), "B", "debit_card")


def test_a_receipt_without_a_good_payment_names_none() -> None:
    assert seen(payment("failed", None, "A"), paid="50.00").receipt == Receipt(ars("50.00"))


def test_only_a_known_word_says_that_a_payment_failed() -> None:
    assert payment("rejected", None).failed
    assert not payment("processed", "1.00").failed
    assert not payment("of the future", None).failed


def test_an_order_that_was_paid_twice_says_so() -> None:
    play = perform(SHOWN + "later | fetch")
    play.cue("sees processed paid=25.00 payments=processed,processed")
    ends = [it.fact for it in play.done if isinstance(it, Remember)]
    end = ends[-1]
    assert isinstance(end, SaleEnded)
    assert end.outcome is Outcome.PAID
    assert end.evidence.endswith(f"paid 25.00 ARS of 12.50 ARS, {PAID_TWICE}")
