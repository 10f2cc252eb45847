"""OLED panels through luma.oled: every graphic chip it knows, on I2C or SPI.

The chips' commands are luma's business (https://luma-oled.readthedocs.io); here are the settings,
the opening, and the turning of foreign errors into DeviceGone.
"""

# ruff: noqa: PLC0415 - no hardware library loads before a panel is opened

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, Literal, get_args

from PIL import Image
from pydantic import Field, ValidationInfo, field_validator

from kiosk.display import PanelSettings
from kiosk.errors import ConfigError, DeviceGone
from kiosk.settings import Pin, Size, Whole

Chip = Literal[
    "ch1115", "sh1106", "sh1107", "ssd1305", "ssd1306", "ssd1309", "ssd1315", "ssd1316",
    "ssd1322", "ssd1322_nhd", "ssd1325", "ssd1327", "ssd1331", "ssd1351", "ssd1362", "ssd1363",
]  # fmt: skip

# The sizes that luma.oled 3.16 drives, its default first. Left out are ws0010 and winstar_weh:
# they hang on a parallel bus and have 16 rows at most, too few for any QR.
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
_SPI_ONLY = ("ssd1322", "ssd1322_nhd", "ssd1331", "ssd1351")
_MEGAHERTZ = (1, 2, 4, 8, 16, 20, 24, 28, 32, 36, 40, 44, 48, 50, 52)  # what luma.core allows
_DISPLAY_OFF = 0xAE  # the same on all of these chips, and the first thing each of them is told


class OledSettings(PanelSettings):
    """An OLED panel on I2C or SPI."""

    driver: Literal["oled"] = Field(description="An OLED panel on I2C or SPI.")
    chip: Chip = Field(description="The controller on the panel, as its seller names it.")
    interface: Literal["i2c", "spi"] = Field(
        "i2c", description="How the panel is wired: i2c has 4 wires, spi has 6 or 7."
    )
    i2c_port: Whole = Field(1, ge=0, le=30, description="Number of the bus: 1 is /dev/i2c-1.")
    i2c_address: str = Field(
        "0x3C",
        pattern="^0x[0-7][0-9A-Fa-f]$",
        description="Address of the panel, 0x3C or 0x3D; `i2cdetect -y 1` shows it.",
    )
    spi_port: Whole = Field(0, ge=0, le=9, description="First number of /dev/spidev0.0.")
    spi_device: Whole = Field(
        0, ge=0, le=9, description="Second number of /dev/spidev0.0, the chip select that is wired."
    )
    spi_megahertz: Whole = Field(
        8, description="Clock of the SPI bus in MHz; lower it if the picture shows snow."
    )
    dc: Pin | None = Field(
        None,
        validate_default=True,
        description="GPIO line that is wired to the panel's D/C (or A0); spi needs it.",
    )
    reset: Pin | None = Field(
        None, description="GPIO line that is wired to the panel's RES; leave out if it has none."
    )
    size: Size | None = Field(
        None, description="Pixels of the unturned panel, for chips that are sold in several sizes."
    )
    rotate: Whole = Field(
        0,
        json_schema_extra={"enum": [0, 90, 180, 270]},
        description="Degrees by which to turn the picture clockwise: 0, 90, 180 or 270.",
    )
    contrast: Whole = Field(
        207, ge=0, le=255, description="Brightness, 0 to 255; brighter scans farther, ages faster."
    )

    @field_validator("interface")
    @classmethod
    def _wired_as_the_chip_allows(cls, interface: str, info: ValidationInfo) -> str:
        if interface == "i2c" and info.data.get("chip") in _SPI_ONLY:
            raise ValueError(f"{info.data['chip']} is spoken to over spi only; write spi")
        return interface

    @field_validator("dc")
    @classmethod
    def _dc_for_spi(cls, dc: int | None, info: ValidationInfo) -> int | None:
        if dc is None and info.data.get("interface") == "spi":
            raise ValueError("spi needs the line that tells commands from data; write dc: 24")
        return dc

    @field_validator("size")
    @classmethod
    def _known_size(cls, size: tuple[int, int] | None, info: ValidationInfo) -> Any:
        sizes = SIZES.get(info.data.get("chip", "ssd1306"), ())
        if size is not None and size not in sizes:
            known = ", ".join(f"{width}x{height}" for width, height in sizes)
            raise ValueError(f"{info.data.get('chip')} has no such size; write one of {known}")
        return size

    @field_validator("rotate")
    @classmethod
    def _quarter_turns(cls, rotate: int) -> int:
        if rotate not in (0, 90, 180, 270):
            raise ValueError(f"{rotate} is no quarter turn; write 0, 90, 180 or 270")
        return rotate

    @field_validator("spi_megahertz")
    @classmethod
    def _clock_that_luma_knows(cls, megahertz: int) -> int:
        if megahertz not in _MEGAHERTZ:
            raise ValueError(f"{megahertz} is no clock rate of the bus; write one of {_MEGAHERTZ}")
        return megahertz

    @property
    def unturned(self) -> tuple[int, int]:
        """Return the pixels as the chip counts them."""
        return self.size or SIZES[self.chip][0]

    @property
    def pixels(self) -> tuple[int, int]:
        """Return width and height as the payer sees them."""
        width, height = self.unturned
        return (height, width) if self.rotate in (90, 270) else (width, height)

    @property
    def where(self) -> str:
        """Return where the panel hangs, for messages."""
        if self.interface == "i2c":
            return f"/dev/i2c-{self.i2c_port}, address {self.i2c_address}"
        return f"/dev/spidev{self.spi_port}.{self.spi_device}"

    def open(self) -> Oled:
        """Open the bus and switch the panel on."""
        with panel_errors(self), ExitStack() as held:
            bus = _i2c(self) if self.interface == "i2c" else _spi(self, held)
            held.callback(bus.cleanup)
            return Oled(self, bus, held)


assert set(SIZES) == set(get_args(Chip))


def _i2c(settings: OledSettings) -> Any:
    from luma.core.interface.serial import i2c

    return i2c(port=settings.i2c_port, address=settings.i2c_address)


def _spi(settings: OledSettings, held: ExitStack) -> Any:
    from luma.core.interface.serial import spi

    from kiosk.display.lines import Lines

    lines = Lines()
    held.callback(lines.close)
    return spi(
        gpio=lines,
        port=settings.spi_port,
        device=settings.spi_device,
        bus_speed_hz=settings.spi_megahertz * 1_000_000,
        gpio_DC=settings.dc,
        gpio_RST=settings.reset,
    )


class Oled:
    """An open OLED panel. ``bus`` is a serial interface of luma.core, real or pretended.

    ``held`` is what has to be let go of with the panel; taken over once the panel has answered.
    """

    def __init__(self, settings: OledSettings, bus: Any, held: ExitStack | None = None) -> None:
        self._settings = settings
        with panel_errors(settings):
            # A device object registers itself for the end of the program when it is made, before
            # it finds out that nobody answers. Asking first keeps a panel that is away for weeks
            # from leaving one behind with every try.
            bus.command(_DISPLAY_OFF)
            self._device = _device(settings, bus)
            self._device.contrast(settings.contrast)
        self._held = held.pop_all() if held else ExitStack()

    def show(self, image: Image.Image) -> None:
        """Send the whole picture; returns when the last byte is out."""
        with panel_errors(self._settings):
            self._device.display(image.convert(self._device.mode))

    def close(self) -> None:
        """Switch the panel off, clear it, and let go of the bus."""
        device = self._device
        try:
            with panel_errors(self._settings), self._held:
                device.cleanup()
        finally:
            # What luma registered stays until the end of the program: leave nothing worth keeping.
            vars(device).clear()


def _device(settings: OledSettings, bus: Any) -> Any:
    import luma.oled.device

    make = getattr(luma.oled.device, settings.chip)
    width, height = settings.unturned
    return make(bus, width=width, height=height, rotate=settings.rotate // 90)


@contextmanager
def panel_errors(settings: OledSettings) -> Iterator[None]:
    """Turn what luma, the kernel and gpiozero raise into DeviceGone, with what to look at."""
    import luma.core.error
    from gpiozero import GPIOZeroError

    try:
        yield
    except ImportError as error:
        raise ConfigError(
            f"display.interface: {settings.interface} needs the Python module {error.name};"
            f" install it (apt install python3-{error.name})"
        ) from error
    except (luma.core.error.Error, OSError, GPIOZeroError) as error:
        raise DeviceGone(f"no panel at {settings.where}: {error}; {_advice(settings)}") from error


def _advice(settings: OledSettings) -> str:
    if settings.interface == "i2c":
        return f"see whether `i2cdetect -y {settings.i2c_port}` shows it, and check its four wires"
    return "see whether SPI is switched on (raspi-config), and check the panel's wires"
