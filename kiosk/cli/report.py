"""``kiosk report``: the takings of a day, and whether journal and service agree on them."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from operator import itemgetter
from pathlib import Path
from typing import Any

import typer

from kiosk.base.money import CURRENCIES, Money
from kiosk.cli.common import load_or_exit
from kiosk.cli.comparison import DECIDE, Comparison, Difference, compare_all
from kiosk.cli.daemon_commands import tell_daemon
from kiosk.cli.sale_records import (
    SET_ASIDE,
    Takings,
    ask_service,
    day_of,
    is_being_refunded,
    read_sales,
    row_as_json,
    select_sales,
    state_of,
    takings_of,
)
from kiosk.config import Config
from kiosk.journal import SaleRecord, UnreadableSale
from kiosk.orders.answers.json_values import clean
from kiosk.sale.words import Outcome, Sale
from kiosk.shell.commands import LookAgain

# Sales with these ends are looked at again by the kiosk: see ``kiosk.sale.later``.
_LOOKED_AT = {Outcome.CANCELED, Outcome.EXPIRED}


def report(day: datetime | None, config: Path, offline: bool, as_json: bool) -> None:
    """Perform ``kiosk report``."""
    settings = load_or_exit(config)
    records, unreadable = read_sales(settings.journal.path)
    wanted = day.date() if day else max(map(day_of, records), default=None)
    of_day = list(select_sales(records, wanted))
    compared = Comparison() if offline else _compare(settings, of_day)
    if as_json:
        unread = {"unreadable": [row_as_json(row) for row in unreadable]}
        typer.echo(json.dumps({**_json(wanted, of_day, compared), **unread}, indent=2))
    else:
        _print(wanted, of_day, compared)
        _print_unreadable(unreadable)
    if not (compared.is_well and all(row.decided for row in unreadable)):
        raise typer.Exit(1)


def _compare(settings: Config, records: Sequence[SaleRecord]) -> Comparison:
    def note(sentence: str) -> None:
        typer.echo(sentence, err=True)

    compared = ask_service(settings, lambda orders: compare_all(orders, records, note))
    ended = {
        record.sale.reference: record
        for record in records
        if record.outcome in _LOOKED_AT and not record.note  # what a person decided stays
    }
    told = [
        _tell(settings, ended[each.reference], each)
        if each.paid_late and each.reference in ended
        else each
        for each in compared.differences
    ]
    return replace(compared, differences=told)


def _tell(settings: Config, record: SaleRecord, found: Difference) -> Difference:
    """Let the running kiosk look at the order again; return the difference with what it does."""
    sale, policy = record.sale, settings.sale.late_payment
    command = LookAgain.model_validate(
        {
            "reference": sale.reference,
            "order_id": sale.order_id,
            "amount": sale.amount.plain(),
            "currency": sale.amount.currency.code,
            "source": sale.source,
            "ticket": sale.ticket,
            "ended": record.outcome,
        }
    )
    if refused := tell_daemon(settings, command):
        return replace(
            found, to_do=f"{found.to_do}; sale.late_payment was not applied, because {refused}"
        )
    done = f"the kiosk looks at it now, and does what sale.late_payment says: {policy}"
    return replace(found, to_do=f"{done}; run the report again later")


def _print(day: date | None, records: Sequence[SaleRecord], compared: Comparison) -> None:
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
    advised = {difference.reference for difference in compared.differences}
    for sale in _set_aside(records):
        to_do = "" if sale.reference in advised else f"; {DECIDE.format(reference=sale.reference)}"
        typer.echo(f"  {sale.reference}, {sale.amount}, is set aside{to_do}")
    for sale in _being_refunded(records):
        typer.echo(f"  {sale.reference}, {sale.amount}: a refund is under way")
    for record in _decided(records):
        about = f"{record.sale.reference}, {record.sale.amount}"
        typer.echo(f"  {about}: a person decided {record.outcome}: {clean(record.note or '', 200)}")
    for difference in compared.differences:
        typer.echo(_in_words(difference), err=True)
    if compared.not_compared:
        typer.echo(
            f"{compared.not_compared} sales were not compared: {compared.reason}; "
            "run the report again when the service answers",
            err=True,
        )


def _print_unreadable(rows: Sequence[UnreadableSale]) -> None:
    """Print what people decided about rows that can't be read: no sum has their amounts."""
    for row in rows:
        if row.decided:
            note = clean(row.note or "", 200)
            typer.echo(
                f"  {row.reference}: a person decided {row.outcome}: {note}; it is in no sum, "
                f"because {row.what} in the journal"
            )


def _in_words(difference: Difference) -> str:
    loud = "PAID AFTER ITS END: " if difference.paid_late else ""
    about = f"{difference.reference}  {difference.order_id or '-'}"
    return f"{loud}{about}: {difference.what}; {difference.to_do}"


def _set_aside(records: Sequence[SaleRecord]) -> Sequence[Sale]:
    """Return the sales that are set aside, the oldest first."""
    return [record.sale for record in reversed(records) if state_of(record) == SET_ASIDE]


def _decided(records: Sequence[SaleRecord]) -> Sequence[SaleRecord]:
    """Return the sales whose end a person decided, the oldest first."""
    return [record for record in reversed(records) if record.note]


def _being_refunded(records: Sequence[SaleRecord]) -> Sequence[Sale]:
    """Return the sales with a refund that is not finished, the oldest first."""
    return [record.sale for record in reversed(records) if is_being_refunded(record)]


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


def _json(day: date | None, records: Sequence[SaleRecord], compared: Comparison) -> dict[str, Any]:
    return {
        "day": day.isoformat() if day else None,
        "sales": len(records),
        "outcomes": dict(Counter(map(state_of, records))),
        "methods": [asdict(each) for each in takings_by_method(records)],
        "taken": takings(records),
        "set_aside": [sale.reference for sale in _set_aside(records)],
        "decided": [record.sale.reference for record in _decided(records)],
        "refunds_underway": [sale.reference for sale in _being_refunded(records)],
        "differences": [asdict(each) for each in compared.differences],
        "not_compared": compared.not_compared,
        "reason": compared.reason,
    }
