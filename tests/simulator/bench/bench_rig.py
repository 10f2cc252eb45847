"""A simulated counter for the tests of the bench: its configuration, and the process."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
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

    def __init__(self, url: str, api: Api, process: Popen[bytes], folder: Path) -> None:
        self.url, self.api, self.process, self.folder = url, api, process, folder
        self.http = httpx.Client(base_url=url, timeout=LONG_ENOUGH)

    def state(self) -> dict[str, Any]:
        state: dict[str, Any] = self.http.get("/state").json()
        return state

    def tries(self, **act: Any) -> httpx.Response:
        """Send an act: ``tries(key="22.50")``."""
        return self.http.post("/act", json=act)

    def act(self, **act: Any) -> str:
        """Perform an act that works; return what the person is told."""
        answer = self.tries(**act)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["done"])

    def sees(self, find: Callable[[dict[str, Any]], Any]) -> Any:
        """Wait until ``find`` returns something of the state, and return it."""
        return eventually(lambda: find(self.state()))

    def sees_again(self, find: Callable[[dict[str, Any]], Any]) -> Any:
        """Wait as ``sees`` does, while the counter is replaced by another one."""

        def ask() -> Any:
            try:
                return find(self.state())
            except httpx.TransportError:
                return None

        return eventually(ask)

    def becomes(self, state: str) -> None:
        """Wait until the daemon is in this state."""
        self.sees(lambda seen: _state(seen) == state)

    def shows_a_code(self) -> None:
        """Wait until the payer's phone sees the code of an order."""
        self.sees(lambda seen: "scans" in seen["phone"]["can"])

    def answers(self) -> bool:
        try:
            return self.http.get("/state").is_success
        except httpx.TransportError:
            return False


def token_in(page: str) -> str:
    """Return the token of the page, which every act needs."""
    return str(re.findall(r'name="kiosk-token" content="([^"]+)"', page)[0])


def _state(seen: dict[str, Any]) -> str | None:
    status = (seen["kiosk"] or {}).get("status") or {}
    return status.get("state")


@contextmanager
def simulation(folder: Path, config: str = "", words: Sequence[str] = ()) -> Iterator[Counter]:
    """Run ``kiosk simulate`` as a process, ready to sell: any configuration, or the usual one.

    ``words`` are options instead of a configuration; such a counter may be in the middle of a play.
    """
    path, log = write_config(folder), folder / "simulate.log"
    if config:
        path.write_text(config)
    chosen = words or ("--config", str(path))
    with running("simulate", *chosen, "--port", "0", "--folder", str(folder), log=log) as process:
        url = eventually(lambda: re.findall(r"kiosk simulate: (http\S+)", log.read_text()))[0]
        api = load(folder / "counter.yaml", {}).orders.base_url
        counter = Counter(url, Api(api), process, folder)
        with counter.http, counter.api.http:
            counter.http.headers["x-kiosk-token"] = token_in(counter.http.get("/").text)
            if not words:
                counter.becomes("idle")
            yield counter
