"""Asks for a refund again while the service says no only because the payment is too young.

Seconds after an approval the service refuses a refund with 422 (seen live: 7 of 10, and 5 s later
all were good) or with 409. So nobody is told no before the same request was asked for a minute.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

import anyio

from kiosk.base.errors import OrderRefused

T = TypeVar("T")

TRIED_FOR = 60.0  # seconds
LONGEST_PAUSE = 8.0  # seconds

# Another try does not change these.
_DEFINITE = {"idempotency_key_already_used", "order_already_refunded", "refund_in_progress"}
_TOO_EARLY = {409, 422}

log = logging.getLogger("kiosk.orders")


async def ask_for_a_minute(
    ask: Callable[[], Awaitable[T]], is_paid: Callable[[], Awaitable[bool]]
) -> T:
    """Return the answer of ``ask``, which sends the same request under the same key each time.

    ``is_paid`` looks at the order: only the refund of a paid order is asked for again. Raises the
    latest OrderRefused, and every other CallError at once.
    """
    until = anyio.current_time() + TRIED_FOR
    pause = 1.0
    while True:
        try:
            return await ask()
        except OrderRefused as refused:
            if not _may_pass(refused) or anyio.current_time() + pause > until:
                raise
            if not await is_paid():
                raise
            log.info("the refund is asked for again in %g s: %s", pause, refused)
        await anyio.sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE)


def _may_pass(refused: OrderRefused) -> bool:
    return refused.status in _TOO_EARLY and refused.code not in _DEFINITE
