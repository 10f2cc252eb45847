"""The verbs about sales: ``kiosk orders`` and ``kiosk report``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kiosk.cli.verbs.shared_options import (
    DEFAULT_CONFIG,
    GROUP_CONTEXT,
    ConfigOption,
    DayOption,
    ExportFormat,
    JsonOption,
    OutcomeOption,
    SaleWord,
)
from kiosk.sale.words import Decision

app = typer.Typer(rich_markup_mode=None)
orders = typer.Typer(
    help="The orders of this counter.", no_args_is_help=True, context_settings=GROUP_CONTEXT
)
app.add_typer(orders, name="orders")


@app.command()
def report(
    day: DayOption = None,
    config: ConfigOption = DEFAULT_CONFIG,
    offline: Annotated[bool, typer.Option(help="Add up only; do not ask the service.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Add up a day, and compare each of its sales with the service.

    Without --day, it reports the day of the newest sale. Exit 1: journal and service differ, the
    service does not answer, or the journal has a sale that can't be read.
    """
    from kiosk.cli import report as work

    work.report(day, config, offline, as_json)


@orders.command("list")
def list_orders(
    config: ConfigOption = DEFAULT_CONFIG,
    newest: Annotated[int, typer.Option(help="How many sales, the newest first.", min=1)] = 50,
    day: DayOption = None,
    outcome: OutcomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the newest sales in the journal."""
    from kiosk.cli import orders as work

    work.list_orders(config, newest, day, outcome, as_json)


@orders.command()
def show(
    word: SaleWord, config: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False
) -> None:
    """Show a sale from the journal, and what the service says about its order now.

    Exit 1: there is no such sale, or the service can't be asked about it.
    """
    from kiosk.cli import orders as work

    work.show(word, config, as_json)


@orders.command()
def cancel(word: SaleWord, config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Cancel an order that is not paid. A running kiosk sees it when it next asks the service."""
    from kiosk.cli import order_changes as work

    work.cancel(word, config)


@orders.command()
def refund(
    word: SaleWord,
    amount: Annotated[
        str | None, typer.Option(help="A part of the amount, such as 12.50. Default: all.")
    ] = None,
    number: Annotated[
        int, typer.Option(min=1, help="2 for a second refund of the same amount.")
    ] = 1,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Refund a paid order. Repeating the same command refunds nothing more."""
    from kiosk.cli import refund as work

    work.refund(word, amount, number, config)


@orders.command()
def settle(
    reference: Annotated[str, typer.Argument(help="The reference of the sale.")],
    outcome: Annotated[Decision, typer.Option("--as", help="How the sale ended.")],
    note: Annotated[
        str, typer.Option(help="Who decided it, and why. The journal keeps this text.")
    ],
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Decide how a sale ended that is set aside, or that can't be read. Exit 1: not decided.

    The service is asked first. If it says that the order can be paid, or that it ended otherwise,
    the decision is refused.
    """
    from kiosk.cli import settle as work

    work.settle(reference, outcome, note, config)


@orders.command()
def looks(
    config: ConfigOption = DEFAULT_CONFIG,
    reset: Annotated[
        bool, typer.Option("--reset", help="Forget the learned times. The kiosk learns new ones.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Show how fast the payers of this counter pay, and when the kiosk looks at an order."""
    from kiosk.cli import looks as work

    work.looks(config, reset, as_json)


@orders.command()
def export(
    config: ConfigOption = DEFAULT_CONFIG,
    day: DayOption = None,
    outcome: OutcomeOption = None,
    form: Annotated[
        ExportFormat, typer.Option("--format", help="The format: csv or json.")
    ] = ExportFormat.CSV,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="The file to write. Default: standard output."),
    ] = None,
) -> None:
    """Write sales for a spreadsheet or a program, the oldest first."""
    from kiosk.cli import orders as work

    work.export(config, day, outcome, form, output)
