"""What several verbs share: reading the configuration, and exiting with a message."""

from __future__ import annotations

import logging
import os
import shutil
import sys
import textwrap
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import NoReturn, TypeVar

import anyio
import typer

from kiosk.base import atomic_file
from kiosk.base.errors import CallError, ConfigError
from kiosk.base.language import _, system_reason
from kiosk.config import Config, load
from kiosk.config.loader import CheckedFile

T = TypeVar("T")

# What a library logs is said by the command itself, in the person's language. Without a handler
# Python would print it, too.
logging.getLogger("kiosk").addHandler(logging.NullHandler())

# The answers to a question of yes or no, in each of our languages.
YES, NO = ("y", "yes", "s", "si", "sí", "sim"), ("n", "no", "nao", "não")


def fail(sentence: object, code: int = 1) -> NoReturn:
    """Print what is wrong on standard error and exit."""
    typer.echo(str(sentence), err=True)
    raise typer.Exit(code)


def say_line(line: str) -> None:
    """Print a line. On a terminal it is broken between words, and goes on a little to the right."""
    if sys.stdout.isatty():
        width = shutil.get_terminal_size().columns
        line = textwrap.fill(
            line, width, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False
        )
    typer.echo(line)


def load_or_exit(path: Path) -> Config:
    """Return the configuration, or print all its faults and exit with 2."""
    try:
        return load(path, os.environ)
    except ConfigError as error:
        fail(error, code=2)


def stated_path(checked: CheckedFile, section: str, key: str) -> Path | None:
    """Return the path in this setting, even if the configuration has faults elsewhere."""
    path = checked.document.get((section, key))
    return Path(path) if isinstance(path, str) else None


def write_drawing(output: Path, data: bytes) -> None:
    """Write a drawing to a file, or to a device such as /dev/stdout."""
    try:
        if output.is_file() or not output.exists():
            atomic_file.replace(output, data)
        else:
            output.write_bytes(data)
    except OSError as error:
        fail(
            _(
                "{output}: the drawing can't be written ({reason}); name another file",
                output=output,
                reason=system_reason(error),
            )
        )


def run_or_exit(answer: Callable[[], Awaitable[T]]) -> T:
    """Ask the service. Exit with 1 if it refuses, with 2 if the configuration is not sufficient."""
    try:
        return anyio.run(answer)
    except ConfigError as error:
        fail(error, code=2)
    except CallError as error:
        fail(error)
