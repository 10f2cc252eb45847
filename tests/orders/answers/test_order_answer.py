"""Whatever the service says of an order is read, and nothing is made up."""

from __future__ import annotations

import contextlib
import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.base.errors import OutcomeUnknown
from kiosk.base.money import CURRENCIES, Money
from kiosk.orders.answers.order_answer import order_seen
from kiosk.sale.events import OrderSeen
from kiosk.sale.words import Payment

ARS, CLP = CURRENCIES["ARS"], CURRENCIES["CLP"]
ORDER: dict[str, Any] = {
    "id": "ORD01K372G4J4FXZ9HGHZMJMGGPKE",
    "external_reference": "k1-0001",
    "status": "created",
    "status_detail": "created",
    "total_amount": "1234.56",
    "currency": "ARS",
    "country_code": "ARG",
    "created_date": "2025-08-21T19:43:10.123456789Z",
    "type_response": {"qr_data": "000201..."},
    "transactions": {"payments": [{"id": "PAY01", "amount": "1234.56"}]},
}

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


def seen(**changes: Any) -> OrderSeen:
    return order_seen(json.dumps({**ORDER, **changes}).encode(), ARS)


def test_an_order_is_read() -> None:
    assert seen() == OrderSeen(
        order_id="ORD01K372G4J4FXZ9HGHZMJMGGPKE",
        reference="k1-0001",
        status="created",
        status_detail="created",
        total=Money.of("1234.56", "ARS"),
        qr_data="000201...",
        payments=(Payment("PAY01", "", Money.of("1234.56", "ARS"), None),),
    )


def test_an_order_of_which_only_the_id_is_told_is_read() -> None:
    order = OrderSeen(order_id="ORDTST1", reference="", status="", total=None)
    assert order_seen(b'{"id": "ORDTST1"}', ARS) == order


def test_a_status_that_nobody_has_heard_of_is_kept() -> None:
    assert seen(status="in_review", status_detail="🤷").status == "in_review"


@pytest.mark.parametrize("node", [None, {}, {"qr_data": ""}, {"qr_data": ["0"]}, "000201...", []])
def test_no_qr_is_no_qr(node: Any) -> None:
    assert seen(type_response=node).qr_data is None


@pytest.mark.parametrize(
    ("total", "read"),
    [
        ('"50.00"', "50.00"),
        ('"50"', "50.00"),
        ("50", "50.00"),
        ("50.0", "50.00"),
        ("0.1", "0.10"),
        ("1.2345678E7", "12345678.00"),
        ("999999999999.99", "999999999999.99"),
        ('"50.000"', "50.00"),
    ],
)
def test_an_amount_is_read_from_text_or_number_to_the_cent(total: str, read: str) -> None:
    body = f'{{"id": "ORD1", "currency": "ARS", "total_amount": {total}}}'
    assert order_seen(body.encode(), ARS).total == Money(Decimal(read), ARS)


@pytest.mark.parametrize(
    "total",
    ['"50,00"', '""', "null", "true", "[50]", '"-50"', "-50", "NaN", "Infinity", "1e12", "1e99", "50.001",
     '"٥٠"', '" 50"', '"50\\n"', "1" * 5000],
)  # fmt: skip
def test_what_is_no_amount_is_none(total: str) -> None:
    body = f'{{"id": "ORD1", "currency": "ARS", "total_amount": {total}}}'
    assert order_seen(body.encode(), ARS).total is None


def test_chilean_pesos_come_with_empty_decimals_or_none() -> None:
    for text in ("1500", "1500.00"):
        assert seen(currency="CLP", total_amount=text).total == Money.of("1500", "CLP")
    assert seen(currency="CLP", total_amount="1500.50").total is None


def test_another_currency_is_read_as_what_it_is() -> None:
    assert seen(currency="BRL").total == Money.of("1234.56", "BRL")
    assert seen(currency="USD").total is None


def test_an_answer_without_a_currency_means_the_accounts_own() -> None:
    assert seen(currency=None).total == Money.of("1234.56", "ARS")


@pytest.mark.parametrize(
    "body",
    [b"", b"null", b"[]", b"{}", b'"ORD1"', b'{"id": null}', b'{"id": ""}', b'{"id": {"id": "O"}}',
     b'{"id": "../users"}', b'{"id": "ORD1\\n"}', b'{"id": "ORD1"', b"<html>", b"\xff\xfe\xfd",
     b"[" * 100_000, b'{"id": "\\ud800"}'],
)  # fmt: skip
def test_an_answer_without_an_order_leaves_the_outcome_unknown(body: bytes) -> None:
    with pytest.raises(OutcomeUnknown, match=r"^the service's answer has no order"):
        order_seen(body, ARS)


def test_half_a_surrogate_pair_can_be_written_down() -> None:
    assert seen(external_reference="\ud800x").reference.encode() == b"?x"


@given(st.binary() | JSON.map(lambda tree: json.dumps(tree).encode()))
def test_any_answer_is_an_order_or_unknown(body: bytes) -> None:
    with contextlib.suppress(OutcomeUnknown):
        order_seen(body, ARS)


@given(st.dictionaries(st.sampled_from(sorted(ORDER)), JSON), st.sampled_from([ARS, CLP]))
def test_any_order_is_read_and_its_money_is_exact(changes: dict[str, Any], currency: Any) -> None:
    body = json.dumps({**ORDER, **changes, "id": "ORD1"}).encode()
    total = order_seen(body, currency).total
    assert total is None or isinstance(total.amount, Decimal)


@given(st.integers(0, 10**14 - 1))
def test_no_cent_is_lost_on_the_way(cents: int) -> None:
    number = f"{cents // 100}.{cents % 100:02}"
    for written in (number, f'"{number}"'):
        body = f'{{"id": "ORD1", "total_amount": {written}}}'
        total = order_seen(body.encode(), ARS).total
        assert total is not None
        assert total.plain() == number
