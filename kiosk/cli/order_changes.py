"""``kiosk orders cancel``, and what it shares with ``refund``: which order is meant."""

from __future__ import annotations

from pathlib import Path

import typer

from kiosk.base.language import _
from kiosk.cli.common import fail, load_or_exit
from kiosk.cli.sale_records import (
    ask_service,
    is_absent,
    read_journal,
)
from kiosk.config import Config
from kiosk.journal import SaleRecord, UnreadableSale
from kiosk.orders.answers.json_values import clean
from kiosk.sale.events import OrderSeen


def cancel(word: str, config: Path) -> None:
    """Perform ``kiosk orders cancel``."""
    settings = load_or_exit(config)
    order_id = order_id_of(find_sale(settings, word), word)
    seen = ask_service(settings, lambda orders: orders.cancel(order_id))
    print_result(seen)
    raise typer.Exit(0 if seen.status == "canceled" else 1)


def print_result(seen: OrderSeen) -> None:
    """Print the state of the order."""
    typer.echo(f"{seen.order_id}: {seen.status} ({seen.status_detail})")
    if seen.refund_underway:
        typer.echo(
            _(
                "the refund is under way; see later: kiosk orders show {order_id}",
                order_id=seen.order_id,
            )
        )


def cut(word: str) -> str:
    """Return what a person typed, for a message."""
    return clean(word, 64)


def order_id_of(record: SaleRecord | None, word: str) -> str:
    """Return the id of the sale's order. Without a sale, the word itself is an order id."""
    if record and not record.sale.order_id:
        fail(_("{word}: this sale has no order at the service", word=cut(word)))
    return record.sale.order_id if record else word


def find_sale(settings: Config, word: str) -> SaleRecord | None:
    """Return the sale, or None if the word can only be the id of an order."""
    if is_absent(settings.journal.path):
        return None
    row = find_row(settings, word)
    if isinstance(row, UnreadableSale):
        fail(
            _(
                "sale {reference}: {what} in the journal; give the id of its order in place of the "
                "reference: {order_id}",
                reference=row.reference,
                what=row.what,
                order_id=row.order_id or "ORD…",
            )
        )
    return row


def find_row(settings: Config, word: str) -> SaleRecord | UnreadableSale | None:
    """Return the sale, even if its row can't be read; then only the reference finds it."""
    return read_journal(
        settings.journal.path,
        lambda journal: (
            journal.find(word) or journal.row(word) or _only(journal.with_code(word), word)
        ),
    )


def _only(records: list[SaleRecord], word: str) -> SaleRecord | None:
    """Return the one sale with the code of the panel, if there is one."""
    if len(records) > 1:
        references = ", ".join(record.sale.reference for record in records[:5])
        fail(
            _(
                "{word}: several sales have this code; give the reference: {references}",
                word=cut(word),
                references=references,
            )
        )
    return records[0] if records else None
