"""The README is one screen, and true: its picture is drawn again, its commands and links exist."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageSequence
from typer.testing import CliRunner

from kiosk.base.money import Money
from kiosk.cli.verbs import app
from kiosk.display.chips.known_panels import PANELS
from kiosk.display.screens.canvas import Canvas
from kiosk.display.screens.draw import draw
from kiosk.display.screens.samples import EXPIRES_AFTER, SHOP, sample
from kiosk.sale.words import Screen
from tests.display.reading import read_qr

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
PICTURE = ROOT / "tests/readme/sale.png"
QR = (
    "00020101021243650016com.mercadolibre02013063600000000-0000-4000-8000-000000000001"
    "50150011200000000015204970053030325802AR5913KIOSCO PRUEBA6004CABA6304324D"
)
# What a payer sees: the screen, the seconds since the QR came, and how long this is shown.
STORY = (
    (Screen.IDLE, 0, 1500),
    (Screen.WORKING, 0, 500),
    *((Screen.SCAN_ME, seconds, 800) for seconds in range(5)),
    (Screen.PAID, 5, 3000),
)
SCALE = 4


def frames() -> Iterator[Image.Image]:
    """Yield the pictures that the panel gets in a sale, enlarged."""
    canvas, amount = Canvas.of(PANELS["ssd1309-2.42"], "es", SHOP), Money.of("1234.56", "ARS")
    for screen, seconds, _ in STORY:
        show = sample(screen, amount, QR if screen is Screen.SCAN_ME else "")
        pixels = draw(show, canvas, EXPIRES_AFTER * seconds / 10)
        large = (SCALE * pixels.width, SCALE * pixels.height)
        yield pixels.convert("L").resize(large, Image.Resampling.NEAREST)


def test_the_moving_picture_is_what_a_panel_shows() -> None:
    now = list(frames())
    with Image.open(PICTURE) as moving:
        then = [frame.convert("L") for frame in ImageSequence.Iterator(moving)]
    assert len(now) == len(then) == len(STORY)
    for one, other in zip(now, then, strict=True):
        difference = ImageChops.difference(one, other).getbbox()
        assert difference is None, "look at it: python -m tests.test_readme"
    assert PICTURE.stat().st_size < 50_000


def test_a_phone_reads_the_qr_of_the_moving_picture() -> None:
    with Image.open(PICTURE) as moving:
        read = [read_qr(frame.convert("L")) for frame in ImageSequence.Iterator(moving)]
    assert read == [[QR] if screen is Screen.SCAN_ME else [] for screen, *_ in STORY]


def test_it_is_one_screen() -> None:
    assert len(README.splitlines()) < 80


def test_its_commands_exist() -> None:
    commands = set(re.findall(r"`(?:sudo )?kiosk ([a-z ]+)`", README))
    assert {"wiring", "setup", "test all", "doctor", "manual"} <= commands
    for words in commands:
        shown = "manual" if words.startswith("manual") else words
        assert CliRunner().invoke(app, [*shown.split(), "--help"]).exit_code == 0, words


@pytest.mark.parametrize("path", sorted(set(re.findall(r"\]\(([^)]+)\)", README))))
def test_its_links_lead_somewhere(path: str) -> None:
    assert (ROOT / path).is_file()


@pytest.mark.parametrize("path", sorted(set(re.findall(r"\bscripts/\w+", README))))
def test_its_scripts_exist(path: str) -> None:
    assert (ROOT / path).is_file()


if __name__ == "__main__":
    first, *others = frames()
    shown_for = [milliseconds for *_, milliseconds in STORY]
    first.save(
        PICTURE, save_all=True, append_images=others, duration=shown_for, loop=0, optimize=True
    )
