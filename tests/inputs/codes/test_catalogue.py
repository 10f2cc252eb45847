"""The catalogue: products are found by code, and a file with a wrong line is refused as a whole."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.base.errors import ConfigError
from kiosk.base.money import CURRENCIES, Money, NumberFormat
from kiosk.inputs.codes.catalogue import Catalogue, CatalogueFormat, Product

ARS = CURRENCIES["ARS"]
COMMAS = CatalogueFormat(NumberFormat(decimal="."), ARS)
SEMICOLONS = CatalogueFormat(NumberFormat(decimal=",", thousands="."), ARS, ";", "cp1252")
LIST = """\
code,title,price,unit,category
7790001001054,Yerba 1 kg,4250.00,,almacen
42,Pan,900,kg,
"A,7","Taza ""grande"" roja",7000.50,,

416000336108,Sauce,10,,
"""


def product(code: str, title: str, price: str, *more: str) -> Product:
    return Product(code, title, Money.of(price, "ARS"), *more)


def faults(data: bytes, form: CatalogueFormat = COMMAS) -> list[str]:
    with pytest.raises(ConfigError) as error:
        Catalogue(data, form, "prices.csv")
    return list(error.value.faults)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_products_are_found_by_their_codes(end: str, mark: str) -> None:
    catalogue = Catalogue((mark + LIST.replace("\n", end)).encode(), COMMAS)
    assert len(catalogue) == 4
    yerba = product("7790001001054", "Yerba 1 kg", "4250.00", "", "almacen")
    assert catalogue.find("7790001001054") == yerba
    assert catalogue.find("42") == product("42", "Pan", "900.00", "kg")
    assert catalogue.find("A,7") == product("A,7", 'Taza "grande" roja', "7000.50")
    assert catalogue.find("nothing") is None
    assert Catalogue.empty(SEMICOLONS).find("42") is None


def test_a_gtin_is_found_at_each_of_its_lengths() -> None:
    catalogue = Catalogue(LIST.encode(), COMMAS)
    sauce = product("416000336108", "Sauce", "10.00")
    for code in ("416000336108", "0416000336108", "00416000336108"):
        assert catalogue.find(code) == sauce
    assert catalogue.find("0042") is None


def test_the_list_of_an_old_program() -> None:
    data = "CODE;Title;PRICE\r\n7;Café molido;1.250,50\r\n".encode("cp1252")
    assert Catalogue(data, SEMICOLONS).find("7") == product("7", "Café molido", "1250.50")


def test_each_fault_is_told_with_its_line() -> None:
    data = (
        b'code,title,price\n1,a,1\n2,b,x\n3,,1\n,c,1\n4,d\n5,e,-1\n6,f,0\n7,\xff,1\n8,"g,1\n1,h,2\n'
    )
    assert faults(data) == [
        "prices.csv:3: the price 'x' can't be used: it is not written like 1234.56",
        "prices.csv:4: the title is empty; write it",
        "prices.csv:5: the code is empty; write it",
        "prices.csv:6: the line has fewer fields than the first line; add the missing ones",
        "prices.csv:7: the price '-1' can't be used: the amount is negative",
        "prices.csv:8: the price '0' can't be used: the amount is zero",
        "prices.csv:9: it is not written in utf-8; save the file as utf-8, or set encoding",
        "prices.csv:10: a quotation mark is not closed on this line; close it",
        "prices.csv:11: the code 1 is already on line 2; remove one of them",
    ]  # fmt: skip


def test_one_gtin_at_two_lengths_is_one_code_twice() -> None:
    data = b"code,title,price\n416000336108,a,1\n0416000336108,b,2\n"
    assert len(faults(data)) == 1


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b"", "prices.csv:1: the file is empty; start it with code,title,price"),
        (b"code;title;price\n1;a;1\n", "prices.csv:1: the first line has no column code"),
        (b"codigo,title,price\n1,a,1\n", "prices.csv:1: the first line has no column code"),
    ],
)
def test_a_first_line_that_names_no_columns(data: bytes, fault: str) -> None:
    assert faults(data)[0].startswith(fault)


def test_a_thousand_wrong_prices_are_not_a_thousand_sentences() -> None:
    assert len(faults(b"code,title,price\n" + b"".join(b"%d,a,x\n" % n for n in range(1000)))) == 20


@given(st.dictionaries(st.text("0123456789AB-", min_size=1, max_size=14), st.integers(1, 10**9)))
@settings(max_examples=60)
def test_whatever_is_listed_is_found(prices: dict[str, int]) -> None:
    prices = {code: price for code, price in prices.items() if len(code) not in (8, 12, 13, 14)}
    rows = "".join(f"{code},thing,{price}\n" for code, price in prices.items())
    catalogue = Catalogue(b"code,title,price\n" + rows.encode(), COMMAS)
    for code, price in prices.items():
        found = catalogue.find(code)
        assert found
        assert found.price.amount == price


@given(st.binary(max_size=200))
@settings(max_examples=150)
def test_no_file_crashes_it(data: bytes) -> None:
    for form in (COMMAS, SEMICOLONS):
        with contextlib.suppress(ConfigError):
            Catalogue(b"code,title,price\n" + data, form)
