"""The counter's calls to the service: each goes out as a task, and brings back one event."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial

import anyio
from anyio.abc import TaskGroup

from kiosk.base.environment import Deliver
from kiosk.base.errors import CallError, JournalFailed
from kiosk.orders import Orders, refund_key
from kiosk.orders.answers import emvco
from kiosk.orders.answers.failures import as_event
from kiosk.sale import effects as do
from kiosk.sale.events import CallFailed, Event, Failure, OrderSeen, ReadyToSell
from kiosk.shell.journal_writer import Recorder

log = logging.getLogger("kiosk.orders")

Call = do.CreateOrder | do.FetchOrder | do.CancelOrder | do.RefundOrder | do.Probe


class Calls:
    """Sends what the machine asks the service, and delivers what comes of it."""

    def __init__(
        self, orders: Orders, record: Recorder, deliver: Deliver, tasks: TaskGroup
    ) -> None:
        self._orders = orders
        self._record = record
        self._deliver = deliver
        self._tasks = tasks
        self.busy_since: float | None = None  # when the call began that is underway

    def start(self, call: Call) -> None:
        """Make the call; its one event comes later."""
        self.busy_since = anyio.current_time()
        self._tasks.start_soon(self._answer, self._call(call))

    def warm(self) -> None:
        """Open the connection: a call may follow."""
        self._tasks.start_soon(self._orders.warm)

    def _call(self, call: Call) -> Callable[[], Awaitable[Event]]:
        match call:
            case do.CreateOrder(reference):
                return partial(self._create, reference)
            case do.FetchOrder(order_id):
                return partial(self._orders.fetch, order_id)
            case do.CancelOrder(order_id):
                return partial(self._orders.cancel, order_id)
            case do.RefundOrder(order_id):
                return partial(self._orders.refund, order_id, refund_key(order_id))
            case do.Probe():
                return self._probe

    async def _answer(self, call: Callable[[], Awaitable[Event]]) -> None:
        try:
            answer = await call()
        except CallError as error:
            answer = as_event(error)
        except JournalFailed as failure:
            answer = CallFailed(Failure.JOURNAL, str(failure))
        self.busy_since = None
        await self._deliver(answer)

    async def _create(self, reference: str) -> OrderSeen:
        """Send what the journal holds for this sale, and nothing else."""
        intent = await self._record.intent(reference)
        return _drawable(await self._orders.create(intent.key, intent.request))

    async def _probe(self) -> Event:
        """Find out whether the journal and the service would bear a sale."""
        await self._record.check()
        await self._orders.probe()
        return ReadyToSell()


def _drawable(seen: OrderSeen) -> OrderSeen:
    """Return the order without its QR if that is none: nothing else may get on the panel."""
    try:
        for warning in emvco.check(seen.qr_data) if seen.qr_data else ():
            log.warning("sale %s: qr_data: %s", seen.reference, warning)
    except emvco.BrokenQr as broken:
        log.error("sale %s: qr_data can't be drawn: %s", seen.reference, broken)
        return replace(seen, qr_data=None)
    return seen
