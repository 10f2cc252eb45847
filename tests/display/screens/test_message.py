"""What a message looks like: which of its texts are large, and which are not."""

from __future__ import annotations

import itertools
import math

import pytest

from kiosk.display.chips.known_panels import PANELS
from kiosk.display.screens.canvas import Canvas
from kiosk.display.screens.draw import compose
from kiosk.display.screens.layout import TextRow
from kiosk.display.screens.samples import NOW, PRINTED_CODE, sample_named
from kiosk.display.screens.texts import LANGUAGES
from kiosk.sale.words import Screen
from tests.support.examples import sampled

MESSAGES = sorted({*Screen} - {Screen.IDLE, Screen.SCAN_ME})
LOOKS = {(panel.pixels, panel.pitch): panel.name for panel in PANELS.values()}.values()

# Beside an icon, "Não foi possível cobrar" needs three rows here.
NARROW = ("ssd1306-0.96", "sh1106-1.3", "ssd1331-0.95", "st7789-1.14", "st7789-1.47")


def rows_of(panel: str, message: Screen | str, language: str) -> list[TextRow]:
    parts = compose(sample_named(message, language), Canvas.of(PANELS[panel], language, ""), NOW)
    return [part for part in parts if isinstance(part, TextRow)]


@pytest.mark.parametrize("panel", sampled(LOOKS, 4))
def test_a_headline_has_two_rows_and_leaves_what_to_do_large(panel: str) -> None:
    for language, message in itertools.product(LANGUAGES, MESSAGES):
        headline = LANGUAGES[language].screens[message].headline
        rows = rows_of(panel, message, language)
        count = next(
            number
            for number in range(1, 5)
            if " ".join(row.text for row in rows[:number]) == headline
        )
        assert count <= (3 if panel in NARROW else 2), message
        assert rows[0].size <= 1.6 * max(row.size for row in rows[count:]), message


@pytest.mark.parametrize("panel", sampled(LOOKS, 2))
def test_the_amount_is_larger_than_the_time_left_and_than_one_moment(panel: str) -> None:
    for language in LANGUAGES:
        time_left, *rows = rows_of(panel, PRINTED_CODE, language)
        if PANELS[panel].redraw_every < math.inf:
            assert time_left.size <= size_of_amount(rows), language
        one_moment, *rows = rows_of(panel, Screen.WORKING, language)
        assert one_moment.size <= size_of_amount(rows), language


@pytest.mark.parametrize("panel", ["st7789-2.0", "ili9488-3.5", "epd-7.5"])
def test_texts_keep_apart_so_that_a_headline_does_not_run_into_the_text_below(panel: str) -> None:
    for message in MESSAGES:
        rows = rows_of(panel, message, "es")
        for above, below in itertools.pairwise(rows):
            if (above.size, above.bold) != (below.size, below.bold):
                gap = below.box.top - above.box.bottom
                assert gap >= min(PANELS[panel].pixels) // 30, message


def size_of_amount(rows: list[TextRow]) -> int:
    return next(row.size for row in rows if "$" in row.text)
