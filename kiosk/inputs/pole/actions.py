"""What the commands of pole displays do. The dialects say which bytes do it."""

from __future__ import annotations

from collections.abc import Callable

from kiosk.inputs.pole.character_display import EndOfText
from kiosk.inputs.pole.emulator import Emulator
from kiosk.inputs.text.escape_sequences import CODE_PAGES

Action = Callable[[Emulator, bytes], None]
ACK, NAK = b"\x06", b"\x15"


def ignore(_: Emulator, __: bytes) -> None:
    """Change brightness, cursor or annunciators, but not the text."""


def forget(display: Emulator, _: bytes) -> None:
    """Show something whose text is not in these bytes: a clock, a macro, a self-test."""
    display.screen.forget()


def clear(display: Emulator, _: bytes) -> None:
    """Blank the display."""
    display.screen.clear()


def initialize(display: Emulator, _: bytes) -> None:
    """Blank the display and reset it to its modes after power-on."""
    display.screen.clear()
    display.screen.mode = EndOfText.OVERWRITE


def clear_row(display: Emulator, _: bytes) -> None:
    """Blank the cursor's row."""
    display.screen.clear_row()


def left(display: Emulator, _: bytes) -> None:
    """Move the cursor one cell back."""
    display.screen.step(-1)


def right(display: Emulator, _: bytes) -> None:
    """Move the cursor one cell on."""
    display.screen.step(1)


def up(display: Emulator, _: bytes) -> None:
    """Move the cursor one row up; from the top row to the bottom row."""
    display.screen.down(display.screen.rows - 1)


def down(display: Emulator, _: bytes) -> None:
    """Move the cursor one row down."""
    display.screen.down(1)


def start_of_row(display: Emulator, _: bytes) -> None:
    """Move the cursor to the first cell of its row."""
    display.screen.start_of_row()


def end_of_row(display: Emulator, _: bytes) -> None:
    """Move the cursor to the last cell of its row."""
    display.screen.end_of_row()


def home(display: Emulator, _: bytes) -> None:
    """Move the cursor to the first cell."""
    display.screen.to(0, 0)


def bottom(display: Emulator, _: bytes) -> None:
    """Move the cursor to the last cell."""
    display.screen.to(display.screen.rows - 1, display.screen.columns - 1)


def to_xy(display: Emulator, args: bytes) -> None:
    """Move the cursor to column ``args[0]`` of row ``args[1]``, both counted from 1.

    A display ignores a place that it does not have. But a 0 is a lost byte: see ``noise``.
    """
    if b"\0" in args:
        display.screen.forget()
    display.screen.to(args[1] - 1, args[0] - 1)


def to_cell(display: Emulator, args: bytes) -> None:
    """Move the cursor to the cell ``args[0]``, counted from 0 through all rows."""
    display.screen.to_index(args[0])


def marked(mark: str) -> Action:
    """Write a character with a mark in the same cell, so that 12,34 needs four cells."""

    def write(display: Emulator, args: bytes) -> None:
        display.screen.put(display.decoded(args) + mark)

    return write


def mode(chosen: EndOfText) -> Action:
    """Select what happens at the end of the text."""

    def select_mode(display: Emulator, _: bytes) -> None:
        display.screen.mode = chosen

    return select_mode


def code_page(display: Emulator, args: bytes) -> None:
    """Select the code page; ignore an unknown one. Digits are the same in all."""
    display.page = CODE_PAGES.get(args[0], display.page)


def row_text(row: int) -> Action:
    """Replace the row by the text before the terminator."""

    def write(display: Emulator, args: bytes) -> None:
        if b"\0" in args:  # a lost byte: see ``noise``
            display.screen.forget()
        else:
            display.screen.write_row(row, display.decoded(args[:-1]))

    return write


def all_text(display: Emulator, args: bytes) -> None:
    """Replace all rows by the text before the terminator, row after row."""
    screen, text = display.screen, display.decoded(args[:-1])
    if b"\0" in args:  # a lost byte: see ``noise``
        screen.forget()
        return
    for row in range(screen.rows):
        last = row + 1 == screen.rows
        end = None if last else (row + 1) * screen.columns
        screen.write_row(row, text[row * screen.columns : end])


def running_text(row: int) -> Action:
    """Scroll text through the row: what is visible changes, so the row is not known."""

    def write(display: Emulator, _: bytes) -> None:
        display.screen.cells[row] = [None] * display.screen.columns

    return write


def row_or_clear(row: int) -> Action:
    """Replace the row by the text, or blank the display without a text (makers differ here)."""

    def write(display: Emulator, args: bytes) -> None:
        if args[:-1]:
            row_text(row)(display, args)
        else:
            display.screen.clear()

    return write


def attention(display: Emulator, args: bytes) -> None:
    """Set the bytes that begin commands from now on."""
    display.dialect = display.dialect.with_attention(args[:-1])


def answered(action: Action) -> Action:
    """Run the action, and acknowledge it to the register."""

    def run(display: Emulator, args: bytes) -> None:
        action(display, args)
        display.answers += ACK

    return run
