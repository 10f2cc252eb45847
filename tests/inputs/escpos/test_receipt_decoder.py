"""Receipts, as registers print them: the total before the cut, whatever else is printed."""

from __future__ import annotations

import math
import re
from typing import Any

import pytest
from escpos.printer import Dummy
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from kiosk.base.money import CURRENCIES, Money
from kiosk.inputs.common.repeats import RepeatFilter
from kiosk.inputs.escpos.printer_languages import EPSON, PRINTER_LANGUAGES
from kiosk.inputs.escpos.receipt_decoder import ReceiptDecoder, ReceiptRule
from kiosk.inputs.text.escape_sequences import EndlessCommand, EscapeReader, UnknownCommand
from kiosk.inputs.text.totals import TotalSettings
from kiosk.inputs.transport.stream_input import ProtocolAnswer
from kiosk.sale.events import AmountRead, Event, ReadingBegan, ReadingRejected, ReadingUnread
from tests.support.examples import examples

BEGAN = ReadingBegan("till")
CUT = b"\x1dV\x00"
INIT = b"\x1b@"


def decoder(**more: Any) -> ReceiptDecoder:
    fields = {"number": {"decimal": ",", "thousands": "."}}
    limits = {key: more.pop(key) for key in ("include", "exclude", "max") if key in more}
    totals = TotalSettings.model_validate(fields | limits).rule(
        CURRENCIES[more.pop("currency", "ARS")]
    )
    language = PRINTER_LANGUAGES[more.pop("language", "epson")]
    rule = ReceiptRule(totals, language, several=more.pop("several", "refuse"))
    return ReceiptDecoder("till", rule, idle=2.0, repeats=RepeatFilter(3.0), **more)


def printed(*pieces: bytes, **more: Any) -> list[Event | ProtocolAnswer]:
    """Return what comes of a receipt by the time that nothing more comes."""
    till = decoder(**more)
    said = [each for piece in pieces for each in till.feed(piece, 10.0)]
    said += till.feed(b"", till.deadline)
    return [each for each in said if each != BEGAN]


def read(plain: str, currency: str = "ARS") -> AmountRead:
    return AmountRead(Money.of(plain, currency), "till")


def test_the_total_before_the_cut() -> None:
    receipt = (
        b"ALMACEN\nPAN LACTAL    1.200,00\nSUBTOTAL   1.234,56\nTOTAL      1.234,56\n"
        b"\x1b!\x20Total\x1b!\x00 $ 1.234,56\nEFECTIVO  2.000,00\nVUELTO 765,44\n\n\n"
    )
    assert printed(INIT + receipt + CUT) == [read("1234.56")]


@pytest.mark.parametrize(
    ("several", "amount"),
    [("refuse", None), ("first", "1100.00"), ("last", "90.00"), ("largest", "1250.00")],
)
def test_a_receipt_with_several_totals(several: str, amount: str | None) -> None:
    receipt = INIT + b"TOTAL 1.100,00\nTOTAL CON IVA 1.250,00\nTOTAL 90,00\n" + CUT
    (said,) = printed(receipt, several=several)
    if amount:
        assert said == read(amount)
    else:
        assert isinstance(said, ReadingRejected)
        assert "has several totals; correct include and exclude, or set several" in said.reason
    (spoiled,) = printed(INIT + b"TOTAL 5,00\nTOTAL 1.23\n" + CUT, several=several)
    assert (spoiled == read("5.00")) == (several == "first")


@pytest.mark.parametrize("end", [CUT, b"\x1dV\x41\x03", b"\x1bi", b"\x1bm", INIT, b""])
def test_a_receipt_ends_with_a_cut_a_new_beginning_or_silence(end: bytes) -> None:
    assert printed(b"TOTAL 5,00\n" + end) == [read("5.00")]


@pytest.mark.parametrize("feed", [b"\n", b"\r\n", b"\r", b"\x1bd\x03", b"\x1bJ\x20", b"\x0c"])
def test_all_that_feeds_paper_ends_a_line(feed: bytes) -> None:
    assert printed(b"TOTAL 5,00" + feed + b"7\n" + CUT) == [read("5.00")]


def test_two_receipts_are_two_totals_and_one_printed_twice_is_one() -> None:
    one, two = INIT + b"TOTAL 5,00\n" + CUT, INIT + b"TOTAL 6,00\n" + CUT
    assert printed(one + two) == [read("5.00"), read("6.00")]
    assert printed(one + one) == [read("5.00")]


@pytest.mark.parametrize(
    ("ticket", "reason", "text"),
    [
        (b"MESA 4\n2 EMPANADAS\n", "no line begins with the label of a total; see", ""),
        (b"COLGATE TOTAL  250,00\n", "TOTAL is not at the beginning of the line", "21 char"),
        (b"TOTAL PUNTOS 120\nCOLGATE TOTAL\n", "TOTAL: a label, but no number behind", "' 120'"),
    ],
)
def test_a_kitchen_ticket_is_no_sale_and_is_counted(ticket: bytes, reason: str, text: str) -> None:
    (said,) = printed(INIT + ticket + CUT)
    assert isinstance(said, ReadingUnread)
    assert reason in said.reason
    assert text in said.text


TOP, LOWER = b"\x1d$\x18\x00", b"\x1d$\x30\x00"  # heights on a page
COLUMN = b"\x1b$\x00\x01"
AREA = b"\x1bW\x00\x01\x00\x00\x80\x00\x80\x00"


@pytest.mark.parametrize(
    ("page", "amount"),
    [
        (LOWER + b"TOTAL" + COLUMN + b"12,00", "12.00"),
        (LOWER + b"TOTAL" + LOWER + COLUMN + b"12,00", "12.00"),
        (LOWER + b"TOTAL" + b"\x1d\\\x00\x00" + b" 12,00", "12.00"),
        (TOP + b"SUBTOTAL\nTOTAL" + TOP + COLUMN + b"9,00\n12,00", ""),
        (LOWER + b"TOTAL:" + AREA + b"9,00\n12,00", ""),
        (LOWER + b"TOTAL" + b"\x1d\\\x30\x00" + b" 9,00", ""),
        (LOWER + b"TOTAL" + b"\x1d$\x00\x00" + b" 9,00", ""),
    ],
)
def test_on_a_page_only_what_is_at_the_same_height_is_one_line(page: bytes, amount: str) -> None:
    for end in (b"\x0c", b"\x1b\x0c"):
        (said,) = printed(INIT + b"\x1bL" + page + end + CUT)
        assert said == read(amount) if amount else isinstance(said, ReadingUnread)


def test_columns_do_not_run_together() -> None:
    for move in (b"\t", b"\x1b$\x40\x01", b"\x1b\\\x10\x00"):
        assert printed(b"TOTAL" + move + b"12,00\n" + CUT) == [read("12.00")]
        (said,) = printed(b"TOTAL 1" + move + b"2,00\n" + CUT)
        assert isinstance(said, ReadingRejected)


@pytest.mark.parametrize(
    ("receipt", "reason"),
    [
        (b"TOTAL 1.23.4\n" + CUT, "not written like"),
        (b"TOTAL 5,00\nTOTAL -5,00\n" + CUT, "negative"),
        (b"TOTAL 9.000,00\n" + CUT, "above the limit"),
        (b"TOTAL \x1b\x077,00\n" + CUT, "not written like|another printer language"),
        (b"TOTAL " + b" " * 600 + b"5,00\n" + CUT, "cannot be read completely"),
        (b"TOTAL 5,0", "incomplete; print it again"),
        (b"TOTAL 5,00\n\x1dv0\x00\x10\x00\x10\x00abc", "incomplete; print it again"),
        (b"TOTAL 5,00\n" + b"x" * 70000 + CUT, "more than 65536"),
        (b"\x1dv0\x00\x02\x00\x01\x00ab" + CUT, "a picture without text; set"),
    ],
)
def test_an_invalid_receipt_is_refused_with_the_reason(receipt: bytes, reason: str) -> None:
    (said,) = printed(receipt, max="5000")
    assert isinstance(said, ReadingRejected)
    assert re.search(reason, said.reason)


def test_after_a_command_that_never_ended_all_is_ignored_until_a_new_beginning() -> None:
    till = decoder()
    till.feed(b"TOTAL 5,00\n\x1dv0\x00\x10\x00\x10\x00abc", 0.0)
    said = till.feed(b"TOTAL 9,99\n" + CUT, 3.0)
    assert [type(each) for each in said] == [ReadingRejected, ReadingBegan]
    assert till.feed(INIT + b"TOTAL 6,00\n" + CUT, 3.5) == [read("6.00")]


def test_after_a_command_that_never_ended_silence_helps_too() -> None:
    till = decoder()
    till.feed(b"\x1dv0\x00\x10\x00\x10\x00abc", 0.0)
    assert till.feed(b"", till.deadline) == [
        ReadingRejected("the receipt is incomplete; print it again", "till")
    ]
    till.feed(b"TOTAL 9,99\n" + CUT, 3.0)
    assert till.feed(b"", till.deadline) == []
    assert till.feed(b"TOTAL 6,00\n" + CUT, 9.0) == [BEGAN, read("6.00")]


def test_a_kiosk_that_starts_in_the_middle_of_a_subtotal_ignores_it() -> None:
    till = decoder()
    till.opened(0.0)
    assert till.feed(b"TOTAL 9,99\n", 0.05) == [BEGAN]  # the tail of SUBTOTAL
    assert till.feed(b"TOTAL 12,00\n" + CUT, 0.1) == []
    assert till.feed(INIT + b"TOTAL 5,00\n" + CUT, 0.2) == [read("5.00")]
    fresh = decoder(joins_late=False)
    fresh.opened(0.0)
    assert fresh.feed(b"TOTAL 5,00\n" + CUT, 0.05) == [BEGAN, read("5.00")]


# --- status ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        (b"\x10\x04\x01", b"\x16"),
        (b"\x10\x04\x02", b"\x12"),
        (b"\x10\x04\x04", b"\x12"),
        (b"\x10\x04\x01\x10\x04\x04", b"\x16\x12"),
        (b"\x1dr\x01", b"\x00"),
        (b"\x1da\xff", b"\x14\x00\x00\x0f"),
        (b"\x1dIB", b"_EPSON\x00"),
        (b"\x1dI\x01", b"\x02"),
        (b"\x1d(H\x06\x00\x30\x30abcd", b"\x37\x22abcd\x00"),
    ],
)
def test_a_register_that_asks_is_answered(question: bytes, answer: bytes) -> None:
    said = decoder().feed(question, 0.0)
    assert said == [BEGAN, ProtocolAnswer(answer)]
    till = decoder()
    bytewise = [each for byte in question for each in till.feed(bytes([byte]), 0.0)]
    assert b"".join(each.data for each in bytewise if isinstance(each, ProtocolAnswer)) == answer


def test_silence_after_a_question_is_no_receipt() -> None:
    assert printed(b"\x10\x04\x01\x1da\x00") == [ProtocolAnswer(b"\x16")]


def test_a_question_inside_a_picture_is_answered_and_is_part_of_it() -> None:
    picture = b"\x1dv0\x00\x06\x00\x01\x00ab\x10\x04\x01c"
    assert printed(picture + b"TOTAL 5,00\n" + CUT) == [ProtocolAnswer(b"\x16"), read("5.00")]


# --- printed by python-escpos, which nobody here wrote -----------------------------------------


def logo(height: int) -> Image.Image:
    """Return a picture whose raster has every byte value, commands and digits among them."""
    pixels = bytes(range(256)) * 48
    return Image.frombytes("1", (384, height), pixels[: height * 48])


def invoice(implementation: str, height: int = 256) -> bytes:
    till = Dummy(profile="TM-T88II")
    till.hw("INIT")
    till.image(logo(height), impl=implementation)
    till.set(align="center", bold=True, double_height=True)
    till.textln("ALMACÉN DOÑA ROSA €")
    till.set_with_default()
    till.textln("2 x PAN LACTAL         2.400,00")
    till.textln("SUBTOTAL               2.400,00")
    till.set(bold=True, double_width=True)
    till.text("TOTAL ")
    till.set(custom_size=True, width=2, height=2)
    till.text("$ 2.434,56\n")
    till.set_with_default()
    till.textln("EFECTIVO               3.000,00")
    till.barcode("7790001001054", "EAN13", 64, 2, "", "")
    till.barcode("{BKIOSK-1", "CODE128", function_type="B")
    till.qr("https://example.org/factura?total=9,99", size=1)
    till.qr("TOTAL 9,99\n", native=True)
    till.image(logo(height), impl=implementation)
    till.cashdraw(2)
    till.buzzer(2, 4)
    till.cut()
    return bytes(till.output)


@pytest.mark.parametrize("implementation", ["bitImageRaster", "graphics", "bitImageColumn"])
def test_an_invoice_full_of_pictures_says_its_total(implementation: str) -> None:
    receipt = invoice(implementation)
    assert len(receipt) > 20_000
    assert printed(receipt) == [read("2434.56")]
    tokens = list(EscapeReader(EPSON.commands).read(receipt))
    assert not [token for token in tokens if isinstance(token, UnknownCommand | EndlessCommand)]


def test_letters_of_all_pages_are_read() -> None:
    till = Dummy()
    till.text("CRÉDITO €   2.434,56\n")
    till.cut()
    assert printed(bytes(till.output), include=["crédito €"]) == [read("2434.56")]


@pytest.mark.slow
def test_an_invoice_cut_at_every_place_says_the_same() -> None:
    receipt = invoice("bitImageRaster", height=8)
    for cut in range(1, len(receipt)):
        assert printed(receipt[:cut], receipt[cut:]) == [read("2434.56")], cut


def test_a_short_receipt_cut_at_every_place_says_the_same() -> None:
    receipt = (
        INIT
        + b"\x1bt\x02\x1b!\x30SHOP\n\x1dk\x04779*\x00\x1dkI\x03{BA\x1b*\x21\x02\x00TOTAL \x1d(k\x04"
        b"\x001A2\x00TOTAL\x1ba\x01 \x1bE\x015,00\x1bE\x00\n\x1bD\x08\x10\x00\x1bp\x00\x19\xfa"
        + CUT
    )
    assert printed(receipt) == [read("5.00")]
    for cut in range(1, len(receipt)):
        assert printed(receipt[:cut], receipt[cut:]) == [read("5.00")], cut


# --- anything at all ---------------------------------------------------------------------------

PIECES = [
    *EPSON.commands.sizes,
    b"TOTAL ",
    b"12,00",
    b"9",
    b"\n",
    b"\0",
    b"\x01",
    b"\x41",
    b"\xff",
    CUT,
    INIT,
]


@given(st.lists(st.tuples(st.sampled_from(PIECES), st.floats(0, 3)), max_size=30))
@settings(max_examples=examples(150))
def test_no_noise_breaks_the_decoder_and_a_good_receipt_after_it_is_read(
    noise: list[tuple[bytes, float]],
) -> None:
    till, now = decoder(), 0.0
    for data, pause in noise:
        now += pause
        for said in till.feed(data, now):
            if isinstance(said, AmountRead):  # what is read was printed behind the word
                assert re.fullmatch(r"(12|9)+(\.00|)|9*12\.00|9+\.00", said.amount.plain())
        assert till.deadline == math.inf or till.deadline <= now + 2.0
    for _ in range(2):
        now = min(till.deadline, now + 9)
        till.feed(b"", now)
    assert till.feed(INIT + b"TOTAL 5,00\n" + CUT, now + 9)[-1] == read("5.00")
