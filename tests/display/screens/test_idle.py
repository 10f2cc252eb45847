"""The time without a sale: the shop's name, its logo, and its own lines."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from PIL import Image

from kiosk.display.chips.known_panels import PANELS
from kiosk.display.screens.canvas import Canvas
from kiosk.display.screens.draw import compose
from kiosk.display.screens.layout import LogoPart, Part, Separator, TextRow
from kiosk.display.screens.texts import LANGUAGES
from kiosk.sale.effects import Show
from kiosk.sale.words import Screen
from tests.display.screens.test_draw import apart, words_of
from tests.support.examples import sampled

NAME = "Almacén Doña Rosa"
LINES = ("Lunes a sábado de 8 a 20", "Pedidos: 11 5555-1234")
LOGO = Image.new("L", (30, 20), 0)


def idle(canvas: Canvas) -> tuple[Part, ...]:
    return compose(Show(Screen.IDLE), canvas, 0)


def canvas_of(name: str, shop: str = NAME, lines: tuple[str, ...] = ()) -> Canvas:
    return Canvas.of(PANELS[name], "es", shop, idle_lines=lines)


@pytest.mark.parametrize("name", sampled(PANELS, 4))
def test_name_logo_and_lines_keep_apart_on_every_panel(name: str) -> None:
    width, height = PANELS[name].pixels
    for logo, lines in itertools.product((None, LOGO), ((), LINES[:1], LINES)):
        parts = idle(replace(canvas_of(name, lines=lines), logo=logo))
        assert NAME in words_of(parts)
        for part in parts:
            box = part.box
            assert 0 <= box.left < box.right <= width, part
            assert 0 <= box.top < box.bottom <= height, part
        for one, other in itertools.combinations(parts, 2):
            assert apart(one.box, other.box), (one, other)


@pytest.mark.parametrize("name", ["ssd1309-2.42", "st7789-1.3", "epd-2.13", "epd-7.5"])
def test_the_shops_own_lines_stand_below_its_name_in_smaller_type(name: str) -> None:
    parts = idle(canvas_of(name, lines=LINES))
    assert words_of(parts) == " ".join((NAME, *LINES))
    rows = [part for part in parts if isinstance(part, TextRow)]
    assert rows[0].size > rows[-1].size


def test_a_name_of_forty_letters_is_whole_on_every_panel() -> None:
    name = "Supermercado y Despensa de los Hermanos Z"[:40]
    for panel in PANELS:
        assert words_of(idle(canvas_of(panel, name))).replace("- ", "").startswith(name.rstrip())


def test_a_word_too_long_for_a_narrow_panel_is_cut_with_a_hyphen() -> None:
    parts = idle(Canvas((64, 128), "es", "Electrodomésticos"))
    assert words_of(parts) == "Electrod- oméstico- s Listo"


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_a_name_the_panel_invites_to_pay(language: str) -> None:
    invitation = LANGUAGES[language].screens[Screen.IDLE].detail[0]
    for panel in PANELS.values():
        assert invitation in words_of(idle(Canvas.of(panel, language, "")))


def test_where_a_name_does_not_fit_the_panel_still_says_that_it_is_ready() -> None:
    longest = "Super Electrodomésticos Hnos. Gutiérrez"
    assert words_of(idle(Canvas((64, 48), "es", longest, idle_lines=LINES))) == "Listo"


def test_a_logo_of_any_proportions_keeps_them() -> None:
    for width, height in ((10, 90), (90, 10), (30, 20), (1, 1)):
        canvas = replace(canvas_of("epd-2.13"), logo=Image.new("L", (width, height), 0))
        box = next(part.box for part in idle(canvas) if isinstance(part, LogoPart))
        assert box.width == pytest.approx(box.height * width / height, abs=5)
    thread = replace(canvas_of("epd-2.13"), logo=Image.new("L", (900, 1), 0))
    assert any(isinstance(part, LogoPart) and part.box.height == 1 for part in idle(thread))


def test_a_rule_stands_between_the_name_and_ready_but_not_above_the_shops_own_lines() -> None:
    assert any(isinstance(part, Separator) for part in idle(canvas_of("epd-2.13")))
    parts = idle(canvas_of("epd-2.13", lines=LINES))
    assert not any(isinstance(part, Separator) for part in parts)
