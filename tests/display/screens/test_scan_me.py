"""The amount beside the QR: always there, and readable at arm's length."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace

import pytest

from kiosk.base.money import CURRENCIES, Money
from kiosk.display.chips.known_panels import PANELS, KnownPanel
from kiosk.display.fonts.typeface import ASSUMED_PITCH, LEGIBLE_CAP, MIN_SIZE, cap_height
from kiosk.display.qr.fit import MIN_QUIET_ZONE, QUIET_ZONE, fit, reaches
from kiosk.display.screens.canvas import Canvas
from kiosk.display.screens.draw import compose
from kiosk.display.screens.layout import Part, QrPart, TextRow, TimeBar
from kiosk.display.screens.legibility import LONGEST_TEXT, SMALL_DIAGONAL
from kiosk.display.screens.texts import LANGUAGES
from kiosk.sale.effects import Show
from kiosk.sale.words import Screen
from tests.display.corpus import corpus
from tests.display.reading import argentina
from tests.display.screens.test_draw import apart
from tests.support.examples import sampled

# Country and length of the strings that the Orders API and points of sale are known to give.
STRINGS = {
    "AR": (142, 154, 192), "BR": (155, 187, 234), "CL": (162,), "UY": (164,),
}  # fmt: skip
AMOUNTS = (
    ("0.01", "ARS"), ("9.90", "BRL"), ("87.90", "BRL"), ("500", "CLP"),
    ("1234.56", "ARS"), ("1287.90", "BRL"), ("15990", "CLP"), ("23456.78", "UYU"),
    ("199999.99", "ARS"), ("1299990", "CLP"), ("8888888.88", "UYU"), ("9999999.99", "BRL"),
)  # fmt: skip
# A version 9 QR needs 57 modules with the smallest quiet zone. At 4 pixels per module, which phones
# need on this panel (0.39 mm, 23 cm), that is 228 of its 240 rows: 12 rows are left for the amount.
SMALL_AMOUNT = {("st7789-1.3", 9): 0.65}
# A version 8 QR needs 53 modules: at 3 pixels per module, 159 of the 168 rows inside this round
# panel. 9 rows are too few for the smallest letters, so the QR has 2 pixels per module.
CLOSER = {("gc9a01-1.28", 8)}
# Where "R$ 9.999.999,99" in one row is too small beside one of the QRs.
SIGN_ABOVE = ("ssd1306-0.96", "sh1106-1.3", "st7789-1.14", "st7789-1.47")
# 96 x 64 pixels, and 168 x 168 in a circle: some amounts stand in more rows.
TOO_SMALL = ("ssd1331-0.95", "gc9a01-1.28")


def _nearest(country: str, length: int) -> str:
    texts = [text for text in corpus() if f"5802{country}" in text]
    return min(texts, key=lambda text: abs(len(text) - length))


TEXTS = {
    f"{country}-{length}": _nearest(country, length)
    for country, lengths in STRINGS.items()
    for length in lengths
}


def composed(panel: KnownPanel, show: Show, language: str = "es") -> tuple[Part, ...]:
    return compose(show, Canvas.of(panel, language, "Rosa"), 72)


def scan_me(text: str, amount: str = "1234.56", currency: str = "ARS") -> Show:
    return Show(Screen.SCAN_ME, Money.of(amount, currency), qr_data=text, until=300)


def qr_of(parts: tuple[Part, ...]) -> QrPart:
    return next(part for part in parts if isinstance(part, QrPart))


def amount_of(parts: tuple[Part, ...], amount: Money) -> list[TextRow]:
    """Return the rows of the amount: all of it, in order, and in one size."""
    rows = [part for part in parts if isinstance(part, TextRow) and part.bold]
    assert "".join(row.text for row in rows).replace("\N{NO-BREAK SPACE}", "") == (
        amount.for_people().replace(" ", "")
    )
    assert len({row.size for row in rows}) == 1
    return rows


def check(panel: KnownPanel, text: str, amount: Money, language: str) -> None:
    """Check everything that the screen promises for one panel, QR, amount and language."""
    show = Show(Screen.SCAN_ME, amount, qr_data=text, until=300)
    parts = composed(panel, show, language)
    rows, symbol = amount_of(parts, amount), qr_of(parts).symbol
    pitch = panel.pitch or ASSUMED_PITCH
    where = (panel.name, len(text), str(amount), language)
    diagonal = pitch * (panel.pixels[0] ** 2 + panel.pixels[1] ** 2) ** 0.5
    if diagonal >= SMALL_DIAGONAL:
        least = SMALL_AMOUNT.get((panel.name, symbol.version), LEGIBLE_CAP)
        assert cap_height(rows[0].size, pitch, bold=True) >= least, where
        assert len(rows) <= 2, where
    assert rows[0].size >= MIN_SIZE, where
    assert symbol.quiet_zone >= MIN_QUIET_ZONE, where
    largest = fit(text, min(panel.pixels))
    if (panel.name, largest.version) not in CLOSER:
        assert reaches(symbol.module_mm(pitch)) == reaches(largest.module_mm(pitch)), where
        assert symbol.scale == largest.scale or reaches(symbol.module_mm(pitch)), where
    check_places(panel, parts, rows[0].size)


def check_places(panel: KnownPanel, parts: tuple[Part, ...], size: int) -> None:
    width, height = panel.pixels
    for part in parts:
        box = part.box
        assert 0 <= box.left < box.right <= width, part
        assert 0 <= box.top < box.bottom <= height, part
        if isinstance(part, TextRow):
            assert part.size <= size, part
        if isinstance(part, TimeBar):
            assert box.height >= 4, part
            assert box.width >= 2 * box.height, part
    for one, other in itertools.combinations(parts, 2):
        assert apart(one.box, other.box), (panel.name, one, other)


def cases() -> Iterator[tuple[str, Money, str]]:
    for text, (amount, currency) in itertools.product(TEXTS.values(), AMOUNTS):
        for language in LANGUAGES:
            yield text, Money.of(amount, currency), language


@pytest.mark.parametrize("name", sampled(PANELS, 3))
def test_the_amount_is_there_and_readable_on_every_panel(name: str) -> None:
    for text, amount, language in list(cases())[:: len(LANGUAGES) * 5 + 1]:
        check(PANELS[name], text, amount, language)
    for plain in ("0.01", "1234.56", "9999999.99"):
        check(PANELS[name], LONGEST_TEXT, Money.of(plain, "BRL"), "pt")


@pytest.mark.slow
@pytest.mark.parametrize("name", PANELS)
def test_every_amount_is_readable_beside_every_qr_in_every_language(name: str) -> None:
    for text, amount, language in cases():
        check(PANELS[name], text, amount, language)


@pytest.mark.parametrize(
    "name", sampled((name for name in PANELS if name not in SIGN_ABOVE + TOO_SMALL), 8)
)
def test_an_amount_and_its_sign_stand_in_one_row_on_every_other_panel(name: str) -> None:
    amounts = ("1", "1287", "9999999")
    for currency, amount, text in itertools.product(CURRENCIES, amounts, TEXTS.values()):
        rows = amount_of(
            composed(PANELS[name], scan_me(text, amount, currency)), Money.of(amount, currency)
        )
        assert len(rows) == 1, (currency, amount, text)


@pytest.mark.parametrize("name", SIGN_ABOVE)
def test_on_a_narrow_panel_the_sign_of_every_amount_stands_above_its_digits(name: str) -> None:
    for amount, text in itertools.product(("0.01", "1287.90", "9999999.99"), TEXTS.values()):
        rows = amount_of(
            composed(PANELS[name], scan_me(text, amount, "BRL")), Money.of(amount, "BRL")
        )
        assert rows[0].text == "R$"


def test_a_qr_gives_up_size_for_the_amount_but_no_reach_that_phones_need() -> None:
    panel = PANELS["st7789-2.0"]
    pitch = panel.pitch or 0
    with_amount = qr_of(composed(panel, scan_me(argentina(), "9999999.99"))).symbol
    alone = qr_of(composed(panel, Show(Screen.SCAN_ME, qr_data=argentina()))).symbol
    assert with_amount.scale < alone.scale == fit(argentina(), 240).scale
    assert reaches(with_amount.module_mm(pitch))


def test_the_sign_goes_above_where_that_makes_a_wide_amount_readable() -> None:
    upright = replace(PANELS["sh1106-1.3"], pixels=(64, 128))
    for amount in ("1234.56", "999999.99"):
        rows = amount_of(composed(upright, scan_me(argentina(), amount)), Money.of(amount, "ARS"))
        assert rows[0].text == "$"
        assert cap_height(rows[0].size, 0.230, bold=True) >= LEGIBLE_CAP


def test_of_two_layouts_with_a_large_amount_the_one_with_the_stronger_qr_is_shown() -> None:
    beside_or_below = composed(PANELS["st7789-2.0"], scan_me(LONGEST_TEXT))
    symbol = qr_of(beside_or_below).symbol
    assert symbol.level == "M"
    assert symbol.quiet_zone == QUIET_ZONE


@pytest.mark.parametrize("size", [(1024, 768), (1920, 1080), (1600, 1200)])
def test_a_large_screen_shows_a_large_amount_beside_a_qr_that_is_read_from_a_metre(
    size: tuple[int, int],
) -> None:
    parts = compose(scan_me(argentina()), Canvas(size, "es"), 72)
    assert 1000 <= qr_of(parts).symbol.reading_distance_mm(ASSUMED_PITCH) < 1200
    (amount,) = amount_of(parts, Money.of("1234.56", "ARS"))
    assert amount.box.width > size[0] / 4


@pytest.mark.parametrize("text", TEXTS.values())
def test_a_long_amount_on_a_small_panel_does_not_weaken_the_qr(text: str) -> None:
    short, long = (
        qr_of(composed(PANELS["ssd1306-0.96"], scan_me(text, amount))).symbol
        for amount in ("5", "199999.99")
    )
    assert (long.level, long.margin) == (short.level, short.margin)


def test_where_the_amount_has_no_place_the_qr_is_still_shown() -> None:
    parts = compose(scan_me(argentina(), "9999999.99"), Canvas((50, 50), "es"), 72)
    assert qr_of(parts).symbol.scale == 1
    assert not any(isinstance(part, TextRow) for part in parts)


def test_a_panel_of_unknown_size_gets_a_large_amount_too() -> None:
    amount = Money.of("1234.56", "ARS")
    for pixels in ((800, 480), (1024, 600), (480, 320), (480, 800)):
        parts = compose(scan_me(argentina()), Canvas(pixels, "es"), 72)
        assert amount_of(parts, amount)[0].size >= 20
