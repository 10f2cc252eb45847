"""The drilling template of a panel: its window in true size, with what the panel shows in it."""

from __future__ import annotations

from PIL import Image

from kiosk.base.errors import KioskError
from kiosk.base.language import _
from kiosk.cli.sheets.true_size import LEFT, RIGHT, TEXT, begin, write
from kiosk.display import Surface, as_mode
from kiosk.display.qr.fit import QrDoesNotFit
from kiosk.display.screens.canvas import Canvas
from kiosk.display.screens.draw import draw
from kiosk.display.screens.samples import NOW, PRINTED_CODE, sample_named
from kiosk.paper.svg_page import BLACK, GREY, RED, Stroke, SvgPage

CLEARANCE = 1.0  # millimetres between the picture and the edge of the window, on each side
_WIDEST, _HIGHEST = 178.0, 152.0  # millimetres: of a window, so that its lines are on the page
_MIDDLE = (105.0, 130.0)
_BEYOND = 12.0  # millimetres: how far the centre lines go beyond the window
_NOTE = "#f4f4f4"


class DoesNotFitOnPaper(KioskError):
    """The panel is larger than a page of A4."""


def draw_template(name: str, canvas: Canvas, pitch: float) -> SvgPage:
    """Return the page, or raise DoesNotFitOnPaper; ``pitch`` is in millimetres per pixel."""
    wide, high = (pixels * pitch for pixels in canvas.pixels)
    if wide > _WIDEST - 2 * CLEARANCE or high > _HIGHEST - 2 * CLEARANCE:
        raise DoesNotFitOnPaper(
            _(
                "the picture is {wide:.0f} x {high:.0f} mm and does not fit on A4; measure the "
                "panel, and make the window 2 mm wider and higher",
                wide=wide,
                high=high,
            )
        )
    page = begin(_("Drilling template"), name)
    window = _Window(page, wide, high)
    window.draw_centre_lines()
    window.draw_picture(canvas, pitch)
    window.draw_edge()
    window.draw_sizes()
    _write_steps(page, canvas, wide, high)
    return page


class _Window:
    """The window of the case, in the middle of the page."""

    def __init__(self, page: SvgPage, wide: float, high: float) -> None:
        self._page, self._wide, self._high = page, wide, high
        x, y = _MIDDLE
        half_wide, half_high = wide / 2 + CLEARANCE, high / 2 + CLEARANCE
        self._left, self._right = x - half_wide, x + half_wide
        self._top, self._bottom = y - half_high, y + half_high

    def draw_centre_lines(self) -> None:
        """Draw two lines through the middle, longer than the window."""
        x, y = _MIDDLE
        stroke = Stroke(GREY, 0.2, "6,1.5,1,1.5")
        self._page.line((self._left - _BEYOND, y), (self._right + _BEYOND, y), stroke=stroke)
        self._page.line((x, self._top - _BEYOND), (x, self._bottom + _BEYOND), stroke=stroke)

    def draw_picture(self, canvas: Canvas, pitch: float) -> None:
        """Draw the screen with the QR, pixel by pixel, as large as on the panel."""
        image = as_mode(_screen(canvas), "1")
        is_paper = canvas.surface is Surface.PAPER
        left, top = self._left + CLEARANCE, self._top + CLEARANCE
        ground, ink = ("#ffffff", BLACK) if is_paper else (BLACK, "#ffffff")
        right, bottom = left + self._wide, top + self._high
        self._page.box(self._left, self._top, self._right, self._bottom, Stroke("none"))
        self._page.box(left, top, right, bottom, Stroke(GREY, 0.1), fill=ground)
        self._page.modules(_inked(image, dark=is_paper), (left, top), pitch, fill=ink)

    def draw_edge(self) -> None:
        """Draw where to cut, and a hole to drill in each corner."""
        edge = Stroke(RED, 0.3)
        self._page.box(self._left, self._top, self._right, self._bottom, edge, fill="none")
        for x in (self._left, self._right):
            for y in (self._top, self._bottom):
                self._page.line((x - 4, y), (x + 4, y), stroke=Stroke(RED, 0.15))
                self._page.line((x, y - 4), (x, y + 4), stroke=Stroke(RED, 0.15))

    def draw_sizes(self) -> None:
        """Write the width and the height of the window."""
        page = self._page
        wide, high = self._right - self._left, self._bottom - self._top
        at = self._top - 7
        self._arrow((self._left, at), (self._right, at))
        page.text((_MIDDLE[0] + 2, at - 1.5), f"{wide:.1f} mm", 3.4, bold=True)
        at = self._right + 7
        self._arrow((at, self._top), (at, self._bottom))
        page.text((min(at - 2, 188), self._bottom + 7), f"{high:.1f} mm", 3.4, bold=True)

    def _arrow(self, begin_at: tuple[float, float], end_at: tuple[float, float]) -> None:
        self._page.line(begin_at, end_at, stroke=Stroke(BLACK, 0.2))
        (x1, y1), (x2, y2) = begin_at, end_at
        if y1 == y2:
            tips = [((x1, y1), (x1 + 2, y1 - 0.7), (x1 + 2, y1 + 0.7))]
            tips.append(((x2, y2), (x2 - 2, y2 - 0.7), (x2 - 2, y2 + 0.7)))
        else:
            tips = [((x1, y1), (x1 - 0.7, y1 + 2), (x1 + 0.7, y1 + 2))]
            tips.append(((x2, y2), (x2 - 0.7, y2 - 2), (x2 + 0.7, y2 - 2)))
        for tip in tips:
            self._page.shape(*tip)


def _screen(canvas: Canvas) -> Image.Image:
    """Return the screen with the QR; where it does not fit, the one about the printed code."""
    try:
        return draw(sample_named("scan_me", canvas.language), canvas, NOW)
    except QrDoesNotFit:
        return draw(sample_named(PRINTED_CODE, canvas.language), canvas, NOW)


def _inked(image: Image.Image, *, dark: bool) -> list[bytes]:
    """Return a row of bytes for each row of pixels: 1 where there is ink on the paper."""
    wide, high = image.size
    data = image.convert("L").tobytes().translate(bytes([dark]) + bytes([not dark]) * 255)
    return [data[row * wide : (row + 1) * wide] for row in range(high)]


def _write_steps(page: SvgPage, canvas: Canvas, wide: float, high: float) -> None:
    columns, rows = canvas.pixels
    y = 222.0
    for line in (
        _(
            "The thin frame is the picture: {columns} x {rows} pixels, {wide:.1f} x "
            "{high:.1f} mm, as the payer sees it. The window (red) is 1 mm larger on each side.",
            columns=columns,
            rows=rows,
            wide=wide,
            high=high,
        ),
        _(
            "1. Lay the panel on this page, with the test picture of kiosk test display on it. The "
            "picture must cover the frame."
        ),
        _(
            "2. Mark the holes of the board, and measure them. They differ from maker to maker, so "
            "they are not drawn here."
        ),
        _(
            "3. Fix the page on the outside of the lid. Drill the four corners inside of the red "
            "line, and cut along it."
        ),
        _(
            "4. If the lid is thicker than 2 mm, bevel the edge of the window. From the side, it "
            "must not cover the light border of the QR: that border is part of the code."
        ),
        _(
            "5. Before you cut, hold a phone where the payer stands: it must read the QR of this "
            "page."
        ),
    ):
        y = write(page, (LEFT, y), line, RIGHT - LEFT, size=TEXT) + 1.2
    _draw_notes(page)


def _draw_notes(page: SvgPage) -> None:
    """Draw a box for what was measured."""
    page.box(LEFT, 268, RIGHT, 284, Stroke(GREY, 0.3), fill=_NOTE, corner=1)
    said = _("Measured on the board:")
    page.text((LEFT + 3, 274), said, TEXT, bold=True)
    fields = _("holes ______ x ______ mm    diameter ______ mm    counter ____________________")
    page.text((LEFT + 3, 281), fields, TEXT)
