"""A serial port as a transport: opened by its path, bytes in and out, until it is unplugged.

pyserial opens the port and sets it up. Reading and writing use the descriptor itself, so that
waiting needs no thread and no polling.
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
from kiosk.base.language import _, mark
from kiosk.base.permissions import DENIED, NOT_GRANTED
from kiosk.base.settings import PortFile, Settings, Whole
from kiosk.inputs.transport.descriptor import DescriptorStream

if TYPE_CHECKING:
    import serial

    from kiosk.inputs.transport.stream_input import ClosableStream

_PARITIES = {"none": "N", "even": "E", "odd": "O", "mark": "M", "space": "S"}
_PTY_MAJORS = range(136, 144)  # kernel, admin-guide/devices.txt: Unix98 PTY slaves
_CAUSES = {
    errno.ENOENT: mark("nothing is plugged in there; check the cable, or correct the setting port"),
    **dict.fromkeys(DENIED, NOT_GRANTED),
    errno.EAGAIN: mark("another program uses it; stop that program"),
    errno.EBUSY: mark("another program uses it; stop that program"),
}


class SerialPortSettings(Settings):
    """Which serial port, and its mode."""

    port: PortFile = Field(
        pattern="^/",
        description=(
            "The device file of the port. A name under /dev/serial/by-id stays the same when the "
            "cable is unplugged and plugged in again."
        ),
    )
    baud: Whole = Field(9600, ge=50, le=4_000_000, description="Bits per second.")
    bytes: Whole = Field(8, ge=7, le=8, description="Data bits per character: 7 or 8.")
    parity: Literal["none", "even", "odd", "mark", "space"] = Field(
        "none", description="The parity bit: none, even, odd, mark or space."
    )
    stop: Whole = Field(1, ge=1, le=2, description="Stop bits: 1 or 2.")

    @property
    def mode(self) -> str:
        """The mode in its usual short form: ``9600 8N1``."""
        return f"{self.baud} {self.bytes}{_PARITIES[self.parity]}{self.stop}"

    def open_port(self) -> ClosableStream:
        """Open the port. Raises DeviceGone."""
        return SerialPort(self)


class SerialPort:
    """An open port. Every failure is raised as DeviceGone; after one, open a new SerialPort."""

    def __init__(self, settings: SerialPortSettings) -> None:
        """Open the port and discard what it has received before. Raises DeviceGone."""
        try:
            self._serial = _open(settings)
        except (OSError, termios.error, ValueError) as fault:  # SerialException is an OSError
            raise DeviceGone(f"{settings.port}: {_explain(fault, settings)}") from fault
        self._stream = DescriptorStream(
            self._serial.fileno(), settings.port, _("it was unplugged"), _discard_output
        )

    async def receive(self) -> bytes:
        """Return the next bytes, at least one."""
        return await self._stream.receive()

    async def send(self, data: bytes) -> None:
        """Return when the port has taken all bytes. After a failure, receiving fails too."""
        await self._stream.send(data)

    def close(self) -> None:
        """Close the port. Unlock it first: the lock stays while another process has it open."""
        with suppress(OSError):  # unplugged, or closed already
            fcntl.ioctl(self._serial.fileno(), termios.TIOCNXCL)
        self._serial.close()


def _discard_output(fd: int) -> None:
    termios.tcflush(fd, termios.TCOFLUSH)  # otherwise closing waits for these bytes


def _open(settings: SerialPortSettings) -> serial.Serial:
    import serial  # noqa: PLC0415 - no hardware library loads before it is needed

    # DTR and RTS are on by default: many registers wait for them.
    port = serial.Serial(
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
        _lock(port.fileno())
        _mark_damaged_bytes(port.fileno())
    except (OSError, termios.error):
        port.close()
        raise
    return port


def _mark_damaged_bytes(fd: int) -> None:
    """Let the kernel replace a byte with a wrong parity or stop bit, and a break, by NUL.

    pyserial switches this off, so that ``parity: even`` would protect nothing. Each decoder takes a
    NUL within a text for a lost character. (termios(3): INPCK, without IGNPAR and PARMRK)
    """
    modes = termios.tcgetattr(fd)
    modes[0] |= termios.INPCK
    modes[0] &= ~(termios.IGNPAR | termios.PARMRK | termios.IGNBRK | termios.BRKINT)
    termios.tcsetattr(fd, termios.TCSANOW, modes)


def _lock(fd: int) -> None:
    """Refuse a second reader: pyserial's lock stops only programs that use the same lock.

    Not on a pty: there the lock stays after the daemon is killed, as long as the other end is open.
    """
    if os.major(os.fstat(fd).st_rdev) not in _PTY_MAJORS:
        fcntl.ioctl(fd, termios.TIOCEXCL)


def _explain(fault: Exception, settings: SerialPortSettings) -> str:
    number = getattr(fault, "errno", None)
    if number is None or isinstance(fault, termios.error):
        return _(
            "it does not support {mode} ({fault}); correct its settings",
            mode=settings.mode,
            fault=fault,
        )
    if number in _CAUSES:
        return _(_CAUSES[number])
    return _(
        "it cannot be opened ({reason}); check the setting port", reason=_(os.strerror(number))
    )
