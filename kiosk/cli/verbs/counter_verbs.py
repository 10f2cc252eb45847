"""The verbs around the running counter."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated

import typer

from kiosk.base.language import _
from kiosk.base.permissions import COMMAND_SOCKET
from kiosk.cli.verbs.shared_options import (
    DEFAULT_CONFIG,
    ConfigOption,
    JsonOption,
    SecondsOption,
)

app = typer.Typer(rich_markup_mode=None)


@app.command()
def run(config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Run the counter until SIGTERM. SIGHUP makes it read the configuration again."""
    from kiosk.cli import run as work

    work.run(config)


@app.command()
def status(
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
    watch: Annotated[
        bool, typer.Option("--watch", help="Show it live, with the time left to pay.")
    ] = False,
    seconds: SecondsOption = math.inf,
) -> None:
    """Print the live state.

    Exit 1: the kiosk is not running, it is out of service, an input is not connected, or the
    configuration has faults. Without a terminal, --watch prints what changes, line by line.
    """
    if watch:
        if as_json:
            raise typer.BadParameter(_("write either --watch or --json"))
        from kiosk.cli import live_status

        live_status.watch_status(config, seconds)
        return
    from kiosk.cli import status as work

    work.status(config, as_json)


@app.command()
def watch(
    name: Annotated[str, typer.Argument(metavar="INPUT", help="The name of the input.")],
    config: ConfigOption = DEFAULT_CONFIG,
    seconds: SecondsOption = math.inf,
) -> None:
    """Print the latest readings of an input, and each new one: accepted, rejected or unread.

    Unread is what ended without an amount; the reason says why. The kiosk goes on selling. Exit 1:
    the kiosk is not running, or the input is not connected.
    """
    from kiosk.cli import watch as work

    work.watch(name, config, seconds)


@app.command()
def sale(
    amount: Annotated[
        str, typer.Argument(help="The amount to pay, such as 12.50. Not with --cancel.")
    ] = "",
    cancel: Annotated[bool, typer.Option("--cancel", help="Cancel the open sale.")] = False,
    wait: Annotated[
        bool, typer.Option(help="Wait for the result. The sale continues in both cases.")
    ] = True,
    path: Annotated[
        Path, typer.Option("--socket", help="The socket of the input `command`.")
    ] = COMMAND_SOCKET,
    as_json: JsonOption = False,
) -> None:
    """Sell for an amount at the counter. Exit 0: paid (or accepted with --no-wait); 1: not."""
    from kiosk.cli import sale as work

    work.sale(amount, cancel, wait, path, as_json)


@app.command()
def last(
    config: ConfigOption = DEFAULT_CONFIG,
    say: Annotated[
        bool, typer.Option("--say", help="Let the voice of the running kiosk say it again.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Print how the newest sale ended that has a result.

    Exit 1: no sale has a result yet, or it can't be said.
    """
    from kiosk.cli import last as work

    work.last(config, say, as_json)


@app.command("safe-mode", hidden=True)
def safe_mode(config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Show on the panel and the lamps that the kiosk does not start, until SIGTERM."""
    from kiosk.cli import safe_mode as work

    work.safe_mode(config)
