"""The decoder of lines: bytes and the time in, events out."""

from __future__ import annotations

import logging
import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from kiosk.base.money import CURRENCIES, Money
from kiosk.inputs.text.line_decoder import LineDecoder
from kiosk.sale.events import AmountRead, Event, ReadingBegan, ReadingRejected, ReadingUnread
from tests.inputs.conftest import line_settings
from tests.support.examples import examples

BEGAN = ReadingBegan("till")


def decoder(**more: Any) -> LineDecoder:
    return line_settings(**more).decoder("till", CURRENCIES["ARS"])


def read(plain: str) -> AmountRead:
    return AmountRead(Money.of(plain, "ARS"), "till")


def rejected(reason: str) -> ReadingRejected:
    return ReadingRejected(reason, "till")


def test_a_ticket_with_a_total() -> None:
    ticket = b"TICKET 7\r\nSUBTOTAL 10,00\r\nTOTAL $ 12,10\r\nGRACIAS\r\n"
    assert decoder().feed(ticket, 0.0) == [BEGAN, read("12.10")]


RECORDING = b"TICKET 7\r\nTOTAL 1.234,56\rTOTAL 0,00\r\n\r\n\x80\xff\x01noise\nTOTAL 5,00\n"


def test_a_recording_cut_anywhere_says_the_same() -> None:
    for cut in range(1, len(RECORDING)):
        till = decoder()
        assert till.feed(RECORDING[:cut], 0.0) + till.feed(RECORDING[cut:], 0.1) == [
            BEGAN,
            read("1234.56"),
            rejected("the amount is zero"),
            read("5.00"),
        ], cut


def test_a_reading_begins_at_the_first_byte_after_silence() -> None:
    till = decoder()
    assert till.feed(b"T", 0.0) == [BEGAN]
    assert till.feed(b"OTAL 5,00\r", 0.1) == [read("5.00")]
    assert till.feed(b"TOTAL 6,00\r", 0.2) == [read("6.00")]
    assert till.feed(b"TOTAL 7,00\r", 9.0) == [BEGAN, read("7.00")]


def test_fill_bytes_through_the_night_begin_nothing() -> None:
    till = decoder()
    assert [event for hour in range(8) for event in till.feed(b"\0\0", hour * 3600.0)] == []
    assert till.deadline == math.inf


def test_a_line_cut_in_half_and_the_next_good_one() -> None:
    till = decoder()
    assert till.feed(b"TOTAL 1.2", 0.0) == [BEGAN]
    assert till.feed(b"", till.deadline) == [
        rejected("a line was cut off after 9 characters; send the total again")
    ]
    began, tail, total = till.feed(b"34,56\r\nTOTAL 5,00\r\n", 1.0)
    assert (began, total) == (BEGAN, read("5.00"))
    assert isinstance(tail, ReadingUnread)


@pytest.mark.parametrize(
    "line",
    [b"\x11TOTAL 12,34\r\n\x13", b"TOTAL \x0e12,34\x14\r\n", b"\x0cTOTAL 12,34\r\n",
     b"\x1b@\x1b!\x10TOTAL\x1b!\x01 12,34\x1bd\x02", b"\x0f\x1ba\x01TOTAL\t12,34\n"],
)  # fmt: skip
def test_the_codes_of_a_printer_are_taken_out_where_the_setting_says_so(line: bytes) -> None:
    for pieces in ([line], [bytes([byte]) for byte in line]):
        till = decoder(strip="printer")
        events = [each for piece in pieces for each in till.feed(piece, 1.0)]
        assert events + till.feed(b"", 9.0) == [BEGAN, read("12.34")]
    (_, said, *_) = decoder().feed(line.replace(b"\x1bd\x02", b"\n"), 1.0)
    assert isinstance(said, ReadingRejected | ReadingUnread)
    assert "set strip: printer" in said.reason or "\t" in line.decode()


@pytest.mark.parametrize("line", [b"TOTAL \x1bW112,34\r\n", b"TOTAL 1\x1bF2,34\r\n"])
def test_a_code_whose_end_is_not_certain_spoils_the_line(line: bytes) -> None:
    till = decoder(strip="printer")
    said = till.feed(line + b"TOTAL 5,00\r\n", 1.0)
    assert not [each for each in said if isinstance(each, AmountRead) and each != read("5.00")]


def test_bytes_around_a_line() -> None:
    framed = b"\x02TOTAL 12,34\x03"
    assert decoder(begins_with="STX", ends_with="ETX").feed(framed, 0.0) == [BEGAN, read("12.34")]
    assert decoder(begins_with="0x02", ends_with="\x03").feed(framed, 0.0)[1] == read("12.34")
    said = decoder().feed(framed + b"\r\n", 0.0)[1]
    assert isinstance(said, ReadingUnread)
    assert "set begins_with and ends_with" in said.reason


def test_a_total_on_two_lines() -> None:
    till = decoder(label=r"\s*TOTAL:?\s*", amount=r"\$?\s*(?P<amount>\S+)")
    lines = b"PAN\r\n1.200,00\r\nTOTAL:\r\n\r\n$ 12,34\r\n5,00\r\n"
    said = [each for each in till.feed(lines, 1.0) if not isinstance(each, ReadingUnread)]
    assert said == [BEGAN, read("12.34")]
    (spoiled,) = till.feed(b"TOTAL:\r\nGRACIAS 7\r\n", 1.1)
    assert isinstance(spoiled, ReadingRejected | ReadingUnread)


@pytest.mark.parametrize(
    ("line", "unread"),
    [
        (b"TICKET 7", False),
        (b"PAN LACTAL   1.200,00", False),
        (b"SUBTOTAL 10,00", False),
        (b"26/11/2026 17:20", False),
        (b"T O T A L  12,00", True),
        (b"Total: 12,00", True),
        (b"IMPORTE 12,00", True),
        (b"$ 12,00", True),
        (b"12,00", True),
        (b"18:05 TOTAL: 12,00", True),
        (b"0007 SUBTOTAL 12,00", False),
        (b"\x1b[1mTOTAL 12,00\x1b[0m", True),
        (b"\x1bW1TOTAL 12,00", True),
    ],
)
def test_a_line_that_looks_like_a_total_and_is_none_is_counted(line: bytes, unread: bool) -> None:
    said = decoder().feed(line + b"\r\n", 1.0)[1:]
    assert [type(each) for each in said] == [ReadingUnread] * unread


def test_lines_with_the_wrong_parity_are_counted() -> None:
    line = bytes(byte | (byte.bit_count() % 2 << 7) for byte in b"TOTAL 1.234,56")
    (said,) = decoder().feed(line + b"\r\n", 1.0)[1:]
    assert isinstance(said, ReadingUnread)
    assert "the line is not text; correct baud, bytes and parity" in said.reason


def test_a_code_that_is_not_known_is_not_blamed_on_the_cable_alone() -> None:
    said = decoder(strip="printer").feed(b"TOTAL \x1b[1m5,00\r\n", 1.0)[-1]
    assert isinstance(said, ReadingRejected)
    assert said.reason.endswith("or the line has a code that strip does not know")


@pytest.mark.parametrize("place", range(len(b"TOTAL 1.234,56")))
def test_a_damaged_byte_never_makes_another_amount(place: int) -> None:
    line = b"TOTAL 1.234,56"
    for rule in ({}, {"amount": ""}, {"strip": "printer"}):
        damaged = line[:place] + b"\0" + line[place + 1 :]
        said = decoder(**rule).feed(damaged + b"\r\n", 1.0)
        assert not any(isinstance(each, AmountRead) for each in said)
        assert isinstance(said[-1], ReadingRejected)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"begins_with": "NUL"}, "a NUL is a lost character"),
        ({"begins_with": "→"}, "not ASCII"),
        ({"label": "("}, "not a valid regular expression"),
    ],
)
def test_an_invalid_setting_is_refused(fields: dict[str, str], reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        line_settings(**fields)


@pytest.mark.parametrize("cut", range(1, len(b"1.234,56\r\n")))
@pytest.mark.parametrize("opened_inside", [True, False])
def test_bare_amounts_are_whole_or_nothing(cut: int, opened_inside: bool) -> None:
    line = b"1.234,56\r\n"
    till = decoder(amount="")
    if opened_inside:
        till.opened(10.0)
    else:
        till.feed(line[:cut], 9.0)
    events = till.feed(line[cut:], 10.01) + till.feed(b"7,00\r\n", 11.0)
    amounts = [event for event in events if isinstance(event, AmountRead)]
    assert amounts == [read("7.00")]


def test_a_total_printed_twice_is_one_reading(caplog: pytest.LogCaptureFixture) -> None:
    till = decoder()
    caplog.set_level(logging.INFO)
    assert till.feed(b"TOTAL 5,00\rCOPIA\rTOTAL 5,00\r", 0.0) == [BEGAN, read("5.00")]
    assert till.feed(b"TOTAL 5,00\r", 2.9) == [BEGAN]
    assert "till: the same amount came again too soon; it is ignored" in caplog.messages


def test_the_same_total_later_is_another_sale() -> None:
    till = decoder()
    till.feed(b"TOTAL 5,00\r", 0.0)
    till.feed(b"TOTAL 5,00\r", 2.0)
    assert till.feed(b"TOTAL 5,00\r", 3.0) == [BEGAN, read("5.00")]


def test_the_same_total_after_a_result_is_the_next_customers() -> None:
    till = decoder()
    till.feed(b"TOTAL 5,00\r", 0.0)
    till.sale_ended()
    assert read("5.00") in till.feed(b"TOTAL 5,00\r", 0.5)


@pytest.mark.parametrize("between", [b"TOTAL 6,00\r", b"TOTAL x\r"])
def test_the_same_total_after_something_else_is_another_sale(between: bytes) -> None:
    events = decoder().feed(b"TOTAL 5,00\r" + between + b"TOTAL 5,00\r", 0.0)
    assert events.count(read("5.00")) == 2


def test_the_filter_can_be_switched_off() -> None:
    events = decoder(repeat_within=0).feed(b"TOTAL 5,00\r" * 3, 0.0)
    assert events == [BEGAN, *[read("5.00")] * 3]


def test_the_log_holds_no_card_number(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    decoder(amount="").feed(b"TARJETA 4509953566233704\r", 0.0)
    assert "24 characters ending in '3704'" in caplog.text
    assert "450995356623" not in caplog.text


def test_labels_in_another_code_page() -> None:
    till = decoder(amount="CRÉDITO (?P<amount>.+)", encoding="cp850")
    assert till.feed("CRÉDITO 5,00\r".encode("cp850"), 0.0) == [BEGAN, read("5.00")]
    assert decoder().feed(b"CR\x90DITO 5,00\rTOTAL 6,00\r", 0.0) == [BEGAN, read("6.00")]


@given(st.lists(st.binary(max_size=60), max_size=8), st.sampled_from(["", r"T(?P<amount>.+)"]))
@settings(max_examples=examples(150))
def test_noise_is_no_amount_and_the_next_good_line_works(noise: list[bytes], amount: str) -> None:
    till = decoder(amount=amount, longest_line=64)
    events: list[Event] = []
    for second, data in enumerate(noise):
        events += till.feed(data, float(second))
    for event in events:
        assert not isinstance(event, AmountRead) or event.amount.amount > 0
    till.feed(b"\r", 100.0)
    assert till.feed(b"\rT9,99\r" if amount else b"9,99\r", 200.0)[-1] == read("9.99")
