"""The labels of a shop's scale: their patterns, and the item that each sells."""

from __future__ import annotations

import pytest

from kiosk.base.errors import BadReading
from kiosk.base.money import CURRENCIES, Money
from kiosk.inputs.codes.catalogue import Product
from kiosk.inputs.codes.check_digits import price_check_digit
from kiosk.inputs.codes.labels import LabelPattern, LabelValue
from kiosk.sale.words import Item
from tests.inputs.codes.counter_codes import CLP, LABELS, ars, read, with_check


def test_a_price_in_a_label_of_the_scale() -> None:
    scan = with_check("200012301250")
    assert read(scan, labels=LABELS) == Item("Queso", ars("12.50"), 1, "00123")


def test_an_item_that_the_price_list_does_not_have() -> None:
    scan = with_check("209999901250")
    assert read(scan, labels=LABELS) == Item("99999", ars("12.50"), 1, "99999")


def test_a_weight_needs_its_price_and_is_rounded_once() -> None:
    scan = with_check("210004201505")  # 1.505 kg at 900
    assert read(scan, labels=LABELS) == Item("Pan", ars("1354.50"), 1, "42")
    with pytest.raises(BadReading, match="no product"):
        read(with_check("219999901505"), labels=LABELS)


def test_a_misread_label_is_no_price() -> None:
    scan = with_check("200012301250")
    for place in range(13):
        wrong = scan[:place] + str((int(scan[place]) + 1) % 10) + scan[place + 1 :]
        with pytest.raises(BadReading):
            read(wrong, labels=LABELS)


@pytest.mark.parametrize("body", ["200012300000", "210004200000"])
def test_nothing_costs_nothing(body: str) -> None:
    with pytest.raises(BadReading, match="is zero"):
        read(with_check(body), labels=LABELS)


def test_the_labels_of_brazilian_scales() -> None:
    brl = CURRENCIES["BRL"]
    seven = (LabelPattern("2....{NNNNNDD}", LabelValue.PRICE),)
    label = read("2014900002840", currency=brl, labels=seven, find=lambda _: None)
    assert label == Item("0149", Money.of("2.84", "BRL"), 1, "0149")
    five = (LabelPattern("2......{NNNDD}", LabelValue.PRICE),)
    label = read("2000001007600", currency=brl, labels=five, find=lambda _: None)
    assert label == Item("000001", Money.of("7.60", "BRL"), 1, "000001")


def test_chile_has_no_cents() -> None:
    whole = (LabelPattern("20.....{NNNNN}", LabelValue.PRICE),)
    item = read(with_check("200012301990"), currency=CLP, labels=whole, find=lambda _: None)
    assert item.price == Money.of("1990", "CLP")
    with pytest.raises(BadReading, match="too many decimals"):
        read(with_check("200012301990"), currency=CLP, labels=LABELS, find=lambda _: None)


def test_a_upc_a_label_is_one_with_or_without_its_leading_zero() -> None:
    upc = (LabelPattern("2.....{NNNDD}", LabelValue.PRICE),)
    scan = with_check("20012301250")
    for form in (scan, "0" + scan, "]E00" + scan):
        assert read(form, labels=upc, find=lambda _: None).price == ars("12.50")


def test_a_price_with_its_own_check_digit() -> None:
    guarded = (LabelPattern("2......V{NNDD}", LabelValue.PRICE),)
    good = with_check("2000123" + price_check_digit("2875") + "2875")
    assert read(good, labels=guarded, find=lambda _: None).price == ars("28.75")
    bad = with_check("200012382875")
    with pytest.raises(BadReading, match="price on the label was misread"):
        read(bad, labels=guarded)


@pytest.mark.parametrize("identifier", ["", "]E0", "]C0", "]A0", "]I0"])
def test_a_label_in_any_kind_of_barcode(identifier: str) -> None:
    """Scales print Code 128 too; a scanner that sends identifiers reads the same label."""
    label = with_check("200004201250")
    assert read(identifier + label, labels=LABELS).price == ars("12.50")
    with pytest.raises(BadReading, match="check digit is wrong"):
        read(identifier + label[:-1] + str((int(label[-1]) + 1) % 10), labels=LABELS)


class TestBaseCodes:
    """Odoo keeps the label with the value 0 as the code of the product."""

    queso = Product("2100001000004", "Queso", ars("9000.00"), "kg")
    jamon = Product(with_check("200000100000"), "Jamón", ars("8000.00"))

    def find(self, code: str) -> Product | None:
        return next((each for each in (self.queso, self.jamon) if each.code == code), None)

    def test_a_label_finds_its_product_by_its_base_code(self) -> None:
        weighed = read("2100001027506", labels=LABELS, find=self.find)
        assert (weighed.title, weighed.price) == ("Queso", ars("24750.00"))
        priced = read("]C0" + with_check("200000101250"), labels=LABELS, find=self.find)
        assert (priced.title, priced.price, priced.code) == ("Jamón", ars("12.50"), self.jamon.code)

    def test_the_base_code_itself_is_a_label_without_a_weight(self) -> None:
        with pytest.raises(BadReading, match="weight is zero"):
            read("2100001000004", labels=LABELS, find=self.find)

    def test_a_label_that_fits_two_products_is_refused(self) -> None:
        other = Product("00001", "Pan", ars("1.00"), "kg")
        with pytest.raises(BadReading, match="fits two products"):
            read(
                "2100001027506",
                labels=LABELS,
                find=lambda c: other if c == "00001" else self.find(c),
            )

    def test_a_price_with_its_own_check_digit_is_zero_in_the_base_code_too(self) -> None:
        guarded = (LabelPattern("2......V{NNDD}", LabelValue.PRICE),)
        base = with_check("2000123" + price_check_digit("0000") + "0000")
        listed = Product(base, "Queso", ars("1.00"))
        scan = with_check("2000123" + price_check_digit("2875") + "2875")
        found = read(scan, labels=guarded, find=lambda code: listed if code == base else None)
        assert (found.title, found.price) == ("Queso", ars("28.75"))


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("", "not a valid label pattern"),
        ("20.....NNNDD", "not a valid label pattern"),
        ("20.....{DDNNN}", "not a valid label pattern"),
        ("20.....{}NNNNN", "not a valid label pattern"),
        ("20....{NNNDD}2345", "digits"),
        ("2000000{NNNDD}", "no digits for the item"),
        ("2.....V{NNNNDD}"[:-1] + "}", "digits"),
        ("2....VV{NNNDD}", "a V"),
    ],
)
def test_patterns_that_are_none(pattern: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        LabelPattern(pattern, LabelValue.PRICE)


@pytest.mark.parametrize(
    ("one", "other", "clash"),
    [
        ("20.....{NNNDD}", "21.....{NNNDD}", False),
        ("20.....{NNNDD}", "2......{NNNDD}", True),
        ("20.....{NNNDD}", "2....{NNNNNDD}", True),
        ("20.....{NNNDD}", "2.....{NNNDD}", False),
        ("02.....{NNNDD}", "2.....{NNNDD}", True),
    ],
)
def test_two_patterns_for_one_label(one: str, other: str, clash: bool) -> None:
    patterns = LabelPattern(one, LabelValue.PRICE), LabelPattern(other, LabelValue.PRICE)
    assert patterns[0].overlaps(patterns[1]) is clash
    assert patterns[1].overlaps(patterns[0]) is clash
