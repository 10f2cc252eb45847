"""A character display: its cells, its cursor, and which of them are known.

A cell is None if it is not known what it shows. When the kiosk is switched on after the register,
or gets an unknown command, nothing is known until the register writes the display again.
"""

from __future__ import annotations

from enum import Enum


class EndOfText(Enum):
    """What happens at the end of the text."""

    OVERWRITE = "overwrite"  # the text goes on in the other row
    VERTICAL = "vertical"  # the rows move up
    HORIZONTAL = "horizontal"  # the row moves left


class CharacterDisplay:
    """The cells and the cursor. Rows and columns count from 0."""

    def __init__(self, rows: int, columns: int) -> None:
        self.rows, self.columns = rows, columns
        self.cells: list[list[str | None]] = [self._row(None) for _ in range(rows)]
        self.cursor: tuple[int, int] | None = None
        self.mode = EndOfText.OVERWRITE

    def forget(self) -> None:
        """Set all cells and the cursor to unknown."""
        self.cells = [self._row(None) for _ in range(self.rows)]
        self.cursor = None
        self.mode = EndOfText.OVERWRITE

    def clear(self) -> None:
        """Blank all cells; the cursor moves to the first one."""
        self.cells = [self._row(" ") for _ in range(self.rows)]
        self.cursor = (0, 0)

    def text(self) -> tuple[str | None, ...]:
        """Return the text of each row, or None for a row with an unknown cell."""
        return tuple(
            "".join(cell or "" for cell in row) if None not in row else None for row in self.cells
        )

    def put(self, char: str) -> None:
        """Write at the cursor: a character, or a character with a mark in the same cell."""
        if self.cursor is None:
            return
        row, column = self._room()
        self.cells[row][column] = char
        self.cursor = (row, column + 1)
        if self.mode is EndOfText.OVERWRITE and column + 1 == self.columns:
            self.cursor = ((row + 1) % self.rows, 0)

    def write_row(self, row: int, text: str) -> None:
        """Replace a row by the text. Of a text that is too long, it is not known what is shown."""
        fits = len(text) <= self.columns
        self.cells[row] = list(text.ljust(self.columns)) if fits else self._row(None)

    def clear_row(self) -> None:
        """Blank the cursor's row; the cursor moves to its beginning."""
        if self.cursor:
            self.cells[self.cursor[0]] = self._row(" ")
            self.start_of_row()

    def to(self, row: int, column: int) -> None:
        """Move the cursor to this cell; ignore a cell that is not on the display."""
        if 0 <= row < self.rows and 0 <= column < self.columns:
            self.cursor = (row, column)

    def to_index(self, index: int) -> None:
        """Move the cursor to a cell that is counted through all rows."""
        self.to(*divmod(index, self.columns))

    def start_of_row(self) -> None:
        """Move the cursor to the beginning of its row."""
        if self.cursor:
            self.cursor = (self.cursor[0], 0)

    def end_of_row(self) -> None:
        """Move the cursor to the last cell of its row."""
        if self.cursor:
            self.cursor = (self.cursor[0], self.columns - 1)

    def step(self, cells: int) -> None:
        """Move the cursor by some cells along the text; from the last cell to the first one."""
        if self.cursor:
            row, column = self.cursor
            index = (row * self.columns + min(column, self.columns - 1) + cells) % self._size
            self.cursor = divmod(index, self.columns)

    def down(self, rows: int) -> None:
        """Move the cursor down, after the last row to the first one; or move the rows up."""
        if self.cursor is None:
            return
        row, column = self.cursor
        column = min(column, self.columns - 1)
        if self.mode is EndOfText.VERTICAL and row + rows == self.rows:
            self._move_up()
            self.cursor = (row, column)
        else:
            self.cursor = ((row + rows) % self.rows, column)

    def _room(self) -> tuple[int, int]:
        """Return the row and column to write to; move the text, if it has no room there."""
        assert self.cursor
        row, column = self.cursor
        if column < self.columns:
            return row, column
        if self.mode is EndOfText.HORIZONTAL:
            self.cells[row] = [*self.cells[row][1:], " "]
            return row, self.columns - 1
        if row + 1 < self.rows:
            return row + 1, 0
        self._move_up()
        return row, 0

    def _move_up(self) -> None:
        self.cells = [*self.cells[1:], self._row(" ")]

    def _row(self, cell: str | None) -> list[str | None]:
        return [cell] * self.columns

    @property
    def _size(self) -> int:
        return self.rows * self.columns
