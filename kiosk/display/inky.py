"""Pimoroni's Inky pHAT and wHAT, through their own library: the optional extra ``inky``.

Not for other e-paper: see ``epaper.py``. The library knows full refreshes only, of up to 15 s.
"""

# ruff: noqa: PLC0415 - no hardware library loads before a panel is opened

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

from PIL import Image
from pydantic import Field

from kiosk.base.errors import ConfigError, DeviceGone
from kiosk.base.permissions import GPIO, Permissions, i2c, remedy, spi
from kiosk.display import PanelSettings, Surface, Viewer
from kiosk.display.chips.known_panels import PANELS
from kiosk.display.screens.paint import blank

Board = Literal["phat", "phat-ssd1608", "what", "what-ssd1683"]

# The library's class, the pixels, and millimetres from pixel to pixel.
_PHAT, _WHAT = PANELS["inky-phat"], PANELS["inky-what"]
_BOARDS: dict[Board, tuple[str, tuple[int, int], float | None]] = {
    "phat": ("InkyPHAT", _PHAT.pixels, _PHAT.pitch),
    "phat-ssd1608": ("InkyPHAT_SSD1608", (250, 122), PANELS["epd-2.13"].pitch),
    "what": ("InkyWHAT", _WHAT.pixels, _WHAT.pitch),
    "what-ssd1683": ("InkyWHAT_SSD1683", _WHAT.pixels, _WHAT.pitch),
}
_WHITE, _BLACK = 0, 1  # the library's own numbers for its inks


class InkySettings(PanelSettings):
    """A Pimoroni Inky on the Pi's header."""

    driver: Literal["inky"] = Field(description="Pimoroni's Inky pHAT or wHAT.")
    board: Board = Field(
        description="Which one: those with -ssd1608 and -ssd1683 are the newer ones."
    )
    colour: Literal["black", "red", "yellow"] = Field(
        "black", description="The colour it has besides white; all is drawn in black."
    )

    @property
    def pixels(self) -> tuple[int, int]:
        """Return width and height."""
        return _BOARDS[self.board][1]

    @property
    def surface(self) -> Surface:
        """Return that it is paper."""
        return Surface.PAPER

    @property
    def pitch(self) -> float | None:
        """Return the millimetres from pixel to pixel."""
        return _BOARDS[self.board][2]

    @property
    def redraw_every(self) -> float:
        """Return ten minutes: each picture takes up to 15 s and flickers."""
        return 600.0

    @property
    def working_screen_delay(self) -> float:
        """Return the seconds for which a passing screen is not worth that."""
        return 10.0

    def permissions(self) -> Permissions:
        """Return what it needs of the system; on I2C is its EEPROM, which the library reads."""
        return GPIO | spi(0, 0) | i2c(1)

    def open(self) -> Inky:
        """Find the board, and clear what is still on it."""
        with _inky_errors():
            import inky

            board = getattr(inky, _BOARDS[self.board][0])(colour=self.colour)
            board.set_border(_WHITE)
            panel = Inky(self, board)
        panel.show(blank(self.pixels, Surface.PAPER))
        return panel


class Inky:
    """An open board."""

    def __init__(self, settings: InkySettings, board: Any) -> None:
        self._settings, self._board = settings, board

    def show(self, image: Image.Image, viewer: Viewer = Viewer.CAMERA) -> None:
        """Show it; returns when the ink has come to rest."""
        del viewer  # there is but one way
        inks = image.convert("L").point([_BLACK] * 128 + [_WHITE] * 128)
        # Without a palette the numbers would be taken for shades, and those matched with colours.
        inks.putpalette(bytes([255, 255, 255, 0, 0, 0]))
        with _inky_errors():
            self._board.set_image(inks)
            self._board.show()

    def restore(self) -> None:
        """Do nothing: paper keeps its picture without power."""

    def close(self) -> None:
        """Clear the glass: a QR must not hang there when nobody is in."""
        self.show(blank(self._settings.pixels, Surface.PAPER))


@contextmanager
def _inky_errors() -> Iterator[None]:
    """Turn what the library raises into DeviceGone; it leaves where its pins are taken."""
    try:
        yield
    except ImportError as error:
        raise ConfigError(
            f"display.driver: inky needs the Python module {error.name}; "
            "run scripts/install again, or: pip install 'kiosk[inky]'"
        ) from error
    except (OSError, RuntimeError, SystemExit) as error:
        what = remedy(error, "check that it sits well")
        raise DeviceGone(f"no Inky on the header: {error}; {what}") from error
