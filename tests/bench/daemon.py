"""A real ``kiosk run`` at a register, and what the kernel knows about its process.

with shop(wire, pay_after=25) as counter:             # wire: see wire.py, or None for loopback
    counter.change("size: 250x122", "size: 128x64")   # see Counter in tests/e2e/rig.py
    with counter.at_work() as daemon:
        counter.sells()
        daemon.cpu(), daemon.rss(), daemon.wakeups()
"""

from __future__ import annotations

import os
import re
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.bench.certificate_chain import Keys
from tests.bench.service import Service, served
from tests.bench.wire import Wire
from tests.e2e.rig import Counter, Register


@dataclass(frozen=True)
class Process:
    """A process of this computer, by its number. All figures but ``rss`` only ever grow."""

    pid: int

    def cpu(self) -> float:
        """Return the seconds of processor time of all its threads, also of those that ended."""
        return time.clock_gettime((~self.pid << 3) | 2)  # clock_getcpuclockid(3)

    def rss(self) -> float:
        """Return its resident memory in MiB."""
        return self._kib(self._proc("status"), "VmRSS") / 1024

    def anonymous(self) -> float:
        """Return its resident memory in MiB, without what it has of files, such as its code."""
        return self._kib(self._proc("status"), "RssAnon") / 1024

    def pss(self) -> float:
        """Return its memory in MiB, of shared pages only its share."""
        return self._kib(self._proc("smaps_rollup"), "Pss") / 1024

    def threads(self) -> int:
        """Return how many threads it has."""
        return len(list(Path("/proc", str(self.pid), "task").iterdir()))

    def descriptors(self) -> int:
        """Return how many open files it has."""
        return len(os.listdir(f"/proc/{self.pid}/fd"))

    def wakeups(self) -> dict[str, int]:
        """Return how often each of its threads slept, by the thread's name and number."""
        counts = {}
        for task in Path("/proc", str(self.pid), "task").iterdir():
            text = (task / "status").read_text()
            name = text.split("\n", 1)[0].removeprefix("Name:\t")
            found = re.search(r"^voluntary_ctxt_switches:\s+(\d+)", text, re.MULTILINE)
            counts[f"{name}-{task.name}"] = int(found[1]) if found else 0
        return counts

    def _proc(self, name: str) -> str:
        return Path("/proc", str(self.pid), name).read_text()

    def _kib(self, text: str, name: str) -> int:
        found = re.search(rf"^{name}:\s+(\d+) kB", text, re.MULTILINE)
        assert found, text
        return int(found[1])


class Shop(Counter):
    """The counter of the end-to-end tests, with its register, on a wire or on loopback."""

    def __init__(self, folder: Path, service: Service, wire: Wire | None) -> None:
        self.register = Register(folder / "register")
        super().__init__(folder, service.url, self.register.path)
        self.service, self.wire = service, wire

    @contextmanager
    def at_work(self, **environ: str) -> Iterator[Process]:
        """Run the daemon until the block is left; it is idle when the block begins."""
        through = self.wire.inside if self.wire else ()
        with self.running(through=through, **self.service.environ, **environ) as daemon:
            self.becomes("idle")
            yield Process(daemon.pid)

    def rings_up(self, amount: int) -> float:
        """Send a total; return time.monotonic() of that moment."""
        at = time.monotonic()
        self.register.send(b"TOTAL %d,00\r\n" % amount)
        return at

    def sells(self, amount: int = 20) -> None:
        """Sell, and wait until the register has its answer. The service's payer decides how long."""
        self.rings_up(amount)
        answer = self.register.hears()
        assert answer.startswith(b"PAID %d.00 " % amount), answer


@contextmanager
def shop(
    wire: Wire | None = None, keeps_idle: int = 60, keys: Keys = "RSA", **options: object
) -> Iterator[Shop]:
    """Set up a shop; the options are those of the fake service, such as ``pay_after=25``."""
    host = wire.server if wire else "127.0.0.1"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with served(folder, host, keeps_idle, keys, **options) as service:
            shop = Shop(folder, service, wire)
            try:
                yield shop
            finally:
                shop.register.unplug()
