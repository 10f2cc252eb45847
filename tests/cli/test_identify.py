"""``kiosk identify``: a device sends, and the command prints the YAML lines for it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from select import select

import pytest
import yaml

from kiosk.box.plugged_in import lasting_name
from kiosk.cli.identify import identified_keyboard
from tests.support.processes import LONG_ENOUGH

NOISE = bytes((37 * number + 128) % 256 for number in range(64))


def identify(*words: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-u", "-m", "kiosk", "identify", *words]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.slow
def test_a_display_is_identified_by_its_text_once_the_speed_is_right(
    tty_pair: tuple[int, str],
) -> None:
    wire, port = tty_pair
    with identify("--port", port, "--for", "120") as search:
        assert search.stdout
        assert search.stdout.readline().startswith("Press a key")
        assert "is in use by" in search.stdout.readline()  # by this test
        told = sent_until_heard(wire, NOISE, search)
        assert "not readable at 9600 baud; now listening at 115200 baud" in told
        sent_until_heard(wire, b"\x0cPAN\x1f$\x01\x02TOTAL       1.234,56", search)
        said = search.stdout.read()
    assert search.returncode == 0
    assert f"{port} sends" in said
    (entry,) = yaml.safe_load(said.partition("Write below inputs:")[2])
    assert (entry["driver"], entry["dialect"], entry["port"], entry["baud"]) == (
        "pole_display", "epson", port, 115200
    )  # fmt: skip


def sent_until_heard(wire: int, data: bytes, search: subprocess.Popen[str]) -> str:
    """Send the data repeatedly, as a technician does. Return the first line of output."""
    assert search.stdout
    while not select([search.stdout], [], [], 1.0)[0]:
        os.write(wire, data)
    return search.stdout.readline()


@pytest.mark.slow
def test_no_data_is_reported(tty_pair: tuple[int, str]) -> None:
    with identify("--port", tty_pair[1], "--for", "0.2") as search:
        _, said = search.communicate(timeout=LONG_ENOUGH)
    assert search.returncode == 1
    assert "no device sent anything; check the cable" in said


def test_a_device_is_named_so_that_it_is_found_again(tmp_path: Path) -> None:
    for node in ("ttyUSB0", "ttyUSB1", "ttyAMA0"):
        (tmp_path / node).touch()
    for folder, name, node in (
        ("by-id", "usb-FTDI_A1-port0", "ttyUSB0"),
        ("by-path", "usb-0:1.2", "ttyUSB0"),
        ("by-path", "usb-0:1.3", "ttyUSB1"),
    ):
        (tmp_path / "serial" / folder).mkdir(parents=True, exist_ok=True)
        (tmp_path / "serial" / folder / name).symlink_to(tmp_path / node)
    names = [
        lasting_name(str(tmp_path / node), tmp_path) for node in ("ttyUSB0", "ttyUSB1", "ttyAMA0")
    ]
    assert [Path(name).name for name in names] == ["usb-FTDI_A1-port0", "usb-0:1.3", "ttyAMA0"]


def keyboard(folder: Path, vendor: str) -> None:
    """Plug a keyboard in, which has no name under /dev/input/by-id."""
    device = folder / "event7/device"
    for name, text in (
        ("capabilities/key", "fffffffffffffffe"),
        ("name", "Scanner"),
        ("id/vendor", vendor),
        ("id/product", "0b61"),
    ):
        (device / name).parent.mkdir(parents=True, exist_ok=True)
        (device / name).write_text(f"{text}\n")


@pytest.mark.parametrize(
    ("vendor", "entry"),
    [("0c2e", 'match: {vendor: "0c2e", product: "0b61"}'), ("0000", "device: /dev/input/event7")],
)
def test_a_scanner_without_a_lasting_name_is_found_again_by_its_maker(
    tmp_path: Path, vendor: str, entry: str
) -> None:
    """Such as one on Bluetooth: its number is another one after the next boot."""
    keyboard(tmp_path, vendor)
    found = identified_keyboard("/dev/input/event7", tmp_path)
    assert str(found).endswith(f"  - driver: scanner_hid\n    {entry}")
    assert found.name == "Scanner"


@pytest.mark.slow
def test_another_program_that_has_the_port_is_named(tty_pair: tuple[int, str]) -> None:
    """Such as a login: it takes a part of what the register sends."""
    _wire, port = tty_pair  # this process has it open
    with identify("--port", port, "--for", "0") as search:
        said, _ = search.communicate(timeout=LONG_ENOUGH)
    pid = os.getpid()
    name = Path("/proc/self/comm").read_text().strip()
    assert f"{port} is in use by {name} ({pid}), which may take what it sends" in said
    assert f"stop that program: sudo kill {pid}" in said
