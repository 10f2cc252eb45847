"""``kiosk report``: the takings of a day, and whether journal and service agree on them."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

import typer

from kiosk.base.errors import CallError
from kiosk.cli.common import DEFAULT_CONFIG, ConfigOption, JsonOption, load_or_exit
from kiosk.cli.sale_records import (
    EVERYTHING,
    DayOption,
    ask_service,
    day_of,
    read_journal,
    select_sales,
)
from kiosk.journal import SaleRecord
from kiosk.orders import Orders
from kiosk.sale.events import OrderSeen
from kiosk.sale.verdict import Standing, judge
from kiosk.sale.words import Outcome

# Outcomes without a payment. The older APIs do not distinguish them.
_NOTHING_PAID = {Outcome.CANCELED, Outcome.EXPIRED}
# Sales with these outcomes may have no order in the journal: none was shown.
_NO_ORDER = {Outcome.REFUSED, Outcome.ABANDONED}


@dataclass(frozen=True, slots=True)
class Difference:
    """A difference between the journal and the service, in one sentence."""

    reference: str
    order_id: str
    what: str


def report(
    day: DayOption = None,
    config: ConfigOption = DEFAULT_CONFIG,
    offline: Annotated[bool, typer.Option(help="Add up only; do not ask the service.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Add up a day, and compare each of its sales with the service. Exit 1: they differ.

    Without --day, it reports the day of the newest sale.
    """
    settings = load_or_exit(config)
    records = read_journal(settings.journal.path, lambda journal: journal.sales(EVERYTHING))
    wanted = day.date() if day else max(map(day_of, records), default=None)
    of_day = list(select_sales(records, wanted))
    found = [] if offline else ask_service(settings, lambda orders: differences(orders, of_day))
    _print(wanted, of_day, found, as_json=as_json)
    if found:
        raise typer.Exit(1)


async def differences(orders: Orders, records: Sequence[SaleRecord]) -> list[Difference]:
    """Fetch the order of every sale, the oldest first. A fetch that fails is a difference."""
    return [
        Difference(record.sale.reference, record.sale.order_id, what)
        for record in reversed(records)
        if (what := await _difference(orders, record))
    ]


async def _difference(orders: Orders, record: SaleRecord) -> str:
    sale, outcome = record.sale, record.outcome
    if not sale.order_id:
        return "" if outcome in _NO_ORDER else "the journal has no order for this sale"
    try:
        seen = await orders.fetch(sale.order_id)
    except CallError as error:
        return f"the order can't be fetched: {error}"
    return compare(record, seen)


def compare(record: SaleRecord, seen: OrderSeen) -> str:
    """Return the difference between a sale in the journal and its order, or an empty text."""
    outcome, at_service = record.outcome, judge(record.sale, seen)
    in_journal = outcome or "open"
    if at_service == outcome or {at_service, outcome} <= _NOTHING_PAID:
        if seen.status_detail == "partially_refunded":
            return "a part of it was refunded"
        return ""
    if at_service is Standing.FOREIGN or at_service is Standing.OTHER_AMOUNT:
        wanted, total = record.sale.amount, seen.total
        return f"the order is not this sale's: {seen.reference}, {total} instead of {wanted}"
    if isinstance(at_service, Standing):
        return f"the journal says {in_journal}, but the order is still {seen.status}"
    return f"the journal says {in_journal}, the service says {at_service}"


def _print(
    day: date | None, records: Sequence[SaleRecord], found: Sequence[Difference], *, as_json: bool
) -> None:
    if as_json:
        typer.echo(json.dumps(_json(day, records, found), indent=2))
        return
    typer.echo(f"{day or 'no sale yet'}: {len(records)} sales")
    for outcome, count in sorted(Counter(_words(records)).items()):
        typer.echo(f"  {outcome:<10} {count:>5}")
    for currency, total in takings(records).items():
        typer.echo(f"  taken      {total} {currency}")
    for each in found:
        typer.echo(f"{each.reference}  {each.order_id or '-'}: {each.what}", err=True)


def takings(records: Sequence[SaleRecord]) -> dict[str, str]:
    """Return what was paid and not refunded, by currency, as plain decimals."""
    totals: dict[str, Decimal] = defaultdict(Decimal)
    for record in records:
        if record.outcome is Outcome.PAID:
            totals[record.sale.amount.currency.code] += record.sale.amount.amount
    return {currency: f"{total:f}" for currency, total in totals.items()}


def _json(
    day: date | None, records: Sequence[SaleRecord], found: Sequence[Difference]
) -> dict[str, Any]:
    return {
        "day": day.isoformat() if day else None,
        "sales": len(records),
        "outcomes": dict(Counter(_words(records))),
        "taken": takings(records),
        "differences": [asdict(each) for each in found],
    }


def _words(records: Sequence[SaleRecord]) -> list[str]:
    return [record.outcome.value if record.outcome else "open" for record in records]
