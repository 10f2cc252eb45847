"""Asking the service about many orders: each call is made again after a pause, as the daemon does.

The daemon's rules for pauses (``kiosk.sale.asking``) are used: they grow, and a pause that the
service asks for is kept up to their limits. A definite refusal is never asked again.
"""

from __future__ import annotations

from collections.abc import Callable

import anyio

from kiosk.base.errors import CallError, OrderRefused
from kiosk.base.language import _
from kiosk.orders import Orders
from kiosk.orders.answers.failures import as_event
from kiosk.sale.asking import Asking
from kiosk.sale.events import Failure, OrderSeen

# Seconds that an answer is waited for. It is longer than the longest pause of a rate limit.
PATIENCE = 120.0
SILENT_AFTER = 3  # orders in a row without an answer: then no other order is asked for


class ServiceSilent(Exception):
    """The service does not answer, or refuses the access token: other calls would not help."""


class PatientOrders:
    """Fetches orders one after another.

    The first order without an answer is asked for again for two minutes. While the service stays
    silent, the following ones are asked for once.
    """

    def __init__(self, orders: Orders, note: Callable[[str], None]) -> None:
        """``note`` is called with a sentence before each pause."""
        self._orders = orders
        self._note = note
        self._unanswered = 0  # orders in a row

    async def fetch(self, order_id: str) -> OrderSeen:
        """Return the order; raises CallError if it can't be fetched, and ServiceSilent."""
        try:
            seen = await self._fetch(order_id)
        except OrderRefused as refused:
            if as_event(refused).failure is Failure.TOKEN:
                raise ServiceSilent(str(refused)) from refused
            self._unanswered = 0
            raise
        except CallError as error:
            self._unanswered += 1
            if self._unanswered >= SILENT_AFTER:
                raise ServiceSilent(str(error)) from error
            raise
        self._unanswered = 0
        return seen

    async def _fetch(self, order_id: str) -> OrderSeen:
        asking = Asking(order_id)
        until = anyio.current_time() + (0.0 if self._unanswered else PATIENCE)
        while True:
            asking = asking.sent()
            try:
                return await self._orders.fetch(order_id)
            except OrderRefused:
                raise
            except CallError as error:
                now = anyio.current_time()
                asking = asking.failed(now, as_event(error))
                if asking.due > until:
                    raise
                self._note(
                    _(
                        "{order_id}: {error}; the next try is in {pause:.0f} s",
                        order_id=order_id,
                        error=error,
                        pause=asking.due - now,
                    )
                )
            await anyio.sleep_until(asking.due)
