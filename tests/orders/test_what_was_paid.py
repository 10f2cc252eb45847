"""What each driver tells of a paid order, also where the service does what no document says."""

from __future__ import annotations

import pytest

from kiosk.base.money import Money
from kiosk.sale.events import OrderSeen
from kiosk.simulator.service.order import Quirk
from tests.orders.sellers import FLOWS, OLDER_FLOWS, Shop

pytestmark = pytest.mark.anyio

ORDERS_FLOWS = [flow for flow in FLOWS if flow not in OLDER_FLOWS]
ASKED = Money.of("1234.50", "ARS")


@pytest.fixture
def anyio_backend() -> str:
    """One loop is enough here: that the client runs on both is shown beside it."""
    return "trio"


async def paid(flow: str, *quirks: Quirk) -> tuple[Shop, OrderSeen]:
    shop = Shop(flow)
    sale, _ = await shop.sell()
    shop.book.pay(shop.order().id, shop.now, quirks=frozenset(quirks))
    return shop, await shop.orders.fetch(sale.order_id)


@pytest.mark.parametrize("flow", OLDER_FLOWS)
@pytest.mark.parametrize(
    ("quirk", "status"),
    [(Quirk.LEFT_OPEN, "opened/payment_required"), (Quirk.UNDEFINED, "closed/undefined")],
)
async def test_an_older_order_that_is_paid_but_says_otherwise_is_neither_paid_nor_payable(
    flow: str, quirk: Quirk, status: str
) -> None:
    shop, seen = await paid(flow, quirk)
    assert f"{seen.status}/{seen.status_detail}" == status
    assert seen.paid_amount == ASKED
    assert seen.receipt.payment_id == shop.order().payment.number
    shop.now += 3600
    again = await shop.orders.fetch(seen.order_id)
    assert (again.status, again.paid_amount) == (seen.status, ASKED)


@pytest.mark.parametrize("flow", ORDERS_FLOWS)
async def test_the_payment_that_was_refused_first_is_not_on_the_receipt(flow: str) -> None:
    shop, seen = await paid(flow, Quirk.REFUSED_FIRST)
    assert [payment.status for payment in seen.payments] == ["failed", "processed"]
    assert seen.receipt.payment_id == shop.order().payment.number
    assert seen.paid_amount == ASKED


@pytest.mark.parametrize("flow", ORDERS_FLOWS)
async def test_an_order_that_testers_set_to_failed_is_told_as_it_is(flow: str) -> None:
    shop = Shop(flow)
    sale, _ = await shop.sell()
    shop.book.fail(shop.order().id, shop.now)
    seen = await shop.orders.fetch(sale.order_id)
    assert (seen.status, seen.status_detail) == ("failed", "insufficient_amount")
    assert all(payment.failed for payment in seen.payments)
    assert seen.paid_amount is None
