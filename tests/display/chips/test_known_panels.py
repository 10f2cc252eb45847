"""The panels that have a name, and what is said about a name that none has."""

from __future__ import annotations

import re

import pytest

from kiosk.display import Surface
from kiosk.display.chips.epaper.panels import CONTROLLERS
from kiosk.display.chips.known_panels import PANELS, panel_named, smallest_panel_for
from kiosk.display.chips.unsupported import _UNSUPPORTED, chip_meant, panels_meant, unsupported
from kiosk.display.lcd import SIZES
from tests.support.examples import sampled

PROMISED = (
    "ssd1306-0.96 sh1106-1.3 ssd1309-2.42 ssd1322-3.12 ssd1327-1.5 ssd1351-1.5 st7735-1.8 "
    "st7789-1.3 st7789-2.0 ili9341-2.8 epd-1.54 epd-2.13 epd-2.7 epd-2.9 epd-4.2 epd-7.5 "
    "inky-phat inky-what"
)


def test_every_promised_name_is_there() -> None:
    assert set(PANELS) >= set(PROMISED.split())


@pytest.mark.parametrize("name", sampled(PANELS, 3))
def test_the_name_tells_the_diagonal_and_the_pitch_agrees(name: str) -> None:
    panel = panel_named(name)
    width, height = panel.pixels
    assert panel.pitch
    diagonal = (width**2 + height**2) ** 0.5 * panel.pitch / 25.4
    named = {"phat": 2.13, "what": 4.2}.get(name.split("-")[1])
    inches = named or float(re.findall(r"-(\d+\.?\d*)", name)[0])
    assert diagonal == pytest.approx(inches, rel=0.12)


@pytest.mark.parametrize("name", sampled(PANELS, 3))
def test_e_ink_is_paper_and_everything_else_glows(name: str) -> None:
    assert (panel_named(name).surface is Surface.PAPER) == name.startswith(("epd", "inky"))


def test_any_other_panel_is_named_by_its_size() -> None:
    assert panel_named("320x480").pixels == (320, 480)
    assert panel_named("320x480").pitch is None


@pytest.mark.parametrize(
    ("name", "guess"),
    [
        ("SSD1306", "ssd1306-0.96"),
        ("inky", "inky-"),
        ("ST7789V2", "st7789-1.3"),
        ("waveshare 2.13 V4", "epd-2.13"),
        ("epd2.13", "epd-2.13"),
        ("ssd1306-0,96", "ssd1306-0.9"),
    ],
)
def test_a_near_miss_is_answered_with_the_name_that_was_meant(name: str, guess: str) -> None:
    with pytest.raises(ValueError, match=f"did you mean {guess}"):
        panel_named(name)


@pytest.mark.parametrize(
    "name", ["", "0x10", "250 x 122", "toaster", "250x", "ssd1305", "epd-2.31"]
)
def test_nonsense_is_answered_with_all_names(name: str) -> None:
    with pytest.raises(ValueError, match=r"write one of ssd1306-0\.96, .*or a size"):
        panel_named(name)


def test_the_smallest_panel_that_would_do_is_one_that_phones_read_well() -> None:
    assert smallest_panel_for(57, 0.345) == "ssd1309-2.42"
    assert smallest_panel_for(64, 0.345) == "ssd1309-2.42"
    assert smallest_panel_for(65, 0.345) == "epd-1.54"
    assert smallest_panel_for(240, 0.1) == "st7789-1.54"
    assert smallest_panel_for(481, 0.1) is None


@pytest.mark.parametrize(
    ("name", "instead"),
    [
        ("epd-5.65f", "epd-5.83"), ("5.65inch e-Paper Module (F)", "epd-5.83"),
        ("epd2in13_V2", "epd-2.13, the V3 or V4"), ("10.3inch e-Paper HAT", "epd-7.5"),
        ("epd-12.48", "epd-7.5"), ("epd-7.3f", "epd-7.5"), ("epd-4.01f", "epd-4.2"),
    ],
)  # fmt: skip
def test_a_panel_that_is_sold_a_lot_but_not_driven_is_told_of(name: str, instead: str) -> None:
    with pytest.raises(ValueError, match=f"known, not supported: .*; use {instead}"):
        panel_named(name)


def test_what_would_do_is_a_panel_that_there_is() -> None:
    for name in (name for names in _UNSUPPORTED.values() for name in names):
        said = unsupported(name)
        assert said
        better = said.rsplit("; use ", 1)[1].split(",")[0]
        assert better in PANELS or f"inky-{better}" in PANELS


@pytest.mark.parametrize("chip", ["ili9342C", "hx8357d", "GC9107", "sh1122"])
def test_a_version_of_a_chip_that_is_not_driven_is_told_of(chip: str) -> None:
    assert "known, not supported" in (unsupported(chip) or "")


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("2.13inch e-Paper HAT V4", "epd-2.13"), ("epd2in13_V3", "epd-2.13"),
        ("epd-2.13-v4", "epd-2.13"), ("7.5 V2", "epd-7.5"), ("epd2in66", "epd-2.66"),
        ("Waveshare 2.13inch e-Paper HAT (B) V4", "epd-2.13b"), ("epd2in9b_V3", "epd-2.9b-v3"),
        ("2.9inch e-Paper Module (B)", "epd-2.9b epd-2.9b-v3"), ("epd-2.31", ""), ("epd", ""),
        ("", ""), ("(", ""), ("epd-2.13g", ""),
    ],
)  # fmt: skip
def test_the_name_of_a_seller_means_a_panel_never_another_version(name: str, meant: str) -> None:
    assert panels_meant(name, CONTROLLERS) == meant.split()


def test_the_first_version_is_never_taken_for_a_later_one() -> None:
    assert "older version" in (unsupported("epd2in13") or "")
    assert unsupported("epd2in13_V4") is None


@pytest.mark.parametrize("panel", CONTROLLERS)
def test_a_name_of_the_kiosk_is_told_as_it_is(panel: str) -> None:
    assert unsupported(panel) is None


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("ST7789V2", "st7789"), ("st7735s", "st7735"), ("ST7796S", "st7796"),
        ("st7789-1.69", "st7789"), ("GC9A01A", "gc9a01"), ("st7798", None), ("ili9342c", None),
    ],
)  # fmt: skip
def test_the_name_of_a_seller_means_a_chip_never_another_one(name: str, meant: str | None) -> None:
    assert chip_meant(name, SIZES) == meant
