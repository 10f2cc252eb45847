"""A counter at the strict service: one sale at a time, and what everything tells of its end."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.e2e.oddities import Oddity, Payer
from tests.e2e.rig import TOKEN, Counter, Register
from tests.e2e.strict_service import Order, StrictService, serving
from tests.support.processes import eventually

SOON = 10.0  # seconds in which the next total must sell

# What the register hears, and the signal, by the end of a sale. None: it hears nothing.
TOLD: dict[str, tuple[str | None, str]] = {
    "paid": ("PAID 50.00", "paid"),
    "canceled": ("FAIL canceled", "canceled"),
    "expired": ("FAIL expired", "expired"),
    "refused": ("FAIL refused", "refused"),
    "refunded": ("FAIL refunded", "canceled"),
    "abandoned": ("FAIL abandoned", "idle"),
    "held": (None, "checking"),
    "set aside": ("FAIL unknown", "checking"),
}


class StrictCounter:
    """The daemon, the strict service and a register."""

    def __init__(
        self, folder: Path, service: StrictService, url: str, *changes: tuple[str, str]
    ) -> None:
        folder.mkdir(parents=True)
        self.service = service
        self.register = Register(folder / "register")
        self.counter = Counter(folder, url, self.register.path)
        short = "expires_after: 30 s\n  set_aside_after: 10 s"
        self.counter.change("expires_after: 5 min", short)
        self.counter.change("result_shown_for: 8 s", "result_shown_for: 1 s")
        for before, after in changes:
            self.counter.change(before, after)
        self.sold = 0

    @contextmanager
    def selling(self, **environ: str) -> Iterator[subprocess.Popen[bytes]]:
        """Run the daemon, and wait until it can sell."""
        with self.counter.running(**environ) as daemon:
            self.counter.becomes("idle")
            yield daemon

    def row(self, number: int) -> dict[str, Any]:
        """Return the journal's row of the first sale, the second …"""
        rows = self.counter.sales()
        return rows[number - 1] if len(rows) >= number else {}

    def key(self, total: str) -> int:
        """Key a total, and return the number of its sale."""
        self.register.send(f"TOTAL {total}\r\n".encode())
        self.sold += 1
        return self.sold

    def payable(self, number: int) -> Order:
        """Wait until the sale can be paid: its QR is on the panel, if it has one."""
        eventually(lambda: self.is_payable(number), SOON)
        return self.service.order_of(self.row(number)["reference"])

    def is_payable(self, number: int) -> bool:
        status = self.counter.status()
        row = self.row(number)
        if status["state"] != "paying" or status["reference"] != row.get("reference"):
            return False
        tree = self.service.order_of(row["reference"]).tree
        qr = tree.get("qr_data") or tree.get("type_response", {}).get("qr_data")
        return qr is None or self.counter.qr() == qr

    def play(self, oddity: Oddity) -> None:
        """Sell 50.00 at an odd service, then 20.00: all must tell one truth, and both must end."""
        signals = len(self.counter.signals())
        number = self.key("50,00")
        if oddity.payer:
            oddity.payer(self.service, self.payable(number))
        row = eventually(lambda: self.ended(number))
        self.check_end(oddity, row, signals)
        self.sells_next()
        assert not self.service.violations, self.service.violations

    def ended(self, number: int) -> dict[str, Any]:
        """Return the sale's row when it has an outcome or is set aside; before, nothing."""
        row = self.row(number)
        return row if row.get("outcome") or row.get("set_aside_at") else {}

    def check_end(self, oddity: Oddity, row: dict[str, Any], signals: int) -> None:
        reference, outcome = row["reference"], row["outcome"]
        heard, signal = TOLD[oddity.ends]
        if oddity.ends not in ("held", "set aside"):
            assert outcome == oddity.ends, outcome
        if heard:
            assert self.register.hears() == f"{heard} {reference}\r\n".encode()
        told = {column: row[column] for column in oddity.journal}
        assert told == oddity.journal, row
        if row["order_id"] or outcome:
            self.counter.plays(signal, after=signals)
        after = self.counter.signals()[signals:]
        assert ("paid" in after) == (oddity.ends == "paid"), after
        if oddity.log:
            self.counter.says(oddity.log)
        if oddity.problem:
            eventually(
                lambda: any(oddity.problem in it for it in self.counter.status()["problems"])
            )
        if oddity.ends == "set aside":
            self.check_set_aside(row)

    def check_set_aside(self, row: dict[str, Any]) -> None:
        """The sale has no outcome; log and status say what to do."""
        reference = row["reference"]
        assert row["outcome"] is None, row
        advice = f"kiosk orders settle {reference} --as OUTCOME --note TEXT"
        self.counter.says(advice)
        eventually(lambda: reference in self.counter.status()["set_aside"])
        problems = [it for it in self.counter.status()["problems"] if reference in it]
        assert any(advice in each for each in problems), problems

    def sells_next(self) -> None:
        """Key the next total at once: its QR is there soon, and it is paid."""
        signals = len(self.counter.signals())
        number = self.key("20,00")
        self.service.pay(self.payable(number))
        self.hears("PAID 20.00", number)
        self.counter.plays("paid", after=signals)
        assert self.row(number)["outcome"] == "paid"

    def sells(self, payer: Payer) -> dict[str, Any]:
        """Sell 50.00, let the payer act, and return the row of the sale when it has ended."""
        number = self.key("50,00")
        payer(self.service, self.payable(number))
        return eventually(lambda: self.ended(number))

    def hears(self, words: str, number: int) -> None:
        """Check the next line that the register hears."""
        line = self.register.hears()
        assert line == f"{words} {self.row(number)['reference']}\r\n".encode(), line

    def command(self, *words: str) -> tuple[int, str]:
        """Run a command of the kiosk; return its exit code and what it prints."""
        line = [sys.executable, "-m", "kiosk", *words, "-c", str(self.counter.config)]
        environ = {**os.environ, "KIOSK_TOKEN": TOKEN}
        done = subprocess.run(line, check=False, capture_output=True, text=True, env=environ)
        return done.returncode, done.stdout + done.stderr


@contextmanager
def stopped_counter(
    folder: Path, service: StrictService, *changes: tuple[str, str]
) -> Iterator[StrictCounter]:
    """Serve, and make a counter whose daemon does not run yet."""
    with serving(service) as url:
        counter = StrictCounter(folder, service, url, *changes)
        yield counter
        counter.register.unplug()


@contextmanager
def strict_counter(
    folder: Path, service: StrictService, *changes: tuple[str, str]
) -> Iterator[StrictCounter]:
    """Serve, run the daemon, and wait until it can sell."""
    with stopped_counter(folder, service, *changes) as counter, counter.selling():
        yield counter


def side_by_side(plays: Mapping[str, Callable[[], None]]) -> None:
    """Play all at the same time, each with a daemon of its own; then tell all that failed."""
    failed = {}
    with ThreadPoolExecutor(len(plays)) as pool:
        played = {name: pool.submit(play) for name, play in plays.items()}
        for name, play in played.items():
            try:
                play.result()
            except AssertionError as error:
                failed[name] = error
    assert not failed, "\n\n".join(f"{name}: {error}" for name, error in failed.items())


def play_day(
    folder: Path, service: StrictService, oddities: Sequence[Oddity], *changes: tuple[str, str]
) -> None:
    """Play the oddities one after another at one counter; each is followed by an honest sale."""
    service.scripts = [script for oddity in oddities for script in (oddity.script, {})]
    with strict_counter(folder, service, *changes) as counter:
        try:
            for oddity in oddities:
                counter.play(oddity)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{counter.counter.log.read_text()}") from None
