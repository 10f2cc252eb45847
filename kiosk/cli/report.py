"""``kiosk report``: the takings of a day, and whether journal and service agree on them."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from operator import itemgetter
from typing import Annotated, Any

import typer

from kiosk.base.errors import CallError
from kiosk.base.money import CURRENCIES, Money
from kiosk.cli.common import DEFAULT_CONFIG, ConfigOption, JsonOption, load_or_exit
from kiosk.cli.sale_records import (
    EVERYTHING,
    DayOption,
    Takings,
    ask_service,
    day_of,
    read_journal,
    select_sales,
    state_of,
    takings_of,
)
from kiosk.journal import SaleRecord
from kiosk.orders import Orders
from kiosk.orders.answers.json_values import clean
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
    at_service = judge(record.sale, seen)
    if _is_same_end(record, at_service):
        return "; ".join(_differences_of_money(takings_of(record), seen))
    state, wanted = state_of(record), record.sale.amount
    match at_service:
        case Standing.FOREIGN:
            return (
                f"the order is not this sale's: {seen.reference}, {seen.total} instead of {wanted}"
            )
        case Standing.OTHER_AMOUNT | Standing.OTHER_CURRENCY:
            paid = seen.paid_amount or seen.total
            return f"the journal says {state}, but {paid} was paid instead of {wanted}"
        case Standing.UNPAID:
            return f"the journal says {state}, but each payment of the order failed"
        case Standing.CHARGED_BACK:
            return f"the journal says {state}, but the payer's bank takes the money back"
        case Standing():
            return f"the journal says {state}, but the order is still {seen.status}"
    return f"the journal says {state}, the service says {at_service}"


def _is_same_end(record: SaleRecord, at_service: Outcome | Standing) -> bool:
    """Whether both sides tell the same end. A paid sale stays paid when all of it is refunded."""
    if record.outcome is Outcome.PAID and at_service is Outcome.REFUNDED:
        known = takings_of(record)
        return known.refunded is not None and known.refunded == known.paid
    return at_service == record.outcome or {at_service, record.outcome} <= _NOTHING_PAID


def _differences_of_money(known: Takings, seen: OrderSeen) -> Iterator[str]:
    """Yield what is different about the money. Where the service tells no amount, nothing is."""
    if seen.refunded and seen.refunded.amount and seen.refunded != known.refunded:
        in_journal = known.refunded or "nothing"
        yield f"a part of it was refunded ({seen.refunded}); the journal says {in_journal}"
    elif seen.status_detail == "partially_refunded" and not known.refunded:
        yield "a part of it was refunded"
    elif known.paid and seen.paid_amount not in (None, known.paid):
        yield f"the journal says {known.paid} was paid, the service says {seen.paid_amount}"
    if seen.refund_underway:
        yield "a refund is under way"
    if seen.charged_back:
        yield "the payer's bank takes the money back"


def _print(
    day: date | None, records: Sequence[SaleRecord], found: Sequence[Difference], *, as_json: bool
) -> None:
    if as_json:
        typer.echo(json.dumps(_json(day, records, found), indent=2))
        return
    typer.echo(f"{day or 'no sale yet'}: {len(records)} sales")
    for outcome, count in sorted(Counter(map(state_of, records)).items()):
        typer.echo(f"  {outcome:<10} {count:>5}")
    for each in takings_by_method(records):
        typer.echo(
            f"  {clean(each.method or 'method not known')}: paid {each.paid}, "
            f"refunded {each.refunded}, net {each.net} {each.currency}"
        )
    for currency, total in takings(records).items():
        typer.echo(f"  taken      {total} {currency}")
    for difference in found:
        about = f"{difference.reference}  {difference.order_id or '-'}"
        typer.echo(f"{about}: {difference.what}", err=True)


@dataclass(frozen=True, slots=True)
class MethodTakings:
    """What the sales of a payment method brought in a currency, as plain decimals."""

    method: str  # the service's word; empty where it told none
    currency: str
    paid: str
    refunded: str
    net: str  # paid less refunded


def takings_by_method(records: Sequence[SaleRecord]) -> list[MethodTakings]:
    """Add up what was paid and refunded, by payment method and currency."""
    groups: dict[tuple[str, str], list[Takings]] = defaultdict(list)
    for record in records:
        if (known := takings_of(record)).paid or known.refunded:
            groups[record.payment_method or "", record.sale.amount.currency.code].append(known)
    return [_added_up(*key, group) for key, group in sorted(groups.items(), key=itemgetter(0))]


def _added_up(method: str, currency: str, group: list[Takings]) -> MethodTakings:
    paid = _sum(currency, [each.paid for each in group])
    refunded = _sum(currency, [each.refunded for each in group])
    net = Money(paid.amount - refunded.amount, paid.currency)
    return MethodTakings(method, currency, paid.plain(), refunded.plain(), net.plain())


def _sum(currency: str, amounts: list[Money | None]) -> Money:
    known = [each.amount for each in amounts if each]
    return Money(sum(known, Decimal(0)), CURRENCIES[currency])


def takings(records: Sequence[SaleRecord]) -> dict[str, str]:
    """Return what was paid and not refunded, by currency, as plain decimals."""
    totals: dict[str, Decimal] = defaultdict(Decimal)
    for each in takings_by_method(records):
        totals[each.currency] += Decimal(each.net)
    return {currency: f"{total:f}" for currency, total in totals.items()}


def _json(
    day: date | None, records: Sequence[SaleRecord], found: Sequence[Difference]
) -> dict[str, Any]:
    return {
        "day": day.isoformat() if day else None,
        "sales": len(records),
        "outcomes": dict(Counter(map(state_of, records))),
        "methods": [asdict(each) for each in takings_by_method(records)],
        "taken": takings(records),
        "differences": [asdict(each) for each in found],
    }
