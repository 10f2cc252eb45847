"""Colours and shades: readable, never alone, and never in a QR."""

from __future__ import annotations

import pytest
from PIL import Image, ImageColor, ImageDraw

from kiosk.display import Palette, Surface, as_mode
from kiosk.display.chips.known_panels import PANELS
from kiosk.display.fonts.typeface import INK_EDGE, ink_box, ink_mask
from kiosk.display.screens.canvas import Canvas
from kiosk.display.screens.draw import compose, draw
from kiosk.display.screens.icons import draw_icon
from kiosk.display.screens.layout import Icon, IconPart, QrPart, TextRow, Tone
from kiosk.display.screens.paint import tone_color
from kiosk.display.screens.samples import NOW, SAMPLE_NAMES, sample_named
from kiosk.display.screens.texts import LANGUAGES
from tests.display.mounted import mount
from tests.display.reading import read_qr
from tests.support.examples import sampled

# luma.oled still calls what Pillow 14 will remove; pyproject.toml keeps Pillow below that.
pytestmark = pytest.mark.filterwarnings("ignore:Image.Image.getdata:DeprecationWarning")

Color = tuple[int, ...]
TONES = {
    "paid": Tone.GOOD,
    **dict.fromkeys(("checking", "held", "expired", "canceled", "rejected_input"), Tone.WAITING),
    **dict.fromkeys(("refused", "out_of_service"), Tone.BAD),
}


def on_565(color: str) -> Color:
    """Return a colour as a chip with 5, 6 and 5 bits shows it."""
    red, green, blue = ImageColor.getrgb(color)[:3]
    return (red >> 3) * 255 // 31, (green >> 2) * 255 // 63, (blue >> 3) * 255 // 31


def luminance(color: Color) -> float:
    """Return the relative luminance (W3C, WCAG 2.2)."""
    shares = [level / 255 for level in color]
    red, green, blue = (
        share / 12.92 if share <= 0.03928 else ((share + 0.055) / 1.055) ** 2.4 for share in shares
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def colors_in(picture: Image.Image) -> set[Color]:
    pixels = picture.tobytes()
    return set(zip(pixels[0::3], pixels[1::3], pixels[2::3], strict=True))


def contrast(one: Color, other: Color) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize(
    ("surface", "background"), [(Surface.EMISSIVE, "#000000"), (Surface.PAPER, "#ffffff")]
)
def test_every_colour_is_readable_also_where_colours_are_few(
    surface: Surface, background: str
) -> None:
    for tone in Tone:
        color = tone_color(tone, surface, Palette.COLOUR)
        assert contrast(on_565(color), on_565(background)) >= 4.5, tone
        dot = Image.new("RGB", (1, 1), color)
        assert as_mode(dot, "1").getpixel((0, 0)) == (255 if surface is Surface.EMISSIVE else 0)
    colors = {tone_color(tone, surface, Palette.COLOUR) for tone in Tone}
    assert len(colors) == len(Tone)


@pytest.mark.parametrize("palette", [Palette.MONO, Palette.GREY])
def test_without_colours_every_tone_is_full_light(palette: Palette) -> None:
    assert {tone_color(tone, Surface.EMISSIVE, palette) for tone in Tone} == {"#ffffff"}
    assert {tone_color(tone, Surface.PAPER, palette) for tone in Tone} == {"#000000"}


@pytest.mark.parametrize("name", SAMPLE_NAMES)
def test_the_icon_and_the_headline_have_the_colour_of_what_they_say(name: str) -> None:
    canvas = Canvas.of(PANELS["st7789-2.0"], "es", "Rosa")
    parts = compose(sample_named(name, "es"), canvas, NOW)
    tones = [part.tone for part in parts if isinstance(part, TextRow)]
    icons = [part.icon.tone for part in parts if isinstance(part, IconPart)]
    expected = TONES.get(name, Tone.NEUTRAL)
    assert set(icons) <= {expected}
    assert tones[0] is expected
    assert {*tones[1:]} <= {expected, Tone.NEUTRAL}
    picture = draw(sample_named(name, "es"), canvas, NOW)
    colors = colors_in(picture)
    toned = ImageColor.getrgb(tone_color(expected, Surface.EMISSIVE, Palette.COLOUR))
    assert toned in colors
    assert (expected is Tone.NEUTRAL) == all(color == color[:1] * 3 for color in colors)


def test_the_colour_is_never_the_only_difference() -> None:
    shapes = {draw_icon(icon, 32).tobytes() for icon in Icon}
    assert len(shapes) == len(Icon)
    for language in LANGUAGES.values():
        headlines = [message.headline for message in language.screens.values()]
        assert len(set(headlines)) == len(headlines)


@pytest.mark.parametrize("name", sampled(PANELS, 4))
def test_a_qr_is_pure_dark_on_white_on_the_glass_of_every_panel(name: str) -> None:
    mounted = mount(name)
    canvas, show = mounted.canvas(), sample_named("scan_me", "es")
    box = next(part.box for part in compose(show, canvas, NOW) if isinstance(part, QrPart))
    mounted.panel.show(draw(show, canvas, NOW))
    code = mounted.glass().crop((box.left, box.top, box.right, box.bottom)).convert("RGB")
    assert colors_in(code) == {(0, 0, 0), (255, 255, 255)}
    assert read_qr(mounted.glass().convert("L")) == [show.qr_data]


@pytest.mark.parametrize("name", ["ssd1322-3.12", "ssd1327-1.5"])
def test_an_oled_with_sixteen_shades_gets_letters_with_soft_edges(name: str) -> None:
    mounted = mount(name)
    mounted.panel.show(draw(sample_named("paid", "es"), mounted.canvas(), NOW))
    shades = {shade for _, shade in mounted.glass().getcolors() or ()}
    assert shades <= {17 * step for step in range(16)}
    assert {0, 255} < shades


@pytest.mark.parametrize("bold", [False, True])
def test_smooth_letters_stand_where_the_others_stand(bold: bool) -> None:
    texts = [message.headline for texts in LANGUAGES.values() for message in texts.screens.values()]
    for text in ("", "$ 1.234,56", "7K2 Q9F", *texts):
        for size in (9, 10, 13, 17, 24, 41, 80):
            left, top, right, bottom = ink_box(text, size, bold)
            mask = ink_mask(text, size, bold, smooth=True)
            assert mask.size == ink_mask(text, size, bold, smooth=False).size
            assert mask.size == (right - left + 2 * INK_EDGE, bottom - top + 2 * INK_EDGE)
            ink = mask.point([0] * 64 + [255] * 192).getbbox()
            if ink:  # less wide of its box than the empty edge of a panel with letters so large
                beyond = 1 + size // 30
                assert min(ink[:2]) >= INK_EDGE - beyond
                assert ink[2] <= mask.width - INK_EDGE + beyond
                assert ink[3] <= mask.height - INK_EDGE + beyond


def test_a_mask_that_was_drawn_once_is_never_changed() -> None:
    canvas = Canvas.of(PANELS["st7789-2.0"], "es", "Rosa")
    first = draw(sample_named("paid", "es"), canvas, NOW).copy()
    picture = draw(sample_named("paid", "es"), canvas, NOW)
    ImageDraw.Draw(picture).rectangle((0, 0, 99, 99), fill="white")
    assert draw(sample_named("paid", "es"), canvas, NOW).tobytes() == first.tobytes()
