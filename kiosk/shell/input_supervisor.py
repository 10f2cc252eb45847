"""The desk: the queue for all that happens at the counter, and the inputs that are open on it.

It outlives a configuration. An input whose settings stay as they are is not let go of, so a change
of the others costs none of its readings.
"""

from __future__ import annotations

import math
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import anyio
from anyio.abc import TaskGroup

from kiosk.base.money import Currency
from kiosk.inputs import Input, InputSettings
from kiosk.inputs.common.results import remind
from kiosk.sale.events import Event, SuccessorWaits
from kiosk.sale.words import Outcome, Sale

QUIET = 0.3  # seconds without any event; a line that had begun by then is complete


@dataclass(eq=False)
class Place:
    """An input's place on the desk; two by the same recipe are the same input."""

    recipe: tuple[InputSettings, Currency]
    device: Input
    scope: anyio.CancelScope = field(default_factory=anyio.CancelScope)
    empty: anyio.Event = field(default_factory=anyio.Event)


class Desk:
    """Where readings, answers and troubles come in. See ``open_desk``."""

    def __init__(self, tasks: TaskGroup) -> None:
        self._tasks = tasks
        self._places: Sequence[Place] = ()
        self._heard_at = -math.inf
        self.send, self.heard = anyio.create_memory_object_stream[tuple[float, Event]](100)

    async def deliver(self, event: Event) -> None:
        """Queue what has happened; devices and calls end here."""
        self._heard_at = anyio.current_time()
        await self.send.send((self._heard_at, event))

    async def knock(self) -> None:
        """Queue that somebody waits for the counter to be at rest; that is no disturbance."""
        await self.send.send((anyio.current_time(), SuccessorWaits()))

    async def next(self) -> tuple[float, Event]:
        """Wait for what happens next; return it with the second at which it came in."""
        return await self.heard.receive()

    @property
    def quiet(self) -> bool:
        """Whether nothing waits in the queue, and no input is amid a reading."""
        calm = anyio.current_time() - self._heard_at >= QUIET
        return calm and not self.heard.statistics().current_buffer_used

    def prepare(self, wanted: Iterable[InputSettings], currency: Currency) -> Sequence[Place]:
        """Return a place for each input, the old one where it stays. Raises ConfigError."""
        return [self._place((settings, currency)) for settings in wanted]

    def _place(self, recipe: tuple[InputSettings, Currency]) -> Place:
        settings, currency = recipe
        there = (place for place in self._places if place.recipe == recipe)
        return next(there, None) or Place(recipe, settings.open(currency))

    async def run_just(
        self,
        wanted: Sequence[Place],
        latest: Callable[[str], tuple[Sale, Outcome | None] | None],
    ) -> set[str]:
        """Run these inputs and no others; return the names of those that ran before.

        A port is let go of before anybody opens it again. ``latest`` tells the newcomers, by their
        names, what their last sale was.
        """
        before, self._places = self._places, wanted
        for place in before:
            if place not in wanted:
                place.scope.cancel()
                await place.empty.wait()
        new = [place for place in wanted if place not in before]
        remind({place.device.name: place.device for place in new}, latest)
        for place in new:
            self._tasks.start_soon(self._run, place)
        return {place.device.name for place in wanted if place in before}

    async def _run(self, place: Place) -> None:
        with place.scope:
            await place.device.run(self.deliver)
        place.empty.set()


@asynccontextmanager
async def open_desk() -> AsyncIterator[Desk]:
    """Open a desk; at the end its inputs are let go of."""
    async with anyio.create_task_group() as tasks:
        desk = Desk(tasks)
        async with desk.send, desk.heard:
            yield desk
            tasks.cancel_scope.cancel()
