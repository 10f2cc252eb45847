"""``kiosk orders``: the sales in the journal, and what the service says about their orders."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import aclosing
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import Annotated

import anyio
import typer

from kiosk.base.errors import CallError, ConfigError
from kiosk.base.money import CURRENCIES, Currency, Money
from kiosk.cli.common import DEFAULT_CONFIG, ConfigOption, JsonOption, fail, load_or_exit
from kiosk.cli.sale_records import (
    SET_ASIDE,
    DayOption,
    OutcomeOption,
    ask_service,
    open_orders,
    order_in_words,
    payment_in_words,
    read_journal,
    read_sales,
    sale_as_json,
    sales_as_csv,
    select_sales,
    state_of,
    takings_of,
)
from kiosk.config import Config
from kiosk.journal import SaleRecord
from kiosk.orders import Orders, refund_key
from kiosk.orders.answers.json_values import clean
from kiosk.sale.events import OrderSeen
from kiosk.sale.words import Outcome

app = typer.Typer(help="The orders of this counter.", no_args_is_help=True)


class Format(StrEnum):
    """The format of an export."""

    CSV = "csv"
    JSON = "json"


def _cleaned(word: str) -> str:
    # A terminal may pass bytes that are not UTF-8, which no database and no address can hold.
    return clean(word)


Word = Annotated[
    str,
    typer.Argument(
        callback=_cleaned,
        help="The reference of a sale, the id of an order, or the operation number on a payer's "
        "receipt.",
    ),
]


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
        typer.echo(
            f"{record.created_at:<29}  {state_of(record):<9}  {sale.amount!s:>16}  "
            f"{sale.reference}  {sale.order_id or '-'}{payment_in_words(record)}"
        )


@app.command()
def show(word: Word, config: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False) -> None:
    """Show a sale from the journal, and what the service says about its order now.

    Exit 1: there is no such sale, or the service can't be asked about it.
    """
    settings = load_or_exit(config)
    record = read_journal(settings.journal.path, lambda journal: journal.find(word))
    if record is None:
        path = settings.journal.path
        fail(f"{_cut(word)}: no sale in {path} has this reference, order id or operation number")
    reference = record.sale.reference
    events = read_journal(settings.journal.path, lambda journal: journal.events(reference))
    said = _service_says(settings, record.sale.order_id)
    service = order_in_words(said) if isinstance(said, OrderSeen) else None
    about = {**sale_as_json(record), "service": service}
    if as_json:
        typer.echo(json.dumps({**about, "events": events}))
    else:
        for name, value in about.items():
            typer.echo(f"{name}: {clean(value) if value else '-'}")
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


@app.command()
def cancel(word: Word, config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Cancel an order that is not paid. A running kiosk sees it when it next asks the service."""
    settings = load_or_exit(config)
    order_id = _order_id(_find(settings, word), word)
    _print_result(ask_service(settings, lambda orders: orders.cancel(order_id)), wanted="canceled")


@app.command()
def refund(
    word: Word,
    amount: Annotated[
        str | None, typer.Option(help="A part of the amount, such as 12.50. Default: all.")
    ] = None,
    number: Annotated[
        int, typer.Option(min=1, help="2 for a second refund of the same amount.")
    ] = 1,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Refund a paid order. Repeating the same command refunds nothing more."""
    settings = load_or_exit(config)
    part = None if amount is None else _part(amount, CURRENCIES[settings.kiosk.currency])
    record = _find(settings, word)
    order_id = _order_id(record, word)
    # Each partial refund has its own key: repeating it is safe, and a second one is possible.
    key = refund_key(f"{order_id}/{part.plain()}/{number}" if part else order_id)

    async def answer(orders: Orders) -> OrderSeen:
        if part:
            _check_part(part, _paid_in_journal(record) or await _paid_at_service(orders, order_id))
        return await orders.refund(order_id, key, part)

    seen = ask_service(settings, answer)
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
    records = read_sales(settings.journal.path)
    return select_sales(records, day.date() if day else None, outcome)


def _part(text: str, currency: Currency) -> Money:
    """Return the amount to refund, or exit with 2 if it is not one."""
    example = "12.50" if currency.minor_units else "1250"
    if not re.fullmatch(r"-?[0-9]{1,12}(\.[0-9]+)?", text, re.ASCII):
        fail(f"--amount: {text[:40]!r} is not a valid amount; write it like {example}", code=2)
    amount = Decimal(text)
    if amount != round(amount, currency.minor_units):
        fail(
            f"--amount: {text[:40]} has too many decimals for {currency}; write it like {example}",
            code=2,
        )
    if amount <= 0:
        fail(f"--amount: {text[:40]} can't be refunded; write an amount above 0", code=2)
    return Money(amount, currency)


def _check_part(part: Money, paid: Money | None) -> None:
    """Exit with 2 if no refund of this order can be this high. Where nothing is known, it may."""
    if paid is None:
        return
    if part.currency != paid.currency:
        fail(f"--amount is in {part.currency}, but the order is in {paid.currency}", code=2)
    if part.amount > paid.amount:
        fail(f"--amount: {part} is more than was paid; write {paid.plain()} or less", code=2)


def _paid_in_journal(record: SaleRecord | None) -> Money | None:
    """Return what was paid; None for a sale that ended otherwise: it may have been paid since."""
    is_paid = record and record.outcome in (Outcome.PAID, Outcome.REFUNDED)
    return takings_of(record).paid if record and is_paid else None


async def _paid_at_service(orders: Orders, order_id: str) -> Money | None:
    """Return what the service says was paid, or else the order's total."""
    seen = await orders.fetch(order_id)
    return seen.paid_amount or seen.total


def _print_result(seen: OrderSeen, wanted: str) -> None:
    underway = seen.refund_underway and "refunded" in wanted
    later = f"; the refund is under way; see later: kiosk orders show {seen.order_id}"
    typer.echo(f"{seen.order_id}: {seen.status} ({seen.status_detail}){later if underway else ''}")
    raise typer.Exit(0 if underway or wanted in (seen.status, seen.status_detail) else 1)


def _cut(word: str) -> str:
    """Return what a person typed, for a message."""
    return clean(word, 64)


def _order_id(record: SaleRecord | None, word: str) -> str:
    """Return the id of the sale's order. Without a sale, the word itself is an order id."""
    if record and not record.sale.order_id:
        fail(f"{_cut(word)}: this sale has no order at the service")
    return record.sale.order_id if record else word


def _find(settings: Config, word: str) -> SaleRecord | None:
    if not settings.journal.path.exists():
        return None  # without a journal the word can only be an id
    return read_journal(settings.journal.path, lambda journal: journal.find(word))
