"""The seam's one contract: three drivers and all their modes go through the same cases.

What differs is written down where it differs: an order of the older dynamic model can't be
canceled, and the older APIs have no status of their own.
"""

from __future__ import annotations

import dataclasses
from functools import partial

import pytest

from kiosk.base.errors import OrderRefused, OutcomeUnknown
from kiosk.base.money import Money
from kiosk.orders.answers.failures import as_event
from kiosk.sale.effects import Receipt
from kiosk.sale.events import Failure, OrderSeen
from kiosk.sale.verdict import Standing
from kiosk.sale.words import Outcome, Sale
from kiosk.simulator.service.options import ServiceOptions
from kiosk.simulator.service.order import OrderStatus
from tests.orders.sellers import CANCELABLE, FLOWS, OLDER_FLOWS, Shop

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    """One loop is enough here: that the client runs on both is shown beside it."""
    return "trio"


every_flow = pytest.mark.parametrize("flow", FLOWS)
every_older_flow = pytest.mark.parametrize("flow", OLDER_FLOWS)
every_cancelable_flow = pytest.mark.parametrize("flow", CANCELABLE)


async def cancel_or_look(shop: Shop, sale: Sale) -> OrderSeen:
    """Do as the sale machine does: a cancel that is a conflict is followed by a look."""
    try:
        return await shop.orders.cancel(sale.order_id)
    except OrderRefused as refused:
        if as_event(refused).failure is not Failure.CONFLICT:
            raise
    return await shop.orders.fetch(sale.order_id)


@every_flow
async def test_a_created_order_is_payable_and_shows_a_qr_where_the_panel_has_to(flow: str) -> None:
    shop = Shop(flow)
    sale, seen = await shop.sell()
    assert (seen.status, seen.reference) == ("created", sale.reference)
    assert seen.total in (sale.amount, None)
    assert bool(seen.qr_data) == FLOWS[flow].needs_qr
    assert await shop.judged(sale) is Standing.PAYABLE


@every_flow
async def test_a_paid_order_is_paid_with_its_reference_and_amount(flow: str) -> None:
    shop = Shop(flow)
    sale, _ = await shop.sell()
    shop.pay()
    assert await shop.judged(sale) is Outcome.PAID


@every_flow
async def test_the_payment_is_told_with_the_number_of_the_payers_receipt(flow: str) -> None:
    shop = Shop(flow)
    sale, _ = await shop.sell()
    assert (await shop.orders.fetch(sale.order_id)).receipt == Receipt()
    shop.pay()
    seen = await shop.orders.fetch(sale.order_id)
    number = shop.order().payment.number
    method = seen.receipt.method
    assert seen.receipt == Receipt(sale.amount, number, method)
    assert method in ("account_money", "")
    await shop.orders.refund(sale.order_id, "key", Money.of("34.50", "ARS"))
    shop.now += 1
    seen = await shop.orders.fetch(sale.order_id)
    assert seen.receipt == Receipt(sale.amount, number, method, Money.of("34.50", "ARS"))


@every_flow
async def test_a_paid_order_is_still_found_after_a_power_cut(flow: str) -> None:
    shop = Shop(flow)
    sale, _ = await shop.sell()
    shop.restart()
    assert await shop.judged(sale) is Standing.PAYABLE
    shop.pay()
    shop.restart()
    assert await shop.judged(sale) is Outcome.PAID


@every_flow
async def test_an_order_that_nobody_pays_expires(flow: str) -> None:
    shop = Shop(flow)
    sale, _ = await shop.sell()
    shop.now += 299
    assert await shop.judged(sale) is Standing.PAYABLE
    shop.now += 17
    shop.restart()
    assert await shop.judged(sale) is Outcome.EXPIRED
    assert shop.order().status is OrderStatus.EXPIRED


@every_flow
async def test_a_payer_who_began_in_time_is_waited_for_past_the_expiry(flow: str) -> None:
    shop = Shop(flow)
    sale, _ = await shop.sell()
    shop.now += 298
    shop.pay(takes=60)
    shop.now += 40
    assert await shop.judged(sale) is Standing.PAYABLE
    shop.now += 30
    assert await shop.judged(sale) is Outcome.PAID


@every_cancelable_flow
async def test_a_canceled_order_can_be_paid_no_more(flow: str) -> None:
    shop = Shop(flow)
    sale, _ = await shop.sell()
    seen = await shop.orders.cancel(sale.order_id)
    assert (seen.order_id, seen.status) == (sale.order_id, "canceled")
    assert shop.order().status is OrderStatus.CANCELED


@every_flow
async def test_canceling_a_paid_order_never_says_canceled(flow: str) -> None:
    shop = Shop(flow)
    sale, _ = await shop.sell()
    shop.pay()
    seen = await cancel_or_look(shop, sale)
    assert seen.status == "processed"
    assert await shop.judged(sale) is Outcome.PAID


@every_flow
async def test_an_order_that_is_being_paid_is_a_conflict_to_cancel(flow: str) -> None:
    shop = Shop(flow)
    sale, _ = await shop.sell()
    shop.pay(takes=5)
    with pytest.raises(OrderRefused) as caught:
        await shop.orders.cancel(sale.order_id)
    assert as_event(caught.value).failure is Failure.CONFLICT
    shop.now += 6
    assert await shop.judged(sale) is Outcome.PAID


@every_flow
async def test_what_has_expired_is_a_conflict_to_cancel_until_a_look_says_so(flow: str) -> None:
    shop = Shop(flow)
    sale, _ = await shop.sell()
    shop.now += 301
    with pytest.raises(OrderRefused) as caught:
        await shop.orders.cancel(sale.order_id)
    assert as_event(caught.value).failure is Failure.CONFLICT
    shop.now += 15
    assert await shop.judged(sale) is Outcome.EXPIRED


@every_flow
async def test_a_repeated_create_leaves_at_most_one_order_that_anybody_can_see(flow: str) -> None:
    shop = Shop(flow, {"do": "drop_reply", "call": "create", "nth": 1})
    sale = shop.sale()
    request = shop.orders.request(sale)
    with pytest.raises(OutcomeUnknown):
        await shop.orders.create("key", request)
    seen = await shop.orders.create("key", request)
    payable = shop.book.payable(shop.now)
    visible = [each for each in payable if each.qr_data == (seen.qr_data or "")]
    assert len(visible) == 1
    assert len(payable) == (2 if flow == "older-dynamic" else 1)
    shop.book.pay(visible[0].id, shop.now)
    assert await shop.judged(dataclasses.replace(sale, order_id=seen.order_id)) is Outcome.PAID


@every_flow
async def test_a_create_repeated_after_the_payment_finds_the_payment(flow: str) -> None:
    """The printed code shows an order whose answer was lost, so it may be paid meanwhile."""
    shop = Shop(flow, {"do": "drop_reply", "call": "create", "nth": 1})
    sale = shop.sale()
    request = shop.orders.request(sale)
    with pytest.raises(OutcomeUnknown):
        await shop.orders.create("key", request)
    shop.pay()
    shop.restart()
    seen = await shop.orders.create("key", request)
    assert len(shop.book.orders(shop.now)) == 1
    assert await shop.judged(dataclasses.replace(sale, order_id=seen.order_id)) is Outcome.PAID


@every_flow
async def test_a_create_repeated_while_somebody_pays_disturbs_nobody(flow: str) -> None:
    shop = Shop(flow, {"do": "drop_reply", "call": "create", "nth": 1})
    sale = shop.sale()
    request = shop.orders.request(sale)
    with pytest.raises(OutcomeUnknown):
        await shop.orders.create("key", request)
    shop.pay(takes=20)
    seen = await shop.orders.create("key", request)
    assert (len(shop.book.orders(shop.now)), seen.status) == (1, "created")
    shop.now += 21
    assert await shop.judged(dataclasses.replace(sale, order_id=seen.order_id)) is Outcome.PAID


@every_cancelable_flow
async def test_a_cancel_whose_answer_was_lost_ends_canceled(flow: str) -> None:
    shop = Shop(flow, {"do": "drop_reply", "call": "cancel", "nth": 1})
    sale, _ = await shop.sell()
    with pytest.raises(OutcomeUnknown):
        await shop.orders.cancel(sale.order_id)
    outcomes = set()
    for _ in range(4):
        shop.now += 11
        outcomes.add((await cancel_or_look(shop, sale)).status)
    assert outcomes <= {"created", "canceled"}
    assert "canceled" in outcomes


@every_flow
async def test_a_refund_gives_everything_back_once(flow: str) -> None:
    shop = Shop(flow)
    sale, _ = await shop.sell()
    shop.pay()
    seen = await shop.orders.refund(sale.order_id, "refund-key")
    assert seen.status == "refunded"
    shop.now += 1
    assert await shop.judged(sale) is Outcome.REFUNDED
    assert len(shop.order().refunds) == 1


@every_flow
async def test_a_part_can_be_refunded_and_repeating_it_refunds_no_more(flow: str) -> None:
    shop = Shop(flow)
    sale, _ = await shop.sell()
    shop.pay()
    part = Money.of("34.50", "ARS")
    for _ in range(2):
        seen = await shop.orders.refund(sale.order_id, "refund-key", part)
        assert (seen.status, seen.status_detail) == ("processed", "partially_refunded")
    assert [str(refund.amount) for refund in shop.order().refunds] == ["34.50"]


@every_flow
async def test_what_nobody_paid_cannot_be_refunded(flow: str) -> None:
    shop = Shop(flow)
    sale, _ = await shop.sell()
    with pytest.raises(OrderRefused) as caught:
        await shop.orders.refund(sale.order_id, "refund-key")
    assert caught.value.code == "cannot_refund_order"


@every_flow
async def test_a_probe_has_no_side_effects(flow: str) -> None:
    shop = Shop(flow)
    await shop.orders.probe()
    assert [request.method for request in shop.requests] == ["GET"]
    assert shop.book.orders(shop.now) == []


@every_flow
async def test_a_refused_token_is_said_by_every_call(flow: str) -> None:
    shop = Shop(flow, token="BAD")
    request = shop.orders.request(shop.sale())
    order_id = "k1-0001.1790000300" if flow in OLDER_FLOWS else "ORD" + "0" * 26
    calls = (
        shop.orders.probe,
        partial(shop.orders.create, "key", request),
        partial(shop.orders.fetch, order_id),
    )
    for call in calls:
        with pytest.raises(OrderRefused, match=r"orders\.token") as caught:
            await call()
        assert as_event(caught.value).failure is Failure.TOKEN


@every_flow
async def test_a_point_of_sale_that_is_not_ours_names_the_setting(flow: str) -> None:
    shop = Shop(flow, external_pos_id="ELSEWHERE")
    with pytest.raises(OrderRefused, match=r"orders\.external_pos_id.*ELSEWHERE") as caught:
        await shop.sell()
    assert as_event(caught.value).failure is Failure.SETUP


@every_flow
@pytest.mark.parametrize("amount", ["0.01", "14.99", "15.00", "999999999999.99"])
async def test_amounts_go_there_and_back_exactly(flow: str, amount: str) -> None:
    shop = Shop(flow, setup=ServiceOptions(country="BR"), currency="BRL")
    sale, _ = await shop.sell(shop.sale(amount))
    shop.pay()
    assert await shop.judged(sale) is Outcome.PAID


@every_flow
async def test_pesos_of_chile_have_no_decimals(flow: str) -> None:
    shop = Shop(flow, setup=ServiceOptions(country="CL"), currency="CLP")
    sale, _ = await shop.sell(shop.sale("1500"))
    assert b"1500" in shop.requests[-1].content
    assert b"1500.0" not in shop.requests[-1].content
    shop.pay()
    assert await shop.judged(sale) is Outcome.PAID


@every_flow
@pytest.mark.parametrize(
    "lie", [{"do": "wrong_amount"}, {"do": "wrong_reference"}], ids=lambda lie: lie["do"]
)
async def test_an_answer_about_another_order_is_never_paid(flow: str, lie: dict[str, str]) -> None:
    shop = Shop(flow, {**lie, "call": "get"})
    sale, _ = await shop.sell()
    shop.pay()
    assert isinstance(await shop.judged(sale), Standing)


@every_flow
@pytest.mark.parametrize("what", ["drop_request", "garbage", "status"])
async def test_trouble_on_the_way_is_an_unknown_outcome(flow: str, what: str) -> None:
    shop = Shop(flow, {"do": what} | ({"status": 503, "shape": "html"} if what == "status" else {}))
    request = shop.orders.request(shop.sale())
    with pytest.raises(OutcomeUnknown):
        await shop.orders.create("key", request)


@every_flow
async def test_a_wrong_clock_here_changes_nothing(flow: str) -> None:
    """A box without a battery wakes up in 1970, or in a future that never comes."""
    for wall in (0.0, 4_000_000_000.0):
        shop = Shop(flow, wall=wall)
        await shop.orders.probe()
        sale, _ = await shop.sell()
        shop.now += 200
        assert await shop.judged(sale) is Standing.PAYABLE
        shop.now += 120
        assert await shop.judged(sale) is Outcome.EXPIRED
