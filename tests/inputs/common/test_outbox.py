"""What waits to be sent: in order, never blocking, the oldest dropped first."""

from __future__ import annotations

from dataclasses import replace

import anyio
import pytest

from kiosk.base.money import Money
from kiosk.inputs.common.outbox import Outbox, in_place_of_older, report
from kiosk.sale.effects import Reply
from kiosk.sale.events import ResultDelivered
from kiosk.sale.words import Outcome, Unknown
from tests.inputs.conftest import Listener

pytestmark = pytest.mark.anyio


async def test_the_first_item_stays_until_it_is_removed() -> None:
    box: Outbox[str] = Outbox()
    box.put("a")
    box.put("b")
    assert (await box.first(), await box.first()) == ("a", "a")
    box.remove("a")
    assert await box.first() == "b"
    box.remove("a")  # it is not there any more: nothing happens
    assert await box.first() == "b"


async def test_a_full_outbox_drops_the_oldest_item() -> None:
    box: Outbox[int] = Outbox(longest=2)
    assert [box.put(item) for item in (1, 2, 3)] == [None, None, 1]
    assert await box.first() == 2


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


async def test_the_first_item_is_waited_for() -> None:
    box: Outbox[str] = Outbox()
    got: list[str] = []

    async def wait() -> None:
        got.append(await box.first())

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(wait)
        await anyio.wait_all_tasks_blocked()
        box.put("late")
    assert got == ["late"]


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
