"""Twins that are connected by a cable or a socket: bytes go both ways."""

from __future__ import annotations

import os
import pty
import socket
import termios
import tty
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import anyio

from kiosk.base.money import Currency
from kiosk.inputs import InputSettings
from kiosk.inputs.command import CommandSettings
from kiosk.inputs.ecr_terminal import EcrTerminalSettings
from kiosk.inputs.escpos_printer import EscposPrinterSettings
from kiosk.inputs.pole_display import PoleDisplaySettings
from kiosk.inputs.scanner_serial import ScannerSerialSettings
from kiosk.inputs.serial_line import SerialLineSettings
from kiosk.simulator.twins.patient_writer import PatientWriter
from kiosk.simulator.twins.twin import KioskIsOff, Twin

SerialInput = (
    SerialLineSettings
    | PoleDisplaySettings
    | EscposPrinterSettings
    | EcrTerminalSettings
    | ScannerSerialSettings
)


class _StreamTwin(Twin):
    """A twin with a descriptor that bytes of the kiosk come from, while it has one."""

    def __init__(
        self, settings: InputSettings, currency: Currency, clock: Callable[[], float]
    ) -> None:
        super().__init__(settings, currency, clock)
        self._descriptor: int | None = None
        self._being_read: int | None = None
        self._reading: anyio.CancelScope | None = None
        self._changed = anyio.Event()
        self._writer = PatientWriter(lambda: self._descriptor)

    def _use(self, descriptor: int | None) -> None:
        """Read from this descriptor from now on, and close the one before."""
        self._writer.forget()
        before, self._descriptor = self._descriptor, descriptor
        if before is not None and before != self._being_read:
            self._close(before)
        if self._reading:
            self._reading.cancel()
        self._changed.set()

    async def run(self) -> None:
        """Take what the kiosk sends, and send what it could not take at once, until canceled."""
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._writer.run)
            await self._listen()

    async def _listen(self) -> None:
        while True:
            self._changed = anyio.Event()
            self._being_read = descriptor = self._descriptor
            if descriptor is None:
                await self._changed.wait()
                continue
            try:
                with anyio.CancelScope() as self._reading:
                    await self._read(descriptor)
                    self._descriptor = None  # the kiosk has closed it
            finally:
                self._being_read = None
                self._close(descriptor)

    async def _read(self, descriptor: int) -> None:
        with suppress(OSError):
            await anyio.wait_readable(descriptor)
            while data := os.read(descriptor, 4096):
                self._heard(data)
                await anyio.wait_readable(descriptor)

    def _close(self, descriptor: int) -> None:
        os.close(descriptor)


class SerialTwin(_StreamTwin):
    """A device on a serial port: a pseudo-terminal. The real driver opens its other end."""

    can_unplug = True

    def __init__(
        self, settings: SerialInput, currency: Currency, clock: Callable[[], float]
    ) -> None:
        super().__init__(settings, currency, clock)
        self._path, self._mode = Path(settings.port), settings.mode
        self._far_ends: dict[int, int] = {}  # kept open, so that a daemon may come and go
        self._connect()

    @property
    def place(self) -> str:
        """Return the port's file, and its mode."""
        return f"{self._path} {self._mode}"

    def before_start(self) -> None:
        """Drop what was sent to a kiosk without power."""
        self._writer.forget()
        if self._descriptor is not None:
            termios.tcflush(self._far_ends[self._descriptor], termios.TCIFLUSH)

    def close(self) -> None:
        """Remove the port's file."""
        self._path.unlink(missing_ok=True)

    def _disconnect(self) -> None:
        self._path.unlink(missing_ok=True)
        self._use(None)  # the daemon's port reports an error

    def _connect(self) -> None:
        near, far = pty.openpty()
        tty.setraw(far)
        os.set_blocking(near, False)
        self._path.unlink(missing_ok=True)
        self._path.symlink_to(os.ttyname(far))
        self._far_ends[near] = far
        self._use(near)

    def _close(self, descriptor: int) -> None:
        os.close(self._far_ends.pop(descriptor))
        super()._close(descriptor)

    def _write(self, data: bytes) -> None:
        self._writer.write(data)


class SocketTwin(_StreamTwin):
    """A program that connects to the kiosk when it has something to say."""

    def __init__(
        self,
        settings: CommandSettings | EscposPrinterSettings,
        currency: Currency,
        clock: Callable[[], float],
    ) -> None:
        super().__init__(settings, currency, clock)
        self._settings = settings

    @property
    def place(self) -> str:
        """Return the address of the kiosk's socket."""
        if isinstance(self._settings, CommandSettings):
            return str(self._settings.path)
        return self._settings.listen

    def before_start(self) -> None:
        """Forget the connection: the daemon at its other end is gone."""
        self._use(None)

    def _write(self, data: bytes) -> None:
        try:
            if self._descriptor is None:
                self._use(self._connected().detach())
            self._writer.write(data)
        except OSError:
            raise KioskIsOff from None

    def _connected(self) -> socket.socket:
        unix = isinstance(self._settings, CommandSettings)
        connection = socket.socket(socket.AF_UNIX if unix else socket.AF_INET)
        try:
            connection.connect(self._address())
        except OSError:
            connection.close()
            raise
        connection.setblocking(False)
        return connection

    def _address(self) -> str | tuple[str, int]:
        if isinstance(self._settings, CommandSettings):
            return str(self._settings.path)
        host, _, port = self._settings.listen.rpartition(":")
        return host, int(port)
