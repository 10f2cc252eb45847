"""A payment terminal's dialog with its register: received is not paid, and one sale is one."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.base.money import Money
from kiosk.inputs.ecr.terminal import Terminal
from kiosk.inputs.transport.stream_input import ProtocolAnswer
from kiosk.sale.effects import Reply
from kiosk.sale.events import (
    AmountRead,
    Event,
    ReadingRejected,
    ReadingUnread,
    ResultDelivered,
)
from kiosk.sale.words import Outcome, Sale, Unknown
from tests.inputs.ecr.transbank_register import (
    ACK,
    BEGAN,
    NAK,
    SALE,
    answers,
    approved,
    asks,
    declined,
    ended,
    read,
    terminal,
)
from tests.support.examples import examples


def test_a_sale_is_acknowledged_at_once_and_answered_when_it_has_ended() -> None:
    pos = terminal()
    assert pos.feed(asks("0100"), 0.0) == [ACK]
    assert pos.feed(SALE, 1.0) == [ACK, BEGAN, read("5000")]
    assert pos.deadline == math.inf
    assert pos.sale_ended(ended("5000"), 60.0) == [approved("000123", "5000")]
    assert pos.feed(b"\x06", 60.2) == [ResultDelivered("counter-1-7", Outcome.PAID)]
    assert pos.deadline == math.inf


@pytest.mark.parametrize(
    ("outcome", "code"),
    [
        (Outcome.CANCELED, "07"),
        (Outcome.ABANDONED, "07"),
        (Outcome.EXPIRED, "22"),
        (Outcome.REFUSED, "01"),
        (Outcome.REFUNDED, "01"),
    ],
)
def test_only_paid_is_approved(outcome: Outcome, code: str) -> None:
    pos = terminal()
    pos.feed(SALE, 0.0)
    assert pos.sale_ended(ended("5000", outcome), 9.0) == [declined(code, "000123")]


def test_a_request_cut_anywhere_is_one_sale() -> None:
    for cut in range(1, len(SALE)):
        pos = terminal()
        said = pos.feed(SALE[:cut], 0.0) + pos.feed(SALE[cut:], 0.1)
        assert said == [ACK, BEGAN, read("5000")], cut


def test_a_request_that_is_sent_again_is_the_same_sale() -> None:
    pos = terminal()
    assert read("5000") in pos.feed(SALE, 0.0)
    assert pos.feed(SALE, 10.0) == [ACK]
    assert pos.feed(SALE, 20.0) == [ACK]
    assert pos.sale_ended(ended("5000"), 30.0) == [approved("000123", "5000")]
    assert pos.feed(SALE, 31.0) == [ACK]  # the answer is on its way already
    assert pos.feed(b"\x06", 31.2)[-1] == ResultDelivered("counter-1-7", Outcome.PAID)


def test_a_request_after_a_lost_answer_gets_the_same_answer() -> None:
    pos = terminal(resend="30 s")
    pos.feed(SALE, 0.0)
    pos.sale_ended(ended("5000"), 10.0)
    for _ in range(3):
        pos.feed(b"", pos.deadline)
    assert pos.feed(SALE, 600.0) == [ACK, approved("000123", "5000")]
    assert pos.feed(b"\x06", 600.1) == [ResultDelivered("counter-1-7", Outcome.PAID)]
    assert pos.feed(SALE, 620.0) == [ACK, approved("000123", "5000")]  # its own copy got lost
    pos.feed(b"\x06", 620.1)
    assert pos.feed(SALE, 700.0) == [ACK, BEGAN, read("5000", "2:000123")]  # a number used again


def test_a_ticket_that_was_not_paid_can_be_tried_again() -> None:
    pos = terminal(resend="0 s")
    pos.feed(SALE, 0.0)
    pos.sale_ended(ended("5000", Outcome.EXPIRED), 10.0)
    pos.feed(b"\x06", 10.1)
    assert pos.feed(SALE, 12.0) == [ACK, BEGAN, read("5000", "2:000123")]


def test_a_sale_that_never_began_is_declined_at_once_and_can_be_tried_again() -> None:
    pos = terminal()
    pos.feed(SALE, 0.0)
    assert pos.declined("1:000123", 0.1) == [declined("01", "000123")]
    assert pos.feed(b"\x06", 0.2) == []
    assert pos.feed(SALE, 1.0) == [ACK, BEGAN, read("5000", "2:000123")]
    assert pos.declined("1:000123", 1.1) == []  # that was the one before


def test_an_answer_without_ack_is_sent_three_times_and_then_kept() -> None:
    pos = terminal()
    pos.feed(SALE, 0.0)
    answer = approved("000123", "5000")
    assert pos.sale_ended(ended("5000"), 10.0) == [answer]
    assert pos.deadline == 20.0
    assert pos.feed(b"\x15", 11.0) == [answer]  # it arrived damaged
    assert pos.feed(b"", 21.0) == [answer]
    assert pos.feed(b"", 31.0) == []
    assert pos.deadline == math.inf
    assert pos.feed(asks("0250|"), 40.0) == [ACK, approved("000123", "5000", "0260")]
    assert pos.feed(b"\x06", 40.1) == [ResultDelivered("counter-1-7", Outcome.PAID)]


def test_the_last_sale_can_be_asked_for_any_number_of_times() -> None:
    pos = terminal()
    assert pos.feed(asks("0250|"), 0.0) == [ACK, declined("11", "", "0260")]
    pos.feed(b"\x06", 0.1)
    pos.feed(SALE, 1.0)
    pos.sale_ended(ended("5000", Outcome.CANCELED), 10.0)
    pos.feed(b"\x06", 10.1)
    for second in (11.0, 12.0):
        assert pos.feed(asks("0250|"), second) == [ACK, declined("07", "000123", "0260")]
        assert pos.feed(b"\x06", second + 0.1) == []


def test_an_end_after_unknown_is_told_when_the_register_asks_for_its_last_sale() -> None:
    pos = terminal()
    pos.feed(SALE, 0.0)
    assert pos.sale_ended(ended("5000", Unknown.UNKNOWN), 10.0) == [declined("22", "000123")]
    told = [ResultDelivered("counter-1-7", Unknown.UNKNOWN)]
    assert pos.feed(b"\x06", 10.1) == told
    paid = [ResultDelivered("counter-1-7", Outcome.PAID)]
    assert pos.sale_ended(ended("5000"), 700.0) == paid
    assert pos.feed(asks("0250|"), 800.0) == [ACK, approved("000123", "5000", "0260")]


@pytest.mark.parametrize("outcome", [Outcome.PAID, Outcome.EXPIRED])
def test_a_ticket_that_was_paid_after_unknown_is_not_sold_again(outcome: Outcome) -> None:
    """However late the register asks: the payer has paid. A ticket that expired is a new sale."""
    pos = terminal(resend="30 s")
    pos.feed(SALE, 0.0)
    pos.sale_ended(ended("5000", Unknown.UNKNOWN), 10.0)
    pos.feed(b"\x06", 10.1)
    pos.sale_ended(ended("5000", outcome), 700.0)
    again = [ACK, BEGAN, read("5000", "2:000123")]
    paid = [ACK, approved("000123", "5000")]
    assert pos.feed(SALE, 5000.0) == (paid if outcome is Outcome.PAID else again)


def test_a_new_sale_never_gets_the_answer_of_the_one_before() -> None:
    pos = terminal()
    pos.feed(SALE, 0.0)
    second = asks("0200|5000|000124|||0|")
    assert pos.feed(second, 5.0) == [ACK, BEGAN, read("5000", "2:000124")]
    assert pos.sale_ended(ended("5000", Outcome.CANCELED, "n1"), 6.0) == [
        ResultDelivered("n1", Outcome.CANCELED)
    ]
    assert pos.sale_ended(ended("5000", ticket="2:000124"), 60.0) == [approved("000124", "5000")]


def test_an_answer_on_its_way_is_given_up_for_a_new_sale() -> None:
    pos = terminal()
    pos.feed(SALE, 0.0)
    pos.sale_ended(ended("5000", Outcome.EXPIRED, "n1"), 10.0)
    pos.feed(asks("0200|7000|000124|||0|"), 11.0)
    assert pos.feed(b"", 25.0) == []
    told = pos.sale_ended(ended("7000", ticket="2:000124"), 30.0)
    assert told == [approved("000124", "7000")]


def after_restart(outcome: Outcome | None, ticket: str = "4:000123") -> Terminal:
    pos = terminal()
    sale = Sale("counter-1-7", Money.of("5000", "CLP"), "pos", ticket=ticket)
    pos.remember(sale, outcome)
    return pos


def test_after_a_restart_the_last_sale_is_still_known() -> None:
    pos = after_restart(Outcome.PAID)
    assert pos.feed(asks("0250|"), 5.0) == [ACK, approved("000123", "5000", "0260")]
    assert pos.feed(b"\x06", 5.1) == []  # it was told before
    assert pos.feed(SALE, 6.0) == [ACK, BEGAN, read("5000", "5:000123")]


def test_a_result_that_a_power_cut_kept_back_waits_to_be_asked_for() -> None:
    for question in (SALE, asks("0250|")):
        pos = after_restart(Outcome.PAID)
        assert pos.sale_ended(ended("5000", ticket="4:000123"), 0.0) == []
        heard, answer = pos.feed(question, 5.0)
        assert heard == ACK
        assert isinstance(answer, ProtocolAnswer)
        assert b"|00|597029414300|75001637|000123|" in answer.data
        assert pos.feed(b"\x06", 5.1) == [ResultDelivered("counter-1-7", Outcome.PAID)]


@pytest.mark.parametrize("asked_again", [True, False])
def test_a_sale_that_was_open_at_a_power_cut_is_the_same_sale_afterwards(asked_again: bool) -> None:
    pos = after_restart(None)
    if asked_again:
        assert pos.feed(SALE, 5.0) == [ACK]
    told = pos.sale_ended(ended("5000", ticket="4:000123"), 9.0)
    assert told == ([approved("000123", "5000")] if asked_again else [])
    if not asked_again:  # the register may be busy with something else by now
        assert pos.feed(SALE, 20.0) == [ACK, approved("000123", "5000")]


def test_when_the_port_is_opened_again_an_answer_on_its_way_is_sent_again() -> None:
    pos = terminal()
    pos.feed(SALE, 0.0)
    answer = approved("000123", "5000")
    assert pos.sale_ended(ended("5000"), 10.0) == [answer]
    pos.opened(100.0)
    assert pos.deadline == 100.0
    assert [pos.feed(b"", at) for at in (100.0, 110.0, 120.0)] == [[answer]] * 3
    assert pos.feed(b"", 130.0) == []  # sent three times since then


def test_when_the_port_is_opened_again_a_frame_that_was_cut_off_is_forgotten() -> None:
    pos = terminal()
    assert pos.feed(SALE[:-1] + b"\x7f", 0.0) == [NAK]
    assert pos.feed(SALE[:5], 0.1) == []
    pos.opened(1.0)
    assert pos.deadline == math.inf
    assert pos.feed(SALE[5:], 1.0) == []
    broken = SALE[:-1] + b"\x7f"
    assert [pos.feed(broken, at) for at in (2.0, 3.0)] == [
        [NAK]
    ] * 2  # counted from the start again


def test_what_is_said_does_not_depend_on_how_the_bytes_come_in() -> None:
    stream = asks("0200|5000|1|||1|") + b"\x06" + asks("0250|") + b"\x06\x15" + asks("0100")
    whole, bytewise = terminal(), terminal()
    said = [each for byte in stream for each in bytewise.feed(bytes([byte]), 0.0)]
    assert said == whole.feed(stream, 0.0)
    assert bytewise.deadline == whole.deadline


def test_a_register_that_asks_for_it_is_told_that_the_sale_is_in_progress() -> None:
    pos = terminal(progress="20 s")
    underway = answers("0900|78|597029414300|75001637|")
    assert pos.feed(asks("0200|5000|1|||1|"), 0.0) == [ACK, BEGAN, read("5000", "1:1"), underway]
    assert pos.feed(b"\x06", 0.1) == []
    assert pos.deadline == 20.0
    assert pos.feed(b"", 20.0) == [underway]
    assert (
        pos.sale_ended(ended("5000", ticket="1:1"), 21.0) == []
    )  # the one before is not acknowledged yet
    assert pos.feed(b"\x06", 21.1) == [approved("1", "5000")]
    assert pos.feed(b"\x06", 21.2) == [ResultDelivered("counter-1-7", Outcome.PAID)]
    assert pos.deadline == math.inf


# --- sales that are not possible -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("request_", "reason"),
    [
        ("0200|0|000123|||0|", "zero"),
        ("0200|49|000123|||0|", "below the limit of 50"),
        ("0200|-5|000123|||0|", "an unknown format"),
        ("0200|12.50|000123|||0|", "an unknown format"),
        ("0200|1234567890|000123|||0|", "an unknown format"),
        ("0200|5000|1234567|||0|", "an unknown format"),
        ("0200|5000", "an unknown format"),
    ],
)
def test_an_impossible_sale_is_answered_and_refused(request_: str, reason: str) -> None:
    pos = terminal(min="50")
    heard, rejected, answer = pos.feed(asks(request_), 0.0)
    assert heard == ACK
    assert isinstance(rejected, ReadingRejected)
    assert reason in rejected.reason
    assert isinstance(answer, ProtocolAnswer)
    assert b"0210|61|" in answer.data


def test_a_broken_request_is_asked_for_three_times_and_then_reported() -> None:
    pos = terminal()
    broken = SALE[:-1] + b"\x7f"
    assert pos.feed(broken, 0.0) == [NAK]
    assert pos.feed(broken, 1.0) == [NAK]
    assert pos.feed(broken, 2.0) == [
        NAK, ReadingRejected("the checksum of a request is wrong; check the cable and the protocol", "pos")
    ]  # fmt: skip
    assert pos.feed(SALE, 3.0) == [ACK, BEGAN, read("5000")]


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        ("0300", None),
        ("0800", "0810|00|597029414300|75001637|"),
        ("0500||", "0510|00|597029414300|75001637|"),
        ("1200|17|", "1210|21|597029414300|75001637||17|"),
        ("0500|1", "0510|00|597029414300|75001637|"),
    ],
)
def test_other_commands_start_no_sale(command: str, answer: str | None) -> None:
    assert terminal().feed(asks(command), 0.0) == [ACK, *([answers(answer)] if answer else [])]


def test_a_command_that_is_not_known_is_acknowledged_and_counted() -> None:
    heard, unread = terminal().feed(asks("nonsense"), 0.0)
    assert heard == ACK
    assert isinstance(unread, ReadingUnread)


# --- the self-service terminals, and several shops ---------------------------------------------

SELF_SERVICE = "597029414300|75001637|TEST-002|nter17|15000||17|DB|||||||||||"


@pytest.mark.parametrize("asked", ["0200|000015000|TEST-002            |1|0",
                                   "0200|000015000|TEST-002||1|0"])  # fmt: skip
def test_a_self_service_terminal_sells(asked: str) -> None:
    pos = terminal()
    assert pos.feed(asks(asked), 0.0) == [ACK, BEGAN, read("15000", "1:TEST-002")]
    told = pos.sale_ended(ended("15000", ticket="1:TEST-002"), 9.0)
    assert told == [answers(f"0210|00|{SELF_SERVICE}")]
    pos.feed(b"\x06", 9.1)
    assert pos.feed(asks("0250|1"), 20.0) == [ACK, answers(f"0260|00|{SELF_SERVICE}")]


def test_a_self_service_terminal_is_told_of_progress() -> None:
    _, _, _, progress = terminal().feed(asks("0200|000015000|000123|1|1"), 0.0)
    assert progress == answers("0900|84")


def test_a_sale_for_one_of_several_shops_is_answered_for_it() -> None:
    pos = terminal()
    asked = asks("0270|5000|000123|||0|597029414303|")
    assert pos.feed(asked, 0.0) == [ACK, BEGAN, read("5000")]
    sale = "000123|nter17|5000|0|||17|DB|||||||0||0|597029414303|"
    told = pos.sale_ended(ended("5000"), 9.0)
    assert told == [answers(f"0271|00|597029414300|75001637|{sale}")]
    own = terminal()
    own.feed(asks("0270|1000|123456|1|0|597029414303"), 0.0)
    (answer,) = own.sale_ended(ended("1000", ticket="1:123456"), 9.0)
    assert isinstance(answer, ProtocolAnswer)
    assert b"0271|00|597029414303|75001637|123456|" in answer.data


@pytest.mark.parametrize("asked", ["0200|5000|1|1|0|597029414303", "0270|5000|1|1|0",
                                   "0200|5000|123456789012345678901|1|0"])  # fmt: skip
def test_an_impossible_form_is_refused(asked: str) -> None:
    _, rejected, answer = terminal().feed(asks(asked), 0.0)
    assert isinstance(rejected, ReadingRejected)
    assert isinstance(answer, ProtocolAnswer)


# --- anything at all ---------------------------------------------------------------------------

PIECES = [SALE, SALE[:9], asks("0250|"), asks("0100"), asks("0200|7|1|||1|"), b"\x02", b"\x03",
          b"\x06", b"\x15", b"0200|5000|", b"\xff\x00"]  # fmt: skip


@given(st.lists(st.tuples(st.sampled_from(PIECES), st.floats(0, 30)), max_size=30))
@settings(max_examples=examples(200))
def test_no_noise_makes_a_sale_of_what_is_no_request(noise: list[tuple[bytes, float]]) -> None:
    pos, now = terminal(), 0.0
    open_sales: list[Event | ProtocolAnswer] = []
    for data, pause in noise:
        now += pause
        for said in pos.feed(data, now):
            if isinstance(said, AmountRead):
                assert said.amount.plain() in ("5000", "7")
                open_sales.append(said)
        assert not math.isnan(pos.deadline)
    for each in open_sales:  # however many sales there were, at most one answer is on its way
        assert isinstance(each, AmountRead)
        told = pos.sale_ended(Reply("pos", "n1", each.amount, Outcome.PAID, each.ticket), now)
        assert sum(isinstance(answer, ProtocolAnswer) for answer in told) <= 1
