"""A simulated counter for the tests of the bench: its configuration, and the process."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import Popen
from typing import Any

import httpx

from kiosk.config import load
from tests.e2e.rig import Api
from tests.support.processes import LONG_ENOUGH, eventually, running

CONFIG = """
kiosk: {{name: bench-1, language: es, currency: {currency}}}
inputs:
  - {{driver: fake, path: {out}/buttons, replies: {out}/replies.jsonl}}
sale: {{expires_after: 5 min}}
orders:
  driver: mercadopago
  base_url: http://127.0.0.1:8801
  token: {{env: KIOSK_TOKEN}}
  external_pos_id: BENCH
display: {{driver: fake, size: 250x122, frames: {out}/frames, fail_while: {out}/unplugged}}
signals: {{driver: fake, record: {out}/signals.jsonl, voice: {{}}}}
journal: {{path: {out}/journal.sqlite3}}
service: {{status_file: {out}/status.json}}
"""


def write_config(folder: Path, currency: str = "ARS") -> Path:
    """Write a configuration with fake devices that write their records in the folder."""
    path = folder / "simulator.yaml"
    path.write_text(CONFIG.format(out=folder, currency=currency))
    return path


class Counter:
    """A simulated counter: the page's server, used as its script uses it, and the fake API."""

    def __init__(self, url: str, api: Api, process: Popen[bytes]) -> None:
        self.url, self.api, self.process = url, api, process
        self.http = httpx.Client(base_url=url, timeout=LONG_ENOUGH)

    def state(self) -> dict[str, Any]:
        state: dict[str, Any] = self.http.get("/state").json()
        return state

    def press(self, button: str, **sent: Any) -> None:
        """Press a button that works."""
        answer = self.http.post(button, json=sent)
        assert answer.status_code == 204, answer.text

    def sees(self, find: Callable[[dict[str, Any]], Any]) -> Any:
        """Wait until ``find`` returns something of the state, and return it."""
        return eventually(lambda: find(self.state()))

    def becomes(self, state: str) -> None:
        """Wait until the daemon is in this state."""
        self.sees(lambda seen: _state(seen) == state)

    def answers(self) -> bool:
        try:
            return self.http.get("/state").is_success
        except httpx.TransportError:
            return False


def _state(seen: dict[str, Any]) -> str | None:
    status = (seen["kiosk"] or {}).get("status") or {}
    return status.get("state")


@contextmanager
def simulation(folder: Path) -> Iterator[Counter]:
    """Run ``kiosk simulate`` as a process, ready to sell."""
    log = folder / "simulate.log"
    words = ("simulate", "--config", str(write_config(folder)), "--port", "0", "--folder")
    with running(*words, str(folder), log=log) as process:
        url = eventually(lambda: re.findall(r"kiosk simulate: (http\S+)", log.read_text()))[0]
        api = load(folder / "counter.yaml", {}).orders.base_url
        counter = Counter(url, Api(api), process)
        with counter.http, counter.api.http:
            counter.becomes("idle")
            yield counter
