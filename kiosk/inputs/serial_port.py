"""A serial port as a transport: opened by path, bytes in, bytes out, until it is unplugged.

Knows nothing of lines or amounts. pyserial opens the port and sets it up; reading and writing go to
the descriptor itself, so that waiting costs no thread and no wake-up.
"""

from __future__ import annotations

import errno
import fcntl
import os
import termios
from typing import TYPE_CHECKING, Literal, NoReturn

import anyio
from pydantic import Field

from kiosk.errors import DeviceGone
from kiosk.settings import Settings, Whole

if TYPE_CHECKING:
    import serial

WRITE_LIMIT = 5.0  # seconds; the slowest register takes a line of reply in one

_PARITIES = {"none": "N", "even": "E", "odd": "O", "mark": "M", "space": "S"}
_PTY_MAJORS = range(136, 144)  # kernel, admin-guide/devices.txt: Unix98 PTY slaves
_CAUSES = {
    errno.ENOENT: "nothing is plugged in there; check the cable, or the setting port",
    errno.EACCES: "no permission; add the service's user to the group dialout",
    errno.EAGAIN: "another program holds it; end that program",
    errno.EBUSY: "another program holds it; end that program",
}


class SerialPortSettings(Settings):
    """Which port, and how it is set up."""

    port: str = Field(
        pattern="^/",
        description="The port's device file; a name under /dev/serial/by-id survives replugging.",
    )
    baud: Whole = Field(9600, ge=50, le=4_000_000, description="Bits per second.")
    bytes: Whole = Field(8, ge=7, le=8, description="Data bits of a character: 7 or 8.")
    parity: Literal["none", "even", "odd", "mark", "space"] = Field(
        "none", description="The parity bit: none, even, odd, mark or space."
    )
    stop: Whole = Field(1, ge=1, le=2, description="Stop bits: 1 or 2.")

    @property
    def mode(self) -> str:
        """The settings in the trade's short form: ``9600 8N1``."""
        return f"{self.baud} {self.bytes}{_PARITIES[self.parity]}{self.stop}"


class SerialPort:
    """An open port. What befalls it is told as DeviceGone; then it is of no more use."""

    def __init__(self, settings: SerialPortSettings) -> None:
        """Open the port; what was waiting in it is discarded. Raises DeviceGone."""
        self._path = settings.port
        self._fault = ""
        self._waiting: anyio.CancelScope | None = None
        try:
            self._serial = _open(settings)
        except (OSError, termios.error, ValueError) as fault:  # SerialException is an OSError
            raise DeviceGone(f"{settings.port}: {_explain(fault, settings)}") from fault
        self._fd = self._serial.fileno()

    async def receive(self) -> bytes:
        """Return the next bytes, at least one."""
        while not self._fault:
            with anyio.CancelScope() as self._waiting:
                await anyio.wait_readable(self._fd)
                try:
                    if data := os.read(self._fd, 4096):
                        return data
                    self._fault = "it was unplugged"
                except BlockingIOError:
                    continue
                except OSError as fault:
                    self._fault = f"it was unplugged ({fault.strerror})"
        raise DeviceGone(f"{self._path}: {self._fault}")

    async def send(self, data: bytes) -> None:
        """Return once the port has taken all of the bytes. Its failure is ``receive``'s too."""
        try:
            with anyio.fail_after(WRITE_LIMIT):
                await self._write(data)
        except TimeoutError:
            termios.tcflush(self._fd, termios.TCOFLUSH)  # else closing would wait for these bytes
            self._fail("it takes no bytes; check the cable")
        except OSError as fault:
            self._fail(f"it was unplugged ({fault.strerror})")

    def _fail(self, fault: str) -> NoReturn:
        self._fault = fault
        if self._waiting:
            self._waiting.cancel()
        raise DeviceGone(f"{self._path}: {fault}")

    async def _write(self, data: bytes) -> None:
        while data:
            await anyio.wait_writable(self._fd)
            try:
                data = data[os.write(self._fd, data) :]
            except BlockingIOError:
                continue

    def close(self) -> None:
        """Let go of the port."""
        self._serial.close()


def _open(settings: SerialPortSettings) -> serial.Serial:
    import serial  # noqa: PLC0415 - no hardware library loads before it is needed

    # DTR and RTS are asserted by default: many registers wait for them.
    line = serial.Serial(
        settings.port,
        settings.baud,
        bytesize=settings.bytes,
        parity=_PARITIES[settings.parity],
        stopbits=settings.stop,
        timeout=0,
        xonxoff=False,
        rtscts=False,
        exclusive=True,
    )
    try:
        _lock(line.fileno())
    except OSError:
        line.close()
        raise
    return line


def _lock(fd: int) -> None:
    """Refuse a second reader: pyserial's lock only stops those who ask for it.

    Not on a pty, where the mark would outlive a killed daemon as long as its other end is open.
    """
    if os.major(os.fstat(fd).st_rdev) not in _PTY_MAJORS:
        fcntl.ioctl(fd, termios.TIOCEXCL)


def _explain(fault: Exception, settings: SerialPortSettings) -> str:
    number = getattr(fault, "errno", None)
    if number is None or isinstance(fault, termios.error):
        return f"it can't be set to {settings.mode} ({fault})"
    return _CAUSES.get(number, f"it can't be opened ({os.strerror(number)})")
