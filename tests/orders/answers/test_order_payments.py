"""Payments, refunds and discounts of an order: read leniently, and nothing is made up."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.base.money import CURRENCIES, Money
from kiosk.orders.answers.order_answer import order_seen
from kiosk.sale.effects import Receipt
from kiosk.sale.events import OrderSeen
from kiosk.sale.words import Payment
from tests.orders.answers.test_order_answer import JSON

ARS = CURRENCIES["ARS"]
FAILED = {"id": "PAY-A", "amount": "50.00", "status": "failed", "paid_amount": "0.00"}
GOOD = {
    "id": "PAY-B",
    "amount": "50.00",
    "paid_amount": "45.00",
    "status": "processed",
    "reference_id": "160458130233",
    "payment_method": {"type": "account_money", "id": "account_money", "installments": 1},
}


def seen(**changes: Any) -> OrderSeen:
    tree = {"id": "ORD1", "status": "processed", "total_amount": "50.00", "currency": "ARS"}
    return order_seen(json.dumps({**tree, **changes}).encode(), ARS)


def paid_by(*payments: Any, **more: Any) -> OrderSeen:
    return seen(transactions={"payments": list(payments)}, **more)


def refunds(*trees: Any) -> OrderSeen:
    return seen(transactions={"payments": [GOOD], "refunds": list(trees)})


def ars(text: str) -> Money:
    return Money.of(text, "ARS")


def test_cash_that_is_handed_out_is_paid_beside_the_payments() -> None:
    cash = {"id": "CSH1", "amount": "5.00", "status": "processed"}
    order = seen(transactions={"payments": [GOOD], "cash_outs": [cash]}, total_paid_amount="45.00")
    assert (order.cash, order.paid_amount) == (ars("5.00"), ars("50.00"))
    for unreadable in (None, [], [{"amount": "five"}], "5.00"):
        order = seen(transactions={"payments": [GOOD], "cash_outs": unreadable})
        assert (order.cash, order.paid_amount) == (None, ars("45.00"))


def test_a_payment_is_told_with_the_number_of_the_payers_receipt() -> None:
    order = paid_by(GOOD, total_paid_amount="45.00")
    assert order.payments == (
        Payment("160458130233", "processed", ars("50"), ars("45"), "account_money"),
    )
    assert order.receipt == Receipt(ars("45"), "160458130233", "account_money")


def test_of_two_payments_the_one_that_was_approved_is_on_the_receipt() -> None:
    order = paid_by(FAILED, GOOD)
    assert [payment.status for payment in order.payments] == ["failed", "processed"]
    assert order.receipt.payment_id == "160458130233"
    assert order.paid_amount == ars("45")


@pytest.mark.parametrize(
    ("changes", "number"),
    [
        ({}, "160458130233"),
        ({"reference_id": 160458130233}, "160458130233"),
        ({"reference_id": None, "reference": {"id": "7"}}, "7"),
        ({"reference_id": None}, "PAY-B"),
        ({"reference_id": {}, "id": None}, ""),
        ({"reference_id": "\x1b[2J"}, "?[2J"),
        ({"reference_id": "9" * 500}, "9" * 64),
    ],
)
def test_the_number_is_the_reference_else_the_payments_own_id(
    changes: dict[str, Any], number: str
) -> None:
    (payment,) = paid_by({**GOOD, **changes}).payments
    assert payment.id == number


@pytest.mark.parametrize("node", [None, [], {}, "x", 7, [None], [{}]])
def test_an_empty_list_of_chargebacks_is_no_chargeback(node: Any) -> None:
    assert not seen(chargebacks=node, transactions={"chargebacks": node}).charged_back


@pytest.mark.parametrize("node", [None, [], {}, "x", 7, [None], [[]], {"payments": None}])
def test_missing_nodes_contradict_nothing(node: Any) -> None:
    order = seen(transactions=node, discounts=node, chargebacks=None, total_paid_amount=None)
    assert order.payments == ()
    assert (order.paid_amount, order.refunded, order.offered) == (None, None, ())
    assert not order.refund_underway
    assert not order.charged_back


def test_numbers_in_place_of_texts_are_amounts_too() -> None:
    order = paid_by(GOOD | {"amount": 50, "paid_amount": 45.5}, total_paid_amount=45.5)
    assert (order.paid, order.payments[0].paid) == (ars("45.50"), ars("45.50"))


@pytest.mark.parametrize("amount", ["45,00", "-45", True, None, [], "45.001", "NaN", " 45"])
def test_what_is_not_an_amount_is_not_told(amount: Any) -> None:
    order = paid_by(GOOD | {"paid_amount": amount}, total_paid_amount=amount)
    assert (order.paid, order.payments[0].paid, order.paid_amount) == (None, None, None)


@pytest.mark.parametrize("node", ["of the future", None, 7, {"a": 1}])
def test_a_payment_with_an_unknown_status_has_neither_succeeded_nor_failed(node: Any) -> None:
    (payment,) = paid_by(GOOD | {"status": node}).payments
    assert not payment.succeeded
    assert not payment.failed


@pytest.mark.parametrize(
    ("trees", "refunded", "underway"),
    [
        ([{"amount": "10.00", "status": "processed"}], "10.00", False),
        ([{"amount": "10.00", "status": "processing"}], None, True),
        (
            [{"amount": "10", "status": "processed"}, {"amount": 5, "status": "processed"}],
            "15",
            False,
        ),
        (
            [{"amount": "10", "status": "processed"}, {"amount": 5, "status": "processing"}],
            "10",
            True,
        ),
        ([{"amount": "10.00", "status": "failed"}], None, False),
        ([{"amount": "10.00", "status": None}], None, False),
        ([{"amount": None, "status": "processed"}], None, False),
        ([{"amount": "10.00", "status": "processed", "currency": "BRL"}], None, False),
        ([{"amount": "10.00", "status": "processed", "currency_id": "ARS"}], "10.00", False),
        ([{"amount": "10.00", "status": "processed", "currency_id": "BRL"}], None, False),
        ([None, "x", 7], None, False),
    ],
)
def test_refunds_are_told_when_they_are_finished(
    trees: list[Any], refunded: str | None, underway: bool
) -> None:
    order = refunds(*trees)
    assert order.refunded == (ars(refunded) if refunded else None)
    assert order.refund_underway is underway


@pytest.mark.parametrize(
    ("amount", "refunded"), [("10.00", "10.00"), (0, None), (None, None), ("x", None)]
)
def test_without_a_list_of_refunds_the_payments_tell_them(
    amount: Any, refunded: str | None
) -> None:
    order = paid_by(GOOD | {"refunded_amount": amount}, FAILED)
    assert order.refunded == (ars(refunded) if refunded else None)


def test_each_discounted_total_that_is_offered_is_told() -> None:
    methods = [
        {"type": "account_money", "new_total_amount": "45.00"},
        {"type": "debit_card", "new_total_amount": 47},
        {"type": "credit_card", "new_total_amount": None},
        None,
    ]
    assert seen(discounts={"payment_methods": methods}).offered == (ars("45"), ars("47"))


@pytest.mark.parametrize(
    "changes",
    [
        {"chargebacks": [{"id": "1"}]},
        {"transactions": {"chargebacks": [{"id": "1"}]}},
        {"transactions": {"payments": [GOOD | {"status": "charged_back"}]}},
        {"status": "charged_back"},
    ],
)
def test_a_chargeback_is_told_wherever_it_is(changes: dict[str, Any]) -> None:
    assert seen(**changes).charged_back


def test_an_order_with_payments_without_end_is_read_as_far_as_makes_sense() -> None:
    assert len(paid_by(*[FAILED] * 5000).payments) == 100


@given(
    st.dictionaries(
        st.sampled_from(
            ["transactions", "discounts", "chargebacks", "total_paid_amount", "status", "currency"]
        ),
        JSON
        | st.fixed_dictionaries({"payments": st.lists(JSON), "refunds": st.lists(JSON)})
        | st.builds(lambda tree: {"payments": [GOOD | tree]}, st.dictionaries(st.text(), JSON)),
    )
)
def test_any_tree_is_read(changes: dict[str, Any]) -> None:
    order = seen(**changes)
    assert all(payment.id.isprintable() for payment in order.payments)
    assert order.receipt.paid == order.paid_amount
