"""The bench: all that the page shows, and all that can be done on it. Knows no HTTP."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any

from kiosk.base.money import CURRENCIES
from kiosk.config import Config
from kiosk.simulator.bench.daemon_process import DaemonProcess
from kiosk.simulator.bench.evidence import FakePanelView, Life, Tail
from kiosk.simulator.bench.fake_devices import Devices, press
from kiosk.simulator.bench.payer import Payer
from kiosk.simulator.bench.trouble_switches import Trouble
from kiosk.simulator.faults.fault_rules import Faults
from kiosk.simulator.service.order_book import OrderBook

ROLL = 20  # the register's replies that stay on its paper roll


class Bench:
    """One counter and those around it. ``clock`` gives Unix seconds."""

    def __init__(
        self,
        config: Config,
        daemon: DaemonProcess,
        book: OrderBook,
        faults: Faults,
        clock: Callable[[], float],
    ) -> None:
        self.daemon = daemon
        self.payer = Payer(book, clock)
        self._devices = devices = Devices.of(config)
        self._trouble = Trouble(faults, devices)
        self._about = _about(config)
        self._clock = clock
        self._life = Life(devices)
        self._paper = Tail(devices.replies) if devices.replies else None
        self._roll: deque[dict[str, Any]] = deque(maxlen=ROLL)

    def power_on(self) -> None:
        """Forget what the last life of the daemon left on its devices."""
        self._life = Life(self._devices)

    # --- what there is to see -----------------------------------------------------------------

    def state(self) -> dict[str, Any]:
        """Return everything, for JSON. ``tones`` are ``[Unix seconds, hertz]``, as is ``now``.

        ``kiosk`` is None while the daemon is off, which is when all its devices are dark.
        """
        if self._paper:
            self._roll.extend(self._paper.new())
        return {
            "now": self._clock(),
            "counter": self._about,
            "starts": self.daemon.starts,
            "kiosk": self._alive() if self.daemon.running else None,
            "order": self.payer.sees(),
            "replies": list(self._roll),
            "trouble": self._trouble.is_on(),
            "log": list(self.daemon.log),
        }

    def frame(self, number: int) -> Path | None:
        """Return the file of a frame, if there is such a one."""
        path = self._life.glass.path(number)
        return path if path.exists() else None

    def _alive(self) -> dict[str, Any]:
        lights = self._life.lights
        lights.look()
        return {
            "status": self._life.status.read(),
            "frame": self._life.glass.newest(),
            "signal": lights.signal,
            "lamps": lights.lamps,
            "tones": list(lights.tones),
        }

    # --- what there is to do ------------------------------------------------------------------

    def key(self, amount: str) -> None:
        """Key a total, as a plain decimal; whether it is an amount is the daemon's to say."""
        if not amount.isprintable() or len(amount) > 40:
            raise ValueError("an amount is written like 1234.56")
        press(self._devices.pipe, f"amount {amount}")

    def cancel(self) -> None:
        """Press the cancel button."""
        press(self._devices.pipe, "cancel")

    def switch(self, trouble: str, on: bool) -> None:
        """Begin or end a trouble; KeyError if there is none of that name."""
        self._trouble.switch(trouble, on)
        if trouble == "panel":  # dark, until the daemon draws on it again
            self._life.glass = FakePanelView(self._devices.frames)

    def garble(self) -> None:
        """Send a total with noise in it."""
        press(self._devices.pipe, "amount 1.23.4")


def _about(config: Config) -> dict[str, Any]:
    currency = CURRENCIES[config.kiosk.currency]
    width, height = config.display.pixels
    return {
        "name": config.kiosk.name,
        "currency": currency.code,
        "symbol": currency.symbol,
        "decimals": currency.minor_units,
        "decimal": currency.decimal,
        "thousands": currency.thousands,
        "panel": {"width": width, "height": height},
    }
