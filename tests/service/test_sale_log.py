"""The log of sales: what people must act on is a warning that says what to do."""

from __future__ import annotations

import logging

import pytest

from kiosk.sale import effects as do
from kiosk.sale import events as on
from kiosk.sale.effects import Effect, Remember
from kiosk.sale.events import CallFailed, Event, Failure, OrderSeen
from kiosk.sale.words import Fault, Outcome, PayerNotice, Sale, Screen
from kiosk.service.sale_log import EventLog, log_effect
from tests.support.play import pesos

SALE = Sale("K-1", pesos("7.00"), "caja", "ORD7")
SEEN = OrderSeen("ORD7", "K-1", "failed", pesos("7.00"))


@pytest.mark.parametrize(
    ("effect", "level", "line"),
    [
        (
            Remember(do.SaleSetAside("K-1", "the service did not say in time how it ended")),
            "WARNING",
            "sale K-1: set aside: the service did not say in time how it ended; the kiosk looks at its order "
            "again; to decide it, run: kiosk orders settle K-1 --as OUTCOME --note TEXT",
        ),
        (
            Remember(do.SaleEnded("K-1", Outcome.PAID, "late: ORD7 processed")),
            "WARNING",
            "sale K-1: paid (late: ORD7 processed)",
        ),
        (
            Remember(do.SaleEnded("K-1", Outcome.ABANDONED, "dropped: the amount is too old")),
            "WARNING",
            "sale K-1: abandoned (dropped: the amount is too old)",
        ),
        (
            Remember(do.SaleEnded("K-1", Outcome.PAID, f"ORD7 processed, {on.PAID_TWICE}")),
            "WARNING",
            f"sale K-1: paid (ORD7 processed, {on.PAID_TWICE})",
        ),
        (
            Remember(do.SaleEnded("K-1", Outcome.PAID, "ORD7 processed")),
            "INFO",
            "sale K-1: paid (ORD7 processed)",
        ),
        (
            Remember(do.SaleEnded("K-1", Outcome.PAID, "charged back", held=True)),
            "WARNING",
            "sale K-1: paid (charged back); held for people, and the register is not told; look at "
            "it with kiosk orders show K-1, then refund it or collect the rest",
        ),
        (
            do.Show(Screen.HELD, reference="caja-1-8F7K2Q9F", reason=PayerNotice.LATE),
            "INFO",
            "sale caja-1-8F7K2Q9F: panel shows held (late), code 7K2 Q9F",
        ),
        (
            do.Show(Screen.OUT_OF_SERVICE, reason=Fault.NETWORK),
            "INFO",
            "panel shows out_of_service (network)",
        ),
        (
            do.LookLater("K-1", "ORD7", "fetch"),
            "INFO",
            "sale K-1: later look, fetch ORD7",
        ),
    ],
)
def test_what_the_machine_does_is_logged(
    effect: Effect, level: str, line: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "kiosk.sale")
    log_effect(effect)
    assert [(each.levelname, each.getMessage()) for each in caplog.records] == [(level, line)]


def test_that_the_register_has_its_result_is_only_a_detail(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO, "kiosk.sale")
    log_effect(Remember(do.ResultTold("K-1", Outcome.PAID)))
    assert not caplog.records


@pytest.mark.parametrize(
    ("answer", "level", "line"),
    [
        (SEEN, "INFO", "sale K-1: order ORD7 is failed"),
        (
            CallFailed(Failure.UNKNOWN, "503"),
            "WARNING",
            "sale K-1: the later look failed (unknown): 503",
        ),
    ],
)
def test_the_answer_to_a_later_look_names_its_own_sale(
    answer: OrderSeen | CallFailed, level: str, line: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Another sale may be at the counter."""
    caplog.set_level(logging.INFO, "kiosk.sale")
    event: Event = on.LookedLater("K-1", answer)
    EventLog().write(event, Sale("K-2", pesos("5.00"), "caja"))
    assert [(each.levelname, each.getMessage()) for each in caplog.records] == [(level, line)]


@pytest.mark.parametrize(
    ("event", "line"),
    [
        (on.Decided("K-1"), "sale K-1: a person decided it; it is not looked at any more"),
        (on.RefundAsked(SALE), "sale K-1: a refund was made with kiosk orders refund"),
        (
            on.RefundAsked(SALE, underway=True),
            "sale K-1: a refund was asked for with kiosk orders refund",
        ),
    ],
)
def test_what_people_do_at_the_command_line_is_logged(
    event: Event, line: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "kiosk.sale")
    EventLog().write(event, None)
    assert caplog.messages == [line]


def test_at_the_start_twenty_sales_that_can_not_be_read_are_named(
    caplog: pytest.LogCaptureFixture,
) -> None:
    problems = tuple(f"sale K-{number}: its amount 'x' can't be read" for number in range(25))
    EventLog().write(on.Started(problems=problems), None)
    assert [record.levelname for record in caplog.records] == ["ERROR"] * 21
    said = [record.getMessage() for record in caplog.records]
    assert said == [*problems[:20], "5 more sales can't be read in the journal"]


def test_a_call_that_fails_again_and_again_is_a_warning_once_in_a_sale(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """An order of the older dynamic model can't be canceled, and a refused token stays refused."""
    caplog.set_level(logging.INFO, "kiosk.sale")
    log, other = EventLog(), Sale("K-2", pesos("5.00"), "caja")
    conflict = CallFailed(Failure.CONFLICT, "it can't be canceled")
    silence = CallFailed(Failure.UNKNOWN, "no answer in time")
    for _ in range(150):
        for event in (conflict, SEEN, silence):
            log.write(event, SALE)
    assert caplog.messages == [
        "sale K-1: the call failed (conflict): it can't be canceled",
        "sale K-1: the call failed (unknown): no answer in time",
    ]
    log.write(conflict, other)
    assert caplog.messages[2:] == ["sale K-2: the call failed (conflict): it can't be canceled"]


def test_without_a_sale_a_failure_is_a_warning_again_after_a_good_answer(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO, "kiosk.sale")
    log, refused = EventLog(), CallFailed(Failure.TOKEN, "401")
    for event in (refused, refused, on.ReadyToSell(), refused, refused):
        log.write(event, None)
    assert caplog.messages == ["the call failed (token): 401"] * 2


def test_the_log_follows_what_was_done_and_names_no_more_than_that(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The effects after an intent that could not be written are void."""
    caplog.set_level(logging.INFO, "kiosk.sale")
    event = on.AmountRead(pesos("5.00"), "caja")
    opened = Remember(do.SaleOpened(Sale("K-2", pesos("5.00"), "caja")))

    def step() -> None:
        with EventLog().afterwards(event, None) as performed:
            performed.append(opened)
            assert not caplog.messages
            raise OSError("the disk is full")

    with pytest.raises(OSError, match="full"):
        step()
    assert caplog.messages == ["5.00 ARS read from caja", "sale K-2: opened, 5.00 ARS from caja"]
