"""The input supervisor: runs the inputs of a configuration.

It outlives a configuration: an input whose settings did not change stays open, so that
none of its readings is lost.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import anyio
from anyio.abc import TaskGroup

from kiosk.base.money import Currency
from kiosk.inputs import Input, InputSettings
from kiosk.inputs.common.results import remind
from kiosk.sale.events import Deliver, Event
from kiosk.sale.words import Outcome, Sale, Unknown
from kiosk.shell.input_report import InputReport


@dataclass(eq=False, repr=False)
class SupervisedInput:
    """An input and the scope it runs in; two with the same ``made_from`` are the same input."""

    made_from: tuple[InputSettings, Currency]
    device: Input
    scope: anyio.CancelScope = field(default_factory=anyio.CancelScope)
    stopped: anyio.Event = field(default_factory=anyio.Event)


class InputSupervisor:
    """Starts and stops inputs. See ``supervised_inputs``."""

    def __init__(self, tasks: TaskGroup, deliver: Deliver, report: InputReport) -> None:
        self._tasks, self._deliver, self.report = tasks, deliver, report
        self._running: Sequence[SupervisedInput] = ()

    def prepare(
        self, wanted: Iterable[InputSettings], currency: Currency
    ) -> Sequence[SupervisedInput]:
        """Return an input for each settings, the running one if it has them. Raises ConfigError."""
        return [self._running_or_new((settings, currency)) for settings in wanted]

    def _running_or_new(self, made_from: tuple[InputSettings, Currency]) -> SupervisedInput:
        settings, currency = made_from
        running = (each for each in self._running if each.made_from == made_from)
        return next(running, None) or SupervisedInput(made_from, settings.open(currency))

    async def run_only(
        self,
        wanted: Sequence[SupervisedInput],
        latest: Callable[[str], tuple[Sale, Outcome | Unknown | None] | None],
    ) -> set[str]:
        """Run these inputs and no others; return the names of those that ran before.

        A port is closed before another input opens it. ``latest`` returns the last sale of an
        input by its name; a new input is told it.
        """
        before, self._running = self._running, wanted
        for each in before:
            if each not in wanted:
                each.scope.cancel()
                await each.stopped.wait()
        new = [each for each in wanted if each not in before]
        remind({each.device.name: each.device for each in new}, latest)
        for each in new:
            self._tasks.start_soon(self._run, each)
        return {each.device.name for each in wanted if each in before}

    async def _run(self, each: SupervisedInput) -> None:
        with each.scope:
            await each.device.run(self._noted)
        each.stopped.set()

    async def _noted(self, event: Event) -> None:
        """Take note of what an input delivers, and pass it on."""
        self.report.note(event)
        await self._deliver(event)


@asynccontextmanager
async def supervised_inputs(
    deliver: Deliver, wall_clock: Callable[[], float]
) -> AsyncIterator[InputSupervisor]:
    """Start a supervisor; at the end it closes its inputs."""
    async with anyio.create_task_group() as tasks:
        yield InputSupervisor(tasks, deliver, InputReport(wall_clock))
        tasks.cancel_scope.cancel()
