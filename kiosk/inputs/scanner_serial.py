"""The input ``scanner_serial``: a scanner on a serial port, by USB-COM or RS-232.

The better way to connect one: no keyboard stands between, and all characters arrive as they are.
"""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager, nullcontext
from typing import Literal

import anyio
from pydantic import Field

from kiosk.base.money import Currency
from kiosk.base.permissions import Permissions, serial
from kiosk.base.settings import Duration
from kiosk.inputs.scanner.scanner_input import Piece, Scanner, ScannerSettings
from kiosk.inputs.transport.serial_port import SerialPort, SerialPortSettings


class ScannerSerialSettings(ScannerSettings, SerialPortSettings):
    """A scanner on a serial port."""

    driver: Literal["scanner_serial"] = Field(
        "scanner_serial", description="A scanner on a serial port, by USB-COM or RS-232."
    )
    gap: Duration = Field(
        0.3, ge=0.02, le=10, description="The pause between two characters that tears a code."
    )

    def permissions(self) -> Permissions:
        """Return what it needs of the system."""
        return super().permissions() | serial(self.port)

    def open(self, currency: Currency) -> Scanner:
        """Make the input. The port is opened by ``run``."""
        return Scanner(self, self.gap, currency, lambda: SerialScanner(SerialPort(self)))


class SerialScanner:
    """An open one: see ``kiosk.inputs.scanner.scanner_input.ScannerDevice``."""

    def __init__(self, port: SerialPort) -> None:
        self._port = port

    def reading(self) -> AbstractAsyncContextManager[None]:
        """Nothing is needed: bytes wait in the kernel, and there is room for thousands."""
        return nullcontext()

    async def receive(self) -> list[Piece]:
        """Return the next characters. Each byte is one: what is no ASCII is refused later."""
        data = await self._port.receive()
        return [(data.replace(b"\0", b"").decode("latin-1"), anyio.current_time())]

    def close(self) -> None:
        """Let go of the port."""
        self._port.close()
