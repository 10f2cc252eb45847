"""``kiosk report``: the takings of a day, and whether journal and service agree on them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import typer

from kiosk.cli.common import load_or_exit
from kiosk.cli.comparison import DECIDE, Comparison, Difference, compare_all
from kiosk.cli.daemon_commands import tell_daemon
from kiosk.cli.day_summary import DaySummary
from kiosk.cli.sale_records import ask_service, name_unreadable, opened_journal, row_as_json
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
        return replace(
            found, to_do=f"{found.to_do}; sale.late_payment was not applied, because {refused}"
        )
    done = f"the kiosk looks at it now, and does what sale.late_payment says: {policy}"
    return replace(found, to_do=f"{done}; run the report again later")


def _print(day: date | None, summary: DaySummary, compared: Comparison) -> None:
    typer.echo(f"{day or 'no sale yet'}: {summary.sales} sales")
    for outcome, count in sorted(summary.outcomes.items()):
        typer.echo(f"  {outcome:<10} {count:>5}")
    for each in summary.takings_by_method():
        typer.echo(
            f"  {clean(each.method or 'method not known')}: paid {each.paid}, "
            f"refunded {each.refunded}, net {each.net} {each.currency}"
        )
    for currency, total in summary.takings().items():
        typer.echo(f"  taken      {total} {currency}")
    advised = {difference.reference for difference in compared.differences}
    for sale in summary.set_aside:
        to_do = "" if sale.reference in advised else f"; {DECIDE.format(reference=sale.reference)}"
        typer.echo(f"  {sale.reference}, {sale.amount}, is set aside{to_do}")
    for sale in summary.being_refunded:
        typer.echo(f"  {sale.reference}, {sale.amount}: a refund is under way")
    for record in summary.decided:
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
