"""The OLED driver: what the bytes on the bus make the glass show is the very picture drawn."""

from __future__ import annotations

import sys
import types
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import smbus2
from gpiozero import Device
from gpiozero.pins.mock import MockFactory
from luma.core.interface.serial import i2c
from PIL import Image

from kiosk.base.errors import DeviceGone
from kiosk.base.money import Money
from kiosk.display.oled import Chip, Oled, OledSettings
from kiosk.display.screens.canvas import Canvas
from kiosk.display.screens.draw import draw
from kiosk.sale.effects import Show
from kiosk.sale.words import Screen
from tests.display.models.buses import GivenI2c, OpenedI2c, SpiDev
from tests.display.models.ssd1306 import Chip as Model
from tests.display.models.ssd1306 import Sh1106, Ssd1306, Ssd1309
from tests.display.reading import argentina, read_qr

# luma.oled still calls what Pillow 14 will remove; pyproject.toml keeps Pillow below that.
pytestmark = pytest.mark.filterwarnings("ignore:Image.Image.getdata:DeprecationWarning")

DC, RESET = 24, 25
MODELS: dict[Chip, type[Model]] = {"ssd1306": Ssd1306, "ssd1309": Ssd1309, "sh1106": Sh1106}


def oled(chip: Chip = "ssd1306", **more: Any) -> OledSettings:
    return OledSettings.model_validate({"driver": "oled", "chip": chip, **more})


def picture(settings: OledSettings) -> Image.Image:
    show = Show(Screen.SCAN_ME, Money.of("1234.56", "ARS"), qr_data=argentina(), until=300)
    return draw(show, Canvas(settings.pixels, "es", "Rosa"), 72)


def same(one: Image.Image, other: Image.Image) -> bool:
    return one.size == other.size and one.convert("L").tobytes() == other.convert("L").tobytes()


# --- the three ways to a panel ------------------------------------------------------------------

Opening = Callable[[OledSettings, Model], Oled]


@pytest.fixture
def pins() -> Iterator[MockFactory]:
    Device.pin_factory = factory = MockFactory()
    yield factory
    factory.reset()
    Device.pin_factory = None


@pytest.fixture(params=["i2c bus given", "i2c opened by luma", "spi"])
def opened(
    request: pytest.FixtureRequest, pins: MockFactory, monkeypatch: pytest.MonkeyPatch
) -> Opening:
    def given(settings: OledSettings, chip: Model) -> Oled:
        return Oled(settings, i2c(bus=GivenI2c(chip)))

    def by_luma(settings: OledSettings, chip: Model) -> Oled:
        monkeypatch.setattr(smbus2, "SMBus", lambda _: OpenedI2c(chip))
        return settings.open()

    def spi(settings: OledSettings, chip: Model) -> Oled:
        module = types.ModuleType("spidev")
        module.SpiDev = lambda: SpiDev(chip, DC)  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, "spidev", module)
        wired = {"interface": "spi", "dc": DC, "reset": RESET}
        return oled(**settings.model_dump(exclude_unset=True) | wired).open()

    ways = {"i2c bus given": given, "i2c opened by luma": by_luma, "spi": spi}
    way: Opening = ways[request.param]
    return way


@pytest.mark.parametrize("chip", MODELS)
def test_the_glass_shows_the_very_picture_and_its_qr_is_read(chip: Chip, opened: Opening) -> None:
    model, settings = MODELS[chip](), oled(chip)
    panel = opened(settings, model)
    panel.show(picture(settings))
    assert same(model.glass(), picture(settings))
    assert read_qr(model.glass()) == [argentina()]
    panel.close()


def test_a_second_picture_replaces_the_first_whole(opened: Opening) -> None:
    model, settings = Ssd1306(), oled()
    panel = opened(settings, model)
    panel.show(picture(settings))
    paid = draw(Show(Screen.PAID), Canvas(settings.pixels, "es", ""), 0)
    panel.show(paid)
    assert same(model.glass(), paid)
    panel.close()


def test_closing_leaves_dark_glass_and_empty_memory(opened: Opening) -> None:
    model, settings = Ssd1306(), oled()
    panel = opened(settings, model)
    panel.show(picture(settings))
    panel.close()
    assert model.glass().getextrema() == (0, 0)
    model.on = True  # power comes back: nothing to be seen still
    assert model.glass().getextrema() == (0, 0)


@pytest.mark.parametrize("rotate", [90, 180, 270])
@pytest.mark.parametrize("chip", MODELS)
def test_a_turned_panel_gets_the_picture_turned(chip: Chip, rotate: int) -> None:
    model, settings = MODELS[chip](), oled(chip, rotate=str(rotate))
    panel = Oled(settings, i2c(bus=GivenI2c(model)))
    panel.show(picture(settings))
    seen = model.glass().rotate(rotate, expand=True)  # the technician turns the panel back
    assert same(seen, picture(settings))
    assert read_qr(seen) == [argentina()]
    panel.close()


def test_the_contrast_is_the_one_set() -> None:
    sent: list[list[int]] = []

    class ListeningSocket(GivenI2c):
        def write_i2c_block_data(self, address: int, register: int, block: list[int]) -> None:
            sent.append(block)
            super().write_i2c_block_data(address, register, block)

    panel = Oled(oled(contrast="12"), i2c(bus=ListeningSocket(Ssd1306())))
    assert [0x81, 12] in sent
    panel.close()


# --- mutants: the model finds mistakes -------------------------------------------------------------


@pytest.mark.parametrize(
    ("driver", "mounted", "readable"),
    [
        ("ssd1306", Sh1106, False),  # shears
        ("sh1106", Ssd1306, True),  # two columns to the right, the last two come in on the left
    ],
)
def test_the_wrong_chip_shows_a_wrong_picture(
    driver: Chip, mounted: type[Model], readable: bool
) -> None:
    model, settings = mounted(), oled(driver)
    panel = Oled(settings, i2c(bus=GivenI2c(model)))
    panel.show(picture(settings))
    assert not same(model.glass(), picture(settings))
    assert bool(read_qr(model.glass())) is readable
    panel.close()


def test_a_forgotten_turn_shows_a_wrong_picture() -> None:
    model, settings = Ssd1306(), oled(rotate="180")
    panel = Oled(oled(), i2c(bus=GivenI2c(model)))
    panel.show(picture(settings))
    assert not same(model.glass().rotate(180), picture(settings))
    panel.close()


# --- trouble ------------------------------------------------------------------------------------


def test_a_panel_that_does_not_answer_is_gone_and_the_message_says_where_to_look() -> None:
    with pytest.raises(DeviceGone, match=r"/dev/i2c-1, address 0x3C.*i2cdetect -y 1"):
        Oled(oled(), i2c(bus=GivenI2c(Ssd1306(), address=0x3D)))


def test_a_panel_unplugged_while_it_shows_is_gone_and_can_be_opened_again() -> None:
    model, settings = Ssd1306(), oled()
    bus = GivenI2c(model)
    panel = Oled(settings, i2c(bus=bus))
    bus.unplugged = True
    with pytest.raises(DeviceGone):
        panel.show(picture(settings))
    with pytest.raises(DeviceGone):
        panel.close()
    bus.unplugged = False
    again = Oled(settings, i2c(bus=bus))
    again.show(picture(settings))
    assert same(model.glass(), picture(settings))
    again.close()


def test_a_bus_that_is_not_there_is_a_device_that_is_gone() -> None:
    with pytest.raises(DeviceGone, match="/dev/i2c-29"):
        oled(i2c_port="29").open()


def test_an_opening_that_fails_lets_go_of_the_pins(
    pins: MockFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    class NoDevice(SpiDev):
        def open(self, port: int, device: int) -> None:
            raise FileNotFoundError(2, "No such file", "/dev/spidev0.0")

    module = types.ModuleType("spidev")
    model = Ssd1306()
    tries = iter([NoDevice(model, DC), SpiDev(model, DC)])
    module.SpiDev = lambda: next(tries)  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "spidev", module)
    settings = oled(interface="spi", dc=str(DC))
    with pytest.raises(DeviceGone, match=r"/dev/spidev0\.0"):
        settings.open()
    panel = settings.open()
    panel.show(picture(settings))
    assert same(model.glass(), picture(settings))
    panel.close()


def test_a_missing_spidev_is_for_the_technician(
    pins: MockFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "spidev", None)
    with pytest.raises(DeviceGone, match="apt install python3-spidev"):
        oled(interface="spi", dc=str(DC)).open()
