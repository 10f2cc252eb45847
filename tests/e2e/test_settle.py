"""People decide sales and refund money while the daemon runs, is killed, and does not run."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import aclosing
from functools import partial
from pathlib import Path
from typing import Any

import anyio
import pytest

from kiosk.base.environment import Environment
from kiosk.config import load
from kiosk.journal import Journal
from kiosk.sale.effects import OrderKnown, SaleOpened, SaleSetAside
from kiosk.sale.words import Sale
from kiosk.simulator.service.options import ServiceOptions
from tests.e2e.rig import Api, Counter, Register, fake_api, sells
from tests.e2e.test_older_apis import OLDER
from tests.support.play import pesos
from tests.support.processes import eventually, power_cut

DRIVERS = {"mercadopago": "driver: mercadopago", **OLDER}
NOTE = "Ana saw the payer's receipt"


def settle(counter: Counter, reference: str, outcome: str = "paid") -> tuple[int, str]:
    """Run the command; return its exit code and what it prints."""
    words = ("orders", "settle", reference, "--as", outcome, "--note", NOTE)
    done = counter.command(*words)
    return done.returncode, done.stdout + done.stderr


def set_aside(api: Api, counter: Counter, reference: str = "old-1") -> str:
    """Set a sale aside whose order has a status that says no end; return the order's id.

    To be called while no kiosk runs.
    """
    sale = Sale(reference, pesos("20.00"), "serial_line")
    request, order_id = anyio.run(_create, counter, sale)
    trouble = "fail" if order_id.startswith("ORD") else "pay?quirk=undefined"
    order = f"/simulator/orders/{api.orders()[0]['id']}"
    api.http.post(f"{order}/{trouble}").raise_for_status()
    journal = Journal.open(counter.journal, time.time)
    journal.remember(SaleOpened(sale), request)
    journal.remember(OrderKnown(reference, order_id))
    journal.remember(SaleSetAside(reference, "the service did not say in time how it ended"))
    journal.close()
    return order_id


async def _create(counter: Counter, sale: Sale) -> tuple[bytes, str]:
    """Create the sale's order as the counter's driver does; return the request and the id."""
    config = load(counter.config, os.environ)
    async with aclosing(
        config.orders.open(expires_after=300, currency="ARS", environment=Environment())
    ) as orders:
        request = orders.request(sale)
        return request, (await orders.create(f"key-of-{sale.reference}", request)).order_id


def row(counter: Counter, reference: str) -> dict[str, Any]:
    (found,) = [sale for sale in counter.sales() if sale["reference"] == reference]
    return found


def is_decided(counter: Counter, reference: str = "old-1") -> None:
    sale = row(counter, reference)
    assert (sale["outcome"], sale["note"]) == ("paid", NOTE)


def test_people_decide_while_the_counter_sells(
    api: Api, register: Register, counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KIOSK_TOKEN", "TEST")
    order_id = set_aside(api, counter)
    with counter.running():
        assert register.hears() == b"FAIL unknown old-1\r\n"
        sells(api, register, counter)
        repeats_a_refund_whose_command_was_killed(api, counter, counter.sales()[-1])
        assert "kiosk orders settle old-1" in counter.command("status").stdout
        done, told = settle(counter, "old-1")
        assert done == 0, told
        assert f"the service said: {order_id} failed/" in told
        counter.asks_nothing_of_people()
        assert settle(counter, "old-1", "canceled")[0] == 1
        can_not_decide_what_is_on_the_panel(api, register, counter)
    is_decided(counter)


def repeats_a_refund_whose_command_was_killed(
    api: Api, counter: Counter, sale: dict[str, Any]
) -> None:
    api.http.post(f"/simulator/orders/{sale['order_id']}/refund").raise_for_status()
    assert row(counter, sale["reference"])["refunded_amount"] is None
    done = counter.command("orders", "refund", sale["reference"])
    assert done.returncode == 0, done.stderr
    assert row(counter, sale["reference"])["refunded_amount"] == "20.00"


def can_not_decide_what_is_on_the_panel(api: Api, register: Register, counter: Counter) -> None:
    register.send(b"TOTAL 20,00\r\n")
    counter.becomes("paying")
    reference, order_id = counter.status()["reference"], api.orders()[0]["id"]
    refused, why = settle(counter, reference)
    assert (refused, "the order can still be paid" in why) == (1, True)
    api.http.post(f"/simulator/orders/{order_id}/fail").raise_for_status()
    refused, why = settle(counter, reference)
    assert (refused, "this sale is not set aside" in why) == (1, True)
    assert row(counter, reference)["note"] is None


@pytest.fixture(params=DRIVERS)
def any_counter(
    request: pytest.FixtureRequest, counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> Counter:
    """Return a counter with each driver."""
    monkeypatch.setenv("KIOSK_TOKEN", "TEST")
    if request.param in OLDER:
        counter.change("  mode: dynamic\n", "")
        counter.change("driver: mercadopago", OLDER[request.param])
    return counter


def test_with_any_driver_a_decision_outlives_the_daemon(api: Api, any_counter: Counter) -> None:
    counter = any_counter
    set_aside(api, counter)
    with counter.running() as daemon:
        eventually(lambda: counter.status().get("set_aside") == ["old-1"])
        done, told = settle(counter, "old-1")
        assert done == 0, told
        power_cut(daemon)
    is_decided(counter)


def test_a_daemon_that_is_killed_while_it_is_asked(
    api: Api, counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It hangs, it is killed, and the command writes by itself."""
    monkeypatch.setenv("KIOSK_TOKEN", "TEST")
    set_aside(api, counter)
    with counter.running() as daemon:
        counter.becomes("idle")
        daemon.send_signal(signal.SIGSTOP)
        command = start(counter)
        eventually(lambda: is_connected(counter.folder / "status.json.sock"))
        power_cut(daemon)
    assert command.wait() == 0
    is_decided(counter)


def test_of_two_people_at_once_one_wins(
    api: Api, counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a daemon, and with one, which does not look any more at what was decided before."""
    monkeypatch.setenv("KIOSK_TOKEN", "TEST")
    decided = f"/v1/orders/{set_aside(api, counter, 'old-0')}"
    one_of_two_people_decides(counter, "old-0")
    looks = len(api.requests(decided))
    assert looks
    set_aside(api, counter, "old-1")
    with counter.running():
        eventually(lambda: counter.status().get("set_aside") == ["old-1"])
        one_of_two_people_decides(counter, "old-1")
        assert settle(counter, "old-0", "canceled")[0] == 1
        counter.asks_nothing_of_people()
    assert len(api.requests(decided)) == looks


def one_of_two_people_decides(counter: Counter, reference: str) -> None:
    both = [start(counter, reference) for _ in range(2)]
    assert sorted(command.wait() for command in both) == [0, 1]
    is_decided(counter, reference)


def test_a_token_file_that_breaks_and_a_reload_while_the_kiosk_runs(
    api: Api, counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the service can't be asked, nothing is decided. A reload takes the socket along."""
    monkeypatch.setenv("KIOSK_TOKEN", "TEST")
    set_aside(api, counter)
    token = counter.folder / "token"
    write(token, "TEST")
    counter.change("{env: KIOSK_TOKEN}", f"{{file: {token}}}")
    troubles: list[Callable[[], object]] = [partial(write, token, ""), token.unlink, token.mkdir]
    with counter.running() as daemon:
        counter.becomes("idle")
        for trouble in troubles:
            trouble()
            refused, why = settle(counter, "old-1")
            assert (refused, "orders.token" in why) == (2, True)
            assert counter.status()["set_aside"] == ["old-1"]
        token.rmdir()
        write(token, "TEST")
        counter.change("status.json", "changed.json")
        daemon.send_signal(signal.SIGHUP)
        eventually((counter.folder / "changed.json.sock").exists)
        done, told = settle(counter, "old-1")
        assert done == 0, told
        status = counter.folder / "changed.json"
        eventually(lambda: json.loads(status.read_text())["set_aside"] == [])
    is_decided(counter)


def write(token: Path, text: str) -> None:
    token.write_text(text)
    token.chmod(0o600)


def test_a_refund_under_way_is_followed_up_across_a_power_cut(
    register: Register, tmp_path: Path
) -> None:
    with fake_api(ServiceOptions(refund_takes=5.0)) as api:
        counter = Counter(tmp_path, api.url, register.path)
        with counter.running() as daemon:
            sells(api, register, counter)
            reference = counter.sales()[0]["reference"]
            done = counter.command("orders", "refund", reference)
            assert (done.returncode, "the refund is under way" in done.stdout) == (0, True)
            power_cut(daemon)
        assert row(counter, reference)["refunded_amount"] is None
        order = api.orders()[0]["id"]
        eventually(lambda: api.orders()[0]["status"] == "refunded")
        with counter.running():
            eventually(lambda: row(counter, reference)["refunded_amount"] == "20.00")
        assert row(counter, reference)["outcome"] == "paid"
        again = counter.command("orders", "refund", reference)
        assert again.returncode == 0, again.stderr
        assert len(api.requests(f"/v1/orders/{order}/refund")) == 2, "under the same key"


def start(counter: Counter, reference: str = "old-1") -> subprocess.Popen[bytes]:
    words = ("orders", "settle", reference, "--as", "paid", "--note", NOTE)
    line = [sys.executable, "-m", "kiosk", *words, "-c", str(counter.config)]
    return subprocess.Popen(line, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def is_connected(path: Path) -> bool:
    """Whether somebody is connected to this socket: it is listed once more for each connection."""
    return Path("/proc/net/unix").read_text().count(str(path)) > 1
