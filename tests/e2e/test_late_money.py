"""Money that came after the end of its sale, and that the day's report finds."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from contextlib import closing

from kiosk.base.money import Money
from kiosk.journal import Journal
from kiosk.sale.effects import OrderKnown, ResultTold, SaleEnded, SaleOpened
from kiosk.sale.words import Outcome, Sale
from tests.e2e.rig import Api, Counter, Register
from tests.simulator.counter import order_of
from tests.support.processes import eventually


def paid_after_its_end(api: Api, counter: Counter) -> str:
    """Put an expired sale into the journal whose order was paid since; return the order's id."""
    headers = {"Authorization": "Bearer TEST", "X-Idempotency-Key": "key"}
    body = order_of("20.00", external_reference="k-1")
    order_id = str(api.http.post("/v1/orders", json=body, headers=headers).json()["id"])
    api.pay(order_id)
    sale = Sale("k-1", Money.of("20.00", "ARS"), "serial_line")
    with closing(Journal.open(counter.journal, time.time)) as journal:
        journal.remember(SaleOpened(sale), b"{}")
        journal.remember(OrderKnown("k-1", order_id))
        journal.remember(SaleEnded("k-1", Outcome.EXPIRED, "test"))
        journal.remember(ResultTold("k-1", Outcome.EXPIRED))
    return order_id


def report(counter: Counter) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-m", "kiosk", "report", "--json", "-c", str(counter.config)]
    environ = {"KIOSK_TOKEN": "TEST"}
    return subprocess.run(words, check=False, capture_output=True, text=True, env=environ)


def test_the_running_kiosk_does_with_it_what_the_technician_decided(
    api: Api, register: Register, counter: Counter
) -> None:
    paid_after_its_end(api, counter)
    with counter.running():
        counter.becomes("idle")
        found = report(counter)
        assert found.returncode == 1
        (late,) = json.loads(found.stdout)["differences"]
        assert late["paid_late"]
        assert "does what sale.late_payment says: accept" in late["to_do"]
        eventually(lambda: counter.sales()[0]["outcome"] == "paid")
        assert register.hears() == b"PAID 20.00 k-1\r\n"
        counter.plays("paid")
        assert report(counter).returncode == 0
