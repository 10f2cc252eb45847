"""Black-and-white e-paper with a BUSY line on SPI, with a driver of our own.

Waveshare's own programs wait for BUSY without a limit, and can hang for ever. This driver stops
waiting after ``busy_timeout``, and the panel is opened again. Each picture is sent with all
settings: the controller wakes, gets everything, and sleeps again. So a panel that has lost its
power between two pictures shows the next one.
"""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any, Literal, get_args

from PIL import Image
from pydantic import Field

from kiosk.base.errors import DeviceGone
from kiosk.base.permissions import GPIO, Permissions, spi
from kiosk.base.settings import Duration, Pin, Whole
from kiosk.display import Surface, Viewer
from kiosk.display.chips.epaper_controllers import CONTROLLERS, EpaperBus
from kiosk.display.chips.gpio_lines import GpioLines
from kiosk.display.chips.known_panels import PANELS
from kiosk.display.chips.spi import BusPanelSettings, open_spi, panel_errors
from kiosk.display.screens.paint import as_mode, blank

PanelName = Literal["epd-1.54", "epd-2.13", "epd-2.7", "epd-2.9", "epd-4.2", "epd-7.5"]
assert set(CONTROLLERS) == set(get_args(PanelName))

_RESET_TIME = 0.01  # seconds, low and then high, as the data sheets require
_BUSY_DELAY = 0.01  # seconds within which a command makes the controller busy
_REFRESH_STARTS_WITHIN = 1.0  # seconds; a panel that is not busy by then is not connected


class EpaperSettings(BusPanelSettings):
    """E-paper on SPI: Waveshare's black-and-white modules, and panels like them."""

    driver: Literal["epaper"] = Field(description="Black-and-white e-paper on SPI.")
    panel: PanelName = Field(
        description=(
            "The module, by its diagonal in inches. Waveshare's names for them: 1.54 V2, 2.13 V3 "
            "or V4, 2.7 V2, 2.9 V2, 4.2 V2, 7.5 V2."
        )
    )
    spi_megahertz: Whole = Field(
        4, description="Clock of the SPI bus in MHz. Lower it if the picture shows wrong pixels."
    )
    dc: Pin = Field(description="GPIO line that is wired to the panel's DC: 25 on Waveshare's HAT.")
    reset: Pin = Field(
        description="GPIO line that is wired to the panel's RST: 17 on Waveshare's HAT."
    )
    busy: Pin = Field(
        description="GPIO line that is wired to the panel's BUSY: 24 on Waveshare's HAT."
    )
    power: Pin | None = Field(
        None,
        description="GPIO line that switches the panel on, for modules with a PWR pin: 18.",
    )
    busy_timeout: Duration = Field(
        20.0, gt=0, le=60, description="How long the panel may be busy. After that it has failed."
    )
    quick_refreshes: Whole = Field(
        5,
        ge=0,
        le=50,
        description=(
            "Quick refreshes allowed after a full one. A quick refresh is for text, and leaves "
            "faint traces of the last picture. A QR always gets a full one. 0: only full ones."
        ),
    )
    min_interval: Duration = Field(
        1.0, ge=0, le=180, description="Shortest time between two refreshes."
    )

    @property
    def native_pixels(self) -> tuple[int, int]:
        """Return the pixels in landscape."""
        return PANELS[self.panel].pixels

    @property
    def surface(self) -> Surface:
        """Return PAPER."""
        return Surface.PAPER

    @property
    def pitch(self) -> float | None:
        """Return the millimetres from pixel to pixel."""
        return PANELS[self.panel].pitch

    @property
    def redraw_every(self) -> float:
        """Return one minute: every refresh wears the panel."""
        return 60.0

    @property
    def pause_after_picture(self) -> float:
        """Return the shortest time between two refreshes."""
        return self.min_interval

    @property
    def working_screen_delay(self) -> float:
        """Return about the time of one refresh: a shorter screen is not worth one."""
        return 2.0

    def permissions(self) -> Permissions:
        """Return what the device needs of the system."""
        return GPIO | spi(self.spi_port, self.spi_device)

    def open(self) -> Epaper:
        """Open the bus, and clear the picture that is still on the panel."""
        with panel_errors(self), ExitStack() as resources:
            lines = GpioLines()
            resources.callback(lines.close)
            if self.power is not None:
                lines.setup(self.power, lines.OUT)
                lines.output(self.power, lines.HIGH)
            bus = open_spi(self, lines, self.dc, None)
            resources.callback(bus.cleanup)
            return Epaper(self, SpiEpaperBus(self, bus, lines), resources)


class SpiEpaperBus:
    """The bus of an e-paper controller: luma's SPI interface, and the lines beside it."""

    def __init__(self, settings: EpaperSettings, bus: Any, lines: GpioLines) -> None:
        self._settings, self._bus, self._lines = settings, bus, lines
        lines.setup_reset(settings.reset)
        lines.setup_busy(settings.busy, CONTROLLERS[settings.panel].busy_level)

    def reset(self) -> None:
        """Reset the controller, which also wakes it."""
        self._lines.pulse_reset(self._settings.reset, _RESET_TIME)

    def send(self, code: int, *arguments: int) -> None:
        """Send a command and its arguments."""
        self._lines.forget_busy()
        self._bus.command(code)
        if arguments:
            self._bus.data(list(arguments))

    def data(self, pixels: bytes) -> None:
        """Send the pixels of a picture."""
        self._bus.data(list(pixels))

    def refresh(self, code: int) -> None:
        """Start a refresh and wait for its end. A connected panel becomes busy during a refresh."""
        self.send(code)
        if not self._lines.wait_until_busy(
            min(_REFRESH_STARTS_WITHIN, self._settings.busy_timeout)
        ):
            raise DeviceGone(
                f"the panel at {self._settings.location} does not answer: its BUSY line"
                f" (GPIO{self._settings.busy}) never changed; check display.panel and its wires"
            )
        self.wait()

    def wait(self) -> None:
        """Return when the controller is not busy, or has not become busy within 10 ms."""
        self._lines.wait_until_busy(_BUSY_DELAY)
        limit = self._settings.busy_timeout
        if not self._lines.wait_until_ready(self._settings.busy, limit):
            raise DeviceGone(
                f"the panel at {self._settings.location} has been busy for {limit:g} s;"
                f" check display.panel, and its BUSY wire on GPIO{self._settings.busy}"
            )


class Epaper:
    """An open panel. Opening clears it; closing clears it again.

    ``resources`` are closed with the panel; the panel owns them from the moment it has answered.
    """

    def __init__(
        self, settings: EpaperSettings, bus: EpaperBus, resources: ExitStack | None = None
    ) -> None:
        self._settings, self._bus = settings, bus
        self._controller = CONTROLLERS[settings.panel]
        self._shown = b""  # the bytes of the picture on the panel
        self._quick_left = 0
        self._clear()
        self._resources = resources.pop_all() if resources else ExitStack()

    def show(self, image: Image.Image, viewer: Viewer = Viewer.CAMERA) -> None:
        """Refresh the panel: quickly for people, in full for a camera."""
        quick = viewer is not Viewer.CAMERA and self._controller.quick and self._quick_left > 0
        pixels = self._to_bytes(image)
        with panel_errors(self._settings):
            self._controller.refresh(self._bus, pixels, self._shown, quick=quick)
        self._shown = pixels
        self._quick_left = self._quick_left - 1 if quick else self._settings.quick_refreshes

    def restore(self) -> None:
        """Do nothing: e-paper keeps its picture without power, and each refresh wears it."""

    def close(self) -> None:
        """Clear the panel: no QR may stay on it while the kiosk is off."""
        with self._resources:
            self._clear()

    def _clear(self) -> None:
        self._shown = self._to_bytes(blank(self._settings.pixels, Surface.PAPER))
        self.show(blank(self._settings.pixels, Surface.PAPER))

    def _to_bytes(self, image: Image.Image) -> bytes:
        """Return the picture in the controller's orientation, each row in whole bytes."""
        rotated = as_mode(image, "1")
        if self._settings.rotate:
            rotated = rotated.rotate(-self._settings.rotate, expand=True)
        if rotated.size != self._controller.size:
            rotated = rotated.transpose(Image.Transpose.ROTATE_90)
        return rotated.tobytes()
