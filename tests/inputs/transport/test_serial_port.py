"""A serial port: opened, locked, and given up when it accepts no bytes."""

from __future__ import annotations

import os
import termios

import anyio
import pytest
from trio.testing import MockClock

from kiosk.base.errors import DeviceGone
from kiosk.inputs.transport.serial_port import SerialPort
from tests.inputs.conftest import Register, line_settings

pytestmark = pytest.mark.anyio


async def test_two_readers_on_one_port_are_refused(register: Register) -> None:
    first = SerialPort(line_settings(str(register.port)))
    with pytest.raises(DeviceGone, match="another program uses it; stop"):
        SerialPort(line_settings(str(register.port)))
    first.close()
    SerialPort(line_settings(str(register.port))).close()


async def test_a_damaged_byte_or_a_break_arrives_as_nul(register: Register) -> None:
    port = SerialPort(line_settings(str(register.port)))
    flags = termios.tcgetattr(os.open(register.port, os.O_RDWR | os.O_NOCTTY))[0]
    assert flags & termios.INPCK
    assert not flags & (termios.IGNPAR | termios.PARMRK | termios.IGNBRK | termios.BRKINT)
    port.close()


@pytest.mark.parametrize(
    ("port", "reason"),
    [
        ("/nowhere/ttyUSB0", "nothing is plugged in there; check the cable"),
        ("/dev/null", "it does not support 9600 8N1"),
        ("/dev", "it cannot be opened"),
    ],
)
async def test_a_port_that_can_not_be_opened_says_why(port: str, reason: str) -> None:
    with pytest.raises(DeviceGone, match=f"^{port}: {reason}"):
        SerialPort(line_settings(port))


@pytest.mark.parametrize("anyio_backend", [("trio", {"clock": MockClock(autojump_threshold=0)})])
async def test_a_register_that_accepts_no_bytes_ends_the_port(
    register: Register,
) -> None:
    port = SerialPort(line_settings(str(register.port)))
    faults: list[str] = []

    async def receive() -> None:
        try:
            await port.receive()
        except DeviceGone as gone:
            faults.append(str(gone))

    with anyio.fail_after(60):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(receive)
            with pytest.raises(DeviceGone, match="accepts no bytes; check the cable"):
                await port.send(b"x" * 1_000_000)
    assert len(faults) == 1
    port.close()
