"""``kiosk orders``: the sales in the journal, and what the service says about their orders."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import aclosing, contextmanager
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import TextIO

import anyio
import typer

from kiosk.base.errors import CallError, ConfigError
from kiosk.base.language import _, system_reason
from kiosk.base.localized_text import english
from kiosk.cli.common import fail, load_or_exit
from kiosk.cli.order_changes import cut, find_row
from kiosk.cli.sale_records import (
    SET_ASIDE,
    in_words,
    name_unreadable,
    open_orders,
    opened_journal,
    order_in_words,
    payment_in_words,
    read_journal,
    row_as_json,
    state_of,
    write_csv,
    write_json,
)
from kiosk.cli.verbs.shared_options import ExportFormat
from kiosk.config import Config
from kiosk.journal import SaleRecord
from kiosk.journal.sales_table import JUDGED
from kiosk.orders.answers.json_values import clean
from kiosk.sale.events import OrderSeen
from kiosk.sale.words import Outcome, code_of


def list_orders(
    config: Path, newest: int, day: datetime | None, outcome: str | None, as_json: bool
) -> None:
    """Perform ``kiosk orders list``."""
    judged = JUDGED if outcome is None else None  # no outcome: the newest are all that is listed
    with _sales(load_or_exit(config), day, outcome, judged=judged) as sales:
        records = islice(sales, newest)
        if as_json:
            write_json(records, sys.stdout)
            return
        for record in records:
            sale = record.sale
            typer.echo(
                f"{record.created_at:<29}  {state_of(record):<9}  {sale.amount!s:>16}  "
                f"{sale.reference}  {sale.order_id or '-'}  {payment_in_words(record)}".rstrip()
            )


def show(word: str, config: Path, as_json: bool) -> None:
    """Perform ``kiosk orders show``."""
    settings = load_or_exit(config)
    row = find_row(settings, word)
    if row is None:
        path = settings.journal.path
        fail(
            _(
                "{word}: no sale in {path} has this reference, code, order id or operation number",
                word=cut(word),
                path=path,
            )
        )
    fields = row_as_json(row)
    events = read_journal(
        settings.journal.path, lambda journal: journal.events(fields["reference"])
    )
    said = _service_says(settings, fields["order_id"] or "")
    say = english if as_json else _
    service = order_in_words(said, say) if isinstance(said, OrderSeen) else None
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
    config: Path, day: datetime | None, outcome: str | None, form: ExportFormat, output: Path | None
) -> None:
    """Perform ``kiosk orders export``."""
    with _sales(load_or_exit(config), day, outcome, oldest_first=True) as records:
        if output is None:
            _write(records, form, sys.stdout)
            return
        try:
            with output.open("w", encoding="utf-8", newline="") as file:
                _write(records, form, file)
        except OSError as error:
            reason = system_reason(error)
            fail(
                _("{path} can't be written ({reason}); choose another", path=output, reason=reason),
                code=2,
            )


def _write(records: Iterator[SaleRecord], form: ExportFormat, file: TextIO) -> None:
    if form is ExportFormat.CSV:
        write_csv(records, file)
    else:
        write_json(records, file, indent=2)


@contextmanager
def _sales(
    settings: Config,
    day: datetime | None,
    outcome: str | None,
    *,
    oldest_first: bool = False,
    judged: int | None = None,
) -> Iterator[Iterator[SaleRecord]]:
    """Open the journal, name what can't be read in it, and yield the selected sales.

    ``judged``: how many of the newest sales are looked at for that; None looks at all.
    """
    outcome = SET_ASIDE if outcome == "set-aside" else outcome
    if outcome is not None and outcome not in {*Outcome, "open", SET_ASIDE}:
        words = ", ".join([*Outcome, "open", "set-aside"])
        fail(
            _(
                "--outcome: {outcome!r} is not a valid outcome; choose from {words}",
                outcome=outcome,
                words=words,
            ),
            code=2,
        )
    with opened_journal(settings.journal.path) as journal:
        survey = journal.survey(day.date()) if day else None
        name_unreadable(survey.unreadable if survey else journal.unreadable(judged))
        written = "" if outcome in {"open", SET_ASIDE} else outcome
        selected = journal.select(
            survey.day if survey else None, written, oldest_first=oldest_first, among=survey
        )
        yield (record for record in selected if outcome in (None, state_of(record)))
