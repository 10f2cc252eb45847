"""The parts of a screen and their places. Pure geometry; ``paint.py`` turns parts into pixels."""

from __future__ import annotations

from enum import StrEnum

from PIL import Image

from kiosk.base.frozen import frozen
from kiosk.display.fonts.typeface import ink_box
from kiosk.display.qr.fit import Symbol


@frozen
class Box:
    """A rectangle in pixels; ``right`` and ``bottom`` are the first ones outside."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        """Return the number of columns."""
        return self.right - self.left

    @property
    def height(self) -> int:
        """Return the number of rows."""
        return self.bottom - self.top

    def inset(self, by: int) -> Box:
        """Return the box without a margin of that many pixels on each side."""
        return Box(self.left + by, self.top + by, self.right - by, self.bottom - by)

    def without_left(self, columns: int) -> Box:
        """Return the box without its first columns."""
        return Box(self.left + columns, self.top, self.right, self.bottom)

    def without_top(self, rows: int) -> Box:
        """Return the box without its first rows."""
        return Box(self.left, self.top + rows, self.right, self.bottom)

    def middle(self, width: int, height: int) -> Box:
        """Return a box of that size in the middle of this one."""
        left = self.left + (self.width - width) // 2
        top = self.top + (self.height - height) // 2
        return Box(left, top, left + width, top + height)


def margin(area: Box) -> int:
    """Return the pixels that stay empty along the edges of a screen."""
    return max(2, min(area.width, area.height) // 20)


def narrow_margin(area: Box) -> int:
    """Return the pixels that stay empty around the texts beside a QR."""
    short = min(area.width, area.height)
    return 1 if short < 48 else max(2, short // 24)


class Tone(StrEnum):
    """What a message says at a glance, in colour where the panel has any. Never by colour alone."""

    NEUTRAL = "neutral"
    GOOD = "good"  # the money has come in
    WAITING = "waiting"  # not paid, or nobody knows yet: somebody must look, wait or begin again
    BAD = "bad"  # it was refused, or the kiosk cannot sell


class Icon(StrEnum):
    """The icons: one for each message, so that people recognise it at a glance."""

    CHECK = "check"
    CROSS = "cross"
    CLOCK = "clock"
    STOP = "stop"
    RETURN = "return"
    HOURGLASS = "hourglass"
    WARNING = "warning"
    QUESTION = "question"
    NOTICE = "notice"
    VIEWFINDER = "viewfinder"
    DOTS = "dots"
    BASKET = "basket"

    @property
    def tone(self) -> Tone:
        """Return what the icon and its headline say at a glance."""
        return _TONES.get(self, Tone.NEUTRAL)


_TONES = {
    Icon.CHECK: Tone.GOOD,
    Icon.CROSS: Tone.WAITING,
    Icon.CLOCK: Tone.WAITING,
    Icon.HOURGLASS: Tone.WAITING,
    Icon.NOTICE: Tone.WAITING,
    Icon.QUESTION: Tone.WAITING,
    Icon.STOP: Tone.BAD,
    Icon.WARNING: Tone.BAD,
}


@frozen
class TextRow:
    """One row of text; ``left`` is where its ink begins, ``baseline`` where its letters stand.

    ``is_clock``: it is the time left, and changes with it.
    """

    text: str
    left: int
    baseline: int
    size: int
    bold: bool
    tone: Tone = Tone.NEUTRAL
    is_clock: bool = False

    @property
    def box(self) -> Box:
        """Return the box of its ink."""
        left, top, right, bottom = ink_box(self.text, self.size, self.bold)
        return Box(self.left, self.baseline + top, self.left + right - left, self.baseline + bottom)


@frozen
class IconPart:
    """An icon that fills its square box."""

    icon: Icon
    box: Box


@frozen
class TimeBar:
    """The time left as a bar: ``full`` is 1 at the start and 0 at the end."""

    box: Box
    full: float

    @property
    def full_columns(self) -> int:
        """Return how many columns of pixels are full."""
        return round(self.box.width * min(1.0, max(0.0, self.full)))


@frozen
class Separator:
    """A thin line between two texts."""

    box: Box


@frozen
class QrPart:
    """A QR with its quiet zone, in the middle of a light box."""

    symbol: Symbol
    box: Box


@frozen
class LogoPart:
    """The shop's logo: ``ink`` is a mask of its dark parts, as large as the box."""

    ink: Image.Image
    box: Box


Part = TextRow | IconPart | TimeBar | Separator | QrPart | LogoPart
