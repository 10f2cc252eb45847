"""Frames between a register and a payment terminal: STX, data, ETX, checksum. Pure.

Source: "POS Integrado, Protocolo de Comunicación Caja - POS" (Transbank). In other protocols the
checksum covers other bytes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import reduce
from operator import xor

STX, ETX, ACK, NAK = b"\x02", b"\x03", b"\x06", b"\x15"
LONGEST = 1024  # bytes of a frame's data; more is noise


@dataclass(frozen=True, slots=True)
class Checksum:
    """The byte after ETX: the exclusive or of ``start``, the data and, if true, STX and ETX."""

    start: int = 0
    stx: bool = False
    etx: bool = True

    def of(self, data: bytes) -> bytes:
        """Return the checksum of a frame with this data."""
        covered = STX * self.stx + data + ETX * self.etx
        return bytes([reduce(xor, covered, self.start)])


@dataclass(frozen=True, slots=True)
class Frame:
    """The data of a whole frame."""

    data: bytes


@dataclass(frozen=True, slots=True)
class BrokenFrame:
    """A frame that did not arrive whole; ``reason`` says why, for the log and the screen."""

    reason: str


@dataclass(frozen=True, slots=True)
class ControlByte:
    """A byte between frames: ACK or NAK."""

    byte: bytes


def frame(data: bytes, checksum: Checksum | None) -> bytes:
    """Return the frame with this data."""
    return STX + data + ETX + (checksum.of(data) if checksum else b"")


class Framer:
    """Cuts a stream into frames. ``gap`` is the silence, in seconds, that cuts a frame off."""

    def __init__(self, checksum: Checksum | None, *, gap: float) -> None:
        self._checksum, self._gap = checksum, gap
        self._data: bytearray | None = None  # None between frames
        self._ended = False  # ETX has come, the checksum has not
        self._last = -math.inf

    @property
    def deadline(self) -> float:
        """When the unfinished frame counts as cut off; infinite without one."""
        return math.inf if self._data is None else self._last + self._gap

    def feed(self, data: bytes, now: float) -> list[Frame | BrokenFrame | ControlByte]:
        """Take the bytes that came in by ``now``, in seconds; none: only time has passed."""
        received: list[Frame | BrokenFrame | ControlByte] = []
        if now >= self.deadline:
            self._data, self._ended = None, False
            received.append(BrokenFrame("a request was cut off; check the cable"))
        if data:
            self._last = now
        received += [each for byte in data if (each := self._byte(bytes([byte])))]
        return received

    def _byte(self, byte: bytes) -> Frame | BrokenFrame | ControlByte | None:
        if self._data is None:
            if byte == STX:
                self._data = bytearray()
            return ControlByte(byte) if byte in (ACK, NAK) else None
        if self._ended:
            return self._close(byte)
        if byte == STX:  # the register has given up the frame before
            self._data.clear()
        elif byte != ETX:
            return self._add(byte)
        elif self._checksum:
            self._ended = True
        else:
            return self._close(b"")
        return None

    def _add(self, byte: bytes) -> BrokenFrame | None:
        assert self._data is not None
        self._data += byte
        if len(self._data) <= LONGEST:
            return None
        self._data = None
        return BrokenFrame(f"a request has more than {LONGEST} characters")

    def _close(self, checksum: bytes) -> Frame | BrokenFrame:
        """End the frame. Its checksum can be the same byte as a control byte."""
        assert self._data is not None
        data, self._data, self._ended = bytes(self._data), None, False
        if self._checksum and checksum != self._checksum.of(data):
            return BrokenFrame(
                "the checksum of a request is wrong; check the cable and the protocol"
            )
        return Frame(data)
