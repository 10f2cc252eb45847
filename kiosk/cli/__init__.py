"""The command ``kiosk``: one file for each group of verbs. ``README.md`` lists them.

Exit 0: good. 1: the thing asked about is not well. 2: wrong usage or configuration.
"""

from __future__ import annotations

import importlib.metadata
import os
from typing import Annotated

import typer

from kiosk.base.language import language_of, speak
from kiosk.cli import (
    check,
    device_tests,
    doctor,
    identify,
    last,
    migrate,
    orders,
    pos,
    preview,
    record,
    replay,
    report,
    run,
    safe_mode,
    sale,
    setup,
    simulate,
    simulate_api,
    status,
    voice,
    watch,
)

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"kiosk {importlib.metadata.version('kiosk')}")
        raise typer.Exit


@app.callback()
def kiosk(
    _version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version and exit."
        ),
    ] = False,
) -> None:
    """A payment display for shop counters."""


app.command()(run.run)
app.command()(check.check)
app.command()(check.schema)
app.command()(preview.preview)
app.command()(status.status)
app.command()(watch.watch)
app.command()(last.last)
app.command()(voice.voice)
app.command()(simulate.simulate)
app.command("simulate-api")(simulate_api.simulate_api)
app.command()(doctor.doctor)
app.command()(migrate.migrate)
app.command()(report.report)
app.command("safe-mode")(safe_mode.safe_mode)
app.command()(sale.sale)
app.command()(setup.setup)
app.command()(identify.identify)
app.command()(record.record)
app.command()(replay.replay)
app.add_typer(orders.app, name="orders")
app.add_typer(pos.app, name="pos")
app.add_typer(device_tests.app, name="test")


def main() -> None:
    """Run the command line, in the language of the person who types."""
    speak(language_of(os.environ))
    app()
