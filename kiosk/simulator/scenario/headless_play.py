"""Plays a scenario on virtual time, and compares what is seen with what it expects."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import anyio
import trio

from kiosk.base.language import _
from kiosk.config.fault import ConfigFault, KeyPath, dotted, quoted
from kiosk.simulator.acts.device_acts import KeyAct, PressAct, ScanAct, SendAct, sent
from kiosk.simulator.acts.expectation import Expectation, Forbidden, Step
from kiosk.simulator.acts.which_input import which_input
from kiosk.simulator.scenario.headless_counter import HeadlessCounter
from kiosk.simulator.scenario.persons import perform_command
from kiosk.simulator.scenario.scenario_file import CheckedScenario, Scenario
from kiosk.simulator.scenario.seen import PATIENCE, READY_WITHIN, Sight, Unmet
from kiosk.simulator.scenario.virtual_time import run_exactly
from kiosk.simulator.scenario.written_steps import in_one_line
from kiosk.simulator.service.order_book import NotPayable

LOOK_EVERY = 0.5  # seconds, for what changes with the time alone


@dataclass(frozen=True, slots=True)
class FailedStep:
    """Where a play differs from its scenario: the number of the step, from 0, and how."""

    step: int
    differences: tuple[Unmet, ...]


@dataclass(frozen=True, slots=True)
class Performance:
    """A scenario that was played: its transcript, and the first failure, if there is one."""

    transcript: tuple[str, ...]
    failure: FailedStep | None
    lasted: float  # seconds of virtual time


@contextmanager
def quiet_log() -> Iterator[None]:
    """Write no log: the transcript says what happened."""
    log, nowhere = logging.getLogger("kiosk"), logging.NullHandler()
    before, log.propagate = log.propagate, False
    log.addHandler(nowhere)
    try:
        yield
    finally:
        log.removeHandler(nowhere)
        log.propagate = before


class _Differs(Exception):
    """An expectation is not met."""

    def __init__(self, differences: list[Unmet]) -> None:
        super().__init__()
        self.differences = tuple(differences)


def play(
    checked: CheckedScenario,
    seed: int = 1,
    at_end: Callable[[HeadlessCounter], None] = lambda _: None,
) -> Performance:
    """Play the scenario; raises ConfigError if it has faults. The same seed plays the same way.

    ``at_end`` is called when it is over, before the power is cut.
    """
    checked.required()
    with quiet_log(), tempfile.TemporaryDirectory(prefix="kiosk-") as folder:
        return run_exactly(seed, _play, checked, Path(folder), at_end)


def expected_and_seen(checked: CheckedScenario, performance: Performance) -> list[str]:
    """Return a line for each difference: its place in the file, what was expected and seen."""
    failure = performance.failure
    assert failure, "nothing differs"
    step = checked.required().steps[failure.step]
    lines = []
    for each in failure.differences:
        path: KeyPath = ("steps", failure.step, step.name, each.name)
        message = _(
            "expected {expected}, seen {seen}",
            expected=quoted(each.expected),
            seen=quoted(each.seen),
        )
        place = checked.document.values.get(path) or checked.document.place(path)
        fault = ConfigFault(place, dotted(path), message)
        lines += [
            f"{performance.lasted:9.2f}  - {each.name}: {each.expected}",
            f"{'':9}  + {each.name}: {each.seen}",
            fault.line(str(checked.path)),
        ]
    return lines


async def _play(
    checked: CheckedScenario, folder: Path, at_end: Callable[[HeadlessCounter], None]
) -> Performance:
    async with anyio.create_task_group() as tasks, trio.open_nursery() as nursery:
        counter = HeadlessCounter(checked.counter_settings, folder, tasks, nursery)
        director = Director(counter, checked.required())
        failure = await director.perform()
        lasted, lines = trio.current_time(), counter.transcript.lines()
        at_end(counter)
        counter.daemon.switch_off()
        nursery.cancel_scope.cancel()
        tasks.cancel_scope.cancel()
    return Performance(tuple(lines), failure, lasted)


class Director:
    """Performs the steps of a scenario at a headless counter."""

    def __init__(self, counter: HeadlessCounter, scenario: Scenario) -> None:
        self._counter, self._scenario = counter, scenario
        self._sight = Sight(counter)
        self._never: list[tuple[int, Forbidden, int]] = []  # its step, and the replies before it

    async def perform(self) -> FailedStep | None:
        """Perform all steps; return the first failure."""
        if not self._scenario.begins_without_power:
            self._counter.daemon.switch_on()
            await self._until_ready()
        for number, step in enumerate(self._scenario.steps):
            self._note(step)
            try:
                await self._perform(number, step)
            except _Differs as differs:
                return FailedStep(number, differs.differences)
            if failure := self._broken_rule():
                return failure
        return None

    def _note(self, step: Step) -> None:
        if step.name not in ("expect", "never", "wait"):
            self._counter.transcript.note("->", in_one_line(step))

    async def _perform(self, number: int, step: Step) -> None:
        counter, value = self._counter, step.value
        match step.name:
            case "expect":
                await self._expect(value)
            case "never":
                self._never.append((number, value, self._sight.reply_count(value)))
            case "wait":
                await self._wait(value)
            case "person":
                await perform_command(counter, value)
            case "network":
                counter.outside.set_network(value)
            case "service":
                counter.outside.set_service(value)
            case "payer":
                self._pay(step)
            case _:
                self._operate(step)
        await trio.lowlevel.checkpoint()

    def _operate(self, step: Step) -> None:
        counter, value = self._counter, step.value
        match step.name:
            case "power":
                counter.daemon.switch_on() if value == "on" else counter.daemon.switch_off()
            case "reload":
                counter.daemon.reload(value)
            case "hang":
                counter.devices.panel_hangs = True
            case "unplug" | "plug_in":
                counter.devices.plug(value, plugged=step.name == "plug_in")
            case "send" | "key" | "scan" | "press":
                self._use_device(step)

    def _use_device(self, step: Step) -> None:
        found = which_input(step, self._counter.devices.inputs.values())
        match step.value:
            case SendAct():
                found.put(sent(step.value))
            case KeyAct(amount=amount):
                found.put(found.device.key(Decimal(amount)))
            case ScanAct(code=code):
                found.put(found.device.scan(code), code)
            case PressAct(button=word):
                found.put(b"." if found.presses else found.device.press(word), word)

    def _pay(self, step: Step) -> None:
        try:
            self._counter.outside.payer(step.value)
        except NotPayable as refused:
            raise _Differs([Unmet("payer", in_one_line(step), str(refused))]) from None

    # --- time ----------------------------------------------------------------------------------

    async def _until_ready(self) -> None:
        """Wait until the counter sells, or says that it can't."""
        with trio.move_on_after(READY_WITHIN):
            while self._counter.status().get("state", "starting") == "starting":
                await self._change(LOOK_EVERY)

    async def _wait(self, seconds: float) -> None:
        until = trio.current_time() + seconds
        while (left := until - trio.current_time()) > 0:
            if not self._never:
                await trio.sleep(left)
                return
            await self._change(left)
            if self._broken_rule():
                return

    async def _expect(self, expected: Expectation) -> None:
        patience = PATIENCE if expected.within is None else expected.within
        until = trio.current_time() + patience
        while differences := self._sight.differences(expected):
            left = until - trio.current_time()
            if left <= 0:
                raise _Differs(differences)
            if self._broken_rule():
                return
            await self._change(min(left, LOOK_EVERY))
        self._sight.take(expected)

    async def _change(self, seconds: float) -> None:
        with trio.move_on_after(max(0.0, seconds)):
            await self._counter.transcript.changed.wait()

    def _broken_rule(self) -> FailedStep | None:
        for number, rule, since in self._never:
            if seen := self._sight.broken(rule, since):
                return FailedStep(number, (seen,))
        return None
