"""What waits to be sent: in order, never blocking, the oldest dropped first."""

from __future__ import annotations

import anyio
import pytest

from kiosk.base.outbox import Outbox

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
