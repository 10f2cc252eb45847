"""Stories: short scenarios in the simulation, and the transcript of what can be observed.

A coroutine performs a story. Its transcript has the bytes to and from the register, what the panel
and the lamps show, the calls to the service, and at the end the rows of the journal. The calls that
only read an order are left out.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from random import Random

import trio

from kiosk.sale.words import Outcome
from kiosk.simulator.scenario.virtual_time import run_exactly
from kiosk.simulator.service.order import Order
from tests.simulation.promises import Promises
from tests.simulation.stage import Stage, WatchedKiosk, scratch


class Story:
    """The stage, and the actions of a story."""

    def __init__(self, stage: Stage, nursery: trio.Nursery) -> None:
        self.stage, self._nursery = stage, nursery

    # --- what happens -------------------------------------------------------------------------------

    async def power_on(self, cut_after: int | None = None) -> None:
        """Start the daemon, and wait until it is idle or settles an order."""
        self._nursery.start_soon(self.stage.run, cut_after)
        await trio.sleep(2)

    async def power_cut(self) -> None:
        self.stage.switch_off()
        await trio.sleep(1)

    async def till(self, line: str, then_wait: float = 3.0) -> None:
        """Have the register send a line."""
        await self.stage.register.sends(f"{line}\r\n".encode())
        await trio.sleep(then_wait)

    def pays(self, takes: float = 0.0) -> None:
        """Have a payer pay the newest order."""
        self.stage.note("payer: pays")
        self.stage.book.pay(self.order().id, self.stage.service_clock(), takes)

    # --- what can be seen ---------------------------------------------------------------------------

    def orders(self) -> list[Order]:
        return self.stage.book.orders(self.stage.service_clock())

    def order(self) -> Order:
        """Return the newest order."""
        return self.orders()[0]

    def rows(self) -> list[Outcome | None]:
        """Return the outcomes in the journal, oldest first; None for an open sale."""
        return [row.outcome for row in reversed(self.kiosk.journal.sales(1000))]

    @property
    def state(self) -> str:
        return self.kiosk.counter.state

    @property
    def kiosk(self) -> WatchedKiosk:
        """Return the daemon that runs."""
        assert self.stage.kiosk is not None
        return self.stage.kiosk


def tell(story: Callable[[Story], Awaitable[None]]) -> str:
    """Perform the story and return its transcript."""
    with tempfile.TemporaryDirectory(dir=scratch()) as folder:
        return "\n".join(run_exactly(1, _perform, story, Path(folder)))


async def _perform(story: Callable[[Story], Awaitable[None]], folder: Path) -> list[str]:
    async with trio.open_nursery() as nursery:
        stage = Stage(folder, Random(1), nursery)
        promises = Promises(stage)
        stage.after_step = promises.check
        await story(Story(stage, nursery))
        assert stage.kiosk is not None
        promises.both_sides_agree()
        rows = reversed(stage.kiosk.journal.sales(1000))
        ends = [f"journal: {row.sale.reference} {row.outcome or 'open'}" for row in rows]
        stage.switch_off()
        nursery.cancel_scope.cancel()
    told = [
        re.sub(" ORD[0-9A-Z]+| $", "", line[12:]) for line in stage.play if not _dull(line[12:])
    ]
    return [*_in_one_voice(told), *ends]


def _dull(line: str) -> bool:
    return line.startswith(("api: get", "wire: get", "--- power off"))


def _in_one_voice(lines: list[str]) -> list[str]:
    """Join two lines if lamps and panel show the same: ``says paid``."""
    told: list[str] = []
    for line in lines:
        channel, _, words = line.partition(": ")
        if channel == "panel" and told and told[-1] == f"lamps: {words.split()[0]}":
            told[-1] = f"says {words}"
        else:
            told.append(line)
    return told
