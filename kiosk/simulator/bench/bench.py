"""The bench: everything that the page shows and every button on it, without HTTP."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any

from kiosk.base.money import CURRENCIES
from kiosk.config import Config
from kiosk.simulator.bench.evidence import FakePanelView, RunEvidence, Tail
from kiosk.simulator.bench.fake_devices import Devices, press
from kiosk.simulator.bench.payer import Payer
from kiosk.simulator.bench.trouble_switches import TroubleSwitches
from kiosk.simulator.faults.fault_rules import Faults
from kiosk.simulator.service.order_book import OrderBook
from kiosk.simulator.twins.daemon_process import DaemonProcess

REPLIES_SHOWN = 20  # on the paper roll of the register


class Bench:
    """One counter, its payer and its troubles. ``clock`` returns Unix seconds."""

    def __init__(
        self,
        config: Config,
        daemon: DaemonProcess,
        order_book: OrderBook,
        faults: Faults,
        clock: Callable[[], float],
    ) -> None:
        self.daemon = daemon
        self.payer = Payer(order_book, clock)
        self._devices = devices = Devices.of(config)
        self._trouble = TroubleSwitches(faults, devices)
        self._counter = _counter_facts(config)
        self._clock = clock
        self._evidence = RunEvidence(devices)
        self._replies_file = Tail(devices.replies) if devices.replies else None
        self._replies: deque[dict[str, Any]] = deque(maxlen=REPLIES_SHOWN)

    def begin_run(self) -> None:
        """Forget what the previous run of the daemon left on its devices."""
        self._evidence = RunEvidence(self._devices)

    # --- what the page shows ------------------------------------------------------------------

    def state(self) -> dict[str, Any]:
        """Return everything, for JSON.

        ``now`` is in Unix seconds; each of ``tones`` is ``[Unix seconds, hertz]``. ``kiosk`` is
        None while the daemon is off: its devices are dark then.
        """
        if self._replies_file:
            self._replies.extend(self._replies_file.new())
        return {
            "now": self._clock(),
            "counter": self._counter,
            "starts": self.daemon.starts,
            "kiosk": self._kiosk_state() if self.daemon.running else None,
            "order": self.payer.newest_order(),
            "replies": list(self._replies),
            "trouble": self._trouble.is_on(),
            "log": list(self.daemon.log),
        }

    def frame(self, number: int) -> Path | None:
        """Return the file of a frame, or None if there is no such frame."""
        path = self._evidence.panel.path(number)
        return path if path.exists() else None

    def _kiosk_state(self) -> dict[str, Any]:
        lamps = self._evidence.lamps
        lamps.update()
        # A picture that was on its way when the panel was unplugged is not on the panel.
        unplugged = self._trouble.is_on().get("panel", False)
        return {
            "status": self._evidence.status.read(),
            "frame": None if unplugged else self._evidence.panel.newest(),
            "signal": lamps.signal,
            "said": lamps.said,
            "lamps": lamps.levels,
            "tones": list(lamps.tones),
        }

    # --- the buttons --------------------------------------------------------------------------

    def key(self, amount: str) -> None:
        """Key a total, a plain decimal. The daemon decides whether it is a valid amount."""
        if not amount.isprintable() or len(amount) > 40:
            raise ValueError("this is not an amount; write it like 1234.56")
        press(self._devices.pipe, f"amount {amount}")

    def cancel(self) -> None:
        """Press the cancel button."""
        press(self._devices.pipe, "cancel")

    def repeat(self) -> None:
        """Press the button that says the last result again."""
        press(self._devices.pipe, "last")

    def switch(self, trouble: str, on: bool) -> None:
        """Switch a trouble on or off. Raises KeyError if there is no trouble with that name."""
        self._trouble.switch(trouble, on)
        if trouble == "panel":  # it stays dark until the daemon draws on it again
            self._evidence.panel = FakePanelView(self._devices.frames)

    def garble(self) -> None:
        """Send a total that cannot be read."""
        press(self._devices.pipe, "amount 1.23.4")


def _counter_facts(config: Config) -> dict[str, Any]:
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
