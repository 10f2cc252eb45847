"""The daemon's own code in this process, on virtual time: it is switched on, and off at any moment.

Real: the reading of the configuration, ``kiosk.app``, the handover, the journal. What differs is
the environment: threads, the network, the power, the time.
"""

from __future__ import annotations

import os
from dataclasses import replace
from itertools import count
from random import Random
from typing import Any

import anyio
import httpx
import trio

from kiosk.app import Kiosk
from kiosk.base.environment import Clock, Environment
from kiosk.base.errors import ConfigError
from kiosk.config.loader import CheckedFile, check_file, usable_file
from kiosk.daemon import KioskFactory
from kiosk.handover import Handover
from kiosk.sale.events import Event, ReadingRejected
from kiosk.shell.command_socket import CommandSocket, beside
from kiosk.shell.event_queue import open_event_queue
from kiosk.shell.input_supervisor import supervised_inputs
from kiosk.simulator.scenario.counter_file import CounterFile
from kiosk.simulator.scenario.mains import Mains, PowerCut, PoweredJournal
from kiosk.simulator.scenario.simulated_devices import SimulatedDevices
from kiosk.simulator.scenario.transcript import Transcript
from kiosk.simulator.scenario.virtual_time import in_place, wall_clock


class SeenKiosk(Kiosk):
    """The daemon's kiosk; what it takes is seen after every step."""

    def __init__(self, transcript: Transcript, *parts: Any) -> None:
        super().__init__(*parts)
        self._transcript = transcript

    async def take(self, event: Event) -> None:
        """Take an event."""
        if isinstance(event, ReadingRejected):
            self._transcript.note("rejected", event.reason)
        await super().take(event)
        self._transcript.wake()


class VirtualNetwork(httpx.AsyncBaseTransport):
    """Carries the calls to the simulated service, without sockets. Each takes a moment."""

    def __init__(self, service: httpx.AsyncBaseTransport, rng: Random, mains: Mains) -> None:
        self._service, self._rng, self._mains = service, rng, mains

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Return the answer of the service."""
        self._mains.check()
        await trio.sleep(self._rng.uniform(0.01, 0.3))
        return await self._service.handle_async_request(request)


class HeadlessDaemon:
    """Runs the daemon of a file while it has power. ``starts`` counts its starts."""

    def __init__(
        self,
        file: CounterFile,
        devices: SimulatedDevices,
        service: httpx.AsyncBaseTransport,
        rng: Random,
        transcript: Transcript,
        nursery: trio.Nursery,
    ) -> None:
        self._file, self._devices = file, devices
        self._service, self._rng = service, rng
        self._transcript, self._nursery = transcript, nursery
        self.mains = Mains()
        self.mains.on = False
        self.starts = 0
        self._numbers = count(1)  # of the kiosks, for their references
        self._factory: KioskFactory | None = None
        self._handover: Handover | None = None
        self._scope, self._ended = trio.CancelScope(), trio.Event()
        self._ended.set()

    @property
    def kiosk(self) -> Kiosk | None:
        """The kiosk that serves, while the daemon runs."""
        return self._handover.serving if self._handover and self.mains.on else None

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
            self._factory = self._handover = None
            self._devices.darken()
            self._transcript.note("---", "power off")

    def reload(self, changes: dict[str, Any]) -> None:
        """Change the file, and let the daemon read it again, if it runs."""
        self._file.change(changes)
        if not (self._factory and self._handover and self.kiosk):
            return
        try:
            checked = self._simulated(check_file(self._file.path, os.environ))
            self._handover.propose(self._factory.make(self._file.path, checked, self.kiosk.journal))
        except ConfigError as error:
            self._note_faults(error)

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
        self._transcript.note("---", f"power on, start {self.starts}")
        self._devices.power(mains)
        try:
            checked = self._simulated(usable_file(self._file.path)[0])
        except ConfigError as error:
            self._note_faults(error)
            return
        environment = self.environment()
        path = checked.require_config(self._file.path).journal.path
        journal = PoweredJournal.open(path, environment.wall_clock)
        journal.mains = mains
        try:
            await self._serve(checked, journal, environment)
        except* PowerCut:
            pass
        finally:
            journal.close()

    async def _serve(
        self, checked: CheckedFile, journal: PoweredJournal, environment: Environment
    ) -> None:
        with trio.CancelScope() as self._scope:
            async with (
                open_event_queue() as events,
                supervised_inputs(events.deliver, environment.wall_clock) as supervisor,
                anyio.create_task_group() as tasks,
            ):
                self._factory = KioskFactory(
                    environment, events, supervisor, tasks, self._make_kiosk
                )
                first = self._factory.make(self._file.path, checked, journal)
                self._handover = Handover(events, first, _serve_commands)
                await self._handover.run()

    def _make_kiosk(self, *parts: Any) -> Kiosk:
        return SeenKiosk(self._transcript, *parts)

    def environment(self) -> Environment:
        """Return the environment of a run."""
        clock = Clock(wall_clock, anyio.current_time)
        return Environment(
            wall_clock=clock,
            on_service_time=clock.adjust_to,
            service_time=clock.service_time,
            nonce=lambda: f"{next(self._numbers):04}",
            new_thread=lambda: in_place,
            http_transport=VirtualNetwork(self._service, self._rng, self.mains),
        )

    def _simulated(self, checked: CheckedFile) -> CheckedFile:
        """Return the file with its configuration on simulated devices; raises ConfigError."""
        config = checked.require_config(self._file.path)
        return replace(checked, config=self._devices.simulated(config))

    def _note_faults(self, error: ConfigError) -> None:
        for fault in error.faults:
            self._transcript.note("---", f"not used: {fault.removeprefix(f'{self._file.path}:')}")


async def _serve_commands(kiosk: Kiosk) -> None:
    """Carry out people's commands while this kiosk serves, as the daemon does."""
    path = beside(kiosk.status.path)
    await CommandSocket(path, lambda: kiosk.counter, kiosk.writer, kiosk.events.deliver).run()
