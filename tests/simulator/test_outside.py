"""The world outside of the counter: what payer, network and service do, in a time of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from random import Random
from typing import Any

import anyio
import pytest
from PIL import Image
from trio.testing import MockClock

from kiosk.base.money import Money
from kiosk.display.chips.known_panels import panel_named
from kiosk.display.screens.canvas import Canvas
from kiosk.display.screens.draw import draw
from kiosk.display.screens.samples import sample
from kiosk.sale.words import Screen
from kiosk.simulator.acts.act import Act
from kiosk.simulator.faults.fault_rules import Faults
from kiosk.simulator.outside import Outside
from kiosk.simulator.service.accounts import account_of
from kiosk.simulator.service.messages import Operation
from kiosk.simulator.service.order import Order, OrderStatus
from kiosk.simulator.service.order_book import NotPayable, OrderBook
from tests.simulator.counter import order_of

NOW = 1_790_000_000.0


class Street:
    """The shop's service and network, and a panel that shows what the test puts on it."""

    def __init__(self) -> None:
        self.book, self.faults = OrderBook(Random(1)), Faults()
        self.shown: Image.Image | None = None
        self.told: list[str] = []
        self.outside: Outside

    def now(self) -> float:
        return NOW + anyio.current_time()

    def sells(self, amount: str = "22.50") -> Order:
        sold = self.book.create(account_of("TOKEN", "AR"), order_of(amount), self.now())
        canvas = Canvas.of(panel_named("epd-2.13"), "es", "Kiosco")
        show = sample(Screen.SCAN_ME, Money.of(amount, "ARS"), sold.qr_data)
        self.shown = draw(show, canvas, NOW)
        return sold

    def does(self, act: Any) -> None:
        self.outside.perform(Act.model_validate(act))

    def rules(self) -> list[str]:
        return [type(rule).__name__ for rule in self.faults.rules_for(Operation.GET)]


@asynccontextmanager
async def street() -> AsyncIterator[Street]:
    it = Street()
    async with anyio.create_task_group() as tasks:
        it.outside = Outside(
            it.book, it.faults, it.now, lambda: it.shown, tasks, failed_later=it.told.append
        )
        yield it
        tasks.cancel_scope.cancel()


def play(story: Callable[[Street], Awaitable[None]]) -> None:
    async def run() -> None:
        async with street() as it:
            await story(it)

    clock = MockClock(autojump_threshold=0)
    anyio.run(run, backend="trio", backend_options={"clock": clock})


def test_a_payer_scans_now_and_pays_after_the_code_has_left_the_panel() -> None:
    async def story(it: Street) -> None:
        sold = it.sells()
        it.does({"payer": {"does": "pays", "after": "20 s"}})
        it.shown = None
        await anyio.sleep(19)
        assert sold.payment is None
        await anyio.sleep(2)
        assert sold.status is OrderStatus.PROCESSED

    play(story)


def test_a_payer_who_is_too_late_is_told_so() -> None:
    async def story(it: Street) -> None:
        it.sells()
        it.does({"payer": {"does": "pays", "after": "1 h"}})
        await anyio.sleep(3601)
        assert it.told == ["the payer is told: this code has expired; ask for a new one"]

    play(story)


def test_who_has_scanned_pays_that_order_and_looks_again_only_when_it_is_of_no_use() -> None:
    async def story(it: Street) -> None:
        first = it.sells("10.00")
        it.does({"payer": "scans"})
        second = it.sells("20.00")
        it.does({"payer": "pays"})
        assert (first.status, second.status) == (OrderStatus.PROCESSED, OrderStatus.CREATED)
        it.does({"payer": "pays"})
        assert second.status is OrderStatus.PROCESSED
        with pytest.raises(NotPayable, match="paid already"):
            it.does({"payer": "pays"})

    play(story)


def test_a_payer_without_a_panel_can_scan_the_printed_code_only() -> None:
    async def story(it: Street) -> None:
        it.sells()
        it.shown = None
        with pytest.raises(NotPayable, match="sees no code"):
            it.does({"payer": "pays"})
        with pytest.raises(NotPayable, match="printed code"):
            it.does({"payer": {"does": "pays", "printed": "yes"}})

    play(story)


def test_declines_another_amount_and_refunds_in_part() -> None:
    async def story(it: Street) -> None:
        sold = it.sells()
        it.does({"payer": "declines"})
        it.does({"payer": {"does": "pays", "amount": "20.00"}})
        assert sold.payment is not None
        assert sold.payment.amount == "20.00"
        it.does({"service": {"refund_takes": "60 s"}})
        it.does({"payer": {"does": "refunds", "amount": "5.00"}})
        assert sold.detail == "accredited"
        await anyio.sleep(61)
        assert it.book.orders(it.now())[0].detail == "partially_refunded"

    play(story)


def test_a_trouble_that_lasts_a_while_ends_by_itself_unless_another_one_came() -> None:
    async def story(it: Street) -> None:
        it.does({"network": {"state": "unreachable", "lasts": "10 s"}})
        await anyio.sleep(5)
        assert it.rules() == ["DropRequest"]
        it.does({"network": {"state": "slow", "lasts": "10 s"}})
        await anyio.sleep(6)
        assert it.rules() == ["Delay"]
        await anyio.sleep(5)
        assert it.rules() == []
        assert it.outside.network.until is None

    play(story)


def test_what_the_service_does_beyond_its_documents_stays_when_the_network_changes() -> None:
    async def story(it: Street) -> None:
        it.does({"service": {"order_status": "in_review"}})
        it.does({"network": "slow"})
        assert it.rules() == ["Delay", "OtherStatus"]
        it.does({"service": {"order_status": ""}})
        assert it.rules() == ["Delay"]

    play(story)


def test_an_act_at_the_counter_is_not_performed_here() -> None:
    async def story(it: Street) -> None:
        with pytest.raises(TypeError, match="power happens at the counter"):
            it.does({"power": "off"})

    play(story)


def test_an_order_may_stay_payable_for_longer_than_was_asked() -> None:
    async def story(it: Street) -> None:
        sold = it.sells()
        it.does({"payer": "scans"})
        it.does({"service": {"expires_later": "60 s"}})
        await anyio.sleep(330)
        it.does({"payer": "pays"})
        assert sold.status is OrderStatus.PROCESSED

    play(story)
