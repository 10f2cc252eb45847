"""``kiosk migrate``: convert a configuration of an older orders driver to the Orders API."""

from __future__ import annotations

from pathlib import Path

import anyio
import typer

from kiosk.base.errors import ConfigError
from kiosk.base.language import _, system_reason
from kiosk.cli.common import fail
from kiosk.cli.extra import simulator_extra
from kiosk.cli.sale_records import is_absent, read_journal
from kiosk.config import Config
from kiosk.config.migration import Migrated
from kiosk.config.migration import migrate as rewrite
from kiosk.config.parsing import parse_settings

# The older dynamic model can't cancel an order; the Orders API can, which is better.
BETTER = {("expired", "canceled")}


def migrate(file: Path, output: Path | None, check: bool) -> None:
    """Perform ``kiosk migrate``."""
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
        reason = system_reason(error) if isinstance(error, OSError) else _("it is not text")
        fail(_("{path} can't be read ({reason}); check its name", path=file, reason=reason), code=2)


def _write(migrated: Migrated, output: Path | None) -> None:
    if output is None:
        typer.echo(migrated.text, nl=False)
        return
    try:
        with output.open("x") as new:
            new.write(migrated.text)
    except OSError as error:
        reason = system_reason(error)
        fail(
            _("{path} can't be written ({reason}); choose another", path=output, reason=reason),
            code=2,
        )


def _config(text: str) -> Config:
    settings = parse_settings(text, Config).settings
    assert settings is not None, "the migration has parsed this text already"
    return settings


def _new_config(text: str, file: Path) -> Config:
    """Return the new configuration, or exit with what must be changed by hand."""
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
    """Warn if a sale is not settled: one driver can't fetch the orders of another."""
    path = config.journal.path
    if not is_absent(path) and read_journal(path, lambda journal: journal.unsettled()):
        typer.echo(
            _(
                "warning: {path} holds a sale that is not settled; wait until the kiosk has "
                "settled it, then install the new configuration",
                path=path,
            ),
            err=True,
        )


def _compare(before: Config, after: Config) -> None:
    """Print how each sample sale ends with both. Exit with 1 if one ends in another way."""
    with simulator_extra():
        from kiosk.simulator.sample_sales import run_sample_sales  # noqa: PLC0415

    def outcomes(config: Config) -> dict[str, str]:
        sale, shop = config.sale, config.kiosk
        return anyio.run(run_sample_sales, config.orders, sale.expires_after, shop.currency)

    old, new = outcomes(before), outcomes(after)
    same = True
    for sample, outcome in old.items():
        better = (outcome, new[sample]) in BETTER
        same &= better or outcome == new[sample]
        both = _("{before} before, {now} now", before=outcome, now=new[sample])
        change = outcome if outcome == new[sample] else both
        typer.echo(f"{sample}: {change}", err=True)
    if not same:
        raise typer.Exit(1)
