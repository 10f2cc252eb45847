"""A thousand whole counters in two processes: the daemon's own code with its link, on this computer.

with whole_counters(folder, service="http://127.0.0.1:8080", broker=address, trust=5) as wait:
    wait()                              # until all are idle, and connected with the broker

Each is the kiosk of a daemon with all that runs beside it: the sale machine, a journal of its own in
SQLite, a status file, the client of the service on HTTP, the link to the broker. Its panel and its
lamps are the fake ones, which draw and play everything; its register is the broker (``in/amount``).
Once all have started, garbage is not looked for any more.
"""

from __future__ import annotations

import gc
import logging
import os
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import anyio

from kiosk.app import Kiosk
from kiosk.base.environment import Clock, Environment
from kiosk.beside import Beside
from kiosk.config import Config, load
from kiosk.fleet.broker import Broker
from kiosk.handover import Handover
from kiosk.journal import Journal
from kiosk.sale.hints import Hints
from kiosk.sale.phases import Counter
from kiosk.shell.event_queue import open_event_queue
from kiosk.shell.input_supervisor import supervised_inputs

COUNTERS, PROCESSES = 1000, 2
TOGETHER = 10  # of each process that start at the same time
SECRETS = {"KIOSK_BENCH_TOKEN": "SIMULATOR", "KIOSK_BENCH_PASSWORD": "x" * 32}
CONFIG = """
kiosk: {{name: c0, language: es, currency: ARS}}
inputs: [{{driver: mqtt, name: caja}}]
orders:
  driver: mercadopago
  base_url: {service}
  token: {{env: KIOSK_BENCH_TOKEN}}
  external_pos_id: COUNTER1
  mode: dynamic
display: {{driver: fake, size: 128x64, glass: emissive}}
signals: {{driver: fake}}
fleet:
  broker: {scheme}://{broker.host}:{broker.port}
  ca: "{broker.ca}"
  shop: shop1
  password: {{env: KIOSK_BENCH_PASSWORD}}
"""


def allow_many_files() -> None:
    """Raise the limit of open files of this process as far as it goes."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(most, 65_536), most))


@contextmanager
def whole_counters(
    folder: Path, service: str, broker: Broker, trust: int
) -> Iterator[Callable[[], None]]:
    """Run them: c0, c1 and so on of shop1. ``trust``: how many hints each knows to have come.

    Yield a function that waits until all can sell.
    """
    file, scheme = folder / "kiosk.yaml", "mqtts" if broker.tls else "mqtt"
    file.write_text(CONFIG.format(service=service, scheme=scheme, broker=broker))
    with ExitStack() as running:
        started = [running.enter_context(_process(file, at, trust)) for at in range(PROCESSES)]
        yield lambda: _wait(started)


def _wait(started: list[subprocess.Popen[bytes]]) -> None:
    for process in started:
        assert process.stdout
        assert process.stdout.readline(), "the counters did not start"


@contextmanager
def _process(file: Path, first: int, trust: int) -> Iterator[subprocess.Popen[bytes]]:
    words = [sys.executable, "-m", "tests.bench.whole_counters", str(file), str(first), str(trust)]
    environ = os.environ | SECRETS
    process = subprocess.Popen(words, stdout=subprocess.PIPE, env=environ)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


async def main(file: Path, first: int, trust: int) -> None:
    """Run every second counter, or as many as there are processes; say when all can sell."""
    config, starting = load(file, os.environ), anyio.Semaphore(TOGETHER)
    async with anyio.create_task_group() as tasks:
        for number in range(first, COUNTERS, PROCESSES):
            await starting.acquire()
            tasks.start_soon(_run, file, _own(config, file.parent, number), trust, starting)
        for _ in range(TOGETHER):
            await starting.acquire()
        gc.disable()  # one look through what 500 counters have made lasts 0.1 s: no kiosk has that
        print("ready", flush=True)


def _own(config: Config, folder: Path, number: int) -> Config:
    """Return the configuration with a name and files of its own."""
    own = folder / f"c{number}"
    own.mkdir()
    parts = {
        "kiosk": config.kiosk.model_copy(update={"name": f"c{number}"}),
        "journal": config.journal.model_copy(update={"path": own / "journal.sqlite3"}),
        "service": config.service.model_copy(update={"status_file": own / "status.json"}),
    }
    return config.model_copy(update=parts)


async def _run(file: Path, config: Config, trust: int, starting: anyio.Semaphore) -> None:
    """Run one counter as the daemon does; release ``starting`` when it can sell."""
    clock = Clock()
    environment = Environment(clock, clock.adjust_to, clock.service_time)
    with closing(Journal.open(config.journal.path, clock)) as journal:
        async with (
            open_event_queue() as events,
            supervised_inputs(events.deliver, clock) as supervisor,
            anyio.create_task_group() as tasks,
        ):
            kiosk = Kiosk(config, environment, journal, events, supervisor)
            kiosk.counter = Counter(hints=Hints(trust=trust))
            tasks.start_soon(Handover(events, kiosk, Beside(file, environment).run).run)
            await _until_linked(kiosk)
            starting.release()


async def _until_linked(kiosk: Kiosk) -> None:
    """Wait until it is idle, and connected with the broker."""
    await kiosk.status.reached_idle.wait()
    while not kiosk.counter.hints.linked:  # noqa: ASYNC110 - nothing tells it
        await anyio.sleep(0.05)


if __name__ == "__main__":
    logging.disable()
    allow_many_files()
    anyio.run(main, Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
