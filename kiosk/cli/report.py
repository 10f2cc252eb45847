"""``kiosk report``: the takings of a day, and whether journal and service agree on them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import typer

from kiosk.base.language import _, ngettext
from kiosk.cli.common import load_or_exit
from kiosk.cli.comparison import DECIDE, Comparison, Difference, compare_all
from kiosk.cli.daemon_commands import tell_daemon
from kiosk.cli.day_summary import DaySummary
from kiosk.cli.sale_records import (
    UNDERWAY,
    ask_service,
    name_unreadable,
    opened_journal,
    row_as_json,
)
from kiosk.config import Config
from kiosk.journal import Journal, SaleRecord, Survey, UnreadableSale
from kiosk.orders.answers.json_values import clean
from kiosk.sale.words import Outcome
from kiosk.shell.commands import LookAgain

# Sales with these ends are looked at again by the kiosk: see ``kiosk.sale.later``.
_LOOKED_AT = {Outcome.CANCELED, Outcome.EXPIRED}


def report(day: datetime | None, config: Path, offline: bool, as_json: bool) -> None:
    """Perform ``kiosk report``."""
    settings = load_or_exit(config)
    with opened_journal(settings.journal.path) as journal:
        survey = journal.survey(day.date() if day else None)
        name_unreadable(survey.unreadable)
        summary = DaySummary(journal.select(survey.day, among=survey))
        compared = Comparison() if offline else _compare(settings, journal, survey)
    if as_json:
        unread = {"unreadable": [row_as_json(row) for row in survey.unreadable]}
        typer.echo(json.dumps({**_json(survey.day, summary, compared), **unread}, indent=2))
    else:
        _print(survey.day, summary, compared)
        _print_unreadable(survey.unreadable)
    if not (compared.is_well and all(row.decided for row in survey.unreadable)):
        raise typer.Exit(1)


def _compare(settings: Config, journal: Journal, survey: Survey) -> Comparison:
    def note(sentence: str) -> None:
        typer.echo(sentence, err=True)

    records = journal.select(survey.day, oldest_first=True, among=survey)
    compared = ask_service(settings, lambda orders: compare_all(orders, records, note))
    told = [_told(settings, journal, each) for each in compared.differences]
    return replace(compared, differences=told)


def _told(settings: Config, journal: Journal, found: Difference) -> Difference:
    """Let the running kiosk look again at a sale that was paid after its end."""
    record = journal.row(found.reference) if found.paid_late else None
    if not isinstance(record, SaleRecord) or record.outcome not in _LOOKED_AT or record.note:
        return found  # what a person decided stays
    return _tell(settings, record, found)


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
        to_do = _(
            "{to_do}; sale.late_payment was not applied, because {refused}",
            to_do=found.to_do,
            refused=refused,
        )
        return replace(found, to_do=to_do)
    looks = _(
        "the kiosk looks at it now, and does what sale.late_payment says: {policy}; run the "
        "report again later",
        policy=policy,
    )
    return replace(found, to_do=looks)


def _print(day: date | None, summary: DaySummary, compared: Comparison) -> None:
    sales = ngettext("{number} sale", "{number} sales", summary.sales)
    typer.echo(f"{day or _('no sale yet')}: {sales}")
    for outcome, count in sorted(summary.outcomes.items()):
        typer.echo(f"  {outcome:<10} {count:>5}")
    for each in summary.takings_by_method():
        line = _(
            "{method}: paid {paid}, refunded {refunded}, net {net}",
            method=clean(each.method or _("method not known")),
            paid=each.paid,
            refunded=each.refunded,
            net=f"{each.net} {each.currency}",
        )
        typer.echo(f"  {line}")
    for currency, total in summary.takings().items():
        typer.echo(f"  {_('taken'):<10} {total} {currency}")
    advised = {difference.reference for difference in compared.differences}
    for sale in summary.set_aside:
        to_do = "" if sale.reference in advised else f"; {_(DECIDE, reference=sale.reference)}"
        said = _("{sale}, {amount}, is set aside", sale=sale.reference, amount=sale.amount)
        typer.echo(f"  {said}{to_do}")
    for sale in summary.being_refunded:
        typer.echo(f"  {sale.reference}, {sale.amount}: {_(UNDERWAY)}")
    for record in summary.decided:
        about = f"{record.sale.reference}, {record.sale.amount}"
        typer.echo(f"  {about}: {_decision(record)}")
    for difference in compared.differences:
        typer.echo(_in_words(difference), err=True)
    if compared.not_compared:
        uncompared = ngettext(
            "{number} sale was not compared: {reason}; run the report again when the service "
            "answers",
            "{number} sales were not compared: {reason}; run the report again when the service "
            "answers",
            compared.not_compared,
            reason=compared.reason,
        )
        typer.echo(uncompared, err=True)


def _decision(row: SaleRecord | UnreadableSale) -> str:
    note = clean(row.note or "", 200)
    return _("a person decided {outcome}: {note}", outcome=row.outcome, note=note)


def _print_unreadable(rows: Sequence[UnreadableSale]) -> None:
    """Print what people decided about rows that can't be read: no sum has their amounts."""
    for row in rows:
        if row.decided:
            why = _("it is in no sum, because {what} in the journal", what=row.what)
            typer.echo(f"  {row.reference}: {_decision(row)}; {why}")


def _in_words(difference: Difference) -> str:
    loud = _("PAID AFTER ITS END:") + " " if difference.paid_late else ""
    about = f"{difference.reference}  {difference.order_id or '-'}"
    return f"{loud}{about}: {difference.what}; {difference.to_do}"


def _json(day: date | None, summary: DaySummary, compared: Comparison) -> dict[str, Any]:
    return {
        "day": day.isoformat() if day else None,
        "sales": summary.sales,
        "outcomes": dict(summary.outcomes),
        "methods": [asdict(each) for each in summary.takings_by_method()],
        "taken": summary.takings(),
        "set_aside": [sale.reference for sale in summary.set_aside],
        "decided": [record.sale.reference for record in summary.decided],
        "refunds_underway": [sale.reference for sale in summary.being_refunded],
        "differences": [asdict(each) for each in compared.differences],
        "not_compared": compared.not_compared,
        "reason": compared.reason,
    }
