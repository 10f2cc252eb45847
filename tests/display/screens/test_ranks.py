"""The sentence that matters stays: every text of the first rank, on every panel that is sold."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

import pytest

from kiosk.base.money import Money
from kiosk.display.chips.known_panels import MM_PER_INCH, PANELS, KnownPanel
from kiosk.display.screens.canvas import Canvas
from kiosk.display.screens.draw import compose
from kiosk.display.screens.layout import TextRow, margin
from kiosk.display.screens.message import TEXTS, Text, phrases_of
from kiosk.display.screens.phrases import FIRST_RANK
from kiosk.display.screens.samples import ITEM
from kiosk.display.screens.texts import LANGUAGES
from kiosk.display.screens.typeface import LEGIBLE_CAP, cap_height, ink_width
from kiosk.sale.effects import Show
from kiosk.sale.words import Fault, PayerNotice, Screen

REFERENCE = "caja-1-8f-7k2q9f"
AMOUNTS = [
    Money.of(text, currency)
    for text, currency in (
        ("0.01", "ARS"),
        ("9.99", "BRL"),
        ("12.50", "ARS"),
        ("87.90", "BRL"),
        ("990", "CLP"),
        ("1287.90", "BRL"),
        ("23456.78", "ARS"),
        ("199990", "CLP"),
        ("123456.78", "ARS"),
        ("1234567.89", "ARS"),
        ("12345678.90", "UYU"),
        ("999999999.99", "BRL"),
    )
]
LONGEST, USUAL = AMOUNTS[-1], AMOUNTS[6]

SHOWS = [
    *(Show(screen, reference=REFERENCE) for screen in TEXTS),
    *(Show(Screen.HELD, reference=REFERENCE, reason=notice) for notice in PayerNotice),
    Show(Screen.PAID, reference=REFERENCE, reason=PayerNotice.TWICE),
    *(Show(Screen.OUT_OF_SERVICE, reason=fault) for fault in Fault),
]
WITH_AMOUNT = [
    show for show in SHOWS if {Text.AMOUNT, Text.SMALL_AMOUNT} & TEXTS[show.screen].keys()
]
DIFFERENT = {(panel.pixels, panel.pitch): panel for panel in PANELS.values()}
EACH_PANEL = pytest.mark.parametrize("panel", DIFFERENT.values(), ids=lambda panel: panel.name)


def canvas_of(panel: KnownPanel, language: str) -> Canvas:
    return Canvas(panel.pixels, language, surface=panel.surface, pitch=panel.pitch)


def rows_of(show: Show, panel: KnownPanel, language: str) -> list[TextRow]:
    parts = compose(show, canvas_of(panel, language), 72)
    return [part for part in parts if isinstance(part, TextRow)]


def missing(show: Show, panel: KnownPanel, language: str) -> list[str]:
    """Return the texts of the first rank that the panel does not show."""
    shown = " ".join(row.text for row in rows_of(show, panel, language))
    return [
        phrase.wordings[-1]
        for phrase in phrases_of(show, LANGUAGES[language]).values()
        if phrase.rank == FIRST_RANK and not any(wording in shown for wording in phrase.wordings)
    ]


def too_small(show: Show, panel: KnownPanel, language: str) -> Iterator[str]:
    """Yield the texts that people can't read at arm's length, except what no size makes fit."""
    canvas = canvas_of(panel, language)
    width = panel.pixels[0] - 2 * margin(canvas.area)
    for row in rows_of(show, panel, language):
        small = cap_height(row.size, canvas.mm_per_pixel, row.bold) < LEGIBLE_CAP
        if small and ink_width(row.text, canvas.legible_size, row.bold) <= width:
            yield row.text


def inches(panel: KnownPanel) -> float:
    return math.hypot(*panel.pixels) * (panel.pitch or 0) / MM_PER_INCH


@EACH_PANEL
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_of_the_first_rank_is_left_out(panel: KnownPanel, language: str) -> None:
    for amount in (USUAL, LONGEST):
        for show in SHOWS:
            about = replace(show, amount=amount, item=ITEM)
            assert missing(about, panel, language) == [], about
            if inches(panel) >= 1.28:
                assert list(too_small(about, panel, language)) == [], about
