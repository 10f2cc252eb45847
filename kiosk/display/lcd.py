"""Small colour LCD modules on SPI, with their backlight.

luma.lcd drives most chips (https://luma-lcd.readthedocs.io), `chips/tft.py` the others. Monochrome
chips are left out: phones do not read their slow, low-contrast liquid crystal well.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Literal

from pydantic import Field, ValidationInfo, field_validator, model_validator

from kiosk.base.language import _
from kiosk.base.parts import PartTerminal, Supply, WiredPart
from kiosk.base.permissions import GPIO, Permissions, spi
from kiosk.base.settings import Pin, Whole, YesNo
from kiosk.display import Palette
from kiosk.display.chips.gpio_lines import GpioLines
from kiosk.display.chips.lcd_glass import GLASSES, MEMORY, Glass, LcdChip
from kiosk.display.chips.luma_panel import LumaPanel, LumaSettings
from kiosk.display.chips.panel_wires import spi_panel
from kiosk.display.chips.spi import open_spi
from kiosk.display.chips.tft import CHIPS, Tft

SIZES = {chip: tuple(glass.pixels for glass in glasses) for chip, glasses in GLASSES.items()}

# Most modules with these chips have IPS glass, which shows true colours while the chip inverts
# them (MIPI DCS: 21h inverts, 20h does not).
_IPS = ("gc9a01", "ili9486", "st7789")
_DO_NOT_INVERT, _INVERT = 0x20, 0x21


class LcdSettings(LumaSettings):
    """A colour LCD on SPI."""

    sizes = SIZES

    driver: Literal["lcd"] = Field(description="A colour LCD on SPI.")
    chip: LcdChip = Field(description="The controller on the panel, as its seller names it.")
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
    h_offset: Whole | None = Field(
        None,
        ge=0,
        le=479,
        description=(
            "First column of the chip's memory that the panel shows, counted before rotation. "
            "Without it, the kiosk uses the one that is usual for the chip and the size."
        ),
    )
    v_offset: Whole | None = Field(
        None,
        ge=0,
        le=479,
        description="First row of the chip's memory that the panel shows, in the same way.",
    )

    @model_validator(mode="before")
    @classmethod
    def _inverted_is_now_invert(cls, given: Any) -> Any:
        """Accept the name that this setting had while only st7735 had it."""
        if not isinstance(given, dict) or "inverted" not in given:
            return given
        if "invert" in given:
            raise ValueError(_("inverted is the old name of invert; remove inverted"))
        return {"invert" if key == "inverted" else key: value for key, value in given.items()}

    @field_validator("backlight_inverted")
    @classmethod
    def _inverted_line(cls, inverted: bool, info: ValidationInfo) -> bool:
        if inverted and info.data.get("backlight", 0) is None:
            raise ValueError(
                _("this has no effect without backlight; write backlight: and its line")
            )
        return inverted

    @field_validator("h_offset", "v_offset")
    @classmethod
    def _offset_in_memory(cls, offset: int | None, info: ValidationInfo) -> int | None:
        if offset is None or not {"chip", "size"} <= info.data.keys():
            return offset
        chip, number = info.data["chip"], ("h_offset", "v_offset").index(info.field_name or "")
        size = info.data["size"] or SIZES[chip][0]
        most = MEMORY[chip][number] - size[number]
        if offset > most:
            raise ValueError(
                _(
                    "{offset} is too much: {chip} has {most} columns or rows more; write {most} "
                    "or less",
                    offset=offset,
                    chip=chip,
                    most=most,
                )
            )
        return offset

    @property
    def glass(self) -> Glass:
        """Return the glass with the offsets that are set."""
        known = next(glass for glass in GLASSES[self.chip] if glass.pixels == self.native_pixels)
        column, row = known.first
        first = (
            column if self.h_offset is None else self.h_offset,
            row if self.v_offset is None else self.v_offset,
        )
        return replace(known, first=first)

    @property
    def usable_pixels(self) -> tuple[int, int]:
        """Return the part of the glass that the screens use, before rotation."""
        return self.glass.usable

    @property
    def palette(self) -> Palette:
        """Return COLOUR: every chip has it."""
        return Palette.COLOUR

    def permissions(self) -> Permissions:
        """Return what the device needs of the system."""
        return GPIO | spi(self.spi_port, self.spi_device)

    def parts(self) -> tuple[WiredPart, ...]:
        """Return the parts to connect, with their wires."""
        light = Supply.V3 if self.backlight is None else self.backlight
        return (
            spi_panel(
                f"LCD {self.chip}",
                self.spi_port,
                self.spi_device,
                self.permissions(),
                dc=self.dc,
                reset=self.reset,
                has_select=self.spi_mode == 0,
                more=(PartTerminal("BL / LED", light),),
            ),
        )

    def open_bus(self, lines: GpioLines) -> Any:
        """Return luma's interface for the SPI bus."""
        return open_spi(self, lines, self.dc, self.reset, self.spi_mode)

    def open(self) -> Lcd:
        """Open the bus and switch the panel on."""
        return self.open_as(Lcd)


class Lcd(LumaPanel):
    """An open LCD panel."""

    luma_module = "luma.lcd.device"
    display_off = 0x28
    _settings: LcdSettings

    def make_device(self, bus: Any, lines: GpioLines) -> Any:
        """Return the open chip: luma's, or ours where luma has none."""
        settings = self._settings
        if settings.chip not in CHIPS:
            return super().make_device(bus, lines)
        chip, turns = CHIPS[settings.chip], settings.rotate // 90
        light = _backlight(settings, lines)
        return Tft(bus, chip, settings.glass, turns, settings.bgr, light)

    def device_options(self, lines: GpioLines) -> dict[str, Any]:
        """Return the function that switches the backlight, the offsets, and the colour order."""
        h_offset, v_offset = self._settings.glass.first
        return {
            "backlight": _backlight(self._settings, lines),
            "h_offset": h_offset,
            "v_offset": v_offset,
            "bgr": self._settings.bgr,
        }

    def set_up(self) -> None:
        """Send whether the chip inverts the colours."""
        invert = (self._settings.chip in _IPS) is not self._settings.invert
        self._device.command(_INVERT if invert else _DO_NOT_INVERT)


def _backlight(settings: LcdSettings, lines: GpioLines) -> Callable[[bool], None]:
    """Return the function that switches the backlight."""
    line = settings.backlight
    if line is None:
        return lambda _: None
    lines.setup(line, lines.OUT)
    return lambda lit: lines.output(line, lit is not settings.backlight_inverted)
