"""Pimoroni's Inky boards, driven by Pimoroni's library: the optional extra ``inky``.

Not for other e-paper: see ``epaper.py``. The library has full refreshes only, of 15 to 30 s. On
boards with colours, the kiosk draws in pure black and white: a phone reads them best.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Annotated, Any, Literal, get_args

from PIL import Image, ImageChops
from pydantic import BeforeValidator, Field, ValidationInfo, field_validator

from kiosk.base.errors import DeviceGone
from kiosk.base.language import _
from kiosk.base.parts import WiredPart
from kiosk.base.permissions import Permissions, board, i2c, remedy, spi
from kiosk.display import Surface, Viewer, as_mode
from kiosk.display.chips.inky_boards import (
    BOARDS,
    BUSY,
    DC,
    NO_CHIP_SELECT,
    RESET,
    InkyLines,
    make_board,
    other_board,
)
from kiosk.display.chips.known_epaper import KnownEpaperSettings
from kiosk.display.chips.known_panels import PANELS, KnownPanel
from kiosk.display.chips.panel_wires import board_panel
from kiosk.display.chips.rotated import rotated
from kiosk.display.chips.unsupported import if_supported
from kiosk.display.screens.paint import blank

Board = Literal[
    "phat",
    "phat-ssd1608",
    "phat-jd79661",
    "what",
    "what-ssd1683",
    "what-jd79668",
    "what-ssd2683",
    "impression-4.0",
    "impression-7.3",
    "impression-13.3",
]
assert set(BOARDS) == set(get_args(Board))


class InkySettings(KnownEpaperSettings):
    """A Pimoroni Inky on the Pi's header."""

    driver: Literal["inky"] = Field(
        description=(
            "Pimoroni's Inky pHAT, wHAT or Impression. /boot/firmware/config.txt needs the line "
            f"{NO_CHIP_SELECT}."
        )
    )
    board: Annotated[Board, BeforeValidator(if_supported)] = Field(
        description=(
            "The board. Boards sold today: phat-jd79661 and what-jd79668 or what-ssd2683 (red and "
            "yellow), impression-... (Spectra 6). Older ones: phat-ssd1608, what-ssd1683; the "
            "oldest: phat, what."
        )
    )
    colour: Literal["black", "red", "yellow"] = Field(
        "black",
        description=(
            "The third colour of an older board, or black if it has none. The kiosk draws in black."
        ),
    )

    @field_validator("colour")
    @classmethod
    def _colour_matters(cls, colour: str, info: ValidationInfo) -> str:
        board = info.data.get("board")
        if colour != "black" and board and BOARDS[board].colour:
            raise ValueError(_("{board} has only one version; remove this setting", board=board))
        return colour

    @property
    def known(self) -> KnownPanel:
        """Return the panel on the board."""
        return PANELS[f"inky-{self.board}"]

    def permissions(self) -> Permissions:
        """Return what the device needs of the system: the library reads its EEPROM on I2C."""
        lines = (DC, RESET, BUSY, *BOARDS[self.board].selects)
        bus = spi(0, 0)
        without_selects = replace(
            bus,
            lines=frozenset(line for line in bus.lines if line.number not in (7, 8)),
            switches=bus.switches | {NO_CHIP_SELECT},
        )
        return board(_("the Inky board"), *lines) | without_selects | i2c(1)

    def parts(self) -> tuple[WiredPart, ...]:
        """Return the parts to connect, with their wires."""
        return (board_panel(f"Inky {self.board}", self.permissions()),)

    def open(self) -> Inky:
        """Find the board, and clear the picture that is still on it."""
        with _inky_errors(), ExitStack() as resources:
            kind = BOARDS[self.board]
            lines = InkyLines(kind)
            resources.callback(lines.close)
            made = make_board(kind, self.native_pixels, self.colour, lines, resources)
            if other := other_board(made, self.board):
                raise DeviceGone(
                    _(
                        "the Inky board says that it is another one; write board: {other}",
                        other=other,
                    )
                )
            return Inky(self, made, lines, resources)


class Inky:
    """An open board. Opening clears it; closing clears it again.

    ``board`` is the library's object. ``resources`` are closed with the panel; the panel owns them
    from the moment it has answered.
    """

    def __init__(
        self,
        settings: InkySettings,
        board: Any,
        lines: InkyLines,
        resources: ExitStack | None = None,
    ) -> None:
        self._settings, self._board, self._lines = settings, board, lines
        self._clear()
        self._resources = resources.pop_all() if resources else ExitStack()

    def show(self, image: Image.Image, viewer: Viewer = Viewer.CAMERA) -> None:
        """Show the image; return when the refresh is done."""
        del viewer  # the library has one kind of refresh
        with _inky_errors():
            self._board.set_image(self._in_inks(image))
            self._lines.begin()
            self._board.show()
            if BOARDS[self._settings.board].returns_early:
                self._lines.wait()
            self._lines.check_answer()

    def restore(self) -> None:
        """Do nothing: e-paper keeps its picture without power."""

    def close(self) -> None:
        """Clear the panel: no QR may stay on it while the kiosk is off."""
        with self._resources:
            self._clear()

    def _clear(self) -> None:
        self.show(blank(self._settings.pixels, Surface.PAPER))

    def _in_inks(self, image: Image.Image) -> Image.Image:
        """Return the picture in the library's numbers of inks, without a palette.

        From other images the library would make shades, by scattering dots of the inks.
        """
        mounted = rotated(as_mode(image, "1"), self._settings.rotate)
        if self._settings.invert:
            mounted = ImageChops.invert(mounted)
        kind = BOARDS[self._settings.board]
        numbers = mounted.convert("L").point([kind.black] * 128 + [kind.white] * 128)
        return Image.frombytes("P", numbers.size, numbers.tobytes())


@contextmanager
def _inky_errors() -> Iterator[None]:
    """Raise the library's errors, and a missing module, as DeviceGone, with what to do."""
    try:
        yield
    except ImportError as error:
        raise DeviceGone(
            _(
                "display.driver: inky needs the Python module {name}; run scripts/install again, "
                "or: pip install 'kiosk[inky]'",
                name=error.name,
            )
        ) from error
    except (OSError, RuntimeError) as error:
        advice = remedy(error, _("check that SPI is enabled, and that the board sits firmly"))
        raise DeviceGone(
            _("the Inky board does not answer: {error}; {advice}", error=error, advice=advice)
        ) from error
