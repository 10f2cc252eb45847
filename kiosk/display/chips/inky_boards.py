"""Pimoroni's Inky boards: their classes in Pimoroni's library, and the GPIO lines that it uses.

Read from the library's source, release 2.6.0. The library is given its GPIO lines and its buses, so
that these are opened as all others of the kiosk are, and closed again when a board fails.
"""

# ruff: noqa: PLC0415 - no hardware library loads before a panel is opened

from __future__ import annotations

from contextlib import ExitStack, suppress
from importlib import import_module
from typing import Any

from kiosk.base.errors import DeviceGone
from kiosk.base.frozen import frozen
from kiosk.base.language import _
from kiosk.display.chips.gpio_lines import GpioLines

DC, RESET, BUSY = 22, 27, 17
NO_CHIP_SELECT = "dtoverlay=spi0-0cs"  # the line of config.txt that frees GPIO 7 and 8

# The library gives up after 5 to 65 s without saying so. A cold panel needs twice its usual time.
_BUSY_LIMIT = 60.0  # seconds
_BUSY_STARTS_WITHIN = 1.0  # seconds after a command


@frozen
class InkyBoard:
    """A board as the library sees it.

    ``module`` has the class ``Inky``. ``variants`` are the board's numbers in the EEPROM that most
    boards carry. ``black`` and ``white`` are the library's numbers for the inks, ``busy_level`` is
    the level of BUSY during a refresh, and ``selects`` are the lines of the chip selects.
    ``colour`` is what the class is told; None: the board has versions of several colours.
    ``returns_early``: the library does not wait for the end of a refresh.
    """

    module: str
    variants: tuple[int, ...]
    colour: str | None = None
    black: int = 0
    white: int = 1
    busy_level: int = 0
    selects: tuple[int, ...] = (8,)
    returns_early: bool = False


BOARDS: dict[str, InkyBoard] = {
    "phat": InkyBoard("inky", (1, 4, 5), black=1, white=0, busy_level=1),
    "phat-ssd1608": InkyBoard(
        "inky_ssd1608", (10, 11, 12), black=1, white=0, busy_level=1, returns_early=True
    ),
    "phat-jd79661": InkyBoard("inky_jd79661", (23,), "red/yellow"),
    "what": InkyBoard("inky", (2, 3, 6, 7, 8), black=1, white=0, busy_level=1),
    "what-ssd1683": InkyBoard(
        "inky_ssd1683", (17, 18, 19), black=1, white=0, busy_level=1, returns_early=True
    ),
    "what-jd79668": InkyBoard("inky_jd79668", (24,), "red/yellow"),
    "what-ssd2683": InkyBoard("inky_ssd2683", (28,), "red/yellow"),
    "impression-4.0": InkyBoard("inky_e640", (25,), "multi"),
    "impression-7.3": InkyBoard("inky_e673", (22, 26), "multi"),
    "impression-13.3": InkyBoard("inky_el133uf1", (21, 27), "multi", selects=(26, 16)),
}


class InkyLines(GpioLines):
    """The GPIO lines of a board, with the methods that the library calls."""

    def __init__(self, board: InkyBoard) -> None:
        super().__init__()
        for line in board.selects:
            self._set_up_select(line)
        self.setup(DC, self.OUT)
        self.setup(RESET, self.OUT)
        self.output(RESET, self.HIGH)
        self.setup_busy(BUSY, board.busy_level)
        self._was_busy = False

    def _set_up_select(self, line: int) -> None:
        try:
            self.setup(line, self.OUT)
        except DeviceGone as fault:
            if isinstance(fault.__cause__, ImportError | DeviceGone):  # no line can be used
                raise
            raise DeviceGone(
                _(
                    "the Inky board needs GPIO{line} as its chip select: {fault}; add "
                    "{no_chip_select} to /boot/firmware/config.txt, and restart",
                    line=line,
                    fault=fault,
                    no_chip_select=NO_CHIP_SELECT,
                )
            ) from fault
        self.output(line, self.HIGH)

    def set_value(self, line: int, level: Any) -> None:
        """Set an output; ``level`` is gpiod's, and its value 0 or 1."""
        self.output(line, level.value)

    def begin(self) -> None:
        """Forget what BUSY did before this picture."""
        self.busy.forget()
        self._was_busy = False

    def wait(self, timeout: float = _BUSY_LIMIT) -> None:
        """Wait until the board is not busy. Replaces the library's own waits."""
        if self.busy.wait_until_busy(min(_BUSY_STARTS_WITHIN, timeout)):
            self._was_busy = True
        if not self.busy.wait_until_ready(_BUSY_LIMIT):
            raise DeviceGone(
                _(
                    "the Inky board has been busy for {busy_limit:g} s; check display.board, and "
                    "that the board sits firmly on the header (its BUSY is GPIO{busy})",
                    busy_limit=_BUSY_LIMIT,
                    busy=BUSY,
                )
            )
        self.busy.forget()

    def check_answer(self) -> None:
        """Raise DeviceGone if the board was never busy for this picture."""
        if not self._was_busy:
            raise DeviceGone(
                _(
                    "the Inky board does not answer: its BUSY line (GPIO{busy}) never changed; "
                    "check display.board, and that the board sits firmly on the header",
                    busy=BUSY,
                )
            )


def make_board(
    board: InkyBoard, pixels: tuple[int, int], colour: str, lines: InkyLines, resources: ExitStack
) -> Any:
    """Return the library's object for the board; its buses are closed with ``resources``."""
    import spidev

    bus = spidev.SpiDev()
    resources.callback(bus.close)
    made = import_module(f"inky.{board.module}").Inky(
        resolution=pixels,
        colour=board.colour or colour,
        spi_bus=bus,
        i2c_bus=_i2c_bus(resources),
        gpio=lines,
    )
    made.cs0_pin, made.cs1_pin = board.selects[0], board.selects[-1]  # el133uf1 forgets them
    made._busy_wait = made._refresh_wait = lines.wait
    made.set_border(board.white)
    return made


def _i2c_bus(resources: ExitStack) -> Any:
    """Return the bus of the EEPROM; None if I2C is switched off: the library goes on without."""
    import smbus2

    with suppress(OSError):
        return resources.enter_context(smbus2.SMBus(1))
    return None


def other_board(made: Any, name: str) -> str | None:
    """Return the board that the EEPROM names, if it is another one than ``name``."""
    variant = getattr(made.eeprom, "display_variant", None)
    found = [other for other, board in BOARDS.items() if variant in board.variants]
    return found[0] if found and found[0] != name else None
