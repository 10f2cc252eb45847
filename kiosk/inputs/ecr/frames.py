"""Frames between a register and a payment terminal: STX, data, ETX, checksum. Pure.

Source: "POS Integrado, Protocolo de Comunicación Caja - POS" (Transbank). In other protocols the
checksum covers other bytes.
"""

from __future__ import annotations

import math
import re
from functools import reduce
from operator import xor
from typing import Literal

from kiosk.base.frozen import frozen
from kiosk.base.language import _

STX, ETX, ACK, NAK = b"\x02", b"\x03", b"\x06", b"\x15"
LONGEST = 1024  # bytes of a frame's data; more is noise


@frozen
class FrameFormat:
    """What is around the data of a frame, besides STX and ETX.

    ``check`` is what follows ETX: ``xor`` is the byte with the exclusive or of ``start``, the data
    and, if true, STX and ETX; ``sum`` is their sum in four hexadecimal digits, as Epson's and
    Hasar's fiscal printers have it. ``length`` is how the length of the data is written before it,
    in ``length_bytes``; these bytes are part of what is checked. ``marks`` is whether there are STX
    and ETX at all; without them the length says where a frame ends.
    """

    check: Literal["xor", "sum", "none"] = "xor"
    start: int = 0
    stx: bool = False
    etx: bool = True
    length: Literal["none", "binary", "bcd", "digits"] = "none"
    length_bytes: int = 2
    marks: bool = True

    def frame(self, data: bytes) -> bytes:
        """Return the frame with this data."""
        content = self._prefix(len(data)) + data
        around = (STX, ETX) if self.marks else (b"", b"")
        return around[0] + content + around[1] + self.check_of(content)

    def check_of(self, content: bytes) -> bytes:
        """Return what follows ETX, for the data with its length before it."""
        covered = STX * (self.stx and self.marks) + content + ETX * (self.etx and self.marks)
        if self.check == "xor":
            return bytes([reduce(xor, covered, self.start)])
        if self.check == "sum":
            return b"%04X" % ((self.start + sum(covered)) % 0x10000)
        return b""

    @property
    def check_bytes(self) -> int:
        """How many bytes follow ETX."""
        return {"xor": 1, "sum": 4, "none": 0}[self.check]

    @property
    def prefix_bytes(self) -> int:
        """How many bytes the length has."""
        return self.length_bytes if self.length != "none" else 0

    def length_in(self, prefix: bytes) -> int | None:
        """Return the length that is written so; None if it is not valid."""
        if self.length == "binary":
            return int.from_bytes(prefix, "big")
        digits = prefix.hex() if self.length == "bcd" else prefix.decode("latin-1")
        return int(digits) if re.fullmatch("[0-9]+", digits) else None

    def _prefix(self, length: int) -> bytes:
        digits = f"{length:0{2 * self.length_bytes}}"
        match self.length:
            case "none":
                return b""
            case "binary":
                return length.to_bytes(self.length_bytes, "big")
            case "bcd":
                return bytes.fromhex(digits)
            case "digits":
                return digits[-self.length_bytes :].encode()


@frozen
class Frame:
    """The data of a whole frame."""

    data: bytes


@frozen
class BrokenFrame:
    """A frame that did not arrive whole; ``reason`` says why, for the log and the screen."""

    reason: str


@frozen
class ControlByte:
    """A byte between frames: ACK or NAK."""

    byte: bytes


class Framer:
    """Cuts a stream into frames. ``gap`` is the silence, in seconds, that cuts a frame off."""

    def __init__(self, form: FrameFormat, *, gap: float) -> None:
        self._form, self._gap = form, gap
        self._data: bytearray | None = None  # None between frames; begins with the length
        self._check: bytearray | None = None  # None before ETX
        self._last = -math.inf
        self._lost = False  # without marks, only a silence shows where the next frame begins

    @property
    def deadline(self) -> float:
        """When the unfinished frame counts as cut off; infinite without one."""
        return math.inf if self._data is None else self._last + self._gap

    def feed(self, data: bytes, now: float) -> list[Frame | BrokenFrame | ControlByte]:
        """Take the bytes that came in by ``now``, in seconds; none: only time has passed."""
        received: list[Frame | BrokenFrame | ControlByte] = []
        if now >= self.deadline:
            received.append(self._broken(_("a request was cut off; check the cable")))
            self._lost = False
        if data:
            self._lost = self._lost and now < self._last + self._gap
            self._last = now
        received += [each for byte in data if (each := self._byte(bytes([byte])))]
        return received

    def _byte(self, byte: bytes) -> Frame | BrokenFrame | ControlByte | None:
        if self._lost:
            return None
        if self._data is None:
            if byte in (ACK, NAK):
                return ControlByte(byte)
            if self._form.marks:
                self._data = bytearray() if byte == STX else None
                return None
            self._data = bytearray()
        if self._check is not None:
            self._check += byte
            return self._close() if len(self._check) == self._form.check_bytes else None
        if not self._form.marks:
            return self._add_without_marks(byte)
        missing = self._missing(self._data)
        if missing > 0 or (byte not in (STX, ETX) and missing < 0):
            return self._add(byte)
        if byte == ETX:
            self._check = bytearray()
            return None if self._form.check_bytes else self._close()
        if missing == 0:
            return self._broken(_("the length of a request is wrong; check the protocol"))
        self._data.clear()  # STX: the register has given up the frame before
        return None

    def _add_without_marks(self, byte: bytes) -> Frame | BrokenFrame | None:
        assert self._data is not None
        self._data += byte
        if len(self._data) < self._form.prefix_bytes:
            return None
        length = self._form.length_in(bytes(self._data[: self._form.prefix_bytes]))
        if not length or length > LONGEST:
            return self._broken(_("the length of a request is wrong; check the protocol"))
        if len(self._data) < self._form.prefix_bytes + length:
            return None
        self._check = bytearray()
        return None if self._form.check_bytes else self._close()

    def _missing(self, data: bytearray) -> int:
        """Return how many bytes must come before ETX; negative if the frame does not say it."""
        prefix = self._form.prefix_bytes
        if not prefix:
            return -1
        if len(data) < prefix:
            return prefix - len(data)
        length = self._form.length_in(bytes(data[:prefix]))
        return 0 if length is None else max(prefix + length - len(data), 0)

    def _add(self, byte: bytes) -> BrokenFrame | None:
        assert self._data is not None
        self._data += byte
        if len(self._data) <= LONGEST:
            return None
        return self._broken(_("a request has more than {longest} characters", longest=LONGEST))

    def _broken(self, reason: str) -> BrokenFrame:
        self._data = self._check = None
        self._lost = not self._form.marks
        return BrokenFrame(reason)

    def _close(self) -> Frame | BrokenFrame:
        """End the frame. Its checksum can be the same byte as a control byte."""
        assert self._data is not None
        assert self._check is not None
        data, check = bytes(self._data), bytes(self._check)
        self._data = self._check = None
        if (check.upper() if self._form.check == "sum" else check) != self._form.check_of(data):
            return self._broken(
                _("the checksum of a request is wrong; check the cable and the protocol")
            )
        return Frame(data[self._form.prefix_bytes :])
