"""Faults that the page can switch on and off: of the network, the service or the panel."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kiosk.simulator.bench.fake_devices import Devices
from kiosk.simulator.faults.fault_rules import Faults, parse

# What each switch does to the kiosk's calls, as fault rules.
_RULES: dict[str, list[dict[str, Any]]] = {
    "unreachable": [{"do": "drop_request"}],
    "answers_lost": [{"do": "drop_reply", "call": "create"}],
    "slow": [{"do": "delay", "seconds": 4}],
    "error_503": [{"do": "status", "status": 503, "shape": "html"}],
}


class TroubleSwitches:
    """The switches, all off at first. ``names`` lists the switches that this counter has."""

    def __init__(self, faults: Faults, devices: Devices) -> None:
        self._faults = faults
        self._unplugged = devices.unplugged
        self._on: set[str] = set()
        self.names = [*_RULES, *(["panel"] if self._unplugged else [])]
        self._apply()

    def is_on(self) -> dict[str, bool]:
        """Return whether each switch is on, by name."""
        return {name: name in self._on for name in self.names}

    def switch(self, name: str, on: bool) -> None:
        """Set a switch. Raises KeyError if there is no switch with that name."""
        if name not in self.names:
            raise KeyError(name)
        self._on = self._on | {name} if on else self._on - {name}
        self._apply()

    def _apply(self) -> None:
        self._faults.clear()
        for name in self._on & _RULES.keys():
            self._faults.add(parse(_RULES[name]))
        if self._unplugged:
            self._apply_to_panel(self._unplugged)

    def _apply_to_panel(self, unplugged: Path) -> None:
        if "panel" in self._on:
            unplugged.parent.mkdir(parents=True, exist_ok=True)
            unplugged.touch()
        else:
            unplugged.unlink(missing_ok=True)
