"""Every field of the create request, from the configuration to the service and back."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from kiosk.base.errors import ConfigError
from kiosk.base.money import Money
from kiosk.orders.mercadopago import MercadoPagoSettings
from kiosk.orders.request.order_request import OrderRequest
from kiosk.sale.words import Outcome
from kiosk.simulator.service.options import ServiceOptions
from tests.orders.sellers import FLOWS, Shop

LEAST: dict[str, Any] = {"token": {"env": "TOKEN"}, "external_pos_id": "COUNTER1"}
EVERYTHING: dict[str, Any] = {
    **LEAST,
    "mode": "hybrid",
    "description": "Compra en el almacén",
    "platform_id": "dev_1234567890",
    "integrator_id": "dev_1234",
    "sponsor_id": "446566691",
    "marketplace_fee": "11.20",
    "cash_out": "200",
    "items": [
        {
            "title": "Bolsa",
            "unit_price": "25.25",
            "quantity": "2",
            "unit_measure": "unit",
            "external_code": "777489134",
        },
        {"title": "Compra", "unit_measure": "kg"},
    ],
    "discounts": [
        {"type": "account_money", "percent_off": "10"},
        {"type": "debit_card", "percent_off": "0.5"},
    ],
}


def built(amount: str = "1234.50", currency: str = "ARS", **keys: Any) -> Any:
    settings = MercadoPagoSettings.model_validate(LEAST | keys)
    request = settings.build("k1-1", Money.of(amount, currency), 300)
    return json.loads(request.to_bytes())


def test_everything_that_can_be_set_is_sent() -> None:
    assert built(**EVERYTHING) == {
        "type": "qr",
        "total_amount": "1234.50",
        "description": "Compra en el almacén",
        "external_reference": "k1-1",
        "expiration_time": "PT5M",
        "marketplace_fee": "11.20",
        "integration_data": {
            "platform_id": "dev_1234567890",
            "integrator_id": "dev_1234",
            "sponsor": {"id": "446566691"},
        },
        "config": {"qr": {"external_pos_id": "COUNTER1", "mode": "hybrid"}},
        "transactions": {
            "payments": [{"amount": "1034.50"}],
            "cash_outs": [{"amount": "200.00"}],
        },
        "items": [
            {
                "title": "Bolsa",
                "unit_price": "25.25",
                "quantity": 2,
                "unit_measure": "unit",
                "external_code": "777489134",
            },
            {"title": "Compra", "unit_price": "984.00", "quantity": 1, "unit_measure": "kg"},
        ],
        "discounts": {
            "payment_methods": [
                {"new_total_amount": "1111.05", "type": "account_money"},
                {"new_total_amount": "1228.32", "type": "debit_card"},
            ]
        },
    }


def test_categories_of_an_item_are_sent_as_the_document_has_them() -> None:
    item = {"title": "Yerba", "external_categories": ["food", "tea"]}
    assert built(items=[item])["items"][0]["external_categories"] == [
        {"id": "food"},
        {"id": "tea"},
    ]


@pytest.mark.anyio
async def test_the_service_takes_it_and_a_sale_with_cash_and_discount_is_paid() -> None:
    more = {name for name in EVERYTHING if name not in LEAST}
    settings = MercadoPagoSettings.model_validate(EVERYTHING)
    changes = {name: getattr(settings, name) for name in more}
    shop = Shop(
        "orders-hybrid", setup=ServiceOptions(cash_out=True), token="APP_USR-OAUTH", **changes
    )
    sale, _ = await shop.sell()
    shop.pay()
    assert shop.order().payment.amount == "1111.05"
    assert await shop.judged(sale) is Outcome.PAID


def test_a_sale_too_small_for_fixed_prices_and_cash_goes_without_them() -> None:
    small = built("50.50", **EVERYTHING)
    assert small["transactions"] == {"payments": [{"amount": "50.50"}]}
    assert [item["title"] for item in small["items"]] == ["Compra"]
    assert small["items"][0]["unit_price"] == "50.50"


def test_a_sale_of_as_much_as_the_cash_is_paid_without_cash() -> None:
    keys: dict[str, Any] = {"cash_out": "200", "items": [{"title": "Compra"}]}
    assert built("200", **keys)["transactions"] == {"payments": [{"amount": "200.00"}]}
    assert built("200.01", **keys)["transactions"] == {
        "payments": [{"amount": "0.01"}],
        "cash_outs": [{"amount": "200.00"}],
    }


def test_a_discount_that_leaves_nothing_to_pay_is_left_out() -> None:
    assert "discounts" not in built(
        "1", "CLP", discounts=[{"type": "credit_card", "percent_off": "50"}]
    )


@given(st.integers(1, 10**14), st.decimals(min_value="0.01", max_value="99.99", places=2))
def test_whatever_the_sale_the_request_keeps_to_the_documents_limits(
    cents: int, percent: Any
) -> None:
    keys = EVERYTHING | {"discounts": [{"type": "prepaid_card", "percent_off": str(percent)}]}
    settings = MercadoPagoSettings.model_validate(keys)
    amount = Money.of(f"{cents // 100}.{cents % 100:02}", "ARS")
    if amount.amount < 10**12:
        OrderRequest.model_validate_json(settings.build("k1-1", amount, 300).to_bytes())


@pytest.mark.parametrize(
    ("keys", "named"),
    [
        ({"description": "x" * 151}, "description"),
        ({"description": ""}, "description"),
        ({"mode": "printed"}, "mode"),
        ({"integrator_id": "1234"}, "integrator_id"),
        ({"sponsor_id": "dev_1"}, "sponsor_id"),
        ({"marketplace_fee": "-1"}, "marketplace_fee"),
        ({"items": []}, "items"),
        ({"items": [{"title": "x"}] * 2}, "items"),
        ({"items": [{"title": "x", "unit_price": "1"}] * 11}, "items"),
        ({"items": [{"title": "x" * 151}]}, "title"),
        ({"items": [{"title": "x", "unit_measure": "y" * 11}]}, "unit_measure"),
        ({"items": [{"title": "x", "external_code": "y" * 31}]}, "external_code"),
        ({"items": [{"title": "x", "external_categories": ["c"] * 11}]}, "external_categories"),
        ({"items": [{"title": "x", "quantity": "0"}]}, "quantity"),
        ({"items": [{"title": "x", "quantity": "1.5"}]}, "quantity"),
        ({"discounts": [{"type": "cash", "percent_off": "1"}]}, "type"),
        ({"discounts": [{"type": "debit_card", "percent_off": "100"}]}, "percent_off"),
        ({"discounts": [{"type": "debit_card", "percent_off": "1"}] * 5}, "discounts"),
        ({"notification_url": "https://example.com"}, "notification_url"),
    ],
)
def test_each_limit_holds_in_the_configuration_and_names_its_setting(
    keys: dict[str, Any], named: str
) -> None:
    with pytest.raises(ValidationError) as caught:
        MercadoPagoSettings.model_validate(LEAST | keys)
    assert named in {str(part) for error in caught.value.errors() for part in error["loc"]}


@pytest.mark.parametrize("count", [1, 10])
def test_ten_items_and_one_hundred_and_fifty_characters_are_taken(count: int) -> None:
    fixed = [{"title": "x" * 150, "unit_price": "0.01"}] * (count - 1)
    items = [*fixed, {"title": "x" * 150}]
    assert len(built(items=items, description="y" * 150)["items"]) == count


@pytest.mark.parametrize(
    ("keys", "reason"),
    [
        ({"cash_out": "100"}, "cash_out needs items"),
        (
            {"items": [{"title": "x", "unit_price": "1"}]},
            "Value error, one item must have the rest of the amount; "
            "leave out unit_price and quantity of exactly one item \\[",
        ),
        (
            {
                "items": [{"title": "x", "external_categories": ["c"]}],
                "discounts": [{"type": "debit_card", "percent_off": "1"}],
            },
            "can't be used together",
        ),
    ],
)
def test_settings_that_do_not_go_together_are_refused(keys: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        MercadoPagoSettings.model_validate(LEAST | keys)


@pytest.mark.parametrize("key", ["cash_out", "marketplace_fee"])
def test_money_finer_than_the_currency_is_found_before_the_first_sale(key: str) -> None:
    keys = {key: "1.50", "items": [{"title": "x"}]}
    MercadoPagoSettings.model_validate(LEAST | keys).validate_sample(
        expires_after=300, currency="ARS"
    )
    with pytest.raises(ConfigError, match=f"orders.{key}: .* CLP allows"):
        MercadoPagoSettings.model_validate(LEAST | keys).validate_sample(
            expires_after=300, currency="CLP"
        )


@pytest.mark.anyio
@pytest.mark.parametrize("flow", [name for name in FLOWS if name.startswith("orders-")])
@pytest.mark.parametrize("length", [64, 65])
async def test_a_reference_has_sixty_four_characters_at_the_most(flow: str, length: int) -> None:
    shop = Shop(flow)
    sale = shop.sale(reference="r" * length)
    if length == 64:
        await shop.sell(sale)
        return
    with pytest.raises(ValidationError, match="external_reference"):
        shop.orders.request(sale)
