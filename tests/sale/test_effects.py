"""Whole sales with every effect in full: whom it is for, and what it is about.

Screens and signals are left out here; ``test_screens.py`` has them.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiosk.base.money import Money
from kiosk.sale import events as on
from kiosk.sale.effects import (
    CancelOrder,
    CreateOrder,
    Decline,
    Effect,
    FetchOrder,
    OrderKnown,
    Probe,
    RefundDecided,
    RefundOrder,
    Remember,
    Reply,
    SaleEnded,
    SaleOpened,
    Show,
    Signal,
)
from kiosk.sale.policy import Policy
from kiosk.sale.words import Item, Outcome, Sale
from tests.support.play import POLICY, Play, pesos

AMOUNT = pesos("12.50")
SALE = Sale("K-1", AMOUNT, "pos", ticket="T7")
OLD = pesos("7.00")
READ: list[Effect] = [Probe(), Remember(SaleOpened(SALE)), CreateOrder("K-1")]
KNOWN: list[Effect] = [*READ, Remember(OrderKnown("K-1", "ORD1"))]
REFUND = replace(POLICY, late_payment="refund")
HOLD = replace(POLICY, late_payment="hold")


def done(cues: str, policy: Policy = POLICY) -> list[Effect]:
    """Return the effects of a play that begins with ``start, ready, pos 12.50 T7``."""
    play = Play(policy)
    for cue in ["start", "ready", "pos 12.50 T7", *cues.split(", ")]:
        play.cue(cue)
    return [effect for effect in play.done if not isinstance(effect, Show | Signal)]


def ended(outcome: Outcome, evidence: str, paid_after: float | None = None) -> list[Effect]:
    """Return how the journal and the register get the result."""
    written = Remember(SaleEnded("K-1", outcome, evidence, paid_after=paid_after))
    return [written, Reply("pos", "K-1", AMOUNT, outcome, "T7")]


def held(outcome: Outcome, evidence: str) -> list[Effect]:
    """Return the same for a sale that is left to people: no register gets a result."""
    return [Remember(SaleEnded("K-1", outcome, evidence, held=True))]


def test_a_sale_that_is_paid() -> None:
    assert done("sees created, later, sees processed detail=accredited") == [
        *KNOWN,
        FetchOrder("ORD1"),
        *ended(Outcome.PAID, "ORD1 processed/accredited 12.50 ARS", paid_after=1.1),
    ]


def test_a_sale_that_is_asked_for_twice_and_canceled() -> None:
    assert done("fails unknown, later, sees created, cancel, sees canceled") == [
        *READ,
        CreateOrder("K-1"),
        Remember(OrderKnown("K-1", "ORD1")),
        CancelOrder("ORD1"),
        *ended(Outcome.CANCELED, "ORD1 canceled/ 12.50 ARS"),
    ]


def test_a_sale_that_another_one_replaces() -> None:
    next_sale = Sale("K-2", pesos("5.00"), "caja")
    assert done("sees created, caja 5.00, sees canceled") == [
        *KNOWN,
        CancelOrder("ORD1"),
        *ended(Outcome.CANCELED, "ORD1 canceled/ 12.50 ARS"),
        Remember(SaleOpened(next_sale)),
        CreateOrder("K-2"),
    ]


LATE = "sees created, cancel, sees processed"


def test_a_late_payment_that_is_accepted() -> None:
    assert done(LATE) == [
        *KNOWN,
        CancelOrder("ORD1"),
        *ended(Outcome.PAID, "late: ORD1 processed/ 12.50 ARS"),
    ]


def test_a_late_payment_that_is_held() -> None:
    assert done(LATE, HOLD) == [
        *KNOWN,
        CancelOrder("ORD1"),
        *held(Outcome.PAID, "late: ORD1 processed/ 12.50 ARS"),
    ]


REFUNDING: list[Effect] = [
    *KNOWN,
    CancelOrder("ORD1"),
    Remember(RefundDecided("K-1", "late: ORD1 processed/ 12.50 ARS")),
    RefundOrder("ORD1"),
]


def test_a_late_payment_that_is_refunded() -> None:
    assert done(f"{LATE}, fails unknown, later, sees refunded", REFUND) == [
        *REFUNDING,
        FetchOrder("ORD1"),
        *ended(Outcome.REFUNDED, "late: ORD1 refunded/ 12.50 ARS"),
    ]


def test_a_late_payment_that_the_service_does_not_refund() -> None:
    assert done(f"{LATE}, fails refused", REFUND) == [
        *REFUNDING,
        *held(Outcome.PAID, "late, and not refunded: why"),
    ]


def test_another_amount_was_paid() -> None:
    other = ", ".join(["sees processed amount=9.00, later"] * 4)
    assert done(f"sees created, cancel, {other}, sees processed amount=9.00") == [
        *KNOWN,
        CancelOrder("ORD1"),
        *(FetchOrder("ORD1") for _ in range(4)),
        *held(Outcome.ABANDONED, "another amount was paid: ORD1 processed/ 9.00 ARS"),
    ]


@pytest.mark.parametrize(
    ("cues", "outcome", "evidence"),
    [
        ("fails refused", Outcome.REFUSED, "why"),
        ("fails token", Outcome.REFUSED, "why"),
        ("fails not_sent, cancel", Outcome.ABANDONED, "canceled"),
        ("fails not_sent, caja 5.00", Outcome.ABANDONED, "replaced"),
        ("fails not_sent, panel fails", Outcome.ABANDONED, "the panel is broken"),
        (
            "fails not_sent, wait 31, later, fails not_sent",
            Outcome.ABANDONED,
            "the service did not answer in time",
        ),
        ("fails unknown, cancel, later, fails refused", Outcome.ABANDONED, "canceled"),
    ],
)
def test_the_journal_says_why_there_was_no_order(
    cues: str, outcome: Outcome, evidence: str
) -> None:
    effects = done(cues)
    written, reply = ended(outcome, evidence)
    assert effects.index(written) < effects.index(reply)


def test_an_order_that_the_service_does_not_know_any_more() -> None:
    missing = "sees created, cancel, fails missing, wait 400, later, fails missing"
    assert done(missing) == [
        *KNOWN,
        CancelOrder("ORD1"),
        FetchOrder("ORD1"),
        *ended(Outcome.ABANDONED, "why"),
    ]


def test_an_amount_without_a_sale_is_declined() -> None:
    assert done("journal fails")[-1] == Decline("pos", "T7")
    assert done("sees created, pos 5.00 T8, cancel")[-1] == Decline("pos", "T8")


def after_start(*cues: str, event: on.Started) -> list[Effect]:
    play = Play(REFUND)
    play.give(event)
    for cue in cues:
        play.cue(cue)
    return [effect for effect in play.done if not isinstance(effect, Show | Signal)]


def test_a_create_that_a_restart_left_open_is_asked_for_again() -> None:
    open_sale = on.Started((Sale("OLD", OLD, "caja"),))
    assert after_start("fails not_sent", "later", "fails refused", event=open_sale) == [
        CreateOrder("OLD"),
        CreateOrder("OLD"),
        Remember(SaleEnded("OLD", Outcome.ABANDONED, "the kiosk was started again")),
        Reply("caja", "OLD", OLD, Outcome.ABANDONED),
    ]


def test_a_refund_that_a_restart_left_open_is_looked_at_and_asked_for() -> None:
    open_refund = on.Started((Sale("OLD", OLD, "caja", "ORD7", to_refund=True),))
    assert after_start("sees processed", "later", "sees refunded", event=open_refund) == [
        FetchOrder("ORD7"),
        RefundOrder("ORD7"),
        Remember(SaleEnded("OLD", Outcome.REFUNDED, "late: ORD7 refunded/ 7.00 ARS")),
        Reply("caja", "OLD", OLD, Outcome.REFUNDED),
    ]


def test_an_item_that_is_sold_at_once_is_its_inputs_sale() -> None:
    play = Play()
    for cue in ("start", "ready", "gun scans yerba 5.00"):
        play.cue(cue)
    item = Item("yerba", pesos("5.00"), 1, "yerba")
    assert Remember(SaleOpened(Sale("K-1", item.price, "gun", items=(item,)))) in play.done


def test_an_item_that_is_too_dear_is_told_with_the_reason() -> None:
    play = Play()
    for cue in ("start", "ready"):
        play.cue(cue)
    play.give(on.ItemScanned(Item("House", Money.of("999999999999.99", "ARS"), 2), "gun"))
    (notice,) = [it.reason for it in play.done if isinstance(it, Show) and it.reason]
    assert notice == "the amount is too large for one sale"
