"""Small colour LCD modules on SPI, driven by luma.lcd, with their backlight.

luma knows the chips' commands (https://luma-lcd.readthedocs.io). Its monochrome chips are left out:
their liquid crystal is slow and has low contrast, which phones do not read well.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, get_args

from pydantic import Field, ValidationInfo, field_validator

from kiosk.base.permissions import GPIO, Permissions, spi
from kiosk.base.settings import Pin, Whole, YesNo
from kiosk.display.chips.gpio_lines import GpioLines
from kiosk.display.chips.luma_panel import LumaPanel, LumaSettings
from kiosk.display.chips.spi import open_spi

Chip = Literal["st7735", "st7789", "ili9341", "ili9486", "ili9488"]

# The sizes that luma.lcd 2.13 drives, the most common one of each chip first.
SIZES: dict[Chip, tuple[tuple[int, int], ...]] = {
    "st7735": ((160, 128), (160, 80), (128, 128)),
    "st7789": ((240, 240), (320, 240)),
    "ili9341": ((320, 240), (240, 240), (320, 180)),
    "ili9486": ((320, 480),),
    "ili9488": ((480, 320),),
}
assert set(SIZES) == set(get_args(Chip))


class LcdSettings(LumaSettings):
    """A colour LCD on SPI."""

    sizes = SIZES

    driver: Literal["lcd"] = Field(description="A colour LCD on SPI.")
    chip: Chip = Field(description="The controller on the panel, as its seller names it.")
    spi_megahertz: Whole = Field(
        32,
        description="Clock of the SPI bus in MHz. Lower it if the picture shows wrong pixels.",
    )
    dc: Pin = Field(description="GPIO line that is wired to the panel's D/C (or RS, or A0).")
    backlight: Pin | None = Field(
        None, description="GPIO line that switches the backlight. Leave it out if it is always on."
    )
    backlight_inverted: YesNo = Field(
        False, description="yes if the backlight is on while its line is low."
    )
    h_offset: Whole = Field(
        0,
        ge=0,
        le=240,
        description="Columns by which the picture is shifted on the panel (not st7789).",
    )
    v_offset: Whole = Field(
        0,
        ge=0,
        le=240,
        description="Rows by which the picture is shifted on the panel (not st7789).",
    )
    inverted: YesNo = Field(
        False, description="yes for an st7735 that shows black as white, as IPS panels do."
    )

    @field_validator("h_offset", "v_offset")
    @classmethod
    def _no_offset_for_st7789(cls, offset: int, info: ValidationInfo) -> int:
        if offset and info.data.get("chip") == "st7789":
            raise ValueError("the st7789 driver has no offset; take this setting out")
        return offset

    def permissions(self) -> Permissions:
        """Return what the device needs of the system."""
        return GPIO | spi(self.spi_port, self.spi_device)

    def open_bus(self, lines: GpioLines) -> Any:
        """Return luma's interface for the SPI bus."""
        return open_spi(self, lines, self.dc, self.reset)

    def open(self) -> Lcd:
        """Open the bus and switch the panel on."""
        return self.open_as(Lcd)


class Lcd(LumaPanel):
    """An open LCD panel."""

    luma_module = "luma.lcd.device"
    display_off = 0x28
    _settings: LcdSettings

    def device_options(self, lines: GpioLines) -> dict[str, Any]:
        """Return the function that switches the backlight, and the chip's own arguments."""
        settings = self._settings
        options: dict[str, Any] = {"backlight": _backlight(settings, lines)}
        if settings.chip != "st7789":
            options |= {"h_offset": settings.h_offset, "v_offset": settings.v_offset}
        if settings.chip == "st7735":
            options["inverse"] = settings.inverted
        return options


def _backlight(settings: LcdSettings, lines: GpioLines) -> Callable[[bool], None]:
    """Return the function that luma calls to switch the backlight."""
    line = settings.backlight
    if line is None:
        return lambda _: None
    lines.setup(line, lines.OUT)
    return lambda lit: lines.output(line, lit is not settings.backlight_inverted)
