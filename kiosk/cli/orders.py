"""``kiosk orders``: what the journal holds, and what the service says of it."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from contextlib import aclosing, closing
from pathlib import Path
from typing import Annotated, Any, TypeVar

import anyio
import typer

from kiosk.cli.common import DEFAULT_CONFIG, ConfigOption, JsonOption, fail, load_or_leave
from kiosk.config import Config
from kiosk.errors import CallError, ConfigError, JournalFailed
from kiosk.journal import Journal, Record
from kiosk.orders import Orders, refund_key
from kiosk.sale.events import OrderSeen
from kiosk.world import World

app = typer.Typer(help="The orders of this counter.", no_args_is_help=True)

T = TypeVar("T")

Word = Annotated[str, typer.Argument(help="A sale's reference, or an order's id.")]


@app.command("list")
def list_orders(
    config: ConfigOption = DEFAULT_CONFIG,
    newest: Annotated[int, typer.Option(help="How many, newest first.", min=1)] = 50,
    as_json: JsonOption = False,
) -> None:
    """List the newest sales in the journal."""
    records = _look(load_or_leave(config).journal.path, lambda journal: journal.sales(newest))
    if as_json:
        typer.echo(json.dumps([_row(record) for record in records]))
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
    record = _look(settings.journal.path, lambda journal: journal.find(word))
    if record is None:
        fail(f"{word}: no sale with this reference or order id in {settings.journal.path}")
    reference, order_id = record.sale.reference, record.sale.order_id
    events = _look(settings.journal.path, lambda journal: journal.events(reference))
    seen = _call(settings, lambda orders: orders.fetch(order_id)) if order_id else None
    service = f"{seen.status}/{seen.status_detail}, {seen.total}" if seen else None
    about = {**_row(record), "service": service}
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
    _report(_call(settings, lambda orders: orders.cancel(order_id)), wanted="canceled")


@app.command()
def refund(word: Word, config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Give a payer the whole amount back."""
    settings = load_or_leave(config)
    order_id = _order_id(settings, word)
    _report(
        _call(settings, lambda orders: orders.refund(order_id, refund_key(order_id))),
        wanted="refunded",
    )


def _report(seen: OrderSeen, wanted: str) -> None:
    typer.echo(f"{seen.order_id}: {seen.status} ({seen.status_detail})")
    raise typer.Exit(0 if wanted in (seen.status, seen.status_detail) else 1)


def _order_id(settings: Config, word: str) -> str:
    """Return the id of the order: the word itself, unless the journal knows it as a reference."""
    if not settings.journal.path.exists():
        return word  # without a journal an id is all there is
    record = _look(settings.journal.path, lambda journal: journal.find(word))
    if record and not record.sale.order_id:
        fail(f"{word}: the service has told no order for this sale")
    return record.sale.order_id if record else word


def _look(path: Path, question: Callable[[Journal], T]) -> T:
    """Ask the journal, beside a daemon that may be writing it."""
    try:
        with closing(Journal.look(path)) as journal:
            return question(journal)
    except JournalFailed as failure:
        fail(failure)


def _call(settings: Config, call: Callable[[Orders], Awaitable[OrderSeen]]) -> OrderSeen:
    """Make one call to the service, or leave with its refusal."""
    try:
        return anyio.run(_one_call, settings, call)
    except ConfigError as error:
        fail(error, code=2)
    except CallError as error:
        fail(error)


async def _one_call(settings: Config, call: Callable[[Orders], Awaitable[OrderSeen]]) -> OrderSeen:
    orders = settings.orders.open(
        expires_after=settings.sale.expires_after,
        currency=settings.kiosk.currency,
        world=World(),
    )
    async with aclosing(orders):
        return await call(orders)


def _row(record: Record) -> dict[str, Any]:
    sale = record.sale
    return {
        "reference": sale.reference,
        "order_id": sale.order_id or None,
        "amount": sale.amount.plain(),
        "currency": sale.amount.currency.code,
        "outcome": record.outcome,
        "source": sale.source,
        "created_at": record.created_at,
        "ended_at": record.ended_at,
        "told_at": record.told_at,
    }
