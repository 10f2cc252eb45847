"""Start the whole simulation: the fake API, the daemon that calls it, and the page."""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Mapping
from pathlib import Path
from random import Random
from urllib.parse import urlsplit

import anyio

from kiosk.base.errors import ConfigError
from kiosk.config import Config
from kiosk.simulator.bench.bench import Bench
from kiosk.simulator.bench.daemon_process import DaemonProcess
from kiosk.simulator.bench.page import create_page
from kiosk.simulator.faults.fault_rules import Faults
from kiosk.simulator.service.accounts import COUNTRIES
from kiosk.simulator.service.api import create_app
from kiosk.simulator.service.http_server import HOST, serve
from kiosk.simulator.service.options import ServiceOptions
from kiosk.simulator.service.order_book import OrderBook


class Simulation:
    """A counter on this computer. ``environ`` is the daemon's environment, with the token in it.

    Raises ConfigError if the configuration has real devices, or a service that is not on this
    computer.
    """

    def __init__(self, config_file: Path, config: Config, environ: Mapping[str, str]) -> None:
        self.api_port = _api_port(config.orders.base_url)
        rng, faults = Random(), Faults()  # noqa: S311 - ids of orders that nobody can steal
        order_book = OrderBook(rng, _options(config))
        self._journal = config.journal.path
        self._daemon = DaemonProcess(config_file, environ)
        self._bench = Bench(config, self._daemon, order_book, faults, time.time)
        self._api = create_app(order_book, faults, time.time, rng)

    async def run(self, api: socket.socket, page: socket.socket) -> None:
        """Serve on the two listeners until cancelled. Then stop the daemon, too."""
        rename_earlier_journal(self._journal)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(serve, self._api, api)
            tasks.start_soon(serve, create_page(self._bench), page)
            await self._daemon.keep_running(self._bench.begin_run)


def rename_earlier_journal(journal: Path) -> None:
    """Rename the journal of the previous simulation: the new service does not know its orders.

    Otherwise the daemon would ask for those orders again and again.
    """
    for suffix in ("", "-wal", "-shm"):
        with contextlib.suppress(FileNotFoundError):
            Path(f"{journal}{suffix}").rename(f"{journal}.earlier{suffix}")


def _api_port(base_url: str) -> int:
    """Return the port where the daemon expects the API."""
    url = urlsplit(base_url)
    if url.scheme != "http" or url.hostname != HOST or not url.port:
        raise ConfigError(
            f"orders.base_url: {base_url} is not on this computer; write http://{HOST}:8801"
        )
    return url.port


def _options(config: Config) -> ServiceOptions:
    """Return options with the configuration's point of sale and the country of its currency."""
    countries = {country.currency: code for code, country in COUNTRIES.items()}
    return ServiceOptions(
        points_of_sale=frozenset({config.orders.external_pos_id}),
        country=countries[config.kiosk.currency],
    )
