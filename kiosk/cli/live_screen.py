"""What changes while a person looks: drawn over and over, or line by line without a terminal."""

from __future__ import annotations

import shutil
import sys
import textwrap
import time
from collections.abc import Callable, Iterable
from typing import Protocol

import typer

_TOP, _END_OF_LINE, _BELOW = "\x1b[H", "\x1b[K", "\x1b[J"  # ECMA-48: CUP, EL, ED


def _nothing(_columns: int) -> str:
    return ""


class ShowLines(Protocol):
    """Shows lines, the most important one first, and a last one that fits the columns."""

    def __call__(self, lines: Iterable[str], last: Callable[[int], str] = _nothing, /) -> None:
        """Show them in place of those before."""
        ...


def live_screen() -> ShowLines:
    """Return what shows lines on this standard output."""
    return _Terminal().show if sys.stdout.isatty() else _Changes().show


def wrapped(line: str, columns: int) -> list[str]:
    """Return the line in parts that fit; what cannot be broken is cut into two."""
    return textwrap.wrap(line, max(columns, 10), subsequent_indent="  ")


class _Terminal:
    """Draws the lines over the last ones."""

    def __init__(self) -> None:
        typer.echo(_BELOW, nl=False)

    def show(self, lines: Iterable[str], last: Callable[[int], str] = _nothing) -> None:
        """Draw the lines, cut to the size of the terminal."""
        size = shutil.get_terminal_size()
        parts = [part for line in lines for part in wrapped(line, size.columns)]
        parts += wrapped(last(size.columns - 1), size.columns)
        text = "".join(f"{part}{_END_OF_LINE}\n" for part in parts[: size.lines - 1])
        typer.echo(f"{_TOP}{text}{_BELOW}", nl=False)
        sys.stdout.flush()


class _Changes:
    """Prints the lines that have changed, each with its time."""

    def __init__(self) -> None:
        self._shown: list[str] = []

    def show(self, lines: Iterable[str], _last: Callable[[int], str] = _nothing) -> None:
        """Print what is new."""
        now = list(lines)
        for line in now:
            if line not in self._shown:
                typer.echo(f"{time.strftime('%H:%M:%S')}  {line}")
        sys.stdout.flush()
        self._shown = now
