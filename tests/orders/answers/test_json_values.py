"""What the service writes is cleaned where it enters, and amounts stay exact."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.base.money import Money
from kiosk.orders.answers.json_values import LONGEST_TEXT, clean, list_at, sum_of, text_at


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("approved", "approved"),
        ("Año ñandú €", "Año ñandú €"),
        ("\x1b[2J\x1b]0;owned\x07", "?[2J?]0;owned?"),
        ("\x9b31mred", "?31mred"),
        ("two\r\nlines", "two  lines"),
        ("tab\there", "tab here"),
        ("\u2028line\u2029", " line "),
        ("\u202egnp.exe", "?gnp.exe"),
        ("zero\u200bwidth", "zero?width"),
        ("\ud800half", "?half"),
        ("nul\x00", "nul?"),
        ("", ""),
    ],
)
def test_nothing_that_controls_a_terminal_is_left(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned


@given(st.text(alphabet=st.characters(exclude_categories=[]), max_size=3000))
def test_each_text_becomes_a_line_that_files_and_spreadsheets_take(text: str) -> None:
    cleaned = clean(text)
    assert cleaned.isprintable()
    assert len(cleaned) <= LONGEST_TEXT
    sheet = io.StringIO()
    csv.writer(sheet).writerow([cleaned])
    assert sheet.getvalue().encode().count(b"\n") == 1


def test_a_text_is_cut_where_it_has_no_end() -> None:
    assert clean("x" * 10**6) == "x" * LONGEST_TEXT
    assert text_at({"status": "x" * 10**6}, "status", longest=64) == "x" * 64


@pytest.mark.parametrize(
    ("node", "objects"),
    [
        ([{"id": "1"}], 1),
        ({"id": "1"}, 1),  # as one document shows a list
        ([None, 7, "x", [], {}], 0),
        ({}, 0),  # it tells nothing: {"chargebacks": {}} is not a chargeback
        (None, 0),
        ("many", 0),
    ],
)
def test_a_list_has_only_objects(node: object, objects: int) -> None:
    assert len(list_at({"payments": node}, "payments")) == objects
    assert list_at({}, "payments") == []


@pytest.mark.parametrize(
    ("amounts", "total"),
    [
        ([], None),
        (["1.50 ARS"], "1.50"),
        (["1.50 ARS", "2.25 ARS"], "3.75"),
        (["1.50 ARS", None], None),
        (["1.50 ARS", "2.25 BRL"], None),
    ],
)
def test_only_known_amounts_of_one_currency_are_added(
    amounts: list[str | None], total: str | None
) -> None:
    summed = sum_of([Money.of(*each.split()) if each else None for each in amounts])
    assert summed == (Money.of(total, "ARS") if total else None)
