"""How often a counter wakes the computer while nobody buys.

    python -m tests.bench.rest

Real daemons under the unit's watchdog, with a register on a pty, an OLED behind a bus that takes
everything, and gpiozero's mock pins. A wake-up is a voluntary context switch of any thread, as the
kernel counts them. On a Raspberry Pi, I2C transfers and GPIO libraries add their own.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path

from tests.bench.daemon import Process, Shop, shop
from tests.bench.table import Row, print_rows
from tests.bench.tapped_counter import pause
from tests.e2e.rig import Register
from tests.systemd.unit_file import UNITS, UnitFile

STARTS = 5  # seconds for what follows the first idle screen
REST = 60  # seconds: in each minute the panel is woken once
GOAL = 0.15  # a second

# smbus2, which luma.core opens a bus with.
BUS = """
class i2c_msg:
    write = staticmethod(lambda *_: None)

class SMBus:
    def __init__(self, *_): pass
    def __getattr__(self, _): return lambda *_: None
"""
PANEL = "{driver: fake, size: 250x122, frames: %s/frames}"
OLED = "{driver: oled, chip: ssd1306}"
BUTTON = "  - {driver: button, name: cancel, pin: 17}\n"
PRICES = """  - driver: scanner_serial
    port: %s
    codes: {catalogue: {file: %s, number: {decimal: ",", thousands: "."}}}
"""


def measure() -> Iterator[Row]:
    """Yield the wake-ups of three counters, in the same minute."""
    with ExitStack() as stack:
        plain, button, prices = (stack.enter_context(shop()) for _ in range(3))
        _add(button, BUTTON)
        _add(prices, BUTTON + _price_list(prices.folder))
        counters = {"OLED": plain, "OLED, cancel button": button, "and a price list": prices}
        daemons = {
            name: stack.enter_context(_at_work(counter, stack))
            for name, counter in counters.items()
        }
        pause(STARTS)
        before = {name: daemon.wakeups() for name, daemon in daemons.items()}
        pause(REST)
        for name, daemon in daemons.items():
            rate = _more(before[name], daemon.wakeups()) / REST
            yield Row(f"idle wake-ups a second: {name}", rate, GOAL, "/s")


def _add(counter: Shop, inputs: str) -> None:
    counter.change("sale:\n", inputs + "sale:\n")


def _price_list(folder: Path) -> str:
    file = folder / "prices.csv"
    file.write_text("code,title,price\n7790001,Yerba,100\n")
    scanner = Register(folder / "scanner")
    return PRICES % (scanner.path, file)


def _at_work(counter: Shop, stack: ExitStack) -> AbstractContextManager[Process]:
    modules = counter.folder / "modules"
    modules.mkdir()
    (modules / "smbus2.py").write_text(BUS)
    counter.change(PANEL % counter.folder, OLED)
    systemd = stack.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM))
    systemd.bind(str(counter.folder / "notify"))
    watchdog = float(UnitFile.read(UNITS / "kiosk.service").one("WatchdogSec"))
    return counter.at_work(
        PYTHONPATH=str(modules),
        GPIOZERO_PIN_FACTORY="mock",
        NOTIFY_SOCKET=str(counter.folder / "notify"),
        WATCHDOG_USEC=f"{watchdog * 1e6:.0f}",
    )


def _more(before: dict[str, int], after: dict[str, int]) -> int:
    return sum(count - before.get(thread, 0) for thread, count in after.items())


if __name__ == "__main__":
    print_rows(measure())
