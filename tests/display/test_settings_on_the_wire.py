"""Every setting of every chip changes what the panel's wires carry, or is refused with a sentence."""

from __future__ import annotations

import sys
import types
from collections.abc import Iterable, Iterator
from typing import Any

import luma.lcd.device
import pytest
import smbus2
from gpiozero import Device
from gpiozero.pins.mock import MockFactory
from PIL import Image
from pydantic import ValidationError

from kiosk.display import Viewer
from kiosk.display.chips.luma_panel import LumaSettings
from kiosk.display.lcd import LcdSettings
from kiosk.display.oled import OledSettings

# luma.oled still calls what Pillow 14 will remove; pyproject.toml keeps Pillow below that.
pytestmark = pytest.mark.filterwarnings("ignore:Image.Image.getdata:DeprecationWarning")

# These decide what is drawn or said, not what is sent; and the base of each case.
NOT_ON_THE_WIRE = {
    *("printed_qr", "qr_too_large", "logo", "idle_lines", "inches", "driver", "chip", "interface")
}
OTHER_VALUES: dict[str, Any] = {
    "invert": "yes", "spi_port": "1", "spi_device": "1", "spi_megahertz": "4", "rotate": "180",
    "reset": "22", "spi_mode": "3", "mirror": "yes", "bgr": "yes", "dc": "23", "backlight": "12",
    "backlight_inverted": "yes", "h_offset": "3", "v_offset": "3", "i2c_port": "2",
    "i2c_address": "0x3D", "contrast": "1", "idle_contrast": "1", "fast_scan": "no",
}  # fmt: skip

Case = tuple[type[LumaSettings], dict[str, Any]]
LCDS: list[Case] = [
    (LcdSettings, {"driver": "lcd", "dc": "24", "chip": chip, "size": size})
    for chip, sizes in LcdSettings.sizes.items()
    for size in sizes
]
ON_SPI: list[Case] = [
    (OledSettings, {"driver": "oled", "interface": "spi", "dc": "24", "chip": chip, "size": size})
    for chip, sizes in OledSettings.sizes.items()
    for size in sizes
]
ON_I2C: list[Case] = [
    (OledSettings, {"driver": "oled", "chip": given["chip"], "size": given["size"]})
    for _, given in ON_SPI
    if given["chip"] not in ("ssd1322", "ssd1322_nhd", "ssd1325", "ssd1331", "ssd1351")
]


class Wires:
    """All that a panel is wired to: what was sent, and each change of a line."""

    def __init__(self, pins: MockFactory) -> None:
        self.pins = pins
        self.sent: list[Any] = []

    def spidev(self) -> WiredSpi:
        return WiredSpi(self)

    def smbus(self, port: int) -> WiredI2c:
        self.sent.append(("i2c", port))
        return WiredI2c(self)

    def lines(self) -> dict[int, list[Any]]:
        return {number: [change.state for change in pin.states] for number, pin in self._used()}

    def _used(self) -> Iterator[tuple[int, Any]]:
        for number in range(28):
            pin: Any = self.pins.pin(number)
            if len(pin.states) > 1:
                yield number, pin


class WiredSpi:
    wires: Wires

    def __init__(self, wires: Wires) -> None:
        self.__dict__["wires"] = wires

    def __setattr__(self, name: str, value: Any) -> None:
        self.wires.sent.append((name, value))

    def open(self, port: int, device: int) -> None:
        self.wires.sent.append(("spi", port, device))

    def writebytes(self, message: Iterable[int]) -> None:
        self.wires.sent.append(bytes(message))

    def close(self) -> None:
        self.wires.sent.append("closed")


class WiredI2c:
    def __init__(self, wires: Wires) -> None:
        self.wires = wires

    def write_i2c_block_data(self, address: int, register: int, block: list[int]) -> None:
        self.wires.sent.append((address, register, bytes(block)))

    def i2c_rdwr(self, message: Any) -> None:
        self.wires.sent.append((message.addr, bytes(list(message))))

    def close(self) -> None:
        self.wires.sent.append("closed")


@pytest.fixture(autouse=True)
def pins(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(luma.lcd.device, "sleep", lambda _: None)  # nothing starts up here
    yield
    Device.pin_factory = None


def carried(kind: type[LumaSettings], given: dict[str, Any], patch: pytest.MonkeyPatch) -> Any:
    """Return all that the wires carry while the panel is opened, shows pictures, and is closed."""
    Device.pin_factory = factory = MockFactory()
    wires, module = Wires(factory), types.ModuleType("spidev")
    module.SpiDev = wires.spidev  # type: ignore[attr-defined]
    patch.setitem(sys.modules, "spidev", module)
    patch.setattr(smbus2, "SMBus", wires.smbus)
    settings: Any = kind.model_validate(given)
    picture = Image.new("RGB", settings.pixels)
    picture.paste("#ffa010", (0, 0, 5, 9))
    panel = settings.open()
    panel.show(picture)
    panel.show(picture, Viewer.NOBODY)
    panel.restore()
    panel.close()
    lines = wires.lines()
    factory.reset()
    return wires.sent, lines


@pytest.mark.parametrize(
    "cases",
    [
        pytest.param(LCDS[::3], id="lcd"),
        pytest.param(ON_SPI[::8], id="oled on spi"),
        pytest.param(ON_I2C[::5], id="oled on i2c"),
        pytest.param([*LCDS, *ON_SPI, *ON_I2C], id="all", marks=pytest.mark.slow),
    ],
)
def test_every_setting_of_every_chip_has_an_effect(
    cases: list[Case], monkeypatch: pytest.MonkeyPatch
) -> None:
    without_effect = []
    for kind, given in cases:
        usual = carried(kind, given, monkeypatch)
        for name in kind.model_fields.keys() - NOT_ON_THE_WIRE - {"size"}:
            changed = given | {name: OTHER_VALUES[name]}
            if not refused(kind, changed) and carried(kind, changed, monkeypatch) == usual:
                without_effect.append((given, name))
    assert without_effect == []


def refused(kind: type[LumaSettings], given: dict[str, Any]) -> bool:
    """Return whether the settings are refused, by one fault that says why and what to do."""
    try:
        kind.model_validate(given)
    except ValidationError as error:
        reasons = [fault["msg"].partition("; ") for fault in error.errors()]
        return len(reasons) == 1 and bool(reasons[0][2])
    return False


def test_every_setting_on_the_wire_is_tried() -> None:
    for kind in (LcdSettings, OledSettings):
        assert kind.model_fields.keys() <= OTHER_VALUES.keys() | NOT_ON_THE_WIRE | {"size"}


def test_a_chip_of_the_other_driver_is_sent_there() -> None:
    with pytest.raises(ValidationError, match="'ssd1306' is a chip of the driver oled; write"):
        LcdSettings.model_validate({"driver": "lcd", "chip": "ssd1306", "dc": "24"})
    with pytest.raises(ValidationError, match="'st7789' is a chip of the driver lcd; write"):
        OledSettings.model_validate({"driver": "oled", "chip": "st7789"})
