"""The lines of Pimoroni's boards, where the computer has no GPIO."""

from __future__ import annotations

from pathlib import Path

import pytest
from gpiozero import Device

from kiosk.base import gpio_header
from kiosk.base.errors import DeviceGone
from kiosk.display.chips.inky_boards import BOARDS, InkyLines


def test_where_no_line_works_the_chip_select_gets_no_advice_of_its_own(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(Device, "pin_factory", None)
    monkeypatch.setattr(gpio_header, "DEVICES", tmp_path)
    monkeypatch.delenv("GPIOZERO_PIN_FACTORY", raising=False)
    with pytest.raises(DeviceGone) as gone:
        InkyLines(BOARDS["phat"])
    assert str(gone.value).startswith("GPIO8 can't be used: ")
    assert "dtoverlay" not in str(gone.value)
