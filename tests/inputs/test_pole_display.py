"""The pole display on a real tty, written by programs that are not ours."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tty
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from select import select
from time import monotonic

import anyio
import pytest
from escpos.printer import Dummy

from kiosk.base.money import CURRENCIES, Money
from kiosk.inputs.transport.stream_input import StreamInput
from kiosk.sale.effects import Reply
from kiosk.sale.events import AmountRead, ReadingBegan, ResultDelivered
from kiosk.sale.words import Outcome
from tests.inputs.conftest import PATIENCE, Listener, Register, running_input
from tests.inputs.pole.test_pole_decoder import pole_settings
from tests.support.processes import free_port

pytestmark = pytest.mark.anyio


def display(register: Register, settle: str = "60 ms", **more: object) -> StreamInput:
    port = str(register.port)
    return pole_settings(port, name="till", settle=settle, **more).open(CURRENCIES["ARS"])


def read(plain: str) -> AmountRead:
    return AmountRead(Money.of(plain, "ARS"), "till")


async def test_a_total_on_the_display_becomes_a_reading(
    register: Register, listener: Listener
) -> None:
    device = display(register)
    async with running_input(device, listener):
        register.send(b"\x0cPAN LACTAL       5,00")
        assert await listener.next(began=True) == ReadingBegan("till")
        register.send(b"\x0cTOTAL\x1f$\x01\x02TOTAL       1.234,56")
        assert await listener.next() == read("1234.56")
        device.reply(Reply("till", "n7", Money.of("1234.56", "ARS"), Outcome.PAID))
        assert await listener.next() == ResultDelivered(
            "n7", Outcome.PAID
        )  # a display has nothing to say


async def test_a_dsp800_answers_the_register(register: Register, listener: Listener) -> None:
    async with running_input(display(register, dialect="dsp800"), listener):
        register.send(b"\x04\x01C1X\x17\x04\x01P1\x17TOTAL 5,00")
        assert await register.receive(b"\x06\x06") == b"\x06\x06"
        assert await listener.next() == read("5.00")


async def test_the_line_display_of_python_escpos(register: Register, listener: Listener) -> None:
    async with running_input(display(register), listener):
        till = Dummy()
        till.linedisplay("PAN LACTAL\n\r      1.200,00")
        till.text("TOTAL 99,00\n")  # the receipt, on the same cable
        till.cut()
        till.linedisplay("QUESO\n\rTOTAL       1.234,56")
        register.send(till.output)
        assert await listener.next() == read("1234.56")


class LcdDaemon:
    """LCDd of Debian's lcdproc, driving a display of the type Aedex at the end of a pty."""

    def __init__(self, folder: Path, drivers: Path) -> None:
        self.wire, self._device = os.openpty()
        tty.setraw(self._device)
        self._port = free_port()
        config = folder / "LCDd.conf"
        config.write_text(
            f"[server]\nDriverPath={drivers}/\nDriver=serialPOS\nBind=127.0.0.1\n"
            f"Port={self._port}\nReportToSyslog=no\nServerScreen=blank\n"
            f"[serialPOS]\nDevice={os.ttyname(self._device)}\nSize=20x2\nType=AEDEX\nSpeed=9600\n"
        )
        command = ["LCDd", "-f", "-c", str(config)]
        self._process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    def show(self, *rows: str) -> None:
        """Put the rows on the display, as any client of LCDd would."""
        words = ["hello", "client_set -name till", "screen_add s", "screen_set s -heartbeat off"]
        for number, row in enumerate(rows, 1):
            words += [
                f"widget_add s r{number} string",
                f"widget_set s r{number} 1 {number} {{{row}}}",
            ]
        self._client = self._connect()
        self._client.sendall("".join(word + "\n" for word in words).encode())

    def _connect(self) -> socket.socket:
        end = monotonic() + PATIENCE
        while True:
            try:
                return socket.create_connection(("127.0.0.1", self._port))
            except ConnectionRefusedError:
                assert monotonic() < end
                select([], [], [], 0.02)

    def close(self) -> None:
        self._process.terminate()
        self._process.wait(PATIENCE)
        self._client.close()
        os.close(self.wire)
        os.close(self._device)


@contextmanager
def lcd_daemon(folder: Path) -> Iterator[LcdDaemon]:
    drivers = next(Path("/usr/lib").glob("*/lcdproc/serialPOS.so"), None)
    if not shutil.which("LCDd") or not drivers:
        pytest.skip("LCDd is not installed; on Debian: apt install lcdproc lcdproc-extra-drivers")
    daemon = LcdDaemon(folder, drivers.parent)
    try:
        yield daemon
    finally:
        daemon.close()


async def test_lcdproc_s_daemon_writes_a_total(
    register: Register, listener: Listener, tmp_path: Path
) -> None:
    with lcd_daemon(tmp_path) as daemon:
        async with running_input(display(register, settle="1 s", dialect="aedex"), listener):
            daemon.show("PAN LACTAL", "TOTAL       1.234,56")
            written = b""
            with anyio.fail_after(PATIENCE):
                while b"1.234,56" not in written:
                    await anyio.wait_readable(daemon.wire)
                    data = os.read(daemon.wire, 4096)
                    register.send(data)
                    written += data
            assert await listener.next() == read("1234.56")
