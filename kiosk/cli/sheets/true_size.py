"""What every page in true size has: its title, a ruler to check the printer, and its file."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from kiosk.base.language import _
from kiosk.cli.common import fail, write_drawing
from kiosk.display import fonts
from kiosk.paper.svg_page import BLACK, GREY, Stroke, SvgPage, wrapped

LEFT, RIGHT = 12.0, 198.0  # millimetres
TEXT = 2.9
_RULER = 50


def begin(title: str, subject: str) -> SvgPage:
    """Return a page with its title and the ruler; the rest begins at 44 mm."""
    page = SvgPage(title)
    page.text((LEFT, 19), title, 7, bold=True)
    page.text((RIGHT, 19), subject, 3.4, anchor="end", colour=GREY)
    page.line((LEFT, 23), (RIGHT, 23), stroke=Stroke(BLACK, 0.6))
    _draw_ruler(page, RIGHT - _RULER, 36)
    said = _(
        "Print this page at 100 %, not “fit to page”. Then measure the ruler: it must be 50 mm."
    )
    write(page, (LEFT, 30), said, 116, size=3.3)
    return page


def _draw_ruler(page: SvgPage, left: float, bottom: float) -> None:
    page.line((left, bottom), (left + _RULER, bottom), stroke=Stroke(BLACK, 0.25))
    for mark in range(_RULER + 1):
        height = 5 if mark % 10 == 0 else 3.5 if mark % 5 == 0 else 2
        at = left + mark
        page.line((at, bottom), (at, bottom - height), stroke=Stroke(BLACK, 0.2))
        if mark % 10 == 0:
            page.text((at, bottom + 3.4), str(mark), 2.4, anchor="middle")
    page.text((left + _RULER, bottom - 6.5), "mm", 2.4, anchor="middle")


def heading(page: SvgPage, top: float, text: str) -> None:
    """Write a heading, white on black, over the whole width."""
    page.box(LEFT, top, RIGHT, top + 7, Stroke("none"), fill=BLACK)
    page.text((LEFT + 3, top + 5), text, 3.8, bold=True, colour="#ffffff")


def write(
    page: SvgPage, at: tuple[float, float], text: str, wide: float, size: float = TEXT
) -> float:
    """Write a text in lines; return the height of the line below it."""
    x, y = at
    for line in wrapped(text, size, wide):
        page.text((x, y), line, size)
        y += 1.45 * size
    return y


def save(page: SvgPage, output: Path) -> None:
    """Write the page as the file's ending says, or exit with a message."""
    match output.suffix.lower():
        case ".svg":
            data = page.as_svg().encode()
        case ".pdf":
            from kiosk.paper.pdf_file import as_pdf  # noqa: PLC0415 - only for PDF

            names = ("KioskSans-Regular.ttf", "KioskSans-Bold.ttf")
            regular, bold = (files(fonts).joinpath(name).read_bytes() for name in names)
            data = as_pdf([page], regular, bold)
        case _:
            said = _("{output}: write a name that ends in .svg or .pdf", output=output)
            fail(said, code=2)
    write_drawing(output, data)
