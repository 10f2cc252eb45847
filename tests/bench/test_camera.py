"""The simulated phone, in a few frames; all of them: python -m tests.bench.camera."""

from __future__ import annotations

from kiosk.display.chips.known_panels import PANELS
from tests.bench.camera import naive, planned, rates
from tests.display.corpus import longest


def test_a_phone_reads_our_longest_qr_on_small_paper_and_not_the_usual_one() -> None:
    panel, text = PANELS["epd-2.13"], longest()
    assert max(rates(planned(text, panel), panel, 200, text, frames=8)) >= 0.5
    assert max(rates(naive(text, panel), panel, 200, text, frames=8)) == 0


def test_beyond_the_reach_that_we_state_it_fades_and_well_within_it_does_not() -> None:
    panel, text = PANELS["epd-2.13"], longest()
    assert rates(planned(text, panel), panel, 150, text, frames=6)[0] == 1
    assert rates(planned(text, panel), panel, 400, text, frames=6)[0] == 0
