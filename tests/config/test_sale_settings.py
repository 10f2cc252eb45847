"""The settings of a sale, and that their defaults are the machine's."""

from __future__ import annotations

import math

import pytest
from pydantic import ValidationError

from kiosk.config.sale_settings import SaleSettings
from kiosk.orders.account.token import TokenSettings
from kiosk.orders.dynamic_qr import DynamicQrSettings
from kiosk.orders.mercadopago import MercadoPagoSettings
from kiosk.sale.policy import Policy

ORDERS = MercadoPagoSettings(token=TokenSettings(env="TOKEN"), external_pos_id="COUNTER1")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("immediate", 0.0), ("on_pay", math.inf), ("20 s", 20.0), ("2 min", 120.0), ("PT20S", 20.0)],
)
def test_when_a_basket_is_paid(text: str, seconds: float) -> None:
    settings = SaleSettings.model_validate({"checkout": text})
    assert settings.policy("K", ORDERS).checkout == seconds
    shown = settings.model_dump(mode="json")["checkout"]
    assert SaleSettings.model_validate({"checkout": shown}) == settings


@pytest.mark.parametrize("text", ["", "on pay", "20", "0 s", "1 s", "1 h", "never"])
def test_what_is_not_a_valid_time_to_pay(text: str) -> None:
    with pytest.raises(ValidationError, match="write immediate, on_pay, or 2 s to 10 min"):
        SaleSettings.model_validate({"checkout": text})


def test_each_item_is_a_sale_unless_the_technician_says_otherwise() -> None:
    assert SaleSettings().checkout == 0.0


def test_the_defaults_are_those_of_the_machine() -> None:
    assert SaleSettings().policy("K", ORDERS) == Policy(prefix="K")


def test_a_sale_is_not_set_aside_within_10_s() -> None:
    assert SaleSettings.model_validate({"set_aside_after": "10 s"}).set_aside_after == 10.0
    with pytest.raises(ValidationError):
        SaleSettings.model_validate({"set_aside_after": "9 s"})


def test_an_older_service_gets_the_time_that_it_needs_to_tell_an_end() -> None:
    """It never says that an order expired: only that no payment was found some seconds later."""
    older = DynamicQrSettings(token=ORDERS.token, external_pos_id="COUNTER1", user_id="1")
    settings = SaleSettings.model_validate({"set_aside_after": "10 s"})
    assert settings.policy("K", ORDERS).set_aside_after == 10.0
    assert settings.policy("K", older).set_aside_after == 25.0
