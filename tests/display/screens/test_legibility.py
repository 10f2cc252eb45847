"""What a technician hears about a panel before a payer stands before it."""

from __future__ import annotations

import pytest

from kiosk.display.chips.known_panels import PANELS, panel_named
from kiosk.display.fonts.typeface import LEGIBLE_CAP
from kiosk.display.qr.fit import COMFORTABLE_DISTANCE
from kiosk.display.screens.legibility import FAIL_BELOW, LONGEST_TEXT, Verdict, assess
from kiosk.orders.answers import emvco
from tests.display.corpus import LONGEST as LENGTH

FAIL = {"ssd1306-0.96"}
SMALL_AMOUNTS = {"st7789-1.3"}
WARN = {
    "sh1106-1.3", "ssd1309-1.54", "ssd1322-3.12", "ssd1331-0.95", "inky-phat", "epd-2.13b-v3",
    "st7789-1.14", "st7789-1.47", "st7789-1.9", "gc9a01-1.28",
} | SMALL_AMOUNTS  # fmt: skip


@pytest.mark.parametrize("name", PANELS)
def test_each_panel_has_the_verdict_that_the_field_gave_it(name: str) -> None:
    panel = panel_named(name)
    assert panel.pitch
    seen = assess(panel.pixels, panel.pitch)
    expected = Verdict.FAIL if name in FAIL else Verdict.WARN if name in WARN else Verdict.PASS
    assert seen.verdict is expected
    assert seen.symbol
    assert seen.reading_distance_mm == pytest.approx(580 * seen.module_mm)
    reads_well = seen.reading_distance_mm >= COMFORTABLE_DISTANCE
    assert reads_well == (expected is Verdict.PASS or name in SMALL_AMOUNTS)
    assert (seen.reading_distance_mm < FAIL_BELOW) == (expected is Verdict.FAIL)


def test_the_sentence_tells_millimetres_and_centimetres() -> None:
    assert assess((128, 64), 0.43).sentence() == (
        "a QR module is 0.43 mm wide, and amounts are at least 2.5 mm high;"
        " phones read the QR from up to 25 cm"
    )


def test_amounts_too_small_for_arms_length_are_told_with_a_better_panel() -> None:
    seen = assess(panel_named("st7789-1.3").pixels, 0.0975)
    assert seen.verdict is Verdict.WARN
    assert seen.amount_mm < LEGIBLE_CAP
    assert seen.sentence().endswith(
        "amounts are at least 0.7 mm high; phones read the QR from up to 23 cm,"
        " but people cannot read such amounts at arm's length; st7789-1.54 shows larger ones"
    )
    short = assess(panel_named("st7789-1.3").pixels, 0.0975, LONGEST_TEXT[:140])
    assert short.verdict is Verdict.PASS
    assert short.amount_mm >= LEGIBLE_CAP


def test_amounts_of_a_panel_of_less_than_an_inch_are_as_small_as_it_is() -> None:
    seen = assess((128, 64), 0.17)
    assert seen.amount_mm < LEGIBLE_CAP
    assert "arm's length" not in seen.sentence()


@pytest.mark.parametrize("name", sorted(FAIL | WARN))
def test_what_does_not_pass_is_told_which_panel_would(name: str) -> None:
    panel = panel_named(name)
    said = assess(panel.pixels, panel.pitch or 0).sentence()
    better = next(word.rstrip(",;") for word in said.split() if word.rstrip(",;") in PANELS)
    known = panel_named(better)
    assert assess(known.pixels, known.pitch or 0).verdict is Verdict.PASS


def test_a_panel_too_small_for_any_scale_fails_with_the_reason() -> None:
    seen = assess((48, 48), 0.5)
    assert seen.verdict is Verdict.FAIL
    assert seen.symbol is None
    assert "needs 57 x 57 pixels" in seen.sentence()


def test_a_short_string_may_pass_where_the_longest_does_not() -> None:
    phat = panel_named("inky-phat")
    assert assess(phat.pixels, phat.pitch or 0, LONGEST_TEXT[:140]).verdict is Verdict.PASS


def test_the_longest_string_is_a_whole_merchants_qr() -> None:
    assert len(LONGEST_TEXT) == LENGTH
    assert emvco.check(LONGEST_TEXT) == ()
