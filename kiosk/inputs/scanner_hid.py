"""The input ``scanner_hid``: a scanner that acts as a keyboard, as most do when they are new.

Its events are read from the kernel's input device, and no other program gets them; so no code is
typed into a console. Not for scanners in HID-POS mode, which do not act as a keyboard.
"""

from __future__ import annotations

import glob
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Literal, Protocol, Self

from pydantic import Field, model_validator

from kiosk.base.errors import DeviceGone
from kiosk.base.language import _
from kiosk.base.money import Currency
from kiosk.base.parts import WiredPart
from kiosk.base.permissions import Permissions, keyboard
from kiosk.base.settings import Duration, InputFile
from kiosk.inputs.common.connections import keyboard_parts
from kiosk.inputs.scanner.event_device import EventDevice, open_grabbed
from kiosk.inputs.scanner.key_decoder import KeyDecoder, KeyEvent
from kiosk.inputs.scanner.keyboard_search import SYS_INPUT, MatchSettings, find_keyboard
from kiosk.inputs.scanner.keymap import Layout
from kiosk.inputs.scanner.scanner_input import Scanner, ScannerSettings, TimedCharacters


class ScannerHidSettings(ScannerSettings):
    """A scanner that acts as a keyboard."""

    driver: Literal["scanner_hid"] = Field(
        "scanner_hid", description="A scanner that acts as a keyboard."
    )
    device: InputFile = Field(
        "",
        pattern="^(/.*)?$",
        description=(
            "The scanner's device file, best one under /dev/input/by-id that ends in -event-kbd; "
            "* stands for any text. Or leave it out, and set match."
        ),
    )
    match: MatchSettings | None = Field(
        None, description="Which keyboard is the scanner, if there is no suitable device file."
    )
    layout: Layout = Field(
        "us",
        description=(
            "The keyboard layout that the scanner is set to (not this computer's): us, es (Spain), "
            "latam (Latin America), pt (Portugal), br (Brazil). Best set both to us."
        ),
    )
    gs_keys: tuple[Literal["ctrl+]", "f8"], ...] = Field(
        ("ctrl+]", "f8"),
        description="The keys that the scanner sends as the separator of GS1 codes.",
    )
    gap: Duration = Field(
        0.1,
        ge=0.02,
        le=2,
        description="The longest pause between two keys of a code; 300 ms for Bluetooth.",
    )

    @model_validator(mode="after")
    def _is_one_device(self) -> Self:
        if bool(self.device) == bool(self.match):
            raise ValueError(_("the scanner needs device or match; set exactly one of them"))
        return self

    def permissions(self) -> Permissions:
        """Return the permissions that it needs."""
        return super().permissions() | keyboard(self.device)

    def parts(self) -> tuple[WiredPart, ...]:
        """Return the parts to connect, with their wires."""
        return keyboard_parts(self.source, self.device)

    def open(self, currency: Currency) -> Scanner:
        """Make the input. The device is opened by ``run``."""
        return Scanner(self, self.gap, currency, self.open_device)

    def open_device(self) -> HidScanner:
        """Open the scanner. Raises DeviceGone."""
        path = self.path()
        return HidScanner(EventDevice(open_grabbed(path), path), self.keys())

    def keys(self) -> KeyDecoder:
        """Return the decoder of its key events."""
        return KeyDecoder(self.layout, self.gs_keys)

    def path(self, system: Path = SYS_INPUT) -> str:
        """Return the path of the scanner's device file. Raises DeviceGone if it is not there."""
        if self.match:
            return find_keyboard(self.match, system)
        if "*" not in self.device:
            return self.device
        found = sorted(glob.glob(self.device))
        if not found:
            raise DeviceGone(
                _("{device}: nothing is plugged in there; check the cable", device=self.device)
            )
        if len(found) > 1:
            raise DeviceGone(
                _(
                    "{device} fits {found}; set device to one of them",
                    device=self.device,
                    found=", ".join(found),
                )
            )
        return found[0]


class KeySource(Protocol):
    """An open keyboard, such as ``EventDevice``."""

    def reading(self) -> AbstractAsyncContextManager[None]:
        """Return a context in which ``receive`` may be called."""
        ...

    async def receive(self) -> list[KeyEvent]:
        """Wait for the next events and return them. Raises DeviceGone."""
        ...

    def close(self) -> None:
        """Close the device."""
        ...


class HidScanner:
    """An open scanner: see ``kiosk.inputs.scanner.scanner_input.ScannerDevice``."""

    def __init__(self, device: KeySource, keys: KeyDecoder) -> None:
        self._device, self._keys = device, keys

    def reading(self) -> AbstractAsyncContextManager[None]:
        """Read in a thread that does nothing else."""
        return self._device.reading()

    async def receive(self) -> list[TimedCharacters]:
        """Wait for the next keys and return what they type."""
        events = await self._device.receive()
        return [(text, event.at) for event in events if (text := self._keys.feed(event))]

    def close(self) -> None:
        """Close the device."""
        self._device.close()
