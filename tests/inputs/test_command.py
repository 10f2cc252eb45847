"""Programs on the same computer: a request line, an answer line, and a line with the result."""

from __future__ import annotations

import json
import stat
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import anyio.to_thread
import pytest
from anyio.abc import ByteStream
from typer.testing import CliRunner, Result

from kiosk.base.money import CURRENCIES, Money
from kiosk.cli.verbs import app
from kiosk.inputs.command import CommandInput, CommandSettings
from kiosk.inputs.transport.sockets import MOST_CONNECTIONS
from kiosk.sale.effects import Reply
from kiosk.sale.events import (
    AmountRead,
    CancelPressed,
    Event,
    PayPressed,
    ReadingRejected,
    ResultDelivered,
)
from kiosk.sale.words import Outcome, Unknown
from tests.inputs.conftest import PATIENCE, Listener, running_input

pytestmark = pytest.mark.anyio


def result(event: Event, outcome: Outcome | Unknown, reference: str) -> Reply:
    assert isinstance(event, AmountRead)
    return Reply("command", reference, event.amount, outcome, event.ticket)


def is_for(event: Event, plain: str) -> bool:
    return (
        isinstance(event, AmountRead)
        and (event.amount, event.source) == (Money.of(plain, "ARS"), "command")
        and bool(event.ticket)
    )


@asynccontextmanager
async def running(folder: Path, listener: Listener, **more: Any) -> AsyncIterator[CommandInput]:
    path = folder / "run" / "command.sock"
    settings = CommandSettings.model_validate({"driver": "command", "path": str(path)} | more)
    device = settings.open(CURRENCIES["ARS"])
    async with running_input(device, listener):
        yield device


async def hears(program: ByteStream) -> bytes:
    with anyio.fail_after(PATIENCE):
        return await program.receive()


async def test_a_program_sells_and_is_told_how_it_ended(tmp_path: Path, listener: Listener) -> None:
    async with (
        running(tmp_path, listener) as device,
        await anyio.connect_unix(tmp_path / "run" / "command.sock") as program,
    ):
        await program.send(b"sale 12.50\n")
        asked = await listener.next()
        assert is_for(asked, "12.50")
        assert await hears(program) == b"heard\n"
        device.reply(result(asked, Outcome.PAID, "n7"))
        assert await hears(program) == b"paid 12.50 n7\n"
        assert await listener.next() == ResultDelivered("n7", Outcome.PAID)
        for word, event in (
            (b"pay\n", PayPressed("command")),
            (b"cancel\n", CancelPressed("command")),
        ):
            await program.send(word)
            assert await listener.next() == event
            assert await hears(program) == b"heard\n"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"sale 12,50\n", "not written like 1234.56"),
        (b"sale -1\n", "negative"),
        (b"sale 0\n", "zero"),
        (b"sale 5000.01\n", "above the limit"),
        (b"sale 1 2\n", "write sale 12.50"),
        (b"sell 12.50\n", "write sale 12.50"),
        (b"sale \xff\n", "not written like"),
        (b"x" * 100 + b"\n", "more than 64"),
    ],
)
async def test_an_invalid_request_is_rejected_with_the_reason(
    tmp_path: Path, listener: Listener, line: bytes, reason: str
) -> None:
    async with (
        running(tmp_path, listener, max="5000") as _,
        await anyio.connect_unix(tmp_path / "run" / "command.sock") as program,
    ):
        await program.send(line)
        event = await listener.next()
        assert isinstance(event, ReadingRejected)
        assert reason in event.reason
        assert await hears(program) == f"rejected {event.reason}\n".encode()


async def test_each_program_is_told_of_its_own_sale_only(
    tmp_path: Path, listener: Listener
) -> None:
    path = tmp_path / "run" / "command.sock"
    async with (
        running(tmp_path, listener) as device,
        await anyio.connect_unix(path) as one,
        await anyio.connect_unix(path) as two,
    ):
        asked = []
        for program in (one, two, one):  # all for the same amount
            await program.send(b"sale 1\n")
            assert await hears(program) == b"heard\n"
            asked.append(await listener.next())
        device.reply(result(asked[1], Outcome.PAID, "n2"))
        assert await hears(two) == b"paid 1.00 n2\n"
        device.reply(result(asked[0], Outcome.CANCELED, "n1"))
        assert await hears(one) == b"canceled 1.00 n1\n"
        assert isinstance(asked[2], AmountRead)
        device.decline(asked[2].ticket)
        assert await hears(one) == b"refused\n"


async def test_a_program_that_hung_up_is_not_waited_for(tmp_path: Path, listener: Listener) -> None:
    async with running(tmp_path, listener) as device:
        async with await anyio.connect_unix(tmp_path / "run" / "command.sock") as program:
            await program.send(b"sale 1\n")
            asked = await listener.next()
            assert is_for(asked, "1.00")
        device.reply(result(asked, Outcome.PAID, "n1"))
        assert await listener.next() == ResultDelivered("n1", Outcome.PAID)


async def test_a_program_that_hangs_up_while_its_result_is_on_its_way(
    tmp_path: Path, listener: Listener
) -> None:
    """What is opened next has the same descriptor, and must not get the result."""
    path = tmp_path / "run" / "command.sock"
    async with running(tmp_path, listener) as device:
        for _ in range(20):
            async with await anyio.connect_unix(path) as program:
                await program.send(b"sale 1\n")
                asked = await listener.next()
                assert await hears(program) == b"heard\n"
                device.reply(result(asked, Outcome.PAID, "n1"))
            async with AsyncExitStack() as others:
                for _ in range(4):
                    other = await others.enter_async_context(await anyio.connect_unix(path))
                    await other.send(b"pay\n")
                    assert await hears(other) == b"heard\n"
            events = [await listener.next() for _ in range(5)]
            assert events.count(PayPressed("command")) == 4
            assert ResultDelivered("n1", Outcome.PAID) in events


async def test_idle_programs_can_not_keep_the_socket_but_one_that_waits_is_not_disconnected(
    tmp_path: Path, listener: Listener
) -> None:
    path = tmp_path / "run" / "command.sock"
    async with running(tmp_path, listener) as device, AsyncExitStack() as programs:
        waiting = await programs.enter_async_context(await anyio.connect_unix(path))
        await waiting.send(b"sale 1\n")
        sale = await listener.next()
        assert await hears(waiting) == b"heard\n"
        idle = [
            await programs.enter_async_context(await anyio.connect_unix(path))
            for _ in range(MOST_CONNECTIONS + 1)
        ]
        for disconnected in idle[:2]:
            with pytest.raises(anyio.EndOfStream):
                await hears(disconnected)
        await idle[-1].send(b"sale 2\n")
        assert is_for(await listener.next(), "2.00")
        device.reply(result(sale, Outcome.PAID, "n1"))
        assert await hears(waiting) == b"paid 1.00 n1\n"


async def test_the_socket_is_for_its_group_and_an_old_one_is_replaced(
    tmp_path: Path, listener: Listener
) -> None:
    path = tmp_path / "run" / "command.sock"
    for _ in range(2):  # the first one leaves its socket behind
        async with running(tmp_path, listener):
            assert stat.S_IMODE(path.stat().st_mode) == 0o660
            assert stat.S_ISSOCK(path.stat().st_mode)


async def test_a_file_that_is_no_socket_is_left_alone(
    tmp_path: Path, listener: Listener, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "run" / "command.sock"
    path.parent.mkdir()
    path.write_text("precious")
    async with running(tmp_path, listener):
        assert "the kiosk cannot listen there (Address already in use)" in caplog.text
    assert path.read_text() == "precious"


def kiosk_sale(path: Path, *words: str) -> Result:
    return CliRunner().invoke(app, ["sale", "--socket", str(path), *words])


@pytest.mark.parametrize("anyio_backend", ["asyncio"])
@pytest.mark.parametrize(
    ("outcome", "words", "code", "says"),
    [
        (Outcome.PAID, ["12.50"], 0, "paid 12.50 n7\n"),
        (Unknown.UNKNOWN, ["12.50"], 1, "unknown 12.50 n7\n"),
        (Outcome.EXPIRED, ["12.50", "--json"], 1, '{"outcome": "expired", "amount": "12.50"'),
        (Outcome.PAID, ["12.50", "--no-wait"], 0, ""),
    ],
)
async def test_the_command_line_sells(
    tmp_path: Path,
    listener: Listener,
    outcome: Outcome | Unknown,
    words: list[str],
    code: int,
    says: str,
) -> None:
    async def counter() -> None:
        asked = await listener.next()
        await anyio.wait_all_tasks_blocked()
        device.reply(result(asked, outcome, "n7"))

    async with running(tmp_path, listener) as device, anyio.create_task_group() as tasks:
        tasks.start_soon(counter)
        done = await anyio.to_thread.run_sync(kiosk_sale, tmp_path / "run" / "command.sock", *words)
        assert (done.exit_code, done.stdout[: len(says)]) == (code, says)
        if "--json" in words:
            assert json.loads(done.stdout)["reference"] == "n7"


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["12.50"], 1, "check that the kiosk runs and has an input with driver: command"),
        ([], 2, "write either an amount"),
        (["12.50", "--cancel"], 2, "write either an amount"),
    ],
)
def test_the_command_line_says_why_it_can_not_sell(
    tmp_path: Path, words: list[str], code: int, says: str
) -> None:
    done = kiosk_sale(tmp_path / "none.sock", *words)
    assert done.exit_code == code
    assert says in done.stderr
