"""Transbank's self-service protocol, multi-code sales, and what the kiosk can't do.

The requests are those of the SDKs for Node and .NET.
"""

from __future__ import annotations

import pytest

from kiosk.inputs.ecr.terminal import Terminal
from kiosk.inputs.transport.stream_input import ProtocolAnswer
from kiosk.sale.events import AmountRead, ReadingRejected, ReadingUnread, ResultDelivered
from kiosk.sale.words import Outcome
from tests.inputs.ecr.transbank_register import (
    ACK,
    BEGAN,
    SHOP,
    answers,
    approved,
    asks,
    ended,
    read,
    terminal,
)

SELF_SERVICE = "0200|000015000|000123|1|1"
OPERATE = answers("0900|84")


def fields(answer: object) -> list[str]:
    """Return the fields of an answer, as the SDKs split it."""
    assert isinstance(answer, ProtocolAnswer)
    return answer.data[1:-2].decode().split("|")


def told(pos: Terminal, pesos: str, outcome: Outcome, ticket: str = "1:000123") -> list[str]:
    (answer,) = pos.sale_ended(ended(pesos, outcome, ticket=ticket), 30.0)
    pos.feed(b"\x06", 30.1)
    return fields(answer)


def test_a_self_service_terminal_is_asked_told_of_progress_and_answers_in_its_own_form() -> None:
    pos = terminal()
    assert pos.feed(asks(SELF_SERVICE), 0.0) == [ACK, BEGAN, read("15000"), OPERATE]
    assert pos.feed(b"\x06", 0.2) == []
    assert pos.feed(b"", 20.0) == [OPERATE]
    assert pos.feed(b"\x06", 20.2) == []
    (answer,) = pos.sale_ended(ended("15000"), 30.0)
    command, code, shop, place, ticket, authorization, amount, digits, operation, kind, *rest = (
        fields(answer)
    )
    assert (command, code, shop, place) == ("0210", "00", "597029414300", "75001637")
    assert (ticket, authorization, amount, digits) == ("000123", "nter17", "15000", "")
    assert (operation, kind, set(rest)) == ("17", "DB", {""})
    assert pos.feed(b"\x06", 30.1) == [ResultDelivered("counter-1-7", Outcome.PAID)]
    (_, last) = pos.feed(asks("0250|1"), 40.0)
    assert fields(last) == ["0260", *fields(answer)[1:]]


def test_a_self_service_sale_that_fails_tells_no_amount() -> None:
    pos = terminal()
    pos.feed(asks("0200|15000|000123|0|0"), 0.0)
    canceled = told(pos, "15000", Outcome.CANCELED)
    assert (canceled[1], canceled[4], canceled[6]) == ("07", "000123", "0")


@pytest.mark.parametrize("ticket", ["", "1", "ABC-123/9", "T" * 20])
def test_a_self_service_ticket_has_up_to_20_characters(ticket: str) -> None:
    pos = terminal()
    said = pos.feed(asks(f"0200|990|{ticket}|0|0"), 0.0)
    assert said == [ACK, BEGAN, read("990", f"1:{ticket}")]
    assert told(pos, "990", Outcome.PAID, f"1:{ticket}")[4] == ticket


@pytest.mark.parametrize(
    "request_",
    [
        "0200|15000|" + "T" * 21 + "|1|1",
        "0200|15000|000123|2|1",
        "0200|15000|000123|1|",
        "0200|15000|000123|1|1|1",
        "0200|15.000|000123|1|1",
        "0200|-15000|000123|1|1",
        "0200||000123|1|1",
        "0270|15000|000123|1|1",
        "0270|15000|000123|1|1|5970294143031",
    ],
)
def test_a_damaged_request_is_refused_and_never_another_amount(request_: str) -> None:
    heard, rejected, answer = terminal().feed(asks(request_), 0.0)
    assert heard == ACK
    assert isinstance(rejected, ReadingRejected)
    assert fields(answer)[1] == "61"


def test_the_sdk_for_node_asks_for_a_receipt_and_leaves_the_last_mark_out() -> None:
    pos = terminal()
    assert pos.feed(asks("0200|5000|000123||0|1"), 0.0)[2] == read("5000")
    pos.feed(b"\x06", 0.1)
    assert pos.sale_ended(ended("5000"), 9.0) == [approved("000123", "5000")]


# --- multi-code sales ----------------------------------------------------------------------------


def test_a_multi_code_sale_is_answered_with_its_shop() -> None:
    pos = terminal()
    assert pos.feed(asks("0270|8000|000123||1|0|597029414303|"), 0.0) == [
        ACK, BEGAN, read("8000")
    ]  # fmt: skip
    answer = told(pos, "8000", Outcome.PAID)
    assert answer[:7] == ["0271", "00", "597029414300", "75001637", "000123", "nter17", "8000"]
    assert answer[20:22] == ["0", "597029414303"]
    (_, last) = pos.feed(asks("0280|1"), 40.0)
    assert fields(last)[:7] == ["0260", *answer[1:7]]


def test_a_self_service_multi_code_sale_is_answered_with_its_shop() -> None:
    pos = terminal()
    pos.feed(asks("0270|000008000|000123|1|0|597029414303"), 0.0)
    answer = told(pos, "8000", Outcome.PAID)
    assert answer[:7] == ["0271", "00", "597029414303", "75001637", "000123", "nter17", "8000"]
    assert answer[15] == "597029414300"


@pytest.mark.parametrize("shop", ["", "0", "597029414300", "597029414303"])
def test_a_shop_that_may_sell_sells(shop: str) -> None:
    pos = terminal(transbank=SHOP | {"multicode": ["597029414303"]})
    assert read("8000") in pos.feed(asks(f"0270|8000|000123||0|0|{shop}|"), 0.0)


def test_a_sale_for_a_shop_that_may_not_sell_is_refused() -> None:
    pos = terminal(transbank=SHOP | {"multicode": ["597029414303"]})
    heard, rejected, answer = pos.feed(asks("0270|8000|000123|1|0|597029414309"), 0.0)
    assert (heard, fields(answer)[:2]) == (ACK, ["0271", "12"])
    assert isinstance(rejected, ReadingRejected)
    assert "597029414309 is not allowed to sell here" in rejected.reason


# --- everything else -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("command", "replies"),
    [
        ("0070", []),
        ("0100", []),
        ("0250|0", ["0260|11|597029414300|75001637||      |0||||||||||||||"]),
        ("0500|1", ["0510|00|597029414300|75001637|"]),
        ("1200", ["1210|21|597029414300|75001637|||"]),
        ("0700||", ["0710|12|0|0|"]),
        ("0260|0|", []),
        ("0260|1|", ["0261|12||||||||||||||||||"]),
        ("0290|1|", ["0291|12||||||||||||||||||||"]),
    ],
)
def test_a_command_gets_the_answer_that_the_sdks_wait_for(command: str, replies: list[str]) -> None:
    assert terminal().feed(asks(command), 0.0) == [ACK, *map(answers, replies)]


def test_a_command_that_is_not_known_is_refused_and_counted() -> None:
    heard, unread, answer = terminal().feed(asks("0910|x"), 0.0)
    assert (heard, answer) == (ACK, answers("0920|12|597029414300|75001637|"))
    assert isinstance(unread, ReadingUnread)


def test_the_end_of_a_list_of_sales_is_told_twice() -> None:
    pos = terminal()
    pos.feed(asks("0260|1|"), 0.0)
    assert pos.feed(b"\x06", 0.1) == [answers("0261|12||||||||||||||||||")]


def test_the_initialization_is_told_with_its_time() -> None:
    (_, answer) = terminal().feed(asks("0080"), 0.0)
    command, code, day, time = fields(answer)
    assert (command, code, len(day), len(time)) == ("1080", "90", 8, 6)


# --- damage --------------------------------------------------------------------------------------

RECORDED = [
    asks(SELF_SERVICE),
    asks("0200|5000|000123|||0|"),
    asks("0270|8000|000123|1|0|597029414303"),
]


def amounts(stream: bytes) -> list[str]:
    pos = terminal()
    said = pos.feed(stream, 0.0) + pos.feed(b"", 1.0)
    return [each.amount.plain() for each in said if isinstance(each, AmountRead)]


@pytest.mark.parametrize("recording", RECORDED)
def test_a_request_cut_or_damaged_anywhere_is_no_amount(recording: bytes) -> None:
    for place in range(len(recording)):
        assert amounts(recording[:place]) == []
        for flip in (0x01, 0x02, 0x04, 0x10, 0x20, 0x40, 0x80, 0xFF, recording[place]):
            damaged = bytearray(recording)
            damaged[place] ^= flip
            assert amounts(bytes(damaged)) == []
