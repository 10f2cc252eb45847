"""The calls to the service: each is answered by exactly one event."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import anyio
import pytest

from kiosk.base.errors import OutcomeUnknown
from kiosk.base.money import Money
from kiosk.journal import Journal
from kiosk.orders import Orders
from kiosk.sale import effects as do
from kiosk.sale.events import CallFailed, Event, Failure, LookedLater, OrderSeen
from kiosk.sale.words import Ask, Sale
from kiosk.shell.journal_writer import JournalWriter
from kiosk.shell.service_calls import KEY_LASTS, ServiceCall, ServiceCalls
from tests.support.play import pesos

pytestmark = pytest.mark.anyio

T = TypeVar("T")
SALE = Sale("K-1", pesos("7.00"), "caja")
SEEN = OrderSeen("ORD7", "K-1", "failed", pesos("7.00"))
ASKS: list[tuple[Ask, str]] = [
    ("create", 'create {"a": 1}'),
    ("fetch", "fetch ORD7"),
    ("cancel", "cancel ORD7"),
    ("refund", "refund ORD7"),
]


class CountedOrders(Orders):
    """A service that describes the same order to each call, or does not answer."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.silent = False

    async def create(self, key: str, request: bytes) -> OrderSeen:
        return self._answer(f"create {request.decode()}")

    async def fetch(self, order_id: str) -> OrderSeen:
        return self._answer(f"fetch {order_id}")

    async def cancel(self, order_id: str) -> OrderSeen:
        return self._answer(f"cancel {order_id}")

    async def refund(self, order_id: str, key: str, amount: Money | None = None) -> OrderSeen:
        return self._answer(f"refund {order_id}")

    def _answer(self, call: str) -> OrderSeen:
        self.calls.append(call)
        if self.silent:
            raise OutcomeUnknown("nothing came")
        return SEEN


@dataclass
class Counter:
    """A counter with a journal that holds one sale."""

    folder: Path
    printed_code: bool = False
    now: float = 1_800_000_000.0
    orders: CountedOrders = field(default_factory=CountedOrders)
    busy: list[float | None] = field(default_factory=list)

    async def carry_out(self, *calls: ServiceCall, age: float = 0.0) -> list[Event]:
        """Make the calls when the sale has this age; return the events that came."""
        events: list[Event] = []
        journal = Journal.open(self.folder / "journal.sqlite3", lambda: self.now)
        journal.remember(do.SaleOpened(SALE), b'{"a": 1}')
        self.now += age

        async def in_place(work: Callable[[], T]) -> T:
            return work()

        async def deliver(event: Event) -> None:
            events.append(event)

        async with anyio.create_task_group() as tasks:
            writer = JournalWriter(journal, in_place)
            parts = self.orders, writer, deliver, tasks
            made = ServiceCalls(*parts, printed_code=self.printed_code)
            for call in calls:
                made.start(call)
                self.busy.append(made.busy_since)
        journal.close()
        return events


@pytest.mark.parametrize(("ask", "call"), ASKS)
async def test_a_later_look_is_answered_with_the_name_of_its_sale(
    ask: Ask, call: str, tmp_path: Path
) -> None:
    counter = Counter(tmp_path)
    events = await counter.carry_out(do.LookLater("K-1", "ORD7", ask))
    assert events == [LookedLater("K-1", SEEN)]
    assert counter.orders.calls == [call]
    assert counter.busy == [None], "the watchdog watches the calls of the current sale"


async def test_a_later_look_runs_beside_the_question_of_the_current_sale(tmp_path: Path) -> None:
    counter = Counter(tmp_path)
    looks = do.FetchOrder("ORD8"), do.LookLater("K-1", "ORD7", "fetch")
    events = await counter.carry_out(*looks)
    assert sorted(events, key=str) == [LookedLater("K-1", SEEN), SEEN]


async def test_a_later_look_that_fails_is_answered_too(tmp_path: Path) -> None:
    counter = Counter(tmp_path)
    counter.orders.silent = True
    (event,) = await counter.carry_out(do.LookLater("K-1", "ORD7", "fetch"))
    assert isinstance(event, LookedLater)
    assert isinstance(event.answer, CallFailed)
    assert (event.answer.failure, event.answer.reason) == (Failure.UNKNOWN, "nothing came")


async def test_a_later_create_of_a_sale_that_the_journal_does_not_hold(tmp_path: Path) -> None:
    counter = Counter(tmp_path)
    (event,) = await counter.carry_out(do.LookLater("K-9", "", "create"))
    assert isinstance(event, LookedLater)
    assert isinstance(event.answer, CallFailed)
    assert event.answer.failure is Failure.JOURNAL
    assert counter.orders.calls == []


@pytest.mark.parametrize(
    ("age", "printed_code", "sent"),
    [
        (KEY_LASTS - 1, True, True),
        (KEY_LASTS + 1, True, False),
        (KEY_LASTS + 1, False, True),  # nobody can reach the order, and it is canceled
        (-KEY_LASTS * 9, True, True),  # the clock was set back
    ],
)
async def test_a_create_is_not_sent_when_its_key_would_make_an_order_that_a_payer_reaches(
    age: float, printed_code: bool, sent: bool, tmp_path: Path
) -> None:
    counter = Counter(tmp_path, printed_code)
    (event,) = await counter.carry_out(do.CreateOrder("K-1"), age=age)
    assert bool(counter.orders.calls) == sent
    if not sent:
        assert isinstance(event, CallFailed)
        assert event.failure is Failure.LAPSED
