"""What the verbs about sales share: asking journal and service, selecting and writing sales."""

from __future__ import annotations

import csv
import json
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import aclosing, closing, contextmanager
from pathlib import Path
from typing import Any, TextIO, TypeVar

import typer

from kiosk.base.environment import Environment
from kiosk.base.errors import JournalFailed
from kiosk.base.frozen import frozen
from kiosk.base.language import _, mark, ngettext
from kiosk.base.money import Money
from kiosk.cli.common import fail, run_or_exit
from kiosk.config import Config
from kiosk.journal import Journal, SaleRecord, UnreadableSale
from kiosk.orders import Orders
from kiosk.orders.answers.json_values import clean
from kiosk.sale.events import OrderSeen
from kiosk.sale.words import Outcome

T = TypeVar("T")

_PROBLEMS = 20  # are named; there may be many
UNDERWAY = mark("a refund is under way")
CHARGED_BACK = mark("the payer's bank takes the money back")
SET_ASIDE = "set aside"  # the service did not say in time how it ended

# A spreadsheet takes a cell that begins with one of these for a formula, and would run it
# (OWASP, "CSV Injection"). The wide forms are for spreadsheets with East Asian settings.
_FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")

_NUMBERS = {"amount", "paid_amount", "refunded_amount", "net_amount"}
COLUMNS = (
    "reference",
    "order_id",
    "amount",
    "currency",
    "outcome",
    "source",
    "created_at",
    "ended_at",
    "told_at",
    "state",
    "set_aside_at",
    "payment_method",
    "payment_id",
    "paid_amount",
    "refunded_amount",
    "net_amount",
    "refund_underway",
    "note",
)


def is_absent(path: Path) -> bool:
    """Return whether there is surely no journal. If nobody can look, reading it says why."""
    try:
        return not path.exists()
    except OSError:
        return False


@contextmanager
def opened_journal(path: Path) -> Iterator[Journal]:
    """Open the journal, while a daemon may be writing to it. Exit with 1 if it can't be read."""
    try:
        with closing(Journal.open_read_only(path)) as journal:
            yield journal
    except JournalFailed as failure:
        fail(failure)


def read_journal(path: Path, question: Callable[[Journal], T]) -> T:
    """Ask the journal, while a daemon may be writing to it. Exit with 1 if it can't be read."""
    with opened_journal(path) as journal:
        return question(journal)


def name_unreadable(unreadable: Sequence[UnreadableSale]) -> None:
    """Name on standard error the sales that can't be read and that nobody has decided."""
    problems = [str(row) for row in unreadable if not row.decided]
    for problem in problems[:_PROBLEMS]:
        typer.echo(clean(problem), err=True)
    if len(problems) > _PROBLEMS:
        more = len(problems) - _PROBLEMS
        typer.echo(
            ngettext("{number} more sale can't be read", "{number} more sales can't be read", more),
            err=True,
        )


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


def state_of(record: SaleRecord) -> str:
    """Return the outcome; without one, the sale is open or set aside."""
    if record.outcome:
        return record.outcome.value
    return SET_ASIDE if record.set_aside_at else "open"


@frozen
class Takings:
    """What a sale brought. None: it is not known, or nothing was paid."""

    paid: Money | None
    refunded: Money | None

    @property
    def net(self) -> Money | None:
        """What was paid, less what was refunded."""
        if self.paid is None or self.refunded is None:
            return self.paid
        return Money(self.paid.amount - self.refunded.amount, self.paid.currency)


def takings_of(record: SaleRecord) -> Takings:
    """Return what was paid and refunded.

    Where the service told no amount, and in journals of earlier versions, that is the sale's own.
    """
    ended_paid = record.outcome in (Outcome.PAID, Outcome.REFUNDED)
    paid = record.paid or (record.sale.amount if ended_paid else None)
    back = paid if record.outcome is Outcome.REFUNDED else None
    return Takings(paid, record.refunded or back)


def is_being_refunded(record: SaleRecord) -> bool:
    """Whether a refund was decided here, and the service has not finished it."""
    return record.sale.to_refund and record.outcome is not Outcome.REFUNDED


def sale_as_json(record: SaleRecord) -> dict[str, Any]:
    """Return a sale with the fields that programs get."""
    sale, takings = record.sale, takings_of(record)
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
        "state": state_of(record),
        "set_aside_at": record.set_aside_at,
        "payment_method": record.payment_method or None,
        "payment_id": record.payment_id or None,
        "paid_amount": _plain(takings.paid),
        "refunded_amount": _plain(takings.refunded),
        "net_amount": _plain(takings.net),
        "refund_underway": is_being_refunded(record),
        "note": record.note or None,
    }


def row_as_json(row: SaleRecord | UnreadableSale) -> dict[str, Any]:
    """Return the fields of a sale, or what is known of one that can't be read."""
    if isinstance(row, SaleRecord):
        return sale_as_json(row)
    return {
        "reference": row.reference,
        "order_id": row.order_id or None,
        "outcome": row.outcome,
        "note": row.note,
        "problem": row.what if row.decided else str(row),
    }


def payment_in_words(record: SaleRecord) -> str:
    """Return the end of a line of ``list``; empty if no payment is known."""
    takings, words = takings_of(record), []
    if takings.paid:
        words.append(
            _(
                "{method}: paid {paid}, refunded {refunded}, net {net}",
                method=clean(record.payment_method or "-"),
                paid=takings.paid.plain(),
                refunded=takings.refunded.plain() if takings.refunded else "-",
                net=takings.net.plain() if takings.net else "-",
            )
        )
    if is_being_refunded(record):
        words.append(_(UNDERWAY))
    return ", ".join(words)


def order_in_words(seen: OrderSeen, say: Callable[..., str] = _) -> str:
    """Return what the service says about the order now; ``say`` says it in a language."""
    parts = [f"{seen.status}/{seen.status_detail}, {seen.total}"]
    if seen.paid_amount:
        parts.append(say(mark("paid {amount}"), amount=seen.paid_amount))
    if seen.refunded:
        parts.append(say(mark("refunded {amount}"), amount=seen.refunded))
    if seen.refund_underway:
        parts.append(say(UNDERWAY))
    if seen.charged_back:
        parts.append(say(CHARGED_BACK))
    return ", ".join(parts)


def write_csv(records: Iterable[SaleRecord], file: TextIO) -> None:
    """Write RFC 4180 lines. The header is written even if there are no sales."""
    writer = csv.DictWriter(file, COLUMNS)
    writer.writeheader()
    for record in records:
        cells = sale_as_json(record).items()
        writer.writerow({name: as_cell(name, value) for name, value in cells})


def write_json(records: Iterable[SaleRecord], file: TextIO, indent: int | None = None) -> None:
    """Write an array sale by sale, with the text that ``json.dumps`` gives for all at once."""
    line = "\n" if indent else ""
    separator, space = (f",{line}" if indent else ", "), " " * (indent or 0)
    between = f"[{line}"
    for record in records:
        text = json.dumps(sale_as_json(record), indent=indent).replace("\n", f"\n{space}")
        file.write(f"{between}{space}{text}")
        between = separator
    file.write("[]\n" if between.startswith("[") else f"{line}]\n")


def in_words(value: str | bool | None) -> str:
    """Return the value of a field for people, without control characters."""
    return _("yes") if value is True else clean(value or "")


def as_cell(name: str, value: str | bool | None) -> str:
    """Return the text of a CSV cell, which no spreadsheet takes for a formula.

    An apostrophe in front makes it a text. Control characters are replaced. The amounts are our
    own, and stay numbers.
    """
    if not value:  # as most cells are
        return ""
    text = "yes" if value is True else clean(value)
    is_number = name in _NUMBERS
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) and not is_number else text


def _plain(amount: Money | None) -> str | None:
    return amount.plain() if amount else None
