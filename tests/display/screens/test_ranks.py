"""The sentence that matters stays: every text of the first rank, on every panel that is sold."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import replace

import pytest

from kiosk.base.money import Money
from kiosk.display.chips.known_panels import MM_PER_INCH, PANELS, KnownPanel
from kiosk.display.fonts.typeface import LEGIBLE_CAP, cap_height, ink_width
from kiosk.display.screens.canvas import Canvas
from kiosk.display.screens.draw import compose
from kiosk.display.screens.layout import TextRow, margin
from kiosk.display.screens.message import TEXTS, Text, phrases_of
from kiosk.display.screens.phrases import FIRST_RANK
from kiosk.display.screens.samples import ITEM
from kiosk.display.screens.texts import LANGUAGES
from kiosk.sale.effects import Show
from kiosk.sale.words import Fault, PayerNotice, Screen
from tests.support.examples import sampled

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
ABOUT_MONEY = [
    screen for screen, texts in TEXTS.items() if {Text.AMOUNT, Text.SMALL_AMOUNT} & texts.keys()
]
DIFFERENT = {(panel.pixels, panel.pitch): panel for panel in PANELS.values()}
NARROW = ("sh1106-1.3", "ssd1331-0.95", "ssd1327-1.5", "st7789-1.3", "epd-2.13")


def missing(show: Show, said: list[TextRow], language: str) -> Iterator[str]:
    """Yield the texts of the first rank that the rows do not say."""
    shown = " ".join(row.text for row in said)
    for phrase in phrases_of(show, LANGUAGES[language]).values():
        if phrase.rank == FIRST_RANK and not any(it in shown for it in phrase.wordings):
            yield phrase.wordings[-1]


def too_small(rows: list[TextRow], canvas: Canvas) -> Iterator[str]:
    """Yield the texts that people can't read at arm's length, except what no size makes fit."""
    width = canvas.area.width - 2 * margin(canvas.area)
    for row in rows:
        small = cap_height(row.size, canvas.mm_per_pixel, row.bold) < LEGIBLE_CAP
        if small and ink_width(row.text, canvas.legible_size, row.bold) <= width:
            yield row.text


def inches(panel: KnownPanel) -> float:
    return math.hypot(*panel.pixels) * (panel.pitch or 0) / MM_PER_INCH


def both(shows: Iterable[Show]) -> list[Show]:
    """Return the screens with a usual amount and with the longest one."""
    return [replace(it, amount=amount, item=ITEM) for it in shows for amount in (USUAL, LONGEST)]


def faults_of(shows: Iterable[Show], panel: KnownPanel, language: str) -> list[str]:
    """Return what is wrong with these screens on a panel; empty if nothing is."""
    canvas, faults = Canvas.of(panel, language, ""), []
    for show in shows:
        rows = [part for part in compose(show, canvas, 72) if isinstance(part, TextRow)]
        faults += [f"{show}: {text!r} is left out" for text in missing(show, rows, language)]
        if inches(panel) >= 1.28:
            faults += [f"{show}: {text!r} is small" for text in too_small(rows, canvas)]
    return faults


@pytest.mark.parametrize("language", sampled(LANGUAGES, 2))
@pytest.mark.parametrize("name", NARROW)
def test_no_sentence_of_the_first_rank_is_left_out(name: str, language: str) -> None:
    assert faults_of(both(SHOWS), PANELS[name], language) == []


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("panel", DIFFERENT.values(), ids=lambda panel: panel.name)
def test_nor_on_any_panel_with_any_amount(panel: KnownPanel, language: str) -> None:
    plain = [Show(screen, amount, REFERENCE) for screen in ABOUT_MONEY for amount in AMOUNTS]
    assert faults_of([*plain, *both(SHOWS)], panel, language) == []


def test_the_first_rank_is_what_the_payer_must_know_or_do() -> None:
    for screen, texts in TEXTS.items():
        assert texts.get(Text.HEADLINE, FIRST_RANK) == FIRST_RANK, screen
        assert texts.get(Text.AMOUNT, FIRST_RANK) == FIRST_RANK, screen
    for screen in (Screen.EXPIRED, Screen.REFUSED, Screen.CHECKING, Screen.HELD):
        assert TEXTS[screen][Text.DETAIL] == FIRST_RANK
    assert TEXTS[Screen.OUT_OF_SERVICE] == {Text.HEADLINE: 1, Text.DETAIL: 1, Text.REASON: 3}
    assert set(TEXTS) == set(Screen) - {Screen.IDLE}


def test_a_notice_makes_the_code_and_the_sentence_those_of_the_first_rank() -> None:
    twice = Show(Screen.PAID, USUAL, REFERENCE, reason=PayerNotice.TWICE)
    phrases = phrases_of(twice, LANGUAGES["es"])
    assert {phrase.rank for phrase in phrases.values()} == {FIRST_RANK}
    assert phrases[Text.DETAIL].wordings[0] == "Se pagó dos veces; avise en la caja"
