"""``kiosk fleet watch``: all counters, live."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable

import anyio
import typer

from kiosk.base.retry import pauses, reason_of
from kiosk.cli.chain.chain_account import Connect, run_viewer
from kiosk.cli.chain.chain_list import ANSWER_TAKES
from kiosk.cli.chain.chain_table import table
from kiosk.cli.live_screen import ShowLines, live_screen
from kiosk.cli.verbs.fleet_verbs import AccountOptions
from kiosk.fleet.mqtt.vocabulary import BrokerFault, TakenOver
from kiosk.fleet.viewer.chain_counters import ChainCounters
from kiosk.fleet.viewer.chain_viewer import ChainViewer

SHORTEST_GAP = 0.25  # seconds between two pictures
# Until the broker is tried again, in seconds. A command that has taken our account ends before.
FIRST_PAUSE, LONGEST_PAUSE = 10.0, 60.0


def watch_counters(options: AccountOptions, seconds: float) -> None:
    """Perform ``kiosk fleet watch`` until Ctrl-C, or for this many seconds."""

    async def watched(connect: Connect) -> ChainWatch:
        watch = ChainWatch(live_screen(), columns)
        with anyio.move_on_after(seconds):
            await watch.run(connect)
        return watch

    def columns() -> int | None:
        return shutil.get_terminal_size().columns if sys.stdout.isatty() else None

    counters = run_viewer(options, watched).counters
    if not list(counters) or any(each.problems() for each in counters):
        raise typer.Exit(1)


class ChainWatch:
    """Shows the counters at each change, and connects again when the broker was away."""

    def __init__(self, show: ShowLines, columns: Callable[[], int | None]) -> None:
        """``columns``: of the terminal; None if there is none."""
        self._show, self._columns = show, columns
        self.counters = ChainCounters()
        self.problem = ""  # why the broker is away

    async def run(self, connect: Connect) -> None:
        """Show them until canceled; raises BrokerFault if it never worked, or must not go on."""
        waits = pauses(FIRST_PAUSE, LONGEST_PAUSE)
        while True:
            try:
                async with connect(self.counters) as viewer:
                    waits = pauses(FIRST_PAUSE, LONGEST_PAUSE)
                    await self._follow(viewer)
            except* TakenOver:
                raise
            except* BrokerFault as group:
                if not list(self.counters):
                    raise
                self.problem = reason_of(group)
            self._draw()
            await anyio.sleep(next(waits))

    async def _follow(self, viewer: ChainViewer) -> None:
        self.problem = ""
        async with anyio.create_task_group() as tasks:
            names = [each.name for each in self.counters if each.online]
            tasks.start_soon(viewer.learn_last_sales, names, ANSWER_TAKES)
            while True:
                self._draw()
                await anyio.sleep(SHORTEST_GAP)
                await viewer.next_change()

    def _draw(self) -> None:
        lines = [*table(self.counters, self._columns())]
        self._show([self.problem, *lines] if self.problem else lines)
