"""Web addresses that name a product; GS1's own cases are in ``test_gs1.py``."""

from __future__ import annotations

import pytest

from kiosk.base.errors import BadReading
from kiosk.base.money import CURRENCIES
from kiosk.inputs.codes import digital_link
from kiosk.inputs.codes.catalogue import Product
from kiosk.inputs.codes.meaning import CodeReader
from kiosk.sale.words import Item
from tests.inputs.codes.counter_codes import ars

BREAD = Product("07790001001054", "Pan", ars("100.00"))
READER = CodeReader(CURRENCIES["ARS"], {BREAD.code: BREAD}.get)


def test_a_digital_link_with_a_price() -> None:
    link = "https://tienda.example/p/01/7790001001054/10/L%2F1?3103=001500&3922=1999&utm=x"
    assert digital_link.parse(link) == {
        "01": "07790001001054", "10": "L/1", "3103": "001500", "3922": "1999",
    }  # fmt: skip
    assert READER.read(link) == Item("Pan", ars("19.99"), 1, BREAD.code)


@pytest.mark.parametrize(
    ("link", "reason"),
    [
        ("https://example.com/01/7790001001055", "scan it again"),
        ("https://example.com/01/7790001001054/10/A/22/B", "qualifiers"),
        ("https://example.com/01/7790001001054?3922=1999", "needs"),
        ("https://example.com/01/7790001001054?7777=1", "not a GS1 identifier"),
        ("https://example.com/menu", "web address"),
        ("https://example.com/", "web address"),
        ("http://", "web address"),
        ("https://example.com/01/", "wrong format"),
    ],
)
def test_addresses_that_sell_nothing(link: str, reason: str) -> None:
    with pytest.raises(BadReading, match=reason):
        READER.read(link)
