"""``kiosk orders``: the sales in the journal, and what the service says about their orders."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import Annotated, Any

import typer

from kiosk.base.money import CURRENCIES, Money
from kiosk.cli.common import DEFAULT_CONFIG, ConfigOption, JsonOption, fail, load_or_exit
from kiosk.cli.sale_records import (
    EVERYTHING,
    DayOption,
    OutcomeOption,
    ask_service,
    read_journal,
    sale_as_json,
    select_sales,
)
from kiosk.config import Config
from kiosk.journal import SaleRecord
from kiosk.orders import refund_key
from kiosk.sale.events import OrderSeen
from kiosk.sale.words import Outcome

app = typer.Typer(help="The orders of this counter.", no_args_is_help=True)


COLUMNS = (
    "reference",
    "order_id",
    "amount",
    "currency",
    "outcome",
    "source",
    "created_at",
    "ended_at",
    "told_at",
)


class Format(StrEnum):
    """The format of an export."""

    CSV = "csv"
    JSON = "json"


Word = Annotated[str, typer.Argument(help="The reference of a sale, or the id of an order.")]


@app.command("list")
def list_orders(
    config: ConfigOption = DEFAULT_CONFIG,
    newest: Annotated[int, typer.Option(help="How many sales, the newest first.", min=1)] = 50,
    day: DayOption = None,
    outcome: OutcomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the newest sales in the journal."""
    records = list(islice(_sales(load_or_exit(config), day, outcome), newest))
    if as_json:
        typer.echo(json.dumps([sale_as_json(record) for record in records]))
        return
    for record in records:
        sale = record.sale
        outcome = record.outcome or "open"
        amount = f"{sale.amount.plain()} {sale.amount.currency}"
        typer.echo(
            f"{record.created_at:<29}  {outcome:<9}  {amount:>16}  "
            f"{sale.reference}  {sale.order_id or '-'}"
        )


@app.command()
def show(word: Word, config: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False) -> None:
    """Show a sale from the journal, and what the service says about its order now."""
    settings = load_or_exit(config)
    record = read_journal(settings.journal.path, lambda journal: journal.find(word))
    if record is None:
        fail(f"{word}: no sale in {settings.journal.path} has this reference or order id")
    reference, order_id = record.sale.reference, record.sale.order_id
    events = read_journal(settings.journal.path, lambda journal: journal.events(reference))
    seen = ask_service(settings, lambda orders: orders.fetch(order_id)) if order_id else None
    service = f"{seen.status}/{seen.status_detail}, {seen.total}" if seen else None
    about = {**sale_as_json(record), "service": service}
    if as_json:
        typer.echo(json.dumps({**about, "events": events}))
        return
    for name, value in about.items():
        typer.echo(f"{name}: {value or '-'}")
    for at, event, detail in events:
        typer.echo(f"  {at}  {event:<11} {detail}")


@app.command()
def cancel(word: Word, config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Cancel an order that is not paid. A running kiosk sees it when it next asks the service."""
    settings = load_or_exit(config)
    order_id = _order_id(settings, word)
    _print_result(ask_service(settings, lambda orders: orders.cancel(order_id)), wanted="canceled")


@app.command()
def refund(
    word: Word,
    amount: Annotated[
        str, typer.Option(help="A part of the amount, such as 12.50. Default: all.")
    ] = "",
    number: Annotated[
        int, typer.Option(min=1, help="2 for a second refund of the same amount.")
    ] = 1,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Refund a paid order. Repeating the same command refunds nothing more."""
    settings = load_or_exit(config)
    order_id = _order_id(settings, word)
    part = _money(amount, settings.kiosk.currency) if amount else None
    # Each partial refund has its own key: repeating it is safe, and a second one is possible.
    key = refund_key(f"{order_id}/{part.plain()}/{number}" if part else order_id)
    seen = ask_service(settings, lambda orders: orders.refund(order_id, key, part))
    if part and seen.status_detail == "partially_refunded":
        _print_result(seen, wanted="partially_refunded")
    _print_result(seen, wanted="refunded")


@app.command()
def export(
    config: ConfigOption = DEFAULT_CONFIG,
    day: DayOption = None,
    outcome: OutcomeOption = None,
    form: Annotated[Format, typer.Option("--format", help="The format: csv or json.")] = Format.CSV,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="The file to write. Default: standard output."),
    ] = None,
) -> None:
    """Write sales for a spreadsheet or a program, the oldest first."""
    rows = [sale_as_json(record) for record in _sales(load_or_exit(config), day, outcome)][::-1]
    text = json.dumps(rows, indent=2) + "\n" if form is Format.JSON else _csv(rows)
    if output is None:
        typer.echo(text, nl=False)
        return
    try:
        output.write_text(text, newline="")
    except OSError as error:
        fail(f"{output} can't be written ({error.strerror}); choose another file", code=2)


def _csv(rows: list[dict[str, Any]]) -> str:
    """Return RFC 4180 lines. The header is written even if there are no sales."""
    sheet = io.StringIO()
    writer = csv.DictWriter(sheet, COLUMNS)
    writer.writeheader()
    writer.writerows(rows)
    return sheet.getvalue()


def _sales(settings: Config, day: datetime | None, outcome: str | None) -> Iterator[SaleRecord]:
    """Yield the selected sales of the journal, the newest first."""
    if outcome is not None and outcome not in {*Outcome, "open"}:
        words = ", ".join([*Outcome, "open"])
        fail(f"--outcome: {outcome!r} is not a valid outcome; choose from {words}", code=2)
    records = read_journal(settings.journal.path, lambda journal: journal.sales(EVERYTHING))
    return select_sales(records, day.date() if day else None, outcome)


def _money(text: str, currency: str) -> Money:
    try:
        return Money(Decimal(text), CURRENCIES[currency])
    except (InvalidOperation, AssertionError):
        fail(f"--amount: {text!r} is not a valid amount in {currency}; write it like 12.50", code=2)


def _print_result(seen: OrderSeen, wanted: str) -> None:
    typer.echo(f"{seen.order_id}: {seen.status} ({seen.status_detail})")
    raise typer.Exit(0 if wanted in (seen.status, seen.status_detail) else 1)


def _order_id(settings: Config, word: str) -> str:
    """Return the order id: the word itself, or that of the sale with this reference."""
    if not settings.journal.path.exists():
        return word  # without a journal the word can only be an id
    record = read_journal(settings.journal.path, lambda journal: journal.find(word))
    if record and not record.sale.order_id:
        fail(f"{word}: this sale has no order at the service")
    return record.sale.order_id if record else word
