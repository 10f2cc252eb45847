"""Start the whole simulation: the counter, its daemon, the fake service, and the page."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable
from functools import partial
from pathlib import Path
from random import Random

import anyio
from anyio.abc import TaskGroup

from kiosk.simulator.bench.acts_at_counter import ActsAtCounter, PersonsCommands
from kiosk.simulator.bench.bench import Bench
from kiosk.simulator.bench.documents import documents, manual_pages
from kiosk.simulator.bench.log_lines import LogLines
from kiosk.simulator.bench.page import create_page
from kiosk.simulator.bench.page_acts import act_routes
from kiosk.simulator.bench.page_state import PageState
from kiosk.simulator.bench.recorder import Recorder
from kiosk.simulator.bench.seen_at_bench import SeenAtBench
from kiosk.simulator.bench.timeline import Timeline
from kiosk.simulator.bench.visible_play import VisiblePlay
from kiosk.simulator.bench.watcher import Watcher
from kiosk.simulator.faults.fault_rules import Faults
from kiosk.simulator.outside import Outside
from kiosk.simulator.scenario.scenario_file import CheckedScenario
from kiosk.simulator.scenario.seen import Sight
from kiosk.simulator.service.api import create_app
from kiosk.simulator.service.api_server import serve
from kiosk.simulator.service.control_routes import CONTROL
from kiosk.simulator.service.guard import Guarded
from kiosk.simulator.service.options import ServiceOptions
from kiosk.simulator.service.order_book import OrderBook
from kiosk.simulator.twins.counter import SimulatedCounter
from kiosk.simulator.twins.daemon_process import DaemonProcess
from kiosk.simulator.twins.pace import Pace
from kiosk.simulator.twins.simulation_folder import SimulationFolder

WATCH_EVERY = 1.0  # seconds; a page asks more often


class Simulation:
    """The counter of any configuration, simulated on this computer.

    ``folder`` has all its files; ``remarks`` says what differs from the configuration. Raises
    ConfigError with all faults of the configuration, and OSError. With a ``scenario`` it is played;
    ``next_scenario`` is one that a person wants to see instead of this counter.
    """

    def __init__(
        self,
        file: Path,
        folder: Path | None,
        api_port: int,
        scenario: CheckedScenario | None = None,
    ) -> None:
        claimed = SimulationFolder.claim(folder)
        self.manual: Callable[[str], str] = str  # returns a page of the manual as HTML
        self._scenario, self._replaced = scenario, anyio.Event()
        self.next_scenario: CheckedScenario | None = None
        self.play: VisiblePlay | None = None
        self._pace = Pace()
        self.counter = SimulatedCounter(file, claimed, api_port, self._pace.clock)
        self.folder, self.remarks = claimed.path, self.counter.remarks
        self._timeline, self._log = Timeline(), LogLines()
        self._recorder = Recorder(self._pace.clock, file.read_text("utf-8"))
        self._daemon = DaemonProcess(self.counter, self._pace, self._log)
        self._rng = Random()  # noqa: S311 - ids of orders that nobody can steal
        self._faults = Faults(sleep=self._pace.sleep)
        self._order_book = OrderBook(self._rng, _options(self.counter))
        self._watcher = Watcher(
            self.counter, self._daemon, self._pace, self._timeline, self._recorder.screen
        )
        log, clock = self._watcher.request_log(), self._pace.clock
        self.service = create_app(self._order_book, self._faults, clock, self._rng, log)

    async def run(self, api: socket.socket, page: socket.socket, token: str) -> None:
        """Serve on the two listeners until canceled, or replaced. Then stop the daemon, too.

        Acts of the page need the ``token``.
        """
        rename_earlier_journal(self.counter.config.journal.path)
        async with anyio.create_task_group() as tasks:
            bench = self.bench(tasks)
            web = create_page(
                bench,
                token,
                *documents(bench),
                *manual_pages(self.manual),
                *act_routes(bench, token),
            )
            tasks.start_soon(serve, Guarded(self.service, CONTROL), api)
            tasks.start_soon(serve, web, page)
            tasks.start_soon(self.counter.run)
            tasks.start_soon(_watch, self._watcher)
            tasks.start_soon(self._daemon.keep_running, self._watcher.begin_run)
            if bench.play:
                tasks.start_soon(bench.play.run)
            await self._replaced.wait()
            tasks.cancel_scope.cancel()
        self.counter.folder.release()

    def scenario_text(self) -> str:
        """Return what was done by hand, as a scenario."""
        return self._recorder.as_scenario()

    def _replace(self, scenario: CheckedScenario) -> None:
        self.next_scenario = scenario
        self._replaced.set()

    def _play(self, bench: Bench, scenario: CheckedScenario) -> VisiblePlay:
        """Return the play of a scenario at this counter."""
        if scenario.required().begins_without_power:
            self._daemon.power(False)
        parts = self._watcher, self._timeline, self._log, self._order_book, self._pace
        sight = Sight(SeenAtBench(*parts, self.counter.config.display.refresh_takes))
        perform = partial(bench.perform, by_hand=False)
        return VisiblePlay(scenario, perform, sight, self._watcher, self._daemon, self._pace)

    def bench(self, tasks: TaskGroup) -> Bench:
        """Put the bench together; what it does later is done in ``tasks``."""
        counter, daemon, pace = self.counter, self._daemon, self._pace
        clock, timeline, watcher = pace.clock, self._timeline, self._watcher
        outside = Outside(
            self._order_book,
            self._faults,
            clock,
            watcher.picture,
            tasks,
            pace.sleep,
            partial(_note_in, timeline, clock),
        )
        commands = PersonsCommands(counter.config_file, counter.environ(), watcher.journal)
        acts = ActsAtCounter(counter, daemon, outside, commands)
        page_state = PageState(counter, daemon, pace, outside, self._order_book, watcher)
        bench = Bench(
            counter, daemon, pace, acts, watcher, page_state, timeline, self._log, self._recorder
        )
        bench.next_play = self._replace
        if self._scenario:
            bench.play = self.play = self._play(bench, self._scenario)
        return bench


def _note_in(timeline: Timeline, clock: Callable[[], float], sentence: str) -> None:
    timeline.add(clock(), "note", sentence, bad=True)


async def _watch(watcher: Watcher) -> None:
    """Take note of what happens also while no page is open."""
    while True:
        await anyio.sleep(WATCH_EVERY)
        watcher.update()


def rename_earlier_journal(journal: Path) -> None:
    """Rename the journal of the previous simulation: the new service does not know its orders.

    Otherwise the daemon would ask for those orders again and again.
    """
    for suffix in ("", "-wal", "-shm"):
        with contextlib.suppress(FileNotFoundError):
            Path(f"{journal}{suffix}").rename(f"{journal}.earlier{suffix}")


def _options(counter: SimulatedCounter) -> ServiceOptions:
    """Return options with the configuration's point of sale and the country of its currency."""
    return ServiceOptions(
        points_of_sale=frozenset({counter.config.orders.external_pos_id}),
        country=counter.country,
    )
