"""What is plugged in, as a tree of device files tells it."""

from __future__ import annotations

from pathlib import Path

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
