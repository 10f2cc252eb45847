"""What the panel gets with each screen: the amount and reference of the sale that it is about."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiosk.sale.effects import Show
from kiosk.sale.policy import Policy
from kiosk.sale.words import PayerNotice, Screen, code_of
from tests.support.play import POLICY, QR, Play, pesos

HOLD = replace(POLICY, late_payment="hold")
REFUND = replace(POLICY, late_payment="refund")

ENDS = {
    Screen.WORKING: "",
    Screen.SCAN_ME: "sees created",
    Screen.PAID: "sees processed",
    Screen.CANCELED: "sees canceled",
    Screen.EXPIRED: "sees expired",
    Screen.REFUNDED: "sees refunded",
    Screen.REFUSED: "fails refused",
    Screen.CHECKING: "sees created, cancel",
    Screen.HELD: "sees created, cancel, sees processed",
}


def shown(cues: str, policy: Policy = POLICY) -> Show:
    """Return the last screen of a play that begins with an amount."""
    play = Play(policy)
    for cue in ["start", "ready", "caja 12.50", *cues.split(", ")]:
        if cue:
            play.cue(cue)
    return [done for done in play.done if isinstance(done, Show)][-1]


@pytest.mark.parametrize("screen", ENDS)
def test_a_screen_about_a_sale_has_its_amount_and_reference(screen: Screen) -> None:
    show = shown(ENDS[screen], HOLD)
    assert (show.screen, show.amount, show.reference) == (screen, pesos("12.50"), "K-1")


def test_the_same_while_a_refund_is_underway() -> None:
    show = shown("sees created, cancel, sees processed", REFUND)
    assert show == Show(Screen.CHECKING, amount=pesos("12.50"), reference="K-1")


LATE = "sees created, cancel, sees processed"
LESS = "sees created, cancel, " + ", later, ".join(["sees processed paid=12.00"] * 5)
CHARGED_BACK = "sees created, cancel, sees processed chargeback"
TWICE = "sees created, later, sees processed paid=25.00 payments=processed,processed"


@pytest.mark.parametrize(
    ("cues", "policy", "screen", "notice"),
    [
        (LATE, HOLD, Screen.HELD, PayerNotice.LATE),
        (f"{LATE}, fails refused", REFUND, Screen.HELD, PayerNotice.LATE),
        (LESS, POLICY, Screen.HELD, PayerNotice.OTHER_AMOUNT),
        (CHARGED_BACK, POLICY, Screen.HELD, ""),
        (TWICE, POLICY, Screen.PAID, PayerNotice.TWICE),
        ("sees created, later, sees processed", POLICY, Screen.PAID, ""),
    ],
)
def test_a_result_says_what_the_payer_must_know(
    cues: str, policy: Policy, screen: Screen, notice: str
) -> None:
    show = shown(cues, policy)
    assert (show.screen, show.reason) == (screen, notice)


@pytest.mark.parametrize("refund", [False, True])
def test_a_sale_that_is_set_aside_says_whether_the_money_came(refund: bool) -> None:
    play = Play(REFUND)
    play.cue("start OLD=ORD7!" if refund else "start OLD=ORD7")
    while not any(isinstance(done, Show) and done.screen is Screen.HELD for done in play.done):
        play.cue("fails unknown" if play.underway else "later")
    notice = PayerNotice.LATE if refund else PayerNotice.UNKNOWN
    (held,) = (done for done in play.done if isinstance(done, Show) and done.screen is Screen.HELD)
    assert held.reason == notice


@pytest.mark.parametrize(
    ("reference", "code"),
    [("caja-1-8f3k2q9f-12", "2Q9 F12"), ("K-1", "K1"), ("ab-cd", "ABC D"), ("", "")],
)
def test_a_code_is_the_end_of_a_reference_in_groups(reference: str, code: str) -> None:
    assert code_of(reference) == code


def test_the_qr_has_the_time_that_is_left() -> None:
    show = shown("sees created")
    assert (show.qr_data, show.begun, show.until) == (QR, 1000.0, 1300.0)


def test_a_printed_code_is_not_repeated_on_the_panel() -> None:
    show = shown("sees created noqr", replace(POLICY, needs_qr=False))
    assert (show.screen, show.qr_data) == (Screen.SCAN_ME, "")


def test_the_same_when_it_comes_back() -> None:
    away = "sees created, later, wait 10, fails unknown, later, sees created"
    assert shown(away) == shown("sees created")


def test_rejected_input_has_the_reason() -> None:
    play = Play()
    for cue in ("start", "ready", "noise"):
        play.cue(cue)
    assert Show(Screen.REJECTED_INPUT, reason="it is noise") in play.done


def test_a_basket_has_the_latest_item_and_the_number_of_pieces() -> None:
    play = Play(replace(POLICY, checkout=20.0))
    for cue in ("start", "ready", "gun scans yerba 10.00", "gun scans mate 5.00"):
        play.cue(cue)
    basket = next(done for done in reversed(play.done) if isinstance(done, Show))
    assert (basket.screen, basket.amount, basket.pieces) == (Screen.BASKET, pesos("15.00"), 2)
    assert basket.item
    assert basket.item.code == "mate"
