"""A register on a real tty: totals in, replies out, and a cable that is pulled."""

from __future__ import annotations

import logging
from typing import Any

import anyio
import pytest
import trio
from trio.testing import MockClock

from kiosk.base.money import CURRENCIES, Money
from kiosk.inputs.transport.stream_input import StreamInput
from kiosk.sale.effects import Reply
from kiosk.sale.events import AmountRead, ReadingBegan, ReadingRejected, ResultDelivered
from kiosk.sale.words import Outcome
from tests.inputs.conftest import Listener, Register, line_settings, running_input

pytestmark = pytest.mark.anyio
REPLIES = {"paid": "PAID {amount} {reference}\r\n", "failed": "FAIL {outcome} {reference}\r\n"}


def till(register: Register, **more: Any) -> StreamInput:
    return line_settings(str(register.port), name="till", **more).open(CURRENCIES["ARS"])


def read(plain: str) -> AmountRead:
    return AmountRead(Money.of(plain, "ARS"), "till")


def result(reference: str, outcome: Outcome = Outcome.PAID) -> Reply:
    return Reply("till", reference, Money.of("12.10", "ARS"), outcome)


async def test_a_total_comes_in_and_the_answer_goes_back(
    register: Register, listener: Listener
) -> None:
    device = till(register, reply=REPLIES)
    async with running_input(device, listener):
        register.send(b"TICKET 7\r\nTOTAL $ 12,10\r\n")
        assert await listener.next(began=True) == ReadingBegan("till")
        assert await listener.next() == read("12.10")
        device.reply(result("counter-1-7"))
        assert await register.receive() == b"PAID 12.10 counter-1-7\r\n"
        assert await listener.next() == ResultDelivered("counter-1-7", Outcome.PAID)
        device.reply(result("counter-1-8", Outcome.EXPIRED))
        assert await register.receive() == b"FAIL expired counter-1-8\r\n"


async def test_a_total_that_comes_byte_by_byte(register: Register, listener: Listener) -> None:
    async with running_input(
        till(register, gap="60 s"), listener
    ):  # a busy computer makes long pauses
        for byte in b"TOTAL 1.234,56\r":
            register.send(bytes([byte]))
            await anyio.wait_all_tasks_blocked()
        assert await listener.next() == read("1234.56")


async def test_a_line_that_stops_is_reported_without_waiting_for_more(
    register: Register, listener: Listener
) -> None:
    async with running_input(till(register, gap="50 ms"), listener):
        register.send(b"TOTAL 1.2")
        assert await listener.next() == ReadingRejected(
            "a line was cut off after 9 characters; send the total again", "till"
        )
        register.send(b"TOTAL 5,00\n")
        assert await listener.next() == read("5.00")


async def test_without_a_template_the_result_counts_as_told_even_while_unplugged(
    register: Register, listener: Listener
) -> None:
    register.unplug()
    device = till(register, reply={"paid": REPLIES["paid"]})
    async with running_input(device, listener):
        device.reply(result("counter-1-7", Outcome.CANCELED))
        assert await listener.next() == ResultDelivered("counter-1-7", Outcome.CANCELED)


async def test_unplugged_in_the_middle_of_a_line_and_plugged_in_again(
    register: Register, listener: Listener, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    device = till(register, reply=REPLIES)
    async with running_input(device, listener):
        register.send(b"TOTAL 1.2")
        assert await listener.next(began=True) == ReadingBegan("till")
        register.unplug()
        assert isinstance(await listener.next(), ReadingRejected)
        device.reply(result("counter-1-7"))  # ended while the cable was out
        register.plug_in()
        assert await register.receive() == b"PAID 12.10 counter-1-7\r\n"
        assert await listener.next() == ResultDelivered("counter-1-7", Outcome.PAID)
        register.send(b"TOTAL 5,00\r\n")
        assert await listener.next() == read("5.00")
    told = [message for message in caplog.messages if message.startswith("till:")]
    assert len(told) == 2
    assert "it was unplugged" in told[0]
    assert told[1] == "till: it works again"


async def test_a_register_that_was_off_for_long_gets_the_latest_answers(
    register: Register, listener: Listener, caplog: pytest.LogCaptureFixture
) -> None:
    device = till(register, reply={"paid": "{reference}\n"})
    for number in range(20):
        device.reply(result(f"n{number}"))
    assert "till: too many replies wait; the one for the sale n3 is dropped" in caplog.messages
    async with running_input(device, listener):
        assert await register.receive(b"n19\n") == b"".join(b"n%d\n" % i for i in range(4, 20))


async def test_much_noise_is_counted_and_does_not_beep_all_the_time(
    register: Register, listener: Listener
) -> None:
    device = till(register)
    async with running_input(device, listener):
        for _ in range(40):
            register.send(b"TOTAL x\r\n")
        register.send(b"TOTAL 5,00\r\nTOTAL 5,00\r\nTOTAL 6,00\r\n")
        heard = [await listener.next() for _ in range(21)]
        assert heard[:19] == [heard[0]] * 19
        assert heard[19:] == [read("5.00"), read("6.00")]  # what is not noise still passes
    assert (device.counts.accepted, device.counts.rejected, device.counts.repeated) == (2, 40, 1)


class Steps(trio.abc.Instrument):
    """Counts how often any task is run."""

    count = 0

    def before_task_step(self, task: trio.lowlevel.Task) -> None:
        self.count += 1


@pytest.mark.parametrize("anyio_backend", [("trio", {"clock": MockClock()})])
async def test_an_idle_port_runs_no_task(register: Register, listener: Listener) -> None:
    clock = trio.lowlevel.current_clock()
    assert isinstance(clock, MockClock)
    async with running_input(till(register), listener):
        register.send(b"TOTAL 5,00\r\n")
        assert await listener.next() == read("5.00")
        await anyio.wait_all_tasks_blocked()
        steps = Steps()
        trio.lowlevel.add_instrument(steps)
        clock.jump(8 * 3600)
        await anyio.wait_all_tasks_blocked()
        trio.lowlevel.remove_instrument(steps)
    assert steps.count == 1  # this test itself
