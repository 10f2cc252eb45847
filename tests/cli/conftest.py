"""The files of a counter, a fake service on a port, and the command line between them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from kiosk.base.money import Money
from kiosk.cli.verbs import app
from kiosk.journal import Journal
from kiosk.sale.effects import OrderKnown, SaleEnded, SaleOpened
from kiosk.sale.words import Outcome, Sale
from tests.orders.live import Live, live
from tests.orders.sellers import USER_ID

CONFIG = """\
kiosk: {{name: counter-1, language: es, currency: ARS}}
inputs: [{{driver: fake, path: {out}/buttons}}]
orders:
  driver: {driver}
  base_url: {url}
  token: {{env: KIOSK_TOKEN}}
  external_pos_id: COUNTER1
{more}display: {{driver: fake, size: 128x64, frames: {out}/frames}}
signals: {{driver: fake, record: {out}/signals.jsonl}}
journal: {{path: {out}/journal.sqlite3}}
service: {{status_file: {out}/status.json}}
"""


class Shell:
    """The command line, as a person at a terminal uses it."""

    def __init__(self, folder: Path, service: Live) -> None:
        self.folder, self.service = folder, service
        self.config = folder / "kiosk.yaml"
        self.configure()

    def configure(self, driver: str = "mercadopago", more: str = "") -> None:
        if driver != "mercadopago":
            more += f"  user_id: {USER_ID}\n"
        self.config.write_text(
            CONFIG.format(out=self.folder, url=self.service.url, driver=driver, more=more)
        )

    def run(
        self, *words: str, token: str = "APP_USR-TEST-1", code: int = 0, typed: str = ""
    ) -> Any:
        """Run a command, with what is typed. Return its output, parsed if it is JSON."""
        command = [*words, "--config", str(self.config)] if words[0] != "migrate" else list(words)
        result = CliRunner().invoke(app, command, typed, env={"KIOSK_TOKEN": token})
        assert result.exit_code == code, result.output + repr(result.exception)
        self.err = result.stderr
        return json.loads(result.stdout) if "--json" in words else result.stdout

    def sold(
        self, reference: str, amount: str, outcome: Outcome | None, at: float, order_id: str = ""
    ) -> None:
        """Put a sale into the journal, at a time in Unix seconds."""
        sale = Sale(reference, Money.of(amount, "ARS"), "caja")
        journal = Journal.open(self.folder / "journal.sqlite3", lambda: at)
        journal.remember(SaleOpened(sale), b"{}")
        if order_id:
            journal.remember(OrderKnown(reference, order_id))
        if outcome:
            journal.remember(SaleEnded(reference, outcome, "test"))
        journal.close()


@pytest.fixture
def service() -> Iterator[Live]:
    with live() as running:
        yield running


@pytest.fixture
def shell(tmp_path: Path, service: Live) -> Shell:
    return Shell(tmp_path, service)
