"""What an input has to send: replies for a register, results and its connection to be reported."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from kiosk.base.outbox import Outbox
from kiosk.sale.effects import Reply
from kiosk.sale.events import Deliver, InputLost, InputOpened, ResultDelivered


def in_place_of_older(box: Outbox[Any], result: Reply) -> Reply:
    """Return the result, in place of an outdated one of the same sale that still waits in the box.

    The register never heard that one, so this is not a late one for it either.
    """
    outdated = box.take_back(lambda it: isinstance(it, Reply) and it.reference == result.reference)
    return replace(result, late=outdated.late) if isinstance(outdated, Reply) else result


async def report(results: Outbox[ResultDelivered], deliver: Deliver) -> None:
    """Deliver what is put into the outbox, until canceled."""
    while True:
        result = await results.first()
        results.remove(result)
        await deliver(result)


def connection_of(source: str, deliver: Deliver) -> Callable[[str], Awaitable[None]]:
    """Return what ``keep_open`` calls to tell whether the device of this input is open."""

    async def tell(trouble: str) -> None:
        await deliver(InputLost(source, trouble) if trouble else InputOpened(source))

    return tell
