"""Printers that are not Epson's: the same bytes mean something else, and no digit may get lost."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from kiosk.inputs.escpos.language_signs import misread
from kiosk.inputs.escpos.printer_languages import EPSON, PRINTER_LANGUAGES
from kiosk.sale.events import AmountRead, ReadingRejected, ReadingUnread
from tests.inputs.escpos.pyescpos_receipts import PRINTERS, TOTAL, streams
from tests.inputs.escpos.test_receipt_decoder import printed, read
from tests.support.examples import examples

STREAMS = streams()
WIDE = {  # the amount in double width, as each language prints it
    "bematech": b"\x1b@\x1bETOTAL R$ \x1bW112.345,67\x1bW0\x1bF\n\x1bw",
    "daruma": b"\x1b@\x1bj\x00TOTAL R$ \x1bW\x0112.345,67\x1bW\x00\n\x1bm",
    "star": b"\x1b@\x1b\x1da\x00TOTAL R$ \x1bi\x01\x0112.345,67\x1bi\x00\x00\n\x1bd\x02",
}
STAR_COLUMNS = (
    b"\x1b@\x1b\x1ea\x00\x1b\x1eF\x00\x1b 0\x1bs00\x1b0\x12\x1b\x1da\x01"
    b"\x1bk\x02\x00" + b"\x55" * 48 + b"\n\x1bz1\x1b-0\x1bF\x1b5\x1bi\x00\x00"
    b"\x1b\x1dt\x01TOTAL\x1b\x1dA\xfc\x00\x1b\x1dR\x9c\x00\x1bE\x1b\x1dt\x011.234,56\n"
    b"\x1bb3112345678901\x1e\x1b\x1dyS0\x02\x1b\x1dyD1\x00\x0a\x00TOTAL 9,99\x1b\x1dyP"
    b"\x1b\x1dS\x01\x01\x00\x02\x00\x00ab\x1bd3\x1b\x1d\x03\x01\x00\x00\x04"
)


def amounts(said: Sequence[object]) -> set[str]:
    return {each.amount.plain() for each in said if isinstance(each, AmountRead)}


@pytest.mark.parametrize("printer", STREAMS)
def test_what_a_program_prints_for_a_printer_is_read_in_its_language(printer: str) -> None:
    language = PRINTERS[printer][2]
    assert amounts(printed(STREAMS[printer], language=language, currency="BRL")) == {TOTAL}
    assert misread(STREAMS[printer], PRINTER_LANGUAGES[language]) == 0


@pytest.mark.parametrize("printer", [name for name, made in PRINTERS.items() if made[2] != "epson"])
def test_read_as_epsons_it_is_no_amount_and_the_setting_is_named(printer: str) -> None:
    said = printed(STREAMS[printer], currency="BRL")
    assert amounts(said) == set()
    reasons = [each.reason for each in said if isinstance(each, ReadingRejected | ReadingUnread)]
    assert any(f"set language: {PRINTERS[printer][2]}" in reason for reason in reasons)
    assert misread(STREAMS[printer], EPSON) > 0


def test_a_last_command_that_takes_the_cut_for_its_argument_names_the_setting() -> None:
    receipt = b"\x1b@PAN\nTOTAL R$ \x1bW112.345,67\n\x1bW0\x1bm"
    (said,) = printed(receipt)
    assert isinstance(said, ReadingRejected)
    assert "set language: bematech, daruma or star (that of" in said.reason


@pytest.mark.parametrize(
    ("sign", "languages"),
    [
        (b"", "bematech, daruma or star"),
        (b"\x1bE", "bematech, daruma or star"),
        (b"\x1bh\x01", "star"),
        (b"\x1bj\x00", "daruma"),
        (b"\x1b[1", "bematech"),
    ],
)
def test_a_command_that_several_languages_have_names_them_all(sign: bytes, languages: str) -> None:
    total = b"TOTAL          $ \x1bW\x011.234.567,89\n\x1bW\x00GRACIAS\n\x1bd\x02"
    (said,) = printed(b"\x1b@" + sign + b"CAJA\n" + total)
    assert isinstance(said, ReadingRejected)
    assert f"set language: {languages} (that of the register's printer)" in said.reason


def test_a_sign_in_one_receipt_says_nothing_of_the_next_one() -> None:
    *_, said = printed(b"\x1b@\x1bEPAN\n\x1dV\x00", b"\x1b@MESA 5\n\x1dV\x00")
    assert isinstance(said, ReadingUnread)
    assert "no line begins with the label" in said.reason


@pytest.mark.parametrize("language", WIDE)
def test_an_amount_in_double_width_is_whole_or_rejected(language: str) -> None:
    said = printed(WIDE[language], language=language, currency="BRL")
    assert said == [read("12345.67", "BRL")]
    for wrong in {*PRINTER_LANGUAGES} - {language}:
        said = printed(WIDE[language], language=wrong, currency="BRL")
        assert amounts(said) <= {"12345.67"}
        assert any(not isinstance(each, AmountRead) for each in said) or amounts(said)


def test_a_star_prints_columns_pictures_and_codes() -> None:
    assert amounts(printed(STAR_COLUMNS, language="star")) == {"1234.56"}
    (said, *_) = printed(STAR_COLUMNS)
    assert isinstance(said, ReadingUnread)
    assert "set language: star" in said.reason


@pytest.mark.parametrize(
    ("line", "amount"),
    [
        (b"\x1bE\x01TOTAL 12,00\x1bE\x00", "12.00"),
        (b"\x1bE1TOTAL \x1bE012,00", None),  # 12.00 of an Epson, or 012.00 after a Nitere's ESC E
        (b"TOTAL \x1bE112,00", None),
        (b"TOTAL \x1bE1\x1d!\x1112,00\x1bE0\x1d!\x00", "12.00"),
        (b"TOTAL \x1bM0\x1bt\x0212,00", "12.00"),
        (b"\x1bL\x1bW\0\0\0\0\x40\x02\x40\x02TOTAL 12,00\x0c", "12.00"),  # page mode
        (b"TOTAL \x1bW\0\0\0\0\x40\x02\x40\x0212,00", None),
        (b"\x1bp\x00<xTOTAL 12,00", "12.00"),
        (b"\x0eTOTAL 12,00\x14", "12.00"),
        (b"TOTAL 1\x1bF2,00", None),
        (b"TOTAL 1\x182,00", None),  # CAN cancels the line
        (b"TOTAL 1\x002,00", None),
    ],
)
def test_what_may_belong_to_another_language_makes_the_line_doubtful(
    line: bytes, amount: str | None
) -> None:
    (said,) = printed(b"\x1b@" + line + b"\n\x1dV\x00")
    if amount:
        assert said == read(amount)
    else:
        assert isinstance(said, ReadingRejected)
        assert "the line of the total" in said.reason


@pytest.mark.parametrize("printer", STREAMS)
def test_a_receipt_with_a_damaged_or_missing_end_never_says_another_amount(printer: str) -> None:
    stream, language = STREAMS[printer], PRINTERS[printer][2]
    places = range(len(stream))
    for place in places[:: max(1, len(places) // examples(120))]:
        damaged = stream[:place] + b"\0" + stream[place + 1 :]
        for data in (damaged, stream[:place]):
            for each in (language, "epson"):
                assert amounts(printed(data, language=each, currency="BRL")) <= {TOTAL}, place


# --- printed by receiptline, in each of its command sets ---------------------------------------

RECEIPTLINE = {
    name: bytes.fromhex(stream)
    for name, stream in json.loads(
        Path(__file__).with_name("receiptline_receipts.json").read_text()
    ).items()
}


@pytest.mark.parametrize("name", RECEIPTLINE)
def test_a_command_set_of_receiptline_is_read_in_its_language_and_in_no_other(name: str) -> None:
    right = "star" if name.startswith("star") else "epson"
    assert amounts(printed(RECEIPTLINE[name], language=right)) == {"1234.56"}
    assert misread(RECEIPTLINE[name], PRINTER_LANGUAGES[right]) == 0
    for language in PRINTER_LANGUAGES:
        said = printed(RECEIPTLINE[name], language=language)
        assert said
        assert amounts(said) <= {"1234.56"}
