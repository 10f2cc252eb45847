"""Reading 200,000 sales: ``python -m tests.bench.journal_reading``.

``report``, ``list`` and ``export`` of a day, each beside the same command with an empty journal: the
time of the processor, and the largest memory. The export of everything must be as small; its time
grows with what it writes.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from kiosk.base.money import Money
from kiosk.journal import Journal
from kiosk.sale.effects import OrderKnown, Receipt, ResultTold, SaleEnded, SaleOpened
from kiosk.sale.words import Outcome, Sale
from tests.bench.table import Row, print_rows
from tests.bench.tapped_counter import MEMORY

SALES = 200_000
BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)
DAY = f"{BEGINNING + timedelta(minutes=SALES // 2 * 4):%Y-%m-%d}"
TIMES, MIB = 2.0, 30.0  # the goals
RUNS = 3  # the quickest counts
ROOM = 1 << 30  # bytes; the journal has a third of it

CONFIGURATION = """
kiosk: {name: counter-1, language: es, currency: ARS}
inputs: [{driver: fake, path: FOLDER/input}]
orders: {driver: mercadopago, token: {env: KIOSK_TOKEN}, external_pos_id: COUNTER1}
display: {driver: fake, size: 250x122, frames: FOLDER/frames}
signals: {driver: fake, record: FOLDER/signals}
journal: {path: FOLDER/journal.sqlite3}
"""
COPIES = f"""
WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < {SALES - 1}),
moment (n, at) AS (
  SELECT n, strftime('%Y-%m-%dT%H:%M:%f+00:00', '{BEGINNING:%Y-%m-%d}', (n * 4) || ' minutes')
  FROM number
)
INSERT INTO sales (reference, source, amount, currency, idempotency_key, request, order_id, outcome,
  created_at, ended_at, told_at, ticket, paid_amount, payment_id, payment_method)
SELECT printf('counter-1-7KQ2M9XA-%06d', n), source, amount, currency, hex(randomblob(18)), request,
  printf('%s%06d', order_id, n), outcome, at, at, at, ticket, paid_amount, payment_id,
  payment_method
FROM moment CROSS JOIN sales WHERE reference = 'K-000000';
"""
COPIES_OF_EVENTS = """
INSERT INTO events (reference, at, event, detail)
SELECT sales.reference, created_at, event, detail FROM sales CROSS JOIN events
WHERE events.reference = 'K-000000' AND sales.reference != 'K-000000';
"""
ALL = "export of all"  # only its memory has a goal
COMMANDS = {
    "report": ("report", "--offline"),
    "report of a day": ("report", "--offline", "--day", DAY),
    "list": ("orders", "list"),
    "export of a day": ("orders", "export", "--day", DAY),
    ALL: ("orders", "export"),
}


def measure() -> Iterator[Row]:
    """Yield time and memory of each command."""
    with tempfile.TemporaryDirectory(dir=_folder()) as temporary:
        none, many = (_counter(Path(temporary, name)) for name in ("none", "many"))
        _fill(many / "journal.sqlite3")
        for name, words in COMMANDS.items():
            runs = 1 if name == ALL else RUNS
            empty_time, empty_memory = _costs(none, words, runs)
            time, memory = _costs(many, words, runs)
            if name != ALL:
                yield Row(f"{name}: time at 200,000 sales / none", time / empty_time, TIMES, "×")
            yield Row(f"{name}: memory above none", memory - empty_memory, MIB, "MiB")


def _folder() -> Path | None:
    """Return a folder in memory, if there is room: the time of the disk does not count here."""
    room = MEMORY.exists() and shutil.disk_usage(MEMORY).free > ROOM
    return MEMORY if room else None


def _counter(folder: Path) -> Path:
    """Make a counter with an empty journal."""
    folder.mkdir()
    (folder / "kiosk.yaml").write_text(CONFIGURATION.replace("FOLDER", str(folder)))
    Journal.open(folder / "journal.sqlite3", lambda: 0.0).close()
    return folder


def _fill(path: Path) -> None:
    """Write a sale as the daemon does, and copies of it: one every four minutes."""
    with closing(Journal.open(path, BEGINNING.timestamp)) as journal:
        sale = Sale("K-000000", Money.of("1234.56", "ARS"), "register")
        receipt = Receipt(sale.amount, "PAY01J67CQQH5904000000", "account_money")
        journal.remember(SaleOpened(sale), b"x" * 330)
        journal.remember(OrderKnown(sale.reference, "ORD01J67CQQH5904WDBVZEM4JMEP"))
        journal.remember(SaleEnded(sale.reference, Outcome.PAID, "processed/accredited", receipt))
        journal.remember(ResultTold(sale.reference))
        journal._db.executescript(f"BEGIN; {COPIES} {COPIES_OF_EVENTS} COMMIT;")


def _costs(folder: Path, words: tuple[str, ...], times: int) -> tuple[float, float]:
    """Return the least seconds of the processor, and the largest memory in MiB."""
    runs = [_run(folder, words) for _ in range(times)]
    return min(time for time, _ in runs), max(memory for _, memory in runs)


def _run(folder: Path, words: tuple[str, ...]) -> tuple[float, float]:
    command = [sys.executable, "-m", "kiosk", *words, "--config", str(folder / "kiosk.yaml")]
    environment = os.environ | {"KIOSK_TOKEN": "TEST"}
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, env=environment) as process:
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


if __name__ == "__main__":
    print_rows(measure())
