"""The e-paper driver: what its bytes make the ink do, and what it does when BUSY misbehaves."""

from __future__ import annotations

import contextlib
import sys
import types
from collections.abc import Iterator
from itertools import pairwise
from typing import Any, get_args

import pytest
from gpiozero import Device
from gpiozero.pins.mock import MockFactory
from PIL import Image
from pydantic import ValidationError

from kiosk.base.errors import DeviceGone
from kiosk.base.money import Money
from kiosk.display import Surface, Viewer
from kiosk.display.chips.epaper import spi_bus
from kiosk.display.chips.epaper.panels import CONTROLLERS
from kiosk.display.epaper import EpaperSettings, PanelName
from kiosk.display.screens.canvas import Canvas
from kiosk.display.screens.draw import draw
from kiosk.display.screens.paint import blank
from kiosk.sale.effects import Show
from kiosk.sale.words import Screen
from tests.display.models import epaper as models
from tests.display.models.buses import SpiDev
from tests.display.reading import argentina, read_qr

NAMES: tuple[PanelName, ...] = get_args(PanelName)
RESET, BUSY = 17, 24
WIRED = {"dc": 25, "reset": RESET, "busy": BUSY}
QUICK = [name for name in NAMES if CONTROLLERS[name].quick]
RED = [name for name in NAMES if "b" in name]


@pytest.fixture(autouse=True)
def _pins(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(spi_bus, "_RESET_PULSE", 0.0001)  # the models need no time
    monkeypatch.setattr(spi_bus, "_AFTER_RESET", 0.0001)
    monkeypatch.setattr(spi_bus, "_BUSY_DELAY", 0.001)
    Device.pin_factory = factory = MockFactory()
    yield
    factory.reset()
    Device.pin_factory = None


class Counter:
    """A panel on the counter: the glass, and the driver's settings."""

    def __init__(self, name: PanelName, monkeypatch: pytest.MonkeyPatch, **more: Any) -> None:
        self.glass = models.glass_of(name, (RESET, BUSY))
        known = {"driver": "epaper", "panel": name, "busy_timeout": "1 s"}
        self.settings = EpaperSettings.model_validate(WIRED | known | more)
        module = types.ModuleType("spidev")
        module.SpiDev = lambda: SpiDev(self.glass, self.settings.dc)  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, "spidev", module)

    def picture(self, screen: Screen = Screen.PAID, qr_data: str = "") -> Image.Image:
        show = Show(screen, Money.of("1234.56", "ARS"), qr_data=qr_data, until=300)
        canvas = Canvas(self.settings.pixels, "es", "Rosa", Surface.PAPER, time_step=60)
        return draw(show, canvas, 72)

    def qr(self) -> Image.Image:
        return self.picture(Screen.SCAN_ME, argentina())

    def seen(self) -> Image.Image:
        """Return what the payer sees, who looks at the panel as it is mounted."""
        return self.glass.glass().rotate(self.settings.rotate, expand=True)

    def shows(self, image: Image.Image) -> bool:
        seen = self.seen()
        return seen.size == image.size and seen.convert("RGB") == image.convert("RGB")

    def is_white(self) -> bool:
        return self.shows(blank(self.settings.pixels, Surface.PAPER))


@pytest.fixture(params=NAMES)
def counter(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Counter:
    return Counter(request.param, monkeypatch)


def test_the_glass_shows_the_very_picture_and_its_qr_is_read(counter: Counter) -> None:
    panel = counter.settings.open()
    panel.show(counter.qr())
    assert counter.shows(counter.qr())
    assert read_qr(counter.seen()) == [argentina()]
    panel.close()


def test_what_was_left_on_the_glass_is_cleared_at_the_start_and_at_the_end(
    counter: Counter,
) -> None:
    assert not counter.is_white()
    panel = counter.settings.open()
    assert counter.is_white()
    panel.show(counter.qr())
    panel.close()
    assert counter.is_white()
    assert set(counter.glass.refreshes) == {"full"}


@pytest.mark.parametrize("rotate", [90, 180, 270])
@pytest.mark.parametrize("name", ["epd-2.13", "epd-4.2"])
def test_a_turned_panel_gets_the_picture_turned(
    name: PanelName, rotate: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    counter = Counter(name, monkeypatch, rotate=rotate)
    panel = counter.settings.open()
    panel.show(counter.qr())
    assert counter.shows(counter.qr())
    panel.close()


@pytest.mark.parametrize("name", QUICK)
def test_texts_come_quickly_and_now_and_then_in_full(
    name: PanelName, monkeypatch: pytest.MonkeyPatch
) -> None:
    counter = Counter(name, monkeypatch, quick_refreshes="2")
    panel = counter.settings.open()
    screens = [Screen.WORKING, Screen.PAID, Screen.IDLE, Screen.CANCELED]
    for screen in screens:
        panel.show(counter.picture(screen), Viewer.PERSON)
        assert counter.shows(counter.picture(screen))
    panel.show(counter.qr(), Viewer.CAMERA)
    assert counter.glass.refreshes == ["full", "quick", "quick", "full", "quick", "full"]
    panel.close()


def test_without_quick_refreshes_everything_comes_in_full(monkeypatch: pytest.MonkeyPatch) -> None:
    panels: tuple[tuple[PanelName, dict[str, str]], ...] = (
        ("epd-2.9", {}), ("epd-2.13", {"quick_refreshes": "0"}), ("epd-7.5b", {}),
    )  # fmt: skip
    for name, setting in panels:
        counter = Counter(name, monkeypatch, **setting)
        panel = counter.settings.open()
        panel.show(counter.picture(), Viewer.PERSON)
        assert counter.glass.refreshes == ["full", "full"]
        panel.close()


def test_it_sleeps_between_pictures(counter: Counter) -> None:
    panel = counter.settings.open()
    assert counter.glass.asleep
    panel.show(counter.picture())
    assert counter.glass.asleep
    panel.close()


# --- trouble ------------------------------------------------------------------------------------


def test_a_busy_line_that_never_falls_is_a_panel_that_is_gone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("epd-2.13", "epd-7.5"):
        counter = Counter(name, monkeypatch, busy_timeout="50 ms")
        panel = counter.settings.open()
        counter.glass.stuck = True
        with pytest.raises(DeviceGone, match=r"busy for 0\.05 s; check .* GPIO24"):
            panel.show(counter.picture())
        with pytest.raises(DeviceGone):
            panel.close()
        with pytest.raises(DeviceGone):
            counter.settings.open()
        counter.glass.stuck = False
        counter.glass.busy()  # somebody has tapped on the connector
        again = counter.settings.open()
        again.show(counter.qr())
        assert counter.shows(counter.qr())
        again.close()


def test_an_unplugged_panel_is_noticed_by_its_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("epd-2.13", "epd-7.5"):
        counter = Counter(name, monkeypatch, busy_timeout="50 ms")
        panel = counter.settings.open()
        counter.glass.unplugged = True
        with pytest.raises(DeviceGone, match=r"BUSY line \(GPIO24\) never changed"):
            panel.show(counter.picture())
        with pytest.raises(DeviceGone):
            panel.close()
        counter.glass.unplugged = False
        again = counter.settings.open()
        again.show(counter.picture())
        assert counter.shows(counter.picture())
        again.close()


def test_a_panel_that_lost_its_power_shows_the_next_picture(counter: Counter) -> None:
    panel = counter.settings.open()
    panel.show(counter.qr())
    counter.glass.power_on()
    panel.show(counter.picture(), Viewer.PERSON)
    assert counter.shows(counter.picture())
    panel.close()


def test_the_power_pin_is_on_while_the_panel_is_open(monkeypatch: pytest.MonkeyPatch) -> None:
    counter = Counter("epd-2.13", monkeypatch, power="18")
    factory: Any = Device.pin_factory
    panel = counter.settings.open()
    assert factory.pin(18).state
    panel.close()


# --- mutants: the model is no yes-man -------------------------------------------------------------


@pytest.mark.parametrize(("mounted", "configured"), list(pairwise((*NAMES, NAMES[0]))))
def test_the_wrong_model_shows_nothing_or_a_wrong_picture(
    mounted: PanelName, configured: PanelName, monkeypatch: pytest.MonkeyPatch
) -> None:
    counter = Counter(mounted, monkeypatch, busy_timeout="50 ms")
    wrong = counter.settings.model_copy(update={"panel": configured})
    if CONTROLLERS[mounted].busy_level != CONTROLLERS[configured].busy_level:
        with pytest.raises(DeviceGone, match=r"(been busy|never changed).*; check display\.panel"):
            wrong.open()
        return
    with contextlib.suppress(AssertionError):  # the model understands less than the silicon
        wrong.open().show(counter.qr())
    assert read_qr(counter.glass.glass()) == []


def test_a_quick_refresh_over_the_wrong_memory_leaves_the_wrong_ink(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    counter = Counter("epd-2.13", monkeypatch)
    panel = counter.settings.open()
    panel.show(counter.qr())
    panel._shown = b"\xff" * len(panel._shown)  # what a driver does that forgets
    panel.show(counter.picture(), Viewer.PERSON)
    assert not counter.shows(counter.picture())
    panel.close()


# --- settings -----------------------------------------------------------------------------------


def test_paper_is_spared() -> None:
    settings = EpaperSettings(driver="epaper", panel="epd-2.13", dc=25, reset=17, busy=24)
    assert settings.surface is Surface.PAPER
    assert settings.pixels == (250, 122)
    assert settings.redraw_every >= 60
    assert settings.restore_every == float("inf")
    assert settings.pause_after_picture >= 1
    assert settings.working_screen_delay >= 1


@pytest.mark.parametrize(
    ("key", "value"), [("panel", "2.13"), ("busy_timeout", "0 s"), ("rotate", "45")]
)
def test_a_wrong_setting_is_refused(key: str, value: str) -> None:
    with pytest.raises(ValidationError):
        EpaperSettings.model_validate(WIRED | {"driver": "epaper", "panel": "epd-2.13", key: value})
