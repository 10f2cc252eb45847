"""GPIO lines on pretended chips, below gpiozero: a Pi 5 by four kernels, a Pi 4, a Pi 3."""

from __future__ import annotations

import ast
import importlib.util
import inspect
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import anyio
import gpiod
import pytest
from gpiod.line import Bias, Edge, Value
from gpiozero import Device
from gpiozero.pins import local
from trio.testing import MockClock

from kiosk.base import gpio_header
from kiosk.base.errors import DeviceGone
from kiosk.base.gpio_header import gpio_line
from kiosk.base.money import CURRENCIES
from kiosk.display.chips.gpio_lines import GpioLines
from kiosk.inputs.button import ButtonSettings
from kiosk.sale.events import CancelPressed, Event
from kiosk.sale.words import Screen
from kiosk.signals.gpio import GpioSignalsSettings
from kiosk.signals.player import Player
from tests.support.kernel_edges import Kernel
from tests.support.lgpio import Chip, Lgpio

PI_5, PI_4, PI_3 = 0xC04170, 0xC03114, 0xA02082  # revision codes
ON_BOARD = ("gpio-brcmstb@107d508500", "gpio-brcmstb@107d517c00", "raspberrypi,firmware-gpio")


class Pi:
    """A pretended Raspberry Pi: its chips, in a folder of devices and in lgpio."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, devices: Path) -> None:
        self._monkeypatch, self._devices = monkeypatch, devices
        monkeypatch.setattr(gpio_header, "DEVICES", devices)

    def boots(self, revision: int, chips: dict[int, str]) -> Lgpio:
        lgpio = Lgpio({number: Chip(label) for number, label in chips.items()})
        for number in chips:
            (self._devices / f"gpiochip{number}").touch()
        self.kernel = Kernel(lgpio.chips)
        self._monkeypatch.setattr(gpiod, "Chip", self.kernel.open_chip)
        self._monkeypatch.setattr(gpiod, "request_lines", self.kernel.request_lines)
        self._monkeypatch.setitem(sys.modules, "lgpio", lgpio)
        self._monkeypatch.setattr(local, "get_pi_revision", lambda: revision)
        return lgpio


@pytest.fixture
def pi(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Pi]:
    monkeypatch.setattr(Device, "pin_factory", None)
    monkeypatch.delitem(sys.modules, "gpiozero.pins.lgpio", raising=False)
    monkeypatch.delenv("GPIOZERO_PIN_FACTORY", raising=False)
    yield Pi(monkeypatch, tmp_path)
    factory: Any = Device.pin_factory
    if factory:
        factory.close()
    sys.modules.pop("gpiozero.pins.lgpio", None)


def of_pi_5(number: int) -> dict[int, str]:
    """Return the chips of a Pi 5 whose kernel gives the header this number."""
    others = [n for n in (10, 12, 13) if n != number]
    return {number: "pinctrl-rp1"} | dict(zip(others, ON_BOARD, strict=True))


BOARDS = [
    *[(PI_5, number, of_pi_5(number)) for number in (0, 4, 11, 15)],
    (PI_4, 0, {0: "pinctrl-bcm2711", 1: "raspberrypi-exp-gpio"}),
    (PI_4, 1, {0: "raspberrypi-exp-gpio", 1: "pinctrl-bcm2711"}),
    (PI_3, 0, {0: "pinctrl-bcm2835", 1: "raspberrypi-exp-gpio"}),
]


@pytest.mark.parametrize(("revision", "header", "chips"), BOARDS)
def test_lamps_buzzer_and_panel_lines_are_those_of_the_header(
    pi: Pi, revision: int, header: int, chips: dict[int, str]
) -> None:
    lgpio = pi.boots(revision, chips)
    lamps = GpioSignalsSettings.model_validate(
        {"lamps": {"green": {"pin": "27", "pwm": "no"}, "red": {"pin": "6"}}}
    ).open(lambda: 0.0)
    panel = GpioLines()
    panel.setup(25, panel.OUT)
    lamps.light("green", 1)
    lamps.light("red", 0.5)
    panel.output(25, panel.HIGH)
    lines = lgpio.chips[header].lines
    assert [lines[27].level, *lines[6].pwm, lines[25].level] == [1, 100, 50, 1]
    panel.close()
    lamps.close()
    assert lgpio.open == {header}  # no other chip stays open
    others = [chip for number, chip in lgpio.chips.items() if number != header]
    assert not any(line.mode or line.level for chip in others for line in chip.lines.values())


@pytest.mark.parametrize(("revision", "header", "chips"), BOARDS)
@pytest.mark.parametrize("pull", ["up", "down"])
def test_a_button_is_heard_on_the_header_by_the_kernel(
    pi: Pi, revision: int, header: int, chips: dict[int, str], pull: str
) -> None:
    lgpio = pi.boots(revision, chips)
    settings = {"pin": "5", "name": "cancel", "pull": pull, "debounce": "30 ms"}
    button = ButtonSettings.model_validate(settings).open(CURRENCIES["ARS"])

    async def press() -> None:
        async with anyio.create_task_group() as tasks:

            async def deliver(event: Event) -> None:
                if isinstance(event, CancelPressed):
                    tasks.cancel_scope.cancel()

            tasks.start_soon(button.run, deliver)
            await anyio.wait_all_tasks_blocked()
            pi.kernel.requests[0].becomes(Value.ACTIVE)

    anyio.run(press)
    (request,) = pi.kernel.requests
    assert (Path(request.chip).name, request.line) == (f"gpiochip{header}", 5)
    wanted = request.settings
    assert (wanted.edge_detection, wanted.active_low) == (Edge.RISING, pull == "up")
    assert wanted.bias is (Bias.PULL_UP if pull == "up" else Bias.PULL_DOWN)
    assert wanted.debounce_period == timedelta(milliseconds=30)
    assert request.released
    assert not lgpio.was_opened  # its threads would wake 2,000 and 50 times a second


@pytest.mark.parametrize("busy_level", [GpioLines.LOW, GpioLines.HIGH])
def test_the_busy_line_of_paper_is_the_kernels_too(pi: Pi, busy_level: int) -> None:
    lgpio = pi.boots(PI_5, of_pi_5(4))
    panel = GpioLines()
    panel.setup_busy(24, busy_level)
    (request,) = pi.kernel.requests
    assert (Path(request.chip).name, request.line) == ("gpiochip4", 24)
    wanted = request.settings
    assert (wanted.edge_detection, wanted.active_low) == (Edge.BOTH, busy_level == GpioLines.LOW)
    assert not panel.busy.wait_until_busy(0)
    request.becomes(Value.ACTIVE)
    assert panel.busy.wait_until_busy(0)
    assert not panel.busy.wait_until_ready(0.001)
    request.becomes(Value.INACTIVE)
    assert panel.busy.wait_until_busy(0)  # it was, since the command
    assert panel.busy.wait_until_ready(0)
    panel.busy.forget()
    assert not panel.busy.wait_until_busy(0)
    request.becomes(Value.ACTIVE)  # a pulse that is over before anybody looks
    request.becomes(Value.INACTIVE)
    assert panel.busy.wait_until_busy(0)
    panel.close()
    assert request.released
    assert not lgpio.was_opened


def test_a_button_whose_line_is_busy_names_the_other(
    pi: Pi, caplog: pytest.LogCaptureFixture
) -> None:
    lgpio = pi.boots(PI_4, {0: "pinctrl-bcm2711"})
    lgpio.chips[0].lines[5].user = "rival"
    pi.kernel.busy = True
    button = ButtonSettings.model_validate({"pin": "5"}).open(CURRENCIES["ARS"])

    async def deliver(_: Event) -> None: ...

    async def story() -> None:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(button.run, deliver)
            await anyio.sleep(60)
            pi.kernel.busy = False
            await anyio.sleep(60)
            assert len(pi.kernel.requests) == 1
            tasks.cancel_scope.cancel()

    clock = MockClock(autojump_threshold=0)
    anyio.run(story, backend="trio", backend_options={"clock": clock})
    assert (
        caplog.messages.count(
            "button: GPIO5 can't be used: 'rival' uses it; choose another line, or stop what uses it"
        )
        == 1
    )
    assert not lgpio.open


def reason(line: int = 17) -> str:
    with pytest.raises(DeviceGone) as gone, gpio_line(line) as gpiozero:
        gpiozero.LED(line)
    return str(gone.value)


def test_a_computer_without_gpio_says_so(pi: Pi) -> None:
    pi.boots(PI_5, {})
    assert reason() == (
        "GPIO17 can't be used: this computer has no GPIO chip; use a Raspberry Pi, or a fake driver"
    )


def test_a_chip_of_another_computer_is_never_tried(pi: Pi) -> None:
    lgpio = pi.boots(PI_5, {0: "INT34C6:00"})
    assert "(gpiochip0: INT34C6:00); update the kiosk" in reason()
    assert not lgpio.open


def test_without_permission_it_names_the_command(pi: Pi) -> None:
    lgpio = pi.boots(PI_5, of_pi_5(4))
    lgpio.chips[4].denied = True
    assert reason() == "GPIO17 can't be used: no permission; run: sudo kiosk setup --units"
    lgpio.chips[4].denied = False
    with gpio_line(17) as gpiozero:  # at the next try
        gpiozero.LED(17).close()


def test_a_line_that_another_uses_names_the_other(pi: Pi) -> None:
    lgpio = pi.boots(PI_5, of_pi_5(0))
    lgpio.chips[0].lines[8].user = "spi0 CS0"
    assert reason(8) == (
        "GPIO8 can't be used: 'spi0 CS0' uses it; choose another line, or stop what uses it"
    )


def test_lamps_whose_line_was_busy_work_once_it_is_free(pi: Pi) -> None:
    lgpio = pi.boots(PI_5, of_pi_5(0))
    line = lgpio.chips[0].lines[6]
    settings = GpioSignalsSettings.model_validate({"lamps": {"white": {"pin": "6", "pwm": "no"}}})
    problems: list[str] = []
    player = Player(settings, on_problem=problems.append)

    async def story() -> None:
        async with anyio.create_task_group() as tasks:
            line.user = "rival"
            tasks.start_soon(player.run)
            player.play(Screen.IDLE)
            await anyio.sleep(60)
            assert problems == [
                "GPIO6 can't be used: 'rival' uses it; choose another line, or stop what uses it"
            ]
            line.user = ""
            await anyio.sleep(60)
            assert problems[1:] == [""]
            tasks.cancel_scope.cancel()

    clock = MockClock(autojump_threshold=0)
    anyio.run(story, backend="trio", backend_options={"clock": clock})


def test_without_lgpio_it_names_the_package(pi: Pi, monkeypatch: pytest.MonkeyPatch) -> None:
    pi.boots(PI_5, of_pi_5(0))
    monkeypatch.setitem(sys.modules, "lgpio", None)
    assert (
        "the Python module lgpio is not installed; run: sudo apt install python3-lgpio" in reason()
    )


def test_a_line_that_fails_later_is_a_device_that_is_gone(pi: Pi) -> None:
    lgpio = pi.boots(PI_4, {0: "pinctrl-bcm2711"})
    panel = GpioLines()
    panel.setup(25, panel.OUT)
    lgpio.chips[0].lines[25].mode = 0  # as after gpio_free by somebody else
    with pytest.raises(DeviceGone, match="GPIO25 can't be used"):
        panel.output(25, panel.HIGH)
    panel.close()


def test_the_pretended_module_has_the_signatures_of_the_real_one() -> None:
    real = importlib.util.find_spec("lgpio")
    if real is None or real.origin is None:
        pytest.skip("lgpio is not installed: it has no wheel for this Python")
    tree = ast.parse(Path(real.origin).read_text())
    functions = {each.name: each for each in tree.body if isinstance(each, ast.FunctionDef)}
    names = [name for name in vars(Lgpio) if name.startswith(("gpio", "tx_", "callback"))]
    assert len(names) == 14
    for name in names:
        ours = list(inspect.signature(getattr(Lgpio, name)).parameters.values())[1:]
        theirs = functions[name].args
        assert [each.name for each in ours] == [each.arg for each in theirs.args], name
        needed = [each for each in ours if each.default is inspect.Parameter.empty]
        assert len(needed) == len(theirs.args) - len(theirs.defaults), name
