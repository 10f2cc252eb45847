"""People decide sales and refund money while the daemon runs, is killed, and does not run."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import aclosing, nullcontext
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


def set_aside(api: Api, counter: Counter, reference: str = "old-1") -> None:
    """Set a sale aside whose order has a status that says no end, while no kiosk runs."""
    sale = Sale(reference, pesos("20.00"), "serial_line")
    request, order_id = anyio.run(_create, counter, sale)
    trouble = "fail" if order_id.startswith("ORD") else "pay?quirk=undefined"
    order = f"/simulator/orders/{api.orders()[0]['id']}"
    api.http.post(f"{order}/{trouble}").raise_for_status()
    journal = Journal.open(counter.journal, time.time)
    journal.remember(SaleOpened(sale), request)
    journal.remember(OrderKnown(reference, order_id))
    journal.remember(SaleSetAside(reference, "the service told no end"))
    journal.close()


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


def test_a_sale_without_an_end_is_settled_while_the_counter_sells(
    api: Api, register: Register, counter: Counter
) -> None:
    counter.change("expires_after: 5 min", "expires_after: 30 s\n  set_aside_after: 10 s")
    with counter.running():
        counter.becomes("idle")
        register.send(b"TOTAL 20,00\r\n")
        counter.becomes("paying")
        reference, order_id = counter.status()["reference"], api.orders()[0]["id"]
        api.http.post(f"/simulator/orders/{order_id}/fail").raise_for_status()
        eventually(lambda: counter.status()["set_aside"] == [reference])
        assert f"kiosk orders settle {reference}" in counter.command("status").stdout
        done, told = settle(counter, reference)
        assert done == 0, told
        assert f"the service said: {order_id} failed/" in told
        assert counter.status()["set_aside"] == counter.status()["problems"] == []
        assert register.hears().startswith(b"FAIL unknown ")
        sells(api, register, counter)
        assert settle(counter, reference, "canceled")[0] == 1
    is_decided(counter, reference)


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
    with counter.running():
        counter.becomes("idle")
        assert counter.status()["set_aside"] == counter.status()["problems"] == []
        assert settle(counter, "old-1", "canceled")[0] == 1
    is_decided(counter)


def test_an_order_that_is_on_the_panel_is_not_decided(
    api: Api, register: Register, counter: Counter
) -> None:
    with counter.running():
        counter.becomes("idle")
        register.send(b"TOTAL 20,00\r\n")
        counter.becomes("paying")
        reference, order_id = counter.status()["reference"], api.orders()[0]["id"]
        refused, why = settle(counter, reference)
        assert (refused, "the order can still be paid" in why) == (1, True)
        api.http.post(f"/simulator/orders/{order_id}/fail").raise_for_status()
        refused, why = settle(counter, reference)
        assert (refused, "this sale is not set aside" in why) == (1, True)
        assert counter.sales()[0]["note"] is None


def test_without_a_daemon_the_command_writes(
    api: Api, counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KIOSK_TOKEN", "TEST")
    set_aside(api, counter)
    done, told = settle(counter, "old-1")
    assert done == 0, told
    is_decided(counter)
    looks = len(api.requests("/simulator/orders"))
    with counter.running():
        counter.becomes("idle")
        assert counter.status()["set_aside"] == []
    assert len(api.requests("/simulator/orders")) == looks


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
    monkeypatch.setenv("KIOSK_TOKEN", "TEST")
    for number, daemon_runs in enumerate((True, False)):
        reference = f"old-{number}"
        set_aside(api, counter, reference)
        with counter.running() if daemon_runs else nullcontext():
            if daemon_runs:
                counter.becomes("idle")
            both = [start(counter, reference) for _ in range(2)]
            assert sorted(command.wait() for command in both) == [0, 1]
        is_decided(counter, reference)


@pytest.mark.parametrize("trouble", ["empty", "folder", "missing"])
def test_a_token_file_that_breaks_while_the_kiosk_runs(
    api: Api, counter: Counter, monkeypatch: pytest.MonkeyPatch, trouble: str
) -> None:
    """The service can't be asked, so nothing is decided; the kiosk goes on."""
    monkeypatch.setenv("KIOSK_TOKEN", "TEST")
    set_aside(api, counter)
    token = counter.folder / "token"
    token.write_text("TEST")
    token.chmod(0o600)
    counter.change("{env: KIOSK_TOKEN}", f"{{file: {token}}}")
    with counter.running():
        counter.becomes("idle")
        token.unlink()
        if trouble == "folder":
            token.mkdir()
        elif trouble == "empty":
            token.write_text("")
        refused, why = settle(counter, "old-1")
        assert (refused, "orders.token" in why) == (2, True)
        assert counter.status()["set_aside"] == ["old-1"]
        if token.is_dir():
            token.rmdir()
        token.write_text("TEST")
        token.chmod(0o600)
        assert settle(counter, "old-1")[0] == 0
    is_decided(counter)


def test_a_reload_takes_the_socket_along(
    api: Api, counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KIOSK_TOKEN", "TEST")
    set_aside(api, counter)
    with counter.running() as daemon:
        counter.becomes("idle")
        text = counter.config.read_text()
        counter.config.write_text(text.replace("status.json", "changed.json"))
        daemon.send_signal(signal.SIGHUP)
        eventually((counter.folder / "changed.json.sock").exists)
        done, told = settle(counter, "old-1")
        assert done == 0, told
        status = json.loads((counter.folder / "changed.json").read_text())
        assert status["set_aside"] == []
    is_decided(counter)


def test_a_refund_under_way_is_followed_up_across_a_power_cut(
    register: Register, tmp_path: Path
) -> None:
    with fake_api(ServiceOptions(refund_takes=15.0)) as api:
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


def test_a_refund_whose_command_was_killed_is_written_by_its_repetition(
    register: Register, api: Api, counter: Counter
) -> None:
    with counter.running():
        sells(api, register, counter)
        sale = counter.sales()[0]
        api.http.post(f"/simulator/orders/{sale['order_id']}/refund").raise_for_status()
        assert row(counter, sale["reference"])["refunded_amount"] is None
        done = counter.command("orders", "refund", sale["reference"])
        assert done.returncode == 0, done.stderr
        assert row(counter, sale["reference"])["refunded_amount"] == "20.00"
        counter.becomes("idle")


def start(counter: Counter, reference: str = "old-1") -> subprocess.Popen[bytes]:
    words = ("orders", "settle", reference, "--as", "paid", "--note", NOTE)
    line = [sys.executable, "-m", "kiosk", *words, "-c", str(counter.config)]
    return subprocess.Popen(line, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def is_connected(path: Path) -> bool:
    """Whether somebody is connected to this socket: it is listed once more for each connection."""
    return Path("/proc/net/unix").read_text().count(str(path)) > 1
