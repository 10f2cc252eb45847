"""Every setting of every e-paper panel changes what its wires carry, or is refused."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any

import pytest
from gpiozero import Device
from gpiozero.pins.mock import MockFactory
from pydantic import ValidationError

from kiosk.display import Viewer
from kiosk.display.chips.epaper.panels import CONTROLLERS
from kiosk.display.epaper import EpaperSettings, PanelName
from tests.display.epaper_counter import NAMES, WIRED, Counter, FailingBus, quick_pins

# These decide what is drawn, said or waited for; the last ones are held by the tests of BUSY.
NOT_ON_THE_WIRE = {"idle_lines", "printed_qr", "qr_too_large", "logo", "driver", "panel",
                   "min_interval", "busy_timeout", "busy", "reset"}  # fmt: skip
OTHER_VALUES = {"rotate": "180", "invert": "yes", "spi_port": "1", "spi_device": "1",
                "spi_megahertz": "8", "dc": "23", "power": "18", "quick_refreshes": "0"}  # fmt: skip


def carried(name: PanelName, patch: pytest.MonkeyPatch, **more: str) -> Any:
    """Return all that the wires carry while the panel is opened, shows pictures, and is closed."""
    with quick_pins(patch):
        factory, counter = Device.pin_factory, Counter(name, patch, **more)
        sent: list[tuple[Any, ...]] = []
        assert isinstance(factory, MockFactory)

        class Recorded(FailingBus):
            def open(self, port: int, device: int) -> None:
                sent.append((port, device))

            def writebytes(self, message: Iterable[int]) -> None:
                message = list(message)
                sent.append((self.max_speed_hz, *message))
                super().writebytes(message)

            def close(self) -> None:
                sent.append(("closed",))

        patch.setattr(sys.modules["spidev"], "SpiDev", lambda: Recorded(counter))
        panel = counter.settings.open()
        panel.show(counter.qr())
        panel.show(counter.picture(), Viewer.PERSON)
        panel.close()
        pins = [factory.pin(number) for number in range(28)]
        used = [n for n, pin in enumerate(pins) if len(pin.states) > 1 and n != 24]  # not BUSY
        return sent, used


def refused(name: PanelName, setting: str, value: str) -> bool:
    """Return whether the setting is refused with what to do."""
    try:
        EpaperSettings.model_validate(WIRED | {"driver": "epaper", "panel": name, setting: value})
    except ValidationError as error:
        return all("; " in fault["msg"] for fault in error.errors())
    return False


@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=[pytest.mark.slow] * (n not in NAMES[::5])) for n in NAMES]
)
def test_every_setting_of_every_panel_has_an_effect(
    name: PanelName, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = carried(name, monkeypatch)
    values = OTHER_VALUES | ({} if CONTROLLERS[name].quick else {"quick_refreshes": "3"})
    for setting, other in values.items():
        is_refused = refused(name, setting, other)
        assert is_refused or carried(name, monkeypatch, **{setting: other}) != usual, setting


def test_every_setting_is_tried() -> None:
    assert EpaperSettings.model_fields.keys() == OTHER_VALUES.keys() | NOT_ON_THE_WIRE
