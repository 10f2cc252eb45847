"""A counter with a real daemon process, a fake Orders API over HTTP and a register on a pty.

The daemon runs with the configuration that the project keeps working; only paths and ports differ.
"""

from __future__ import annotations

import json
import os
import sqlite3
import ssl
import subprocess
import sys
import time
import tty
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from random import Random
from select import select
from time import monotonic
from typing import Any

import httpx
import zxingcpp
from PIL import Image, ImageOps

from kiosk.simulator.faults.fault_rules import Faults
from kiosk.simulator.service.api import create_app
from kiosk.simulator.service.options import ServiceOptions
from kiosk.simulator.service.order_book import OrderBook
from tests.orders.live import served
from tests.support.processes import LONG_ENOUGH, eventually, power_cut, running

SOMEBODY = 12_345  # a user id that nobody has

CONFIG = """
kiosk:   {{name: counter-1, language: es, currency: ARS}}
inputs:
  - driver: serial_line
    port: {register}
    baud: 9600
    number: {{decimal: ",", thousands: "."}}
    amount: 'TOTAL\\s+\\$?\\s*(?P<amount>\\S+)'
    reply:
      paid: "PAID {{amount}} {{reference}}\\r\\n"
      failed: "FAIL {{outcome}} {{reference}}\\r\\n"
sale:
  expires_after: 5 min
  result_shown_for: 8 s
  on_new_amount: replace
orders:
  driver: mercadopago
  base_url: {api}
  token: {{env: KIOSK_TOKEN}}
  external_pos_id: COUNTER1
  mode: dynamic
display: {{driver: fake, size: 250x122, frames: {out}/frames}}
signals: {{driver: fake, record: {out}/signals.jsonl}}
journal: {{path: {out}/journal.sqlite3}}
service: {{status_file: {out}/status.json}}
"""


class Api:
    """The fake Orders API, and its payer."""

    def __init__(self, url: str, certificates: ssl.SSLContext | bool = True) -> None:
        self.url = url
        self.http = httpx.Client(base_url=self.url, timeout=LONG_ENOUGH, verify=certificates)

    def answers(self) -> bool:
        try:
            return self.http.get("/simulator/orders").is_success
        except httpx.TransportError:
            return False

    def orders(self) -> list[dict[str, Any]]:
        """Return all orders, newest first."""
        found: list[dict[str, Any]] = self.http.get("/simulator/orders").json()
        return found

    def requests(self, path: str) -> list[dict[str, Any]]:
        """Return the requests that the API got for this path."""
        seen = self.http.get("/simulator/requests").json()
        return [request for request in seen if request["path"] == path]

    def pay(self, order_id: str) -> None:
        self.http.post(f"/simulator/orders/{order_id}/pay").raise_for_status()

    def spoil(self, *rules: dict[str, Any]) -> None:
        """Inject faults."""
        self.http.post("/simulator/faults", json=list(rules)).raise_for_status()


@contextmanager
def fake_api(options: ServiceOptions = ServiceOptions()) -> Iterator[Api]:  # noqa: B008 - frozen
    """Serve what ``kiosk simulate-api`` serves, from a thread of this process."""
    rng = Random()
    app = create_app(OrderBook(rng, options), Faults(), time.time, rng)
    with served(app) as url:
        api = Api(url)
        with api.http:
            yield api


class Register:
    """A cash register at one end of a pty. The other end has a link with a fixed name."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.plug_in()

    def plug_in(self) -> None:
        self._wire, device = os.openpty()
        tty.setraw(self._wire)
        tty.setraw(device)
        self.path.symlink_to(os.ttyname(device))
        self._device = device
        self.heard = b""

    def unplug(self) -> None:
        """Unplug the cable. Remove the link first: the next pty gets the number of the tty."""
        self.path.unlink()
        os.close(self._device)
        os.close(self._wire)

    def send(self, line: bytes) -> None:
        os.write(self._wire, line)

    def hears(self) -> bytes:
        """Return the next line from the kiosk."""
        end = monotonic() + LONG_ENOUGH
        while b"\n" not in self.heard:
            assert select([self._wire], [], [], max(end - monotonic(), 0))[0], self.heard
            self.heard += os.read(self._wire, 4096)
        line, _, self.heard = self.heard.partition(b"\n")
        return line + b"\n"

    def silent(self) -> bool:
        """Return whether there is no more from the kiosk."""
        return not self.heard and not select([self._wire], [], [], 0)[0]


TOKEN = "TEST-4934588586838432-112233-8a7b6c5d4e3f241983636"


class Counter:
    """The daemon under test, and what it writes."""

    def __init__(self, folder: Path, api: str, register: Path) -> None:
        self.folder, self.api = folder, api
        self.log = folder / "daemon.log"
        self.journal = folder / "journal.sqlite3"
        self.config = folder / "kiosk.yaml"
        self.config.write_text(CONFIG.format(register=register, api=api, out=folder))

    def change(self, before: str, after: str) -> None:
        """Change the configuration before the start."""
        text = self.config.read_text()
        assert before in text
        self.config.write_text(text.replace(before, after))

    @contextmanager
    def running(
        self, token: str = TOKEN, through: Sequence[str] = (), **environ: str
    ) -> Iterator[subprocess.Popen[bytes]]:
        """Run the daemon. The token must be in nothing that it writes."""
        (self.folder / "status.json").unlink(missing_ok=True)
        words = ("run", "-c", str(self.config))
        environ["KIOSK_TOKEN"] = token
        with running(*words, log=self.log, through=through, **environ) as daemon:
            yield daemon
        if token == TOKEN:
            self._has_no_token()

    def _has_no_token(self) -> None:
        for path in self.folder.rglob("*"):
            with suppress(FileNotFoundError):  # another process may be writing there
                assert not path.is_file() or TOKEN.encode() not in path.read_bytes(), path

    def command(self, *words: str, token: str = TOKEN) -> subprocess.CompletedProcess[str]:
        """Run a command of the kiosk with the counter's configuration. It must not say the token."""
        line = [sys.executable, "-m", "kiosk", *words, "-c", str(self.config)]
        environ = {**os.environ, "KIOSK_TOKEN": token}
        done = subprocess.run(line, check=False, capture_output=True, text=True, env=environ)
        assert token != TOKEN or TOKEN not in done.stdout + done.stderr
        return done

    def says(self, text: str) -> None:
        """Wait until the log says this."""
        try:
            eventually(lambda: text in self.log.read_text())
        except AssertionError:
            raise AssertionError(self.log.read_text()) from None

    def loses_power_in_mid_sale(self, register: Register) -> None:
        """Run until 20.00 can be paid; then kill the daemon."""
        with self.running() as daemon:
            self.becomes("idle")
            register.send(b"TOTAL 20,00\r\n")
            self.becomes("paying")
            power_cut(daemon)

    def status(self) -> dict[str, Any]:
        try:
            status: dict[str, Any] = json.loads((self.folder / "status.json").read_text())
        except FileNotFoundError:
            return {"state": None}
        return status

    def becomes(self, state: str) -> None:
        """Wait until the daemon says that it is in this state."""
        try:
            eventually(lambda: self.status()["state"] == state)
        except AssertionError:
            raise AssertionError(f"{self.status()}\n{self.log.read_text()}") from None

    def is_out_of_service(self, because: str) -> None:
        """Wait until it is out of service, and check the reason."""
        self.becomes("out_of_service")
        assert self.status()["health"][because] == "failed"

    def signals(self) -> list[str]:
        """Return the names of the signals so far."""
        lines = (self.folder / "signals.jsonl").read_text().splitlines()
        return [line["signal"] for line in map(json.loads, lines) if "signal" in line]

    def plays(self, signal: str, after: int = 0) -> list[str]:
        """Wait until this signal comes after so many others; return those after them."""
        return eventually(lambda: self._signals_with(signal, after))

    def _signals_with(self, signal: str, after: int) -> list[str]:
        signals = self.signals()[after:]
        return signals if signal in signals else []

    def asks_nothing_of_people(self) -> None:
        """Wait until no sale is set aside, and there is no problem."""
        eventually(lambda: self.status()["set_aside"] == self.status()["problems"] == [])

    def frame(self) -> Image.Image:
        """Return what is on the panel."""
        newest = max((self.folder / "frames").glob("*.png"))
        with Image.open(newest) as image:
            return image.convert("L")

    def qr(self) -> str | None:
        """Return what a payer's phone reads from the panel, or None."""
        if not any((self.folder / "frames").glob("*.png")):
            return None
        padded = ImageOps.expand(self.frame(), 20, 255)
        found = zxingcpp.read_barcodes(padded, try_invert=False)
        return found[0].text if found else None

    def sales(self) -> list[dict[str, Any]]:
        """Return the journal's rows, oldest first."""
        if not self.journal.exists():
            return []
        with closing(sqlite3.connect(self.journal)) as db:
            db.row_factory = sqlite3.Row
            return [dict(row) for row in db.execute("SELECT * FROM sales ORDER BY rowid")]


def sells(api: Api, register: Register, counter: Counter) -> None:
    """Wait until the counter is idle, and sell for 20.00."""
    counter.becomes("idle")
    register.send(b"TOTAL 20,00\r\n")
    counter.becomes("paying")
    api.pay(api.orders()[0]["id"])
    assert register.hears().startswith(b"PAID 20.00 ")


def fill(path: Path) -> None:
    """Fill the disk that the path is on, to the last byte."""
    with path.open("ab", buffering=0) as file:
        for size in (4096, 1):
            try:
                while True:
                    file.write(b"x" * size)
            except OSError:
                continue


def fill_log(journal: Path) -> None:
    """Fill the journal's log too: with a full disk it still has room for some sales."""
    with closing(sqlite3.connect(journal, isolation_level=None)) as log:
        log.execute("PRAGMA wal_autocheckpoint = 0")
        log.execute("PRAGMA synchronous = OFF")
        with suppress(sqlite3.OperationalError):
            log.execute("CREATE TABLE IF NOT EXISTS filler (data)")
            while True:
                log.execute("REPLACE INTO filler (rowid, data) VALUES (1, zeroblob(500))")


@contextmanager
def counter_in(folder: Path) -> Iterator[tuple[Api, Register, Counter]]:
    """Connect a counter that is switched off with a service and a register."""
    with fake_api() as api, ExitStack() as stack:
        register = Register(folder / "register")
        stack.callback(register.unplug)
        yield api, register, Counter(folder, api.url, register.path)
