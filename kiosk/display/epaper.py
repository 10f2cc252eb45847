"""Black-and-white and three-colour e-paper with a BUSY line on SPI, with a driver of our own.

On three-colour panels the kiosk draws in black: red needs as long, and a phone reads it worse.

Waveshare's own programs wait for BUSY without a limit, and can hang for ever. This driver stops
waiting after ``busy_timeout``, and the panel is opened again. Each picture is sent with all
settings: the controller wakes, gets everything, and sleeps again. So a panel that has lost its
power between two pictures shows the next one.
"""

from __future__ import annotations

from contextlib import ExitStack
from typing import Annotated, Any, Literal, get_args

from PIL import Image, ImageChops
from pydantic import BeforeValidator, Field, ValidationInfo, field_validator

from kiosk.base.language import _
from kiosk.base.parts import PartTerminal, WiredPart
from kiosk.base.permissions import GPIO, Permissions, spi
from kiosk.base.settings import Duration, Pin, Whole
from kiosk.display import Surface, Viewer, as_mode
from kiosk.display.chips.epaper import EpaperBus
from kiosk.display.chips.epaper.panels import CONTROLLERS, OTHER_VERSIONS
from kiosk.display.chips.epaper.spi_bus import SpiEpaperBus, Wiring
from kiosk.display.chips.gpio_lines import GpioLines
from kiosk.display.chips.known_epaper import KnownEpaperSettings
from kiosk.display.chips.known_panels import PANELS, SLOW, KnownPanel
from kiosk.display.chips.panel_wires import optional, spi_panel, waveshare_hat
from kiosk.display.chips.rotated import rotated
from kiosk.display.chips.spi import BusPanelSettings, open_spi, panel_errors
from kiosk.display.chips.unsupported import if_supported, panels_meant
from kiosk.display.screens.paint import blank

PanelName = Literal[
    "epd-1.54",
    "epd-2.13",
    "epd-2.66",
    "epd-2.7",
    "epd-2.9",
    "epd-3.7",
    "epd-4.2",
    "epd-5.83",
    "epd-7.5",
    "epd-2.13b",
    "epd-2.13b-v3",
    "epd-2.9b",
    "epd-2.9b-v3",
    "epd-4.2b",
    "epd-4.2b-uc8176",
    "epd-7.5b",
]
assert set(CONTROLLERS) == set(get_args(PanelName))

_QUICK_REFRESHES = 5  # after a full one


def _sold_as(name: Any) -> Any:
    """Return the name, for pydantic; raise ValueError for a name that only its seller uses."""
    if isinstance(name, str) and name not in CONTROLLERS:
        if_supported(name)
        if meant := panels_meant(name, CONTROLLERS):
            choice = _("write {meant}", meant=" or ".join(meant))
            several = _(": the label on its back has the version") if meant[1:] else ""
            raise ValueError(
                _(
                    "{name!r} is the seller's name; {choice}{several}",
                    name=name,
                    choice=choice,
                    several=several,
                )
            )
    return name


class EpaperSettings(KnownEpaperSettings, BusPanelSettings):
    """E-paper on SPI: the modules of Waveshare and WeAct, and panels like them."""

    driver: Literal["epaper"] = Field(
        description="E-paper on SPI: black and white, or with red or yellow as a third colour."
    )
    panel: Annotated[PanelName, BeforeValidator(_sold_as)] = Field(
        description=(
            "The module, by its diagonal in inches; b stands for three colours. Waveshare's names "
            "for them: 1.54 V2, 2.13 V3 or V4, 2.66, 2.7 V2, 2.9 V2, 3.7, 4.2 V2, 5.83 V2, 7.5 V2; "
            "2.13 (B) V4 or V3, 2.9 (B) V4 or V3, 4.2 (B) V2 (-uc8176: its older version), "
            "7.5 (B) V2 or V3. The kiosk draws in black on all of them."
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
        description=(
            "GPIO line that switches the panel on, for modules with a PWR pin: 18 on Waveshare's "
            "HAT since revision 2.3."
        ),
    )
    busy_timeout: Duration | None = Field(
        None,
        gt=0,
        le=60,
        description=(
            "How long the panel may be busy. After that it has failed. Without it: 20 s, or 45 s "
            "for three colours."
        ),
    )
    quick_refreshes: Whole | None = Field(
        None,
        ge=0,
        le=50,
        description=(
            "Quick refreshes allowed after a full one. A quick refresh is for text, and leaves "
            "faint traces of the last picture. A QR always gets a full one. 0: only full ones. "
            "Without it: 5, if the panel has quick refreshes."
        ),
    )
    min_interval: Duration = Field(
        1.0, ge=0, le=180, description="Shortest time between two refreshes."
    )

    @field_validator("quick_refreshes")
    @classmethod
    def _quick_refreshes_exist(cls, quick: int | None, info: ValidationInfo) -> int | None:
        panel = info.data.get("panel")
        if quick and panel and not CONTROLLERS[panel].quick:
            raise ValueError(_("{panel} has no quick refreshes; remove this setting", panel=panel))
        return quick

    @property
    def known(self) -> KnownPanel:
        """Return the panel that the name stands for."""
        return PANELS[self.panel]

    @property
    def pause_after_picture(self) -> float:
        """Return the shortest time between two refreshes."""
        return max(self.min_interval, super().pause_after_picture)

    @property
    def busy_limit(self) -> float:
        """Return the seconds that a refresh may take; cold panels need twice the usual time."""
        return self.busy_timeout or (45.0 if self.refresh_takes > SLOW else 20.0)

    def permissions(self) -> Permissions:
        """Return what the device needs of the system."""
        return GPIO | spi(self.spi_port, self.spi_device)

    def parts(self) -> tuple[WiredPart, ...]:
        """Return the parts to connect, with their wires."""
        panel = spi_panel(
            f"e-paper {self.panel}",
            self.spi_port,
            self.spi_device,
            self.permissions(),
            dc=self.dc,
            reset=self.reset,
            more=(PartTerminal("BUSY", self.busy), *optional("PWR", self.power)),
        )
        port, device, power = self.spi_port, self.spi_device, self.power
        return (waveshare_hat(panel, port=port, device=device, power=power),)

    def open(self) -> Epaper:
        """Open the bus, and clear the picture that is still on the panel."""
        with panel_errors(self), ExitStack() as resources:
            lines = GpioLines()
            resources.callback(lines.close)
            if self.power is not None:
                lines.setup(self.power, lines.OUT)
                lines.output(self.power, lines.HIGH)
                resources.callback(lines.output, self.power, lines.LOW)
            bus = open_spi(self, lines, self.dc, None)
            resources.callback(bus.cleanup)
            return Epaper(self, SpiEpaperBus(self._wiring(), bus, lines), resources)

    def _wiring(self) -> Wiring:
        other = OTHER_VERSIONS.get(self.panel)
        return Wiring(
            reset=self.reset,
            busy=self.busy,
            busy_level=CONTROLLERS[self.panel].busy_level,
            busy_limit=self.busy_limit,
            location=self.location,
            what_to_check=_("display.panel (or is it {other}?)", other=other)
            if other
            else "display.panel",
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
        wanted = settings.quick_refreshes
        self._quick_refreshes = _QUICK_REFRESHES if wanted is None else wanted
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
        self._quick_left = self._quick_left - 1 if quick else self._quick_refreshes

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
        mounted = rotated(as_mode(image, "1"), self._settings.rotate)
        if self._settings.invert:
            mounted = ImageChops.invert(mounted)
        if mounted.size != self._controller.size:
            mounted = mounted.transpose(Image.Transpose.ROTATE_90)
        return mounted.tobytes()
