"""What a scan means, and above all what it does not: no wrong code is ever an amount."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.base.errors import BadReading
from kiosk.base.money import CURRENCIES, Money, NumberFormat
from kiosk.inputs.codes.catalogue import Product
from kiosk.inputs.codes.check_digits import check_digit, expand_upc_e, is_gtin, price_check_digit
from kiosk.inputs.codes.labels import LabelPattern, LabelValue
from kiosk.inputs.codes.meaning import CodeReader
from kiosk.inputs.codes.own_codes import ControlCode, Quantity, SignedAmount, sign
from kiosk.sale.words import Item

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


@pytest.mark.parametrize("scan", ["7790001001054", "]E07790001001054"])
def test_a_product_of_the_price_list(scan: str) -> None:
    assert read(scan) == Item("Yerba 1 kg", ars("4250.00"), 1, "7790001001054", "almacen")


def test_a_code_of_the_shops_own() -> None:
    assert read("SKU-7") == Item("Taza", ars("7000.00"), 1, "SKU-7")
    assert read("]A0SKU-7") == Item("Taza", ars("7000.00"), 1, "SKU-7")


@pytest.mark.parametrize(
    ("scan", "reason"),
    [
        ("7790001001055", "the check digit is wrong; scan it again"),
        ("]E07790001001055", "the check digit is wrong"),
        ("779000100105", "the check digit is wrong"),  # a keystroke was lost
        ("7790001001061", "no product has the code …1061"),
        ("54", "no product has the code 54"),
        ("", "empty"),
        ("]E0", "empty"),
        ("   ", "empty"),
        ("12\x01345", "unreadable"),
        ("ñandú", "unreadable"),
        ("Infinity", "no product"),
        ("42", "sold by kg; scan its label"),
        ("https://example.com/promo", "web address"),
    ],
)
def test_what_is_no_product_is_refused_with_the_reason(scan: str, reason: str) -> None:
    with pytest.raises(BadReading, match=reason):
        read(scan)


def test_plain_numbers_are_amounts_only_where_the_technician_says_so() -> None:
    with pytest.raises(BadReading, match="no product"):
        read("150,00")
    plain = NumberFormat(decimal=",")
    assert read("150,00", plain=plain) == ars("150.00")
    for scan in ("-5,00", "1e3", "7790001001055", "0,00", "7790001001061", "779000100105"):
        with pytest.raises(BadReading):
            read(scan, plain=plain)


def test_limits_hold_for_amounts() -> None:
    limits = {"plain": NumberFormat(decimal=","), "minimum": 10, "maximum": 100}
    assert read("10,00", **limits) == ars("10.00")
    for scan in ("9,99", "100,01"):
        with pytest.raises(BadReading, match="limit"):
            read(scan, **limits)


def test_no_item_is_dearer_than_the_limit_and_any_may_be_cheap() -> None:
    assert read("SKU-7", minimum=9000, maximum=7000).title == "Taza"
    with pytest.raises(BadReading, match="above the limit of 6999"):
        read("SKU-7", maximum=6999)
    swallowed = "]C101" + "07790001001054" + "3103000250" + "39221999" + "10123"  # no separator
    with pytest.raises(BadReading, match="above the limit"):
        read(swallowed, maximum=100_000)


class TestLabels:
    def test_a_price_in_a_label_of_the_scale(self) -> None:
        scan = with_check("200012301250")
        assert read(scan, labels=LABELS) == Item("Queso", ars("12.50"), 1, "00123")

    def test_an_item_that_the_price_list_does_not_have(self) -> None:
        scan = with_check("209999901250")
        assert read(scan, labels=LABELS) == Item("99999", ars("12.50"), 1, "99999")

    def test_a_weight_needs_its_price_and_is_rounded_once(self) -> None:
        scan = with_check("210004201505")  # 1.505 kg at 900
        assert read(scan, labels=LABELS) == Item("Pan", ars("1354.50"), 1, "42")
        with pytest.raises(BadReading, match="no product"):
            read(with_check("219999901505"), labels=LABELS)

    def test_a_misread_label_is_no_price(self) -> None:
        scan = with_check("200012301250")
        for place in range(13):
            wrong = scan[:place] + str((int(scan[place]) + 1) % 10) + scan[place + 1 :]
            with pytest.raises(BadReading):
                read(wrong, labels=LABELS)

    @pytest.mark.parametrize("body", ["200012300000", "210004200000"])
    def test_nothing_costs_nothing(self, body: str) -> None:
        with pytest.raises(BadReading, match="is zero"):
            read(with_check(body), labels=LABELS)

    def test_the_labels_of_brazilian_scales(self) -> None:
        brl = CURRENCIES["BRL"]
        seven = (LabelPattern("2....{NNNNNDD}", LabelValue.PRICE),)
        label = read("2014900002840", currency=brl, labels=seven, find=lambda _: None)
        assert label == Item("0149", Money.of("2.84", "BRL"), 1, "0149")
        five = (LabelPattern("2......{NNNDD}", LabelValue.PRICE),)
        label = read("2000001007600", currency=brl, labels=five, find=lambda _: None)
        assert label == Item("000001", Money.of("7.60", "BRL"), 1, "000001")

    def test_chile_has_no_cents(self) -> None:
        whole = (LabelPattern("20.....{NNNNN}", LabelValue.PRICE),)
        item = read(with_check("200012301990"), currency=CLP, labels=whole, find=lambda _: None)
        assert item.price == Money.of("1990", "CLP")
        with pytest.raises(BadReading, match="too many decimals"):
            read(with_check("200012301990"), currency=CLP, labels=LABELS, find=lambda _: None)

    def test_a_upc_a_label_is_one_with_or_without_its_leading_zero(self) -> None:
        upc = (LabelPattern("2.....{NNNDD}", LabelValue.PRICE),)
        scan = with_check("20012301250")
        for form in (scan, "0" + scan, "]E00" + scan):
            assert read(form, labels=upc, find=lambda _: None).price == ars("12.50")

    def test_a_price_with_its_own_check_digit(self) -> None:
        guarded = (LabelPattern("2......V{NNDD}", LabelValue.PRICE),)
        good = with_check("2000123" + price_check_digit("2875") + "2875")
        assert read(good, labels=guarded, find=lambda _: None).price == ars("28.75")
        bad = with_check("200012382875")
        with pytest.raises(BadReading, match="price on the label was misread"):
            read(bad, labels=guarded)

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
    def test_patterns_that_are_none(self, pattern: str, reason: str) -> None:
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
    def test_two_patterns_for_one_label(self, one: str, other: str, clash: bool) -> None:
        patterns = LabelPattern(one, LabelValue.PRICE), LabelPattern(other, LabelValue.PRICE)
        assert patterns[0].clashes_with(patterns[1]) is clash
        assert patterns[1].clashes_with(patterns[0]) is clash


class TestUpcE:
    def test_eight_digits_that_are_two_things_at_once(self) -> None:
        assert is_gtin("02345673")
        assert expand_upc_e("02345673") == "023456000073"
        assert read("]E402345673").title == "Chicle"
        assert read("02345673").title == "Chicle"

        def both(code: str) -> Product | None:
            return {"02345673": PRODUCTS["02345673"], "023456000073": PRODUCTS["SKU-7"]}.get(code)

        with pytest.raises(BadReading, match="fits two products"):
            read("02345673", find=both)

    @pytest.mark.parametrize(
        ("short", "whole"),
        [
            ("01234505", "012000003455"), ("01234514", "012100003454"),
            ("01234531", "012300000451"), ("01234543", "012340000053"),
            ("01234558", "012345000058"),
        ],
    )  # fmt: skip
    def test_where_the_zeros_were_left_out(self, short: str, whole: str) -> None:
        assert expand_upc_e(short[:7] + whole[-1]) == whole
        assert is_gtin(whole)


BILLS = [
    ("34194677000000073881758003928662938057318000", "a boleto"),
    ("85890000001097802702003238581080001152019029", "a boleto"),
    ("83640000001331201380008128846271108013618155", "a boleto"),
    ("34191.75809 03928.662933 80573.180009 4 67700000007388", "a boleto"),
    ("00020101021226580014br.gov.bcb.pix0136", "a payment QR"),
    ("https://www.afip.gob.ar/fe/qr/?p=eyJ2ZXIiOjF9", "an electronic invoice"),
    ("<TED version=\"1.0\"><DD>", "an electronic invoice"),
    ("307000000010110001712345678901232026071512"[:40], "an electronic invoice"),
    ("WIFI:S:casa;T:WPA;P:secreto;;", "a Wi-Fi network"),
]  # fmt: skip


@pytest.mark.parametrize(("scan", "kind"), BILLS)
@pytest.mark.parametrize("plain", [None, NumberFormat()])
def test_bills_are_refused_by_name(scan: str, kind: str, plain: NumberFormat | None) -> None:
    with pytest.raises(BadReading, match=f"this is {kind}"):
        read(scan, plain=plain, gs1="assumed")


class TestOurOwn:
    @pytest.mark.parametrize(
        ("code", "meaning"),
        [
            ("KQPAY", ControlCode.PAY),
            ("kqcancel", ControlCode.CANCEL),
            ("KQREMOVE", ControlCode.REMOVE),
            ("KQCLEAR", ControlCode.CLEAR),
            ("KQQTY05", Quantity(5)),
            ("]C0KQQTY120", Quantity(120)),
        ],
    )
    def test_control_codes_where_they_are_allowed(self, code: str, meaning: Any) -> None:
        assert read(code, control=True) == meaning
        with pytest.raises(BadReading, match="may not read"):
            read(code)

    @pytest.mark.parametrize("code", ["KQ", "KQQTY", "KQQTY00", "KQQTY1000", "KQPAYX", "KQQTY-1"])
    def test_control_codes_that_are_none(self, code: str) -> None:
        with pytest.raises(BadReading):
            read(code, control=True, plain=NumberFormat())

    def test_a_signed_amount(self) -> None:
        code = sign(ars("12.50"), "A0001", KEY)
        assert code == "KQAMTARS1250TA0001XT6VTZ2ZVCMHR"  # the tag by openssl and base32
        assert read(code, key=KEY) == SignedAmount(ars("12.50"), "A0001")
        assert read(code.lower(), key=KEY) == SignedAmount(ars("12.50"), "A0001")

    def test_small_and_whole_amounts_are_written_so_that_they_come_back(self) -> None:
        for money in (ars("0.01"), Money.of("1990", "CLP"), ars("999999999999.99")):
            code = sign(money, "B7777", KEY)
            assert read(code, key=KEY, currency=money.currency).amount == money

    def test_nobody_else_can_make_one(self) -> None:
        code = sign(ars("12.50"), "A0001", KEY)
        for place in range(len(code)):
            other = "Z" if code[place] != "Z" else "Y"
            with pytest.raises(BadReading):
                read(code[:place] + other + code[place + 1 :], key=KEY)
        with pytest.raises(BadReading, match="not signed"):
            read(sign(ars("12.50"), "A0001", b"another secret of theirs"), key=KEY)
        with pytest.raises(BadReading, match="may not read"):
            read(code)
        with pytest.raises(BadReading, match="in ARS, not in CLP"):
            read(code, key=KEY, currency=CLP)


@given(st.text(max_size=50), st.booleans())
@settings(max_examples=300)
def test_no_text_crashes_and_none_makes_money_out_of_nothing(text: str, digits: bool) -> None:
    if digits:
        text = "".join(str(ord(char) % 10) for char in text)
    try:
        meaning = read(text, labels=LABELS, control=True, key=KEY, gs1="assumed")
    except BadReading:
        return
    assert isinstance(meaning, ControlCode | Quantity | Item)
    if isinstance(meaning, Item):
        assert meaning.price.amount > 0


@given(st.integers(0, 10**17 - 1), st.integers(0, 12), st.integers(1, 9))
def test_one_wrong_digit_never_passes(number: int, place: int, step: int) -> None:
    good = with_check(f"{number:012}"[:12])
    wrong = good[:place] + str((int(good[place]) + step) % 10) + good[place + 1 :]
    assert is_gtin(good)
    assert not is_gtin(wrong)
