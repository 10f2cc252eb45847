"""The create request: the document's limits hold before anything is sent."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from kiosk.base.durations import format_iso_duration
from kiosk.orders.request.order_request import OrderRequest

LEAST: dict[str, Any] = {
    "total_amount": "50.00",
    "external_reference": "k1-0001",
    "config": {"qr": {"external_pos_id": "COUNTER1", "mode": "dynamic"}},
    "transactions": {"payments": [{"amount": "50.00"}]},
}
ITEM: dict[str, Any] = {
    "title": "Yerba",
    "unit_price": "25.00",
    "quantity": 2,
    "unit_measure": "kg",
    "external_code": "777489134",
}
FULL: dict[str, Any] = {
    **LEAST,
    "type": "qr",
    "description": "Compra",
    "expiration_time": "PT5M",
    "marketplace_fee": "11.20",
    "integration_data": {
        "platform_id": "dev_1234567890",
        "integrator_id": "dev_1234",
        "sponsor": {"id": "446566691"},
    },
    "items": [ITEM],
    "discounts": {"payment_methods": [{"new_total_amount": "47.28", "type": "account_money"}]},
}


def read(tree: Any) -> OrderRequest:
    return OrderRequest.model_validate_json(json.dumps(tree))


def changed(path: str, value: Any) -> Any:
    """Return the full request with another value at ``items.0.title`` and the like."""
    tree = json.loads(json.dumps(FULL))
    *way, last = path.split(".")
    place = tree
    for step in way:
        place = place[int(step)] if isinstance(place, list) else place[step]
    place[int(last) if isinstance(place, list) else last] = value
    return tree


def test_every_field_of_the_document_is_sent_as_it_was_given() -> None:
    assert json.loads(read(FULL).to_bytes()) == FULL


def test_what_is_not_set_is_not_sent() -> None:
    assert json.loads(read(LEAST).to_bytes()) == {"type": "qr", **LEAST}


def test_equal_requests_are_equal_bytes_whatever_the_order_of_the_keys() -> None:
    backwards = dict(reversed(FULL.items()))
    assert read(FULL).to_bytes() == read(backwards).to_bytes()
    assert b": " not in read(FULL).to_bytes()


@pytest.mark.parametrize(
    ("path", "good", "bad"),
    [
        ("description", "á" * 150, "á" * 151),
        ("external_reference", "Az09_-" + "x" * 58, "x" * 65),
        ("external_reference", "x", ""),
        ("external_reference", "x", "a b"),
        ("external_reference", "x", "ñ"),
        ("external_reference", "x", "x\n"),
        ("items", [ITEM] * 10, [ITEM] * 11),
        ("items", [ITEM], []),
        ("items", [ITEM], ITEM),
        ("items.0.title", "x" * 150, "x" * 151),
        ("items.0.unit_price", "0.00", "25.0"),
        ("items.0.quantity", 1, 0),
        ("items.0.quantity", 1, "1"),
        ("items.0.quantity", 1, 1.5),
        ("items.0.unit_measure", "x" * 10, "x" * 11),
        ("items.0.external_code", "x" * 30, "x" * 31),
        ("discounts.payment_methods.0.type", "prepaid_card", "cash"),
        ("discounts.payment_methods.0.new_total_amount", "40", "40.5"),
        ("integration_data.integrator_id", "dev_1", "1234"),
        ("integration_data.sponsor.id", "446566691", "dev_1"),
        ("config.qr.mode", "hybrid", "printed"),
        ("config.qr.mode", "static", None),
        ("config.qr.external_pos_id", "A1", ""),
        ("marketplace_fee", "0", "-1"),
        ("type", "qr", "point"),
        ("expiration_time", "PT30S", "PT29S"),
        ("expiration_time", "PT3600H", "PT3600H1S"),
        ("expiration_time", "P3M4DT12H30M5S", "P3Y6M4DT12H30M5S"),
        ("expiration_time", "P1D", "P"),
        ("expiration_time", "PT1M30S", "PT"),
        ("expiration_time", "PT5M", "5M"),
        ("expiration_time", "PT5M", "PT5M\n"),
        ("transactions.payments", [{"amount": "50"}], [{"amount": "25.00"}] * 2),
        ("transactions.payments", [{"amount": "50"}], []),
        ("transactions.payments", [{"amount": "50"}], {"amount": "50.00"}),
        ("transactions.payments.0.amount", "50", 50),
        ("transactions.payments.0.amount", "50", "50,00"),
        ("transactions.payments.0.amount", "50", "+50"),
        ("transactions.payments.0.amount", "50", "5e1"),
        ("transactions.payments.0.amount", "50", "050"),
        ("transactions.payments.0.amount", "50", "٥٠"),
    ],
)
def test_each_limit_holds_and_its_error_names_the_field(path: str, good: Any, bad: Any) -> None:
    read(changed(path, good))
    with pytest.raises(ValidationError) as caught:
        read(changed(path, bad))
    assert path in ".".join(str(step) for step in caught.value.errors()[0]["loc"])


@pytest.mark.parametrize(
    ("path", "bad", "reason"),
    [
        ("total_amount", "50,00", "'50,00' is not an amount; .* as in 1234.56"),
        ("total_amount", "0.00", "an amount of zero"),
        ("expiration_time", "5 min", "'5 min' is not an ISO 8601 duration; write it like PT5M"),
        ("expiration_time", "PT1S", "PT1S is not between 30 seconds and 3600 hours"),
    ],
)
def test_an_amount_or_a_time_that_is_refused_is_told_with_the_reason(
    path: str, bad: str, reason: str
) -> None:
    with pytest.raises(ValidationError, match=f"Value error, {reason}"):
        read(changed(path, bad))


def test_four_discounts_are_the_most() -> None:
    discount = FULL["discounts"]["payment_methods"][0]
    read(changed("discounts.payment_methods", [discount] * 4))
    with pytest.raises(ValidationError, match="payment_methods"):
        read(changed("discounts.payment_methods", [discount] * 5))


def test_ten_categories_are_the_most() -> None:
    def categories(count: int) -> Any:
        item = {**ITEM, "external_categories": [{"id": f"c{number}"} for number in range(count)]}
        return {**LEAST, "items": [item]}

    read(categories(10))
    with pytest.raises(ValidationError, match="external_categories"):
        read(categories(11))


def test_both_kinds_of_discount_exclude_each_other() -> None:
    with pytest.raises(ValidationError, match="can't be used together"):
        read(changed("items.0.external_categories", [{"id": "device"}]))


@pytest.mark.parametrize("total", ["50.01", "24.50"])
def test_the_total_is_what_is_paid(total: str) -> None:
    with pytest.raises(ValidationError, match="total_amount"):
        read(changed("total_amount", total))


def test_the_total_may_be_written_in_the_other_way() -> None:
    read(changed("total_amount", "50"))


def test_nothing_can_be_sold_for_nothing() -> None:
    free = {**LEAST, "total_amount": "0.00", "transactions": {"payments": [{"amount": "0.00"}]}}
    with pytest.raises(ValidationError, match="zero"):
        read(free)


def test_unknown_fields_are_not_sent() -> None:
    with pytest.raises(ValidationError, match="notification_url"):
        read({**LEAST, "notification_url": "https://example.org"})


@given(st.integers(30, 3600 * 3600))
def test_every_allowed_duration_is_one_that_the_request_takes(seconds: int) -> None:
    read({**LEAST, "expiration_time": format_iso_duration(seconds)})
