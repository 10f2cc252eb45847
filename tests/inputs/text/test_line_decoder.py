"""The decoder of lines: bytes and the time in, events out."""

from __future__ import annotations

import logging
import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.base.money import CURRENCIES, Money
from kiosk.inputs.text.line_decoder import LineDecoder
from kiosk.sale.events import AmountRead, Event, ReadingBegan, ReadingRejected
from tests.inputs.conftest import line_settings

BEGAN = ReadingBegan("till")


def decoder(**more: Any) -> LineDecoder:
    rule = line_settings(**{k: more.pop(k) for k in list(more) if k == "amount"}).rule(
        CURRENCIES["ARS"]
    )
    return LineDecoder("till", rule, **({"gap": 0.5, "longest": 512, "repeat_within": 3} | more))


def read(plain: str) -> AmountRead:
    return AmountRead(Money.of(plain, "ARS"), "till")


def rejected(reason: str) -> ReadingRejected:
    return ReadingRejected(reason, "till")


def test_a_ticket_with_a_total() -> None:
    ticket = b"TICKET 7\r\nSUBTOTAL 10,00\r\nTOTAL $ 12,10\r\nGRACIAS\r\n"
    assert decoder().feed(ticket, 0.0) == [BEGAN, read("12.10")]


RECORDING = b"TICKET 7\r\nTOTAL 1.234,56\rTOTAL 0,00\r\n\r\n\x80\xff\x01noise\nTOTAL 5,00\n"


@pytest.mark.parametrize("cut", range(1, len(RECORDING)))
def test_a_recording_cut_anywhere_says_the_same(cut: int) -> None:
    till = decoder()
    assert till.feed(RECORDING[:cut], 0.0) + till.feed(RECORDING[cut:], 0.1) == [
        BEGAN,
        read("1234.56"),
        rejected("the amount is zero"),
        read("5.00"),
    ]


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
    assert till.feed(b"34,56\r\nTOTAL 5,00\r\n", 1.0) == [BEGAN, read("5.00")]


@pytest.mark.parametrize("cut", range(1, len(b"1.234,56\r\n")))
@pytest.mark.parametrize("opened_amid", [True, False])
def test_bare_amounts_are_whole_or_nothing(cut: int, opened_amid: bool) -> None:
    line = b"1.234,56\r\n"
    till = decoder(amount="")
    if opened_amid:
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
@settings(max_examples=150)
def test_noise_is_no_amount_and_the_next_good_line_works(noise: list[bytes], amount: str) -> None:
    till = decoder(amount=amount, longest=64)
    events: list[Event] = []
    for second, data in enumerate(noise):
        events += till.feed(data, float(second))
    for event in events:
        assert not isinstance(event, AmountRead) or event.amount.amount > 0
    till.feed(b"\r", 100.0)
    assert till.feed(b"\rT9,99\r" if amount else b"9,99\r", 200.0)[-1] == read("9.99")
