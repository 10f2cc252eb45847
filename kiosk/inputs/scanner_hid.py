"""The input ``scanner_hid``: a scanner that poses as a keyboard, as most do out of the box.

Read from the kernel's own device and kept from everyone else, so that no code is typed into a
console. Not for scanners in HID-POS mode, which have no keyboard.
"""

from __future__ import annotations

import glob
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator

from kiosk.base.errors import DeviceGone
from kiosk.base.money import Currency
from kiosk.base.permissions import Permissions, keyboard
from kiosk.base.settings import Duration
from kiosk.inputs.scanner.event_device import EventNode, open_grabbed
from kiosk.inputs.scanner.key_decoder import KeyDecoder
from kiosk.inputs.scanner.keyboard_search import SYSTEM, MatchSettings, find
from kiosk.inputs.scanner.keymap import Layout
from kiosk.inputs.scanner.scanner_input import Piece, Scanner, ScannerSettings


class ScannerHidSettings(ScannerSettings):
    """A scanner that poses as a keyboard."""

    driver: Literal["scanner_hid"] = Field(
        "scanner_hid", description="A scanner that poses as a keyboard."
    )
    device: str = Field(
        "",
        pattern="^(/.*)?$",
        description=(
            "The scanner's device file, best one under /dev/input/by-id that ends in -event-kbd; "
            "* stands for anything. Or leave it out, and set match."
        ),
    )
    match: MatchSettings | None = Field(
        None, description="Which of the keyboards it is, where there is no good device file."
    )
    layout: Layout = Field(
        "us",
        description=(
            "The keyboard that the scanner is set to (not this computer's): us, es (Spain), latam "
            "(Latin America), pt (Portugal), br (Brazil). us is the best choice for both."
        ),
    )
    gs_keys: tuple[Literal["ctrl+]", "f8"], ...] = Field(
        ("ctrl+]", "f8"), description="The keys that stand for the separator of GS1 codes."
    )
    gap: Duration = Field(
        0.1,
        ge=0.02,
        le=2,
        description="The pause between two keys that tears a code; 300 ms for Bluetooth.",
    )

    @model_validator(mode="after")
    def _is_one_device(self) -> Self:
        if bool(self.device) == bool(self.match):
            raise ValueError("the scanner is named by device or by match; set one of them")
        return self

    def permissions(self) -> Permissions:
        """Return what it needs of the system."""
        return super().permissions() | keyboard(self.device)

    def open(self, currency: Currency) -> Scanner:
        """Make the input. The device is opened by ``run``."""
        return Scanner(self, self.gap, currency, self.open_device)

    def open_device(self) -> HidScanner:
        """Open the scanner. Raises DeviceGone."""
        path = self.path()
        return HidScanner(EventNode(open_grabbed(path), path), self.keys())

    def keys(self) -> KeyDecoder:
        """Return what turns its keys into characters."""
        return KeyDecoder(self.layout, self.gs_keys)

    def path(self, system: Path = SYSTEM) -> str:
        """Return the device file that is meant now. Raises DeviceGone."""
        if self.match:
            return find(self.match, system)
        if "*" not in self.device:
            return self.device
        found = sorted(glob.glob(self.device))
        if len(found) != 1:
            there = " and ".join(found) or "nothing"
            raise DeviceGone(f"{self.device}: {there} is there; check the cable, or set device")
        return found[0]


class HidScanner:
    """An open one: see ``kiosk.inputs.scanner.scanner_input.ScannerDevice``."""

    def __init__(self, node: EventNode, keys: KeyDecoder) -> None:
        self._node, self._keys = node, keys

    def reading(self) -> AbstractAsyncContextManager[None]:
        """Read in a thread that does nothing else."""
        return self._node.reading()

    async def receive(self) -> list[Piece]:
        """Return what the next keys typed."""
        events = await self._node.receive()
        return [(text, event.at) for event in events if (text := self._keys.feed(event))]

    def close(self) -> None:
        """Let go of the device."""
        self._node.close()
