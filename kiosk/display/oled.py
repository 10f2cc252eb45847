"""OLED panels on I2C or SPI, driven by luma.oled: every graphic chip that it knows.

luma knows the chips' commands (https://luma-oled.readthedocs.io). What luma does not do is here:
the scan rate, and dimming.
"""

# ruff: noqa: PLC0415 - no hardware library loads before a panel is opened

from __future__ import annotations

from contextlib import ExitStack
from typing import Any, Literal, Self, get_args

from PIL import Image
from pydantic import Field, ValidationInfo, field_validator, model_validator

from kiosk.base.language import _
from kiosk.base.parts import WiredPart
from kiosk.base.permissions import GPIO, NOTHING, Permissions, i2c, spi
from kiosk.base.settings import Pin, Whole, YesNo
from kiosk.display import Palette, Viewer
from kiosk.display.chips.gpio_lines import GpioLines
from kiosk.display.chips.luma_panel import LumaPanel, LumaSettings
from kiosk.display.chips.panel_wires import i2c_panel, spi_panel
from kiosk.display.chips.spi import RESET_TIME, open_spi, panel_errors

Chip = Literal[
    "ch1115", "sh1106", "sh1107", "ssd1305", "ssd1306", "ssd1309", "ssd1315", "ssd1316",
    "ssd1322", "ssd1322_nhd", "ssd1325", "ssd1327", "ssd1331", "ssd1351", "ssd1362", "ssd1363",
]  # fmt: skip

# The sizes that luma.oled 3.16 drives, its default first. ws0010 and winstar_weh are left out: they
# need a parallel bus and have at most 16 rows, too few for any QR.
SIZES: dict[Chip, tuple[tuple[int, int], ...]] = {
    "ch1115": ((128, 64),),
    "sh1106": ((128, 64), (128, 128), (128, 32)),
    "sh1107": ((64, 128), (80, 128), (128, 128)),
    "ssd1305": ((128, 32), (128, 64)),
    "ssd1306": ((128, 64), (128, 32), (96, 16), (64, 48), (64, 32)),
    "ssd1309": ((128, 64),),
    "ssd1315": ((128, 64), (128, 32)),
    "ssd1316": ((128, 32),),
    "ssd1322": (
        *((256, 64), (256, 48), (256, 32), (128, 64), (128, 48), (128, 32)),
        *((64, 64), (64, 48), (64, 32)),
    ),
    "ssd1322_nhd": ((128, 64),),
    "ssd1325": ((128, 64),),
    "ssd1327": ((128, 128),),
    "ssd1331": ((96, 64),),
    "ssd1351": ((128, 128), (128, 96), (96, 96)),
    "ssd1362": ((256, 64),),
    "ssd1363": ((256, 128),),
}
assert set(SIZES) == set(get_args(Chip))
_GREYS = ("ssd1322", "ssd1322_nhd", "ssd1325", "ssd1327", "ssd1362", "ssd1363")  # 16 shades
SPI_ONLY = ("ssd1322", "ssd1322_nhd", "ssd1325", "ssd1331", "ssd1351")

# SSD1306 data sheet 10.1.16 and 10.1.17: the fastest oscillator, and a short pre-charge. The panel
# then shows 152 pictures a second instead of 88. A phone in bright light exposes for less than
# 1/90 s, and would see only a part of a slower picture.
_FAST_SCAN = (0xD5, 0xF0, 0xD9, 0x22)
_FAST_SCAN_CHIPS = ("ssd1306", "ssd1309", "ssd1315")

_INVERT = 0xA7  # the same on all these chips

# SSD1331 9.1.4, SSD1351 10.1.6: luma's argument with bit 2, which exchanges red and blue.
_REMAP = 0xA0
_BLUE_FIRST = {"ssd1331": 0x76, "ssd1351": 0x74}

_FIRST_ADDRESS, _LAST_ADDRESS = 0x08, 0x77  # of devices (I2C-bus specification UM10204, 3.1.12)

# The settings of each interface. They have no effect with the other one.
_OF_INTERFACE = {
    "i2c": ("i2c_port", "i2c_address"),
    "spi": ("spi_port", "spi_device", "spi_megahertz", "spi_mode", "dc"),
}


class OledSettings(LumaSettings):
    """An OLED panel on I2C or SPI."""

    sizes = SIZES

    driver: Literal["oled"] = Field(description="An OLED panel on I2C or SPI.")
    chip: Chip = Field(description="The controller on the panel, as its seller names it.")
    interface: Literal["i2c", "spi"] = Field(
        "i2c", description="How the panel is wired: i2c has 4 wires, spi has 6 or 7."
    )
    i2c_port: Whole = Field(1, ge=0, le=30, description="Number of the I2C bus: 1 is /dev/i2c-1.")
    i2c_address: str = Field(
        "0x3C",
        pattern="^0x[0-7][0-9A-Fa-f]$",
        description=(
            "I2C address of the panel: 0x3C (printed on some boards as 0x78) or 0x3D (0x7A). "
            "`i2cdetect -y 1` shows it."
        ),
    )
    dc: Pin | None = Field(
        None,
        validate_default=True,
        description="GPIO line that is wired to the panel's D/C (or A0). Needed for spi.",
    )
    contrast: Whole = Field(
        207,
        ge=0,
        le=255,
        description=(
            "Brightness, 0 to 255. Phones read a brighter QR from farther away; a brighter panel "
            "ages faster."
        ),
    )
    idle_contrast: Whole = Field(
        16, ge=0, le=255, description="Brightness after a minute without a sale, 0 to 255."
    )
    fast_scan: YesNo = Field(
        True,
        description=(
            "With yes, phones read an SSD1306 or SSD1309 in brighter light. Write no if some rows "
            "of the panel are darker than others."
        ),
    )

    @field_validator("interface")
    @classmethod
    def _interface_of_the_chip(cls, interface: str, info: ValidationInfo) -> str:
        if interface == "i2c" and info.data.get("chip") in SPI_ONLY:
            raise ValueError(_("{chip} works on spi only; write spi", chip=info.data["chip"]))
        return interface

    @field_validator("i2c_address")
    @classmethod
    def _seven_bits(cls, address: str) -> str:
        number = int(address, 16)
        if number < _FIRST_ADDRESS:
            raise ValueError(
                _("{address} is not the address of a panel; write 0x3C or 0x3D", address=address)
            )
        if number > _LAST_ADDRESS:
            raise ValueError(
                _(
                    "{address} is the address with the bit for writing, as some boards print it; "
                    "write 0x{number:02X}",
                    address=address,
                    number=number >> 1,
                )
            )
        return address

    @field_validator("dc")
    @classmethod
    def _dc_for_spi(cls, dc: int | None, info: ValidationInfo) -> int | None:
        if dc is None and info.data.get("interface") == "spi":
            raise ValueError(_("spi needs the panel's D/C line; write its GPIO line, such as 24"))
        return dc

    @field_validator("bgr")
    @classmethod
    def _colours_of_the_chip(cls, bgr: bool, info: ValidationInfo) -> bool:
        chip = info.data.get("chip")
        if chip and bgr and chip not in _BLUE_FIRST:
            raise ValueError(
                _("bgr has no effect on {chip}, which has no colours; remove it", chip=chip)
            )
        return bgr

    @field_validator("fast_scan")
    @classmethod
    def _scan_of_the_chip(cls, fast: bool, info: ValidationInfo) -> bool:
        chip = info.data.get("chip")
        if chip and not fast and chip not in _FAST_SCAN_CHIPS:
            raise ValueError(_("fast_scan has no effect on {chip}; remove it", chip=chip))
        return fast

    @model_validator(mode="after")
    def _each_setting_has_an_effect(self) -> Self:
        other = "spi" if self.interface == "i2c" else "i2c"
        for name in _OF_INTERFACE[other]:
            if getattr(self, name) != type(self).model_fields[name].default:
                raise ValueError(
                    _(
                        "{name} has no effect on {interface}; remove it, or write interface: "
                        "{other}",
                        name=name,
                        interface=self.interface,
                        other=other,
                    )
                )
        return self

    @property
    def palette(self) -> Palette:
        """Return what the chip's pixels can show."""
        if self.chip in _BLUE_FIRST:
            return Palette.COLOUR
        return Palette.GREY if self.chip in _GREYS else Palette.MONO

    @property
    def burns_in(self) -> bool:
        """Return True: OLED pixels age."""
        return True

    @property
    def location(self) -> str:
        """Return the panel's bus and address, for messages."""
        if self.interface == "i2c":
            return _(
                "/dev/i2c-{i2c_port}, address {i2c_address}",
                i2c_port=self.i2c_port,
                i2c_address=self.i2c_address,
            )
        return super().location

    @property
    def what_to_check(self) -> str:
        """Return what the technician must check when the panel does not answer."""
        if self.interface == "i2c":
            return _(
                "check that `i2cdetect -y {i2c_port}` shows it, and check its four wires",
                i2c_port=self.i2c_port,
            )
        return super().what_to_check

    def permissions(self) -> Permissions:
        """Return what the device needs of the system."""
        if self.interface == "i2c":
            return i2c(self.i2c_port) | (NOTHING if self.reset is None else GPIO)
        return GPIO | spi(self.spi_port, self.spi_device)

    def parts(self) -> tuple[WiredPart, ...]:
        """Return the parts to connect, with their wires."""
        title, needs = f"OLED {self.chip}", self.permissions()
        if self.interface == "i2c":
            return (i2c_panel(title, self.i2c_port, self.i2c_address, self.reset, needs),)
        return (
            spi_panel(
                title,
                self.spi_port,
                self.spi_device,
                needs,
                dc=self.dc,
                reset=self.reset,
                has_select=self.spi_mode == 0,
            ),
        )

    def open_bus(self, lines: GpioLines) -> Any:
        """Return luma's interface for the bus that the panel is wired to."""
        if self.interface == "spi":
            return open_spi(self, lines, self.dc, self.reset, self.spi_mode)
        if self.reset is not None:
            lines.setup_reset(self.reset)
            lines.pulse_reset(self.reset, RESET_TIME, RESET_TIME)
        from luma.core.interface.serial import i2c

        return i2c(port=self.i2c_port, address=self.i2c_address)

    def open(self) -> Oled:
        """Open the bus and switch the panel on."""
        return self.open_as(Oled)


class Oled(LumaPanel):
    """An open OLED panel. It is dimmed while nobody looks."""

    luma_module = "luma.oled.device"
    display_off = 0xAE
    _settings: OledSettings

    def __init__(
        self,
        settings: OledSettings,
        bus: Any,
        lines: GpioLines | None = None,
        resources: ExitStack | None = None,
    ) -> None:
        self._dimmed = False
        super().__init__(settings, bus, lines, resources)

    def set_up(self) -> None:
        """Send the scan rate, the order of the colours, the inversion and the brightness."""
        if self._settings.fast_scan and self._settings.chip in _FAST_SCAN_CHIPS:
            self._device.command(*_FAST_SCAN)
        if self._settings.bgr:
            self._device.command(_REMAP, _BLUE_FIRST[self._settings.chip])
        if self._settings.invert:
            self._device.command(_INVERT)
        self._device.contrast(self._settings.contrast)

    def show(self, image: Image.Image, viewer: Viewer = Viewer.CAMERA) -> None:
        """Send the whole picture, and dim it if nobody looks."""
        if self._dimmed is not (viewer is Viewer.NOBODY):
            self._dimmed = not self._dimmed
            self._send_contrast()
        super().show(image, viewer)

    def restore(self) -> None:
        """Set the panel up again, and send the last picture again."""
        super().restore()
        self._send_contrast()

    def _send_contrast(self) -> None:
        settings = self._settings
        with panel_errors(settings):
            self._device.contrast(settings.idle_contrast if self._dimmed else settings.contrast)
