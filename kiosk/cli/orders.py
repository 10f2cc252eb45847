"""``kiosk orders``: what the journal holds, and what the service says of it."""

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
from kiosk.cli.common import DEFAULT_CONFIG, ConfigOption, JsonOption, fail, load_or_leave
from kiosk.cli.sale_records import (
    EVERYTHING,
    DayOption,
    OutcomeOption,
    call,
    chosen,
    look,
    row,
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
    """What an export is written as."""

    CSV = "csv"
    JSON = "json"


Word = Annotated[str, typer.Argument(help="A sale's reference, or an order's id.")]


@app.command("list")
def list_orders(
    config: ConfigOption = DEFAULT_CONFIG,
    newest: Annotated[int, typer.Option(help="How many, newest first.", min=1)] = 50,
    day: DayOption = None,
    outcome: OutcomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the newest sales in the journal."""
    records = list(islice(_sales(load_or_leave(config), day, outcome), newest))
    if as_json:
        typer.echo(json.dumps([row(record) for record in records]))
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
    """Show a sale: what the journal holds, and what the service says now."""
    settings = load_or_leave(config)
    record = look(settings.journal.path, lambda journal: journal.find(word))
    if record is None:
        fail(f"{word}: no sale with this reference or order id in {settings.journal.path}")
    reference, order_id = record.sale.reference, record.sale.order_id
    events = look(settings.journal.path, lambda journal: journal.events(reference))
    seen = call(settings, lambda orders: orders.fetch(order_id)) if order_id else None
    service = f"{seen.status}/{seen.status_detail}, {seen.total}" if seen else None
    about = {**row(record), "service": service}
    if as_json:
        typer.echo(json.dumps({**about, "events": events}))
        return
    for name, value in about.items():
        typer.echo(f"{name}: {value or '-'}")
    for at, event, detail in events:
        typer.echo(f"  {at}  {event:<11} {detail}")


@app.command()
def cancel(word: Word, config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Cancel an order that nobody has paid. A running daemon sees it at its next look."""
    settings = load_or_leave(config)
    order_id = _order_id(settings, word)
    _report(call(settings, lambda orders: orders.cancel(order_id)), wanted="canceled")


@app.command()
def refund(
    word: Word,
    amount: Annotated[str, typer.Option(help="A part, as 12.50; left out: all of it.")] = "",
    number: Annotated[
        int, typer.Option(min=1, help="2 for the second refund of that very amount.")
    ] = 1,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Give a payer the money back. Repeating the command refunds nothing more."""
    settings = load_or_leave(config)
    order_id = _order_id(settings, word)
    part = _money(amount, settings.kiosk.currency) if amount else None
    # A part has a key of its own, so that repeating it is safe, and a second one possible.
    key = refund_key(f"{order_id}/{part.plain()}/{number}" if part else order_id)
    seen = call(settings, lambda orders: orders.refund(order_id, key, part))
    if part and seen.status_detail == "partially_refunded":
        _report(seen, wanted="partially_refunded")
    _report(seen, wanted="refunded")


@app.command()
def export(
    config: ConfigOption = DEFAULT_CONFIG,
    day: DayOption = None,
    outcome: OutcomeOption = None,
    form: Annotated[Format, typer.Option("--format", help="csv or json.")] = Format.CSV,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="A file.")] = None,
) -> None:
    """Write sales for a spreadsheet or a program, oldest first."""
    rows = [row(record) for record in _sales(load_or_leave(config), day, outcome)][::-1]
    text = json.dumps(rows, indent=2) + "\n" if form is Format.JSON else _csv(rows)
    if output is None:
        typer.echo(text, nl=False)
        return
    try:
        output.write_text(text, newline="")
    except OSError as error:
        fail(f"{output} can't be written: {error.strerror}", code=2)


def _csv(rows: list[dict[str, Any]]) -> str:
    """Return RFC 4180 lines; the header is there also where no sale is."""
    sheet = io.StringIO()
    writer = csv.DictWriter(sheet, COLUMNS)
    writer.writeheader()
    writer.writerows(rows)
    return sheet.getvalue()


def _sales(settings: Config, day: datetime | None, outcome: str | None) -> Iterator[SaleRecord]:
    """Yield the chosen sales of the journal, newest first."""
    if outcome is not None and outcome not in {*Outcome, "open"}:
        words = ", ".join([*Outcome, "open"])
        fail(f"--outcome: {outcome!r} is none; choose from {words}", code=2)
    records = look(settings.journal.path, lambda journal: journal.sales(EVERYTHING))
    return chosen(records, day.date() if day else None, outcome)


def _money(text: str, currency: str) -> Money:
    try:
        return Money(Decimal(text), CURRENCIES[currency])
    except (InvalidOperation, AssertionError):
        fail(f"--amount: {text!r} is no amount in {currency}; write it like 12.50", code=2)


def _report(seen: OrderSeen, wanted: str) -> None:
    typer.echo(f"{seen.order_id}: {seen.status} ({seen.status_detail})")
    raise typer.Exit(0 if wanted in (seen.status, seen.status_detail) else 1)


def _order_id(settings: Config, word: str) -> str:
    """Return the id of the order: the word itself, unless the journal knows it as a reference."""
    if not settings.journal.path.exists():
        return word  # without a journal an id is all there is
    record = look(settings.journal.path, lambda journal: journal.find(word))
    if record and not record.sale.order_id:
        fail(f"{word}: the service has told no order for this sale")
    return record.sale.order_id if record else word
