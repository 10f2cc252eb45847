"""The language of displays with eight digits and four lamps, such as the LED8N.

The lamps say what the digits are: a price, the total, what was paid, the change. Here the first row
of the display is the name of the lamp that is lit, and the second row has the digits. A point is in
the cell of the digit before it.

Sources: LED8N customer display, users manual, sections 1 to 6; ``ESC s`` is of its kin.
"""

from __future__ import annotations

import re

from kiosk.inputs.pole import actions as do
from kiosk.inputs.pole.emulator import Dialect, DisplayCommand, Emulator

LAMPS, DIGITS = 0, 1  # the rows
CELLS = 8
_NAMES = ("PRICE", "TOTAL", "COLLECT", "CHANGE")
TOTAL_LAMP, CHANGE_LAMP = "TOTAL", "CHANGE"


def _lamps(display: Emulator, args: bytes) -> None:
    """STX L: one byte, 0 or 1, for each lamp."""
    if set(args) <= set(b"01"):
        lit = [name for name, byte in zip(_NAMES, args, strict=True) if byte == 0x31]
        _light(display, " ".join(lit))
    else:
        display.screen.forget()


def _lamp(display: Emulator, args: bytes) -> None:
    """ESC s: the number of the lamp to be lit; 0 for none."""
    if args[0] in b"01234":
        _light(display, ("", *_NAMES)[args[0] - 0x30])
    else:
        display.screen.forget()


def _light(display: Emulator, lit: str) -> None:
    """Note the lamps. Digits of before say something else than the new lamps do."""
    screen = display.screen
    before = screen.text()[LAMPS]
    screen.write_row(LAMPS, lit)
    if before != screen.text()[LAMPS] and DIGITS not in display.written:
        screen.cells[DIGITS] = [None] * screen.columns


def _digits(display: Emulator, args: bytes) -> None:
    """ESC Q A: replace the digits."""
    text = args[:-1].decode("latin-1")
    screen = display.screen
    display.written.add(DIGITS)
    if re.fullmatch(r" *(?:[-0-9]\.?)+", text) and len(text.replace(".", "")) <= CELLS:
        screen.write_row(DIGITS, text)
    else:
        screen.cells[DIGITS] = [None] * screen.columns


def _blank_digits(display: Emulator, _: bytes) -> None:
    display.screen.write_row(DIGITS, "")


def _initialize(display: Emulator, _: bytes) -> None:
    display.screen.clear()


LED8N = Dialect(
    {
        b"\x00": DisplayCommand(do.ignore),
        b"\x0c": DisplayCommand(_blank_digits),
        b"\x0d": DisplayCommand(do.ignore),
        b"\x18": DisplayCommand(_blank_digits),
        b"\x1b@": DisplayCommand(_initialize),
        b"\x1bQA": DisplayCommand(_digits, b"\r"),
        b"\x1bs": DisplayCommand(_lamp, 1),
        b"\x02L": DisplayCommand(_lamps, 4),
        b"\x02B": DisplayCommand(do.ignore, 1),  # the speed
    },
    prints=False,
)
