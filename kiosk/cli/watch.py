"""``kiosk watch``: what an input of the running kiosk reads, live, each with its verdict."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import anyio
import typer

from kiosk.base.errors import ConfigError
from kiosk.base.language import _
from kiosk.cli.common import fail
from kiosk.cli.status import input_line, read_status, status_file

LOOK_EVERY = 0.25  # seconds


def watch(name: str, config: Path, seconds: float) -> None:
    """Perform ``kiosk watch``."""
    path, faults = status_file(config)
    follower = _Follower(path, faults, name)
    anyio.run(follower.follow, seconds)
    raise typer.Exit(0 if follower.connected else 1)


class _Follower:
    """Prints what is new about an input in the status file."""

    def __init__(self, path: Path, faults: ConfigError | None, name: str) -> None:
        self._path, self._faults, self._name = path, faults, name
        self._shown = 0  # the number of the latest reading that was printed
        self.connected = False

    async def follow(self, seconds: float) -> None:
        """Print the state, and then each change of it."""
        state = _input(self._path, self._faults, self._name)
        typer.echo(input_line(self._name, state))
        self.connected = state["connected"]
        self._print(state, "")
        with anyio.move_on_after(seconds):
            while True:
                await anyio.sleep(LOOK_EVERY)
                self._look(time.strftime("%H:%M:%S"))

    def _look(self, now: str) -> None:
        state = _input(self._path, self._faults, self._name)
        if state["connected"] != self.connected:
            self.connected = state["connected"]
            news = _("connected") if self.connected else _("lost: {why}", why=state["why"])
            typer.echo(f"{now}  {news}")
        self._print(state, now)

    def _print(self, state: dict[str, Any], now: str) -> None:
        """Print the readings that were not printed yet."""
        for reading in state["latest"]:
            if reading["number"] > self._shown:
                self._shown = reading["number"]
                typer.echo(f"{now:8}  {_(reading['verdict'])}: {reading['text']}")


def _input(path: Path, faults: ConfigError | None, name: str) -> dict[str, Any]:
    """Return the state of this input, or exit."""
    inputs: dict[str, dict[str, Any]] = read_status(path, faults)[1].get("inputs", {})
    if name not in inputs:
        fail(
            _(
                "there is no input {name}; write one of: {inputs}",
                name=name,
                inputs=", ".join(inputs) or _("none"),
            ),
            code=2,
        )
    return inputs[name]
