"""The files of a TEF exchange: what a program asks, and what it finds as an answer."""

from __future__ import annotations

import pytest

from kiosk.base.money import CURRENCIES, Money, NumberFormat
from kiosk.inputs.tef.tef_dialog import TefDialog, file_of, read_fields
from kiosk.inputs.text.amounts import AmountRule
from kiosk.sale.effects import Reply
from kiosk.sale.events import AmountRead, ReadingRejected, ReadingUnread
from kiosk.sale.words import Outcome, Unknown

BRL = CURRENCIES["BRL"]


def dialog() -> TefDialog:
    return TefDialog("caixa", AmountRule(NumberFormat(implied_decimals=2), BRL))


def asks(command: str = "CRT", identifier: str = "17", **more: str) -> bytes:
    fields = {"000-000": command, "001-000": identifier, "003-000": "123456"}
    return file_of(
        *(fields | {"00" + name[1:2] + "-000": each for name, each in more.items()}).items()
    )


SALE = asks()
AMOUNT = Money.of("1234.56", "BRL")
READ = AmountRead(AMOUNT, "caixa", ticket="17")


def ended(outcome: Outcome | Unknown = Outcome.PAID, ticket: str = "17") -> Reply:
    return Reply("caixa", "counter-1-7", AMOUNT, outcome, ticket)


def test_a_sale_is_acknowledged_at_once_and_answered_at_its_end() -> None:
    caixa = dialog()
    asked = caixa.read(SALE)
    assert read_fields(asked.acknowledgement) == {"000-000": "CRT", "001-000": "17", "999-999": "0"}
    assert (asked.answer, asked.event) == (b"", READ)
    told = read_fields(caixa.ended(ended()))
    assert (told["009-000"], told["003-000"], told["001-000"]) == ("0", "123456", "17")
    assert told["030-000"] == "PAGAMENTO APROVADO"


def test_the_same_request_again_is_the_same_sale() -> None:
    caixa = dialog()
    caixa.read(SALE)
    assert caixa.read(SALE).event is None
    answer = caixa.ended(ended())
    again = caixa.read(SALE)
    assert (again.event, again.answer) == (None, answer)
    assert caixa.read(asks(identifier="18")).event == AmountRead(AMOUNT, "caixa", ticket="18")
    assert caixa.ended(ended()) == b""  # the program waits for 18 now


@pytest.mark.parametrize("outcome", [Outcome.CANCELED, Outcome.EXPIRED, Unknown.UNKNOWN])
def test_what_was_not_paid_is_refused(outcome: Outcome | Unknown) -> None:
    caixa = dialog()
    caixa.read(SALE)
    assert read_fields(caixa.ended(ended(outcome)))["009-000"] == "FF"
    caixa.read(asks(identifier="18"))
    assert read_fields(caixa.declined("18"))["009-000"] == "FF"
    assert caixa.declined("18") == b""


@pytest.mark.parametrize("command", ["ATV", "CNF"])
def test_other_requests_are_only_acknowledged(command: str) -> None:
    asked = dialog().read(asks(command))
    assert read_fields(asked.acknowledgement)["000-000"] == command
    assert (asked.answer, asked.event) == (b"", None)


def test_what_is_not_possible_is_refused_and_counted() -> None:
    asked = dialog().read(asks("CNC"))
    assert read_fields(asked.answer)["009-000"] == "FF"
    assert isinstance(asked.event, ReadingUnread)
    undone = dialog().read(asks("NCN"))
    assert isinstance(undone.event, ReadingRejected)
    assert "kiosk orders refund" in undone.event.reason


@pytest.mark.parametrize(
    "request_file",
    [
        b"",
        SALE.replace(b"123456", b"12,56"),
        SALE.replace(b"123456", b""),
        SALE.replace(b"123456", b"1\x003456"),
        SALE.replace(b"001-000", b"003-000"),
        SALE.replace(b"999-999", b"004-000 = 1\r\n999-999"),
        b"no fields\r\n",
    ],
)
def test_an_invalid_request_is_no_sale(request_file: bytes) -> None:
    assert isinstance(dialog().read(request_file).event, ReadingRejected)


@pytest.mark.parametrize("cut", range(len(SALE) - 2))
def test_a_request_that_is_not_whole_is_no_sale(cut: int) -> None:
    assert isinstance(dialog().read(SALE[:cut]).event, ReadingRejected)
    damaged = SALE[:cut] + b"\0" + SALE[cut + 1 :]
    event = dialog().read(damaged).event
    assert not isinstance(event, AmountRead) or event.amount == AMOUNT
