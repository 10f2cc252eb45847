"""Finds the scanner among the kernel's input devices. No device is opened for this."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

from pydantic import Field

from kiosk.base.errors import DeviceGone
from kiosk.base.frozen import frozen
from kiosk.base.language import _
from kiosk.base.settings import Settings

SYS_INPUT = Path("/sys/class/input")

_DIGITS_AND_ENTER = sum(1 << code for code in (*range(2, 12), 28))


@frozen
class Keyboard:
    """A keyboard, or a scanner that acts as one. ``vendor``, ``product``: 4 hexadecimal digits."""

    path: str
    name: str
    vendor: str
    product: str

    def __str__(self) -> str:
        return f"{self.path} ({self.name}, {self.vendor}:{self.product})"


class MatchSettings(Settings):
    """Which keyboard is the scanner. It must match every setting that is given."""

    vendor: str = Field(
        "", pattern="^([0-9a-f]{4})?$", description="The USB vendor id, such as 0c2e."
    )
    product: str = Field("", pattern="^([0-9a-f]{4})?$", description="The USB product id.")
    device_name: str = Field(
        "", description="The name that the scanner reports; * stands for any text."
    )

    def fits(self, keyboard: Keyboard) -> bool:
        """Return whether the keyboard matches."""
        return (
            self.vendor in ("", keyboard.vendor)
            and self.product in ("", keyboard.product)
            and fnmatch(keyboard.name, self.device_name or "*")
        )


def keyboards(system: Path = SYS_INPUT) -> Iterator[Keyboard]:
    """Yield the devices that have the digit keys and an Enter key."""
    for event in sorted(system.glob("event*"), key=lambda path: int(path.name[5:])):
        device = event / "device"
        try:
            keys = int((device / "capabilities/key").read_text().split()[-1], 16)
            if keys & _DIGITS_AND_ENTER == _DIGITS_AND_ENTER:
                name, vendor, product = (
                    (device / entry).read_text().strip()
                    for entry in ("name", "id/vendor", "id/product")
                )
                yield Keyboard(f"/dev/input/{event.name}", name, vendor, product)
        except (OSError, IndexError, ValueError):
            continue  # it was unplugged in the meantime


def find_keyboard(match: MatchSettings, system: Path = SYS_INPUT) -> str:
    """Return the path of the only device that matches. Raises DeviceGone if there is not one."""
    fitting = [keyboard for keyboard in keyboards(system) if match.fits(keyboard)]
    if not fitting:
        raise DeviceGone(_("no keyboard fits match; check the cable and that setting"))
    if len(fitting) > 1:
        several = ", ".join(map(str, fitting))
        raise DeviceGone(_("match fits {several}; set device, or add to match", several=several))
    return fitting[0].path
