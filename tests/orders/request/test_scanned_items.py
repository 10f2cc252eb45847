"""Scanned items on the order: what the payer reads on the receipt, and the total to the cent."""

from __future__ import annotations

import json
from typing import Any

import pytest

from kiosk.base.money import Money
from kiosk.orders.mercadopago import MercadoPagoSettings
from kiosk.sale.words import Item


def ars(plain: str) -> Money:
    return Money.of(plain, "ARS")


YERBA = Item("Yerba 1 kg", ars("4250.00"), 2, "7790001001054", "almacen")
PAN = Item("Pan", ars("13.55"))


def request(*items: Item, total: str, **more: Any) -> dict[str, Any]:
    fields = {"token": {"env": "T"}, "external_pos_id": "COUNTER1"}
    settings = MercadoPagoSettings.model_validate(fields | more)
    body: dict[str, Any] = json.loads(settings.build("R-1", ars(total), 300, items).to_bytes())
    assert body["total_amount"] == total
    return body


def test_each_item_is_a_line() -> None:
    assert request(YERBA, PAN, total="8513.55")["items"] == [
        {
            "title": "Yerba 1 kg",
            "unit_price": "4250.00",
            "quantity": 2,
            "unit_measure": "unit",
            "external_code": "7790001001054",
            "external_categories": [{"id": "almacen"}],
        },
        {"title": "Pan", "unit_price": "13.55", "quantity": 1, "unit_measure": "unit"},
    ]


def test_what_has_no_line_of_its_own_is_summed_under_the_orders_description() -> None:
    items = [Item(f"Thing {n}", ars(f"{n}.01")) for n in range(1, 21)]
    lines = request(*items, total="210.20", description="Almacén")["items"]
    assert len(lines) == 10
    assert lines[-1]["title"] == "Almacén"
    assert lines[-1]["unit_price"] == "165.11"


def test_scanned_items_stand_in_for_those_of_the_configuration() -> None:
    configured = {"items": [{"title": "Compra"}]}
    assert request(PAN, total="13.55", **configured)["items"][0]["title"] == "Pan"
    assert request(total="13.55", **configured)["items"][0]["title"] == "Compra"


def test_beside_discounts_items_have_no_categories() -> None:
    discounts = [{"type": "account_money", "percent_off": "10"}]
    (line,) = request(YERBA, total="8500.00", discounts=discounts)["items"]
    assert "external_categories" not in line


@pytest.mark.parametrize("more", [{}, {"items": [{"title": "Compra"}], "cash_out": "100"}])
def test_items_that_do_not_make_the_amount_are_left_out(more: dict[str, Any]) -> None:
    lines = request(PAN, total="500.00", **more).get("items", [])
    assert [line["title"] for line in lines] == ["Compra"] * bool(more)
