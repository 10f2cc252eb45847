"""A counter whose GPIO can't be used: here, on a computer that has none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.e2e.rig import Api, Counter, Register, sells
from tests.e2e.unit import started
from tests.support.processes import eventually

LAMPS = "signals: {driver: gpio, lamps: {red: {pin: 6}}}"
# On a developer's computer one of these is missing: a chip with GPIO lines, lgpio, or spidev.
WHY = ("this computer has no GPIO chip", "the Python module", "no GPIO chip of this computer")


def without_lamps(counter: Counter) -> None:
    text = counter.config.read_text()
    line = next(line for line in text.splitlines() if line.startswith("signals:"))
    counter.change(line, LAMPS)


def problem(counter: Counter, part: str = "signals") -> str:
    def found() -> Any:
        return [each for each in counter.status()["problems"] if each.startswith(f"{part}: ")]

    (sentence,) = eventually(found)
    return str(sentence)


@pytest.fixture(autouse=True)
def _only_where_there_is_none() -> None:
    if any(Path("/dev").glob("gpiochip*")):
        pytest.skip("this computer has GPIO chips")


def test_lamps_that_can_not_be_opened_stop_no_sale(
    api: Api, register: Register, counter: Counter
) -> None:
    without_lamps(counter)
    with counter.running():
        counter.becomes("idle")
        assert problem(counter).startswith("signals: GPIO6 can't be used: ")
        assert any(why in problem(counter) for why in WHY)
        sells(api, register, counter)


def test_a_panel_that_can_not_be_opened_ends_no_daemon_at_the_start_or_at_a_reload(
    counter: Counter, tmp_path: Path
) -> None:
    text = counter.config.read_text()
    good = next(line for line in text.splitlines() if line.startswith("display:"))
    spi = "display: {driver: lcd, chip: st7789, dc: 25}"
    with started(counter, tmp_path / "notify") as unit:
        unit.hears("READY=1")
        counter.becomes("idle")
        counter.change(good, spi)
        unit.reload()
        unit.hears("READY=1")
        counter.is_out_of_service("panel")
        assert any(why in problem(counter, "display") for why in WHY)
        counter.change(spi, good)
        unit.reload()
        unit.hears("READY=1")
        counter.becomes("idle")
        assert counter.status()["problems"] == []
        assert unit.daemon.poll() is None
    counter.change(good, spi)
    with counter.running():
        counter.is_out_of_service("panel")
        assert any(why in counter.log.read_text() for why in WHY)
