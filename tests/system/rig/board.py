"""The counter's devices in the booted system, as people in the shop use them.

Real drivers of the kernel are on the other side: uinput, a USB gadget, gpio-sim, rig_bus.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from PIL import Image

from tests.inputs.scanner.keyboard import packed, typed
from tests.system.rig.guest import Guest

_HEAD = struct.Struct("=QIHBB")  # struct heard of kernel/rig_bus.c
_PARAMETERS = "/sys/module/rig_bus/parameters"


class Plugged:
    """A program in the guest that simulates a device while it is plugged in."""

    def __init__(self, guest: Guest, unit: str, *command: str) -> None:
        self._guest, self._unit, self._command = guest, unit, command

    def plug_in(self) -> None:
        program, *words = self._command
        self._guest("systemd-run", "-q", f"--unit={self._unit}", "--collect", "-p", "Slice=rig.slice",
                    "/usr/bin/python3", f"/rig/{program}.py", *words)  # fmt: skip
        self._guest("udevadm", "settle")

    def unplug(self) -> None:
        self._guest("systemctl", "stop", self._unit)
        self._guest("udevadm", "settle")


class Scanner(Plugged):
    """A scanner that works as a keyboard."""

    NAME, IDS = "Rig Scanner", "0c2e:0b61"
    FIFO = "/run/rig-scanner"

    def __init__(self, guest: Guest) -> None:
        super().__init__(guest, "rig-scanner", "scanner", self.NAME, self.IDS, self.FIFO)

    def plug_in(self) -> None:
        super().plug_in()
        seen = f"grep -q '{self.NAME}' /sys/class/input/event*/device/name"
        self._guest.eventually("sh", "-c", seen)

    def scan(self, *codes: str) -> None:
        keys = b"".join(packed(typed(code)) for code in codes)
        self._guest("tee", self.FIFO, given=keys)


class Register(Plugged):
    """A cash register on a USB serial cable."""

    PORT = "/dev/serial/by-id/usb-Rig_Register_0001-if00"
    FIFO, _ANSWERS = "/run/rig-register", "/run/rig-register-answers"

    def __init__(self, guest: Guest) -> None:
        super().__init__(guest, "rig-register", "register", self.FIFO, self._ANSWERS)

    def plug_in(self) -> None:
        super().plug_in()
        self._guest.eventually("test", "-e", self.PORT)

    def ring_up(self, line: str) -> None:
        self._guest("tee", self.FIFO, given=line)

    def answered(self, text: str, within: float = 30) -> None:
        """Wait until the kiosk has answered that."""
        self._guest.eventually("grep", "-q", text, self._ANSWERS, within=within)


class Lines:
    """The 54 GPIO lines of the board."""

    def __init__(self, guest: Guest) -> None:
        self._guest = guest
        self._folder = guest.shell("echo /sys/devices/platform/lines/gpiochip*").strip()

    def level(self, line: int) -> bool:
        """Return what is on the line now."""
        return self._guest.read(self.value_of(line)) == b"1\n"

    def value_of(self, line: int) -> str:
        """Return the file with the level of the line: 0 or 1."""
        return f"{self._folder}/sim_gpio{line}/value"

    def eventually(self, line: int, level: bool, within: float = 120) -> None:
        self._guest.eventually("grep", "-q", str(int(level)), self.value_of(line), within=within)

    def pull(self, line: int, level: bool) -> None:
        """Press or release a button on the line."""
        word = "pull-up" if level else "pull-down"
        self._guest.write(f"{self._folder}/sim_gpio{line}/pull", word)


@dataclass(frozen=True, slots=True)
class Heard:
    """What went over a bus in one transfer, with the level of D/C."""

    bus: str
    place: int
    data: bool
    message: bytes


class Buses(Plugged):
    """The I2C and the SPI bus, and the devices on them."""

    RECORD = "/run/rig-glass"

    def __init__(self, guest: Guest, busy: int) -> None:
        """``busy`` is the line that e-paper moves, after a reset and after a refresh (SSD1680)."""
        super().__init__(guest, "rig-glass", "glass", self.RECORD, str(busy), "1", "12", "20")

    def set(self, parameter: str, value: object) -> None:
        """Set a parameter of rig_bus, such as i2c_present=0 for a cable that fell out."""
        self._guest.write(f"{_PARAMETERS}/{parameter}", str(value))

    def heard(self, record_file: str = RECORD) -> Iterator[Heard]:
        """Yield the messages to the panel since it was plugged in, or those in a copy."""
        record = self._guest.read(record_file)
        while record:
            _, length, place, bus, data = _HEAD.unpack_from(record)
            end = _HEAD.size + length
            yield Heard(chr(bus), place, bool(data), record[_HEAD.size : end])
            record = record[end:]

    def forget(self) -> None:
        """Begin a new record, for a panel that is opened again."""
        self._guest("truncate", "-s", "0", self.RECORD)

    def glass(self, chip: Any, record_file: str = RECORD) -> Image.Image:
        """Return the picture that this model of a chip shows."""
        for each in self.heard(record_file):
            if each.bus == "i":
                chip.i2c(each.message)
            else:
                chip.spi(each.message, data=each.data)
        glass: Image.Image = chip.glass()
        return glass
