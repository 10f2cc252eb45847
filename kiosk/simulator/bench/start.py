"""Start the whole simulation: the fake API, the daemon that calls it, and the page."""

from __future__ import annotations

import contextlib
import socket
from pathlib import Path
from random import Random

import anyio

from kiosk.simulator.bench.bench import Bench
from kiosk.simulator.bench.page import create_page
from kiosk.simulator.faults.fault_rules import Faults
from kiosk.simulator.service.api import create_app
from kiosk.simulator.service.http_server import serve
from kiosk.simulator.service.options import ServiceOptions
from kiosk.simulator.service.order_book import OrderBook
from kiosk.simulator.twins.counter import SimulatedCounter
from kiosk.simulator.twins.daemon_process import DaemonProcess
from kiosk.simulator.twins.pace import Pace
from kiosk.simulator.twins.simulation_folder import SimulationFolder


class Simulation:
    """The counter of any configuration, simulated on this computer.

    ``folder`` has all its files; ``remarks`` says what differs from the configuration. Raises
    ConfigError with all faults of the configuration, and OSError.
    """

    def __init__(self, file: Path, folder: Path | None, api_port: int) -> None:
        claimed = SimulationFolder.claim(folder)
        pace = Pace()
        self._counter = counter = SimulatedCounter(file, claimed, api_port, pace.clock)
        self.folder, self.remarks = claimed.path, counter.remarks
        rng, faults = Random(), Faults(sleep=pace.sleep)  # noqa: S311 - ids of orders that nobody can steal
        order_book = OrderBook(rng, _options(counter))
        self._daemon = DaemonProcess(counter, pace)
        self._bench = Bench(counter.config, self._daemon, order_book, faults, pace.clock)
        self._api = create_app(order_book, faults, pace.clock, rng)

    async def run(self, api: socket.socket, page: socket.socket) -> None:
        """Serve on the two listeners until cancelled. Then stop the daemon, too."""
        rename_earlier_journal(self._counter.folder.journal)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(serve, self._api, api)
            tasks.start_soon(serve, create_page(self._bench), page)
            tasks.start_soon(self._counter.run)
            await self._daemon.keep_running(self._bench.begin_run)


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
