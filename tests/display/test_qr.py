"""The QR: the largest whole scale, then the strongest level, and never one that can't be read."""

from __future__ import annotations

import pytest
import segno
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ImageOps

from kiosk.display.qr import QrDoesNotFit, fit
from tests.display.reading import EVERYWHERE, argentina, read_qr

QUIET = 4  # modules; what ISO/IEC 18004 asks for


def levels_as_large_as(text: str, scale: int, room: int) -> set[str]:
    """Return the levels that would have kept this scale, worked out by segno alone."""
    codes = {name: segno.make_qr(text, error=name, boost_error=False) for name in "LMQH"}
    return {
        name for name, code in codes.items() if room // code.symbol_size(border=QUIET)[0] == scale
    }


@pytest.mark.parametrize("country", EVERYWHERE)
@pytest.mark.parametrize("room", [64, 104, 122, 128, 176, 240, 300, 480])
def test_no_larger_scale_and_no_stronger_level_would_have_fitted(country: str, room: int) -> None:
    text = EVERYWHERE[country]
    symbol = fit(text, room)
    smallest = segno.make_qr(text, error="L", boost_error=False).symbol_size(border=QUIET)[0]
    assert symbol.scale == room // smallest
    assert symbol.side <= room
    assert symbol.level == max(levels_as_large_as(text, symbol.scale, room), key="LMQH".index)


@settings(max_examples=60, deadline=None)
@given(
    st.text(st.characters(min_codepoint=32, max_codepoint=0x17F), min_size=1, max_size=220),
    st.integers(97, 260),
)
def test_any_text_that_fits_is_read_back_exactly(text: str, room: int) -> None:
    symbol = fit(text, room)
    picture = ImageOps.expand(symbol.image().convert("L"), QUIET * symbol.scale, 255)
    assert picture.size == (symbol.side, symbol.side)
    assert read_qr(picture, border=0) == [text]


def test_strength_is_not_bought_with_the_words_room_but_size_is() -> None:
    text = argentina()
    alone, beside_words = fit(text, 200), fit(text, 200, spare=33)
    assert beside_words.scale == alone.scale
    assert beside_words.side <= 200 - 33 < alone.side
    assert fit(text, 200, spare=200).scale == alone.scale


def test_digits_alone_make_a_smaller_symbol_than_letters() -> None:
    assert fit("7" * 100, 400).version < fit("x" * 100, 400).version


def test_what_does_not_fit_is_refused_and_says_which_panel_would_do() -> None:
    text = argentina()
    needed = segno.make_qr(text, error="L", boost_error=False).symbol_size(border=QUIET)[0]
    assert fit(text, needed).scale == 1
    with pytest.raises(QrDoesNotFit, match=f"needs {needed} pixels.* has 48; .*ssd1306-0.96"):
        fit(text, 48)


def test_a_text_beyond_version_40_is_refused() -> None:
    with pytest.raises(QrDoesNotFit, match="4000 characters"):
        fit("x" * 4000, 800)


def test_a_text_that_only_the_weakest_level_holds_is_drawn_with_that() -> None:
    assert fit("x" * 2900, 800).level == "L"


def test_a_smaller_quiet_zone_can_be_asked_for() -> None:
    text = argentina()
    assert fit(text, 240, quiet=2).quiet == 2
    assert fit(text, 240, quiet=2).scale >= fit(text, 240).scale
