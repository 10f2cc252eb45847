"""Which of the kernel's input devices is the scanner."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.base.errors import DeviceGone
from kiosk.inputs.scanner.keyboard_search import Keyboard, MatchSettings, find_keyboard, keyboards
from kiosk.inputs.scanner_hid import ScannerHidSettings

KEYS_OF_A_KEYBOARD = "1000000000007 ff9f207ac14057ff febeffdfffefffff fffffffffffffffe"


def device(system: Path, number: int, name: str, ids: str, keys: str = KEYS_OF_A_KEYBOARD) -> None:
    folder = system / f"event{number}" / "device"
    (folder / "id").mkdir(parents=True)
    (folder / "capabilities").mkdir()
    vendor, product = ids.split(":")
    for entry, text in (
        ("name", name), ("id/vendor", vendor), ("id/product", product), ("capabilities/key", keys),
    ):  # fmt: skip
        (folder / entry).write_text(text + "\n")


@pytest.fixture
def system(tmp_path: Path) -> Path:
    device(tmp_path, 0, "Power Button", "0000:0001", "10000000000000 0")
    device(tmp_path, 10, "Honeywell Scanner", "0c2e:0b81")
    device(tmp_path, 2, "Logitech USB Keyboard", "046d:c31c")
    device(tmp_path, 3, "Honeywell Scanner Mouse", "0c2e:0b81", "1f0000 0 0 0 0")
    (tmp_path / "event11").mkdir()  # unplugged just now
    return tmp_path


def test_keyboards_are_told_from_other_devices(system: Path) -> None:
    assert list(keyboards(system)) == [
        Keyboard("/dev/input/event2", "Logitech USB Keyboard", "046d", "c31c"),
        Keyboard("/dev/input/event10", "Honeywell Scanner", "0c2e", "0b81"),
    ]


@pytest.mark.parametrize(
    "match", [{"vendor": "0c2e"}, {"product": "0b81"}, {"device_name": "*Scanner*"}]
)
def test_the_scanner_is_found_by_what_it_is(system: Path, match: dict[str, str]) -> None:
    settings = ScannerHidSettings.model_validate({"match": match})
    assert settings.path(system) == "/dev/input/event10"


def test_one_that_is_not_there_or_not_alone(system: Path) -> None:
    with pytest.raises(DeviceGone, match="no keyboard fits match; check the cable"):
        find_keyboard(MatchSettings(vendor="ffff"), system)
    with pytest.raises(DeviceGone, match=r"match fits /dev/input/event2 .*, /dev/input/event10"):
        find_keyboard(MatchSettings(), system)
