"""What stands on a character display: cells, a cursor, and what is not known of either.

A cell is None as long as nobody has seen what was written there. A kiosk that comes in amid a
sentence, or meets a command that it does not know, reads nothing until the display is written anew.
"""

from __future__ import annotations

from enum import Enum


class EndOfText(Enum):
    """What happens at the end of the text."""

    OVERWRITE = "overwrite"  # it goes on in the other row
    VERTICAL = "vertical"  # the rows move up
    HORIZONTAL = "horizontal"  # the row moves left


class CharacterDisplay:
    """The cells and the cursor. Rows and columns count from 0."""

    def __init__(self, rows: int, columns: int) -> None:
        self.rows, self.columns = rows, columns
        self.forget()

    def forget(self) -> None:
        """Know neither what is shown nor where the next character goes."""
        self.cells: list[list[str | None]] = [self._row(None) for _ in range(self.rows)]
        self.cursor: tuple[int, int] | None = None
        self.mode = EndOfText.OVERWRITE

    def clear(self) -> None:
        """Blank all cells; the cursor goes home."""
        self.cells = [self._row(" ") for _ in range(self.rows)]
        self.cursor = (0, 0)

    def text(self) -> tuple[str | None, ...]:
        """Return the rows' texts; None for a row that is not wholly known."""
        return tuple(
            "".join(cell or "" for cell in row) if None not in row else None for row in self.cells
        )

    def put(self, char: str) -> None:
        """Write at the cursor: a character, or one with the mark that shares its cell."""
        if self.cursor is None:
            return
        row, column = self._room()
        self.cells[row][column] = char
        self.cursor = (row, column + 1)
        if self.mode is EndOfText.OVERWRITE and column + 1 == self.columns:
            self.cursor = ((row + 1) % self.rows, 0)

    def write_row(self, row: int, text: str) -> None:
        """Replace a row by the text; one that is too long can't be known to be whole."""
        fits = len(text) <= self.columns
        self.cells[row] = list(text.ljust(self.columns)) if fits else self._row(None)

    def clear_row(self) -> None:
        """Blank the cursor's row; the cursor goes to its beginning."""
        if self.cursor:
            self.cells[self.cursor[0]] = self._row(" ")
            self.start_of_row()

    def to(self, row: int, column: int) -> None:
        """Put the cursor there; a place that is not on the display is ignored."""
        if 0 <= row < self.rows and 0 <= column < self.columns:
            self.cursor = (row, column)

    def to_index(self, index: int) -> None:
        """Put the cursor on a cell counted through all rows."""
        self.to(*divmod(index, self.columns))

    def start_of_row(self) -> None:
        """Put the cursor at the beginning of its row."""
        if self.cursor:
            self.cursor = (self.cursor[0], 0)

    def end_of_row(self) -> None:
        """Put the cursor on the last cell of its row."""
        if self.cursor:
            self.cursor = (self.cursor[0], self.columns - 1)

    def step(self, cells: int) -> None:
        """Move the cursor along the text, around the display's ends."""
        if self.cursor:
            row, column = self.cursor
            index = (row * self.columns + min(column, self.columns - 1) + cells) % self._size
            self.cursor = divmod(index, self.columns)

    def down(self, rows: int) -> None:
        """Move the cursor to another row: around, or with the text where that moves up."""
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
        """Return the cell to write to, having made room at the end of the text."""
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
