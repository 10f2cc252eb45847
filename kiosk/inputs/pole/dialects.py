"""The languages of pole displays, a table each. Add a dialect here.

Sources: Epson DM-D programmer's reference; POS-X XP8200 and EVO-RD1 manuals (Epson, UTC and Aedex
tables); CD5220 user manual; UTC Retail 3190; Logic Controls LDX9000; IBM SurePOS service guide,
page A-6; Tysso DSP-800 manual. After a command that is not in the table the text is not known any
more, so commands that only change brightness are listed as well.
"""

from __future__ import annotations

from collections.abc import Callable

from kiosk.inputs.pole import actions as do
from kiosk.inputs.pole.character_display import EndOfText
from kiosk.inputs.pole.emulator import Dialect, DisplayCommand, Emulator, select
from kiosk.inputs.pole.numeric_display import LED8N
from kiosk.inputs.text.escape_sequences import AFTER_UNKNOWN, counted, downloaded_font

CR = b"\r"
ETB = b"\x17"


_COMMON = {
    b"\x00": DisplayCommand(do.ignore),  # fill
    b"\x08": DisplayCommand(do.left),
    b"\x09": DisplayCommand(do.right),
    b"\x0a": DisplayCommand(do.down),
    b"\x0d": DisplayCommand(do.start_of_row),
}

# The commands that Epson's and CD5220's displays share.
_EPSON_FAMILY = _COMMON | {
    b"\x0b": DisplayCommand(do.home),
    b"\x0c": DisplayCommand(do.clear),
    b"\x18": DisplayCommand(do.clear_row),
    b"\x1b%": DisplayCommand(do.ignore, 1),
    b"\x1b&": DisplayCommand(do.ignore, downloaded_font),
    b"\x1b=": DisplayCommand(select, 1),
    b"\x1b?": DisplayCommand(do.ignore, 1),
    b"\x1b@": DisplayCommand(do.initialize),
    b"\x1bt": DisplayCommand(do.code_page, 1),
}

EPSON = Dialect(
    _EPSON_FAMILY
    | {
        b"\x1bR": DisplayCommand(do.ignore, 1),  # international characters: none is a digit
        b"\x1f\x01": DisplayCommand(do.mode(EndOfText.OVERWRITE)),
        b"\x1f\x02": DisplayCommand(do.mode(EndOfText.VERTICAL)),
        b"\x1f\x03": DisplayCommand(do.mode(EndOfText.HORIZONTAL)),
        b"\x1f\x0a": DisplayCommand(do.up),
        b"\x1f\x0d": DisplayCommand(do.end_of_row),
        b"\x1f#": DisplayCommand(do.ignore, 2),  # annunciator
        b"\x1f$": DisplayCommand(do.to_xy, 2),
        b"\x1f(": DisplayCommand(do.forget, counted(1)),  # windows
        b"\x1f,": DisplayCommand(do.marked(","), 1),
        b"\x1f.": DisplayCommand(do.marked("."), 1),
        b"\x1f;": DisplayCommand(do.marked(";"), 1),
        b"\x1f:": DisplayCommand(do.ignore),  # the beginning or the end of a macro
        b"\x1f@": DisplayCommand(do.forget),  # self-test
        b"\x1fB": DisplayCommand(do.bottom),
        b"\x1fC": DisplayCommand(do.ignore, 1),  # cursor
        b"\x1fE": DisplayCommand(do.ignore, 1),  # blinking
        b"\x1fT": DisplayCommand(do.ignore, 2),  # sets the clock
        b"\x1fU": DisplayCommand(do.forget),  # shows the clock
        b"\x1fX": DisplayCommand(do.ignore, 1),  # brightness
        b"\x1f^": DisplayCommand(do.forget, 2),  # runs the macro
        b"\x1fr": DisplayCommand(do.ignore, 1),  # reverse
        b"\x1fv": DisplayCommand(do.ignore, 1),  # waits for the status of the port
    }
)

CD5220 = Dialect(
    _EPSON_FAMILY
    | {
        b"\x1b\x11": DisplayCommand(do.mode(EndOfText.OVERWRITE)),
        b"\x1b\x12": DisplayCommand(do.mode(EndOfText.VERTICAL)),
        b"\x1b\x13": DisplayCommand(do.mode(EndOfText.HORIZONTAL)),
        b"\x1b*": DisplayCommand(do.ignore, 1),  # brightness
        b"\x1bQA": DisplayCommand(do.row_text(0), CR),
        b"\x1bQB": DisplayCommand(do.row_text(1), CR),
        b"\x1bQD": DisplayCommand(do.running_text(0), CR),
        b"\x1b[A": DisplayCommand(do.up),
        b"\x1b[B": DisplayCommand(do.down),
        b"\x1b[C": DisplayCommand(do.right),
        b"\x1b[D": DisplayCommand(do.left),
        b"\x1b[H": DisplayCommand(do.home),
        b"\x1b[K": DisplayCommand(do.bottom),
        b"\x1b[L": DisplayCommand(do.start_of_row),
        b"\x1b[R": DisplayCommand(do.end_of_row),
        b"\x1b_": DisplayCommand(do.ignore, 1),  # cursor
        b"\x1bf": DisplayCommand(do.ignore, 1),  # international characters
        b"\x1bl": DisplayCommand(do.to_xy, 2),
    }
)

# The commands of all displays that count their cells through both rows.
_CELL_FAMILY = _COMMON | {
    b"\x10": DisplayCommand(do.to_cell, 1),
    b"\x11": DisplayCommand(do.mode(EndOfText.OVERWRITE)),
    b"\x12": DisplayCommand(do.mode(EndOfText.VERTICAL)),
    b"\x13": DisplayCommand(do.ignore),  # cursor on
    b"\x14": DisplayCommand(do.ignore),  # cursor off
}


def _to_enhanced(display: Emulator, _: bytes) -> None:
    display.dialect = UTC_ENHANCED


def _to_standard(display: Emulator, _: bytes) -> None:
    display.dialect = UTC_STANDARD


UTC_STANDARD = Dialect(
    _CELL_FAMILY
    | {
        b"\x1f": DisplayCommand(do.clear),
        b"\x1bd": DisplayCommand(_to_enhanced),
    }
)

UTC_ENHANCED = Dialect(
    {
        AFTER_UNKNOWN: DisplayCommand(do.forget, CR),
        b"\x00": DisplayCommand(do.ignore),
        b"\x1b\x0f": DisplayCommand(_to_standard, CR),
        b"\x1buA": DisplayCommand(do.row_text(0), CR),
        b"\x1buB": DisplayCommand(do.row_text(1), CR),
        b"\x1buD": DisplayCommand(do.running_text(0), CR),
        b"\x1buE": DisplayCommand(do.forget, CR),  # the clock
        b"\x1buF": DisplayCommand(do.running_text(0), CR),
        b"\x1buH": DisplayCommand(do.attention, 3),
        b"\x1buI": DisplayCommand(do.all_text, CR),
    },
    attention=b"\x1bu",
    prints=False,
)

AEDEX = Dialect(
    {
        AFTER_UNKNOWN: DisplayCommand(do.forget, CR),
        b"\x00": DisplayCommand(do.ignore),
        b"!#1": DisplayCommand(do.row_text(0), CR),
        b"!#2": DisplayCommand(do.row_text(1), CR),
        b"!#4": DisplayCommand(do.running_text(0), CR),
        b"!#5": DisplayCommand(do.forget, CR),  # the clock
        b"!#6": DisplayCommand(do.running_text(0), CR),
        b"!#8": DisplayCommand(do.attention, 3),
        b"!#9": DisplayCommand(do.all_text, CR),
        b"!#A": DisplayCommand(do.row_or_clear(0), CR),
        b"!#B": DisplayCommand(do.row_or_clear(1), CR),
    },
    attention=b"!#",
    prints=False,
)

LOGIC_CONTROLS = Dialect(
    _CELL_FAMILY
    | {
        b"\x03": DisplayCommand(do.ignore, 6),  # a character's dots
        b"\x04": DisplayCommand(do.ignore, 1),  # brightness
        b"\x05": DisplayCommand(do.running_text(0), CR),
        b"\x1b\x06": DisplayCommand(do.running_text(0), CR),
        b"\x1b\x07": DisplayCommand(do.running_text(0), CR),
        b"\x1b\x0b": DisplayCommand(do.running_text(0), CR),
        b"\x1f": DisplayCommand(do.clear),
    }
)

IBM = Dialect(_CELL_FAMILY | {b"\x0f": DisplayCommand(do.forget)})  # 0F tests the display

_DSP800_FIRST = 0x31  # the byte for the first cell


def _clear_cells(display: Emulator, args: bytes) -> bool:
    """Blank the cells from ``args[0]`` to ``args[1]``; return whether they exist."""
    first, last = args[0] - _DSP800_FIRST, args[1] - _DSP800_FIRST
    screen = display.screen
    if not 0 <= first <= last < screen.rows * screen.columns:
        return False
    for cell in range(first, last + 1):
        row, column = divmod(cell, screen.columns)
        screen.cells[row][column] = " "
    screen.to_index(first)
    return True


def _to_position(display: Emulator, args: bytes) -> bool:
    """Move the cursor to the cell ``args[0]``; return whether it exists."""
    cell = args[0] - _DSP800_FIRST
    display.screen.to_index(cell)
    return 0 <= cell < display.screen.rows * display.screen.columns


def _checked(action: Callable[[Emulator, bytes], bool]) -> do.Action:
    """Run the action and acknowledge it; refuse a wrong end of the frame, or wrong arguments."""

    def run(display: Emulator, args: bytes) -> None:
        done = args.endswith(ETB) and action(display, args)
        display.answers += do.ACK if done else do.NAK
        if not done:
            display.screen.forget()

    return run


DSP800 = Dialect(
    {
        AFTER_UNKNOWN: DisplayCommand(do.answered(do.forget), ETB),
        b"\x00": DisplayCommand(do.ignore),
        b"\x04\x01C": DisplayCommand(_checked(_clear_cells), 3),
        b"\x04\x01P": DisplayCommand(_checked(_to_position), 2),
    },
)

DIALECTS: dict[str, Dialect] = {
    "epson": EPSON,
    "cd5220": CD5220,
    "utc_standard": UTC_STANDARD,
    "utc_enhanced": UTC_ENHANCED,
    "aedex": AEDEX,
    "logic_controls": LOGIC_CONTROLS,
    "ibm": IBM,
    "dsp800": DSP800,
    "led8n": LED8N,
}
