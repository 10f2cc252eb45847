"""How each fact changes the journal's tables. The caller makes the transaction and its time."""

from __future__ import annotations

import re
import sqlite3
import uuid

from kiosk.base.money import Money
from kiosk.journal.records import SaleRecord
from kiosk.sale.effects import (
    Fact,
    OrderKnown,
    Receipt,
    RefundDecided,
    RefundSeen,
    RefundUnderway,
    ResultTold,
    SaleEnded,
    SaleOpened,
    SaleSetAside,
)
from kiosk.sale.words import Outcome, Sale, Screen, Unknown

# The namespace of the idempotency keys: a reference always gives the same key, also on a retry.
_KEYS = uuid.UUID("6e6b1d3e-8f0a-4c57-9d53-3d1f0f1b7a10")

# The sales that the times of payments are learned from; SQL, our own words.
LEARNED_FROM = 300  # the newest payments
_RECENT = "rowid > (SELECT max(rowid) FROM sales) - 2000 AND paid_after IS NOT NULL"
_SECONDS = r"[0-9]{1,9}\.[0-9]"

SAID = "Said"  # the event of a screen that the voice has begun to say
HELD = "; held for people"  # the event of a sale that is left to people ends so
ENDED = f"outcome IN ({', '.join(repr(each.value) for each in Outcome)})"  # SQL, our own words


def write(db: sqlite3.Connection, fact: Fact, request: bytes, now: str) -> None:
    """Write the fact to the sale's row, and add a row to ``events``."""
    match fact:
        case SaleOpened(sale):
            _insert(db, sale, request, now)
            detail = f"{sale.amount} from {sale.source}"
        case OrderKnown(reference, order_id):
            _update(db, reference, order_id=order_id)
            detail = order_id
        case RefundDecided(reference, evidence):
            _open_until_refund(db, fact, now)
            detail = evidence
        case SaleEnded(reference, outcome, evidence):
            _end(db, fact, now)
            detail = f"{outcome}: {evidence}{HELD if fact.held else ''}"
        case SaleSetAside(reference, reason):
            _update(db, reference, set_aside_at=now)
            detail = reason
        case RefundSeen(reference, _, evidence):
            _see_refund(db, fact, now)
            detail = evidence
        case RefundUnderway(reference, evidence):
            _set(db, reference, "outcome IS NOT NULL", {"refund_at": now})
            detail = evidence
        case ResultTold(reference, outcome):
            _knows(db, reference, outcome, now)
            detail = outcome or ""
    reference = fact.sale.reference if isinstance(fact, SaleOpened) else fact.reference
    add_event(db, reference, now, type(fact).__name__, detail)
    if isinstance(fact, SaleSetAside | SaleEnded):
        protect(db)


def decide(
    db: sqlite3.Connection, reference: str, outcome: Outcome, note: str, said: str, now: str
) -> None:
    """Write a person's decision about a sale without an outcome, or one that can't be read."""
    db.execute(
        "UPDATE sales SET outcome = ?, ended_at = ?, note = ?, refund_at = NULL "
        "WHERE reference = ?",
        (outcome.value, now, note, reference),
    )
    detail = f"{outcome}: {note}; the service said: {said or 'nothing'}"
    add_event(db, reference, now, "SaleDecided", detail)
    protect(db)


def protect(db: sqlite3.Connection) -> None:
    """Allow older code to write the file only while no sale is set aside.

    Code that knows only schema 3 would wait for the end of that sale, and sell nothing.
    """
    waiting = db.execute(
        "SELECT 1 FROM sales WHERE outcome IS NULL AND set_aside_at IS NOT NULL"
    ).fetchone()
    if waiting:
        db.execute("UPDATE compatibility SET oldest = 4 WHERE oldest = 3")
    else:
        db.execute("UPDATE compatibility SET oldest = 3 WHERE oldest = 4")


def add_event(db: sqlite3.Connection, reference: str, now: str, event: str, detail: str) -> None:
    """Add a row to ``events``."""
    db.execute(
        "INSERT INTO events (reference, at, event, detail) VALUES (?, ?, ?, ?)",
        (reference, now, event, detail),
    )


def held_because(events: list[tuple[str, str, str]]) -> str:
    """Return the evidence of the latest end if it was left to people, or an empty text."""
    ends = [detail for _, event, detail in events if event == SaleEnded.__name__]
    if not ends or not ends[-1].endswith(HELD):
        return ""
    return ends[-1].partition(": ")[2].removesuffix(HELD)


def screen_of(row: SaleRecord, events: list[tuple[str, str, str]]) -> Screen:
    """Return the screen of the sale's result. One that was left to people was not simply paid."""
    if row.outcome is None or (held_because(events) and not row.note):
        return Screen.HELD
    if row.refunded and row.refunded.amount >= row.sale.amount.amount:
        return Screen.REFUNDED
    return Screen(row.outcome.value)


def begin_saying(db: sqlite3.Connection, reference: str, screen: Screen, now: str) -> bool:
    """Write that the voice begins to say this; return False if it was said before."""
    said = db.execute(
        "SELECT 1 FROM events WHERE reference = ? AND event = ? AND detail = ?",
        (reference, SAID, screen.value),
    ).fetchone()
    if said is None:
        add_event(db, reference, now, SAID, screen.value)
    return said is None


def forget_oldest(db: sqlite3.Connection, keep: int) -> None:
    """Delete the two oldest sales for each new one, while there are more than ``keep``."""
    query = (
        "SELECT reference FROM sales WHERE rowid <= (SELECT max(rowid) FROM sales) - ? "  # noqa: S608
        f"AND {ENDED} AND told_at IS NOT NULL ORDER BY rowid LIMIT 2"
    )
    oldest = db.execute(query, (keep,)).fetchall()
    db.executemany("DELETE FROM events WHERE reference = ?", oldest)
    db.executemany("DELETE FROM sales WHERE reference = ?", oldest)


def key_of(reference: str) -> str:
    """Return the idempotency key of a sale's order."""
    return str(uuid.uuid5(_KEYS, reference))


def paid_after(db: sqlite3.Connection) -> tuple[float, ...]:
    """Return how many seconds after their QR the newest sales were paid, newest first."""
    rows = db.execute(
        f"SELECT paid_after FROM sales WHERE {_RECENT} ORDER BY rowid DESC LIMIT ?",  # noqa: S608
        (LEARNED_FROM,),
    ).fetchall()
    return tuple(float(text) for (text,) in rows if re.fullmatch(_SECONDS, str(text)))


def forget_paid_after(db: sqlite3.Connection) -> None:
    """Delete these times. Those of older sales are not read any more."""
    db.execute(f"UPDATE sales SET paid_after = NULL WHERE {_RECENT}")  # noqa: S608 - our own words


def _insert(db: sqlite3.Connection, sale: Sale, request: bytes, now: str) -> None:
    amount = sale.amount
    db.execute(
        "INSERT INTO sales (reference, source, amount, currency, idempotency_key, request, "
        "created_at, ticket, amount_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            *(sale.reference, sale.source, amount.plain(), amount.currency.code),
            *(key_of(sale.reference), request, now, sale.ticket, sale.amount_id or None),
        ),
    )


def _open_until_refund(db: sqlite3.Connection, decided: RefundDecided, now: str) -> None:
    """Write that the money must go back. A sale that had ended without a payment is open again."""
    _update_undecided(db, decided.reference, refund_at=now, outcome=None, ended_at=None)
    _update(db, decided.reference, **_told(decided.receipt))


def _end(db: sqlite3.Connection, ended: SaleEnded, now: str) -> None:
    """Write the end. Whatever the register was told before, it does not know this end yet.

    A sale that is held counts as told in the same commit, so that no restart tells it.
    """
    told_at = now if ended.held else None
    end = {"outcome": ended.outcome.value, "ended_at": now, "told_at": told_at}
    if ended.paid_after is not None:
        end["paid_after"] = f"{ended.paid_after:.1f}"
    _update_undecided(db, ended.reference, **end)
    _update(db, ended.reference, **_told(ended.receipt))
    if ended.outcome is not Outcome.REFUNDED:  # nothing goes back: see ``Journal.refunds_underway``
        _update(db, ended.reference, refund_at=None)


def _see_refund(db: sqlite3.Connection, seen: RefundSeen, now: str) -> None:
    """Write the refund. The money of a sale that is not settled may still have to go back."""
    _set(db, seen.reference, "outcome IS NOT NULL", {"refund_at": None})
    _update(db, seen.reference, looked_at=now, **_told(seen.receipt))


def _told(receipt: Receipt) -> dict[str, str]:
    """Return the columns that the receipt tells. What it does not tell stays as it is."""
    columns = {
        "paid_amount": _plain(receipt.paid),
        "payment_id": receipt.payment_id,
        "payment_method": receipt.method,
        "refunded_amount": _plain(receipt.refunded),
    }
    return {name: value for name, value in columns.items() if value}


def _plain(amount: Money | None) -> str:
    return amount.plain() if amount else ""


def _knows(
    db: sqlite3.Connection, reference: str, outcome: Outcome | Unknown | None, now: str
) -> None:
    """Write that the register knows the result, unless the sale has another one by now."""
    db.execute(
        "UPDATE sales SET told_at = ? "
        "WHERE reference = ? AND coalesce(?, outcome, 'unknown') = coalesce(outcome, 'unknown')",
        (now, reference, outcome),
    )


def _update(db: sqlite3.Connection, reference: str, **columns: str | None) -> None:
    _set(db, reference, "TRUE", columns)


def _update_undecided(db: sqlite3.Connection, reference: str, **columns: str | None) -> None:
    """Update the row, except if a person has decided its outcome: that is the last word."""
    _set(db, reference, "note IS NULL", columns)


def _set(
    db: sqlite3.Connection, reference: str, where: str, columns: dict[str, str | None]
) -> None:
    for name, value in columns.items():
        db.execute(
            f"UPDATE sales SET {name} = ? WHERE reference = ? AND {where}",  # noqa: S608 - our own
            (value, reference),
        )
