"""The input ``mqtt``: what it has in common with any register. tests/fleet has the messages."""

from __future__ import annotations

from decimal import Decimal

import anyio
import pytest
from trio.testing import MockClock

from kiosk.base.money import CURRENCIES
from kiosk.inputs import AnsweringInput
from kiosk.inputs.common.counters import MANY
from kiosk.inputs.mqtt import FORGOTTEN_AFTER, MqttInput, MqttSettings
from kiosk.sale.events import AmountRead, InputLost, InputOpened, ReadingBegan, ReadingRejected
from tests.inputs.conftest import Listener

pytestmark = pytest.mark.anyio

LIMITED = MqttSettings(name="office", min=Decimal(1), max=Decimal(50))


async def listening(till: MqttInput, listener: Listener, tasks: anyio.abc.TaskGroup) -> None:
    tasks.start_soon(till.run, listener.deliver)
    await anyio.wait_all_tasks_blocked()


async def test_an_amount_is_read_between_the_limits(listener: Listener) -> None:
    till = LIMITED.open(CURRENCIES["ARS"])
    assert isinstance(till, AnsweringInput)
    async with anyio.create_task_group() as tasks:
        await listening(till, listener, tasks)
        assert await till.sell("n1", "0.99") == "amount"
        assert isinstance(await listener.next(), ReadingRejected)
        assert await till.sell("n2", "50.01") == "amount"
        assert isinstance(await listener.next(), ReadingRejected)
        assert await till.sell("n3", "50.00") == ""
        assert isinstance(await listener.next(began=True), ReadingBegan)
        read = await listener.next()
        assert isinstance(read, AmountRead)
        assert (read.source, read.ticket, read.amount_id) == ("office", "n3", "n3")
        assert till.waiting() == ("n3",)
        assert (till.counts.accepted, till.counts.rejected) == (1, 2)
        tasks.cancel_scope.cancel()


async def test_a_flood_of_rejections_is_only_counted(listener: Listener) -> None:
    till = LIMITED.open(CURRENCIES["ARS"])
    async with anyio.create_task_group() as tasks:
        await listening(till, listener, tasks)
        for _ in range(10 * MANY):
            await till.reject("too old")
        tasks.cancel_scope.cancel()
    assert listener.waiting < MANY
    assert (till.counts.rejected, till.counts.noisy) == (10 * MANY, True)


async def test_the_connection_is_that_of_the_link(listener: Listener) -> None:
    till = LIMITED.open(CURRENCIES["ARS"])
    async with anyio.create_task_group() as tasks:
        await listening(till, listener, tasks)
        till.connection("the broker is away")
        till.connection("")
        await anyio.wait_all_tasks_blocked()
        tasks.cancel_scope.cancel()
    assert listener.connections == [
        InputLost("office", "the broker is away"),
        InputOpened("office"),
    ]


@pytest.mark.parametrize("anyio_backend", [("trio", {"clock": MockClock(autojump_threshold=0)})])
async def test_an_amount_of_which_nothing_is_heard_is_forgotten(listener: Listener) -> None:
    till = LIMITED.open(CURRENCIES["ARS"])
    async with anyio.create_task_group() as tasks:
        await listening(till, listener, tasks)
        await till.sell("n1", "2.00")
        await anyio.sleep(FORGOTTEN_AFTER - 1)
        assert till.waiting() == ("n1",)
        await anyio.sleep(2)
        assert till.waiting() == ()
        tasks.cancel_scope.cancel()


async def test_an_amount_that_nobody_gets_does_not_wait(listener: Listener) -> None:
    """The kiosk may get another configuration at this moment; the sender asks again."""
    till = LIMITED.open(CURRENCIES["ARS"])
    assert await till.sell("n1", "2.00") == "busy"
    async with anyio.create_task_group() as tasks:
        await listening(till, listener, tasks)
        with anyio.CancelScope() as link:
            link.cancel()
            await till.sell("n2", "2.00")
        tasks.cancel_scope.cancel()
    assert till.waiting() == ()
