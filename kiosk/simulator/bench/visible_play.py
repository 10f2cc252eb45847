"""Plays a scenario at the visible counter, step by step, as fast as people can follow."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from functools import cache
from pathlib import Path
from typing import Any

import anyio
import yaml

from kiosk.base.language import _
from kiosk.simulator.acts.act import Act
from kiosk.simulator.acts.expectation import Forbidden, Step
from kiosk.simulator.bench.watcher import Watcher
from kiosk.simulator.scenario.scenario_file import SHIPPED, CheckedScenario
from kiosk.simulator.scenario.seen import PATIENCE, READY_WITHIN, Sight, Unmet
from kiosk.simulator.scenario.written_steps import in_one_line
from kiosk.simulator.service.order_book import NotPayable
from kiosk.simulator.twins.daemon_process import DaemonProcess
from kiosk.simulator.twins.pace import Pace
from kiosk.simulator.twins.twin import KioskIsOff
from kiosk.simulator.twins.wire.other_end import CannotDo

LOOK_EVERY = 0.1  # seconds of this computer
GRACE = 20.0  # seconds of this computer, beyond what a scenario allows: it may be busy
SLOW_ENOUGH = 15.0  # seconds in which nothing happens, and which people see as they are
FAST = 20.0  # times as fast


@cache
def shipped_scenarios() -> dict[str, str]:
    """Return the titles of the scenarios that come along, by their names."""
    files = sorted(Path(str(SHIPPED)).glob("*.yaml"))
    return {file.stem: str(yaml.safe_load(file.read_text("utf-8"))["title"]) for file in files}


class _StepFailed(Exception):
    """A step can't be performed, or an expectation is not met. The message says how."""


class VisiblePlay:
    """The progress of a play. ``perform`` performs an act at the counter."""

    def __init__(
        self,
        checked: CheckedScenario,
        perform: Callable[[Act], Awaitable[str]],
        sight: Sight,
        watcher: Watcher,
        daemon: DaemonProcess,
        pace: Pace,
    ) -> None:
        self._checked, self._scenario = checked, checked.required()
        self._perform_act, self._sight, self._watcher = perform, sight, watcher
        self._daemon, self._pace = daemon, pace
        self._never: list[tuple[int, Forbidden, int]] = []
        self.state = "playing"
        self._steps = [
            {"number": number, "text": in_one_line(step), "state": "waiting", "found": ""}
            for number, step in enumerate(self._scenario.steps)
        ]

    def shown(self) -> dict[str, Any]:
        """Return the progress for the page."""
        return {
            "title": self._scenario.title,
            "why": self._scenario.why,
            "file": self._checked.path.name,
            "state": self.state,
            "steps": [dict(step) for step in self._steps],
        }

    async def run(self) -> None:
        """Play it to its end, or to the first difference."""
        for number, step in enumerate(self._scenario.steps):
            self._steps[number]["state"] = "now"
            try:
                if number == 0 and not self._scenario.begins_without_power:
                    await self._until(self._is_ready, READY_WITHIN)
                await self._perform(number, step)
                self._check_rules()
            except (_StepFailed, CannotDo, KioskIsOff, NotPayable) as differs:
                self._steps[number] |= {"state": "failed", "found": str(differs)}
                self.state = "failed"
                return
            self._steps[number]["state"] = "passed"
        self.state = "passed"

    async def _perform(self, number: int, step: Step) -> None:
        match step.name:
            case "expect":
                await self._expect(step)
            case "never":
                self._never.append((number, step.value, self._sight.reply_count(step.value)))
            case "wait":
                await self._until(lambda: False, step.value)
            case "payer":
                await self._pay(step)
            case _:
                await self._perform_act(step)

    async def _pay(self, step: Step) -> None:
        """Let the payer look again for some seconds: the picture of the QR may not be there yet."""
        end = time.monotonic() + GRACE
        while True:
            try:
                await self._perform_act(step)
            except NotPayable:
                if time.monotonic() > end:
                    raise
                await anyio.sleep(LOOK_EVERY)
            else:
                return

    async def _expect(self, step: Step) -> None:
        expected = step.value
        patience = PATIENCE if expected.within is None else expected.within

        def is_met() -> bool:
            return not self._sight.differences(expected)

        if not await self._until(is_met, patience) and not await self._grace(is_met):
            raise _StepFailed(
                "; ".join(_sentence(each) for each in self._sight.differences(expected))
            )
        self._sight.take(expected)

    async def _grace(self, is_met: Callable[[], bool]) -> bool:
        return await self._until(is_met, GRACE * self._pace.speed)

    async def _until(self, is_met: Callable[[], bool], seconds: float) -> bool:
        """Wait until it is met, at most so many seconds of the counter; return whether it is.

        If nothing happens for some seconds, time is fast until something does, unless the scenario
        has set the clock.
        """
        began = calm_since = self._pace.now()
        speed, signal = self._pace.speed, self._signal_now()
        try:
            while True:
                self._watcher.update()
                self._check_rules()
                now = self._pace.now()
                if is_met() or now - began >= seconds:
                    return is_met()
                if signal != self._signal_now():
                    signal, calm_since = self._signal_now(), now
                if speed == 1 and self._pace.speed in (1, FAST):
                    self._change_speed(FAST if now - calm_since > SLOW_ENOUGH else speed)
                left = (seconds - (now - began)) / self._pace.speed
                await anyio.sleep(min(LOOK_EVERY, left))
        finally:
            self._change_speed(speed)

    def _change_speed(self, speed: float) -> None:
        if self._pace.speed != speed:
            self._daemon.change_speed(speed)

    def _signal_now(self) -> str | None:
        return self._watcher.evidence.lamps.signal

    def _is_ready(self) -> bool:
        status = self._watcher.status or {"state": "starting"}
        return bool(status["state"] != "starting")

    def _check_rules(self) -> None:
        for number, rule, since in self._never:
            if seen := self._sight.broken(rule, since):
                self._steps[number] |= {"state": "failed", "found": _sentence(seen)}
                raise _StepFailed(_sentence(seen))


def _sentence(unmet: Unmet) -> str:
    fields = {"name": unmet.name, "expected": unmet.expected, "seen": unmet.seen}
    return _("{name}: expected {expected}, seen {seen}", **fields)
