"""The input ``scanner_serial``: a scanner on a serial port, by USB-COM or RS-232.

The better way to connect a scanner: no keyboard layout changes the characters on their way.
"""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager, nullcontext
from typing import Literal

import anyio
from pydantic import Field

from kiosk.base.money import Currency
from kiosk.base.permissions import Permissions, serial
from kiosk.base.settings import Duration
from kiosk.inputs.common.connections import SerialInputSettings
from kiosk.inputs.scanner.code_framer import GARBLED
from kiosk.inputs.scanner.scanner_input import Scanner, ScannerSettings, TimedCharacters
from kiosk.inputs.transport.stream_input import ClosableStream


class ScannerSerialSettings(ScannerSettings, SerialInputSettings):
    """A scanner on a serial port."""

    driver: Literal["scanner_serial"] = Field(
        "scanner_serial", description="A scanner on a serial port, by USB-COM or RS-232."
    )
    gap: Duration = Field(
        0.3, ge=0.02, le=10, description="The longest pause between two characters of a code."
    )

    def permissions(self) -> Permissions:
        """Return the permissions that it needs."""
        return super().permissions() | serial(self.port)

    def open(self, currency: Currency) -> Scanner:
        """Make the input. The port is opened by ``run``."""
        return Scanner(self, self.gap, currency, lambda: SerialScanner(self.open_port()))


def characters(data: bytes) -> str:
    """Return a character for each byte. A NUL was another one, which was damaged on its way."""
    return data.decode("latin-1").replace("\0", GARBLED)


class SerialScanner:
    """An open scanner: see ``kiosk.inputs.scanner.scanner_input.ScannerDevice``."""

    def __init__(self, port: ClosableStream) -> None:
        self._port = port

    def reading(self) -> AbstractAsyncContextManager[None]:
        """Do nothing: the bytes wait in the kernel, which has room for thousands."""
        return nullcontext()

    async def receive(self) -> list[TimedCharacters]:
        """Wait for the next characters and return them: one for each byte.

        Bytes that are not ASCII are rejected later, with their code. So is a NUL: see SerialPort.
        """
        data = await self._port.receive()
        return [(characters(data), anyio.current_time())]

    def close(self) -> None:
        """Close the port."""
        self._port.close()
