"""The sales in the journal and the orders at the service, as rows that an expectation names."""

from __future__ import annotations

from typing import Any

from kiosk.journal import SaleRecord
from kiosk.simulator.acts.expectation import JournalRow
from kiosk.simulator.acts.plain_form import plain_form
from kiosk.simulator.service.order import Order

NOTHING = "nothing"


def sale_row(record: SaleRecord) -> dict[str, str]:
    """Return a sale as the row that ``JournalRow`` names."""
    return {
        "amount": record.sale.amount.plain(),
        "outcome": record.outcome.value if record.outcome else "",
        "open": "no" if record.outcome else "yes",
        "paid": record.paid.plain() if record.paid else "",
        "refunded": record.refunded.plain() if record.refunded else "",
    }


def order_row(order: Order) -> dict[str, str]:
    """Return an order as the row that ``OrderSummary`` names."""
    return {"amount": order.amount, "status": order.status.value}


def all_fit(wanted: tuple[Any, ...], found: list[dict[str, str]]) -> bool:
    """Whether there are as many rows as are wanted, and each has what is given of it."""
    if len(wanted) != len(found):
        return False
    pairs = zip(wanted, found, strict=True)
    return all(dict(plain_form(row)).items() <= seen.items() for row, seen in pairs)  # type: ignore[arg-type]


def rows_text(rows: tuple[JournalRow, ...] | tuple[Any, ...]) -> str:
    """Return the wanted rows for people."""
    return ", ".join(row_text(dict(plain_form(row))) for row in rows) or NOTHING  # type: ignore[arg-type]


def row_text(row: dict[str, str]) -> str:
    """Return a row for people."""
    return " ".join(f"{name} {text}" for name, text in row.items() if text) or "any"
