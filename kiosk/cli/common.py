"""What several verbs share: reading the configuration, and leaving with a sentence."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, NoReturn, TypeVar

import anyio
import typer

from kiosk.base.errors import CallError, ConfigError
from kiosk.config import Config, load
from kiosk.config.loader import CheckedFile

T = TypeVar("T")

ConfigOption = Annotated[
    Path,
    # Whether it can be read is said in the words of all its other faults.
    typer.Option("--config", "-c", help="The configuration file.", readable=False),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]
DEFAULT_CONFIG = Path("/etc/kiosk/kiosk.yaml")


def fail(sentence: object, code: int = 1) -> NoReturn:
    """Say what is wrong on standard error, and leave."""
    typer.echo(str(sentence), err=True)
    raise typer.Exit(code)


def load_or_leave(path: Path) -> Config:
    """Return the configuration, or print all its faults and exit 2."""
    try:
        return load(path, os.environ)
    except ConfigError as error:
        fail(error, code=2)


def stated_path(checked: CheckedFile, section: str, key: str) -> Path | None:
    """Return the path that a configuration names there, whatever else is wrong with it."""
    path = checked.document.get((section, key))
    return Path(path) if isinstance(path, str) else None


def run_or_leave(answer: Callable[[], Awaitable[T]]) -> T:
    """Ask the service, or leave with its refusal (1) or with what the configuration lacks (2)."""
    try:
        return anyio.run(answer)
    except ConfigError as error:
        fail(error, code=2)
    except CallError as error:
        fail(error)
