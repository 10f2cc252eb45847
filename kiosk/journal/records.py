"""The rows of ``sales``, for people and for the daemon; rows that can't be read are problems."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import date, datetime
from typing import Any

from kiosk.base.frozen import frozen
from kiosk.base.language import _
from kiosk.base.money import CURRENCIES, Money
from kiosk.sale.words import Outcome, Sale, Unknown

COLUMNS = (
    "reference, source, amount, currency, order_id, refund_at, ticket, outcome, created_at, "
    "ended_at, told_at, set_aside_at, looked_at, note, paid_amount, payment_id, payment_method, "
    "refunded_amount"
)
NEWEST_OF_EACH_SOURCE = "rowid IN (SELECT max(rowid) FROM sales GROUP BY source)"
NEEDED = ("reference", "source", "amount", "currency", "created_at")
LONGEST = 256  # characters; a note of a person may be longer
_UNREADABLE = "\N{REPLACEMENT CHARACTER}"  # stands for bytes that are not UTF-8


@frozen
class SaleRecord:
    """A row of ``sales``, for people."""

    sale: Sale
    outcome: Outcome | None
    created_at: str
    ended_at: str | None
    told_at: str | None
    set_aside_at: str | None = None
    looked_at: str | None = None  # the latest look after the end
    note: str | None = None  # why a person decided the outcome
    paid: Money | None = None
    payment_id: str | None = None  # the operation number on the payer's receipt
    payment_method: str | None = None
    refunded: Money | None = None

    @property
    def day(self) -> date:
        """The day on which the sale began, in the time zone of this computer."""
        return local_day(self.created_at)

    @property
    def result(self) -> Outcome | Unknown | None:
        """What the register hears of the sale; None if it must wait for it."""
        if self.outcome is None and self.set_aside_at:
            return Unknown.UNKNOWN
        return self.outcome

    @property
    def refund_underway(self) -> bool:
        """Whether the service had not finished a refund that was asked for here."""
        return self.outcome not in (None, Outcome.REFUNDED) and self.sale.to_refund


@frozen
class UnreadableSale:
    """A row that can't be read: the sale is neither sold nor counted as settled."""

    reference: str
    what: str  # such as "its amount '5u5.00' can't be read"
    note: str | None = None  # why a person decided the outcome
    order_id: str = ""  # empty if it is not known, or can't be read
    outcome: Outcome | None = None

    @property
    def decided(self) -> bool:
        """Whether a person has decided its outcome."""
        return bool(self.note)

    def __str__(self) -> str:
        return _(
            "sale {reference}: {what} in the journal; find out at the service how it ended, then "
            "run: kiosk orders settle {reference} --as OUTCOME --note TEXT",
            reference=self.reference,
            what=self.what,
        )


def read(rows: Iterable[tuple[Any, ...]]) -> Iterator[SaleRecord | UnreadableSale]:
    """Yield a record or a problem for each row of ``COLUMNS``."""
    names = COLUMNS.split(", ")
    for row in rows:
        columns = dict(zip(names, row, strict=True))
        what = _unreadable(columns)
        if what:
            yield _unreadable_sale(columns, what)
        else:
            yield _record(**columns)


def lenient_text(data: bytes) -> str:
    """Decode a text of the file; a byte that is not UTF-8 makes its row a problem, not an error."""
    return data.decode(errors="replace")


def as_lenient(db: sqlite3.Connection) -> sqlite3.Connection:
    """Let the connection return text that is not UTF-8."""
    db.text_factory = lenient_text
    return db


def _unreadable_sale(columns: dict[str, Any], what: str) -> UnreadableSale:
    order_id, outcome = columns["order_id"] or "", columns["outcome"]
    is_known = _is_readable("order_id", order_id, "") and order_id.isprintable()
    return UnreadableSale(
        _shown(columns["reference"]),
        what,
        note=None if columns["note"] is None else str(columns["note"]),
        order_id=order_id if is_known else "",
        outcome=Outcome(outcome) if outcome in list(Outcome) else None,
    )


def _unreadable(columns: dict[str, Any]) -> str:
    """Return what can't be read in this row, or an empty text."""
    for name, value in columns.items():
        if not _is_readable(name, value, columns["currency"]):
            return _("its {name} {value} can't be read", name=name, value=_shown(value))
    return ""


def _is_readable(name: str, value: Any, currency: Any) -> bool:
    if value is None:
        return name not in NEEDED
    if not isinstance(value, str) or _UNREADABLE in value or not (value or name not in NEEDED):
        return False
    if len(value) > LONGEST and name != "note":
        return False
    match name:
        case "amount" | "paid_amount" | "refunded_amount":
            return _is_plain(value, currency)
        case "currency":
            return value in CURRENCIES
        case "outcome":
            return value in list(Outcome)
        case "created_at":
            return _is_time(value)
        case "reference":
            return value.isprintable() and not value.startswith("?")
    return True


def local_day(written_at: str) -> date:
    """Return the day of this time in the time zone of this computer."""
    time = datetime.fromisoformat(written_at)
    with suppress(OverflowError, ValueError):  # in the first or the last year of the calendar
        return time.astimezone().date()
    return time.date()


def age(written_at: str, now: float) -> float:
    """Return how long ago this was written, in seconds by the wall clock ``now``."""
    return now - datetime.fromisoformat(written_at).timestamp() if _is_time(written_at) else now


def _is_time(text: str) -> bool:
    try:
        return bool(datetime.fromisoformat(text))
    except ValueError:
        return False


def _is_plain(text: str, currency: Any) -> bool:
    """Whether this is an amount as ``Money.plain`` writes it. The currency has its own check."""
    units = CURRENCIES[currency].minor_units if currency in CURRENCIES else 2
    return bool(re.fullmatch(rf"[0-9]{{1,15}}(\.[0-9]{{{units}}}){{{min(units, 1)}}}", text))


def _shown(value: Any) -> str:
    """Return the value for a message: short, and without control characters."""
    text = value if isinstance(value, str) else repr(value)
    shown = text if text.isprintable() and text else repr(text)
    return shown if len(shown) <= 64 else f"{shown[:60]}..."


def _record(  # noqa: PLR0913 - the columns of one row
    *,
    reference: str,
    source: str,
    amount: str,
    currency: str,
    order_id: str | None,
    refund_at: str | None,
    ticket: str,
    outcome: str | None,
    paid_amount: str | None,
    refunded_amount: str | None,
    **others: Any,
) -> SaleRecord:
    money = Money.of(amount, currency)
    return SaleRecord(
        Sale(reference, money, source, order_id or "", bool(refund_at), ticket=ticket),
        Outcome(outcome) if outcome else None,
        paid=Money.of(paid_amount, currency) if paid_amount else None,
        refunded=Money.of(refunded_amount, currency) if refunded_amount else None,
        **others,
    )
