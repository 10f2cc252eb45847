"""The golden pictures: every state, in every language, on every glass that looks different.

    python -m tests.display.golden      draws them again; look at the differences with git

One file for a panel and a language, its states one below the other in native pixels, a grey line
between two: to be looked at whole, and compared picture by picture.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PIL import Image

from kiosk.display.chips.known_panels import PANELS, KnownPanel
from kiosk.display.screens.canvas import Canvas
from kiosk.display.screens.draw import draw
from kiosk.display.screens.samples import NOW, SAMPLE_NAMES, SHOP, sample_named
from kiosk.display.screens.texts import LANGUAGES

FOLDER = Path(__file__).parent / "golden"
_LINE = 2  # rows of grey between two pictures
_GREY = (136, 136, 136)
_SIXTEEN_LEVELS = [(level >> 4) * 17 for level in range(256)] * 3  # of each colour: enough to see

KINDS: dict[str, KnownPanel] = {}  # the first panel of each look; larger ones look like 800x480
for _panel in (panel for panel in PANELS.values() if max(panel.pixels) <= 800):
    _look = _panel.pixels, _panel.surface, _panel.palette
    if all(_look != (p.pixels, p.surface, p.palette) for p in KINDS.values()):
        KINDS[_panel.name] = _panel


def pictures(panel: KnownPanel, language: str) -> dict[str, Image.Image]:
    """Return the picture of each state, each colour in 16 levels."""
    canvas = Canvas.of(panel, language, SHOP)
    return {
        name: draw(sample_named(name, language), canvas, NOW).convert("RGB").point(_SIXTEEN_LEVELS)
        for name in SAMPLE_NAMES
    }


def golden(panel: KnownPanel, language: str) -> dict[str, Image.Image]:
    """Return the pictures as they were when somebody last looked at them and was content."""
    width, height = panel.pixels
    with Image.open(file(panel, language)) as sheet:
        seen = sheet.convert("RGB")
    tops = {name: number * (height + _LINE) for number, name in enumerate(SAMPLE_NAMES)}
    return {name: seen.crop((0, top, width, top + height)) for name, top in tops.items()}


def file(panel: KnownPanel, language: str) -> Path:
    return FOLDER / f"{panel.name}-{language}.png"


def write(panel: KnownPanel, language: str) -> None:
    width, height = panel.pixels
    sheet = Image.new("RGB", (width, len(SAMPLE_NAMES) * (height + _LINE) - _LINE), _GREY)
    for number, picture in enumerate(pictures(panel, language).values()):
        sheet.paste(picture, (0, number * (height + _LINE)))
    colors = sheet.getcolors() or []
    few = sheet.quantize(len(colors), dither=Image.Dither.NONE)
    assert few.convert("RGB").tobytes() == sheet.tobytes(), "too many colours for one file"
    few.save(file(panel, language), optimize=True, bits=2 if len(colors) <= 4 else 8)


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for _known in KINDS.values():
        list(map(partial(write, _known), LANGUAGES))
