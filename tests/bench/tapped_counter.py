"""A counter for measurements: the real daemon, with a register on a pty and a service on loopback."""

from __future__ import annotations

import os
import subprocess
import time
import tty
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from select import select
from tempfile import TemporaryDirectory

import zxingcpp
from PIL import Image, ImageOps

from tests.bench.stamped_service import StampedService, stamped_service
from tests.support.processes import LONG_ENOUGH, running

CONFIG = """
kiosk: {{name: counter-1, language: es, currency: ARS}}
inputs:
  - driver: serial_line
    port: {out}/register
    baud: 9600
    number: {{decimal: ",", thousands: "."}}
    amount: 'TOTAL\\s+\\$?\\s*(?P<amount>\\S+)'
    repeat_within: 0 s
    reply: {{paid: "PAID\\r\\n", failed: "FAIL\\r\\n"}}
  - driver: fake
    path: {out}/cashier
{inputs}sale: {{expires_after: 5 min, result_shown_for: 8 s, on_new_amount: replace}}
orders:
  driver: mercadopago
  base_url: {api}
  token: {{env: KIOSK_TOKEN}}
  external_pos_id: COUNTER1
  mode: dynamic
display: {{driver: fake, size: {size}, glass: emissive, frames: {out}/frames}}
signals: {{driver: fake, record: {out}/signals.jsonl}}
journal: {{path: {out}/journal.sqlite3}}
service: {{status_file: {out}/status.json}}
"""

ON_TIME = ("chrt", "--fifo", "10")  # before the other processes of this computer
MEMORY = Path("/dev/shm")  # a folder without a disk, whose speed is not ours


class TappedCounter:
    """A running daemon, and both ends of its wires."""

    def __init__(self, folder: Path, service: StampedService) -> None:
        self.folder, self.service = folder, service
        self._wire, device = os.openpty()
        tty.setraw(self._wire)
        tty.setraw(device)
        (folder / "register").symlink_to(os.ttyname(device))
        self.daemon: subprocess.Popen[bytes]

    def key_total(self, amount: str) -> float:
        """Send a total in one piece, as a USB adapter does; return the ``perf_counter`` second."""
        sent = time.perf_counter()
        os.write(self._wire, f"TOTAL {amount}\r\n".encode())
        return sent

    def cancel(self) -> None:
        """Press the cashier's cancel."""
        (self.folder / "cashier").write_text("cancel\n")

    def hears_result(self) -> bytes:
        """Return the next line that the register hears."""
        heard = b""
        while not heard.endswith(b"\n"):
            heard += os.read(self._wire, 100)
        return heard

    def frames(self) -> int:
        """Return how many pictures the panel got so far."""
        return sum(each.suffix == ".png" for each in (self.folder / "frames").iterdir())

    def has_frame(self, number: int) -> bool:
        """Return whether the panel got the picture with this number."""
        return (self.folder / "frames" / f"{number:06}.png").exists()

    def shows_qr(self, number: int) -> bool:
        """Return whether a phone reads a QR from the picture with this number."""
        with Image.open(self.folder / "frames" / f"{number:06}.png") as image:
            padded = ImageOps.expand(image.convert("L"), 20, 255)
        return bool(zxingcpp.read_barcodes(padded, try_invert=False))

    def state(self) -> str:
        """Return what the status file says."""
        path = self.folder / "status.json"
        return path.read_text() if path.exists() else ""


def pause(seconds: float) -> None:
    """Let time pass."""
    select([], [], [], seconds)


def wait_for(question: Callable[[], bool], every: float = 0.0002) -> float:
    """Wait until the answer is true, and return the ``perf_counter`` second."""
    end = time.perf_counter() + LONG_ENOUGH
    while not question():
        assert time.perf_counter() < end
        pause(every)
    return time.perf_counter()


def at_real_time(process: int = 0) -> bool:
    """Let a process (0: this one) run before others, if that is allowed; return whether it is."""
    try:
        for task in Path("/proc", str(process or os.getpid()), "task").iterdir():
            os.sched_setscheduler(int(task.name), os.SCHED_FIFO, os.sched_param(10))
    except PermissionError:
        return False
    return True


@contextmanager
def tapped_counter(
    size: str = "128x64",
    on_disk: Path = MEMORY,
    inputs: str = "",
    priority: Sequence[str] = ON_TIME,
) -> Iterator[TappedCounter]:
    """Run a daemon until the block is left, from the moment at which it can sell.

    ``inputs`` are more of them, as they stand in the file. ``priority`` starts the daemon before
    other processes; its own children inherit it.
    """
    with stamped_service() as service, TemporaryDirectory(dir=on_disk) as folder:
        out = Path(folder)
        counter = TappedCounter(out, service)
        file = out / "kiosk.yaml"
        file.write_text(CONFIG.format(out=out, api=service.url, size=size, inputs=inputs))
        through = priority if at_real_time() else ()
        words = ("run", "-c", str(file))
        with running(*words, log=out / "log", through=through, KIOSK_TOKEN="TEST") as daemon:
            counter.daemon = daemon
            wait_for(lambda: '"idle"' in counter.state(), every=0.02)
            yield counter
