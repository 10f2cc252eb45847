"""What the tests of codes share: a small price list, labels, and a reader with both."""

from __future__ import annotations

from typing import Any

from kiosk.base.money import CURRENCIES, Money
from kiosk.inputs.codes.catalogue import Product
from kiosk.inputs.codes.check_digits import check_digit
from kiosk.inputs.codes.labels import LabelPattern, LabelValue
from kiosk.inputs.codes.meaning import CodeReader

ARS, CLP = CURRENCIES["ARS"], CURRENCIES["CLP"]
KEY = b"a secret of sixteen bytes"


def ars(plain: str) -> Money:
    return Money.of(plain, "ARS")


PRODUCTS = {
    product.code: product
    for product in (
        Product("7790001001054", "Yerba 1 kg", ars("4250.00"), "", "almacen"),
        Product("42", "Pan", ars("900.00"), "kg"),
        Product("02345673", "Chicle", ars("50.00")),
        Product("SKU-7", "Taza", ars("7000.00")),
        Product("12345670", "Encendedor", ars("800.00")),
        Product("00123", "Queso", ars("12000.00"), "kg"),
    )
}


def find(code: str) -> Product | None:
    return PRODUCTS.get(code)


def read(scan: str, **more: Any) -> Any:
    facts: dict[str, Any] = {"currency": ARS, "find": find}
    return CodeReader(**(facts | more)).read(scan)


def with_check(body: str) -> str:
    return body + check_digit(body)


LABELS = (
    LabelPattern("20.....{NNNDD}", LabelValue.PRICE),
    LabelPattern("21.....{NNDDD}", LabelValue.WEIGHT),
)
