"""The same sale plays with every driver in every mode, by the daemon's own code.

Where an API can do less, the play says so: an order of the older dynamic model can't be canceled,
so what was canceled at the counter expires, and a new amount has waited too long by then.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from kiosk.sale.words import Outcome
from kiosk.simulator.service.order import OrderStatus
from tests.orders.counter import Counter, play
from tests.orders.sellers import FLOWS

QUICK = ("orders-dynamic", "older-dynamic", "attended-1")
every_flow = pytest.mark.parametrize(
    "flow",
    [pytest.param(flow, marks=() if flow in QUICK else pytest.mark.slow) for flow in FLOWS],
)
Story = Callable[[Counter], Awaitable[None]]


def ended_by_cancel(flow: str) -> Outcome:
    return Outcome.EXPIRED if flow == "older-dynamic" else Outcome.CANCELED


@every_flow
def test_a_sale_is_paid(flow: str) -> None:
    async def story(counter: Counter) -> None:
        async def sale() -> None:
            counter.pays(await counter.sells())
            await counter.told(Outcome.PAID)

        await counter.powered(sale)
        assert counter.outcomes() == [Outcome.PAID]

    play(flow, story)


@every_flow
def test_a_payer_walks_away(flow: str) -> None:
    async def story(counter: Counter) -> None:
        async def sale() -> None:
            order = await counter.sells()
            counter.book.scan_only(order.id, counter.clock(), rejected=True)
            await counter.until(lambda: bool(counter.register.told), seconds=170)
            assert counter.register.told[0] in (Outcome.EXPIRED, ended_by_cancel(flow))
            assert order.status in (OrderStatus.EXPIRED, OrderStatus.CANCELED)

        await counter.powered(sale)

    play(flow, story)


@every_flow
def test_the_cashier_cancels(flow: str) -> None:
    async def story(counter: Counter) -> None:
        async def sale() -> None:
            await counter.sells()
            await counter.register.cancels()
            await counter.told(ended_by_cancel(flow))
            assert counter.book.payable(counter.clock()) == []

        await counter.powered(sale)
        assert counter.outcomes() == [ended_by_cancel(flow)]

    play(flow, story)


@every_flow
def test_a_payer_is_faster_than_the_cashier(flow: str) -> None:
    async def story(counter: Counter) -> None:
        async def sale() -> None:
            order = await counter.sells()
            counter.pays(order, takes=3)
            await counter.register.cancels()
            await counter.told(Outcome.PAID)

        await counter.powered(sale)
        assert counter.outcomes() == [Outcome.PAID]

    play(flow, story)


@every_flow
def test_a_payer_pays_in_the_very_moment_of_the_cancel(flow: str) -> None:
    async def story(counter: Counter) -> None:
        async def sale() -> None:
            await counter.sells()
            await counter.register.cancels()
            # Nothing is sent to cancel an order of the older dynamic model.
            await counter.told(Outcome.EXPIRED if flow == "older-dynamic" else Outcome.PAID)

        await counter.powered(sale)

    play(flow, story, {"do": "pay_first", "call": "cancel", "times": 1})


@every_flow
def test_a_new_amount_replaces_the_one_before(flow: str) -> None:
    async def story(counter: Counter) -> None:
        async def sale() -> None:
            await counter.sells("100.00")
            await counter.register.keys("200.00")
            if (
                flow == "older-dynamic"
            ):  # its order can't be canceled: the new amount waits too long
                await counter.told(Outcome.EXPIRED, Outcome.ABANDONED)
                return
            await counter.told(Outcome.CANCELED)
            await counter.until(lambda: counter.state == "paying")
            assert len(counter.book.payable(counter.clock())) == 1
            counter.pays(counter.newest())
            await counter.told(Outcome.CANCELED, Outcome.PAID)

        await counter.powered(sale)
        assert counter.outcomes()[0] is ended_by_cancel(flow)

    play(flow, story)


@every_flow
@pytest.mark.parametrize("what", ["drop_request", "drop_reply"])
def test_the_line_breaks_while_the_order_is_made(flow: str, what: str) -> None:
    async def story(counter: Counter) -> None:
        async def sale() -> None:
            counter.pays(await counter.sells())
            await counter.told(Outcome.PAID)

        await counter.powered(sale)
        paid = [
            o for o in counter.book.orders(counter.clock()) if o.status is OrderStatus.PROCESSED
        ]
        assert len(paid) == 1

    play(flow, story, {"do": what, "call": "create", "nth": 1})


@every_flow
def test_the_line_breaks_while_the_order_is_canceled(flow: str) -> None:
    async def story(counter: Counter) -> None:
        async def sale() -> None:
            await counter.sells()
            await counter.register.cancels()
            await counter.told(ended_by_cancel(flow))

        await counter.powered(sale)

    play(flow, story, {"do": "drop_reply", "call": "cancel", "nth": 1})


@every_flow
def test_the_service_is_silent_while_the_payer_pays(flow: str) -> None:
    async def story(counter: Counter) -> None:
        async def sale() -> None:
            counter.pays(await counter.sells())
            await counter.told(Outcome.PAID)

        await counter.powered(sale)

    rule = {"do": "status", "call": "get", "status": 503, "shape": "html", "every": 2}
    play(flow, story, rule)


@every_flow
def test_the_power_fails_and_the_payer_pays_meanwhile(flow: str) -> None:
    async def story(counter: Counter) -> None:
        async def before() -> None:
            counter.pays(await counter.sells(), takes=20)

        async def after() -> None:
            await counter.told(Outcome.PAID)

        await counter.powered(before)
        assert counter.outcomes() == [None]
        await counter.powered(after)
        assert counter.outcomes() == [Outcome.PAID]

    play(flow, story)


@every_flow
def test_the_power_fails_and_nobody_has_paid(flow: str) -> None:
    async def story(counter: Counter) -> None:
        async def before() -> None:
            await counter.sells()

        async def after() -> None:
            await counter.told(ended_by_cancel(flow))
            counter.pays(await counter.sells("15.00"))
            await counter.told(ended_by_cancel(flow), Outcome.PAID)

        await counter.powered(before)
        await counter.powered(after)
        assert counter.outcomes() == [ended_by_cancel(flow), Outcome.PAID]

    play(flow, story)


@every_flow
def test_the_power_fails_while_the_order_is_made_and_paid(flow: str) -> None:
    """The answer never came, but a printed code shows the order; the payer is quick."""

    async def story(counter: Counter) -> None:
        async def before() -> None:
            await counter.register.keys("77.00")
            await counter.until(lambda: bool(counter.book.orders(counter.clock())))
            counter.pays(counter.newest())

        async def after() -> None:
            await counter.told(Outcome.PAID)

        await counter.powered(before)
        assert counter.outcomes() == [None]
        await counter.powered(after)
        assert counter.outcomes() == [Outcome.PAID]
        assert len(counter.book.orders(counter.clock())) == 1

    play(flow, story, {"do": "delay", "call": "create", "when": "after", "seconds": 5, "nth": 1})


@every_flow
def test_no_play_ever_shows_an_order_that_the_book_does_not_have(flow: str) -> None:
    async def story(counter: Counter) -> None:
        async def sale() -> None:
            order = await counter.sells()
            shown = counter.kiosk.display.shown
            assert shown is not None
            assert shown.qr_data == (order.qr_data if FLOWS[flow].needs_qr else "")

        await counter.powered(sale)

    play(flow, story)
