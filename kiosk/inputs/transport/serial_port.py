"""A serial port as a transport: opened by path, bytes in, bytes out, until it is unplugged.

Knows nothing of lines or amounts. pyserial opens the port and sets it up; reading and writing go to
the descriptor itself, so that waiting costs no thread and no wake-up.
"""

from __future__ import annotations

import errno
import fcntl
import os
import termios
from contextlib import suppress
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from kiosk.base.errors import DeviceGone
from kiosk.base.permissions import DENIED, NOT_GRANTED
from kiosk.base.settings import Settings, Whole
from kiosk.inputs.transport.descriptor import DescriptorStream

if TYPE_CHECKING:
    import serial

_PARITIES = {"none": "N", "even": "E", "odd": "O", "mark": "M", "space": "S"}
_PTY_MAJORS = range(136, 144)  # kernel, admin-guide/devices.txt: Unix98 PTY slaves
_CAUSES = {
    errno.ENOENT: "nothing is plugged in there; check the cable, or the setting port",
    **dict.fromkeys(DENIED, NOT_GRANTED),
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
        try:
            self._serial = _open(settings)
        except (OSError, termios.error, ValueError) as fault:  # SerialException is an OSError
            raise DeviceGone(f"{settings.port}: {_explain(fault, settings)}") from fault
        self._wire = DescriptorStream(
            self._serial.fileno(), settings.port, "it was unplugged", _forget_what_waits
        )

    async def receive(self) -> bytes:
        """Return the next bytes, at least one."""
        return await self._wire.receive()

    async def send(self, data: bytes) -> None:
        """Return once the port has taken all of the bytes. Its failure is ``receive``'s too."""
        await self._wire.send(data)

    def close(self) -> None:
        """Let go of the port; of its lock too, which stays where somebody else has it open."""
        with suppress(OSError):  # unplugged, or closed already
            fcntl.ioctl(self._serial.fileno(), termios.TIOCNXCL)
        self._serial.close()


def _forget_what_waits(fd: int) -> None:
    termios.tcflush(fd, termios.TCOFLUSH)  # else closing would wait for these bytes


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
