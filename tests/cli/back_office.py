"""Sales in the journal and orders at the service, for the tests of the verbs about sales."""

from __future__ import annotations

from kiosk.base.money import Money
from kiosk.journal import Journal
from kiosk.sale.effects import Fact, Receipt, SaleEnded
from kiosk.sale.words import Outcome
from tests.cli.conftest import Shell
from tests.orders.live import Live, sdk
from tests.simulator.counter import order_of

NOON = 1_790_000_000.0  # 2026-09-21, 14:13:20 UTC
DAY = 86_400.0


def made(service: Live, reference: str, amount: str, *, paid: bool = False) -> str:
    body = order_of(amount, external_reference=reference)
    order_id = str(sdk(service).order().create(body)["response"]["id"])
    if paid:
        service.book.pay(order_id, service.now)
    return order_id


def ars(amount: str) -> Money:
    return Money.of(amount, "ARS")


def remember(shell: Shell, fact: Fact) -> None:
    journal = Journal.open(shell.folder / "journal.sqlite3", lambda: NOON)
    journal.remember(fact)
    journal.close()


def paid_by_card(shell: Shell, reference: str, order_id: str = "", paid: str = "90.00") -> None:
    """Put a paid sale of 100.00 into the journal; its payment has the number 1234567."""
    shell.sold(reference, "100.00", None, NOON, order_id)
    receipt = Receipt(ars(paid), "1234567", "credit_card")
    remember(shell, SaleEnded(reference, Outcome.PAID, "test", receipt))


def listed(shell: Shell, *options: str) -> list[str]:
    return [sale["reference"] for sale in shell.run("orders", "list", "--json", *options)]
