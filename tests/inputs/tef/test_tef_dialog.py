"""The files of a TEF exchange: what a program asks, and what it finds as an answer."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.base.money import CURRENCIES, Money
from kiosk.inputs.tef.tef_answers import AnswerFile, ReceivedFile
from kiosk.inputs.tef.tef_dialog import TefDialog
from kiosk.inputs.tef.tef_fields import file_of, read_fields
from kiosk.inputs.tef_files import TefFilesSettings
from kiosk.sale.effects import Reply
from kiosk.sale.events import (
    AmountRead,
    CancelPressed,
    ReadingBegan,
    ReadingRejected,
    ReadingUnread,
    ResultDelivered,
)
from kiosk.sale.words import Outcome, Sale, Unknown

BRL = CURRENCIES["BRL"]


def dialog(**more: Any) -> TefDialog:
    fields = {"driver": "tef_files", "request": "/req", "response": "/resp"}
    return TefFilesSettings.model_validate(fields | more).dialog("caixa", BRL)


def asks(command: str = "CRT", identifier: str = "17", **more: str) -> bytes:
    """Return a request; ``f004="1"`` is its field 004-000."""
    fields = {"000-000": command, "001-000": identifier, "002-000": "5530", "003-000": "123456"}
    return file_of(*(fields | {f"{name[1:]}-000": each for name, each in more.items()}).items())


SALE = asks()
AMOUNT = Money.of("1234.56", "BRL")
BEGAN, READ = ReadingBegan("caixa"), AmountRead(AMOUNT, "caixa", ticket="1:17")


def status(command: str = "CRT", identifier: str = "17") -> ReceivedFile:
    return ReceivedFile(file_of(("000-000", command), ("001-000", identifier)))


def ended(
    outcome: Outcome | Unknown = Outcome.PAID, ticket: str = "1:17", reference: str = "counter-1-7"
) -> Reply:
    return Reply("caixa", reference, AMOUNT, outcome, ticket)


def told(answer: object) -> dict[str, str]:
    assert isinstance(answer, AnswerFile)
    return dict(read_fields(answer.data))


def test_a_sale_is_acknowledged_at_once_and_answered_at_its_end() -> None:
    caixa = dialog()
    assert caixa.read(SALE, 0.0) == [status(), BEGAN, READ]
    answer, delivered = caixa.sale_ended(ended(), 30.0)
    assert delivered == ResultDelivered("counter-1-7", Outcome.PAID)
    fields = told(answer)
    assert (fields["000-000"], fields["001-000"], fields["002-000"]) == ("CRT", "17", "5530")
    assert (fields["003-000"], fields["009-000"], fields["012-000"]) == ("123456", "0", "17")
    assert (len(fields["022-000"]), len(fields["023-000"])) == (8, 6)
    assert fields["030-000"] == "PAGAMENTO APROVADO"
    assert (fields["028-000"], fields["729-000"]) == ("0", "1")  # nothing to print or to confirm


def test_the_same_request_again_is_the_same_sale() -> None:
    caixa = dialog()
    caixa.read(SALE, 0.0)
    assert caixa.read(SALE, 5.0) == [status()]
    answer, _ = caixa.sale_ended(ended(), 30.0)
    acknowledged, again = caixa.read(SALE, 60.0)
    assert (acknowledged, told(again)["012-000"]) == (status(), told(answer)["012-000"])
    assert READ not in caixa.read(asks(identifier="18"), 61.0)
    assert caixa.read(asks(identifier="17"), 90_000.0)[1:] == [  # the next day
        BEGAN,
        AmountRead(AMOUNT, "caixa", ticket="3:17"),
    ]


def test_a_sale_never_gets_the_answer_of_another_one() -> None:
    caixa = dialog()
    caixa.read(SALE, 0.0)
    caixa.read(asks(f003="500"), 5.0)  # the program has started again, and uses 17 again
    late = ResultDelivered("counter-1-7", Outcome.PAID)
    assert caixa.sale_ended(ended(), 6.0) == [late]
    assert caixa.declined("1:17") == []
    answer, _ = caixa.sale_ended(ended(Outcome.EXPIRED, "2:17", "counter-1-8"), 30.0)
    assert told(answer)["009-000"] == "FF"


@pytest.mark.parametrize(
    "outcome", [*(it for it in Outcome if it is not Outcome.PAID), Unknown.UNKNOWN]
)
def test_what_was_not_paid_is_refused(outcome: Outcome | Unknown) -> None:
    caixa = dialog()
    caixa.read(SALE, 0.0)
    answer, _ = caixa.sale_ended(ended(outcome), 30.0)
    assert told(answer)["009-000"] == "FF"
    assert told(answer)["030-000"]


def test_a_sale_that_can_not_be_is_declined_and_can_be_tried_again() -> None:
    caixa = dialog()
    caixa.read(SALE, 0.0)
    (answer,) = caixa.declined("1:17")
    assert told(answer)["009-000"] == "FF"
    assert caixa.declined("1:17") == []
    assert AmountRead(AMOUNT, "caixa", ticket="2:17") in caixa.read(SALE, 1.0)


def test_an_end_after_unknown_is_told_when_the_program_asks_again() -> None:
    caixa = dialog()
    caixa.read(SALE, 0.0)
    caixa.sale_ended(ended(Unknown.UNKNOWN), 30.0)
    assert caixa.sale_ended(ended(), 60.0) == [ResultDelivered("counter-1-7", Outcome.PAID)]
    assert told(caixa.read(SALE, 90.0)[1])["009-000"] == "0"


# --- other commands ------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["ATV", "CNF"])
def test_some_requests_are_only_acknowledged(command: str) -> None:
    assert dialog().read(asks(command), 0.0) == [status(command)]


@pytest.mark.parametrize("command", ["CNC", "ADM", "CHQ", "CDP", "crt"])
def test_what_is_not_possible_is_refused_and_counted(command: str) -> None:
    acknowledged, answer, unread = dialog().read(asks(command), 0.0)
    assert (acknowledged, told(answer)["009-000"]) == (status(command), "FF")
    assert isinstance(unread, ReadingUnread)


def test_undoing_a_sale_in_progress_cancels_it() -> None:
    caixa = dialog()
    caixa.read(SALE, 0.0)
    assert caixa.read(asks("NCN"), 5.0) == [status("NCN"), CancelPressed("caixa")]


def test_undoing_a_paid_sale_moves_no_money_and_says_so(caplog: pytest.LogCaptureFixture) -> None:
    caixa = dialog()
    caixa.read(SALE, 0.0)
    caixa.sale_ended(ended(), 30.0)
    undo = asks("NCN", f012="17", f027="counter-1-7")
    caixa.read(asks(identifier="18"), 40.0)  # the sale in progress is not the one that is undone
    acknowledged, rejected = caixa.read(undo, 60.0)
    assert isinstance(acknowledged, ReceivedFile)
    assert read_fields(acknowledged.data)["030-000"] == "VENDA PAGA: ESTORNE NO APP"
    assert isinstance(rejected, ReadingRejected)
    assert "undoes the paid sale counter-1-7; refund it with" in rejected.reason
    assert rejected.reason in caplog.text


def test_undoing_a_sale_that_was_not_paid_needs_nothing() -> None:
    caixa = dialog()
    assert caixa.read(asks("NCN"), 0.0) == [status("NCN")]
    caixa.read(SALE, 1.0)
    caixa.sale_ended(ended(Outcome.EXPIRED), 30.0)
    assert caixa.read(asks("NCN"), 60.0) == [status("NCN")]


# --- a power cut ---------------------------------------------------------------------------------


def after_restart(outcome: Outcome | None, ticket: str = "4:17") -> TefDialog:
    caixa = dialog()
    caixa.remember(Sale("counter-1-7", AMOUNT, "caixa", ticket=ticket), outcome)
    caixa.opened(500_000.0)
    return caixa


def test_a_sale_that_was_open_at_a_power_cut_is_answered_afterwards() -> None:
    caixa = after_restart(None)
    assert caixa.resume(SALE, 500_000.0) == []
    answer, _ = caixa.sale_ended(ended(ticket="4:17"), 500_009.0)
    assert (told(answer)["001-000"], told(answer)["002-000"]) == ("17", "5530")


def test_a_sale_that_had_ended_at_a_power_cut_is_told_again() -> None:
    caixa = after_restart(Outcome.PAID)
    (answer,) = caixa.resume(SALE, 500_000.0)
    assert told(answer)["009-000"] == "0"
    delivered = [ResultDelivered("counter-1-7", Outcome.PAID)]
    assert caixa.sale_ended(ended(ticket="4:17"), 500_001.0) == delivered
    assert told(caixa.read(SALE, 500_060.0)[1])["009-000"] == "0"


@pytest.mark.parametrize("ticket", ["4:16", "", "17"])
def test_a_request_that_never_became_a_sale_is_refused_after_a_power_cut(ticket: str) -> None:
    caixa = after_restart(Outcome.PAID, ticket)
    answer, rejected = caixa.resume(SALE, 500_000.0)
    assert told(answer)["009-000"] == "FF"
    assert isinstance(rejected, ReadingRejected)
    assert isinstance(dialog().resume(SALE[:20], 0.0)[0], ReadingRejected)


# --- requests that are not right -----------------------------------------------------------------


@pytest.mark.parametrize(
    "value", ["", "0", "-1", "12,56", "1.234,56", "12 34", "1\x003456", "R$ 5"]
)
def test_an_amount_that_is_not_digits_is_no_sale(value: str) -> None:
    said = dialog().read(asks(f003=value), 0.0)
    assert isinstance(said[-1], ReadingRejected)
    assert all(told(each)["009-000"] == "FF" for each in said if isinstance(each, AnswerFile))


@pytest.mark.parametrize("currency", ["1", "2", "978"])
def test_an_amount_in_another_currency_is_no_sale(currency: str) -> None:
    _, answer, rejected = dialog().read(asks(f004=currency), 0.0)
    assert told(answer)["009-000"] == "FF"
    assert rejected == ReadingRejected("the program asks for another currency", "caixa")
    assert READ in dialog().read(asks(f004="0"), 0.0)


def test_a_program_for_sitef_writes_a_comma() -> None:
    caixa = dialog(number={"decimal": ","})
    assert READ in caixa.read(asks(f003="1234,56"), 0.0)
    answer, _ = caixa.sale_ended(ended(), 30.0)
    assert told(answer)["003-000"] == "1234,56"


@pytest.mark.parametrize(
    "request_file",
    [
        b"",
        b"no fields\r\n",
        SALE.replace(b"001-000", b"003-000"),
        SALE.replace(b"001-000 = 17", b"001-000 = "),
        SALE.replace(b"999-999", b"004-000 = 1\r\n004-000 = 0\r\n999-999"),
        SALE.replace(b"999-999", b"what\r\n999-999"),
        SALE + b"003-000 = 1\r\n",
        SALE * 2,
        SALE.replace(b"5530", b"5" * 20_000),
    ],
)
def test_a_file_that_is_not_a_request_is_no_sale(request_file: bytes) -> None:
    (rejected,) = dialog().read(request_file, 0.0)
    assert isinstance(rejected, ReadingRejected)


def amounts(data: bytes) -> list[Money]:
    return [each.amount for each in dialog().read(data, 0.0) if isinstance(each, AmountRead)]


def test_a_request_cut_or_damaged_anywhere_is_no_other_amount() -> None:
    whole = SALE.rstrip()
    for cut in range(len(whole)):
        assert amounts(SALE[:cut]) == []
        assert amounts(SALE[:cut] + b"\0" + SALE[cut + 1 :]) == []
    for line_end in (b"\n", b"\r\n\r\n"):
        assert amounts(SALE.replace(b"\r\n", line_end)) == [AMOUNT]


@given(st.lists(st.sampled_from([*SALE.splitlines(keepends=True), b"\0", b"003-000 = 7", b"\xff"])))
def test_parts_of_a_request_in_any_order_are_the_amount_or_nothing(parts: list[bytes]) -> None:
    assert amounts(b"".join(parts)) in ([], [AMOUNT])


@given(st.binary(max_size=200))
def test_anything_at_all_is_rejected_or_passed_over(data: bytes) -> None:
    assert amounts(data) == []
