"""The headless counter: the daemon's own code on virtual time, with simulated devices.

Real: ``kiosk.app``, the sale, the drivers and decoders of the inputs, the orders client, the
drawing of the screens, the signals, the voice's sentences, SQLite. Simulated: what the drivers
open, the network and the service behind it, the power, the time.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from random import Random
from typing import Any

import httpx
import trio
from anyio.abc import TaskGroup

from kiosk.config import Config
from kiosk.config.loader import check_file
from kiosk.journal import SaleRecord
from kiosk.sale.effects import Show
from kiosk.simulator.faults.fault_rules import Faults
from kiosk.simulator.outside import Outside
from kiosk.simulator.scenario.counter_file import CounterFile
from kiosk.simulator.scenario.headless_daemon import HeadlessDaemon
from kiosk.simulator.scenario.mains import PoweredJournal
from kiosk.simulator.scenario.seen import OnPanel
from kiosk.simulator.scenario.simulated_devices import SimulatedDevices
from kiosk.simulator.scenario.transcript import Transcript
from kiosk.simulator.scenario.virtual_time import wall_clock
from kiosk.simulator.service.accounts import COUNTRIES
from kiosk.simulator.service.api import create_app
from kiosk.simulator.service.messages import ApiAnswer
from kiosk.simulator.service.options import ServiceOptions
from kiosk.simulator.service.order import Order
from kiosk.simulator.service.order_book import OrderBook
from kiosk.simulator.service.request_log import RequestEntry, RequestLog


class HeadlessCounter:
    """A counter, and the world around it, for one scenario."""

    def __init__(
        self,
        settings: dict[str, Any],
        folder: Path,
        tasks: TaskGroup,
        nursery: trio.Nursery,
    ) -> None:
        """``settings``: the configuration as a tree. Raises ConfigError."""
        self.transcript = Transcript()
        file = CounterFile(folder, settings)
        config = check_file(file.path, os.environ).require_config(file.path)
        self.devices = SimulatedDevices(config, folder, self.transcript, nursery)
        self.devices.on_picture = lambda: trio.lowlevel.current_trio_token().run_sync_soon(
            self._look
        )
        rng = Random(1)  # noqa: S311 - the same each time
        self.book = OrderBook(rng, _options(config))
        faults = Faults()
        self.outside = Outside(
            self.book,
            faults,
            wall_clock,
            lambda: self.devices.picture if self.daemon.mains.on else None,
            tasks,
            failed_later=lambda sentence: self.transcript.note("payer", sentence),
        )
        api = create_app(self.book, faults, wall_clock, rng, RequestLog(ended=self._called))
        service = httpx.ASGITransport(api)
        self.daemon = HeadlessDaemon(file, self.devices, service, rng, self.transcript, nursery)
        self._on_panel = ""

    @property
    def shown(self) -> Show | None:
        """What a person sees on the panel now; None while it is dark."""
        if self.daemon.kiosk is None or self.devices.picture is None:
            return None
        return self.daemon.kiosk.display.shown

    def on_panel(self) -> OnPanel | None:
        """Return what a person sees on the panel now."""
        if (shown := self.shown) is None:
            return None
        amount = shown.amount.plain() if shown.amount else ""
        return OnPanel(shown.screen.value, amount, shown.reason)

    def signal_now(self) -> str:
        """Return what lamps and buzzer play."""
        return self.devices.signal.value if self.devices.signal else ""

    def replies(self) -> dict[str, list[tuple[bytes, str]]]:
        """Return all replies by the name of their input."""
        return {name: each.replies for name, each in self.devices.inputs.items()}

    def texts_of(self, channel: str) -> list[str]:
        """Return all texts so far of a channel, without the dull ones."""
        return self.transcript.of(channel)

    def status(self) -> dict[str, Any]:
        """Return the status file; empty while there is none."""
        path = self.devices.config.service.status_file
        try:
            return dict(json.loads(path.read_text())) if self.daemon.mains.on else {}
        except FileNotFoundError:
            return {}

    def orders(self) -> list[Order]:
        """Return the orders at the service, oldest first."""
        return self.book.orders(wall_clock())[::-1]

    def sales(self) -> list[SaleRecord]:
        """Return the sales in the journal, oldest first. It can be read also without power."""
        path = self.devices.config.journal.path
        if self.daemon.kiosk:
            return list(self.daemon.kiosk.journal.sales(1000))[::-1]  # type: ignore[attr-defined]
        if not path.exists():
            return []
        journal = PoweredJournal.open_read_only(path)
        try:
            return list(journal.sales(1000))[::-1]
        finally:
            journal.close()

    def _look(self) -> None:
        """Note what is on the panel, if it has changed."""
        shown = self.on_panel()
        words = (shown.screen, shown.amount, shown.reason) if shown else ("dark",)
        text = " ".join(filter(None, words))
        if text != self._on_panel:
            self._on_panel = text
            self.transcript.note("panel", text)

    def _called(self, entry: RequestEntry, answer: ApiAnswer | None) -> None:
        """Note an answered call."""
        looks = entry.operation in ("get", "account")
        said = answer.status if answer else "lost"
        self.transcript.note("api", f"{entry.operation} {said}", dull=looks)


def _options(config: Config) -> ServiceOptions:
    """Return options with the configuration's point of sale and the country of its currency."""
    countries = {country.currency: code for code, country in COUNTRIES.items()}
    return ServiceOptions(
        points_of_sale=frozenset({config.orders.external_pos_id}),
        country=countries[config.kiosk.currency],
    )
