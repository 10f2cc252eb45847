"""E-paper in trouble: a stuck BUSY, a plug pulled, a kill, a bus that fails; and broken drivers."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import pytest
from gpiozero import Device

from kiosk.base.errors import DeviceGone
from kiosk.display import Viewer
from kiosk.display.chips.epaper import panels
from kiosk.display.chips.epaper.panels import CONTROLLERS
from kiosk.display.epaper import Epaper, PanelName
from tests.display.epaper_counter import NAMES, Counter, quick_pins
from tests.display.mounted import PaperWire, mount
from tests.display.reading import argentina, read_qr
from tests.support.examples import sampled


@pytest.fixture(autouse=True)
def _pins(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with quick_pins(monkeypatch):
        yield


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


@pytest.mark.parametrize("name", sampled(NAMES, 3))
def test_a_panel_that_lost_its_power_shows_the_next_picture(
    name: PanelName, monkeypatch: pytest.MonkeyPatch
) -> None:
    counter = Counter(name, monkeypatch)
    panel = counter.settings.open()
    panel.show(counter.qr())
    counter.glass.power_on()
    panel.show(counter.picture(), Viewer.PERSON)
    assert counter.shows(counter.picture())
    panel.close()


def test_the_power_pin_is_on_from_before_the_reset_until_the_panel_is_cleared(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    counter = Counter("epd-2.13", monkeypatch, power="18")
    factory: Any = Device.pin_factory
    power = factory.pin(18)
    at_reset: list[int] = []
    wake = counter.glass.reset

    def reset() -> None:
        at_reset.append(power.state)
        wake()

    monkeypatch.setattr(counter.glass, "reset", reset)
    panel = counter.settings.open()
    panel.show(counter.qr())
    panel.close()
    assert at_reset == [1, 1, 1]
    assert counter.is_white()
    assert power.states[-1].state == 0


def quick_or_slow(*quick: str) -> list[Any]:
    """Return all names; those that are not quick are left to the whole run."""
    slow = pytest.mark.slow
    return [name if name in quick else pytest.param(name, marks=slow) for name in NAMES]


class Killed(BaseException):
    """SIGKILL: nothing runs after it, not even what cleans up."""


@dataclass
class KillingWire(PaperWire):
    """A bus whose process is killed after so many messages."""

    messages: int

    def _count(self) -> None:
        self.messages -= 1
        if self.messages < 0:
            raise Killed

    def reset(self) -> None:
        self._count()
        super().reset()

    def send(self, code: int, *arguments: int) -> None:
        self._count()
        super().send(code, *arguments)

    def data(self, pixels: bytes) -> None:
        self._count()
        super().data(pixels[: len(pixels) // 2])  # it may be killed here as well
        self._count()
        super().data(pixels[len(pixels) // 2 :])


@pytest.mark.parametrize("name", quick_or_slow("epd-2.13b", "epd-4.2b-uc8176", "epd-5.83"))
def test_a_kill_in_the_middle_of_a_picture_leaves_no_qr_behind(name: PanelName) -> None:
    mounted = mount(name)
    for messages in range(0, 32, 5):
        qr = mounted.scan_me(argentina())
        mounted.panel.show(qr)
        assert mounted.shows(qr)
        with contextlib.suppress(Killed):
            dying = Epaper.__new__(Epaper)
            vars(dying).update(vars(mounted.panel))
            dying._bus = KillingWire(mounted.model, messages)
            dying.show(mounted.scan_me(argentina("3064")))
        again = mount(name, bus=PaperWire(mounted.model))
        assert read_qr(mounted.glass()) == []
        mounted = replace(again, model=mounted.model)


@pytest.mark.parametrize("name", ["epd-3.7", "epd-7.5b"])
def test_a_bus_that_fails_again_and_again_is_a_panel_that_comes_back(
    name: PanelName, monkeypatch: pytest.MonkeyPatch
) -> None:
    counter = Counter(name, monkeypatch)
    panel = counter.settings.open()
    counter.bus_fails = True
    with pytest.raises(DeviceGone, match="Input/output error; check that SPI is enabled"):
        panel.show(counter.picture())
    with pytest.raises(DeviceGone):
        panel.close()
    for _ in range(20):  # a minute of attempts
        with pytest.raises(DeviceGone):
            counter.settings.open()
    counter.bus_fails = False
    again = counter.settings.open()
    again.show(counter.qr())
    assert counter.shows(counter.qr())
    again.close()


# --- mutants: the model finds mistakes -------------------------------------------------------------


@pytest.mark.parametrize(("mounted", "configured"), list(pairwise((*NAMES, NAMES[0]))))
def test_the_wrong_model_shows_nothing_or_a_wrong_picture(
    mounted: PanelName, configured: PanelName, monkeypatch: pytest.MonkeyPatch
) -> None:
    other_level = CONTROLLERS[mounted].busy_level != CONTROLLERS[configured].busy_level
    counter = Counter(mounted, monkeypatch, **({"busy_timeout": "50 ms"} if other_level else {}))
    wrong = counter.settings.model_copy(update={"panel": configured})
    if other_level:
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


Mutant = Callable[[Any], Any]


def with_red_forgotten(controller: Any) -> Any:
    """A driver that takes the red memory for a second black one."""
    return replace(controller, red=False)


def with_full_red(controller: Any) -> Any:
    """A driver that takes 1 for no red, or 0, wherever it is the other way round."""
    return Upside(controller)


@dataclass
class Upside:
    """A controller's commands, with the red memory upside down."""

    controller: Any

    def __getattr__(self, name: str) -> Any:
        return getattr(self.controller, name)

    def refresh(self, bus: Any, new: bytes, old: bytes, *, quick: bool) -> None:
        right = bus.data

        def upside_down(pixels: bytes) -> None:
            uniform = len(set(pixels)) == 1 and pixels != new
            right(bytes(byte ^ 0xFF for byte in pixels) if uniform else pixels)

        bus.data = upside_down
        self.controller.refresh(bus, new, old, quick=quick)
        bus.data = right


def with_a_narrow_window(controller: Any) -> Any:
    """A driver that takes the panel for another one."""
    width, height = controller.size
    return replace(controller, size=(width - 8, height))


@pytest.mark.parametrize(
    ("name", "mutant"),
    [
        ("epd-2.13b", with_red_forgotten),
        ("epd-7.5b", with_red_forgotten),
        *((name, with_full_red) for name in NAMES if "b" in name),
        ("epd-2.66", with_a_narrow_window),
        ("epd-3.7", with_a_narrow_window),
        ("epd-5.83", with_a_narrow_window),
        ("epd-2.9b", with_a_narrow_window),
    ],
)
def test_a_broken_driver_does_not_show_the_picture(
    name: PanelName, mutant: Mutant, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = mutant(CONTROLLERS[name])
    monkeypatch.setitem(panels.CONTROLLERS, name, broken)
    try:
        mounted = mount(name)
        picture = mounted.scan_me(argentina())
        mounted.panel.show(picture)
    except AssertionError:
        return  # the model refuses what the silicon might do: nothing was shown
    assert not mounted.shows(picture)
