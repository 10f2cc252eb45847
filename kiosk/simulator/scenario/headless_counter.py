"""The headless counter: the daemon's own code on virtual time, with simulated devices.

Real: ``kiosk.app``, the sale, the drivers and decoders of the inputs, the orders client, the
drawing of the screens, the signals, the voice's sentences, SQLite. Simulated: what the drivers
open, the network and the service behind it, the power, the time.
"""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from typing import Any

import httpx
import trio
from anyio.abc import TaskGroup

from kiosk.app import Kiosk
from kiosk.base.environment import Clock, Environment
from kiosk.config import Config
from kiosk.handover import Handover
from kiosk.journal import SaleRecord
from kiosk.sale.effects import Show
from kiosk.sale.events import Event, ReadingRejected
from kiosk.shell.command_socket import CommandSocket, beside
from kiosk.shell.event_queue import open_event_queue
from kiosk.shell.input_supervisor import supervised_inputs
from kiosk.simulator.faults.fault_rules import Faults
from kiosk.simulator.outside import Outside
from kiosk.simulator.scenario.mains import Mains, PowerCut, PoweredJournal
from kiosk.simulator.scenario.seen import OnPanel
from kiosk.simulator.scenario.simulated_devices import SimulatedDevices
from kiosk.simulator.scenario.transcript import Transcript
from kiosk.simulator.scenario.virtual_time import in_place, wall_clock
from kiosk.simulator.service.accounts import COUNTRIES
from kiosk.simulator.service.api import create_app
from kiosk.simulator.service.messages import ApiAnswer
from kiosk.simulator.service.options import ServiceOptions
from kiosk.simulator.service.order import Order
from kiosk.simulator.service.order_book import OrderBook
from kiosk.simulator.service.request_log import RequestEntry, RequestLog


class SeenKiosk(Kiosk):
    """The daemon; what it takes and shows is seen after every step."""

    counter_seen: HeadlessCounter

    async def take(self, event: Event) -> None:
        """Take an event."""
        if isinstance(event, ReadingRejected):
            self.counter_seen.transcript.note("rejected", event.reason)
        await super().take(event)
        self.counter_seen.transcript.wake()


class VirtualNetwork(httpx.AsyncBaseTransport):
    """Carries the calls to the simulated service, without sockets. Each takes a moment."""

    def __init__(self, service: httpx.AsyncBaseTransport, rng: Random, mains: Mains) -> None:
        self._service, self._rng, self._mains = service, rng, mains

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Return the answer of the service."""
        self._mains.check()
        await trio.sleep(self._rng.uniform(0.01, 0.3))
        return await self._service.handle_async_request(request)


class HeadlessCounter:
    """A counter, and the world around it, for one scenario."""

    def __init__(
        self, config: Config, folder: Path, tasks: TaskGroup, nursery: trio.Nursery
    ) -> None:
        self.transcript = Transcript()
        self.devices = SimulatedDevices(config, folder, self.transcript, nursery)
        self.devices.on_picture = lambda: trio.lowlevel.current_trio_token().run_sync_soon(
            self._look
        )
        self.mains = Mains()
        self.mains.on = False
        self.starts = 0
        self._rng = Random(1)  # noqa: S311 - the same each time
        self.book = OrderBook(self._rng, _options(config))
        faults = Faults()
        self.outside = Outside(
            self.book,
            faults,
            wall_clock,
            lambda: self.devices.picture if self.mains.on else None,
            tasks,
            failed_later=lambda sentence: self.transcript.note("payer", sentence),
        )
        log = RequestLog(ended=self._called)
        api = create_app(self.book, faults, wall_clock, self._rng, log)
        self._service = httpx.ASGITransport(api)
        self._handover: Handover | None = None
        self._scope, self._ended = trio.CancelScope(), trio.Event()
        self._ended.set()
        self._on_panel = ""
        self._nursery = nursery

    # --- the power ----------------------------------------------------------------------------

    def switch_on(self) -> None:
        """Plug it in: the daemon starts, with the journal as it is."""
        if not self.mains.on:
            self.mains = Mains()
            self._nursery.start_soon(self._run_after, self._ended, self.mains)
            self._ended = trio.Event()

    def switch_off(self) -> None:
        """Pull the plug: nothing is written any more."""
        if self.mains.on:
            self.mains.on = False
            self._scope.cancel()
            self._handover = None
            self.devices.picture = self.devices.signal = None
            self.transcript.note("---", "power off")

    async def _run_after(self, before: trio.Event, mains: Mains) -> None:
        """Run the daemon, as soon as nothing is left of the run before."""
        ended = self._ended
        try:
            await before.wait()
            if mains.on:
                await self._run(mains)
        finally:
            ended.set()

    async def _run(self, mains: Mains) -> None:
        self.starts += 1
        self.transcript.note("---", f"power on, start {self.starts}")
        self.devices.power(mains)
        self._on_panel = ""
        environment = self.environment()
        config = self.devices.config
        journal = PoweredJournal.open(config.journal.path, environment.wall_clock)
        journal.mains = mains
        try:
            with trio.CancelScope() as self._scope:
                async with (
                    open_event_queue() as events,
                    supervised_inputs(events.deliver, environment.wall_clock) as supervisor,
                ):
                    kiosk = SeenKiosk(config, environment, journal, events, supervisor)
                    kiosk.counter_seen = self
                    handover = self._handover = Handover(events, kiosk, _serve_commands)
                    await handover.run()
        except* PowerCut:
            pass
        finally:
            journal.close()

    def environment(self) -> Environment:
        """Return the environment of a run."""
        clock = Clock(wall_clock)
        start = self.starts
        return Environment(
            wall_clock=clock,
            on_service_time=clock.adjust_to,
            nonce=lambda: f"{start:04}",
            new_thread=lambda: in_place,
            http_transport=VirtualNetwork(self._service, self._rng, self.mains),
        )

    # --- what can be seen -----------------------------------------------------------------------

    @property
    def kiosk(self) -> Kiosk | None:
        """The daemon, while it runs."""
        return self._handover.serving if self._handover and self.mains.on else None

    @property
    def shown(self) -> Show | None:
        """What a person sees on the panel now; None while it is dark."""
        if self.kiosk is None or self.devices.picture is None:
            return None
        return self.kiosk.display.shown

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
            return dict(json.loads(path.read_text())) if self.mains.on else {}
        except FileNotFoundError:
            return {}

    def orders(self) -> list[Order]:
        """Return the orders at the service, oldest first."""
        return self.book.orders(wall_clock())[::-1]

    def sales(self) -> list[SaleRecord]:
        """Return the sales in the journal, oldest first. It can be read also without power."""
        path = self.devices.config.journal.path
        if self.kiosk:
            return list(self.kiosk.journal.sales(1000))[::-1]  # type: ignore[attr-defined]
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


async def _serve_commands(kiosk: Kiosk) -> None:
    """Carry out people's commands while this kiosk serves, as the daemon does."""
    path = beside(kiosk.status.path)
    await CommandSocket(path, lambda: kiosk.counter, kiosk.writer, kiosk.events.deliver).run()


def _options(config: Config) -> ServiceOptions:
    """Return options with the configuration's point of sale and the country of its currency."""
    countries = {country.currency: code for code, country in COUNTRIES.items()}
    return ServiceOptions(
        points_of_sale=frozenset({config.orders.external_pos_id}),
        country=countries[config.kiosk.currency],
    )
