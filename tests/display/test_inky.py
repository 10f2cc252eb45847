"""The Inky driver, with Pimoroni's own library between it and models of the boards."""

from __future__ import annotations

import importlib
import sys
import time
import types
from collections.abc import Iterator
from typing import Any, get_args

import pytest
import smbus2
from gpiozero import Device, DigitalOutputDevice
from gpiozero.pins.mock import MockFactory
from PIL import Image
from pydantic import ValidationError

from kiosk.base.errors import DeviceGone
from kiosk.base.money import Money
from kiosk.display import Surface
from kiosk.display.chips import inky_boards
from kiosk.display.chips.inky_boards import BOARDS
from kiosk.display.inky import Board, InkySettings
from kiosk.display.screens.canvas import Canvas
from kiosk.display.screens.draw import draw
from kiosk.display.screens.paint import blank
from kiosk.sale.effects import Show
from kiosk.sale.words import Screen
from tests.display.models.inky_boards import GLASS, InkyGlass
from tests.display.reading import argentina, read_qr

NAMES: tuple[Board, ...] = get_args(Board)


class Eeprom:
    """The I2C bus with the EEPROM of a board; without a number, nothing answers."""

    opened = 0

    def __init__(self, _: int, variant: int | None = None) -> None:
        self.variant = variant

    def __enter__(self) -> Eeprom:
        Eeprom.opened += 1
        return self

    def __exit__(self, *_: object) -> None:
        Eeprom.opened -= 1

    def write_i2c_block_data(self, *_: object) -> None:
        if self.variant is None:
            raise OSError("nothing answers at 0x50")

    def read_i2c_block_data(self, *_: object) -> bytes:
        eeprom = importlib.import_module("inky.eeprom")
        written: bytes = eeprom.EPDType(400, 300, "red", 12, self.variant).encode()
        return written


class Counter:
    """A board on the counter's Pi."""

    def __init__(
        self, name: Board, monkeypatch: pytest.MonkeyPatch, variant: int | None = None, **more: Any
    ) -> None:
        module = pytest.importorskip(
            f"inky.{BOARDS[name].module}", reason="no inky: ./scripts/test installs it"
        )
        monkeypatch.setattr(
            module, "time", types.SimpleNamespace(sleep=lambda _: None, monotonic=time.monotonic)
        )
        monkeypatch.setattr(Eeprom, "opened", 0)
        monkeypatch.setattr(smbus2, "SMBus", lambda port: Eeprom(port, variant))
        self.glass: InkyGlass = GLASS[name]()
        spidev = types.ModuleType("spidev")
        spidev.SpiDev = lambda: self.glass  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, "spidev", spidev)
        self.settings = InkySettings.model_validate({"driver": "inky", "board": name} | more)

    def picture(self, screen: Screen = Screen.PAID, qr_data: str = "") -> Image.Image:
        show = Show(screen, Money.of("1234.56", "ARS"), qr_data=qr_data, until=300)
        return draw(show, Canvas.of(self.settings, "es", "Rosa"), 72)

    def qr(self) -> Image.Image:
        return self.picture(Screen.SCAN_ME, argentina())

    def seen(self) -> Image.Image:
        """Return what the payer sees, who looks at the panel as it is mounted."""
        return self.glass.glass().rotate(self.settings.rotate, expand=True)

    def shows(self, image: Image.Image) -> bool:
        return self.seen() == image.convert("RGB")

    def is_white(self) -> bool:
        return self.shows(blank(self.settings.pixels, Surface.PAPER))


@pytest.fixture(autouse=True)
def _pins(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(inky_boards, "_BUSY_STARTS_WITHIN", 0.02)  # the models are quick
    monkeypatch.setattr(inky_boards, "_BUSY_LIMIT", 0.5)
    Device.pin_factory = factory = MockFactory()
    yield
    factory.reset()
    Device.pin_factory = None


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    "name", [*NAMES[:-1], pytest.param("impression-13.3", marks=pytest.mark.slow)]
)
def test_the_glass_shows_the_very_picture_in_black_and_white_and_is_cleared(
    name: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    counter = Counter(name, monkeypatch)
    assert not counter.is_white()
    panel = counter.settings.open()
    assert counter.is_white()
    panel.show(counter.qr())
    assert counter.shows(counter.qr())
    assert read_qr(counter.seen()) == [argentina()]
    panel.restore()
    panel.close()
    assert counter.is_white()
    assert counter.glass.refreshes == 3
    assert counter.glass.closed
    assert Eeprom.opened == 0


@pytest.mark.parametrize(("rotate", "invert"), [("90", "no"), ("180", "yes"), ("270", "no")])
@pytest.mark.parametrize("name", ["phat", "what-jd79668"])
def test_a_turned_or_inverted_board_gets_the_picture_so(
    name: Board, rotate: str, invert: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    counter = Counter(name, monkeypatch, rotate=rotate, invert=invert)
    panel = counter.settings.open()
    picture = counter.picture()
    panel.show(picture)
    wanted = picture.convert("L").point(lambda v: 255 - v) if invert == "yes" else picture
    assert counter.shows(wanted)
    panel.close()


# --- trouble ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["phat", "phat-ssd1608", "what-jd79668", "impression-7.3"])
def test_a_board_that_is_not_there_is_noticed_by_its_silence(
    name: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    counter = Counter(name, monkeypatch)
    panel = counter.settings.open()
    counter.glass.unplugged = True
    with pytest.raises(DeviceGone, match=r"BUSY line \(GPIO17\) never changed"):
        panel.show(counter.picture())
    with pytest.raises(DeviceGone):
        panel.close()
    counter.glass.unplugged = False
    again = counter.settings.open()
    again.show(counter.qr())
    assert counter.shows(counter.qr())
    again.close()


@pytest.mark.parametrize("name", ["phat", "what-ssd1683", "what-ssd2683", "impression-4.0"])
def test_a_board_that_stays_busy_is_gone(name: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inky_boards, "_BUSY_LIMIT", 0.05)
    counter = Counter(name, monkeypatch)
    panel = counter.settings.open()
    counter.glass.stuck = True
    with pytest.raises(DeviceGone, match=r"busy for 0\.05 s; check display\.board"):
        panel.show(counter.picture())
    with pytest.raises(DeviceGone):
        panel.close()


def test_two_pictures_in_a_row_never_disturb_a_refresh(monkeypatch: pytest.MonkeyPatch) -> None:
    """The library returns before some boards are ready, and would reset them in the middle."""
    counter = Counter("what-ssd1683", monkeypatch)
    panel = counter.settings.open()
    for screen in (Screen.PAID, Screen.CANCELED):
        panel.show(counter.picture(screen))
        factory: Any = Device.pin_factory
        assert not factory.pin(17).state
        assert counter.shows(counter.picture(screen))
    panel.close()


def test_a_bus_that_fails_is_a_panel_that_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    counter = Counter("what", monkeypatch)
    panel = counter.settings.open()

    def broken(_: object) -> None:
        raise OSError("Input/output error")

    monkeypatch.setattr(counter.glass, "xfer3", broken)
    with pytest.raises(DeviceGone, match="Inky board does not answer: Input/output error"):
        panel.show(counter.picture())
    with pytest.raises(DeviceGone):
        panel.close()
    assert counter.glass.closed


def test_without_the_line_in_config_txt_the_chip_select_is_taken(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    counter = Counter("phat", monkeypatch)
    taken = DigitalOutputDevice(8)
    with pytest.raises(DeviceGone, match=r"GPIO8 as its chip select: .*; add dtoverlay=spi0-0cs"):
        counter.settings.open()
    taken.close()


def test_a_board_that_says_it_is_another_one_is_not_driven(monkeypatch: pytest.MonkeyPatch) -> None:
    counter = Counter("what", monkeypatch, variant=24)
    with pytest.raises(DeviceGone, match="write board: what-jd79668"):
        counter.settings.open()
    assert counter.glass.commands == []
    assert Eeprom.opened == 0
    Counter("what", monkeypatch, variant=6).settings.open().close()


def test_a_library_that_is_missing_is_said_and_tried_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    counter = Counter("phat", monkeypatch)
    monkeypatch.setitem(sys.modules, "inky", None)
    monkeypatch.setitem(sys.modules, "inky.inky", None)
    with pytest.raises(DeviceGone, match=r"kiosk\[inky\]"):
        counter.settings.open()


# --- settings -----------------------------------------------------------------------------------


def settings(**given: str) -> InkySettings:
    return InkySettings.model_validate({"driver": "inky"} | given)


def test_a_slow_panel_is_not_drawn_again_for_the_time_left() -> None:
    slow = settings(board="impression-7.3")
    assert slow.redraw_every == float("inf")
    assert slow.pause_after_picture >= 5
    assert slow.pixels == (800, 480)
    assert settings(board="phat", rotate="90").pixels == (104, 212)


def test_the_lines_of_the_board_and_the_line_of_config_txt_are_named() -> None:
    assert lines_of("phat") == {2, 3, 8, 9, 10, 11, 17, 22, 27}
    assert lines_of("impression-13.3") == {2, 3, 9, 10, 11, 16, 17, 22, 26, 27}
    assert settings(board="phat").permissions().switches >= {"dtoverlay=spi0-0cs"}


def lines_of(board: str) -> set[int]:
    return {line.number for line in settings(board=board).permissions().lines}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"board": "impression-5.7"}, "known, not supported: it has seven colours"),
        ({"board": "what-jd79668", "colour": "red"}, "remove this setting"),
        ({"board": "phat", "rotate": "45"}, "not a valid rotation"),
        ({"board": "toaster"}, "Input should be 'phat'"),
    ],
)
def test_a_wrong_setting_is_refused(given: dict[str, str], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        settings(**given)
