"""Transbank's own SDK as the register: it polls, sells and asks again, over a tty."""

from __future__ import annotations

import os
import tty
from collections.abc import Iterator
from typing import Any

import anyio
import anyio.to_thread
import pytest
from transbank.POS.POSIntegrado import POSIntegrado

from kiosk.base.money import CURRENCIES
from kiosk.inputs.ecr_terminal import EcrTerminal
from kiosk.sale.effects import Reply
from kiosk.sale.events import AmountRead, ResultDelivered
from kiosk.sale.words import Outcome
from tests.inputs.conftest import Listener, Register
from tests.inputs.ecr.transbank_register import ACK, SALE, approved, ecr_settings

pytestmark = pytest.mark.anyio


class Cable:
    """Two ttys, joined: one end for the SDK, which opens a port by name, one for the kiosk."""

    def __init__(self) -> None:
        self._wires, self._ends = zip(*(os.openpty() for _ in range(2)), strict=True)
        for fd in (*self._wires, *self._ends):
            tty.setraw(fd)
        self.register, self.kiosk = map(os.ttyname, self._ends)

    async def carry(self) -> None:
        async with anyio.create_task_group() as group:
            group.start_soon(self._one_way, *self._wires)
            group.start_soon(self._one_way, *reversed(self._wires))

    async def _one_way(self, source: int, sink: int) -> None:
        while True:
            await anyio.wait_readable(source)
            os.write(sink, os.read(source, 4096))

    def close(self) -> None:
        for fd in (*self._wires, *self._ends):
            os.close(fd)


@pytest.fixture
def cable() -> Iterator[Cable]:
    cable = Cable()
    yield cable
    cable.close()


def result(event: AmountRead, outcome: Outcome, reference: str) -> Reply:
    return Reply("pos", reference, event.amount, outcome, event.ticket)


async def serve(listener: Listener, device: EcrTerminal, *outcomes: Outcome) -> None:
    """Be the counter: let each sale end like that, one after the other."""
    for number, outcome in enumerate(outcomes):
        event = await listener.next()
        assert isinstance(event, AmountRead)
        device.reply(result(event, outcome, f"counter-1-{number}"))
        assert await listener.next() == ResultDelivered(f"counter-1-{number}", outcome)


def sell(port: str) -> dict[str, Any]:
    """Do as a shop's program does with the official SDK."""
    sdk, heard = POSIntegrado(), {}
    assert sdk.open_port(port)
    heard["poll"] = sdk.poll()
    heard["nothing yet"] = sdk.last_sale()
    heard["paid"] = sdk.sale(5000, "000123")
    progress: list[dict[str, Any]] = []
    heard["canceled"] = sdk.sale(700, "124", send_status=True, callback=progress.append)
    heard["progress"] = progress
    heard["last"] = sdk.last_sale()
    heard["multi-code"] = sdk.multicode_sale(9000, "125", 597029414303)
    heard["last multi-code"] = sdk.multicode_last_sale(send_voucher=True)
    heard["totals"] = sdk.totals()
    heard["refund"] = sdk.refund(17)
    heard["keys"] = sdk.load_keys()
    heard["close"] = sdk.close()
    heard["normal mode"] = sdk.set_normal_mode()
    sdk.close_port()
    return heard


@pytest.mark.parametrize("anyio_backend", ["asyncio"])  # it sleeps 0.2 s wherever it waits
async def test_transbank_s_sdk_polls_sells_and_asks_for_the_last_sale(
    cable: Cable, listener: Listener
) -> None:
    device = ecr_settings(cable.kiosk).open(CURRENCIES["CLP"])
    outcomes = (Outcome.PAID, Outcome.CANCELED, Outcome.PAID)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(cable.carry)
        tasks.start_soon(device.run, listener.deliver)
        tasks.start_soon(serve, listener, device, *outcomes)
        heard = await anyio.to_thread.run_sync(sell, cable.register)
        tasks.cancel_scope.cancel()
    assert heard["poll"]
    assert heard["normal mode"]
    paid, canceled, last = heard["paid"], heard["canceled"], heard["last"]
    assert (paid["success"], paid["ticket"], paid["amount"]) == (True, "000123", "5000")
    assert (paid["function_code"], paid["authorization_code"]) == (210, "nter10")
    assert (canceled["success"], canceled["ticket"]) == (False, "124")
    assert canceled["response_message"] == "Transacción Cancelada desde el POS"
    assert [message["response_code"] for message in heard["progress"]] == ["78"]
    assert (last["function_code"], last["ticket"]) == (260, "124")
    assert last["response_code"] == "07"
    assert heard["nothing yet"]["response_message"] == "No existe venta"
    for told, command in ((heard["multi-code"], 271), (heard["last multi-code"], 260)):
        assert (told["function_code"], told["ticket"], told["amount"]) == (command, "125", "9000")
        assert told["success"]
    assert heard["multi-code"]["child_commerce_code"] == "597029414303"
    assert heard["totals"]["response_message"] == "Transacción No Soportada"
    assert heard["refund"]["response_message"] == "Anulación no Permitida"
    assert heard["refund"]["operation_number"] == "17"
    assert heard["keys"]["success"]
    assert heard["close"]["success"]


async def test_an_answer_that_was_ready_while_the_line_was_out(
    register: Register, listener: Listener
) -> None:
    device = ecr_settings(str(register.port)).open(CURRENCIES["CLP"])
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(device.run, listener.deliver)
        await anyio.wait_all_tasks_blocked()
        register.send(SALE)
        assert await register.receive(ACK.data) == ACK.data
        event = await listener.next()
        assert isinstance(event, AmountRead)
        register.unplug()
        device.reply(result(event, Outcome.PAID, "counter-1-7"))
        await anyio.wait_all_tasks_blocked()
        register.plug_in()
        answer = approved("000123", "5000").data
        assert await register.receive(answer[-3:]) == answer
        register.send(b"\x06")
        assert await listener.next() == ResultDelivered("counter-1-7", Outcome.PAID)
        tasks.cancel_scope.cancel()
