"""A thousand links at one broker: its memory, how soon a hint comes, and all back after a kill.

    python -m tests.bench.fleet

The counters are real links with a real status, in this process; the broker is a real Mosquitto on
loopback, with TLS and without. A hint is timed from its publisher to the event that makes the sale
machine look; ``fleet_hints`` has whole counters, which look.
"""

from __future__ import annotations

import logging
import os
import statistics
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import which
from tempfile import TemporaryDirectory

import anyio
import anyio.to_thread
from anyio.abc import TaskGroup

from kiosk.base.environment import Environment
from kiosk.config.fleet_settings import PasswordSettings
from kiosk.fleet.broker import Broker
from kiosk.fleet.mqtt.client import Client, connected
from kiosk.fleet.mqtt.vocabulary import Login, MqttMessage
from kiosk.journal.no_journal import NoJournal
from kiosk.sale.events import Event, OrderHinted
from kiosk.service.status_file import StatusFile
from kiosk.shell.fleet_link import FleetLink
from kiosk.shell.journal_writer import JournalWriter
from tests.bench.daemon import Process
from tests.bench.table import Row, print_rows
from tests.bench.whole_counters import allow_many_files
from tests.fleet.counter import IDLE
from tests.support.processes import LONG_ENOUGH, eventually, free_port

COUNTERS = 1000
PASSWORD = "KIOSK_BENCH_PASSWORD"  # the variable with a password as kiosk fleet add makes it
TOGETHER = 20  # that connect at the same time at the start
CERTIFICATE = (
    "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost "
    "-addext subjectAltName=DNS:localhost -keyout key -out ca"
)
PLAIN = "listener {port} 127.0.0.1\nallow_anonymous true\nuser root\n"
TLS = "cafile {folder}/ca\ncertfile {folder}/ca\nkeyfile {folder}/key\n"
GOALS = {"plain": 4.0, "TLS": 20.0}  # KiB of the broker for each counter


class BenchBroker:
    """A Mosquitto that can be killed."""

    def __init__(self, folder: Path, kind: str) -> None:
        self.port, self._file = free_port(), folder / "mosquitto.conf"
        text = PLAIN
        if kind == "TLS":
            subprocess.run(CERTIFICATE.split(), cwd=folder, check=True, capture_output=True)
            text += TLS
        self._file.write_text(text.format(port=self.port, folder=folder))
        tls = kind == "TLS"
        self.address = Broker("localhost", self.port, tls=tls, ca=str(folder / "ca") if tls else "")
        self.start()

    def start(self) -> None:
        """Start it, and wait until it listens."""
        words = ["mosquitto", "-c", str(self._file)]
        self._process = subprocess.Popen(words, stderr=subprocess.DEVNULL)
        probe = Broker("127.0.0.1", self.port, tls=False, ca="")
        eventually(lambda: anyio.run(_listens, probe))

    def kill(self) -> None:
        """Kill it, as a power cut would."""
        self._process.kill()
        self._process.wait(LONG_ENOUGH)

    @property
    def kib(self) -> float:
        """Its resident memory in KiB."""
        return Process(self._process.pid).rss() * 1024


async def _listens(broker: Broker) -> bool:
    try:
        await (await broker.open()).aclose()
    except OSError:
        return False
    return True


@contextmanager
def bench_broker(kind: str) -> Iterator[BenchBroker]:
    """Run a broker: ``plain`` or ``TLS``."""
    with TemporaryDirectory() as name:
        broker = BenchBroker(Path(name), kind)
        try:
            yield broker
        finally:
            broker.kill()


class BenchCounters:
    """The counters, and when they heard what."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
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
        status.write(IDLE)
        writer = JournalWriter(NoJournal("not of interest here"), anyio.to_thread.run_sync)
        link = FleetLink(f"shop1/c{number}", status, writer, self._take, Environment())

        def report(problem: str) -> None:
            (self.connected.discard if problem else self.connected.add)(number)
            self._changed.set()
            self._changed = anyio.Event()

        await link.run(broker, PasswordSettings(env=PASSWORD), report)

    async def _take(self, event: Event) -> None:
        if isinstance(event, OrderHinted):
            self.heard[int(event.reference)] = time.perf_counter()


def measure() -> Iterator[Row]:
    """Yield the rows."""
    if not which("mosquitto"):
        yield Row("a thousand counters at one broker", None, 1, "", "mosquitto is missing")
        return
    os.environ[PASSWORD] = "x" * 32
    logging.disable()  # a thousand counters would log that the broker was killed
    allow_many_files()
    for kind in GOALS:
        with bench_broker(kind) as broker, TemporaryDirectory() as folder:
            yield from anyio.run(_with, kind, broker, Path(folder))


async def _with(kind: str, broker: BenchBroker, folder: Path) -> list[Row]:
    """Return the rows of a thousand counters at this broker."""
    counters, empty = BenchCounters(folder), broker.kib
    async with anyio.create_task_group() as tasks:
        await counters.start(broker.address, tasks)
        await anyio.sleep(2)
        each = (broker.kib - empty) / COUNTERS
        waits = await _hints(counters, broker.address)
        broker.kill()
        await anyio.to_thread.run_sync(broker.start)
        begun = time.perf_counter()
        while counters.connected:  # noqa: ASYNC110 - until each has noticed
            await anyio.sleep(0.01)
        await counters.until(COUNTERS)
        back = time.perf_counter() - begun
        tasks.cancel_scope.cancel()
    p50, p99 = (statistics.quantiles(waits, n=100)[at] * 1000 for at in (49, 98))
    return [
        Row(f"broker's memory for each of 1,000 counters, {kind}", each, GOALS[kind], "KiB"),
        Row(f"99 % of hints are there after, {kind}", p99, 50, "ms", f"p50 {p50:.2f} ms"),
        Row(f"all 1,000 back after the broker was killed, {kind}", back, 60, "s"),
    ]


async def _hints(counters: BenchCounters, broker: Broker) -> list[float]:
    """Hint at each counter once; return the seconds that each hint took."""
    sent: dict[int, float] = {}
    stream = await broker.open()
    async with stream, connected(stream, Login("bench", b"x", session_kept=0), _ignore) as client:
        for number in range(COUNTERS):
            sent[number] = time.perf_counter()
            await _hint(client, number)
            await anyio.sleep(0.005)
        with anyio.fail_after(LONG_ENOUGH):
            while len(counters.heard) < COUNTERS:  # noqa: ASYNC110 - the last ones are on the way
                await anyio.sleep(0.05)
    return [counters.heard[number] - at for number, at in sent.items()]


async def _hint(client: Client, number: int) -> None:
    payload = b'{"v": 1, "reference": "%d"}' % number
    await client.publish(MqttMessage(f"kiosk/v1/shop1/c{number}/in/hint", payload))


async def _ignore(_: MqttMessage) -> None:
    """Nothing comes."""


if __name__ == "__main__":
    print_rows(measure())
