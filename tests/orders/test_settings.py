"""The section ``orders:`` of the driver, and what opening it finds out before the first sale."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import ValidationError

from kiosk.base.environment import Environment
from kiosk.base.errors import ConfigError
from kiosk.orders.mercadopago import MercadoPagoSettings
from tests.orders.support import SALE, TOKEN, client

LEAST: dict[str, Any] = {"token": {"env": "KIOSK_TOKEN"}, "external_pos_id": "COUNTER1"}


def settings(**keys: Any) -> MercadoPagoSettings:
    return MercadoPagoSettings.model_validate({**LEAST, **keys})


def test_what_is_sent_by_the_contracts_configuration() -> None:
    assert json.loads(client().request(SALE)) == {
        "type": "qr",
        "total_amount": "1234.56",
        "description": "Compra",
        "external_reference": "k1-0001",
        "expiration_time": "PT5M",
        "config": {"qr": {"external_pos_id": "COUNTER1", "mode": "dynamic"}},
        "transactions": {"payments": [{"amount": "1234.56"}]},
    }


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("https://api.mercadopago.com", "https://api.mercadopago.com"),
        ("https://api.mercadopago.com/", "https://api.mercadopago.com"),
        ("http://127.0.0.1:9000", "http://127.0.0.1:9000"),
        ("http://127.9.9.9", "http://127.9.9.9"),
        ("http://localhost:9000", "http://localhost:9000"),
        ("http://[::1]:9000", "http://[::1]:9000"),
        ("HTTPS://API.example.org:8443", "https://api.example.org:8443"),
    ],
)
def test_an_address_is_an_origin(written: str, read: str) -> None:
    assert settings(base_url=written).base_url == read


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("http://api.mercadopago.com", "without encryption"),
        ("http://192.168.1.5:9000", "without encryption"),
        ("http://localhost.example.org", "without encryption"),
        ("http://127.0.0.1.example.org", "without encryption"),
        ("http://0.0.0.0:9000", "without encryption"),
        ("https://user:pass@api.mercadopago.com", "not a valid address"),
        ("https://", "not a valid address"),
        ("https://host:port", "not a valid address"),
        ("api.mercadopago.com", "not a valid address"),
        ("ftp://api.mercadopago.com", "not a valid address"),
        ("https://api.mercadopago.com/v1/orders", "has more than a host"),
        ("https://api.mercadopago.com?x=1", "has more than a host"),
    ],
)
def test_an_address_that_is_none_or_shows_the_token_is_refused(written: str, reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        settings(base_url=written)


@pytest.mark.parametrize("pos_id", ["", "A" * 40, "COUNTER-1", "CAJA 1", "CAJÁ", "A\n"])
def test_a_point_of_sale_id_is_letters_and_digits(pos_id: str) -> None:
    with pytest.raises(ValidationError, match="1 to 39 letters and digits"):
        settings(external_pos_id=pos_id)


def test_a_token_in_the_configuration_is_not_repeated_in_the_error() -> None:
    with pytest.raises(ValidationError, match="must not be in this file") as caught:
        settings(token=TOKEN)
    assert TOKEN not in str(caught.value)


def test_the_timeouts_are_durations_of_seconds() -> None:
    assert (settings().connect_timeout, settings().read_timeout) == (4, 8)
    assert settings(read_timeout="800 ms").read_timeout == 0.8
    with pytest.raises(ValidationError):
        settings(read_timeout="0 s")


def test_opening_without_the_token_says_which() -> None:
    with pytest.raises(ConfigError, match=r"orders\.token .env KIOSK_TOKEN_OF_NOBODY."):
        settings(token={"env": "KIOSK_TOKEN_OF_NOBODY"}).open(
            expires_after=300, currency="ARS", environment=Environment()
        )


@pytest.mark.parametrize("mode", ["static", "hybrid"])
def test_a_printed_qr_holds_no_order_for_longer_than_ten_minutes(mode: str) -> None:
    settings(mode=mode).validate_sample(expires_after=600, currency="ARS")
    with pytest.raises(ConfigError, match=r"sale\.expires_after: .*10 min"):
        settings(mode=mode).validate_sample(expires_after=601, currency="ARS")


@pytest.mark.parametrize(("mode", "needs"), [("dynamic", 1), ("hybrid", 1), ("static", 0)])
def test_only_a_printed_qr_does_without_the_panel(mode: str, needs: bool) -> None:
    assert settings(mode=mode).needs_qr == needs


@pytest.mark.parametrize("expires_after", [29.9, 3600 * 3600 + 1])
def test_what_no_request_could_hold_is_found_before_the_first_sale(expires_after: float) -> None:
    with pytest.raises(ConfigError, match="expiration_time"):
        settings().validate_sample(expires_after=expires_after, currency="CLP")


def test_every_key_has_a_sentence_for_the_manual() -> None:
    fields = MercadoPagoSettings.model_fields
    assert [name for name in fields if name != "driver" and not fields[name].description] == []
