"""What the verbs about sales share: asking the journal and the service, and selecting sales."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import aclosing, closing
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

from kiosk.base.environment import Environment
from kiosk.base.errors import JournalFailed
from kiosk.cli.common import fail, run_or_exit
from kiosk.config import Config
from kiosk.journal import Journal, SaleRecord
from kiosk.orders import Orders

T = TypeVar("T")

EVERYTHING = 2**31  # sales; more than a counter makes in a thousand years

DayOption = Annotated[
    datetime | None,
    typer.Option(formats=["%Y-%m-%d"], help="Only this day, in the time zone of this computer."),
]
OutcomeOption = Annotated[
    str | None, typer.Option(help="Only this outcome: paid, canceled, expired, refused, … or open.")
]


def read_journal(path: Path, question: Callable[[Journal], T]) -> T:
    """Ask the journal, while a daemon may be writing to it. Exit with 1 if it can't be read."""
    try:
        with closing(Journal.open_read_only(path)) as journal:
            return question(journal)
    except JournalFailed as failure:
        fail(failure)


def ask_service(settings: Config, question: Callable[[Orders], Awaitable[T]]) -> T:
    """Ask the service. Exit with its error if it refuses."""

    async def answer() -> T:
        async with aclosing(open_orders(settings)) as orders:
            return await question(orders)

    return run_or_exit(answer)


def open_orders(settings: Config) -> Orders:
    """Return the client of the configured orders driver."""
    return settings.orders.open(
        expires_after=settings.sale.expires_after,
        currency=settings.kiosk.currency,
        environment=Environment(),
    )


def select_sales(
    records: Iterable[SaleRecord], day: date | None = None, outcome: str | None = None
) -> Iterator[SaleRecord]:
    """Yield the records of a day and an outcome; None selects all."""
    for record in records:
        if day in (None, day_of(record)) and outcome in (None, record.outcome or "open"):
            yield record


def day_of(record: SaleRecord) -> date:
    """Return the day on which the sale began, in the time zone of this computer."""
    return datetime.fromisoformat(record.created_at).astimezone().date()


def sale_as_json(record: SaleRecord) -> dict[str, Any]:
    """Return a sale with the fields that programs get."""
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
