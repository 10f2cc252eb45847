"""``kiosk orders``: the sales in the journal, and what the service says about their orders."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import aclosing
from datetime import datetime
from itertools import islice
from pathlib import Path

import anyio
import typer

from kiosk.base.errors import CallError, ConfigError
from kiosk.cli.common import fail, load_or_exit
from kiosk.cli.order_changes import cut, find_row
from kiosk.cli.sale_records import (
    SET_ASIDE,
    in_words,
    open_orders,
    order_in_words,
    payment_in_words,
    read_journal,
    read_sales,
    row_as_json,
    sale_as_json,
    sales_as_csv,
    select_sales,
    state_of,
)
from kiosk.cli.verbs.sales_verbs import Format
from kiosk.config import Config
from kiosk.journal import SaleRecord
from kiosk.orders.answers.json_values import clean
from kiosk.sale.events import OrderSeen
from kiosk.sale.words import Outcome, code_of


def list_orders(
    config: Path, newest: int, day: datetime | None, outcome: str | None, as_json: bool
) -> None:
    """Perform ``kiosk orders list``."""
    records = list(islice(_sales(load_or_exit(config), day, outcome), newest))
    if as_json:
        typer.echo(json.dumps([sale_as_json(record) for record in records]))
        return
    for record in records:
        sale = record.sale
        typer.echo(
            f"{record.created_at:<29}  {state_of(record):<9}  {sale.amount!s:>16}  "
            f"{sale.reference}  {sale.order_id or '-'}{payment_in_words(record)}"
        )


def show(word: str, config: Path, as_json: bool) -> None:
    """Perform ``kiosk orders show``."""
    settings = load_or_exit(config)
    row = find_row(settings, word)
    if row is None:
        path = settings.journal.path
        fail(
            f"{cut(word)}: no sale in {path} has this reference, code, order id or operation number"
        )
    fields = row_as_json(row)
    events = read_journal(
        settings.journal.path, lambda journal: journal.events(fields["reference"])
    )
    said = _service_says(settings, fields["order_id"] or "")
    service = order_in_words(said) if isinstance(said, OrderSeen) else None
    about = {**fields, "code": code_of(fields["reference"]), "service": service}
    if as_json:
        typer.echo(json.dumps({**about, "events": events}))
    else:
        for name, value in about.items():
            typer.echo(f"{name}: {in_words(value) or '-'}")
        for at, event, detail in events:
            typer.echo(f"  {at}  {event:<11} {clean(detail)}")
    if isinstance(said, Exception):
        fail(said, code=2 if isinstance(said, ConfigError) else 1)


def _service_says(settings: Config, order_id: str) -> OrderSeen | CallError | ConfigError | None:
    """Return the order, or why the service can't be asked; None for a sale without an order."""

    async def answer() -> OrderSeen | CallError | ConfigError:
        try:
            async with aclosing(open_orders(settings)) as orders:
                return await orders.fetch(order_id)
        except (CallError, ConfigError) as error:
            return error

    return anyio.run(answer) if order_id else None


def export(
    config: Path, day: datetime | None, outcome: str | None, form: Format, output: Path | None
) -> None:
    """Perform ``kiosk orders export``."""
    records = list(_sales(load_or_exit(config), day, outcome))[::-1]
    text = sales_as_csv(records) if form is Format.CSV else _indented_json(records)
    if output is None:
        typer.echo(text, nl=False)
        return
    try:
        output.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        fail(f"{output} can't be written ({error.strerror}); choose another file", code=2)


def _indented_json(records: list[SaleRecord]) -> str:
    return json.dumps([sale_as_json(record) for record in records], indent=2) + "\n"


def _sales(settings: Config, day: datetime | None, outcome: str | None) -> Iterator[SaleRecord]:
    """Yield the selected sales of the journal, the newest first."""
    outcome = SET_ASIDE if outcome == "set-aside" else outcome
    if outcome is not None and outcome not in {*Outcome, "open", SET_ASIDE}:
        words = ", ".join([*Outcome, "open", "set-aside"])
        fail(f"--outcome: {outcome!r} is not a valid outcome; choose from {words}", code=2)
    records, _ = read_sales(settings.journal.path)
    return select_sales(records, day.date() if day else None, outcome)
