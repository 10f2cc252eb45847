"""From the start of ``kiosk run`` to READY, against the bare import of the libraries it stands on.

    python -m tests.bench.start

The counter has an OLED panel and lamps on GPIO lines, so that the libraries of both are imported. This
computer need not have them: then the panel and the lamps fail, and the kiosk is READY all the same.
"""

from __future__ import annotations

import socket
import statistics
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.compiled import Python, compiled
from tests.bench.libraries import ALL, AT_ONCE, LAZILY, OURS, PANEL_AND_LAMPS, SOME
from tests.bench.table import Row, print_rows

TIMES = 25

CONFIG = """
kiosk: {{name: counter-1, language: es, currency: ARS}}
inputs:
  - driver: serial_line
    port: {folder}/register
    number: {{decimal: ",", thousands: "."}}
    amount: 'TOTAL (?P<amount>\\S+)'
orders:
  base_url: https://127.0.0.1:9
  token: {{env: KIOSK_TOKEN}}
  external_pos_id: COUNTER1
display: {{driver: oled, chip: ssd1309}}
signals: {{driver: gpio, lamps: {{green: {{pin: 17}}}}}}
journal: {{path: {folder}/journal.sqlite3}}
service: {{status_file: {folder}/status.json}}
"""


def seconds_to_ready(python: Python, folder: Path) -> float:
    """Return how long a daemon takes until it notifies READY."""
    config = folder / "kiosk.yaml"
    config.write_text(CONFIG.format(folder=folder))
    words = python.words("-m", "kiosk", "run", "-c", str(config))
    environ = {**python.environ, "KIOSK_TOKEN": "TEST", "NOTIFY_SOCKET": str(folder / "notify")}
    with closing(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)) as channel:
        channel.bind(environ["NOTIFY_SOCKET"])
        begun = time.perf_counter()
        daemon = subprocess.Popen(words, env=environ, stderr=subprocess.DEVNULL)
        try:
            while b"READY=1" not in channel.recv(4096):
                pass
            return time.perf_counter() - begun
        finally:
            daemon.terminate()  # it may still write compiled files
            daemon.wait()
            (folder / "notify").unlink()


def measure() -> Iterator[Row]:
    """Yield the ratio of the medians; the two are measured in turns, from compiled files."""
    with compiled() as python, TemporaryDirectory() as name:
        runs = [
            (
                seconds_to_ready(python, Path(name)),
                python.seconds("-c", SOME),
                python.seconds("-c", ALL + PANEL_AND_LAMPS + AT_ONCE),
                python.seconds("-c", LAZILY + ALL + PANEL_AND_LAMPS + OURS + AT_ONCE),
            )
            for _ in range(TIMES + 1)
        ][1:]  # the first compiles, and makes the journal
    ready, some, all_of_them, with_ours = (
        statistics.median(column) for column in zip(*runs, strict=True)
    )
    note = (
        f"{ready * 1000:.0f} ms against {some * 1000:.0f} ms; all libraries that it uses, without a "
        f"line of the kiosk: {all_of_them / some:.2f} ×; with the kiosk's modules imported: "
        f"{with_ours / some:.2f} ×; the rest is the check of the file, the journal, the first screen; "
        "the lamps follow that screen, so the end of gpiozero's import is not waited for"
    )
    yield Row("start to READY against the import of its libraries", ready / some, 1.5, "×", note)


if __name__ == "__main__":
    print_rows(measure())
