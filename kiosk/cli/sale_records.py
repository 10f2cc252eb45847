"""What the verbs about sales share: asking the journal and the service, and choosing sales."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import aclosing, closing
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

from kiosk.base.environment import Environment
from kiosk.base.errors import JournalFailed
from kiosk.cli.common import fail, run_or_leave
from kiosk.config import Config
from kiosk.journal import Journal, SaleRecord
from kiosk.orders import Orders

T = TypeVar("T")

EVERYTHING = 2**31  # sales; more than a counter makes in a thousand years

DayOption = Annotated[
    datetime | None,
    typer.Option(formats=["%Y-%m-%d"], help="Only this day's, by this computer's time zone."),
]
OutcomeOption = Annotated[
    str | None, typer.Option(help="Only these: paid, canceled, expired, refused, … or open.")
]


def look(path: Path, question: Callable[[Journal], T]) -> T:
    """Ask the journal, beside a daemon that may be writing it; or leave with what is wrong."""
    try:
        with closing(Journal.open_read_only(path)) as journal:
            return question(journal)
    except JournalFailed as failure:
        fail(failure)


def call(settings: Config, question: Callable[[Orders], Awaitable[T]]) -> T:
    """Ask the service, or leave with its refusal."""

    async def answer() -> T:
        async with aclosing(open_orders(settings)) as orders:
            return await question(orders)

    return run_or_leave(answer)


def open_orders(settings: Config) -> Orders:
    """Return the client that the configuration names."""
    return settings.orders.open(
        expires_after=settings.sale.expires_after,
        currency=settings.kiosk.currency,
        environment=Environment(),
    )


def chosen(
    records: Iterable[SaleRecord], day: date | None = None, outcome: str | None = None
) -> Iterator[SaleRecord]:
    """Yield the records of a day and of an outcome."""
    for record in records:
        if day in (None, day_of(record)) and outcome in (None, record.outcome or "open"):
            yield record


def day_of(record: SaleRecord) -> date:
    """Return the day on which the sale began, by this computer's time zone."""
    return datetime.fromisoformat(record.created_at).astimezone().date()


def row(record: SaleRecord) -> dict[str, Any]:
    """Return a sale as programs get it."""
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
