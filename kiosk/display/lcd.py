"""LCD panels through luma.lcd: the small colour modules on SPI, with their backlight.

The chips' commands are luma's business (https://luma-lcd.readthedocs.io). Its monochrome chips are
left out: their liquid is slow and grey, and no phone likes it.
"""

# ruff: noqa: PLC0415 - no hardware library loads before a panel is opened

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from typing import Any, Literal, get_args

from pydantic import Field, ValidationInfo, field_validator

from kiosk.base.permissions import GPIO, Permissions, spi
from kiosk.base.settings import Pin, PlainDecimal, Size, Whole, YesNo
from kiosk.display.chips.gpio_lines import GpioLines
from kiosk.display.chips.known_panels import pitch_of
from kiosk.display.chips.luma_panel import LumaPanel
from kiosk.display.chips.spi import MountedSettings, open_spi, panel_errors

Chip = Literal["st7735", "st7789", "ili9341", "ili9486", "ili9488"]

# The sizes that luma.lcd 2.13 drives, the usual one of each chip first.
SIZES: dict[Chip, tuple[tuple[int, int], ...]] = {
    "st7735": ((160, 128), (160, 80), (128, 128)),
    "st7789": ((240, 240), (320, 240)),
    "ili9341": ((320, 240), (240, 240), (320, 180)),
    "ili9486": ((320, 480),),
    "ili9488": ((480, 320),),
}
assert set(SIZES) == set(get_args(Chip))


class LcdSettings(MountedSettings):
    """A colour LCD on SPI."""

    driver: Literal["lcd"] = Field(description="A colour LCD on SPI.")
    chip: Chip = Field(description="The controller on the panel, as its seller names it.")
    size: Size | None = Field(
        None, description="Pixels of the unturned panel, for chips that are sold in several sizes."
    )
    inches: PlainDecimal | None = Field(
        None, description="Diagonal of the glass, such as 2.8; left out: the smallest of its kind."
    )
    spi_megahertz: Whole = Field(
        32, description="Clock of the SPI bus in MHz; lower it if the picture shows snow."
    )
    dc: Pin = Field(description="GPIO line that is wired to the panel's D/C (or RS, or A0).")
    reset: Pin | None = Field(
        None, description="GPIO line that is wired to the panel's RES; leave out if it has none."
    )
    backlight: Pin | None = Field(
        None, description="GPIO line that switches the backlight; leave out if it is always lit."
    )
    backlight_inverted: YesNo = Field(
        False, description="yes if the backlight is lit while its line is low."
    )
    h_offset: Whole = Field(
        0, ge=0, le=240, description="Columns by which the picture is off the glass (not st7789)."
    )
    v_offset: Whole = Field(
        0, ge=0, le=240, description="Rows by which the picture is off the glass (not st7789)."
    )
    inverted: YesNo = Field(
        False, description="yes for an st7735 that shows black for white, as IPS panels do."
    )

    @field_validator("size")
    @classmethod
    def _known_size(cls, size: tuple[int, int] | None, info: ValidationInfo) -> Any:
        sizes = SIZES.get(info.data.get("chip", "ili9341"), ())
        if size is not None and size not in sizes:
            known = ", ".join(f"{width}x{height}" for width, height in sizes)
            raise ValueError(f"{info.data.get('chip')} has no such size; write one of {known}")
        return size

    @field_validator("h_offset", "v_offset")
    @classmethod
    def _offset_that_can_be(cls, offset: int, info: ValidationInfo) -> int:
        if offset and info.data.get("chip") == "st7789":
            raise ValueError("an st7789 can't be told an offset; leave it out")
        return offset

    @property
    def unturned(self) -> tuple[int, int]:
        """Return the pixels as the chip counts them."""
        return self.size or SIZES[self.chip][0]

    @property
    def pitch(self) -> float | None:
        """Return the millimetres from pixel to pixel."""
        return pitch_of(self.chip, self.unturned, self.inches)

    @property
    def renew_every(self) -> float:
        """Return the seconds that a panel which lost its power may stay blank."""
        return 10.0

    def permissions(self) -> Permissions:
        """Return what it needs of the system."""
        return GPIO | spi(self.spi_port, self.spi_device)

    def open(self) -> Lcd:
        """Open the bus and switch the panel on."""
        with panel_errors(self), ExitStack() as held:
            lines = GpioLines()
            held.callback(lines.close)
            bus = open_spi(self, lines, self.dc, self.reset)
            held.callback(bus.cleanup)
            return Lcd(self, bus, lines, held)


class Lcd(LumaPanel):
    """An open LCD panel. ``lines`` are the GPIO lines, of which the backlight's is one."""

    off = 0x28

    def __init__(
        self, settings: LcdSettings, bus: Any, lines: GpioLines, held: ExitStack | None = None
    ) -> None:
        make = partial(_device, settings, backlight=_backlight(settings, lines))
        super().__init__(settings, bus, make, held)


def _backlight(settings: LcdSettings, lines: GpioLines) -> Callable[[bool], None]:
    """Return what switches the backlight, in the shape that luma asks for."""
    line = settings.backlight
    if line is None:
        return lambda _: None
    lines.setup(line, lines.OUT)
    return lambda lit: lines.output(line, lit is not settings.backlight_inverted)


def _device(settings: LcdSettings, bus: Any, backlight: Callable[[bool], None]) -> Any:
    import luma.lcd.device

    more: dict[str, Any] = {}
    if settings.chip != "st7789":
        more |= {"h_offset": settings.h_offset, "v_offset": settings.v_offset}
    if settings.chip == "st7735":
        more["inverse"] = settings.inverted
    width, height = settings.unturned
    make = getattr(luma.lcd.device, settings.chip)
    return make(
        bus, width=width, height=height, rotate=settings.rotate // 90, backlight=backlight, **more
    )
