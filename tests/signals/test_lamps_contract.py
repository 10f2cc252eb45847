"""The contract of all signal drivers: the fake, and gpiozero on its mock pins, in the same cases."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import pytest
from gpiozero import LED, Device
from gpiozero.pins.mock import MockFactory, MockPWMPin

from kiosk.base.errors import DeviceGone
from kiosk.sale.words import Screen
from kiosk.signals import Lamp, Lamps
from kiosk.signals.fake import FakeSignalsSettings
from kiosk.signals.gpio import GpioSignalsSettings


class Bench(Protocol):
    """A driver and the means to see what it did."""

    def open(self) -> Lamps: ...

    def level(self, lamp: Lamp) -> float: ...

    def sounding(self) -> bool: ...


class FakeBench:
    def __init__(self, folder: Path) -> None:
        self.record = folder / "out" / "signals.jsonl"

    def open(self) -> Lamps:
        settings = FakeSignalsSettings.model_validate({"record": str(self.record)})
        return settings.open(lambda: 1.5)

    def lines(self) -> list[dict[str, object]]:
        return [json.loads(line) for line in self.record.read_text().splitlines()]

    def level(self, lamp: Lamp) -> float:
        levels = [line["level"] for line in self.lines() if line.get("lamp") == lamp]
        return float(str(levels[-1])) if levels else 0.0

    def sounding(self) -> bool:
        tones = [line["tone"] for line in self.lines() if "tone" in line]
        return bool(tones and tones[-1])


PINS = {"red": 17, "green": 27, "blue": 22, "white": 23}


class GpioBench:
    def __init__(self, factory: MockFactory, kind: str, *, inverted: bool) -> None:
        self.factory, self.kind, self.inverted = factory, kind, inverted

    def open(self) -> Lamps:
        inverted = "yes" if self.inverted else "no"
        lamps = {lamp: {"pin": str(pin), "inverted": inverted} for lamp, pin in PINS.items()}
        buzzer = {"pin": "18", "kind": self.kind, "inverted": inverted}
        settings = GpioSignalsSettings.model_validate({"lamps": lamps, "buzzer": buzzer})
        return settings.open(lambda: 0.0)

    def _on(self, pin: int) -> float:
        mock = self.factory.pin(pin)
        if mock.function == "input":  # closed: no current flows
            return 0.0
        return float(1 - mock.state if self.inverted else mock.state)

    def level(self, lamp: Lamp) -> float:
        return self._on(PINS[lamp])

    def sounding(self) -> bool:
        return self._on(18) > 0


@pytest.fixture
def pins() -> Iterator[MockFactory]:
    before, factory = Device.pin_factory, MockFactory(pin_class=MockPWMPin)
    Device.pin_factory = factory
    yield factory
    factory.reset()
    Device.pin_factory = before


@pytest.fixture(params=["fake", "gpio active", "gpio passive", "gpio inverted"])
def bench(request: pytest.FixtureRequest, tmp_path: Path, pins: MockFactory) -> Bench:
    if request.param == "fake":
        return FakeBench(tmp_path)
    kind = "passive" if request.param == "gpio passive" else "active"
    return GpioBench(pins, kind, inverted=request.param == "gpio inverted")


def levels(bench: Bench) -> dict[Lamp, float]:
    lamps: tuple[Lamp, ...] = ("red", "green", "blue", "white")
    return {lamp: round(bench.level(lamp), 3) for lamp in lamps}


DARK = {"red": 0.0, "green": 0.0, "blue": 0.0, "white": 0.0}


def test_all_is_dark_and_silent_after_opening(bench: Bench) -> None:
    lamps = bench.open()
    assert levels(bench) == DARK
    assert not bench.sounding()
    lamps.close()


def test_each_lamp_is_lit_and_dimmed_by_itself(bench: Bench) -> None:
    lamps = bench.open()
    lamps.light("green", 1.0)
    lamps.light("white", 0.25)
    assert levels(bench) == DARK | {"green": 1.0, "white": 0.25}
    lamps.light("green", 0.0)
    assert levels(bench) == DARK | {"white": 0.25}
    lamps.close()


def test_a_tone_sounds_until_silence(bench: Bench) -> None:
    lamps = bench.open()
    lamps.begin(Screen.PAID)
    for hertz in (523.0, 659.0, 220.0):
        lamps.tone(hertz)
        assert bench.sounding()
    lamps.tone(0.0)
    assert not bench.sounding()
    lamps.close()


def test_closing_leaves_all_dark_and_silent_and_the_device_free(bench: Bench) -> None:
    for _ in range(2):
        lamps = bench.open()
        lamps.light("red", 1.0)
        lamps.light("blue", 0.5)
        lamps.tone(440.0)
        lamps.close()
        assert levels(bench) == DARK
        assert not bench.sounding()


def test_the_fake_s_record_is_as_the_contract_says(tmp_path: Path) -> None:
    bench = FakeBench(tmp_path)
    lamps = bench.open()
    lamps.begin(Screen.PAID)
    lamps.light("green", 1.0)
    lamps.light("red", 0.0)
    lamps.tone(880)
    lamps.close()
    assert bench.lines() == [
        {"at": 1.5, "signal": "paid"},
        {"at": 1.5, "lamp": "green", "level": 1.0},
        {"at": 1.5, "lamp": "red", "level": 0.0},
        {"at": 1.5, "tone": 880},
        {"at": 1.5, "lamp": "green", "level": 0.0},
        {"at": 1.5, "tone": 0.0},
    ]


def test_a_fake_without_a_record_keeps_quiet() -> None:
    lamps = FakeSignalsSettings().open(lambda: 0.0)
    lamps.begin(Screen.PAID)
    lamps.light("green", 1.0)
    lamps.close()


def test_a_record_that_can_not_be_written_is_a_device_that_is_gone(tmp_path: Path) -> None:
    with pytest.raises(DeviceGone, match="the record can't be written"):
        FakeSignalsSettings(record=tmp_path).open(lambda: 0.0).begin(Screen.IDLE)


def test_a_passive_buzzer_plays_the_pitch(pins: MockFactory) -> None:
    lamps = GpioBench(pins, "passive", inverted=False).open()
    lamps.tone(784.0)
    assert pins.pin(18).frequency == 784.0
    assert pins.pin(18).state == 0.5
    lamps.close()


def test_a_lamp_that_can_not_be_dimmed_is_on_from_half_up(pins: MockFactory) -> None:
    lamps = GpioSignalsSettings.model_validate(
        {"lamps": {"white": {"pin": "23", "pwm": "no"}}}
    ).open(lambda: 0.0)
    states = []
    for level in (0.15, 0.5, 1.0, 0.49):
        lamps.light("white", level)
        states.append(bool(pins.pin(23).state))
    assert states == [False, True, True, False]
    lamps.close()


def test_lamps_that_are_not_mounted_are_passed_over(pins: MockFactory) -> None:
    lamps = GpioSignalsSettings().open(lambda: 0.0)
    lamps.light("red", 1.0)
    lamps.tone(440.0)
    lamps.close()


def test_a_silent_counter(pins: MockFactory) -> None:
    GpioSignalsSettings.model_validate({"buzzer": {"pin": "18"}, "sound": "no"}).open(lambda: 0.0)
    LED(18).close()  # the line was not opened


def test_a_line_in_use_is_a_device_that_is_gone_and_frees_the_other_lines(
    pins: MockFactory,
) -> None:
    other = LED(22)
    with pytest.raises(DeviceGone, match="GPIO22 can't be used"):
        GpioBench(pins, "active", inverted=False).open()
    LED(17).close()
    other.close()
