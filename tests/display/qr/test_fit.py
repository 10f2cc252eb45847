"""The QR: the largest whole scale, then light around it and strength, never one that can't be read.

Three encoders that nobody here wrote are the measure: none needs a smaller version.
"""

from __future__ import annotations

import itertools
from typing import Any

import pytest
import segno
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ImageOps

from kiosk.display.chips.known_panels import PANELS
from kiosk.display.qr.capacity import LEVELS, VERSIONS, capacity_bits, modules_per_side
from kiosk.display.qr.encoding import Encoding
from kiosk.display.qr.fit import (
    MIN_QUIET_ZONE,
    QUIET_ZONE,
    QrDoesNotFit,
    fit,
    largest_scale,
    side_of,
    smallest_side,
)
from tests.display.corpus import corpus, longest
from tests.display.qr.encoders import with_nayukis, with_qrcode, with_segno, with_zxing
from tests.display.reading import argentina, read_qr
from tests.support.examples import examples, sampled

ROOMS = sorted({min(panel.pixels) for panel in PANELS.values()})
TEXTS = corpus()
# Other encoders write accents in Latin-1, a byte each, and leave the alphabet to be guessed at.
# Ours are UTF-8, and say so.
PLAIN = [text for text in TEXTS if text.isascii()]


# --- what it is measured by -----------------------------------------------------------------------


@pytest.mark.parametrize("text", sampled(PLAIN[::10], 3))
def test_no_larger_scale_no_more_light_and_no_stronger_level_would_have_fitted(text: str) -> None:
    needed = {level: modules_per_side(with_zxing(text, level)) for level in LEVELS}
    least = needed["L"]
    for room in ROOMS:
        symbol = fit(text, room)
        assert symbol.scale == room // (least + 2 * MIN_QUIET_ZONE), room
        assert symbol.side <= room
        assert MIN_QUIET_ZONE <= symbol.quiet_zone <= QUIET_ZONE, room
        most = max(least, room // symbol.scale - 2 * QUIET_ZONE)
        assert symbol.level == [level for level in LEVELS if needed[level] <= most][-1], room
        if symbol.quiet_zone < QUIET_ZONE:  # then no version gives more light at this scale
            assert modules_per_side(symbol.version) == least, room
            assert symbol.margin == (room - least * symbol.scale) // 2, room


@pytest.mark.slow
@pytest.mark.parametrize("level", LEVELS)
def test_no_encoder_needs_a_smaller_version(level: str) -> None:
    for number, text in enumerate(PLAIN):
        ours = Encoding(text).version(level)
        assert ours == with_zxing(text, level), text
        if number % 5 == 0:  # these two take their time
            assert ours <= with_qrcode(text, level), text
            assert ours <= with_segno(text, level), text


@pytest.mark.slow
def test_no_encoder_gets_a_larger_scale_on_any_panel() -> None:
    for text in PLAIN[:12]:
        theirs = min(encode(text, "L") for encode in (with_segno, with_nayukis, with_qrcode))
        for room in ROOMS:
            assert fit(text, room).scale >= room // (modules_per_side(theirs) + 2 * QUIET_ZONE)


def test_the_capacities_are_the_standards() -> None:
    consts: Any = segno.consts
    numbers = {"L": 1, "M": 0, "Q": 3, "H": 2}  # what segno calls the levels
    for version, level in itertools.product(VERSIONS, LEVELS):
        assert capacity_bits(version, level) == consts.SYMBOL_CAPACITY[version][numbers[level]]


# --- what comes of it -----------------------------------------------------------------------------


@settings(max_examples=examples(60))
@given(
    st.text(st.characters(min_codepoint=32, max_codepoint=0x17F), min_size=1, max_size=220),
    st.integers(97, 260),
)
def test_any_text_that_fits_is_read_back_exactly(text: str, room: int) -> None:
    symbol = fit(text, room)
    picture = ImageOps.expand(symbol.image().convert("L"), symbol.margin, 255)
    assert picture.size == (symbol.side, symbol.side)
    assert read_qr(picture, border=0) == [text]


def test_a_smaller_scale_leaves_room_for_strength_and_for_light() -> None:
    text = argentina()
    largest, smaller = fit(text, 200), fit(text, 200, scale=3)
    assert largest.scale == largest_scale(text, 200) == 4
    assert smaller.scale == 3
    assert LEVELS.index(smaller.level) > LEVELS.index(largest.level)
    crowded = fit(text, smallest_side(text) * 3, scale=3)
    assert crowded.quiet_zone == MIN_QUIET_ZONE
    assert crowded.side == smallest_side(text) * 3


@pytest.mark.parametrize("room", sampled(ROOMS, 5))
def test_a_side_is_known_before_the_symbol_is_made(room: int) -> None:
    for text in TEXTS[::20]:
        for scale in range(largest_scale(text, room), 0, -1):
            assert side_of(text, room, scale) == fit(text, room, scale).side <= room


def test_strength_that_costs_no_pixel_is_taken_even_where_room_is_short() -> None:
    for text in TEXTS[::5]:
        scale = largest_scale(text, 240)
        symbol = fit(text, smallest_side(text) * scale, scale)
        if symbol.level != "H":
            stronger = LEVELS[LEVELS.index(symbol.level) + 1]
            assert Encoding(text).version(stronger) > symbol.version


def test_digits_alone_make_a_smaller_symbol_than_letters() -> None:
    assert fit("7" * 100, 400).version < fit("x" * 100, 400).version


def test_what_does_not_fit_is_refused_and_says_which_panel_would_do() -> None:
    text = argentina()
    needed = modules_per_side(Encoding(text).version("L")) + 2 * MIN_QUIET_ZONE
    assert fit(text, needed).scale == 1
    with pytest.raises(
        QrDoesNotFit, match=f"needs {needed} x {needed} pixels.* has {needed - 1}; .*ssd"
    ):
        fit(text, needed - 1)


def test_a_text_beyond_version_40_is_refused() -> None:
    with pytest.raises(QrDoesNotFit, match="4000 characters"):
        fit("x" * 4000, 800)


def test_a_text_that_only_the_weakest_level_holds_is_drawn_with_that() -> None:
    assert fit("x" * 2900, 800).level == "L"


def test_the_reach_is_told_in_millimetres() -> None:
    symbol = fit(longest(), 64)
    assert symbol.scale == 1
    assert symbol.module_mm(0.43) == 0.43
    assert symbol.reading_distance_mm(0.43) == pytest.approx(249.4)
