"""How a panel with a graphic controller is wired and mounted: SPI, its side lines, which way up.

Shared by the drivers of such panels. What luma, the kernel and gpiozero raise becomes DeviceGone
here, with what to look at.
"""

# ruff: noqa: PLC0415 - no hardware library loads before a panel is opened

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pydantic import Field, field_validator

from kiosk.base.errors import ConfigError, DeviceGone
from kiosk.base.permissions import remedy
from kiosk.base.settings import Whole
from kiosk.display import PanelSettings
from kiosk.display.chips.gpio_lines import GpioLines

_RESET_TAKES = 0.01  # seconds; the longest that a data sheet here asks for is 10 ms (SSD1680)
_MEGAHERTZ = (1, 2, 4, 8, 16, 20, 24, 28, 32, 36, 40, 44, 48, 50, 52)  # what luma.core allows


class BusPanelSettings(PanelSettings):
    """A panel on SPI (or on another bus too: see the driver), turned as it is mounted."""

    spi_port: Whole = Field(0, ge=0, le=9, description="First number of /dev/spidev0.0.")
    spi_device: Whole = Field(
        0, ge=0, le=9, description="Second number of /dev/spidev0.0, the chip select that is wired."
    )
    spi_megahertz: Whole = Field(
        8, description="Clock of the SPI bus in MHz; lower it if the picture shows snow."
    )
    rotate: Whole = Field(
        0,
        json_schema_extra={"enum": [0, 90, 180, 270]},
        description="Degrees by which to turn the picture clockwise: 0, 90, 180 or 270.",
    )

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
    @abstractmethod
    def native_pixels(self) -> tuple[int, int]:
        """Return the pixels as the chip counts them."""

    @property
    def pixels(self) -> tuple[int, int]:
        """Return width and height as the payer sees them."""
        width, height = self.native_pixels
        return (height, width) if self.rotate in (90, 270) else (width, height)

    @property
    def where(self) -> str:
        """Return where the panel hangs, for messages."""
        return f"/dev/spidev{self.spi_port}.{self.spi_device}"

    @property
    def remedy(self) -> str:
        """Return what to look at when it does not answer."""
        return "see whether SPI is switched on (raspi-config), and check the panel's wires"


def open_spi(
    settings: BusPanelSettings, lines: GpioLines, dc: int | None, reset: int | None
) -> Any:
    """Return luma's SPI interface, with its side lines taken through ``lines``."""
    from luma.core.interface.serial import spi

    return spi(
        gpio=lines,
        port=settings.spi_port,
        device=settings.spi_device,
        bus_speed_hz=settings.spi_megahertz * 1_000_000,
        gpio_DC=dc,
        gpio_RST=reset,
        reset_hold_time=_RESET_TAKES,
        reset_release_time=_RESET_TAKES,
    )


@contextmanager
def panel_errors(settings: BusPanelSettings) -> Iterator[None]:
    """Turn what luma, the kernel and gpiozero raise into DeviceGone, with what to look at."""
    import luma.core.error
    from gpiozero import GPIOZeroError

    try:
        yield
    except ImportError as error:
        raise ConfigError(
            f"display: the panel at {settings.where} needs the Python module {error.name};"
            f" install it (apt install python3-{error.name})"
        ) from error
    except (luma.core.error.Error, OSError, GPIOZeroError) as error:
        what = remedy(error, settings.remedy)
        raise DeviceGone(f"no panel at {settings.where}: {error}; {what}") from error
