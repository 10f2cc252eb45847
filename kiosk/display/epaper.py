"""E-paper: black-and-white panels with a BUSY line, by a driver of our own.

Waveshare's own programs wait for BUSY for ever, a hang that has been reported for years; this one
gives up, and the panel is opened anew. Each picture stands for itself: the controller is woken,
told everything, and put to sleep, so a panel that lost power in between shows the next picture.
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
from kiosk.display.chips.epaper_controllers import CONTROLLERS, Link
from kiosk.display.chips.gpio_lines import GpioLines
from kiosk.display.chips.known_panels import PANELS
from kiosk.display.chips.spi import BusPanelSettings, open_spi, panel_errors
from kiosk.display.screens.paint import blank

PanelName = Literal["epd-1.54", "epd-2.13", "epd-2.7", "epd-2.9", "epd-4.2", "epd-7.5"]
assert set(CONTROLLERS) == set(get_args(PanelName))

_RESET_TAKES = 0.01  # seconds of each half of the pulse, as the data sheets ask for
_MOMENT = 0.01  # seconds; whatever makes a controller busy does so at once
_BEGINS_WITHIN = 1.0  # seconds in which a panel that is there has become busy


class EpaperSettings(BusPanelSettings):
    """E-paper on SPI: Waveshare's black-and-white modules and their like."""

    driver: Literal["epaper"] = Field(description="Black-and-white e-paper on SPI.")
    panel: PanelName = Field(
        description=(
            "The module, by its diagonal. Of Waveshare's: 1.54 V2, 2.13 V3 or V4, 2.7 V2, 2.9 V2, "
            "4.2 V2, 7.5 V2."
        )
    )
    spi_megahertz: Whole = Field(
        4, description="Clock of the SPI bus in MHz; lower it if the picture shows snow."
    )
    dc: Pin = Field(description="GPIO line that is wired to the panel's DC: 25 on Waveshare's HAT.")
    reset: Pin = Field(
        description="GPIO line that is wired to the panel's RST: 17 on Waveshare's HAT."
    )
    busy: Pin = Field(
        description="GPIO line that is wired to the panel's BUSY: 24 on Waveshare's HAT."
    )
    power: Pin | None = Field(
        None, description="GPIO line that switches the panel on: 18 on modules with a PWR pin."
    )
    busy_timeout: Duration = Field(
        20.0, gt=0, le=60, description="How long the panel may be busy before it counts as stuck."
    )
    quick_refreshes: Whole = Field(
        5,
        ge=0,
        le=50,
        description=(
            "Quick refreshes, as texts get, between two full ones, as QRs get; 0: none, which is "
            "slower and leaves no shadows."
        ),
    )
    min_interval: Duration = Field(
        1.0, ge=0, le=180, description="How long the panel is left alone between two refreshes."
    )

    @property
    def native_pixels(self) -> tuple[int, int]:
        """Return the pixels, lying."""
        return PANELS[self.panel].pixels

    @property
    def surface(self) -> Surface:
        """Return that it is paper."""
        return Surface.PAPER

    @property
    def pitch(self) -> float | None:
        """Return the millimetres from pixel to pixel."""
        return PANELS[self.panel].pitch

    @property
    def redraw_every(self) -> float:
        """Return a minute: the time left is not worth more refreshes."""
        return 60.0

    @property
    def pause_after_picture(self) -> float:
        """Return the seconds between two refreshes."""
        return self.min_interval

    @property
    def working_screen_delay(self) -> float:
        """Return about what a refresh takes: what is gone by then was not worth one."""
        return 2.0

    def permissions(self) -> Permissions:
        """Return what it needs of the system."""
        return GPIO | spi(self.spi_port, self.spi_device)

    def open(self) -> Epaper:
        """Open the bus, and clear whatever is still on the glass from before."""
        with panel_errors(self), ExitStack() as held:
            lines = GpioLines()
            held.callback(lines.close)
            if self.power is not None:
                lines.setup(self.power, lines.OUT)
                lines.output(self.power, lines.HIGH)
            bus = open_spi(self, lines, self.dc, None)
            held.callback(bus.cleanup)
            panel = Epaper(self, Wires(self, bus, lines))
            panel.held = held.pop_all()
            return panel


class Wires:
    """The Link to a panel: luma's SPI interface, and the lines beside it."""

    def __init__(self, settings: EpaperSettings, bus: Any, lines: GpioLines) -> None:
        self._settings, self._bus, self._lines = settings, bus, lines
        lines.setup_reset(settings.reset)
        lines.listen(settings.busy, CONTROLLERS[settings.panel].busy_level)

    def reset(self) -> None:
        """Wake the controller."""
        self._lines.pulse(self._settings.reset, _RESET_TAKES)

    def send(self, code: int, *arguments: int) -> None:
        """Send a command and its arguments."""
        self._lines.expect()
        self._bus.command(code)
        if arguments:
            self._bus.data(list(arguments))

    def data(self, pixels: bytes) -> None:
        """Send a picture."""
        self._bus.data(list(pixels))

    def refresh(self, code: int) -> None:
        """Move the ink: takes its time, so a panel that does not become busy is not there."""
        self.send(code)
        if not self._lines.began(min(_BEGINS_WITHIN, self._settings.busy_timeout)):
            raise DeviceGone(
                f"the panel at {self._settings.where} does not answer: its BUSY line"
                f" (GPIO{self._settings.busy}) never moved; check display.panel and its wires"
            )
        self.wait()

    def wait(self) -> None:
        """Return when the controller is not busy, or has not become so in a moment."""
        self._lines.began(_MOMENT)
        limit = self._settings.busy_timeout
        if not self._lines.idle(self._settings.busy, limit):
            raise DeviceGone(
                f"the panel at {self._settings.where} has been busy for {limit:g} s;"
                f" check display.panel, and its BUSY wire on GPIO{self._settings.busy}"
            )


class Epaper:
    """An open panel; blank once it is open. ``held`` is let go of when it is closed."""

    def __init__(self, settings: EpaperSettings, wires: Link) -> None:
        self.held = ExitStack()
        self._settings, self._wires = settings, wires
        self._controller = CONTROLLERS[settings.panel]
        self._on_glass = b""
        self._quick_left = 0
        self._clear()

    def show(self, image: Image.Image, viewer: Viewer = Viewer.CAMERA) -> None:
        """Show it: quickly for people, and for a camera without a shadow of what was there."""
        quick = viewer is not Viewer.CAMERA and self._controller.quick and self._quick_left > 0
        pixels = self._as_sent(image)
        with panel_errors(self._settings):
            self._controller.refresh(self._wires, pixels, self._on_glass, quick=quick)
        self._on_glass = pixels
        self._quick_left = self._quick_left - 1 if quick else self._settings.quick_refreshes

    def restore(self) -> None:
        """Do nothing: paper keeps its picture without power, and each refresh wears it."""

    def close(self) -> None:
        """Clear the glass: a QR must not hang there, payable or not, when nobody is in."""
        with self.held:
            self._clear()

    def _clear(self) -> None:
        self._on_glass = self._as_sent(blank(self._settings.pixels, Surface.PAPER))
        self.show(blank(self._settings.pixels, Surface.PAPER))

    def _as_sent(self, image: Image.Image) -> bytes:
        """Return the picture in the controller's own orientation, a row in whole bytes."""
        turned = image.convert("1", dither=Image.Dither.NONE)
        if self._settings.rotate:
            turned = turned.rotate(-self._settings.rotate, expand=True)
        if turned.size != self._controller.size:
            turned = turned.transpose(Image.Transpose.ROTATE_90)
        return turned.tobytes()
