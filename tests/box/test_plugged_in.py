"""What is plugged in, as a tree of device files tells it."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import smbus2

from kiosk.box.plugged_in import i2c_buses, i2c_panels, plugged_in_ports


def test_serial_ports_have_names_that_stay_the_same(tmp_path: Path) -> None:
    dev = tmp_path / "dev"
    (dev / "serial/by-id").mkdir(parents=True)
    for node in ("ttyUSB0", "ttyACM0", "ttyS0", "ttyAMA0", "tty1"):
        (dev / node).touch()
    (dev / "serial/by-id/usb-FTDI").symlink_to("../../ttyUSB0")
    (dev / "serial0").symlink_to("ttyAMA0")
    assert plugged_in_ports(tmp_path) == [
        "/dev/ttyACM0", "/dev/serial/by-id/usb-FTDI", "/dev/serial0"
    ]  # fmt: skip


def test_panels_are_looked_for_on_the_buses_of_the_header_only(tmp_path: Path) -> None:
    (tmp_path / "dev").mkdir()
    for bus in ("1", "3", "20", "x"):
        (tmp_path / f"dev/i2c-{bus}").touch()
    assert i2c_buses(tmp_path) == [1, 3]
    asked: list[tuple[int, int]] = []

    def answers(bus: int, address: int) -> bool:
        asked.append((bus, address))
        return (bus, address) == (1, 0x3D)

    assert list(map(str, i2c_panels(tmp_path, answers))) == ["/dev/i2c-1, 0x3D"]
    assert asked == [(1, 0x3C), (1, 0x3D), (3, 0x3C), (3, 0x3D)]


def test_a_box_where_nothing_is_plugged_in(tmp_path: Path) -> None:
    assert (plugged_in_ports(tmp_path), i2c_panels(tmp_path)) == ([], [])


class Bus:
    """The kernel's device of an I2C bus, below smbus2: what is at its addresses.

    ``quick`` is whether the bus can send an address without data; ``busy`` has a kernel driver.
    """

    def __init__(self, *there: int, quick: bool = True, busy: int = 0) -> None:
        self.there, self.quick, self.busy = there, quick, busy
        self.address = 0
        self.written: list[int] = []

    def open(self, path: str, flags: int) -> int:
        assert (path, flags) == ("/dev/i2c-1", os.O_RDWR)
        return 99

    def close(self, fd: int) -> None:
        assert fd == 99

    def ioctl(self, fd: int, request: int, message: Any) -> int:
        assert fd == 99
        match request:
            case smbus2.smbus2.I2C_FUNCS:
                message.value = 0
            case smbus2.smbus2.I2C_SLAVE if message == self.busy:
                raise OSError(errno.EBUSY, "Device or resource busy")
            case smbus2.smbus2.I2C_SLAVE:
                self.address = message
            case smbus2.smbus2.I2C_SMBUS:
                self._transfer(message)
        return 0

    def _transfer(self, message: Any) -> None:
        if message.size == smbus2.smbus2.I2C_SMBUS_QUICK and not self.quick:
            raise OSError(errno.EOPNOTSUPP, "Operation not supported")
        if message.size != smbus2.smbus2.I2C_SMBUS_QUICK and not message.read_write:
            self.written.append(self.address)
        if self.address not in self.there:
            raise OSError(errno.EREMOTEIO, "Remote I/O error")


@pytest.mark.parametrize(
    ("bus", "found"),
    [
        (Bus(0x3C), [0x3C]),
        (Bus(0x3D, 0x50), [0x3D]),
        (Bus(0x3C, 0x3D), [0x3C, 0x3D]),
        (Bus(), []),
        (Bus(0x3C, quick=False), [0x3C]),
        (Bus(quick=False), []),
        (Bus(busy=0x3D), [0x3D]),  # a driver of the kernel has it
    ],
)
def test_a_panel_that_answers_on_the_bus_is_found_and_nothing_is_written_to_it(
    bus: Bus, found: list[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "dev").mkdir()
    (tmp_path / "dev/i2c-1").touch()
    monkeypatch.setattr(
        smbus2.smbus2, "os", SimpleNamespace(open=bus.open, close=bus.close, O_RDWR=os.O_RDWR)
    )
    monkeypatch.setattr(smbus2.smbus2, "ioctl", bus.ioctl)
    assert [panel.address for panel in i2c_panels(tmp_path)] == found
    assert bus.written == []


def test_a_bus_that_can_not_be_opened_has_no_panels(tmp_path: Path) -> None:
    (tmp_path / "dev").mkdir()
    (tmp_path / "dev/i2c-5").touch()  # it has no counterpart in the real /dev
    assert i2c_panels(tmp_path) == []
