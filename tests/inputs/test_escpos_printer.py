"""The receipt printer on a cable and on the network, used by a program that is not ours."""

from __future__ import annotations

import socket
from contextlib import AsyncExitStack
from typing import Any

import anyio
import anyio.to_thread
import pytest
from escpos.printer import Network
from pydantic import ValidationError
from trio.testing import MockClock

from kiosk.base.money import CURRENCIES, Money
from kiosk.base.retry import LONGEST_PAUSE
from kiosk.inputs.common.counters import Counted
from kiosk.inputs.escpos_printer import EscposPrinterSettings
from kiosk.inputs.transport.sockets import IDLE, MOST_CONNECTIONS
from kiosk.sale.effects import Reply
from kiosk.sale.events import AmountRead, ReadingBegan, ResultDelivered
from kiosk.sale.words import Outcome
from tests.inputs.conftest import PATIENCE, Listener, Register
from tests.inputs.escpos.test_receipt_decoder import CUT, INIT, invoice

pytestmark = pytest.mark.anyio
ARS = CURRENCIES["ARS"]


def printer_settings(**more: Any) -> EscposPrinterSettings:
    fields = {"driver": "escpos_printer", "number": {"decimal": ",", "thousands": "."}}
    return EscposPrinterSettings.model_validate(fields | {"name": "till"} | more)


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number: int = probe.getsockname()[1]
        return number


def read(plain: str) -> AmountRead:
    return AmountRead(Money.of(plain, "ARS"), "till")


async def test_a_receipt_on_a_cable(register: Register, listener: Listener) -> None:
    device = printer_settings(port=str(register.port)).open(ARS)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(device.run, listener.deliver)
        await anyio.wait_all_tasks_blocked()
        register.send(INIT + b"\x10\x04\x01")
        assert await register.receive(b"\x16") == b"\x16"
        register.send(b"PAN 5,00\nTOTAL 5,00\n" + CUT)
        assert await listener.next(began=True) == ReadingBegan("till")
        assert await listener.next() == read("5.00")
        device.reply(Reply("till", "n7", Money.of("5", "ARS"), Outcome.PAID))
        assert await listener.next() == ResultDelivered("n7", Outcome.PAID)
        tasks.cancel_scope.cancel()


def print_invoice(port: int, copies: int) -> list[tuple[bool, int]]:
    """Print as a program does with python-escpos; return what it learned of the printer."""
    learned = []
    for _ in range(copies):
        printer = Network("127.0.0.1", port, timeout=5, profile="TM-T88II")
        learned.append((printer.is_online(), printer.paper_status()))
        printer._raw(invoice("bitImageRaster"))
        printer.close()
    return learned


async def test_a_program_in_the_network_prints_an_invoice_and_its_copy(
    port: int, listener: Listener
) -> None:
    device = printer_settings(listen=f"127.0.0.1:{port}").open(ARS)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(device.run, listener.deliver)
        await anyio.wait_all_tasks_blocked()
        learned = await anyio.to_thread.run_sync(print_invoice, port, 2)
        assert learned == [(True, 2)] * 2  # online, with plenty of paper
        assert await listener.next() == read("2434.56")
        assert isinstance(device, Counted)
        with anyio.fail_after(PATIENCE):
            while not device.counts.repeated:  # noqa: ASYNC110 - the copy has a wire of its own
                await anyio.sleep(0.01)
        device.reply(Reply("till", "n7", Money.of("2434.56", "ARS"), Outcome.PAID))
        assert await listener.next() == ResultDelivered(
            "n7", Outcome.PAID
        )  # the copy was no second sale
        await anyio.to_thread.run_sync(print_invoice, port, 1)
        assert await listener.next() == read("2434.56")
        tasks.cancel_scope.cancel()


async def test_a_program_that_hangs_up_has_ended_its_receipt(port: int, listener: Listener) -> None:
    device = printer_settings(listen=f"127.0.0.1:{port}").open(ARS)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(device.run, listener.deliver)
        await anyio.wait_all_tasks_blocked()
        async with await anyio.connect_tcp("127.0.0.1", port) as program:
            await program.send(b"TOTAL 5,00\n")
        assert await listener.next() == read("5.00")
        tasks.cancel_scope.cancel()


async def test_idle_connections_can_not_keep_a_receipt_out(port: int, listener: Listener) -> None:
    device = printer_settings(listen=f"127.0.0.1:{port}").open(ARS)
    async with anyio.create_task_group() as tasks, AsyncExitStack() as programs:
        tasks.start_soon(device.run, listener.deliver)
        await anyio.wait_all_tasks_blocked()

        async def connect() -> anyio.abc.SocketStream:
            return await programs.enter_async_context(await anyio.connect_tcp("127.0.0.1", port))

        printing, *idle = [await connect() for _ in range(MOST_CONNECTIONS)]
        await printing.send(INIT + b"PAN 5,00\n")
        assert await listener.next(began=True) == ReadingBegan("till")
        for number in range(3):
            another = await connect()
            with pytest.raises(anyio.EndOfStream), anyio.fail_after(PATIENCE):
                await idle[number].receive()
        await another.send(b"TOTAL 7,00\n" + CUT)
        assert await listener.next() == read("7.00")
        await printing.send(b"TOTAL 5,00\n" + CUT)
        assert await listener.next() == read("5.00")
        tasks.cancel_scope.cancel()


@pytest.mark.parametrize("anyio_backend", [("trio", {"clock": MockClock(autojump_threshold=0)})])
async def test_a_connection_without_a_byte_is_closed_after_a_time(
    port: int, listener: Listener
) -> None:
    device = printer_settings(listen=f"127.0.0.1:{port}").open(ARS)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(device.run, listener.deliver)
        await anyio.wait_all_tasks_blocked()
        with socket.create_connection(("127.0.0.1", port)) as program:
            await anyio.sleep(IDLE - 1)
            program.sendall(b"PAN 5,00\n")
            await anyio.sleep(IDLE - 1)
            program.setblocking(False)
            with pytest.raises(BlockingIOError):
                program.recv(1)
            await anyio.sleep(2)
            assert program.recv(1) == b""
        tasks.cancel_scope.cancel()


@pytest.mark.parametrize("anyio_backend", [("trio", {"clock": MockClock(autojump_threshold=0)})])
async def test_an_address_that_is_taken_is_tried_again(
    port: int, listener: Listener, caplog: pytest.LogCaptureFixture
) -> None:
    device = printer_settings(listen=f"127.0.0.1:{port}").open(ARS)
    async with anyio.create_task_group() as tasks:
        with socket.create_server(("127.0.0.1", port)):
            tasks.start_soon(device.run, listener.deliver)
            await anyio.wait_all_tasks_blocked()
        assert f"till: 127.0.0.1:{port}: another program listens there" in caplog.text
        await anyio.sleep(LONGEST_PAUSE)
        with socket.create_connection(("127.0.0.1", port)) as program:
            program.sendall(b"TOTAL 5,00\n" + CUT)
            assert await listener.next() == read("5.00")
        tasks.cancel_scope.cancel()


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({}, "either port, for a cable, or listen"),
        ({"port": "/dev/ttyUSB0", "listen": "127.0.0.1"}, "either port"),
        ({"listen": "0.0.0.0"}, "listens to every network"),
        ({"listen": "[::]:9100"}, "listens to every network"),
        ({"listen": "counter.local"}, "not a valid address"),
        ({"listen": "127.0.0.1:0"}, "not a valid port"),
        ({"listen": "127.0.0.1:http"}, "not a valid address"),
    ],
)
def test_an_invalid_setting_is_refused_with_the_reason(fields: dict[str, str], reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        printer_settings(**fields)


@pytest.mark.parametrize(
    "listen", ["127.0.0.1", "127.0.0.1:9101", "::1", "[::1]", "[::1]:9101", "fe80::1"]
)
def test_an_address_may_be_written_in_many_ways(listen: str) -> None:
    assert printer_settings(listen=listen).listen == listen
