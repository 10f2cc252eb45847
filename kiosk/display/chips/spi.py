"""The SPI bus of a panel with a graphic controller: settings, opening, errors.

Every error of luma and the kernel is raised as DeviceGone, with what to check.
"""

# ruff: noqa: PLC0415 - no hardware library loads before a panel is opened

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pydantic import Field, field_validator

from kiosk.base.errors import DeviceGone
from kiosk.base.language import _
from kiosk.base.permissions import remedy
from kiosk.base.settings import Whole
from kiosk.display.chips.gpio_lines import GpioLines
from kiosk.display.chips.rotated import RotatedPanelSettings

RESET_TIME = 0.01  # seconds; the longest of all data sheets used here (SSD1680: 10 ms)
_RESTART_TIME = 0.12  # seconds; the same (ST7789V 9.1.2: 120 ms if the chip was awake)
_MEGAHERTZ = (1, 2, 4, 8, 16, 20, 24, 28, 32, 36, 40, 44, 48, 50, 52)  # luma.core allows these


class BusPanelSettings(RotatedPanelSettings):
    """A panel on SPI, or on another bus that its driver knows, in any of four rotations."""

    spi_port: Whole = Field(
        0, ge=0, le=9, description="Number of the SPI bus: the first number of /dev/spidev0.0."
    )
    spi_device: Whole = Field(
        0, ge=0, le=2, description="Number of the chip select: the second number of /dev/spidev0.0."
    )
    spi_megahertz: Whole = Field(
        8,
        description="Clock of the SPI bus in MHz. Lower it if the picture shows wrong pixels.",
    )

    @field_validator("spi_megahertz")
    @classmethod
    def _clock_of_luma(cls, megahertz: int) -> int:
        if megahertz not in _MEGAHERTZ:
            known = ", ".join(map(str, _MEGAHERTZ))
            raise ValueError(
                _(
                    "{megahertz} is not a valid SPI clock; write one of {known}",
                    megahertz=megahertz,
                    known=known,
                )
            )
        return megahertz

    @property
    def location(self) -> str:
        """Return the panel's bus and address, for messages."""
        return f"/dev/spidev{self.spi_port}.{self.spi_device}"

    @property
    def what_to_check(self) -> str:
        """Return what the technician must check when the panel does not answer."""
        return _("check that SPI is enabled (raspi-config), and check the panel's wires")


def open_spi(
    settings: BusPanelSettings, lines: GpioLines, dc: int | None, reset: int | None, mode: int = 0
) -> Any:
    """Return luma's SPI interface. Its D/C and reset lines are set up in ``lines``."""
    from luma.core.interface.serial import spi

    return spi(
        gpio=lines,
        port=settings.spi_port,
        device=settings.spi_device,
        bus_speed_hz=settings.spi_megahertz * 1_000_000,
        gpio_DC=dc,
        gpio_RST=reset,
        spi_mode=mode,
        reset_hold_time=RESET_TIME,
        reset_release_time=_RESTART_TIME,
    )


@contextmanager
def panel_errors(settings: BusPanelSettings) -> Iterator[None]:
    """Raise errors of luma and the kernel, and a missing module, as DeviceGone, with what to do."""
    import luma.core.error

    try:
        yield
    except ModuleNotFoundError as error:
        raise DeviceGone(
            _(
                "the panel at {location} needs the Python module {name}; install it: sudo apt "
                "install python3-{name}",
                location=settings.location,
                name=error.name,
            )
        ) from error
    except (luma.core.error.Error, OSError) as error:
        advice = remedy(error, settings.what_to_check)
        raise DeviceGone(
            _(
                "the panel at {location} cannot be reached: {error}; {advice}",
                location=settings.location,
                error=error,
                advice=advice,
            )
        ) from error
