"""The variants of the model: a configuration of the kiosk, and what can happen in its world."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from kiosk.sale.look_times import evenly
from kiosk.sale.policy import Policy
from tests.model.parts import Variant

# The times are short, so that the states are few. What counts is which moment comes first, and
# that is as with the default settings: README.md.
POLICY = Policy("K", expires_after=12.0, set_aside_after=10.0, amount_kept_for=10.0)
PRINTED = replace(POLICY, printed_code=True)
SELDOM = replace(POLICY, looks=evenly(12.0), expires_after=20.0)
BUSY = replace(POLICY, on_new_amount="busy")
REFUND, HOLD = replace(POLICY, late_payment="refund"), replace(POLICY, late_payment="hold")
STATIC = replace(PRINTED, needs_qr=False)

SALES = "amount, cancel"
LOSSES = "lost, not sent, unanswered create"
REFUSALS = "token, refused, setup, conflict, strange"
BANK = "less, unpaid, stuck, elsewhere, charged back"


def _of_the_suite() -> Iterator[Variant]:
    basket = replace(POLICY, checkout=20.0)
    yield _variant("baskets", "items, amount, cancel, cut", 1, basket)
    yield _variant("pauses that the service asks for", f"{SALES}, busy, limited", 1)
    yield _variant("a lossy wire and power cuts", f"{SALES}, lost, unanswered create, cut", 1)
    yield _variant("a full disk and power cuts", f"{SALES}, journal, no journal, cut", 1)
    yield _variant("a broken panel", f"{SALES}, lost, panel", 1)
    yield _variant("looks that are far apart", f"{SALES}, ask, lost, cut", 1, SELDOM)
    yield _variant("refusals and strange answers", f"{SALES}, {LOSSES}, {REFUSALS}", 1)
    yield _variant("late payments", f"{SALES}, {LOSSES}, late payment", 1)
    yield _variant("late payments are refunded", f"{SALES}, lost, refused, late payment", 1, REFUND)
    yield _variant("late payments are held", f"{SALES}, lost, late payment", 1, HOLD)
    yield _variant("refunds made elsewhere", f"{SALES}, lost, less, elsewhere, cut", 1)
    yield _variant("strange ends", f"{SALES}, {BANK}, cut, looks end, people decide", 1)
    yield _variant("hints", "amount, hints", 1)
    yield _variant("a printed code", f"{SALES}, lost, unanswered create, cut, lapse", 1, STATIC)


def _of_the_night() -> Iterator[Variant]:
    night = partial(_variant, nightly=True)
    yield night("two sales", f"{SALES}, cut", 2)
    yield night("hints, power cuts", f"{SALES}, hints, lost, cut", 1)
    yield night("two sales, late payments", f"{SALES}, cut, late payment", 2)
    yield night("two sales, a printed code", f"{SALES}, cut", 2, STATIC)
    yield night(
        "a printed code, set aside again", "amount, busy, unanswered create, unpaid", 2, STATIC
    )
    yield night(
        "two baskets",
        "items, cancel, cut",
        2,
        replace(POLICY, checkout=math.inf, basket_kept_for=20.0),
    )
    yield night("two sales, a busy counter", f"{SALES}, cut", 2, BUSY)
    yield night("all faults of the wire", f"{SALES}, {LOSSES}, {REFUSALS}, missing, busy, cut", 1)
    yield night("requests that arrive late", f"{SALES}, late, unanswered create, cut", 1)
    yield night(
        "a printed code, all losses", f"{SALES}, {LOSSES}, cut, lapse, late payment", 1, STATIC
    )
    yield night(
        "a printed code beside a QR", f"{SALES}, {LOSSES}, cut, lapse, late payment", 1, PRINTED
    )
    yield night(
        "refunds, power cuts", f"{SALES}, lost, refused, late payment, cut, {BANK}", 1, REFUND
    )
    yield night(
        "a full disk, a broken panel", f"{SALES}, {LOSSES}, journal, no journal, panel, cut", 1
    )
    yield night("a key that lapses", f"{SALES}, {LOSSES}, cut, lapse, late payment", 1)


def _variant(
    name: str, may: str, slots: int, policy: Policy = POLICY, *, nightly: bool = False
) -> Variant:
    words = frozenset(may.split(", "))
    return Variant(name, policy, words, slots, policy.printed_code, policy.needs_qr, nightly)


VARIANTS = {variant.name: variant for variant in (*_of_the_suite(), *_of_the_night())}
