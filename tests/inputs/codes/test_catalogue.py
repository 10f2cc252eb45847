"""The catalogue: products are found by code, and a row with a fault does not hide the others."""

from __future__ import annotations

import contextlib
import pickle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.base.errors import ConfigError
from kiosk.base.money import CURRENCIES, Money, NumberFormat
from kiosk.inputs.codes.catalogue import Catalogue, CatalogueFormat, Product
from tests.support.examples import examples

ARS = CURRENCIES["ARS"]
COMMAS = CatalogueFormat(NumberFormat(decimal="."), ARS)
SEMICOLONS = CatalogueFormat(NumberFormat(decimal=",", thousands="."), ARS, ";", "cp1252")
SHEETS = CatalogueFormat(NumberFormat(decimal=",", thousands="."), ARS)  # Google's, in Argentina
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


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_products_are_found_by_their_codes(end: str, encoding: str) -> None:
    catalogue = Catalogue(LIST.replace("\n", end).encode(encoding), COMMAS)
    assert len(catalogue) == 4
    yerba = product("7790001001054", "Yerba 1 kg", "4250.00", "", "almacen")
    assert catalogue.find("7790001001054") == yerba
    assert catalogue.find("42") == product("42", "Pan", "900.00", "kg")
    assert catalogue.find("A,7") == product("A,7", 'Taza "grande" roja', "7000.50")
    assert catalogue.find("nothing") is None
    assert catalogue.summary() == "the catalogue: 4 articles"


def test_a_gtin_is_found_at_each_of_its_lengths() -> None:
    catalogue = Catalogue(LIST.encode(), COMMAS)
    sauce = product("416000336108", "Sauce", "10.00")
    for code in ("416000336108", "0416000336108", "00416000336108"):
        assert catalogue.find(code) == sauce
    assert catalogue.find("0042") is None


def test_the_list_of_an_old_program() -> None:
    data = "CODE;Title;PRICE\r\n7;Café molido;1.250,50\r\n".encode("cp1252")
    assert Catalogue(data, SEMICOLONS).find("7") == product("7", "Café molido", "1250.50")


@pytest.mark.parametrize(
    ("form", "text"),
    [
        (SEMICOLONS, "Código;Producto;Precio\r\n7;Pan;1.250,50\r\n"),
        (SEMICOLONS, "sep=;\r\nCÓDIGO DE BARRAS;Descripción;Precio ($);Stock\r\n7;Pan;1250,5;3"),
        (SHEETS, 'código,artículo,precio de venta\n7,Pan,"1.250,50"\n'),
        (SHEETS, "sep=;\ncodigo;nombre;precio;rubro\n7;Pan;$ 1.250,50;\n"),
        (COMMAS, '"sep=\t"\nean\tproduto\tpreço\n7\tPan\t1250.5000\n'),
        (COMMAS, "cost,price,code,description,title\n1,1250.50,7,x,Pan\n"),
        (SHEETS, 'code,title,price,category\n7,Pan,"1.250,50",12\n'),
        (SEMICOLONS, "code;title;price;;\r\n7;Pan;AR$1.250,50;;\r\n;;;;\r\n"),
    ],
)
def test_the_lists_that_spreadsheets_save(form: CatalogueFormat, text: str) -> None:
    for encoding in (form.encoding, "utf-16", "utf-8-sig"):
        found = Catalogue(text.encode(encoding), form).find("7")
        assert found
        assert (found.title, found.price.plain()) == ("Pan", "1250.50")


def test_each_row_that_is_refused_is_named_and_the_others_sell() -> None:
    data = (
        b"code,title,price\n1,a,1\n2,b,x\n3,,1\n,c,1\n4,d\n5,e,-1\n6,f,0\n7,\xff,1\n"
        b'8,"g,1\n1,h,2\n9,Pan, negro,500\n10,i,1,234\n11,j,5\n'
    )
    catalogue = Catalogue(data, COMMAS, "prices.csv")
    assert catalogue.find("11") == product("11", "j", "5.00")
    assert catalogue.summary().splitlines() == [
        "prices.csv: 1 article; 12 rows refused:",
        "    line 3, b (2): the price 'x' can't be used: it is not written like 1234.56",
        "    line 4, 3: the title is empty; write it",
        "    line 5, c: the code is empty; write it",
        "    line 6, d (4): the line has fewer fields than the first line; add the missing ones",
        "    line 7, e (5): the price '-1' can't be used: the amount is negative",
        "    line 8, f (6): the price '0' can't be used: the amount is zero",
        "    line 9: it is not written in utf-8; save the file as utf-8, or set encoding",
        "    line 10: a quotation mark is not closed on this line; close it",
        "    line 12, Pan (9): the line has more fields than the first line; put quotation marks around a field that has a ','",
        "    line 13, i (10): the line has more fields than the first line; put quotation marks around a field that has a ','",
        "    line 2, a (1): the code 1 has two prices, on the lines 2 and 11; remove one",
        "    line 11, h (1): the code 1 has two prices, on the lines 2 and 11; remove one",
    ]  # fmt: skip


def test_the_cashier_hears_why_an_article_of_the_list_is_not_sold() -> None:
    data = b"code,title,price\n1,a,1\n0416000336108,Sauce,0\n123,Pan,1\n"
    catalogue = Catalogue(data, COMMAS)
    assert catalogue.why_missing("416000336108") == (
        "line 3 of the price list is refused: the price '0' can't be used: the amount is zero"
    )
    assert catalogue.why_missing("00123") == (
        "the price list has 123; a spreadsheet has removed its zeros"
    )
    assert catalogue.why_missing("7") == ""


def test_the_same_article_twice_is_sold_at_its_one_price() -> None:
    data = b"code,title,price\n416000336108,a,1\n0416000336108,b,1\n7,c,1\n7,c,2\n7,c,1\n"
    catalogue = Catalogue(data, COMMAS)
    assert catalogue.find("416000336108") == product("416000336108", "a", "1.00")
    assert (catalogue.find("7"), len(catalogue), catalogue.refusals) == (None, 1, 3)


def test_a_price_that_is_cut_at_its_comma_is_never_a_smaller_price() -> None:
    """Without quotation marks, 1234,50 in a file with commas is two fields."""
    data = b"code,title,price,category\n7,Pan,1234,50\n8,Pan,1,234\n9,Pan,1234,\n"
    catalogue = Catalogue(data, SHEETS)
    assert (len(catalogue), catalogue.find("7"), catalogue.find("8")) == (1, None, None)
    assert "the price may be 1234,50; put quotation marks around the price" in catalogue.refused[0]


@pytest.mark.parametrize("form", [COMMAS, CatalogueFormat(NumberFormat(".", ","), ARS)])
def test_a_price_that_is_cut_at_its_thousands_is_never_a_smaller_price(
    form: CatalogueFormat,
) -> None:
    """So is 1,234.50 in a file with commas, and the settings may not state its comma."""
    data = b'code,title,price,stock\n7,Pan,1,234.50\n8,Pan,12,3\n9,Pan,"1",234.50\n'
    catalogue = Catalogue(data.replace(b"12,3", b"12,3.0"), form)
    assert (len(catalogue), catalogue.find("7")) == (2, None)
    assert "the price may be 1,234.50; put quotation marks around the price" in catalogue.refused[0]


def test_a_list_that_is_cut_off_in_a_price_never_sells_at_less() -> None:
    """A copy was interrupted. Some programs write no line end after the last line."""
    whole = "code;title;price\n7;Pan;1.250,50\n8;Queso;9.123,45"
    for cut in range(whole.index("9.1") + 1, len(whole) + 1):
        found = Catalogue(whole[:cut].encode(), SEMICOLONS).find("8")
        assert found is None or found.price.plain() in {"9123.45", "9123.40"}
    rounds = Catalogue(b"code;title;price\n7;Pan;250\n8;Queso;9.123", SEMICOLONS)
    assert rounds.find("8") == product("8", "Queso", "9123.00")


def test_titles_may_be_above_the_names_of_the_columns() -> None:
    text = "Kiosco Don José;;\n;Lista del;2-mar\n;;\nCódigo;Detalle;Precio\n7;Pan;x\n8;Té;9,00\n"
    catalogue = Catalogue(text.encode("cp1252"), SEMICOLONS)
    assert catalogue.find("8") == product("8", "Té", "9.00")
    assert catalogue.refused[0].startswith("line 5, Pan (7): ")


def test_no_row_is_passed_over_as_a_title() -> None:
    """Somebody sorted the list, and the names of the columns with it."""
    assert "prices.csv:1: this line has no column code" in faults(b"7,Pan,1\ncode,title,price\n")[0]


def test_the_error_of_a_formula_is_no_title() -> None:
    catalogue = Catalogue(b"code,title,price\n7,#REF!,1\n8,Pan,2\n", COMMAS)
    assert (catalogue.find("7"), len(catalogue)) == (None, 1)


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b"", "prices.csv:1: the file is empty; start it with code,title,price"),
        (b"\nsep=;", "prices.csv:1: the file is empty"),
        (b"code;title;price\n1;a;1\n", "prices.csv:1: the fields are not separated by ','; set delimiter to ';'"),
        (b"number,title,price\n1,a,1\n", "prices.csv:1: this line has no column code; write the names"),
        (b"codigo,ean,title,price\n1,2,a,1\n", "prices.csv:1: the columns codigo and ean both mean code; rename"),
        (b"code,title,price,price\n1,a,1,2\n", "prices.csv:1: the columns price and price both mean price"),
        (b"Titulo\ncode,title,costo\n", "prices.csv:2: this line has no column price"),
        (b"code,title,price\n", "prices.csv: the file has no articles; fill it"),
        (b"code,title,price\n1,a,x\n", "prices.csv: 0 articles; 1 row refused:\n    line 2, a (1): the price 'x' can't be used"),
        (b"\xff\xfeh\x00", "prices.csv:1: this line has no column code"),
        (b"caf\xe9,title", "prices.csv:1: it is not written in utf-8"),
        (b"PK\x03\x04...", "prices.csv: it is the own file of a spreadsheet program; save it as CSV"),
    ],
)  # fmt: skip
def test_a_file_from_which_nothing_can_be_sold(data: bytes, fault: str) -> None:
    assert faults(data)[0].startswith(fault)


def test_a_thousand_wrong_prices_are_not_a_thousand_sentences() -> None:
    rows = b"".join(b"%d,a,x\n" % n for n in range(4811)) + b"7790001001054,Yerba,1\n"
    catalogue = Catalogue(b"code,title,price\n" + rows, COMMAS, "prices.csv")
    lines = catalogue.summary().splitlines()
    assert lines[0] == "prices.csv: 1 article; 4,811 rows refused:"
    assert len(lines) == 22
    assert lines[-1] == "    and 4,791 more"


def test_it_can_be_sent_from_one_process_to_another() -> None:
    catalogue = pickle.loads(pickle.dumps(Catalogue(LIST.encode(), COMMAS)))
    assert catalogue.find("42") == product("42", "Pan", "900.00", "kg")


@given(
    st.dictionaries(
        st.text("0123456789AB-", min_size=1, max_size=14), st.integers(1, 10**9), min_size=1
    )
)
@settings(max_examples=examples(60))
def test_whatever_is_listed_is_found(prices: dict[str, int]) -> None:
    prices = {code: price for code, price in prices.items() if len(code) < 8} or {"1": 1}
    rows = "".join(f"{code},thing,{price}\n" for code, price in prices.items())
    catalogue = Catalogue(b"code,title,price\n" + rows.encode(), COMMAS)
    for code, price in prices.items():
        found = catalogue.find(code)
        assert found
        assert found.price.amount == price


BYTES = st.binary(max_size=200) | st.text('01é,;"\n\r=.E+', max_size=80).map(str.encode)


@given(
    st.sampled_from([b"", b"code,title,price\n", b"\xff\xfe", b"sep=;\ncode;title;price\n"]), BYTES
)
@settings(max_examples=examples(200))
def test_no_file_crashes_it(head: bytes, data: bytes) -> None:
    for form in (COMMAS, SEMICOLONS, SHEETS):
        with contextlib.suppress(ConfigError):
            assert Catalogue(head + data, form).summary()
