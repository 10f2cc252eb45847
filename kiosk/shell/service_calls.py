"""The calls to the service: each runs in a task of its own and delivers one event."""

from __future__ import annotations

import logging
import math
from collections import deque
from collections.abc import Awaitable, Callable
from functools import partial

import anyio
from anyio.abc import TaskGroup

from kiosk.base.errors import CallError, JournalFailed
from kiosk.orders import Orders, refund_key
from kiosk.orders.answers.failures import as_event
from kiosk.sale import effects as do
from kiosk.sale.events import (
    CallFailed,
    Deliver,
    Event,
    Failure,
    LookedLater,
    OrderSeen,
    ReadyToSell,
)
from kiosk.sale.words import Ask
from kiosk.shell.journal_writer import JournalWriter

log = logging.getLogger("kiosk.orders")

LATEST_ANSWERS = 500  # whose durations are known

KEY_LASTS = 23 * 3600.0  # seconds; the service keeps a key for 24 hours

OneCall = do.CreateOrder | do.FetchOrder | do.CancelOrder | do.RefundOrder | do.Probe
ServiceCall = OneCall | do.LookLater | do.WarmConnection


async def _answer_of(call: Callable[[], Awaitable[Event]]) -> Event:
    """Make the call, and return what came of it as an event."""
    try:
        return await call()
    except CallError as error:
        return as_event(error)
    except JournalFailed as failure:
        return CallFailed(Failure.JOURNAL, str(failure))


class ServiceCalls:
    """Makes the calls that the machine asks for, and delivers their answers as events."""

    def __init__(
        self,
        orders: Orders,
        writer: JournalWriter,
        deliver: Deliver,
        tasks: TaskGroup,
        *,
        printed_code: bool = False,
    ) -> None:
        """``printed_code``: a payer reaches an order before its QR is shown."""
        self._key_lasts = KEY_LASTS if printed_code else math.inf
        self._orders = orders
        self._writer = writer
        self._deliver = deliver
        self._tasks = tasks
        self.busy_since: float | None = None  # loop-clock second of the latest call
        self.took: deque[float] = deque(maxlen=LATEST_ANSWERS)  # seconds until each answer

    def start(self, call: ServiceCall) -> None:
        """Start the call; its event is delivered when it ends. Warming up delivers nothing."""
        if isinstance(call, do.WarmConnection):
            self._tasks.start_soon(self._orders.warm)
            return
        if isinstance(call, do.LookLater):
            self._tasks.start_soon(self._look_later, call)
            return
        self.busy_since = anyio.current_time()
        self._tasks.start_soon(self._answer, self._call(call))

    def _call(self, call: OneCall) -> Callable[[], Awaitable[Event]]:
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
        began = anyio.current_time()
        answer = await _answer_of(call)
        self.busy_since = None
        if not isinstance(answer, CallFailed):
            self.took.append(anyio.current_time() - began)
        await self._deliver(answer)

    async def _look_later(self, look: do.LookLater) -> None:
        """Answer a later look. It runs beside the other calls."""
        questions: dict[Ask, OneCall] = {
            "create": do.CreateOrder(look.reference),
            "fetch": do.FetchOrder(look.order_id),
            "cancel": do.CancelOrder(look.order_id),
            "refund": do.RefundOrder(look.order_id),
        }
        answer = await _answer_of(self._call(questions[look.ask]))
        assert isinstance(answer, OrderSeen | CallFailed)
        await self._deliver(LookedLater(look.reference, answer))

    async def _create(self, reference: str) -> OrderSeen | CallFailed:
        """Send the request that the journal holds for this sale, under the key that it holds.

        The service forgets the key after 24 hours. Then the request would make a second order, and
        the first one may have been paid by the printed code.
        """
        intent = await self._writer.intent(reference)
        if intent.age > self._key_lasts:
            return CallFailed(Failure.LAPSED, "the request is a day old, so it is not sent again")
        return await self._orders.create(intent.key, intent.request)

    async def _probe(self) -> Event:
        """Find out whether the journal can be written and the service answers."""
        await self._writer.check()
        await self._orders.probe()
        return ReadyToSell()
