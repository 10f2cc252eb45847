"""``kiosk migrate``: from a configuration of an older order driver to one for the Orders API."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import anyio
import typer

from kiosk.base.errors import ConfigError
from kiosk.cli.common import fail
from kiosk.cli.sale_records import look
from kiosk.config import Config
from kiosk.config.migration import Migrated
from kiosk.config.migration import migrate as rewrite
from kiosk.config.parsing import parse_settings

# An order of the older dynamic model can't be canceled, so that story ends better now.
BETTER = {("expired", "canceled")}


def migrate(
    file: Annotated[Path, typer.Argument(help="A configuration of an older driver.")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="The new file; else standard output.")
    ] = None,
    check: Annotated[
        bool, typer.Option(help="Sell through both, on the simulator, and compare.")
    ] = False,
) -> None:
    """Write the configuration anew for the Orders API, and list what changes.

    The old file is left as it is. Exit 1: with --check, a sale ends otherwise, or something is
    left that has to be changed by hand.
    """
    text = _read(file)
    try:
        migrated = rewrite(text)
    except ConfigError as error:
        fail("\n".join(f"{file}: {fault}" for fault in error.faults), code=2)
    _write(migrated, output)
    for change in migrated.changes:
        typer.echo(change, err=True)
    before, after = _config(text), _new_config(migrated.text, output or file)
    _warn_of_open_sales(before)
    if check:
        _compare(before, after)


def _read(file: Path) -> str:
    try:
        return file.read_text("utf-8-sig").replace("\r\n", "\n")
    except (OSError, UnicodeDecodeError) as error:
        fail(f"{file}: the configuration can't be read ({error}); check its name", code=2)


def _write(migrated: Migrated, output: Path | None) -> None:
    if output is None:
        typer.echo(migrated.text, nl=False)
        return
    try:
        with output.open("x") as new:
            new.write(migrated.text)
    except OSError as error:
        fail(f"{output} can't be written: {error.strerror}; choose a new name", code=2)


def _config(text: str) -> Config:
    settings = parse_settings(text, Config).settings
    assert settings is not None, "it was read before"
    return settings


def _new_config(text: str, file: Path) -> Config:
    """Return the new configuration, or leave with what has to be changed by hand."""
    parsed = parse_settings(text, Config)
    if parsed.settings is None:
        fail("\n".join(fault.line(str(file)) for fault in parsed.faults))
    settings = parsed.settings
    try:
        settings.orders.validate_sample(
            expires_after=settings.sale.expires_after, currency=settings.kiosk.currency
        )
    except ConfigError as error:
        fail("\n".join(f"{file}: {fault}" for fault in error.faults))
    return settings


def _warn_of_open_sales(config: Config) -> None:
    """An order of one driver can't be looked at by another."""
    path = config.journal.path
    if path.exists() and look(path, lambda journal: journal.unsettled()):
        typer.echo(
            f"warning: {path} holds a sale that is not settled; let the kiosk settle it before "
            "it gets the new configuration",
            err=True,
        )


def _compare(before: Config, after: Config) -> None:
    """Print how each story ends through both; exit 1 if one ends worse, or otherwise."""
    try:
        from kiosk.simulator.sample_sales import run_sample_sales  # noqa: PLC0415
    except ModuleNotFoundError as error:
        fail(f"{error.name} is missing; run: pip install 'kiosk[simulator]'", code=2)

    def endings(config: Config) -> dict[str, str]:
        sale, shop = config.sale, config.kiosk
        return anyio.run(run_sample_sales, config.orders, sale.expires_after, shop.currency)

    old, new = endings(before), endings(after)
    same = True
    for story, ending in old.items():
        better = (ending, new[story]) in BETTER
        same &= better or ending == new[story]
        arrow = ending if ending == new[story] else f"{ending} before, {new[story]} now"
        typer.echo(f"{story}: {arrow}", err=True)
    if not same:
        raise typer.Exit(1)
