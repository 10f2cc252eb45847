"""A payer who pays late, at the bench: what each policy of ``sale.late_payment`` does with it."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.simulator.bench.bench_rig import simulation
from tests.simulator.bench.visit import CHROMIUM, NO_CHROMIUM, configured, visiting

pytestmark = [pytest.mark.slow, pytest.mark.skipif(CHROMIUM is None, reason=NO_CHROMIUM)]


@pytest.mark.parametrize(
    ("policy", "signal", "outcome"),
    [("accept", "paid", "paid"), ("refund", "canceled", "refunded"), ("hold", "checking", "paid")],
)
def test_a_late_payment_ends_as_the_policy_says(
    browser: Browser, tmp_path: Path, policy: str, signal: str, outcome: str
) -> None:
    """The phone has scanned; the cashier cancels, and the network loses it; the payer pays."""
    shown = "expires_after: 5 min, result_shown_for: 1 min"
    late = {"expires_after: 5 min": f"{shown}, late_payment: {policy}"}
    with (
        simulation(tmp_path, configured(tmp_path, late)) as counter,
        visiting(browser, counter.url) as visit,
    ):
        visit.sell("27")
        visit.payer("scans")
        expect(visit.see("#asked")).to_have_text("$ 27,00")
        visit.network("unreachable")
        visit.page.keyboard.press("Escape")
        visit.state_is("closing")
        visit.payer("pays")
        visit.network("ok")
        visit.journal_says("27.00", outcome)
        visit.signal_is(signal)
