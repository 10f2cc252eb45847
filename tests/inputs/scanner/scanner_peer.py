"""A keyboard scanner that is simulated over a socket.

Tests have no input devices, so a socket replaces the descriptor of one. Everything above the
descriptor is the product's code.
"""

from __future__ import annotations

import socket
import time
from typing import Any

import anyio

from kiosk.inputs.scanner.event_device import EventDevice
from kiosk.inputs.scanner_hid import HidScanner, ScannerHidSettings
from tests.inputs.scanner.keyboard import packed, typed


class ScannerPeer:
    """The other end of the socket: it sends the events of the keys."""

    def __init__(self) -> None:
        self._ours: socket.socket | None = None
        self.plugged = anyio.Event()

    def open(self, settings: ScannerHidSettings) -> HidScanner:
        """Return an open scanner on one end of a new socket."""
        self._ours, theirs = socket.socketpair()
        self.plugged.set()
        theirs.setblocking(False)
        return HidScanner(EventDevice(theirs.detach(), "/dev/input/scanner"), settings.keys())

    def send(self, data: bytes) -> None:
        assert self._ours
        self._ours.sendall(data)

    def scan(self, *codes: str, at: float | None = None) -> None:
        at = time.monotonic() if at is None else at
        self.send(b"".join(packed(typed(code), at) for code in codes))

    def unplug(self) -> None:
        if self._ours:
            self._ours.close()
        self._ours = None
        self.plugged = anyio.Event()


class ScannerPeerSettings(ScannerHidSettings):
    """The product's settings, except that a socket is opened."""

    peer: Any

    def open_device(self) -> HidScanner:
        device: HidScanner = self.peer.open(self)
        return device
