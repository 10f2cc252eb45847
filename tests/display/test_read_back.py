"""Every panel that has a name shows QRs that two decoders read; what is broken they do not read."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PIL import Image, ImageChops, ImageOps

from kiosk.display.chips.known_panels import PANELS
from kiosk.display.qr.fit import fit
from tests.display.corpus import LONGEST, SHORTEST, corpus
from tests.display.models.colours import shown
from tests.display.mounted import Mounted, mount
from tests.display.read_back import complaints
from tests.display.reading import argentina, has_zbar, read_qr, read_with_zbar

# luma.oled still calls what Pillow 14 will remove; pyproject.toml keeps Pillow below that.
pytestmark = pytest.mark.filterwarnings("ignore:Image.Image.getdata:DeprecationWarning")

needs_zbar = pytest.mark.skipif(not has_zbar(), reason="no libzbar0: apt-get install libzbar0")


@pytest.mark.parametrize(
    "first", [0, *(pytest.param(first, marks=pytest.mark.slow) for first in range(25, 200, 25))]
)
def test_two_hundred_strings_are_read_off_every_panel(first: int) -> None:
    """Each glass is looked at with a string in ten; with all: python -m tests.display.read_back."""
    assert complaints(corpus(200)[first : first + 25], glass_every=10) == []


def test_the_strings_are_as_long_as_they_may_be_and_from_four_countries() -> None:
    lengths = [len(text) for text in corpus(200)]
    assert len(set(corpus(200))) == 200
    assert min(lengths) < SHORTEST + 10
    assert max(lengths) == LONGEST
    for country in ("5802AR", "5802BR", "5802CL", "5802UY"):
        assert sum(country in text for text in corpus(200)) >= 40


@needs_zbar
def test_the_second_decoder_is_there() -> None:
    assert read_with_zbar(mount("epd-2.13").scan_me(argentina())) == [argentina()]


# --- mutants ------------------------------------------------------------------------------------

Mutation = Callable[[Mounted], Image.Image]


def inverted(mounted: Mounted) -> Image.Image:
    return ImageChops.invert(mounted.scan_me(argentina()).convert("L"))


def without_quiet_zone(mounted: Mounted) -> Image.Image:
    symbol = fit(argentina(), min(mounted.settings.pixels)).image()
    return ImageOps.pad(symbol.convert("L"), mounted.settings.pixels, color=0)


def scaled(mounted: Mounted) -> Image.Image:
    """A scale that is not a whole number, as image viewers make it."""
    picture = mounted.scan_me(argentina()).convert("L")
    width, height = picture.size
    small = picture.resize((width * 5 // 7, height * 5 // 7), Image.Resampling.NEAREST)
    return ImageOps.pad(small, picture.size, method=Image.Resampling.NEAREST, color=0)


@pytest.mark.parametrize("name", ["ssd1306-0.96", "ssd1309-2.42", "ssd1322-3.12"])
@pytest.mark.parametrize("mutation", [inverted, without_quiet_zone, scaled])
def test_what_phones_do_not_read_is_not_read_here_either(mutation: Mutation, name: str) -> None:
    mounted = mount(name)
    mounted.panel.show(mutation(mounted))
    assert read_qr(mounted.glass(), border=255 if mutation is inverted else 0) == []
    if has_zbar():
        assert read_with_zbar(mounted.glass(), border=255 if mutation is inverted else 0) == []


@pytest.mark.parametrize(
    ("driver", "glass"),
    [
        ("ssd1306-0.96", "sh1106-1.3"),
        ("ssd1327-1.5", "ssd1351-1.5"),
        ("ssd1351-1.5", "ssd1327-1.5"),
        ("ssd1322-3.12", "ssd1327-1.5"),
        ("st7789-2.0", "st7735-1.8"),
        ("epd-2.13", "epd-2.9"),
        ("epd-2.9", "epd-2.7"),
        ("epd-7.5", "epd-4.2"),
    ],
)
def test_the_wrong_driver_shows_nothing_that_is_read(driver: str, glass: str) -> None:
    wrong = mount(driver, on=glass)
    wrong.panel.show(wrong.scan_me(argentina()))
    assert read_qr(wrong.glass()) == []
    if has_zbar():
        assert read_with_zbar(wrong.glass()) == []


@pytest.mark.parametrize("name", ["ssd1309-2.42", "st7789-2.0", "epd-2.13"])
@pytest.mark.parametrize("rotate", [90, 180, 270])
def test_a_wrong_turn_is_seen_on_the_glass(name: str, rotate: int) -> None:
    mounted = mount(name, rotate=rotate)
    upright = mount(name)
    picture = mounted.scan_me(argentina())
    mounted.panel.show(picture)
    assert not shown(mounted.model, upright.scan_me(argentina()))
    assert shown(mounted.model, picture, rotate)


def test_a_driver_of_the_same_family_may_show_it_mirrored_or_inverted() -> None:
    """Where the window is the same, the picture comes, but it is not the picture."""
    wrong = mount("st7789-2.0", on="ili9341-2.8")
    picture = wrong.scan_me(argentina())
    wrong.panel.show(picture)
    assert wrong.glass().convert("L").tobytes() != picture.convert("L").tobytes()


def test_every_panel_that_has_a_name_is_mounted() -> None:
    for name, known in PANELS.items():
        assert mount(name).settings.pixels == known.pixels
        assert mount(name).settings.pitch == known.pitch
