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
from contextlib import ExitStack, contextmanager
from pathlib import Path
from shutil import which
from tempfile import TemporaryDirectory

import anyio
import anyio.to_thread
from anyio.abc import TaskGroup

from kiosk.fleet.broker import Broker
from kiosk.fleet.mqtt.client import Client, connected
from kiosk.fleet.mqtt.vocabulary import Login, MqttMessage
from tests.bench.daemon import Process
from tests.bench.linked_counters import COUNTERS, PASSWORD, LinkedCounters
from tests.bench.table import Row, print_rows
from tests.bench.whole_counters import allow_many_files
from tests.support.processes import LONG_ENOUGH, eventually, free_port

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
        """Its resident memory in KiB, without its code: that comes into memory at the first use."""
        return Process(self._process.pid).anonymous() * 1024


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


def measure() -> Iterator[Row]:
    """Yield the rows."""
    if not which("mosquitto"):
        yield Row("a thousand counters at one broker", None, 1, "", "mosquitto is missing")
        return
    os.environ[PASSWORD] = "x" * 32
    logging.disable()  # two thousand counters would log that the broker was killed
    allow_many_files()
    with ExitStack() as running:
        folders = (running.enter_context(TemporaryDirectory()) for _ in GOALS)
        brokers = {kind: running.enter_context(bench_broker(kind)) for kind in GOALS}
        crowds = {
            kind: LinkedCounters(Path(folder)) for kind, folder in zip(GOALS, folders, strict=False)
        }
        yield from anyio.run(_rows, brokers, crowds)


async def _rows(brokers: dict[str, BenchBroker], crowds: dict[str, LinkedCounters]) -> list[Row]:
    """Return the rows. One broker is measured after the other; both are killed together."""
    rows = []
    async with anyio.create_task_group() as tasks:
        for kind, counters in crowds.items():
            rows += await _at_work(kind, brokers[kind], counters, tasks)
        rows += await _all_back(brokers, crowds)
        tasks.cancel_scope.cancel()
    return rows


async def _at_work(
    kind: str, broker: BenchBroker, counters: LinkedCounters, tasks: TaskGroup
) -> list[Row]:
    empty = broker.kib
    await counters.start(broker.address, tasks)
    await anyio.sleep(2)
    each = (broker.kib - empty) / COUNTERS
    waits = await _hints(counters, broker.address)
    p50, p99 = (statistics.quantiles(waits, n=100)[at] * 1000 for at in (49, 98))
    return [
        Row(f"broker's memory for each of 1,000 counters, {kind}", each, GOALS[kind], "KiB"),
        Row(f"99 % of hints are there after, {kind}", p99, 50, "ms", f"p50 {p50:.2f} ms"),
    ]


async def _all_back(
    brokers: dict[str, BenchBroker], crowds: dict[str, LinkedCounters]
) -> list[Row]:
    """Kill the brokers, start them again, and wait until each has all its counters."""
    for broker in brokers.values():
        broker.kill()
        await anyio.to_thread.run_sync(broker.start)
    begun = time.perf_counter()
    rows = []

    async def wait(kind: str, counters: LinkedCounters) -> None:
        while counters.connected:  # noqa: ASYNC110 - until each has noticed
            await anyio.sleep(0.01)
        await counters.until(COUNTERS)
        back = time.perf_counter() - begun
        rows.append(Row(f"all 1,000 back after the broker was killed, {kind}", back, 60, "s"))

    async with anyio.create_task_group() as tasks:
        for kind, counters in crowds.items():
            tasks.start_soon(wait, kind, counters)
    return rows


async def _hints(counters: LinkedCounters, broker: Broker) -> list[float]:
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
