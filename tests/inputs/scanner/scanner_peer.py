"""A scanner that poses as a keyboard, played over a socket.

There are no input devices where tests run, so it stands in below the step that opens one: all
above the descriptor is the product's.
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
    """The far end: what is plugged in, key by key."""

    def __init__(self) -> None:
        self._ours: socket.socket | None = None
        self.plugged = anyio.Event()

    def open(self, settings: ScannerHidSettings) -> HidScanner:
        """Hand out a descriptor, as the kernel would."""
        self._ours, theirs = socket.socketpair()
        self.plugged.set()
        theirs.setblocking(False)
        return HidScanner(EventDevice(theirs.detach(), "/dev/input/gun"), settings.keys())

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
    """The product's settings, save that opening leads to the socket."""

    gun: Any

    def open_device(self) -> HidScanner:
        device: HidScanner = self.gun.open(self)
        return device
