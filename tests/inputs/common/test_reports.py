"""What an input tells of results: the newest one of each sale, each once."""

from __future__ import annotations

from dataclasses import replace

import anyio
import pytest

from kiosk.base.money import Money
from kiosk.base.outbox import Outbox
from kiosk.inputs.common.reports import in_place_of_older, report
from kiosk.sale.effects import Reply
from kiosk.sale.events import ResultDelivered
from kiosk.sale.words import Outcome, Unknown
from tests.inputs.conftest import Listener

pytestmark = pytest.mark.anyio


async def test_a_reply_that_waits_gives_way_to_a_newer_one_of_the_same_sale() -> None:
    box: Outbox[Reply | str] = Outbox()
    unknown = Reply("caja", "n1", Money.of("5.00", "ARS"), Unknown.UNKNOWN)
    paid = replace(unknown, outcome=Outcome.PAID, late=True)
    for item in ("ticket", unknown, replace(unknown, reference="n2")):
        box.put(item)
    result = in_place_of_older(box, paid)
    assert result == replace(paid, late=False), "the register did not hear of it before"
    box.put(result)
    heard = []
    for _ in range(3):
        heard.append(await box.first())
        box.remove(heard[-1])
    assert heard == ["ticket", replace(unknown, reference="n2"), result]
    assert in_place_of_older(box, paid) == paid


async def test_results_are_reported_once_each(listener: Listener) -> None:
    box: Outbox[ResultDelivered] = Outbox()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(report, box, listener.deliver)
        for reference in ("n1", "n2"):
            box.put(ResultDelivered(reference, Outcome.PAID))
            assert await listener.next() == ResultDelivered(reference, Outcome.PAID)
        await anyio.wait_all_tasks_blocked()
        tasks.cancel_scope.cancel()
    assert listener.waiting == 0
