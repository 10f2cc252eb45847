"""A thousand counters with real links in this process; what is behind each link is not there.

Each has all that a counter has at the broker: the state with its will, the health of a Raspberry Pi,
and everything that it takes: hints, questions, and amounts.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import NoReturn

import anyio
import anyio.to_thread
from anyio.abc import TaskGroup

from kiosk.base.environment import Environment
from kiosk.base.money import CURRENCIES
from kiosk.box.system import System
from kiosk.config.fleet_settings import PasswordSettings
from kiosk.fleet.broker import Broker
from kiosk.inputs.mqtt import MqttSettings
from kiosk.journal import Journal
from kiosk.journal.no_journal import NoJournal
from kiosk.sale.events import Event, OrderHinted
from kiosk.service.status_file import StatusFile
from kiosk.shell.fleet_link import FleetLink, LinkedBox, LinkedInputs
from kiosk.shell.journal_writer import JournalWriter
from tests.fleet.counter import IDLE

COUNTERS = 1000
PASSWORD = "KIOSK_BENCH_PASSWORD"  # the variable with a password as kiosk fleet add makes it
TOGETHER = 20  # that connect at the same time at the start
STATUS = {**IDLE, "inputs": {"caja": {"connected": True, "why": ""}}}
RASPBERRY_PI = {
    "etc/machine-id": "0123456789abcdef0123456789abcdef",
    "sys/class/thermal/thermal_zone0/temp": "48312",
    "sys/devices/platform/soc/soc:firmware/get_throttled": "0",
}
TOOK = 0.1234, 0.4567  # seconds: the service's latest answers


class LinkedCounters:
    """The counters, and when they heard what."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        for name, text in RASPBERRY_PI.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text)
        journal = folder / "journal.sqlite3"
        Journal.open(journal, time.time).close()
        self._box = LinkedBox(journal, _unexamined, System(folder), took=TOOK)
        self.connected: set[int] = set()
        self.heard: dict[int, float] = {}  # by the number of the hint
        self._changed = anyio.Event()

    async def start(self, broker: Broker, tasks: TaskGroup) -> None:
        """Start them, a few at a time, and return when all are connected."""
        for number in range(COUNTERS):
            tasks.start_soon(self._run, number, broker)
            await self.until(number + 1 - TOGETHER)
        await self.until(COUNTERS)

    async def until(self, counters: int) -> None:
        """Wait until so many are connected."""
        while len(self.connected) < counters:
            await self._changed.wait()

    async def _run(self, number: int, broker: Broker) -> None:
        status = StatusFile(self._folder / f"{number}.json")
        status.write(STATUS)
        writer = JournalWriter(NoJournal("not of interest here"), anyio.to_thread.run_sync)
        till = LinkedInputs([MqttSettings().open(CURRENCIES["ARS"])], 30.0)
        environment = Environment(service_time=time.time)
        link = FleetLink(
            f"shop1/c{number}", status, writer, self._take, environment, till, self._box
        )

        def report(problem: str) -> None:
            (self.connected.discard if problem else self.connected.add)(number)
            self._changed.set()
            self._changed = anyio.Event()

        await link.run(broker, PasswordSettings(env=PASSWORD), report)

    async def _take(self, event: Event) -> None:
        if isinstance(event, OrderHinted):
            self.heard[int(event.reference)] = time.perf_counter()


async def _unexamined() -> NoReturn:
    raise AssertionError("nobody asks for an examination")
