"""What e-paper drivers have in common: a known panel, whose refreshes decide how it is used."""

from __future__ import annotations

from abc import abstractmethod

from kiosk.display import Surface
from kiosk.display.chips.known_panels import SLOW, KnownPanel
from kiosk.display.chips.rotated import RotatedPanelSettings

_READABLE_FOR = 5.0  # seconds that a slow panel shows a picture at least


class KnownEpaperSettings(RotatedPanelSettings):
    """E-paper that is one of the known panels."""

    @property
    @abstractmethod
    def known(self) -> KnownPanel:
        """Return the panel."""

    @property
    def native_pixels(self) -> tuple[int, int]:
        """Return width and height before rotation."""
        return self.known.pixels

    @property
    def surface(self) -> Surface:
        """Return PAPER."""
        return self.known.surface

    @property
    def pitch(self) -> float | None:
        """Return the millimetres from pixel to pixel."""
        return self.known.pitch

    @property
    def refresh_takes(self) -> float:
        """Return the seconds until a new picture is visible, at room temperature."""
        return self.known.full_refresh

    @property
    def redraw_every(self) -> float:
        """Return a minute, because every refresh wears the panel; infinity for a slow panel."""
        return self.known.redraw_every

    @property
    def pause_after_picture(self) -> float:
        """Return the time to read a picture on a slow panel before the next one flickers."""
        return _READABLE_FOR if self.refresh_takes > SLOW else 0.0

    @property
    def working_screen_delay(self) -> float:
        """Return about the time of one refresh: a shorter screen is not worth one."""
        return min(self.refresh_takes, SLOW)
